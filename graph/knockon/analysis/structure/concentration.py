"""The concentration of the suppliers of each need, by the Herfindahl-Hirschman index of their shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

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
from knockon.model import Dependency, Provision, Supply
from knockon.network.network import NONE, Network
from knockon.propagation.structure.herfindahl import SINGLE_SUPPLIER, herfindahl_index


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
    for slot in range(network.slots):
        # Listed are the dependencies, those of several records once; not the slots of provisions, nor those that join parts.
        if network.slot_need[slot] == NONE or network.inner_slots[slot] or network.together(slot)[0] != slot:
            continue
        dependant, need = network.name(network.slot_owner[slot]), network.name(network.slot_need[slot])
        if chosen not in (None, dependant, need):
            continue
        if supplied := _supplied_slots(network, slot):
            slots.append(_slot(context, network, slot, supplied))
        else:
            records = tuple(record.id for record in _dependencies(context, network, slot))
            unnamed.append(UnnamedSuppliers(dependant, need, records))
    return Concentration(
        run=context.run_info(compiled),
        of=chosen,
        slots=tuple(sorted(slots, key=_rank)),
        needs=_needs(slots, unnamed),
        unnamed=tuple(unnamed),
    )


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
    supplies: dict[str, list[Supply | Provision]] = defaultdict(list)
    for supply in (s for row in supplied for s in range(network.supply_start[row], network.supply_start[row + 1])):
        members = (context.records[name] for name in network.supply_records[supply])
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
    rows = [_need(need, members, unnamed) for need, members in by_need.items()]
    return tuple(sorted(rows, key=lambda row: (-row.hhi, row.count, row.need)))


def _need(need: str, members: Sequence[SlotConcentration], unnamed: Sequence[UnnamedSuppliers]) -> NeedConcentration:
    """Return the row of a need: the mean share of each supplier over the dependants that name suppliers."""
    shares = [{supplier.provider: supplier.share for supplier in row.suppliers} for row in members]
    providers = dict.fromkeys(provider for by_provider in shares for provider in by_provider)
    mean = {provider: fmean(by_provider.get(provider, 0.0) for by_provider in shares) for provider in providers}
    return NeedConcentration(
        need=need,
        hhi=SINGLE_SUPPLIER * sum(share**2 for share in mean.values()),
        sole_source=len(mean) == 1 and not any(row.unassigned for row in members),
        split=any(row.split for row in members),
        unassigned=fmean(row.unassigned for row in members),
        suppliers=tuple(SupplierShare(iri, share) for iri, share in _by_share(mean)),
        dependants=tuple(row.dependant for row in members),
        dependants_without_supplier=tuple(row.dependant for row in unnamed if row.need == need),
        dependencies=tuple(name for row in members for name in row.dependencies),
        evidence=in_order({citation for row in members for citation in row.evidence}),
    )


__all__ = ["concentration"]
