"""Who loses how much when a shock strikes, why, and on what the answer rests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.analysis import models
from knockon.analysis.answer_parts import cite
from knockon.analysis.argument_types import checks_types
from knockon.analysis.context import Context, Outcome, numbers_of_a_shock
from knockon.analysis.impact.causal_trace import CausalTrace, Support
from knockon.analysis.impact.companies import companies
from knockon.analysis.impact.coverage import affected
from knockon.errors import LimitReached, UsageError
from knockon.model import Dependency, Evidence, Shock
from knockon.network.network import Bools, Network
from knockon.propagation.result import NONE
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    import pandas as pd

#: Below this loss a row is left out of tables (and counted); JSON has them all.
MIN_LOSS = 0.05
#: The numbers that the reports of all shocks may hold together: 1 GB.
KEPT = 2**27


@dataclass(frozen=True, slots=True)
class Impact:
    """What one entity loses: 0..1, with exact bounds, its causal step, and what binds it (None: hit directly).

    ``more`` has what the model says beside: ``time_to_impact`` and
    ``time_to_recover`` in days (None: not within the horizon, or not known, as
    ``timed`` says) and ``area`` in loss-days, or the ``standard_error`` of a
    probability.
    """

    entity: str
    label: str
    cls: str
    loss: float
    loss_low: float
    loss_high: float
    step: int
    dependency: str | None
    provider: str | None
    source: str | None
    support: Support
    evidence: tuple[Evidence, ...]
    more: Mapping[str, float | bool | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON has it."""
        binding = {"dependency": self.dependency, "provider": self.provider, "source": self.source}
        return {
            "entity": self.entity,
            "id": local_name(self.entity),
            "label": self.label,
            "class": self.cls,
            "loss": self.loss,
            "loss_low": self.loss_low,
            "loss_high": self.loss_high,
            "step": self.step,
            **self.more,
            "binding": binding if self.dependency else None,
            "support": support_dict(self.support),
            "evidence": spans(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Shortage:
    """A need that is not met: 0..1 of it is missing, at this causal step (0 where the link itself is hit)."""

    dependency: str
    dependant: str
    need: str
    shortage: float
    step: int

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return {
            "dependency": self.dependency,
            "dependant": self.dependant,
            "need": self.need,
            "shortage": self.shortage,
            "step": self.step,
        }


@dataclass(frozen=True, eq=False, repr=False)
class ImpactReport:
    """The answer for one shock: who loses what, worst first within each step, and how the number came about.

    Iterating gives the impacts. ``to_dict`` is the JSON of the command line,
    ``to_pandas`` a table; in a notebook it shows itself. ``parameters["as_of"]``
    is the day that it is as of, ``not_holding`` counts the records that do not
    hold on it by reason, and ``not_in_force`` says why the shock hits nothing then.
    ``error`` is how far below its limit a loss may be, 0 where the model stops at none.
    """

    shock: Shock
    impacts: tuple[Impact, ...]
    shortages: tuple[Shortage, ...]
    companies: tuple[Mapping[str, Any], ...]
    model: str
    parameters: Mapping[str, Any]
    iterations: int
    residual: float
    stopped_by: str
    network_hash: str
    unaffected: int
    unknown_share: float
    missing: tuple[str, ...]
    left_out: Mapping[str, str]
    fallen: tuple[str, ...]
    cause: CausalTrace = field(repr=False)
    not_holding: Mapping[str, int] = field(default_factory=dict)
    not_in_force: str = ""
    error: float = 0.0

    def __iter__(self) -> Any:
        return iter(self.impacts)

    def __repr__(self) -> str:
        reached = affected(len(self.impacts), len(self.impacts) + self.unaffected)
        return f"<ImpactReport of {self.shock.name}: {reached}; {self.model}, stopped by {self.stopped_by}>"

    def __len__(self) -> int:
        return len(self.impacts)

    @property
    def truncated(self) -> bool:
        """Whether the model stopped by its cap, so that losses may be too low."""
        return self.stopped_by == "cap"

    @property
    def more(self) -> tuple[str, ...]:
        """What the model says of each entity beside its loss: the names."""
        return tuple(self.impacts[0].more) if self.impacts else ()

    @property
    def ungraded(self) -> tuple[str, ...]:
        """The targets (IRIs) that the shock hits by an amount nobody stated, in the order of their IRIs."""
        return self.cause.outcome.resolved[self.cause.row].ungraded

    @property
    def unstated_combinations(self) -> tuple[str, ...]:
        """The dependencies (IRIs) that the shock reaches through suppliers of whom nobody states how they combine.

        Nor their shares: these are read in three ways (see ``knockon.propagation.leontief``); ``reach`` reads none.
        """
        network = self.cause.network
        slots = np.flatnonzero(self._through & network.split).tolist()
        return tuple(sorted(name for slot in slots for name in network.slot_records[slot]))

    @property
    def scaled_shares(self) -> dict[str, float]:
        """The dependencies (IRIs) that it reaches whose shares add up to more than 1 and were scaled to 1, with their sum."""
        return self._reached(self.cause.outcome.compiled.scaled)

    @property
    def completed_shares(self) -> dict[str, float]:
        """The dependencies (IRIs) that it reaches where one supplier alone states no share: what the others leave to it."""
        return self._reached(self.cause.outcome.compiled.completed)

    def _reached(self, numbers: Mapping[str, float]) -> dict[str, float]:
        index = self.cause.network.slot_index
        return {name: number for name, number in sorted(numbers.items()) if self._through[index[name]]}

    @cached_property
    def _through(self) -> Bools:
        """Which slots the shock can reach through their suppliers; none where the model reads no shares."""
        outcome, row = self.cause.outcome, self.cause.row
        network, found = outcome.network, np.zeros(outcome.network.slots, bool)
        if self.model != "reach" and network.supplies:
            hit = {target.iri for target in outcome.resolved[row].targets}
            struck = [bool(hit.intersection(names)) for names in network.supply_records]
            found[network.supply_slot[(outcome.result.high[row][network.supply_provider] > 0) | struck]] = True
        return found

    def owners_hit(self) -> list[dict[str, Any]]:
        """The owners among the targets, each with its label and how many others it owns, in the order of their IRIs.

        No model passes a loss on along an Ownership, so what they own loses nothing for it.
        """
        context, targets = self.cause.context, self.cause.outcome.resolved[self.cause.row].targets
        found = sorted({target.iri for target in targets} & context.holdings.keys())
        return [
            {
                "owner": iri,
                "label": str(getattr(context.records.get(iri), "label", None) or local_name(iri)),
                "owned": len(context.holdings[iri]),
            }
            for iri in found
        ]

    @cached_property
    def by_id(self) -> Mapping[str, Impact]:
        """The impacts by local name; where two share one, the first by IRI."""
        return {local_name(i.entity): i for i in sorted(self.impacts, key=lambda i: i.entity, reverse=True)}

    @checks_types
    def loss(self, name: str) -> float:
        """The loss (0..1) of an entity by IRI, local name or label; 0 where it loses nothing.

        Raises
        ------
        NotFound
            The graph knows no such entity; the nearest names are given.
        """
        iri = self.cause.context.known(name, self.cause.network.index)
        return next((i.loss for i in self.impacts if i.entity == iri), 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as the command line prints it with ``--format json``."""
        return {
            "shock": self.shock.id,
            "shock_label": self.shock.label,
            "model": self.model,
            "parameters": dict(self.parameters),
            "iterations": self.iterations,
            "residual": self.residual,
            "error": self.error,
            "stopped_by": self.stopped_by,
            "truncated": self.truncated,
            "network_hash": self.network_hash,
            "affected": len(self.impacts),
            "unaffected": self.unaffected,
            "unknown_share": self.unknown_share,
            "missing_targets": list(self.missing),
            "ungraded_hits": list(self.ungraded),
            "owners_hit": self.owners_hit(),
            "unstated_combinations": list(self.unstated_combinations),
            "scaled_shares": self.scaled_shares,
            "completed_shares": self.completed_shares,
            "left_out": dict(sorted(self.left_out.items())),
            "fallen": list(self.fallen),
            "not_holding": dict(self.not_holding),
            "not_in_force": self.not_in_force or None,
            "shortages": [shortage.to_dict() for shortage in self.shortages],
            "impacts": [impact.to_dict() for impact in self.impacts],
            "companies": [dict(company) for company in self.companies],
        }

    def to_json(self) -> str:
        """``to_dict`` as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_pandas(self) -> pd.DataFrame:
        """One row an impact; needs the extra ``pandas``."""
        try:
            import pandas as pd
        except ImportError:
            raise UsageError("to_pandas needs pandas: pip install 'knockon[pandas]'") from None

        columns = [
            "entity",
            "id",
            "label",
            "class",
            "loss",
            "loss_low",
            "loss_high",
            "step",
            "dependency",
            "provider",
            *self.more,
        ]
        rows = [flat(impact) for impact in self.impacts]
        return pd.DataFrame([[row[c] for c in columns] for row in rows], columns=columns)


def impacts(context: Context, shocks: Sequence[Shock]) -> list[ImpactReport]:
    """The reports of several shocks, all at once.

    Raises
    ------
    LimitReached
        They would not fit into memory: ``each_impact`` gives one after another.
    """
    reports: list[ImpactReport] = []
    for report in each_impact(context, shocks):
        numbers = len(shocks) * numbers_of_a_shock(report.cause.network)
        if not reports and numbers > KEPT:
            what = f"the reports of {len(shocks):,} shocks on {report.cause.network.size:,} entities do not fit into memory"
            raise LimitReached(f"{what} all at once; Graph.each_impact() gives one after another")
        reports.append(report)
    return reports


def each_impact(context: Context, shocks: Sequence[Shock]) -> Iterator[ImpactReport]:
    """The reports of several shocks one after another, the same as ``impacts`` gives, in bounded memory."""
    not_holding = context.not_holding
    for outcome in context.runs(shocks):
        for row in range(len(outcome.shocks)):
            yield _report(context, outcome, row, not_holding)


def _report(context: Context, outcome: Outcome, row: int, not_holding: Mapping[str, int]) -> ImpactReport:
    cause = CausalTrace(context, outcome, row)
    result, network = outcome.result, outcome.network
    lost = np.flatnonzero(result.loss[row] > 0).tolist()
    found = sorted((_impact(cause, node) for node in lost), key=lambda i: (i.step, -i.loss, i.entity))
    return ImpactReport(
        shock=outcome.shocks[row],
        impacts=tuple(found),
        shortages=_shortages(outcome, row),
        companies=companies(context, found),
        model=result.model,
        parameters={**context.options.parameters(), **models.used(result)},
        iterations=int(result.iterations[row]),
        residual=float(result.residual[row]),
        stopped_by=result.stopped_by[row],
        network_hash=network.hash,
        unaffected=network.size - len(lost),
        unknown_share=network.unknown_share,
        missing=(*outcome.resolved[row].missing, *outcome.outside[row]),
        left_out={**outcome.left_out, **outcome.resolved[row].left_out},
        fallen=context.world.fallen,
        cause=cause,
        not_holding=not_holding,
        not_in_force=outcome.resolved[row].not_in_force,
        error=0.0 if result.error is None else float(result.error[row]),
    )


def _impact(cause: CausalTrace, node: int) -> Impact:
    iri, result, row = cause.network.nodes[node], cause.result, cause.row
    record = cause.context.records.get(iri)
    link = cause.link(node)
    return Impact(
        entity=iri,
        label=str(getattr(record, "label", "") or local_name(iri)),
        cls=record.rdf_class if record is not None else "Entity",
        loss=float(result.loss[row, node]),
        loss_low=float(result.low[row, node]),
        loss_high=float(result.high[row, node]),
        step=int(result.step[row, node]),
        dependency=link.dependencies[0].id if link else None,
        provider=link.provider if link else None,
        source=cause.network.nodes[link.source] if link and link.source is not None else None,
        support=cause.support(node),
        evidence=cause.evidence(node),
        more=models.told(result, row, node),
    )


def _shortages(outcome: Outcome, row: int) -> tuple[Shortage, ...]:
    network, result = outcome.network, outcome.result
    hit = {target.iri for target in outcome.resolved[row].targets}
    found: list[Shortage] = []
    for slot in np.flatnonzero(result.shortage[row] > 0).tolist():
        owner, need = network.nodes[network.slot_owner[slot]], network.nodes[network.slot_need[slot]]
        missing, step = float(result.shortage[row, slot]), _slot_step(network, outcome, row, slot, hit)
        found += [Shortage(name, owner, need, missing, step) for name in network.slot_records[slot]]
    return tuple(sorted(found, key=lambda s: (s.step, -s.shortage, s.dependency)))


def _slot_step(network: Network, outcome: Outcome, row: int, slot: int, hit: Collection[str]) -> int:
    supplies = range(network.supply_start[slot], network.supply_start[slot + 1])
    names = {*network.slot_records[slot], *(n for s in supplies for n in network.supply_records[s])}
    if not names.isdisjoint(hit):
        return 0
    behind = [int(network.slot_need[slot]), *(int(network.supply_provider[s]) for s in supplies)]
    return min(int(step) for node in behind if (step := outcome.result.step[row, node]) != NONE)


def spans(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Return evidence as JSON has it."""
    return [dict(citation.to_dict()) for citation in cite(evidence)]


def support_dict(support: Support) -> dict[str, Any]:
    """Support as JSON has it."""
    return {
        "stance": support.stance.value if support.stance else None,
        "inferred": list(support.inferred),
        "judged": [{"record": iri, "properties": list(names)} for iri, names in sorted(support.judged.items())],
        "unknown": support.unknown,
        "ungraded_hit": support.ungraded_hit,
        "disputed": support.disputed,
        "split_shares": support.split,
    }


def flat(impact: Impact) -> dict[str, Any]:
    """A row of plain values, for tables."""
    row = impact.to_dict()
    binding = row.pop("binding") or {"dependency": None, "provider": None}
    return {**row, "dependency": binding["dependency"], "provider": binding["provider"]}


__all__ = [
    "MIN_LOSS",
    "Dependency",
    "Impact",
    "ImpactReport",
    "Shortage",
    "each_impact",
    "flat",
    "impacts",
    "spans",
    "support_dict",
]
