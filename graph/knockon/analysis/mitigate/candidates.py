"""The single changes that could reduce the loss of one node, for each slot through which the loss may reach it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.outcome import Outcome
from knockon.model import Dependency, Provision
from knockon.model.dependency import records_with_loss
from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Mode, Network
from knockon.propagation.changed_links import Change
from knockon.propagation.reach import reach
from knockon.vocabulary import Interval, Level, interval

#: The next lower word for each criticality; Low and Negligible have none.
LOWER = {Level.ESSENTIAL: Level.HIGH, Level.HIGH: Level.MEDIUM, Level.MEDIUM: Level.LOW}


class Candidate(NamedTuple):
    """One change, in words and for the model.

    Attributes
    ----------
    kind
        supplier, criticality, provider, combination or buffer.
    slot
        The number of the dependency in the network.
    text
        The change in words.
    change
        The change for the model; that of a buffer changes nothing, because a stock does not change the final loss.
    provider
        A recorded alternative (IRI) that would supply.
    replaces
        The supplier (IRI) that it would replace.
    hypothetical
        Whether no record speaks of the change.
    """

    kind: str
    slot: int
    text: str
    change: Change
    provider: str | None = None
    replaces: str | None = None
    hypothetical: bool = True


class AffectedSlots(NamedTuple):
    """The slots through which the first shock of an outcome may reach a node: they are upstream of it, and short.

    Attributes
    ----------
    outcome
        What the model returned.
    initial
        The losses that the hits cause directly.
    target
        The number of the node.
    slots
        The numbers of the slots, ascending.
    """

    outcome: Outcome
    initial: InitialLosses
    target: int
    slots: tuple[int, ...]

    @classmethod
    def of(cls, outcome: Outcome, initial: InitialLosses, target: int) -> AffectedSlots:
        """Return the slots upstream of a target that are short."""
        network = outcome.network
        upstream = reach(network, [target], upstream=True).all_nodes.step[0] != NONE
        # Changes are changes of dependencies: the slots of provisions and those that join parts stay as they are.
        dependency = (network.slot_need != NONE) & ~network.inner_slots
        slots = np.flatnonzero(upstream[network.slot_owner] & (outcome.result.shortage[0] > 0) & dependency)
        return cls(outcome, initial, target, tuple(slots.tolist()))

    def failing_provisions(self, slot: int) -> int | None:
        """Return the slot of the provisions of the need of a slot; None if there are none, or they deliver."""
        network = self.outcome.network
        of_need = (network.slot_owner == network.slot_need[slot]) & (self.outcome.result.shortage[0] > 0)
        provisions = np.flatnonzero(of_need & (network.slot_need == NONE) & ~network.inner_slots)
        return int(provisions[0]) if provisions.size else None


def records_of(context: Context, network: Network, slot: int) -> list[Dependency]:
    """Return the records of the dependencies that are merged in a slot."""
    return [r for name in network.slot_records[slot] if isinstance(r := context.records[name], Dependency)]


def candidates(context: Context, affected: AffectedSlots, *, step: float, days: float) -> Iterator[Candidate]:
    """Yield every single change to every affected slot.

    The changes are: a further supplier (each recorded alternative by name, else an
    unnamed one that loses nothing), a criticality one word lower (a number: lower by
    ``step``), each recorded alternative in place of each supplier that loses,
    fewer suppliers that must work (where they have shares, or a number of them must work), and
    a stock for a number of ``days``. Changes that cannot have an effect are left
    out: a slot without named suppliers gets a further one, or another one in place of one that loses, only where those who
    provide its need to everyone fail, and it provides the need to everyone too.
    """
    network = affected.outcome.network
    for slot in affected.slots:
        records = records_of(context, network, slot)
        first, end = int(network.supply_start[slot]), int(network.supply_start[slot + 1])
        suppliers = {network.name(p) for p in network.supply_provider[first:end].tolist()}
        alternatives = sorted({iri for record in records for iri in record.alternative} - suppliers)
        if end > first:
            yield from _further_supplier(context, network, slot, alternatives)
        elif (provisions := affected.failing_provisions(slot)) is not None:
            others = _alternatives_for_everyone(context, network, slot)
            yield from _changed_provisions(context, affected, slot, provisions, others)
        yield from _lower_criticality(network, slot, records, step)
        yield from _other_provider(context, affected, slot, alternatives)
        yield from _fewer_suppliers(network, slot, end - first)
        if network.buffer[slot] < days:
            yield Candidate("buffer", slot, f"a stock of {days:g} days", Change(slot))


def _further_supplier(context: Context, network: Network, slot: int, alternatives: Sequence[str]) -> Iterator[Candidate]:
    """Yield each recorded alternative as a further supplier; without any, an unnamed one."""
    for iri in alternatives:
        change = Change(slot, backup=network.index.get(iri, NONE))
        yield Candidate("supplier", slot, f"{context.named(iri)} as a further supplier", change, iri, None, False)
    if not alternatives:
        yield Candidate("supplier", slot, "a further supplier (none is named)", Change(slot, backup=NONE))


def _alternatives_for_everyone(context: Context, network: Network, slot: int) -> list[str]:
    """Return the alternatives that any dependency on the need of a slot records, without those who provide it already.

    Records that do not count, such as those that no source asserts, offer none.
    """
    need, admits = network.name(int(network.slot_need[slot])), context.options.record_filter.admits
    dependencies = (record for record in context.statements.of_class(Dependency) if record.need == need and not admits(record))
    named = {iri for record in dependencies for iri in record.alternative}
    provisions = (record for record in context.statements.of_class(Provision) if record.provided == need and not admits(record))
    return sorted(named - {record.provider for record in provisions})


def _changed_provisions(
    context: Context, affected: AffectedSlots, slot: int, provisions: int, alternatives: Sequence[str]
) -> Iterator[Candidate]:
    """Yield each recorded alternative as a further provider of the need to everyone, and in place of each one that loses.

    Without any alternative a further one that is not named is tried. An alternative that rests on the need itself cannot
    provide it.
    """
    network, need = affected.outcome.network, int(affected.outcome.network.slot_need[slot])
    of_need = f"of {context.named(network.name(need))} to everyone"
    for iri in alternatives:
        node = network.index.get(iri, NONE)
        if node != NONE and reach(network, [node], upstream=True).all_nodes.step[0, need] != NONE:
            continue
        further = f"{context.named(iri)} as a further provider {of_need}"
        yield Candidate("supplier", slot, further, Change(provisions, backup=node), iri, None, False)
        for supply, provider in _failing(affected, provisions):
            old = network.name(provider)
            text = f"{context.named(iri)} in place of {context.named(old)} as a provider {of_need}"
            change = Change(provisions, supply=supply, provider=node)
            yield Candidate("provider", slot, text, change, iri, old, False)
    if not alternatives:
        text = f"one that is not named as a further provider {of_need}"
        yield Candidate("supplier", slot, text, Change(provisions, backup=NONE))


def _failing(affected: AffectedSlots, slot: int) -> Iterator[tuple[int, int]]:
    """Yield each supply of a slot that loses something or is hit, with its provider (numbers)."""
    network, loss = affected.outcome.network, affected.outcome.result.all_nodes.loss[0]
    for supply in range(int(network.supply_start[slot]), int(network.supply_start[slot + 1])):
        provider = int(network.supply_provider[supply])
        if max(loss[provider], affected.initial.supply[supply]) > 0:
            yield supply, provider


def _lower_criticality(network: Network, slot: int, records: Sequence[Dependency], step: float) -> Iterator[Candidate]:
    """Yield a criticality one word lower; where the slot has several records, each of them is lowered."""
    lossy = records_with_loss(records)
    lowered = [_lowered(record, step) for record in lossy]
    hull = Interval(min(i.low for i in lowered), max(i.point for i in lowered), max(i.high for i in lowered))
    if any(record.portion is not None for record in records) or hull == Interval(*network.weights[:, slot].tolist()):
        return
    words = {(_criticality_text(record), _lower_criticality_text(record, step)) for record in lossy}
    text = "criticality " + ("{} -> {}".format(*words.pop()) if len(words) == 1 else "of each record one word lower")
    yield Candidate("criticality", slot, text, Change(slot, weight=hull))


def _lowered(record: Dependency, step: float) -> Interval:
    """Return the interval of the next lower criticality of a record."""
    if record.criticality_value is not None:
        return interval(None, max(0.0, float(record.criticality_value) - step))
    # A criticality that is not given has the point of Medium, and the next lower word is Low.
    word = record.criticality or Level.MEDIUM
    return interval(LOWER.get(word, word))


def _criticality_text(record: Dependency) -> str:
    if record.criticality_value is not None:
        return f"{float(record.criticality_value):g}"
    return record.criticality.value if record.criticality else "not given"


def _lower_criticality_text(record: Dependency, step: float) -> str:
    if record.criticality_value is not None:
        return f"{_lowered(record, step).point:g}"
    word = record.criticality or Level.MEDIUM
    return LOWER.get(word, word).value


def _other_provider(context: Context, affected: AffectedSlots, slot: int, alternatives: Sequence[str]) -> Iterator[Candidate]:
    """Yield each recorded alternative in place of each supplier that loses something or is hit."""
    network = affected.outcome.network
    for supply, provider in _failing(affected, slot):
        for iri in alternatives:
            old = network.name(provider)
            change = Change(slot, supply=supply, provider=network.index.get(iri, NONE))
            yield Candidate("provider", slot, f"{context.named(iri)} in place of {context.named(old)}", change, iri, old, False)


def _fewer_suppliers(network: Network, slot: int, count: int) -> Iterator[Candidate]:
    """Yield the change that one supplier fewer must work; none where all must work, as each supplies a different part."""
    mode, needed = network.mode[slot], int(network.at_least[slot])
    if mode == Mode.SHARES and count > 1:
        unknown = " (no source states how they combine)" if network.split[slot] else ""
        yield Candidate("combination", slot, f"any one of its {count} suppliers is enough{unknown}", Change(slot, at_least=1))
    elif mode == Mode.AT_LEAST and needed > 1:
        fewer = needed - 1
        text = f"{fewer} of its {count} suppliers are enough" if fewer > 1 else f"any one of its {count} suppliers is enough"
        yield Candidate("combination", slot, text, Change(slot, at_least=fewer))


__all__ = ["AffectedSlots", "Candidate", "candidates", "records_of"]
