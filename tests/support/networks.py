"""Small random networks for the laws, drawn as plain values and turned into arrays; and the equations, written plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Mode, Network
from knockon.network.substitutes import Substitutes
from knockon.vocabulary import INTERVALS, UNKNOWN, Interval

# Plain values


@dataclass(frozen=True)
class Slot:
    """A dependency: who needs what, how badly, and who supplies it (provider, share).

    ``unstated`` are the places of supplies among which nobody divided what the other shares leave; theirs are equal.
    """

    owner: int
    need: int
    weight: Interval
    mode: Mode = Mode.ALL_OF
    at_least: int = 0
    supplies: tuple[tuple[int, float], ...] = ()
    unstated: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlainNetwork:
    """A network as plain values; a supply is named by its slot and its place there."""

    size: int
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class PlainHit:
    """One hit: on a node, a slot, or a supply (slot and place)."""

    kind: int
    target: int | tuple[int, int]
    severity: Interval


Shock = tuple[PlainHit, ...]


def exactly(value: float) -> Interval:
    """A number without doubt."""
    return Interval(value, value, value)


def hit(target: int | tuple[int, int], severity: float = 1.0, kind: int = NODE) -> PlainHit:
    """A hit of a severity without doubt."""
    return PlainHit(kind, target, exactly(severity))


def slot(
    owner: int, need: int, weight: float = 1.0, mode: Mode = Mode.ALL_OF, *supplies: tuple[int, float] | int, k: int = 0
) -> Slot:
    """A slot of a weight without doubt; a supplier without a share is its number alone."""
    named = tuple(one if isinstance(one, tuple) else (one, 0.0) for one in supplies)
    return Slot(owner, need, exactly(weight), mode, k, named)


# Strategies

#: Eighths multiply and add without rounding, so that ties are ties in any order.
EIGHTHS = st.integers(0, 8).map(lambda n: n / 8)
NUMBERS = st.one_of(EIGHTHS, st.floats(0, 1))


def intervals(numbers: st.SearchStrategy[float] = NUMBERS) -> st.SearchStrategy[Interval]:
    """Words, numbers, and low <= point <= high."""
    words = st.sampled_from([*INTERVALS.values(), UNKNOWN])
    any_three = st.tuples(numbers, numbers, numbers).map(lambda three: Interval(*sorted(three)))
    return st.one_of(words, numbers.map(exactly), any_three)


@st.composite
def plain_networks(
    draw: st.DrawFn, *, numbers: st.SearchStrategy[float] = NUMBERS, modes: Sequence[Mode] = tuple(Mode), cycles: bool = True
) -> PlainNetwork:
    """Up to seven nodes and nine slots of any kind; without ``cycles`` a node needs only nodes of smaller number."""
    size = draw(st.integers(0, 7))
    if size < (1 if cycles else 2):
        return PlainNetwork(size)
    weights = st.just(exactly(0.0)) | (intervals(numbers) if numbers is NUMBERS else numbers.map(exactly))
    slots = []
    for _ in range(draw(st.integers(0, 9))):
        owner = draw(st.integers(0 if cycles else 1, size - 1))
        sources = st.integers(0, size - 1 if cycles else owner - 1)
        providers = draw(st.lists(sources, max_size=4, unique=True))
        mode = draw(st.sampled_from(list(modes)))
        cuts = sorted(draw(st.lists(st.integers(0, 8), min_size=len(providers), max_size=len(providers))))
        shares = (
            [(b - a) / 8 for a, b in zip([0, *cuts], cuts, strict=False)] if mode is Mode.SHARES else [0.0] * len(providers)
        )
        # Of two halves of eighths all sums are exact as well.
        left, unstated = 1 - sum(shares), ()
        if mode is Mode.SHARES and left and len(providers) > 1 and draw(st.booleans()):
            first, second = unstated = tuple(sorted(draw(st.permutations(range(len(providers))))[:2]))
            left += shares[first] + shares[second]
            shares[first] = shares[second] = left / 2
        at_least = draw(st.integers(1, max(1, len(providers)))) if mode is Mode.AT_LEAST else 0
        supplies = tuple(zip(providers, shares, strict=True))
        slots.append(Slot(owner, draw(sources), draw(weights), mode, at_least, supplies, unstated))
    return PlainNetwork(size, tuple(slots))


@st.composite
def shocks_on(draw: st.DrawFn, plain: PlainNetwork, numbers: st.SearchStrategy[float] = NUMBERS) -> Shock:
    """Up to four hits on nodes, slots and supplies that are there."""
    supplies = [(row, place) for row, slot in enumerate(plain.slots) for place in range(len(slot.supplies))]
    targets = [(NODE, node) for node in range(plain.size)] + [(SLOT, row) for row in range(len(plain.slots))]
    targets += [(SUPPLY, where) for where in supplies]
    if not targets:
        return ()
    severity = intervals(numbers) if numbers is NUMBERS else numbers.map(exactly)
    chosen = draw(st.lists(st.sampled_from(targets), max_size=4))
    return tuple(PlainHit(kind, target, draw(severity)) for kind, target in chosen)


@st.composite
def networks_with_shocks(draw: st.DrawFn, **options: object) -> tuple[PlainNetwork, Shock]:
    """A network and a shock on it."""
    plain = draw(plain_networks(**options))  # type: ignore[arg-type]
    return plain, draw(shocks_on(plain, options.get("numbers", NUMBERS)))  # type: ignore[arg-type]


@st.composite
def substitutes_for(draw: st.DrawFn, network: Network) -> Substitutes | None:
    """Up to four alternatives of slots, with switching times in days; None where there are none."""
    if not network.slots:
        return None
    row = st.tuples(
        st.integers(0, network.slots - 1), st.integers(0, network.size - 1), st.sampled_from([0.0, 1.0, 2.0, 5.0, 9.0])
    )
    rows = draw(st.lists(row, max_size=4, unique_by=lambda one: one[:2]))
    return Substitutes.of(rows) if rows else None


# Arrays


def to_arrays(plain: PlainNetwork, shocks: Sequence[Shock] = ((),)) -> tuple[Network, Hits, list[int]]:
    """The arrays of a plain network and its shocks, and the row that each slot went to."""
    order = sorted(range(len(plain.slots)), key=lambda row: (plain.slots[row].owner, row))
    row_of = {slot: row for row, slot in enumerate(order)}
    slots = [plain.slots[row] for row in order]
    supplies = [supply for slot in slots for supply in slot.supplies]
    starts = np.concatenate([[0], np.cumsum([len(slot.supplies) for slot in slots])]).astype(np.int64)
    network = Network(
        nodes=tuple(f"urn:x:{node:02}" for node in range(plain.size)),
        slot_owner=np.array([slot.owner for slot in slots], np.int64),
        slot_need=np.array([slot.need for slot in slots], np.int64),
        weights=np.array([slot.weight for slot in slots], np.float64).reshape(-1, 3).T.copy(),
        mode=np.array([slot.mode for slot in slots], np.int64),
        at_least=np.array([slot.at_least for slot in slots], np.int64),
        supply_start=starts,
        supply_provider=np.array([provider for provider, _ in supplies], np.int64),
        supply_share=np.array([share for _, share in supplies], np.float64),
        unstated=np.array([k in s.unstated and s.mode is Mode.SHARES for s in slots for k in range(len(s.supplies))], bool),
    )
    rows = [(number, hit) for number, shock in enumerate(shocks) for hit in shock]

    def index(hit: PlainHit) -> int:
        if isinstance(hit.target, tuple):
            slot, place = hit.target
            return int(starts[row_of[slot]]) + place
        return row_of[hit.target] if hit.kind == SLOT else hit.target

    hits = Hits(
        len(shocks),
        np.array([number for number, _ in rows], np.int64),
        np.array([hit.kind for _, hit in rows], np.int64),
        np.array([index(hit) for _, hit in rows], np.int64),
        np.array([hit.severity for _, hit in rows], np.float64).reshape(-1, 3).T.copy(),
    )
    return network, hits, [row_of[row] for row in range(len(plain.slots))]


def renumbered(plain: PlainNetwork, shock: Shock, new: Sequence[int], turned: bool = False) -> tuple[PlainNetwork, Shock]:
    """The same network with other numbers: node i becomes ``new[i]``; ``turned`` lists slots and supplies backwards."""
    step = -1 if turned else 1
    slots = [
        replace(
            s,
            owner=new[s.owner],
            need=new[s.need],
            supplies=tuple((new[p], share) for p, share in s.supplies)[::step],
            unstated=tuple(len(s.supplies) - 1 - k for k in s.unstated) if turned else s.unstated,
        )
        for s in plain.slots
    ]

    def moved(hit: PlainHit) -> PlainHit:
        if hit.kind == NODE:
            return replace(hit, target=new[hit.target])  # type: ignore[index]
        if not turned:
            return hit
        if isinstance(hit.target, tuple):
            slot, place = hit.target
            return replace(hit, target=(len(slots) - 1 - slot, len(plain.slots[slot].supplies) - 1 - place))
        return replace(hit, target=len(slots) - 1 - hit.target)

    return PlainNetwork(plain.size, tuple(slots[::step])), tuple(moved(hit) for hit in shock)


# The equations of propagation.md, one by one


def oracle(plain: PlainNetwork, shock: Shock, bound: int = 1) -> dict[int, float]:
    """The loss of every node: sweeps in place until nothing rises."""
    node_hit = _greatest(shock, NODE, bound)
    slot_hit = _greatest(shock, SLOT, bound)
    supply_hit = _greatest(shock, SUPPLY, bound)
    loss = {node: node_hit.get(node, 0.0) for node in range(plain.size)}
    for _ in range(20_000):
        risen = 0.0
        for row, slot in enumerate(plain.slots):
            short = max(slot_hit.get(row, 0.0), loss[slot.need], _meet(slot, row, loss, supply_hit, bound))
            new = max(loss[slot.owner], slot.weight[bound] * short)
            risen = max(risen, new - loss[slot.owner])
            loss[slot.owner] = new
        if risen <= 1e-15:
            return loss
    raise AssertionError("the equations do not come to rest")


def _meet(slot: Slot, row: int, loss: Mapping[int, float], supply_hit: Mapping[object, float], bound: int) -> float:
    lost = [max(supply_hit.get((row, place), 0.0), loss[provider]) for place, (provider, _) in enumerate(slot.supplies)]
    if not lost:
        return 0.0
    if slot.mode is Mode.ALL_OF:
        return max(lost)
    if slot.mode is Mode.ANY_OF:
        return min(lost)
    if slot.mode is Mode.AT_LEAST:
        return sorted(lost)[slot.at_least - 1]
    if slot.mode is Mode.DISPUTED:
        return min(lost) if bound == 0 else max(lost)
    return shared([share for _, share in slot.supplies], lost, slot.unstated, bound)


def shared(shares: Sequence[float], lost: Sequence[float], unstated: Sequence[int], bound: int) -> float:
    """What is short where suppliers share a need: what nobody divided is all at one of the ``unstated`` at a bound."""
    if bound == 1 or not unstated:
        return sum(share * one for share, one in zip(shares, lost, strict=True))
    fixed = sum(share * one for k, (share, one) in enumerate(zip(shares, lost, strict=True)) if k not in unstated)
    return fixed + sum(shares[k] for k in unstated) * (min, max)[bound > 1](lost[k] for k in unstated)


def _greatest(shock: Shock, kind: int, bound: int) -> dict[object, float]:
    found: dict[object, float] = {}
    for hit in shock:
        if hit.kind == kind:
            found[hit.target] = max(found.get(hit.target, 0.0), hit.severity[bound])
    return found


def oracle_reach(plain: PlainNetwork, shock: Shock) -> dict[int, int]:
    """The steps from a shock to every node it reaches, as networkx counts them."""
    flow: nx.DiGraph = nx.DiGraph()
    flow.add_nodes_from(range(plain.size))
    for slot in plain.slots:
        for source in (slot.need, *(provider for provider, _ in slot.supplies)):
            flow.add_edge(source, slot.owner)
    for hit in shock:
        if hit.severity.point > 0:
            # A node hit stands one edge behind the shock, the owner of a slot that is hit two.
            slot = hit.target[0] if isinstance(hit.target, tuple) else hit.target
            flow.add_edges_from(
                [("shock", slot)] if hit.kind == NODE else [("shock", "link"), ("link", plain.slots[slot].owner)]
            )
    if "shock" not in flow:
        return {}
    lengths = nx.single_source_shortest_path_length(flow, "shock")
    return {node: length - 1 for node, length in lengths.items() if isinstance(node, int)}
