"""Find the largest contributor to each loss where contributions add up, so that sources never form a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.network.network import NONE, Bools, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: The most contributions that are held at once.
_MAX_ENTRIES = 4_000_000


class Causes(NamedTuple):
    """For each node and shock, (n, k): steps from the shock, the source, and the entry of the matrix behind it; else -1."""

    step: Ints
    source: Ints
    entry: Ints


class LargestContributor:
    """The largest contribution to each loss, recorded while the losses grow.

    Node j contributes ``weight[i, j] * sent[j]`` to the loss of node i. ``first`` (n, k) is the
    round in which each node first lost, 0 where it is hit.
    """

    def __init__(self, weight: csr_array, initial_loss: Floats) -> None:
        self.weight, self.initial_loss = weight, initial_loss
        self.first = np.where(initial_loss > 0, 0, NONE).astype(np.int64)
        self.entry = np.full(initial_loss.shape, NONE, np.int64)
        self.settled = initial_loss >= 1
        self.sent = np.zeros_like(initial_loss)

    def record_round(self, before: Floats, loss: Floats, sent: Floats, rounds: int, columns: Ints) -> None:
        """Record a round of some shocks: the nodes that lose for the first time, and those that have lost everything."""
        row, place = np.nonzero((before == 0) & (loss > 0))
        self.first[row, columns[place]] = rounds
        self._record_largest((before < 1) & (loss >= 1), sent, columns)

    def record_final(self, loss: Floats, sent: Floats, columns: Ints) -> None:
        """Record the largest contribution to every other loss, for shocks that have stopped."""
        self.sent[:, columns] = sent
        self._record_largest((loss > 0) & ~self.settled[:, columns], sent, columns)

    def trace_solution(self, loss: Floats) -> None:
        """Record losses that were solved at once, (n, k); the number of steps from the shock counts as their round."""
        columns, rounds = np.arange(loss.shape[1]), 0
        reached = self.initial_loss > 0
        pattern = self.weight > 0
        while True:
            rounds += 1
            fresh = (pattern.astype(np.float64) @ reached.astype(np.float64) > 0) & ~reached & (loss > 0)
            if not fresh.any():
                return self.record_final(loss, loss, columns)
            self.first[fresh] = rounds
            reached |= fresh

    def _record_largest(self, which: Bools, sent: Floats, columns: Ints) -> None:
        """Record the largest contribution to some losses, which do not change any more."""
        row, place = np.nonzero(which)
        entry, part = largest_contribution(self.weight, row, place, sent)
        column = columns[place]
        # A hit that outweighs every contribution explains the loss by itself.
        self.entry[row, column] = np.where(part > self.initial_loss[row, column], entry, NONE)
        self.settled[row, column] = True

    def causes(self) -> Causes:
        """Return steps, sources and entries, after every shock has stopped.

        Where the largest contributions form a cycle, the member that lost
        first (ties: the smallest number) gets the largest contribution of
        those that had lost before it instead, or none if it is hit; this is
        repeated until no cycle is left. A step is one more than that of the
        source.
        """
        size, shocks = len(self.entry), len(self.entry.T)
        key = self.first * size + np.arange(size)[:, None]
        while True:
            source = self._source()
            parent = _source_positions(source)
            cut = _first_of_cycles(parent, key.ravel(), size)
            if not cut.size:
                return Causes(_depth(parent, source, self.first), source, self.entry)
            row, column = np.divmod(cut, shocks)
            entry, part = largest_contribution(self.weight, row, column, self.sent, self.first)
            self.entry[row, column] = np.where(part > 0, entry, NONE)

    def _source(self) -> Ints:
        """Return the source of every loss, (n, k); -1 where there is none."""
        if not self.weight.nnz:
            return self.entry
        return np.where(self.entry == NONE, NONE, self.weight.indices[self.entry]).astype(np.int64)


def largest_contribution(
    weight: csr_array, row: Ints, column: Ints, sent: Floats, before: Ints | None = None
) -> tuple[Ints, Floats]:
    """Return the entry of each row with the largest ``weight * sent``, and that contribution.

    Parameters
    ----------
    weight
        The matrix of contributions, (n, n).
    row, column
        The nodes and shocks to look at.
    sent
        What each node passes on, (n, k).
    before
        (n, k); only nodes with a smaller number than the node itself count. None: all count.

    Returns
    -------
    entry, part
        The entry of the matrix (-1 for an empty row; ties: the smaller column number), and the contribution, 0 where there is
        none. A node does not contribute to itself.
    """
    entry, part = np.full(len(row), NONE, np.int64), np.zeros(len(row))
    count = np.diff(weight.indptr)[row].astype(np.int64)
    filled = np.flatnonzero(count)
    chunk = np.cumsum(count[filled]) // _MAX_ENTRIES
    for pick in np.split(filled, np.flatnonzero(np.diff(chunk)) + 1) if filled.size else ():
        length = count[pick]
        start = np.cumsum(length) - length
        entries = np.arange(length.sum()) + np.repeat(weight.indptr[row[pick]] - start, length)
        node, shock = np.repeat(row[pick], length), np.repeat(column[pick], length)
        source = weight.indices[entries]
        parts = weight.data[entries] * sent[source, shock]
        parts[source == node] = 0.0
        if before is not None:
            parts[before[source, shock] >= before[node, shock]] = 0.0
        part[pick] = np.maximum.reduceat(parts, start)
        ties = np.flatnonzero(parts == np.repeat(part[pick], length))
        entry[pick] = entries[ties[np.searchsorted(ties, start)]]
    return entry, part


def _source_positions(source: Ints) -> Ints:
    """Return the flat position of the source of every node and shock; its own position where it has no source."""
    position = np.arange(source.size).reshape(source.shape)
    shocks = source.shape[1]
    return np.where(source == NONE, position, source * shocks + np.arange(shocks)).ravel()


def _first_of_cycles(parent: Ints, key: Ints, size: int) -> Ints:
    """Return the member with the least key of every cycle of parents."""
    ahead_far = parent
    for _ in range(_doublings_beyond(size)):
        ahead_far = ahead_far[ahead_far]
    # After this many steps each position is at a root or on a cycle, and all members of cycles are reached.
    members = np.unique(ahead_far[parent[ahead_far] != ahead_far])
    if not members.size:
        return members
    least, ahead = key.copy(), parent
    for _ in range(_doublings_beyond(size)):
        least[members] = np.minimum(least[members], least[ahead[members]])
        ahead = ahead[ahead]
    return np.asarray(members[least[members] == key[members]])


def _depth(parent: Ints, source: Ints, first: Ints) -> Ints:
    """Return the number of steps back to a hit; -1 where nothing is lost."""
    depth: Ints = (source != NONE).astype(np.int64).ravel()
    ahead = parent
    for _ in range(_doublings_beyond(len(source))):
        depth, ahead = depth + depth[ahead], ahead[ahead]
    depth = depth.reshape(source.shape)
    depth[first == NONE] = NONE
    return depth


def _doublings_beyond(count: int) -> int:
    """Return the number of doublings of a step that exceeds ``count`` steps."""
    return int(count).bit_length()
