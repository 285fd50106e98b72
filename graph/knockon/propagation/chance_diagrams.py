"""Exact probabilities of failure by decision diagrams, for more uncertain things than outcomes can be counted for.

The failure of each node is a function of the uncertain numbers of :mod:`knockon.propagation.chance_exact`. The functions of
all nodes are found by rounds from the hits until none changes: the least fixed point, as in every draw. Diagrams share what
they have in common, so that a chain, a tree or a graph with few ways between its parts takes little, however many numbers
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Floats, Ints, Mode
from knockon.propagation.chance_exact import everything, uncertain_numbers
from knockon.propagation.combinations import Rules
from knockon.propagation.decision_diagram import Diagrams

#: The most nodes of the diagrams of one shock at one bound: some 300 MB.
MAX_NODES = 1_000_000
_NODE, _SLOT, _SUPPLY, _TIE = range(4)


class Failures:
    """The failure of every node under one shock at one bound, as functions of the uncertain numbers.

    Parameters
    ----------
    rules, criticality, initial_loss, bound
        As :func:`knockon.propagation.chance_sampling.simulate_draws` takes them.

    Raises
    ------
    UsageError
        The diagrams get too large, or a slot has too many shares.
    """

    def __init__(self, rules: Rules, criticality: Floats, initial_loss: InitialLosses, bound: int = 1) -> None:
        self._rules, self._criticality, self._bound = rules, criticality, bound
        self._losses = initial_loss
        reached = everything(rules, criticality, initial_loss, bound)
        self._owner_rank = reached.first
        uncertain = {
            (item.kind, item.row): item for item in uncertain_numbers(rules, reached, criticality, initial_loss, bound)
        }
        numbers = [uncertain[key] for key in self._order() if key in uncertain]
        self._place = {(item.kind, item.row): place for place, item in enumerate(numbers)}
        self._middle = [item.ends - np.diff(item.ends, prepend=0.0) / 2 for item in numbers]
        self.diagrams = Diagrams([np.diff(item.ends, prepend=0.0).tolist() for item in numbers], MAX_NODES)
        self.fails = {int(node): self._hit(_NODE, int(node)) for node in np.flatnonzero(reached.failed > 0)}
        self.short: dict[int, int] = {}
        self._settle()
        # The shortage of a slot that makes nobody fail.
        for slot in np.flatnonzero(reached.short > 0):
            if int(slot) not in self.short:
                self._fires(int(slot))

    def all_fail(self, nodes: Iterable[int]) -> int:
        """Return the diagram of the event that all of some nodes fail."""
        return self.diagrams.least(self.diagrams.always, *(self.fails.get(node, self.diagrams.never) for node in nodes))

    def joint_probability(self, event: int, size: int) -> Floats:
        """Return the probability that each of ``size`` nodes fails and an event occurs."""
        joint = {node: self.diagrams.least(diagram, event) for node, diagram in self.fails.items()}
        return self._means(joint, size)

    def joint_shortage(self, event: int, slots: int) -> Floats:
        """Return the mean of the shortage of each slot where an event occurs, and of 0 where it does not."""
        return self._means({slot: self.diagrams.least(short, event) for slot, short in self.short.items()}, slots)

    def _means(self, diagrams: dict[int, int], size: int) -> Floats:
        means = np.zeros(size)
        for row, diagram in diagrams.items():
            means[row] = self.diagrams.mean(diagram)
        return np.minimum(means, 1.0)

    def _order(self) -> list[tuple[int, int]]:
        """Return all numbers (kind, row) in the order of diagrams: depth first from what fails last to its causes.

        What one slot makes fail then lies together, and the diagram of a node on top of those of its providers.
        """
        network, rules = self._rules.network, self._rules
        places: dict[tuple[int, int], None] = {}
        entered = np.zeros(network.size, bool)
        last_first = sorted(range(network.size), key=lambda node: (-int(self._owner_rank[node]), node))
        waiting: list[tuple[int, int]] = [(_NODE, node) for node in reversed(last_first)]
        while waiting:
            kind, row = waiting.pop()
            if kind != _NODE:
                places.setdefault((kind, row))
                continue
            if row == NONE or entered[row]:
                continue
            entered[row] = True
            places.setdefault((_NODE, row))
            below: list[tuple[int, int]] = []
            for slot in range(int(network.slot_start[row]), int(network.slot_start[row + 1])):
                below += [(_TIE, self._tie(slot)), (_SLOT, slot), (_NODE, int(rules.need[slot]))]
                for supply in range(int(network.supply_start[slot]), int(network.supply_start[slot + 1])):
                    below += [(_SUPPLY, supply), (_NODE, int(rules.provider[supply]))]
            waiting.extend(reversed(below))
        return list(places)

    def _tie(self, slot: int) -> int:
        """Return the slot whose number decides whether a slot makes its owner fail: records that disagree share one."""
        network = self._rules.network
        return int(network.hit_with[slot]) if len(network.hit_with) else slot

    def _below(self, kind: int, row: int, threshold: float) -> int:
        """Return the event that a number is below a threshold; certain numbers are 0."""
        place = self._place.get((kind, row))
        if place is None:
            return self.diagrams.always if threshold > 0 else self.diagrams.never
        return self.diagrams.below(place, int((self._middle[place] < threshold).sum()))

    def _hit(self, kind: int, row: int) -> int:
        return self._below(kind, row, float(self._losses[kind][row]))

    def _settle(self) -> None:
        """Compute the failures of all owners until none changes."""
        network, rules = self._rules.network, self._rules
        owners = sorted(self.fails, key=lambda node: (int(self._owner_rank[node]), node))
        changed = set(owners)
        while changed:
            before, changed = changed, set[int]()
            for owner in owners:
                slots = range(int(network.slot_start[owner]), int(network.slot_start[owner + 1]))
                stale = [slot for slot in slots if slot not in self.short or not before.isdisjoint(self._inputs(slot, rules))]
                if not stale:
                    continue
                fired = [self._fires(slot) for slot in stale]
                failure = self.diagrams.greatest(self.fails[owner], *fired)
                if failure != self.fails[owner]:
                    self.fails[owner] = failure
                    changed.add(owner)
                    # Owners that come later in this round see the change already.
                    before.add(owner)

    def _inputs(self, slot: int, rules: Rules) -> Iterable[int]:
        start, stop = rules.network.supply_start[slot : slot + 2]
        return (int(rules.need[slot]), *map(int, rules.provider[start:stop]))

    def _fires(self, slot: int) -> int:
        """Return the event that a slot makes its owner fail, and keep the shortage of the slot."""
        diagrams = self.diagrams
        need = int(self._rules.need[slot])
        lost = self.fails.get(need, diagrams.never) if need != NONE else diagrams.never
        short = self.short[slot] = diagrams.greatest(self._hit(_SLOT, slot), lost, self._unmet(slot))
        criticality = float(self._criticality[slot])
        events = [
            diagrams.least(diagrams.mapped(short, _reaches(value)), self._below(_TIE, self._tie(slot), criticality * value))
            for value in diagrams.values(short)
            if value > 0
        ]
        return diagrams.greatest(diagrams.never, *events)

    def _unmet(self, slot: int) -> int:
        """Return the part of the need that the supplies of a slot fail to meet."""
        network, diagrams = self._rules.network, self.diagrams
        supplies = range(int(network.supply_start[slot]), int(network.supply_start[slot + 1]))
        lost = [
            diagrams.greatest(self._hit(_SUPPLY, supply), self.fails.get(int(self._rules.provider[supply]), diagrams.never))
            for supply in supplies
        ]
        mode = network.mode[slot]
        if not lost:
            return diagrams.never
        if mode == Mode.SHARES:
            return self._shared(slot, np.array(supplies), lost)
        if mode == Mode.ALL_OF or (mode == Mode.DISPUTED and self._bound > 0):
            return diagrams.greatest(*lost)
        if mode in (Mode.ANY_OF, Mode.DISPUTED):
            return diagrams.least(*lost)
        enough = len(lost) - max(int(network.at_least[slot]), 1) + 1
        return diagrams.mapped(diagrams.total(*lost), _reaches(enough))

    def _shared(self, slot: int, supplies: Ints, lost: Sequence[int]) -> int:
        """Return the sum of the shares that are lost, in the reading of the bound: as ``Rules`` computes it, in its order."""
        network, diagrams = self._rules.network, self.diagrams
        share, unstated = network.supply_share[supplies], network.unstated[supplies]
        total = point = self._weighted(share, lost)
        if network.split[slot] and self._bound != 1:
            fixed = self._weighted(np.where(unstated, 0.0, share), lost)
            of_rest = [event for event, is_unstated in zip(lost, unstated, strict=True) if is_unstated]
            worst = diagrams.least(*of_rest) if self._bound == 0 else diagrams.greatest(*of_rest)
            read = diagrams.total(fixed, diagrams.mapped(worst, _times(float(network.remainder[slot]))))
            total = diagrams.least(read, point) if self._bound == 0 else diagrams.greatest(read, point)
        with_share = [event for event, part in zip(lost, share, strict=True) if part > 0]
        return diagrams.least(total, diagrams.greatest(*with_share))

    def _weighted(self, share: Floats, lost: Sequence[int]) -> int:
        parts = [self.diagrams.mapped(event, _times(float(part))) for event, part in zip(lost, share, strict=True)]
        return self.diagrams.total(*parts)


def _times(factor: float) -> Callable[[float], float]:
    """Return a function that multiplies by a factor."""
    return lambda value: factor * value


def _reaches(threshold: float) -> Callable[[float], float]:
    """Return a function that is 1 from a threshold on, else 0."""
    return lambda value: 1.0 if value >= threshold else 0.0


__all__ = ["Failures"]
