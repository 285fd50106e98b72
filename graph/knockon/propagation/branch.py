"""The linear equations that hold near a state: each maximum and minimum of leontief is replaced by its binding term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from knockon.network.network import NONE, Floats, Ints, Mode, Network

#: A node, and the derivative of a loss by its loss.
Slope = tuple[int, float]


@dataclass(frozen=True)
class Branch:
    """The equations of one lane.

    Parameters
    ----------
    network
        The network.
    weight
        The criticality of each slot in 0..1, (slots,).
    slot_hit, supply_hit
        The losses that the shock sets on slots and supplies.
    provider
        The node that provides each supply, (supplies,); -1: one that never loses. By default that of the network.
    at_least
        The number of supplies that must work, for slots whose combination a variant changes.
    backups
        The nodes that can meet the need of a slot alone, for slots to which a variant adds some.
    reading
        How shares that nobody stated are read, one number or one for each slot: 0 low, 1 point (the default), 2 high, or
        between.
    """

    network: Network
    weight: Floats
    slot_hit: Floats
    supply_hit: Floats
    provider: Ints | None = None
    at_least: Mapping[int, int] = field(default_factory=dict)
    backups: Mapping[int, Sequence[int]] = field(default_factory=dict)
    reading: Floats | None = None

    def slopes(self, state: Floats, moving: Ints) -> Floats:
        """Return the derivative of the next loss of each moving node by the loss of each, (moving, moving).

        Where a hit and another term tie, the other term is taken: it is the one that may rise.

        Examples
        --------
        Node 0 gets half of its need from node 1, which needs node 0 by 0.8:

        >>> network = Network(
        ...     nodes="ABC", slot_owner=np.array([0, 1]), slot_need=np.array([-1, 0]), weights=np.tile([1.0, 0.8], (3, 1)),
        ...     mode=np.array([2, 0]), at_least=np.zeros(2, int), supply_start=np.array([0, 2, 2]),
        ...     supply_provider=np.array([1, 2]), supply_share=np.array([0.5, 0.5]),
        ... )
        >>> branch = Branch(network, network.weights[1], np.zeros(2), np.zeros(2))
        >>> branch.slopes(np.array([0.75, 0.6, 1.0]), np.array([0, 1])).tolist()
        [[0.0, 0.5], [0.8, 0.0]]
        """
        column = {int(node): place for place, node in enumerate(moving)}
        slopes = np.zeros((len(moving), len(moving)))
        start = self.network.slot_start
        for row, node in enumerate(moving.tolist()):
            worst, terms = 0.0, list[Slope]()
            for slot in range(int(start[node]), int(start[node + 1])):
                short, parts = self._slot(slot, state)
                if (value := float(self.weight[slot]) * short) > worst:
                    worst, terms = value, [(source, slope * float(self.weight[slot])) for source, slope in parts]
            for source, slope in terms:
                if source in column:
                    slopes[row, column[source]] += slope
        return slopes

    def _slot(self, slot: int, state: Floats) -> tuple[float, list[Slope]]:
        """Return the shortage of a slot, and the slopes of the losses that determine it."""
        short, parts = self._unmet(slot, state)
        need = int(self.network.slot_need[slot])
        if need != NONE and state[need] > short:
            short, parts = float(state[need]), [(need, 1.0)]
        if self.slot_hit[slot] > short:
            short, parts = float(self.slot_hit[slot]), []
        return short, parts

    def _unmet(self, slot: int, state: Floats) -> tuple[float, list[Slope]]:
        """Return the part of a need that supplies and backups fail to meet, and its slopes."""
        first, last = int(self.network.supply_start[slot]), int(self.network.supply_start[slot + 1])
        supplies = [self._supply(supply, state) for supply in range(first, last)]
        if slot in self.at_least:
            short, parts = _kth(supplies, self.at_least[slot])
        elif not supplies:
            short, parts = 0.0, []
        else:
            short, parts = self._combined(slot, supplies, self.network.supply_share[first:last].tolist())
        for backup in self.backups.get(slot, ()):
            covered = 0.0 if backup == NONE else float(state[backup])
            if covered < short:
                short, parts = covered, [] if backup == NONE else [(backup, 1.0)]
        return short, parts

    def _combined(self, slot: int, supplies: list[tuple[float, list[Slope]]], shares: list[float]) -> tuple[float, list[Slope]]:
        """Return what the combination of a slot gives for the losses of its supplies, and its slopes."""
        mode = self.network.mode[slot]
        if mode == Mode.ALL_OF:
            return _kth(supplies, len(supplies))
        if mode == Mode.ANY_OF:
            return _kth(supplies, 1)
        if mode == Mode.DISPUTED:
            return self._disputed(slot, supplies)
        if mode == Mode.AT_LEAST:
            return _kth(supplies, max(int(self.network.at_least[slot]), 1))
        shares = self._read(slot, [lost for lost, _ in supplies], shares)
        terms = [(node, share * slope) for share, (_, parts) in zip(shares, supplies, strict=True) for node, slope in parts]
        return sum(share * lost for share, (lost, _) in zip(shares, supplies, strict=True)), terms

    def _reading(self, slot: int) -> float:
        """How the slot is read: from 0 (low) over 1 (point) to 2 (high)."""
        if self.reading is None:
            return 1.0
        return float(self.reading[slot] if len(self.reading) > 1 else self.reading[0])

    def _disputed(self, slot: int, supplies: list[tuple[float, list[Slope]]]) -> tuple[float, list[Slope]]:
        """The least of the records at the low reading, the greatest at the point and above, and between a mean of the two."""
        weight = min(self._reading(slot), 1.0)
        ends = ((1 - weight, _kth(supplies, 1)), (weight, _kth(supplies, len(supplies))))
        terms = [(node, share * slope) for share, (_, parts) in ends if share for node, slope in parts]
        return sum(share * lost for share, (lost, _) in ends), terms

    def _read(self, slot: int, lost: list[float], shares: list[float]) -> list[float]:
        """Return the shares of a slot for given losses: at a bound the remainder belongs to one supply."""
        if self.reading is None or not self.network.split[slot]:
            return shares
        reading = self._reading(slot)
        first = int(self.network.supply_start[slot])
        unstated = [place for place in range(len(shares)) if self.network.unstated[first + place]]
        chosen = (min if reading < 1 else max)(unstated, key=lambda place: lost[place])
        equal = 1 - abs(1 - reading)
        read_shares = [share * equal if place in unstated else share for place, share in enumerate(shares)]
        read_shares[chosen] += float(self.network.remainder[slot]) * (1 - equal)
        return read_shares

    def _supply(self, supply: int, state: Floats) -> tuple[float, list[Slope]]:
        """Return the loss of a supply and its slopes."""
        provider = int((self.network.supply_provider if self.provider is None else self.provider)[supply])
        lost = 0.0 if provider == NONE else float(state[provider])
        if self.supply_hit[supply] > lost:
            return float(self.supply_hit[supply]), []
        return lost, [] if provider == NONE else [(provider, 1.0)]


def _kth(supplies: list[tuple[float, list[Slope]]], count: int) -> tuple[float, list[Slope]]:
    """Return the supply with the ``count``-th smallest loss."""
    return sorted(supplies, key=lambda supply: supply[0])[count - 1]


__all__ = ["Branch", "Slope"]
