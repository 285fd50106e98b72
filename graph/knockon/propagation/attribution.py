"""Who brings whom down where contributions add up: the largest one, without going round in circles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.network.network import NONE, Bools, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: So many contributions are laid out at once.
_AT_ONCE = 4_000_000


class Causes(NamedTuple):
    """For each node and shock, (n, k): steps from the shock, the source, and the row of the entry behind it."""

    step: Ints
    source: Ints
    entry: Ints


class LargestContributor:
    """The largest contribution to each loss, noted while the losses grow.

    Node i draws ``weight[i, j] * sent[j]`` from j. ``first`` (n, k) is the
    round in which each node first lost, 0 where it is hit.
    """

    def __init__(self, weight: csr_array, initial_loss: Floats) -> None:
        self.weight, self.initial_loss = weight, initial_loss
        self.first = np.where(initial_loss > 0, 0, NONE).astype(np.int64)
        self.entry = np.full(initial_loss.shape, NONE, np.int64)
        self.settled = initial_loss >= 1
        self.sent = np.zeros_like(initial_loss)

    def note(self, before: Floats, loss: Floats, sent: Floats, rounds: int, columns: Ints) -> None:
        """After a round, for some of the shocks: who lost for the first time, and who has lost everything and cannot change."""
        row, place = np.nonzero((before == 0) & (loss > 0))
        self.first[row, columns[place]] = rounds
        self._settle((before < 1) & (loss >= 1), sent, columns)

    def finish(self, loss: Floats, sent: Floats, columns: Ints) -> None:
        """For shocks that have come to rest: the largest contribution to every other loss."""
        self.sent[:, columns] = sent
        self._settle((loss > 0) & ~self.settled[:, columns], sent, columns)

    def spread(self, loss: Floats) -> None:
        """For losses solved at once, (n, k): who lost when is the number of steps from the shock."""
        columns, rounds = np.arange(loss.shape[1]), 0
        reached = self.initial_loss > 0
        pattern = self.weight > 0
        while True:
            rounds += 1
            fresh = (pattern.astype(np.float64) @ reached.astype(np.float64) > 0) & ~reached & (loss > 0)
            if not fresh.any():
                return self.finish(loss, loss, columns)
            self.first[fresh] = rounds
            reached |= fresh

    def _settle(self, which: Bools, sent: Floats, columns: Ints) -> None:
        row, place = np.nonzero(which)
        entry, part = largest(self.weight, row, place, sent)
        column = columns[place]
        # A hit that outweighs every contribution explains the loss by itself.
        self.entry[row, column] = np.where(part > self.initial_loss[row, column], entry, NONE)
        self.settled[row, column] = True

    def causes(self) -> Causes:
        """Steps, sources and entries once every shock has come to rest.

        Where the largest contributions go round in a circle, its member that
        lost first (ties: of the smallest number) is given the largest
        contribution of those that had lost before it instead, or none if it is
        hit; and so on until there is no circle. A step is one more than that of
        the source.
        """
        size, shocks = len(self.entry), len(self.entry.T)
        key = self.first * size + np.arange(size)[:, None]
        while True:
            source = self._source()
            parent = _parents(source)
            cut = _first_of_circles(parent, key.ravel(), size)
            if not cut.size:
                return Causes(_depth(parent, source, self.first), source, self.entry)
            row, column = np.divmod(cut, shocks)
            entry, part = largest(self.weight, row, column, self.sent, self.first)
            self.entry[row, column] = np.where(part > 0, entry, NONE)

    def _source(self) -> Ints:
        if not self.weight.nnz:
            return self.entry
        return np.where(self.entry == NONE, NONE, self.weight.indices[self.entry]).astype(np.int64)


def largest(weight: csr_array, row: Ints, column: Ints, sent: Floats, before: Ints | None = None) -> tuple[Ints, Floats]:
    """The entry of each row with the largest ``weight * sent``, and how much that is; ties to the smaller column number.

    A node is no source of its own. With ``before``, (n, k), only those count
    that stand lower there than the node itself. 0 where nothing contributes.
    """
    entry, part = np.full(len(row), NONE, np.int64), np.zeros(len(row))
    count = np.diff(weight.indptr)[row].astype(np.int64)
    filled = np.flatnonzero(count)
    chunk = np.cumsum(count[filled]) // _AT_ONCE
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


def _parents(source: Ints) -> Ints:
    """For every node and shock, flat, where its source stands; itself where it has none."""
    here = np.arange(source.size).reshape(source.shape)
    shocks = source.shape[1]
    return np.where(source == NONE, here, source * shocks + np.arange(shocks)).ravel()


def _first_of_circles(parent: Ints, key: Ints, size: int) -> Ints:
    """The member with the least key of every circle that the parents make."""
    far = parent
    for _ in range(_doublings(size)):
        far = far[far]
    # So far on, whoever is not at a root goes round in a circle, and the places they are at are all of its members.
    members = np.unique(far[parent[far] != far])
    if not members.size:
        return members
    least, ahead = key.copy(), parent
    for _ in range(_doublings(size)):
        least[members] = np.minimum(least[members], least[ahead[members]])
        ahead = ahead[ahead]
    return np.asarray(members[least[members] == key[members]])


def _depth(parent: Ints, source: Ints, first: Ints) -> Ints:
    """How many steps lead back to a hit; -1 where nothing is lost."""
    depth: Ints = (source != NONE).astype(np.int64).ravel()
    ahead = parent
    for _ in range(_doublings(len(source))):
        depth, ahead = depth + depth[ahead], ahead[ahead]
    depth = depth.reshape(source.shape)
    depth[first == NONE] = NONE
    return depth


def _doublings(count: int) -> int:
    """So many doublings of a step go further than ``count`` steps."""
    return int(count).bit_length()
