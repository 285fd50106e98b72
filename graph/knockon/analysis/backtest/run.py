"""Run backtests: predict from the network of the day before, and compare with what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from knockon.analysis.answer import Answer
from knockon.analysis.backtest.baselines import Prediction, baselines
from knockon.analysis.backtest.case import NETWORK, BacktestCase, find_cases
from knockon.analysis.backtest.evidence_dates import KnownBefore, check_evidence_dates
from knockon.analysis.backtest.outcomes import Outcome, read_outcomes
from knockon.analysis.backtest.scores import Pair, Score, is_inside, score
from knockon.analysis.backtest.transmission import Transmission, transmissions
from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.options import Options, resolve_options
from knockon.authoring.open import open_store
from knockon.model import Entity
from knockon.vocabulary import local_name

#: What became of a prediction, the failures first.
VERDICTS = ("missed", "falsely hit", "outside", "inside", "hit", "spared")
MODEL, ALL = "knockon", "all"


@dataclass(frozen=True)
class Observation(Answer):
    """A prediction, and what happened.

    Attributes
    ----------
    case
        The name of the case.
    entity
        The local name of the entity.
    verdict
        ``missed`` (hit, and not predicted), ``falsely hit``, ``outside`` (hit as predicted, and the loss is outside of the
        range), ``inside``, ``hit`` (as predicted, without a measured share), ``spared`` (as predicted).
    in_network
        Whether the network has it; what it does not have is predicted to be spared.
    loss, loss_low, loss_high
        The predicted loss (0..1), with its range.
    measure
        What was measured.
    observed_low, observed_high
        The observed loss (0..1); None if it is not stated.
    predicted_day, day
        When it was predicted to be hit, and when it was, in days after the shock; None if that is not known.
    counted
        Whether it counts in scores: not where another cause was at work, nor what the shock itself hits.
    is_target
        Whether the shock itself hits it.
    note, source
        What to know about the outcome, and its address.
    similar
        Entities of the network with a similar name, where the network does not have it.
    """

    case: str
    entity: str
    verdict: str
    in_network: bool
    loss: float
    loss_low: float
    loss_high: float
    measure: str
    observed_low: float | None
    observed_high: float | None
    predicted_day: float | None
    day: float | None
    counted: bool
    note: str
    source: str
    is_target: bool = False
    similar: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseSummary(Answer):
    """What a case is and rests on.

    Attributes
    ----------
    name, title
        Its name, and what happened.
    day
        The first day of the shock.
    model
        The model that predicts.
    confounded
        Which other cause was at work; empty if none is known.
    before, later_accounts, inferred
        How many records rest on evidence of before the day, on later accounts, and on an inference alone.
    outcomes
        How many outcomes it has.
    changes
        What was changed in its network after the outcomes had been read.
    """

    name: str
    title: str
    day: str
    model: str
    confounded: str
    before: int
    later_accounts: int
    inferred: int
    outcomes: int
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backtest(Answer):
    """The predictions for real shocks beside what happened.

    Attributes
    ----------
    cases
        The cases, by day.
    observations
        Predictions and outcomes, the failures first.
    scores
        For all cases and for each: the model, then the baselines ``nobody`` (nobody is hit), ``hops`` (everything
        downstream, the less the farther), ``degree`` (as many as the model says, those with the most links), ``revenue`` and
        ``supply`` (who rests directly on what is hit, by the stated share of revenue, or of an input).
    transmissions
        Published transmission, beside the words of criticality whose intervals contain it.
    """

    cases: tuple[CaseSummary, ...]
    observations: tuple[Observation, ...]
    scores: tuple[Score, ...]
    transmissions: tuple[Transmission, ...]


def backtest(name: str | None = None, progress: Callable[[int, int], None] | None = None) -> Backtest:
    """Run the bundled backtests, or one: a bundled case, or the folder of one of your own.

    No parameter is fitted: the model and its defaults are those of ``knockon impact``.

    Parameters
    ----------
    name
        The name of a bundled case, or a folder; None: all bundled cases.
    progress
        Called after each case with its number, and that of all.

    Raises
    ------
    NotFound
        There is no such case, or the network has no such shock.
    InvalidData
        A file is not as docs/how-to/backtest.md describes, or the network rests on evidence that is undated or later.

    Examples
    --------
    >>> answer = backtest("aisin-1997")
    >>> answer.scores[0].case, answer.scores[0].method, [case.day for case in answer.cases]
    ('aisin-1997', 'knockon', ['1997-02-01'])
    """
    cases = find_cases(name)
    runs = []
    for number, case in enumerate(cases, start=1):
        runs.append(_Run(case))
        if progress:
            progress(number, len(cases))
    runs.sort(key=lambda run: (run.case.day, run.case.name))
    observations = [observation for run in runs for observation in run.observations()]
    observations.sort(key=lambda each: (VERDICTS.index(each.verdict), not each.counted))
    scores = [score(run.case.name, method, pairs) for run in runs for method, pairs in run.pairs().items()]
    if len(runs) > 1:
        counted = [run for run in runs if not run.case.confounded]
        together = [score(ALL, method, [pair for run in counted for pair in run.pairs()[method]]) for method in runs[0].pairs()]
        scores = [*together, *scores]
    return Backtest(tuple(run.summary() for run in runs), tuple(observations), tuple(scores), transmissions())


class _Run:
    """One case: the network is read and computed before the outcomes are read."""

    def __init__(self, case: BacktestCase) -> None:
        self.case = case
        store = open_store(case.folder / NETWORK)
        self.known: KnownBefore = check_evidence_dates(case, store.records)
        options: Options = {"model": case.model, "as_of": case.day}
        if case.duration is not None:
            options["duration"] = case.duration
        context = Context(store, resolve_options(**options), None)
        self.report: ImpactReport = impacts(context, [context.shock(case.shock)])[0]
        self.rows: Mapping[str, Any] = {local_name(row.entity): row for row in self.report.impacts}
        entities = [record for record in store.records if isinstance(record, Entity)]
        self.entities = {local_name(record.id) for record in entities}
        hit = [row.entity for row in self.report.impacts if row.step == 0]
        self.targets = set(map(local_name, hit))
        self.baselines = {
            method: {local_name(iri): value for iri, value in prediction.items()}
            for method, prediction in baselines(store.records, hit, len(self.rows)).items()
        }
        self.outcomes: Sequence[Outcome] = read_outcomes(case, _names(entities))

    def summary(self) -> CaseSummary:
        case = self.case
        return CaseSummary(
            case.name, case.title, case.day.isoformat(), case.model, case.confounded, *self.known, len(self.outcomes),
            case.changes,
        )  # fmt: skip

    def pairs(self) -> dict[str, list[Pair]]:
        """Return the predictions of the model and of each baseline with their outcomes, those without another cause."""
        counted = [each for each in self.outcomes if not each.confounded and each.entity not in self.targets]
        found = {MODEL: [self._pair(outcome) for outcome in counted]}
        for method, prediction in self.baselines.items():
            found[method] = [self._simple(each, prediction) for each in counted]
        return found

    def _simple(self, outcome: Outcome, prediction: Prediction) -> Pair:
        loss, (rank, scale) = prediction.get(outcome.entity, 0.0), _rank(outcome)
        return Pair(self.case.name, loss, None, None, outcome.hit, rank=rank, scale=scale, entity=outcome.entity)

    def _pair(self, outcome: Outcome) -> Pair:
        row = self.rows.get(outcome.entity)
        loss, low, high = (row.loss, row.loss_low, row.loss_high) if row else (0.0, 0.0, 0.0)
        observed = _middle(outcome) if outcome.is_share else None
        return Pair(
            self.case.name, loss, low, high, outcome.hit, observed, *_rank(outcome), self._predicted_day(outcome), outcome.day,
            outcome.entity,
        )  # fmt: skip

    def _predicted_day(self, outcome: Outcome) -> float | None:
        row = self.rows.get(outcome.entity)
        value = row.more.get("time_to_impact") if row else None
        return None if value is None else float(value)

    def observations(self) -> list[Observation]:
        return [self._observation(outcome) for outcome in self.outcomes]

    def _observation(self, outcome: Outcome) -> Observation:
        pair = self._pair(outcome)
        low, high = pair.low or 0.0, pair.high or 0.0
        if outcome.hit != (pair.loss > 0):
            verdict = "missed" if outcome.hit else "falsely hit"
        elif not outcome.hit:
            verdict = "spared"
        elif pair.observed is None:
            verdict = "hit"
        else:
            verdict = "inside" if is_inside(low, high, pair.observed) else "outside"
        return Observation(
            self.case.name, outcome.entity, verdict, outcome.entity in self.entities, pair.loss, low, high, outcome.measure,
            outcome.low, outcome.high, pair.predicted_day, outcome.day,
            not (outcome.confounded or self.case.confounded or outcome.entity in self.targets), outcome.note, outcome.source,
            outcome.entity in self.targets, self._similar(outcome.entity),
        )  # fmt: skip

    def _similar(self, entity: str) -> tuple[str, ...]:
        return () if entity in self.entities else tuple(get_close_matches(entity, sorted(self.entities), n=2, cutoff=0.8))


def _names(entities: Sequence[Entity]) -> dict[str, str]:
    """Return the local names of entities by IRI, by ``id:`` and local name, and by a label that no other one has."""
    found: dict[str, str] = {}
    repeated: set[str] = set()
    for entity in entities:
        label = str(entity.label)
        repeated |= {label} & found.keys()
        found[label] = local_name(entity.id)
    exact = {key: local_name(entity.id) for entity in entities for key in (str(entity.id), f"id:{local_name(entity.id)}")}
    names = {local_name(entity.id): local_name(entity.id) for entity in entities}
    return {label: name for label, name in found.items() if label not in repeated} | exact | names


def _middle(outcome: Outcome) -> float:
    return ((outcome.low or 0.0) + (outcome.high or 0.0)) / 2


def _rank(outcome: Outcome) -> tuple[float | None, str]:
    """Return the observed order of an outcome, and what it is by: a stated order, else the size of what was measured."""
    if outcome.order is not None:
        return outcome.order, "order"
    return (None, "") if outcome.low is None else (-_middle(outcome), outcome.measure)


__all__ = ["ALL", "MODEL", "VERDICTS", "Backtest", "CaseSummary", "Observation", "backtest"]
