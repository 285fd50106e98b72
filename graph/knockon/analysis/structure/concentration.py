"""The concentration of the suppliers of each need, by the Herfindahl-Hirschman index of their shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from statistics import fmean

import numpy as np

from knockon.analysis.answer_parts import Range, cite, in_order
from knockon.analysis.context import Context
from knockon.analysis.structure.concentration_answer import (
    Concentration,
    NeedConcentration,
    SlotConcentration,
    StatedShare,
    SupplierShare,
    UnnamedSuppliers,
)
from knockon.model import Dependency, Provision, Statement, Supply
from knockon.network.network import NONE, Ints, Network
from knockon.propagation.structure.herfindahl import SINGLE_SUPPLIER, herfindahl_index

#: For so many dependencies records are read at a time.
_BLOCK = 5_000


def concentration(context: Context, of: str | None = None) -> Concentration:
    """Return the concentration of the suppliers of each need, for each dependant and over all dependants.

    Over all dependants, the share of a supplier is its mean share over the
    dependants that have named suppliers; they have the same weight, as no record states
    how much each of them buys.

    Parameters
    ----------
    context
        The world of the question.
    of
        Include only the needs of this entity, and the needs for it (IRI, local name or label).

    Raises
    ------
    NotFound
        No entity has this name.
    """
    chosen = context.entity(of).id if of is not None else None
    compiled = context.compiled()
    network = compiled.network
    slots: list[SlotConcentration] = []
    unnamed: list[UnnamedSuppliers] = []
    listed = _listed(network, chosen)
    for first in range(0, len(listed), _BLOCK):
        block = listed[first : first + _BLOCK].tolist()
        supplied = {slot: _supplied_slots(network, slot) for slot in block}
        _read_ahead(context, network, supplied)
        for slot in block:
            if supplied[slot]:
                slots.append(_slot(context, network, slot, supplied[slot]))
            else:
                ends = network.name(network.slot_owner[slot]), network.name(network.slot_need[slot])
                unnamed.append(UnnamedSuppliers(*ends, tuple(record.id for record in _dependencies(context, network, slot))))
    return Concentration(
        run=context.run_info(compiled),
        of=chosen,
        slots=tuple(sorted(slots, key=_rank)),
        needs=_needs(slots, unnamed),
        unnamed=tuple(unnamed),
    )


def _listed(network: Network, chosen: str | None) -> Ints:
    """Return the slots that are listed: dependencies, those of several records once; only those of or for an entity if chosen.

    Not among them are the slots of provisions, and those that join parts.
    """
    own = (network.slot_need != NONE) & ~network.inner_slots
    if len(network.hit_with):
        own &= network.hit_with == np.arange(network.slots)
    if chosen is not None:
        row = network.index.get(chosen, NONE)
        need = network.entity[np.maximum(network.slot_need, 0)]
        own &= (network.entity[network.slot_owner] == row) | (need == row)
    return np.flatnonzero(own)


def _read_ahead(context: Context, network: Network, supplied: Mapping[int, Sequence[int]]) -> None:
    """Read together the records of some slots, of those with their supplies, and the documents that state them."""
    slots = [other for slot in supplied for other in network.together(slot).tolist()]
    names = [name for slot in slots for name in network.slot_records[slot]]
    others = {slot for group in supplied.values() for slot in group}.difference(slots)
    names += [name for slot in others for supply in _supplies(network, slot) for name in network.supply_records[supply]]
    context.statements.read_ahead(names)
    records = (context.records.get(name) for name in names)
    cited = {evidence.document for record in records if isinstance(record, Statement) for evidence in record.all_evidence()}
    context.statements.read_ahead(cited)


def _supplies(network: Network, slot: int) -> range:
    return range(network.supply_start[slot], network.supply_start[slot + 1])


def _rank(row: SlotConcentration) -> tuple[float, int, float, str, str]:
    """Return a key that puts the most concentrated first and, of equal ones, the most critical."""
    return -row.hhi, row.count, -row.criticality.point, row.dependant, row.need


def _dependencies(context: Context, network: Network, slot: int) -> list[Dependency]:
    names = [name for other in network.together(slot).tolist() for name in network.slot_records[other]]
    return [r for name in dict.fromkeys(names) if isinstance(r := context.records[name], Dependency)]


def _supplied_slots(network: Network, slot: int) -> list[int]:
    """Return the slots that hold the suppliers of a need: of its records, else of the provisions of the need; may be empty."""
    need = int(network.slot_need[slot])
    of_need = range(network.slot_start[need], network.slot_start[need + 1])
    provisions = [row for row in of_need if network.slot_need[row] == NONE and not network.inner_slots[row]]

    def with_supplies(slots: Iterable[int]) -> list[int]:
        return [row for row in slots if network.supply_start[row] < network.supply_start[row + 1]]

    return with_supplies(network.together(slot).tolist()) or with_supplies(provisions)


def _slot(context: Context, network: Network, slot: int, supplied: Sequence[int]) -> SlotConcentration:
    """Return the concentration of the suppliers of one slot, which the slots ``supplied`` hold."""
    records = _dependencies(context, network, slot)
    # The supplies are parts of these records, and need not be looked up.
    known = {supply.id: supply for record in records for supply in record.supply}
    supplies: dict[str, list[Supply | Provision]] = defaultdict(list)
    for supply in (supply for row in supplied for supply in _supplies(network, row)):
        members = (known.get(name) or context.records[name] for name in network.supply_records[supply])
        supplies[network.name(network.supply_provider[supply])] += [r for r in members if isinstance(r, Supply | Provision)]
    stated = {provider: _share(members) for provider, members in supplies.items()}
    index = herfindahl_index(stated)
    cited = [*records, *(supply for members in supplies.values() for supply in members)]
    return SlotConcentration(
        dependant=network.name(network.slot_owner[slot]),
        need=network.name(network.slot_need[slot]),
        dependencies=tuple(r.id for r in records),
        hhi=index.hhi,
        hhi_low=index.low,
        hhi_high=index.high,
        split=index.split,
        unassigned=index.unassigned,
        suppliers=tuple(StatedShare(iri, share, stated[iri] is not None) for iri, share in _by_share(index.shares)),
        combination=tuple(sorted({r.combination.value for r in records if r.supply and r.combination})),
        criticality=Range(*network.weight(slot)),
        alternatives=tuple(sorted({r.alternatives.value for r in records if r.alternatives})),
        alternative=tuple(sorted({iri for r in records for iri in r.alternative})),
        switching_cost=tuple(sorted({r.switching_cost.value for r in records if r.switching_cost})),
        disputed=bool(network.disputed[slot]),
        inferred=any(r.inferred for r in records),
        judged=tuple(sorted({name for r in records for name in r.judged})),
        evidence=cite((e for record in cited for e in record.evidence), context.records),
    )


def _share(members: Iterable[Supply | Provision]) -> float | None:
    """Return the share that the records of one supply state; where they disagree, the greatest."""
    return max((float(s.share) for s in members if s.share is not None), default=None)


def _by_share(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))


def _needs(slots: Sequence[SlotConcentration], unnamed: Sequence[UnnamedSuppliers]) -> tuple[NeedConcentration, ...]:
    """Return the concentration of each need over all its dependants, the most concentrated first."""
    by_need: dict[str, list[SlotConcentration]] = defaultdict(list)
    for row in slots:
        by_need[row.need].append(row)
    without: dict[str, list[str]] = defaultdict(list)
    for other in unnamed:
        without[other.need].append(other.dependant)
    rows = [_need(need, members, without[need]) for need, members in by_need.items()]
    return tuple(sorted(rows, key=lambda row: (-row.hhi, row.count, row.need)))


def _need(need: str, members: Sequence[SlotConcentration], without: Sequence[str]) -> NeedConcentration:
    """Return the row of a need: the mean share of each supplier over the dependants that name suppliers.

    ``without`` are the dependants that name none.
    """
    shares: dict[str, list[float]] = defaultdict(list)
    for row in members:
        for supplier in row.suppliers:
            shares[supplier.provider].append(supplier.share)
    # The sum is exact, so that dependants without the supplier add nothing to it.
    mean = {provider: fsum(of_provider) / len(members) for provider, of_provider in shares.items()}
    return NeedConcentration(
        need=need,
        hhi=SINGLE_SUPPLIER * sum(share**2 for share in mean.values()),
        sole_source=len(mean) == 1 and not any(row.unassigned for row in members),
        split=any(row.split for row in members),
        unassigned=fmean(row.unassigned for row in members),
        suppliers=tuple(SupplierShare(iri, share) for iri, share in _by_share(mean)),
        dependants=tuple(row.dependant for row in members),
        dependants_without_supplier=tuple(without),
        dependencies=tuple(name for row in members for name in row.dependencies),
        evidence=in_order({citation for row in members for citation in row.evidence}),
    )


__all__ = ["concentration"]
