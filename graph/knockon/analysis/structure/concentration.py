r"""On how few suppliers a need rests: the Herfindahl-Hirschman index of supplier shares.

.. math::

   HHI = 10\,000 \cdot \sum_s share_s^2

10 000 is a single supplier, 10 000 / n are n equal ones. The same index is
also written on a scale of 0 to 1: divide by 10 000.

Shares come from the records. Suppliers without a stated share split what is
left equally, and the answer says so (``split``). Where the stated shares leave
a rest that nobody is named for, the rest is ``unassigned`` and adds nothing.
``hhi_low`` and ``hhi_high`` are exact bounds over every way in which the
suppliers without a share, or suppliers without a name, could divide the rest:
equally or as finely as can be, and all with one.

References
----------
S. A. Rhoades, "The Herfindahl-Hirschman Index", Federal Reserve Bulletin
79:188-189 (March 1993).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import spans
from knockon.model import Dependency, Supply
from knockon.network.network import Network
from knockon.vocabulary import Alternatives, local_name

#: What a single supplier comes to.
WHOLE = 10_000.0


class Index(NamedTuple):
    """An HHI (0..10 000) with its exact bounds, the shares behind it, and what is left for nobody named (0..1)."""

    hhi: float
    low: float
    high: float
    shares: Mapping[str, float]
    split: bool
    unassigned: float


def index_of(stated: Mapping[str, float | None]) -> Index:
    """The index of suppliers and their shares (0..1, None where not stated).

    Shares that sum to more than 1 (two records disagree) are brought down to 1 in proportion.

    >>> index_of({"acme": 0.5, "bolt": None, "cord": None})[:3]
    (3750.0, 3750.0, 5000.0)
    >>> index_of({"acme": 1.0}).hhi, index_of({"acme": 0.6}).unassigned
    (10000.0, 0.4)
    """
    named = {supplier: share for supplier, share in stated.items() if share is not None}
    total = sum(named.values())
    if total > 1:
        named = {supplier: share / total for supplier, share in named.items()}
    rest = max(0.0, 1.0 - total)
    silent = [supplier for supplier in stated if supplier not in named]
    shares = {supplier: named.get(supplier, rest / max(1, len(silent))) for supplier in stated}
    known = sum(share**2 for share in named.values())
    hhi = sum(share**2 for share in shares.values())
    return Index(
        hhi=WHOLE * hhi,
        low=WHOLE * hhi,
        # One supplier alone without a share has the rest for sure; of several, or of unnamed ones, one may have it all.
        high=WHOLE * max(hhi, known + rest**2),
        shares=shares,
        split=len(silent) > 1 and rest > 0,
        unassigned=0.0 if silent else rest,
    )


def concentration(context: Context, of: str | None = None) -> dict[str, Any]:
    """How concentrated the suppliers are of each need of each dependant, and of each need over all dependants.

    Parameters
    ----------
    ground
        The world the question is asked in.
    of
        Only what this entity needs, or what is needed of it (IRI, local name or label).

    Returns
    -------
    dict
        ``slots``, a row for each need of each dependant that names suppliers;
        ``needs``, a row for each need, a supplier's share being the mean over
        the dependants that name suppliers (nobody says how much each buys, so
        each counts alike); both most concentrated first, then most critical. ``unnamed`` lists the
        dependencies that name no supplier: how concentrated those are is not known.

    Raises
    ------
    NotFound
        No such entity.
    """
    chosen = context.entity(of).id if of is not None else None
    compiled = context.compiled()
    network = compiled.network
    slots: list[dict[str, Any]] = []
    unnamed: list[dict[str, Any]] = []
    for slot in range(network.slots):
        dependant, need = network.nodes[network.slot_owner[slot]], network.nodes[network.slot_need[slot]]
        if chosen in (None, dependant, need):
            row = _slot(context, network, slot)
            (slots if row["suppliers"] else unnamed).append(row)
    return {
        "of": chosen,
        "scale": WHOLE,
        "slots": sorted(slots, key=_rank),
        "needs": _needs(slots, unnamed),
        "unnamed": [{key: row[key] for key in ("dependant", "need", "dependencies")} for row in unnamed],
        "parameters": context.options.parameters(),
        "network_hash": network.hash,
        "left_out": dict(sorted(compiled.left_out.items())),
        "fallen": list(context.world.fallen),
        "not_holding": context.not_holding,
    }


def _rank(row: dict[str, Any]) -> tuple[float, int, float, str, str]:
    """Most concentrated first; of equal ones the most critical."""
    return -row["hhi"], row["count"], -row["criticality"]["point"], row["dependant"], row["need"]


def _slot(context: Context, network: Network, slot: int) -> dict[str, Any]:
    records = [r for name in network.slot_records[slot] if isinstance(r := context.records[name], Dependency)]
    supplies: dict[str, list[Supply]] = {}
    for supply in range(network.supply_start[slot], network.supply_start[slot + 1]):
        members = [r for name in network.supply_records[supply] if isinstance(r := context.records[name], Supply)]
        supplies[network.nodes[network.supply_provider[supply]]] = members
    stated = {provider: _share(members) for provider, members in supplies.items()}
    found = index_of(stated)
    alternatives = sorted({r.alternatives.value for r in records if r.alternatives})
    cited = [e for r in records for e in r.evidence] + [e for members in supplies.values() for s in members for e in s.evidence]
    return {
        "dependant": network.nodes[network.slot_owner[slot]],
        "need": network.nodes[network.slot_need[slot]],
        "dependencies": [r.id for r in records],
        **_index(found, stated),
        "combination": sorted({r.combination.value for r in records if r.supply and r.combination}),
        "criticality": dict(zip(("low", "point", "high"), network.weights[:, slot].tolist(), strict=True)),
        "alternatives": alternatives,
        "no_alternative": alternatives == [Alternatives.NONE.value],
        "alternative": sorted({iri for r in records for iri in r.alternative}),
        "switching_cost": sorted({r.switching_cost.value for r in records if r.switching_cost}),
        "disputed": bool(network.disputed[slot]),
        "inferred": any(r.inferred for r in records),
        "judged": sorted({name for r in records for name in r.judged}),
        "evidence": spans(cited),
    }


def _share(members: Iterable[Supply]) -> float | None:
    """The share that the records of one supply state; where they disagree, the greatest."""
    return max((float(s.share) for s in members if s.share is not None), default=None)


def _index(found: Index, stated: Mapping[str, float | None]) -> dict[str, Any]:
    ranked = sorted(found.shares.items(), key=lambda one: (-one[1], one[0]))
    return {
        "hhi": found.hhi,
        "hhi_low": found.low,
        "hhi_high": found.high,
        "equal_suppliers": WHOLE / found.hhi if found.hhi else None,
        "count": len(ranked),
        "sole_source": len(ranked) == 1 and not found.unassigned,
        "split": found.split,
        "unassigned": found.unassigned,
        "suppliers": [
            {"provider": iri, "id": local_name(iri), "share": share, "stated": stated.get(iri) is not None}
            for iri, share in ranked
        ],
    }


def _needs(slots: Sequence[dict[str, Any]], unnamed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a need: the mean share of each supplier over the dependants that name suppliers."""
    by_need: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in slots:
        by_need[row["need"]].append(row)
    rows = []
    for need, members in by_need.items():
        shares = [{s["provider"]: s["share"] for s in row["suppliers"]} for row in members]
        mean = {provider: fmean(one.get(provider, 0.0) for one in shares) for one in shares for provider in one}
        hhi = WHOLE * sum(share**2 for share in mean.values())
        ranked = sorted(mean.items(), key=lambda one: (-one[1], one[0]))
        rows.append(
            {
                "need": need,
                "hhi": hhi,
                "equal_suppliers": WHOLE / hhi if hhi else None,
                "count": len(ranked),
                "sole_source": len(ranked) == 1 and not any(row["unassigned"] for row in members),
                "split": any(row["split"] for row in members),
                "unassigned": fmean(row["unassigned"] for row in members),
                "suppliers": [{"provider": iri, "id": local_name(iri), "share": share} for iri, share in ranked],
                "dependants": [row["dependant"] for row in members],
                "dependants_without_supplier": [row["dependant"] for row in unnamed if row["need"] == need],
                "dependencies": [name for row in members for name in row["dependencies"]],
                "evidence": _merged(members),
            }
        )
    return sorted(rows, key=lambda row: (-row["hhi"], row["count"], row["need"]))


def _merged(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    once = {tuple(span.values()): span for row in rows for span in row["evidence"]}
    return [once[key] for key in sorted(once)]
