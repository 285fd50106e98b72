"""Evaluate the combinations of a network for many states at once, on arrays with a column (lane) for each state.

Rows with equally many parts are reduced together, so that numpy runs over
lanes and rows at once. Sums are taken in the order of the parts for any number
of lanes: a batch gives, to the last bit, what each state gives alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from knockon.network.network import NONE, Ints, Mode, Network

#: Numbers, or booleans where things fail wholly or not at all, (rows, lanes).
Columns = npt.NDArray[Any]
#: Rows of at most so many parts are reduced part by part.
_NARROW = 8


class Group(NamedTuple):
    """Rows with equally many parts: ``parts`` is (rows, width)."""

    rows: Ints
    parts: Ints


def groups(start: Ints, rows: Ints) -> Iterator[Group]:
    """Group some rows, whose parts are ``start[i]:start[i + 1]``, by the number of their parts; rows without any are left out.

    >>> [(group.rows.tolist(), group.parts.tolist()) for group in groups(np.array([0, 1, 1, 3, 4]), np.arange(4))]
    [([0, 3], [[0], [3]]), ([2], [[1, 2]])]
    """
    width = start[rows + 1] - start[rows]
    order = np.argsort(width, kind="stable")
    widths, first = np.unique(width[order], return_index=True)
    for size, members in zip(widths, np.split(order, first[1:]), strict=True) if rows.size else ():
        if size:
            chosen = rows[members]
            yield Group(chosen, start[chosen][:, None] + np.arange(size))


def first_positions(key: Ints) -> Ints:
    """Return the position of the first occurrence of each different key, in the order of the keys."""
    return np.unique(key, return_index=True)[1]


def concatenated_ranges(start: Ints, stop: Ints) -> Ints:
    """Return the numbers of several ranges, one after the other.

    >>> concatenated_ranges(np.array([3, 7]), np.array([5, 8])).tolist()
    [3, 4, 7]
    """
    width = stop - start
    before = np.cumsum(width) - width
    return np.repeat(start - before, width) + np.arange(int(width.sum()))


def depths(bound: npt.NDArray[np.bool_], source: Ints) -> Ints:
    """Return the number of bindings from each node back to the shock, by pointer doubling; ``source`` has no cycles.

    >>> depths(np.array([False, True, True]), np.array([-1, 0, 1])).tolist()
    [0, 1, 2]
    """
    # One more row, at which all paths end.
    step = np.append(bound, False).astype(np.int64)
    ahead = np.append(np.where(bound & (source != NONE), source, len(source)), len(source))
    while (ahead != len(source)).any():
        step, ahead = step + step[ahead], ahead[ahead]
    return step[:-1]


def greatest(part: Columns) -> Columns:
    """Return the greatest of the parts of each row, (rows, lanes), of parts (rows, width, lanes) of a width of 1 or more.

    numpy reduces a middle axis that is short in several times the time.

    >>> greatest(np.array([[[0.5], [0.25]], [[0.0], [1.0]]])).tolist()
    [[0.5], [1.0]]
    """
    return _reduced(part, np.maximum)


def least(part: Columns) -> Columns:
    """Return the least of the parts of each row, as :func:`greatest` the greatest.

    >>> least(np.array([[[0.5], [0.25]], [[0.0], [1.0]]])).tolist()
    [[0.25], [0.0]]
    """
    return _reduced(part, np.minimum)


def _reduced(part: Columns, function: np.ufunc) -> Columns:
    if part.shape[1] > _NARROW:
        wide: Columns = function.reduce(part, axis=1)
        return wide
    result: Columns = part[:, 0].copy()
    for column in range(1, part.shape[1]):
        function(result, part[:, column], out=result)
    return result


def ordered_weighted_sum(share: Columns, part: Columns) -> Columns:
    """Return the sums of share * part, (rows, width, lanes), along the width and in its order.

    >>> ordered_weighted_sum(np.array([[[0.5], [0.25]]]), np.array([[[1.0, 0.0], [1.0, 1.0]]])).tolist()
    [[0.75, 0.25]]
    """
    total: Columns = share[:, 0] * part[:, 0]
    for column in range(1, part.shape[1]):
        total += share[:, column] * part[:, column]
    return total


def reading_at(bound: int) -> Columns:
    """Return the reading of shares that nobody stated, for all slots and lanes, at one bound: 0 low, 1 point, 2 high."""
    return np.full((1, 1), float(bound))


def _slots_of_mode(mode: npt.NDArray[Any], split: npt.NDArray[np.bool_], kind: Mode, is_split: bool) -> npt.NDArray[np.bool_]:
    """Return whether a slot has a mode; of shares, whether it also has unstated ones (``is_split``) or not."""
    chosen: npt.NDArray[np.bool_] = mode == kind
    return chosen & (split == is_split) if kind == Mode.SHARES else chosen


class SlotRows(Protocol):
    """The slots that rules are made of: those of a network, or of some of its nodes, with their supplies.

    The attributes are those of :class:`knockon.network.Network`. Owners, slots and supplies are numbered from 0; the nodes
    that are needed or provide have the numbers of the whole network.
    """

    @property
    def size(self) -> int:
        """The number of owners."""

    @property
    def slots(self) -> int:
        """The number of slots."""

    @property
    def slot_owner(self) -> Any:
        """The owner of each slot, (slots,)."""

    @property
    def slot_need(self) -> Any:
        """The node that each slot needs; -1: none, (slots,)."""

    @property
    def slot_start(self) -> Any:
        """The first slot of each owner, (size + 1,)."""

    @property
    def mode(self) -> Any:
        """How the supplies of each slot combine, (slots,)."""

    @property
    def at_least(self) -> Any:
        """How many supplies of each slot must work, (slots,)."""

    @property
    def supply_start(self) -> Any:
        """The first supply of each slot, (slots + 1,)."""

    @property
    def supply_provider(self) -> Any:
        """The node that provides each supply, (supplies,)."""

    @property
    def supply_share(self) -> Any:
        """The share of each supply in 0..1, (supplies,)."""

    @property
    def unstated(self) -> Any:
        """Whether nobody states the share of a supply, (supplies,)."""

    @property
    def split(self) -> Any:
        """Whether a slot has such supplies, (slots,)."""

    @property
    def remainder(self) -> Any:
        """The part of each need that belongs to them in 0..1, (slots,)."""


class Rules:
    """The combinations of a network, with its rows grouped for any number of lanes; of ``part`` where that is given."""

    def __init__(self, whole: Network, part: SlotRows | None = None) -> None:
        network: SlotRows = whole if part is None else part
        self.network, self.rows = whole, network
        self.owner = np.asarray(network.slot_owner, np.int64)
        self.need = np.asarray(network.slot_need, np.int64)
        self.provider = np.asarray(network.supply_provider, np.int64)
        self.has_need = bool((self.need != NONE).any())
        self.shares = bool((network.mode == Mode.SHARES).any())
        mode = np.asarray(network.mode)
        self.disputed = bool((mode == Mode.DISPUTED).any())
        #: Whether slots have several readings: shares that nobody stated, or records that disagree.
        self.split = bool(network.split.any()) or self.disputed

    @cached_property
    def slots(self) -> list[tuple[Mode, Group]]:
        """All slots, by how their supplies combine and by the number of these."""
        return self.groups_of(np.arange(self.rows.slots))

    @cached_property
    def owners(self) -> list[Group]:
        """All owners, by the number of their slots."""
        return list(groups(self.rows.slot_start, np.arange(self.rows.size)))

    def need_loss(self, state: Columns) -> Columns:
        """Return the loss of the need of each slot, 0 where it has none, (slots, m); ``state`` is (n, m)."""
        if not self.has_need:
            return np.broadcast_to(np.zeros((1, 1), state.dtype), (len(self.need), state.shape[1]))
        loss: Columns = state.take(self.need, axis=0)
        loss[self.need == NONE] = 0
        return loss

    def groups_of(self, slots: Ints) -> list[tuple[Mode, Group]]:
        """Return some slots, ascending, by how their supplies combine and by the number of these."""
        network, mode = self.rows, np.asarray(self.rows.mode)[slots]
        if not len(network.supply_provider):
            return []
        # Slots with shares that nobody stated are groups of their own: only they are read in more than one way.
        split = network.split[slots]
        return [
            (kind, group)
            for kind in Mode
            for is_split in ((False, True) if kind == Mode.SHARES and split.any() else (False,))
            for group in groups(network.supply_start, slots[_slots_of_mode(mode, split, kind, is_split)].astype(np.int64))
        ]

    def supply_loss(
        self, lost: Columns, reading: Columns | None = None, only: Sequence[tuple[Mode, Group]] | None = None
    ) -> Columns:
        """Return the part of each need that its supplies fail to meet, (slots, m).

        Parameters
        ----------
        lost
            The loss of each supply in 0..1, (supplies, m), or booleans.
        reading
            How shares that nobody stated and records that disagree are read: from 0 (low) over 1 (point, the default) to 2
            (high), and between, of a shape that broadcasts to (slots, m).
        only
            Only these slots, as :meth:`groups_of` returns them; the others are 0. By default all.

        Returns
        -------
        numpy.ndarray
            Numbers in 0..1, by the equations of :mod:`knockon.propagation.leontief`; booleans where ``lost`` holds
            booleans and no slot has shares.
        """
        kind = np.float64 if self.shares or self.disputed else lost.dtype
        unmet = np.zeros((len(self.owner), lost.shape[1]), kind)
        for mode, group in self.slots if only is None else only:
            unmet[group.rows] = self.unmet_by(mode, group, lost.take(group.parts, axis=0), reading)
        return unmet

    def unmet_by(self, mode: Mode, group: Group, part: Columns, reading: Columns | None = None) -> Columns:
        """Return the part of each need that its supplies fail to meet, of the slots of a group, (rows, m).

        Parameters
        ----------
        mode
            How the supplies of these slots combine.
        group
            Slots of the same number of supplies.
        part
            The losses of these, (rows, width, m).
        reading
            As in :meth:`supply_loss`.
        """
        if mode == Mode.ALL_OF:
            return greatest(part)
        if mode == Mode.ANY_OF:
            return least(part)
        if mode == Mode.SHARES:
            return self._shared(part, group.parts, group.rows, reading)
        if mode == Mode.DISPUTED:
            return self._disputed(part, group.rows, reading)
        kth = np.maximum(self.rows.at_least[group.rows], 1) - 1
        smallest: Columns = np.sort(part, axis=1)[np.arange(len(group.rows)), kth]
        return smallest

    def _shared(self, part: Columns, parts: Ints, rows: Ints, reading: Columns | None) -> Columns:
        """Return the weighted sums of some slots of shares, (rows, m); ``part`` are the losses of supplies ``parts``."""
        share = self.rows.supply_share[parts][:, :, None]
        # A weighted sum may exceed its greatest part by rounding, which would accumulate along a cycle.
        most = greatest(np.where(share > 0, part, part.dtype.type(0)))
        total = ordered_weighted_sum(share, part)
        if reading is not None and self.rows.split[rows[0]]:
            slot_reading = reading[rows] if len(reading) == len(self.owner) else reading
            total = self._read(part, parts, rows, total, slot_reading)
        bounded: Columns = np.minimum(total, most)
        return bounded

    def _disputed(self, part: Columns, rows: Ints, reading: Columns | None) -> Columns:
        """Return the least loss of disputed slots at the low reading, the greatest at the point and the high reading."""
        most = greatest(part)
        if reading is None:
            return most
        weight = np.minimum(reading[rows] if len(reading) == len(self.owner) else reading, 1.0)
        blend: Columns = least(part) * (1 - weight) + most * weight
        return blend

    def _read(self, part: Columns, parts: Ints, rows: Ints, point: Columns, reading: Columns) -> Columns:
        """Return the weighted sums of slots with unstated shares, each lane in its reading."""
        unstated = self.rows.unstated[parts][:, :, None]
        fixed = ordered_weighted_sum(np.where(unstated, 0.0, self.rows.supply_share[parts][:, :, None]), part)
        rest = self.rows.remainder[rows][:, None]
        # Rounding must not move a bound past the point.
        low = np.minimum(fixed + rest * np.where(unstated, part, 1).min(axis=1), point)
        high = np.maximum(fixed + rest * np.where(unstated, part, 0).max(axis=1), point)
        # At the ends the weights are 0 and 1, so that the bounds are exact to the last digit.
        below = low * (1 - reading) + point * reading
        above = point * (2 - reading) + high * (reading - 1)
        losses: Columns = np.where(reading <= 1, below, above)
        return losses

    def slot_max(self, value: Columns) -> Columns:
        """Return the greatest value of the slots of each node, 0 where it has none, (n, m); ``value`` is (slots, m)."""
        most = np.zeros((self.rows.size, value.shape[1]), value.dtype)
        for rows, parts in self.owners:
            most[rows] = greatest(value.take(parts, axis=0))
        return most
