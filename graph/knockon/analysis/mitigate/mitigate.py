"""What would soften a shock for one entity: every single change to what it rests on, by the loss it saves."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Any, NamedTuple

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import MIN_LOSS, spans
from knockon.analysis.mitigate.blockers import ties
from knockon.analysis.mitigate.buffer_times import times
from knockon.analysis.mitigate.candidates import AffectedSlots, Remedy, records_of, remedies
from knockon.errors import UsageError
from knockon.model import Shock
from knockon.network.network import Floats
from knockon.network.resolve import to_hits
from knockon.propagation.changed_links import Change, Variants
from knockon.vocabulary import local_name

DAYS = 30.0
STEP = 0.25
HORIZON = 365
PAIRS = 5_000
#: Of the pairs that help, so many are told.
TOLD = 10
#: A smaller difference of losses is rounding.
NOTHING = 1e-9


class Limits(NamedTuple):
    """How far the question goes: days of a stock, the step of numeric criticalities, days of the horizon, pairs to try."""

    buffer_days: float = DAYS
    criticality_step: float = STEP
    horizon: int = HORIZON
    pairs: int = PAIRS

    def checked(self) -> Limits:
        """Itself; UsageError where a number makes no sense."""
        if not (math.isfinite(self.buffer_days) and self.buffer_days > 0):
            raise UsageError(f"a stock must last for some days, not {self.buffer_days:g}")
        if not 0 < self.criticality_step <= 1:
            raise UsageError(f"a criticality is lowered by a step above 0 and up to 1, not {self.criticality_step:g}")
        if self.horizon < 1 or self.pairs < 0:
            raise UsageError("the horizon must be a day or more, and the number of pairs not below 0")
        return self


def mitigate(context: Context, shock: Shock, name: str, limits: Limits | None = None) -> dict[str, Any]:
    """Every single change to the dependencies on the way of a shock to an entity, ranked by the loss it saves.

    The losses are those of ``leontief`` on the changed network, all changes in
    one run. A stock changes no final loss: the shock lasts, and any stock runs
    out. It saves time, told by ``timeline`` (a day a link, to the first loss
    of 0.05). Where no single change saves anything, ``why`` says what stands
    in the way, and pairs of changes are tried.

    Parameters
    ----------
    ground
        The world the question is asked in.
    shock
        What strikes.
    name
        The entity to protect, by IRI, local name or label.
    limits
        How far the question goes.

    Returns
    -------
    dict
        ``before``, ``changes`` (all: by loss saved, then time gained, then
        kind and dependency), ``helpful`` (how many save something), ``why``,
        ``pairs`` with how many were tried and not, and what the model reports.

    Raises
    ------
    NotFound
        No such entity.
    UsageError
        A number out of its range, or a model other than leontief.
    """
    if context.options.model != "leontief":
        raise UsageError(f"mitigate changes how suppliers combine, and {context.options.model} ignores that: use leontief")
    limits = (limits or Limits()).checked()
    return _Asked(context, shock, name, limits).answer()


class _Asked:
    """One question: the cascade as it is, and what could be changed about it."""

    def __init__(self, context: Context, shock: Shock, name: str, limits: Limits) -> None:
        self.context, self.shock, self.limits = context, shock, limits
        self.entity = context.entity(name)
        self.outcome = context.run([shock])
        self.network = self.outcome.network
        self.hits, _ = to_hits(self.network, self.outcome.resolved)
        self.variants = Variants(self.network, self.hits, 0, eps=context.options.eps, cap=context.options.cap)
        self.timed = False
        # Who takes part in no dependency is no node; it loses nothing.
        self.target = self.network.index.get(self.entity.id)
        found = self.outcome.result
        rows = (found.low, found.loss, found.high)
        self.before = [0.0, 0.0, 0.0] if self.target is None else [float(row[0, self.target]) for row in rows]

    def answer(self) -> dict[str, Any]:
        """Everything that is to say."""
        way = self._way()
        found = (
            list(remedies(self.context, way, step=self.limits.criticality_step, days=self.limits.buffer_days)) if way else []
        )
        after = self._losses([[one.change] for one in found])
        days = self._times(found)
        rows = [self._row(one, after[:, i], days[0], days[i + 1]) for i, one in enumerate(found)]
        helpful = sum(row["saved"] > NOTHING for row in rows)
        stuck = way if way and not helpful else None
        pairs = self._pairs([one for one in found if one.kind != "buffer"] if stuck else [])
        capped = self.outcome.result.truncated or self.variants.capped
        return {
            **self._head(days[0]),
            "changes": sorted(rows, key=_rank),
            "helpful": helpful,
            "dependencies_on_the_way": len(way.slots) if way else 0,
            "without_named_supplier": self._unnamed(way) if way else 0,
            "why": ties(self.context, self.outcome, stuck) if stuck else None,
            **pairs,
            "stopped_by": "cap" if capped else "tolerance",
            "truncated": capped,
        }

    def _head(self, days: float) -> dict[str, Any]:
        aim, low_point_high = self.outcome.resolved[0], self.before
        return {
            "shock": self.shock.id,
            "shock_label": self.shock.label,
            "entity": self.entity.id,
            "id": self.entity.name,
            "label": str(getattr(self.entity, "label", None) or self.entity.name),
            "class": self.entity.rdf_class,
            "before": {
                **_losses(low_point_high),
                # Without a stock or delay on the way the model counts links, and nobody knows the days.
                "time_to_impact": _finite(days) if self.timed else None,
                "timed": self.timed,
            },
            "model": self.context.options.model,
            "parameters": {**self.context.options.parameters(), **self.limits._asdict(), "impact_threshold": MIN_LOSS},
            "network_hash": self.network.hash,
            "missing_targets": [*aim.missing, *self.outcome.outside[0]],
            "ungraded_hits": list(aim.ungraded),
            "left_out": dict(sorted({**self.outcome.left_out, **aim.left_out}.items())),
            "fallen": list(self.context.world.fallen),
            "not_holding": self.context.not_holding,
            "not_in_force": aim.not_in_force or None,
        }

    def _way(self) -> AffectedSlots | None:
        """What the cascade runs through, where it arrives at all."""
        if self.target is None or self.before[1] <= 0:
            return None
        return AffectedSlots.of(self.outcome, self.variants.struck[1], self.target)

    def _losses(self, variants: Sequence[Sequence[Change]]) -> Floats:
        """(3, variants): what the entity loses with each of them."""
        return np.zeros((3, 0)) if self.target is None else self.variants.losses(self.target, variants)

    def _unnamed(self, way: AffectedSlots) -> int:
        start = self.network.supply_start
        return sum(int(start[slot] == start[slot + 1]) for slot in way.slots)

    def _times(self, found: Sequence[Remedy]) -> list[float]:
        """Days to impact: as it is, then with each change (nan where the change is no stock)."""
        days = [math.nan] * (len(found) + 1)
        if self.target is None or self.before[1] < MIN_LOSS:
            return days
        places = [i for i, one in enumerate(found) if one.kind == "buffer"]
        stocks = [(found[i].slot, self.limits.buffer_days) for i in places]
        arrival = times(self.network, self.hits, 0, self.target, stocks, horizon=self.limits.horizon, threshold=MIN_LOSS)
        self.timed = bool(arrival.timed[0]) or arrival.days[0] in (0, math.inf)
        days[0], *after = arrival.days.tolist()
        for i, arrives in zip(places, after, strict=True):
            days[i + 1] = arrives
        return days

    def _row(self, one: Remedy, after: Floats, before_days: float, days: float) -> dict[str, Any]:
        return {
            **self._said(one),
            **self._saves(after),
            **self._time(one, float(after[1]), before_days, days),
        }

    def _said(self, one: Remedy) -> dict[str, Any]:
        """What a change is, and what is recorded of the dependency it changes."""
        records = records_of(self.context, self.network, one.slot)
        return {
            "kind": one.kind,
            "change": one.text,
            "hypothetical": one.hypothetical,
            "provider": one.provider,
            "replaces": one.replaces,
            "dependency": records[0].id,
            "dependencies": [record.id for record in records],
            "dependant": records[0].dependant,
            "need": records[0].need,
            "alternatives": sorted({r.alternatives.value for r in records if r.alternatives}),
            "switching_cost": sorted({r.switching_cost.value for r in records if r.switching_cost}),
            "judged": sorted({name for r in records for name in r.judged}),
            "inferred": any(r.inferred for r in records),
            "evidence": spans(e for record in records for e in record.all_evidence()),
        }

    def _saves(self, after: Floats) -> dict[str, Any]:
        told = {f"{key}_after": value for key, value in _losses(after.tolist()).items()}
        return {"loss_before": self.before[1], "saved": _saved(self.before[1], float(after[1])), **told}

    def _time(self, one: Remedy, after: float, before: float, days: float) -> dict[str, Any]:
        """When the entity is hit with the change: stocks by running them; a loss that never reaches the threshold, never."""
        arrives, gained = None, None
        if one.kind == "buffer" and not math.isnan(before):
            arrives = "within the horizon" if math.isfinite(days) else "after the horizon"
            # What is not within the horizon is gained up to it, at least.
            gained = min(days, float(self.limits.horizon)) - before if math.isfinite(before) else None
        elif not math.isnan(before) and after < MIN_LOSS:
            # No loss of timeline is ever greater than that of leontief.
            arrives = "never"
        return {"arrives": arrives, "time_to_impact_after": _finite(days), "time_gained": gained}

    def _pairs(self, found: Sequence[Remedy]) -> dict[str, Any]:
        """The pairs that help, best first, among the first so many."""
        every = list(islice(_pairs_of(found), min(self.limits.pairs, sys.maxsize)))
        after = self._losses([[a.change, b.change] for a, b in every])
        saved = [_saved(self.before[1], loss) for loss in after[1].tolist()]
        best = sorted((i for i, one in enumerate(saved) if one > NOTHING), key=lambda i: (-saved[i], i))
        rows = [
            {
                "changes": [self._said(one) for one in every[i]],
                "hypothetical": any(one.hypothetical for one in every[i]),
                **self._saves(after[:, i]),
            }
            for i in best[:TOLD]
        ]
        untried = _count(found) - len(every)
        return {"pairs": rows, "pairs_helpful": len(best), "pairs_tried": len(every), "pairs_untried": untried}


def _pairs_of(found: Sequence[Remedy]) -> Iterator[tuple[Remedy, Remedy]]:
    """Pairs that can stand together: not twice the same thing of one slot."""
    return ((a, b) for a, b in combinations(found, 2) if _thing(a) != _thing(b))


def _thing(one: Remedy) -> tuple[int, str, int | None]:
    return one.slot, one.kind, one.change.supply


def _count(found: Sequence[Remedy]) -> int:
    """How many pairs there are, without making them."""
    return math.comb(len(found), 2) - sum(math.comb(same, 2) for same in Counter(map(_thing, found)).values())


def _saved(before: float, after: float) -> float:
    return before - after if abs(before - after) > NOTHING else 0.0


def _losses(three: Sequence[float]) -> dict[str, float]:
    return {"loss": three[1], "loss_low": three[0], "loss_high": three[2]}


def _finite(days: float) -> float | None:
    return days if math.isfinite(days) else None


def _rank(row: dict[str, Any]) -> tuple[float, float, str, str, str]:
    return -row["saved"], -(row["time_gained"] or 0.0), row["kind"], local_name(row["dependency"]), row["change"]
