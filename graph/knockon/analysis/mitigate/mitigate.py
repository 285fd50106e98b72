"""The changes that would help one entity under a shock: every single change to its dependencies, by the loss that it saves."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np

from knockon.analysis.answer_parts import cite
from knockon.analysis.context import Context
from knockon.analysis.impact.impact import MIN_LOSS
from knockon.analysis.labels import label_of
from knockon.analysis.mitigate.blockers import blockers
from knockon.analysis.mitigate.candidates import AffectedSlots, Candidate, candidates, records_of
from knockon.analysis.mitigate.changes_work import check_work
from knockon.analysis.mitigate.mitigation import (
    ChangePair,
    HalvingShare,
    LossBefore,
    Mitigation,
    SavedLoss,
    SingleChange,
    TriedChange,
)
from knockon.analysis.mitigate.second_source import halving_shares, second_source_candidate, sourced_slots
from knockon.analysis.run_info import RunInfo
from knockon.errors import UsageError
from knockon.model import Shock
from knockon.network.network import Floats
from knockon.network.resolve import to_hits
from knockon.propagation.buffer_times import buffer_times
from knockon.propagation.changed_links import Change, ChangedNetworks
from knockon.vocabulary import local_name

DAYS = 30.0
STEP = 0.25
HORIZON = 365
PAIRS = 5_000
#: The most pairs that are listed of those that help.
LISTED = 10


class Limits(NamedTuple):
    """The extent of the search for changes.

    Attributes
    ----------
    buffer_days
        The size of a stock, in days of the whole need.
    criticality_step
        By how much a numeric criticality is lowered (0..1).
    horizon
        The days after the shock in which the time to impact is searched.
    pairs
        The most pairs of changes that are tried.
    second_source
        The share of a need (0..1) that a second source takes over; None: none is tried at a given share.
    """

    buffer_days: float = DAYS
    criticality_step: float = STEP
    horizon: int = HORIZON
    pairs: int = PAIRS
    second_source: float | None = None

    def checked(self) -> Limits:
        """Return the limits; UsageError where a number is out of its range."""
        if not (math.isfinite(self.buffer_days) and self.buffer_days > 0):
            raise UsageError(f"a stock must last for some days, not {self.buffer_days:g}")
        if not 0 < self.criticality_step <= 1:
            raise UsageError(f"a criticality is lowered by a step above 0 and up to 1, not {self.criticality_step:g}")
        if self.horizon < 1 or self.pairs < 0:
            raise UsageError("the horizon must be a day or more, and the number of pairs not below 0")
        if self.second_source is not None and not 0 < self.second_source <= 1:
            raise UsageError(f"a second source takes over a share above 0 and up to 1, not {self.second_source:g}")
        return self


def mitigate(context: Context, shock: Shock, name: str, limits: Limits | None = None) -> Mitigation:
    """Return every single change to the dependencies between a shock and an entity, ranked by the loss it saves.

    ``leontief`` computes the losses on the changed network, for all changes in
    one run. A stock does not change the final loss, because the shock lasts and any stock runs
    out. It saves time, which ``timeline`` computes (one day for each link, until the first loss
    of 0.05). Where no single change saves anything, ``why`` has the reasons,
    and pairs of changes are tried.

    Parameters
    ----------
    context
        The world of the question.
    shock
        The shock.
    name
        The entity to protect, by IRI, local name or label.
    limits
        The extent of the search.

    Raises
    ------
    NotFound
        No entity has this name.
    UsageError
        A number is out of its range, or the model is not leontief.
    LimitReached
        As of ``check_work``.
    """
    if context.options.model != "leontief":
        raise UsageError(f"mitigate changes how suppliers combine, and {context.options.model} ignores that: use leontief")
    return _Search(context, shock, name, (limits or Limits()).checked()).answer()


class _Arrivals(NamedTuple):
    """The days until the loss reaches the impact threshold, and whether they are known (``timed``).

    ``before`` is without a change, ``after`` with each stock, by the number of its candidate.
    """

    before: float
    after: Mapping[int, float]
    timed: bool


class _Search:
    """The search for changes that reduce the loss of one entity under one shock."""

    def __init__(self, context: Context, shock: Shock, name: str, limits: Limits) -> None:
        self.context, self.shock, self.limits = context, shock, limits
        self.entity = context.entity(name)
        self.outcome = context.run([shock])
        self.network = self.outcome.network
        self.hits, _ = to_hits(self.network, self.outcome.resolved)
        self.variants = ChangedNetworks(self.network, self.hits, 0, eps=context.options.eps, cap=context.options.cap)
        # An entity without any dependency is not a node of the network, and loses nothing.
        self.target = self.network.index.get(self.entity.id)
        self._facts: dict[int, TriedChange] = {}
        result = self.outcome.result
        rows = (result.low, result.loss, result.high)
        self.before = [0.0, 0.0, 0.0] if self.target is None else [float(row[0, self.target]) for row in rows]

    def answer(self) -> Mitigation:
        """Return the changes, ranked, with pairs where no single change helps."""
        affected = self._affected()
        if affected:
            check_work(self.network, len(affected.slots), label_of({self.entity.id: self.entity}, self.entity.id))
        candidate_list = self._candidates(affected) if affected else []
        losses = self._losses([[candidate.change] for candidate in candidate_list])
        arrivals = self._arrivals(candidate_list)
        changes = [self._single_change(candidate, losses[:, i], arrivals, i) for i, candidate in enumerate(candidate_list)]
        answer = Mitigation(
            run=self._run_info(),
            shock=self.shock.id,
            shock_label=self.shock.label,
            entity=self.entity.id,
            label=label_of({self.entity.id: self.entity}, self.entity.id),
            cls=self.entity.rdf_class,
            before=self._loss_before(arrivals),
            changes=tuple(sorted(changes, key=_rank)),
            dependencies_on_the_way=len(affected.slots) if affected else 0,
            without_named_supplier=self._without_supplier(affected) if affected else 0,
            why=None,
        )
        if affected and not answer.helpful:
            pairs = self._with_pairs(answer, [candidate for candidate in candidate_list if candidate.kind != "buffer"])
            answer = replace(pairs, why=blockers(self.context, affected))
        if affected:
            answer = replace(answer, halving=self._halving(affected))
        capped = self.outcome.result.truncated or self.variants.capped
        return replace(answer, run=replace(answer.run, stopped_by="cap" if capped else "tolerance"))

    def _run_info(self) -> RunInfo:
        shock = self.outcome.resolved[0]
        info = self.context.run_info(self.outcome.compiled)
        return replace(
            info,
            parameters={**info.parameters, **self._parameters(), "impact_threshold": MIN_LOSS},
            missing_targets=(*shock.missing, *self.outcome.outside[0]),
            ungraded_hits=tuple(shock.ungraded),
            left_out=dict(sorted({**self.outcome.left_out, **shock.left_out}.items())),
            not_in_force=shock.not_in_force or None,
        )

    def _parameters(self) -> dict[str, float | None]:
        parameters = self.limits._asdict()
        if self.limits.second_source is None:
            del parameters["second_source"]
        return parameters

    def _loss_before(self, arrivals: _Arrivals) -> LossBefore:
        low, loss, high = self.before
        # Without a stock or delay on the path the model counts links, and the days are not known.
        days = _finite(arrivals.before) if arrivals.timed else None
        return LossBefore(loss=loss, loss_low=low, loss_high=high, time_to_impact=days, timed=arrivals.timed)

    def _affected(self) -> AffectedSlots | None:
        """Return the slots through which the cascade reaches the entity; None where it does not."""
        if self.target is None or self.before[1] <= 0:
            return None
        return AffectedSlots.of(self.outcome, self.variants.initial_loss[1], self.target)

    def _candidates(self, affected: AffectedSlots) -> list[Candidate]:
        listed = list(candidates(self.context, affected, step=self.limits.criticality_step, days=self.limits.buffer_days))
        if (share := self.limits.second_source) is not None:
            listed += [second_source_candidate(self.network, slot, share) for slot in sourced_slots(affected)]
        return listed

    def _halving(self, affected: AffectedSlots) -> tuple[HalvingShare, ...]:
        """Return the least shares of second sources that halve the loss."""
        slots = sourced_slots(affected)
        halved = halving_shares(self.network, slots, self.before[1], self._point_losses, self._losses, self.limits.pairs)
        return tuple(
            HalvingShare(
                **vars(self._saved_loss(losses)),
                share=share,
                changes=tuple(self._tried_change(second_source_candidate(self.network, slot, share)) for slot in group),
            )
            for group, share, losses in halved[:LISTED]
        )

    def _losses(self, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the low, the point and the high loss of the entity with each set of changes: (3, variants), 0..1."""
        return np.zeros((3, 0)) if self.target is None else self.variants.losses(self.target, variants)

    def _point_losses(self, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the loss of the entity at the point with each set of changes: (variants,), 0..1."""
        return np.zeros(0) if self.target is None else self.variants.point_losses(self.target, variants)

    def _without_supplier(self, affected: AffectedSlots) -> int:
        start = self.network.supply_start
        bare = [slot for slot in affected.slots if start[slot] == start[slot + 1]]
        return sum(affected.failing_provisions(slot) is None for slot in bare)

    def _arrivals(self, candidate_list: Sequence[Candidate]) -> _Arrivals:
        """Return the days until the impact, without a change and with each candidate that is a stock."""
        if self.target is None or self.before[1] < MIN_LOSS:
            return _Arrivals(math.nan, {}, timed=False)
        places = [i for i, candidate in enumerate(candidate_list) if candidate.kind == "buffer"]
        stocks = [(candidate_list[i].slot, self.limits.buffer_days) for i in places]
        times = buffer_times(self.network, self.hits, 0, self.target, stocks, horizon=self.limits.horizon, threshold=MIN_LOSS)
        before, *after = times.days.tolist()
        return _Arrivals(before, dict(zip(places, after, strict=True)), bool(times.timed[0]) or before in (0, math.inf))

    def _single_change(self, candidate: Candidate, losses: Floats, arrivals: _Arrivals, number: int) -> SingleChange:
        """Return a change with the loss and the time that it saves."""
        before, days = arrivals.before, arrivals.after.get(number, math.nan)
        arrives, gained = None, None
        if candidate.kind == "buffer" and not math.isnan(before):
            arrives = "within the horizon" if math.isfinite(days) else "after the horizon"
            # Where the impact is after the horizon, the days up to the horizon are gained at least.
            gained = min(days, float(self.limits.horizon)) - before if math.isfinite(before) else None
        elif not math.isnan(before) and losses[1] < MIN_LOSS:
            # A loss of timeline is never greater than that of leontief.
            arrives = "never"
        return SingleChange(
            **vars(self._tried_change(candidate)),
            **vars(self._saved_loss(losses)),
            arrives=arrives,
            time_to_impact_after=_finite(days),
            time_gained=gained,
        )

    def _tried_change(self, candidate: Candidate) -> TriedChange:
        """Return a candidate with the data of its dependency."""
        facts = self._facts.get(candidate.slot)
        if facts is None:
            facts = self._facts[candidate.slot] = self._facts_of(candidate)
        return replace(
            facts,
            kind=candidate.kind,
            change=candidate.text,
            hypothetical=candidate.hypothetical,
            provider=candidate.provider,
            replaces=candidate.replaces,
        )

    def _facts_of(self, candidate: Candidate) -> TriedChange:
        """Return a candidate with the data of its dependency, which all candidates of the slot share."""
        records = records_of(self.context, self.network, candidate.slot)
        return TriedChange(
            kind=candidate.kind,
            change=candidate.text,
            hypothetical=candidate.hypothetical,
            provider=candidate.provider,
            replaces=candidate.replaces,
            dependencies=tuple(record.id for record in records),
            dependant=records[0].dependant,
            need=records[0].need,
            alternatives=tuple(sorted({r.alternatives.value for r in records if r.alternatives})),
            switching_cost=tuple(sorted({r.switching_cost.value for r in records if r.switching_cost})),
            judged=tuple(sorted({name for r in records for name in r.judged})),
            inferred=any(r.inferred for r in records),
            evidence=cite((e for record in records for e in record.all_evidence()), self.context.records),
        )

    def _saved_loss(self, losses: Floats) -> SavedLoss:
        low, loss, high = losses.tolist()
        return SavedLoss(loss_before=self.before[1], loss_after=loss, loss_low_after=low, loss_high_after=high)

    def _with_pairs(self, answer: Mitigation, candidate_list: Sequence[Candidate]) -> Mitigation:
        """Return an answer with the pairs of changes that save most, among the first ``limits.pairs`` compatible pairs."""
        pairs = list(islice(_pairs_of(candidate_list), min(self.limits.pairs, sys.maxsize)))
        losses = self._losses([[first.change, second.change] for first, second in pairs])
        saved = [self._saved_loss(losses[:, i]).saved for i in range(len(pairs))]
        best = sorted((i for i, loss in enumerate(saved) if loss > 0), key=lambda i: (-saved[i], i))
        rows = []
        for i in best[:LISTED]:
            first, second = pairs[i]
            rows.append(
                ChangePair(
                    **vars(self._saved_loss(losses[:, i])), changes=(self._tried_change(first), self._tried_change(second))
                )
            )
        untried = _count_pairs(candidate_list) - len(pairs)
        return replace(answer, pairs=tuple(rows), pairs_helpful=len(best), pairs_tried=len(pairs), pairs_untried=untried)


def _pairs_of(candidate_list: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the compatible pairs: those that are not two changes of the same kind to the same part of a slot."""
    return ((a, b) for a, b in combinations(candidate_list, 2) if _changed_part(a) != _changed_part(b))


def _changed_part(candidate: Candidate) -> tuple[int, str, int | None]:
    """Return a key of the part of the network that a change is about."""
    return candidate.change.slot, candidate.kind, candidate.change.supply


def _count_pairs(candidate_list: Sequence[Candidate]) -> int:
    """Return the number of compatible pairs, without enumerating them."""
    return math.comb(len(candidate_list), 2) - sum(
        math.comb(same, 2) for same in Counter(map(_changed_part, candidate_list)).values()
    )


def _finite(days: float) -> float | None:
    return days if math.isfinite(days) else None


def _rank(row: SingleChange) -> tuple[float, float, str, str, str]:
    return -row.saved, -(row.time_gained or 0.0), row.kind, local_name(row.dependency), row.change


__all__ = ["DAYS", "HORIZON", "LISTED", "PAIRS", "STEP", "Limits", "mitigate"]
