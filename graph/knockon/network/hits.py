"""What shocks hit, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.network import Floats, Ints, Network

NODE, SLOT, SUPPLY = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Hits:
    """Rows of hits: which shock, what kind of target (node, slot, supply), which row, how severe.

    ``severity`` is (3, hits): the low end, the point and the high end, each in 0..1.
    """

    count: int
    shock: Ints
    kind: Ints
    index: Ints
    severity: Floats

    @classmethod
    def of(cls, network: Network, shocks: Hits | npt.ArrayLike | None) -> Hits:
        """Any form in which shocks may be given.

        None closes each node in turn; an integer array closes the nodes it
        names, one shock each; a (k, n) array of losses is k shocks, and one row
        of n floats is one.

        Raises
        ------
        UsageError
            A node, slot or supply that is not there, a loss outside 0..1, an array of another shape.
        """
        if isinstance(shocks, Hits):
            shocks._check(network)
            return shocks
        rows = np.arange(network.size) if shocks is None else _array(shocks)
        if rows.ndim == 1 and (rows.size == 0 or np.issubdtype(rows.dtype, np.integer)):
            nodes = rows.astype(np.int64)
            if len(nodes) == network.size > len(np.unique(nodes)) and np.isin(nodes, (0, 1)).all():
                raise UsageError("whole numbers name the nodes to close; write losses with a decimal point, or as [[...]]")
            if ((nodes < 0) | (nodes >= network.size)).any():
                raise UsageError(_outside(NODE, network.size))
            return cls(len(nodes), np.arange(len(nodes)), np.full(len(nodes), NODE), nodes, np.ones((3, len(nodes))))
        if rows.ndim == 1 and np.issubdtype(rows.dtype, np.floating):
            rows = rows[None, :]
        if rows.ndim != 2 or rows.shape[1] != network.size:
            raise UsageError(f"losses must be (k, {network.size}), a row for each shock, not {rows.shape}")
        losses = rows.astype(np.float64)
        if not ((losses >= 0) & (losses <= 1)).all():
            raise UsageError("a loss must be in 0..1")
        shock, node = np.nonzero(losses)
        severity = np.broadcast_to(losses[shock, node], (3, len(shock))).copy()
        return cls(len(losses), shock, np.full(len(shock), NODE), node, severity)

    def _check(self, network: Network) -> None:
        # Compiled code does not look where a row number leads.
        if not len(self.shock) == len(self.kind) == len(self.index) or self.severity.shape != (3, len(self.shock)):
            raise UsageError("hits need one shock, kind, index and three severities each: columns of one length")
        if ((self.shock < 0) | (self.shock >= self.count)).any():
            raise UsageError(f"hits name a shock outside 0..{self.count - 1}")
        for kind, rows in ((NODE, network.size), (SLOT, network.slots), (SUPPLY, network.supplies)):
            index = self.index[self.kind == kind]
            if ((index < 0) | (index >= rows)).any():
                raise UsageError(_outside(kind, rows))
        if not np.isin(self.kind, (NODE, SLOT, SUPPLY)).all():
            raise UsageError("a hit is on a node (0), a slot (1) or a supply (2)")
        if not ((self.severity >= 0) & (self.severity <= 1)).all():
            raise UsageError("a severity must be in 0..1")

    @cached_property
    def _by_shock(self) -> tuple[Ints, Ints]:
        """The rows of each shock: ``order[start[k]:start[k + 1]]``."""
        start = np.concatenate([[0], np.cumsum(np.bincount(self.shock, minlength=self.count))])
        return np.argsort(self.shock, kind="stable"), start

    def of_shock(self, shock: int) -> Ints:
        """The rows that belong to one shock."""
        order, start = self._by_shock
        return order[start[shock] : start[shock + 1]]

    def rows(self, network: Network, shock: int, bound: int) -> tuple[Floats, Floats, Floats]:
        """The losses that one shock sets at one bound (0 low, 1 point, 2 high): of nodes, slots and supplies."""
        mine = self.of_shock(shock)
        out = (np.zeros(network.size), np.zeros(network.slots), np.zeros(network.supplies))
        for kind, array in enumerate(out):
            pick = mine[self.kind[mine] == kind]
            # Several hits on one target: the greatest.
            np.maximum.at(array, self.index[pick], self.severity[bound, pick])
        return out

    def node_losses(self, model: str, bound: int = 1) -> tuple[Ints, Ints, Floats]:
        """The hits as losses of nodes: ``node[start[k]:start[k + 1]]`` are those of shock k, each once, with their losses.

        Raises
        ------
        UsageError
            A slot or supply is hit: ``model`` knows only nodes.
        """
        if (self.kind != NODE).any():
            raise UsageError(f"{model} takes losses of nodes; a slot or supply is hit")
        order = np.lexsort((-self.severity[bound], self.index, self.shock))
        key = np.stack([self.shock[order], self.index[order]])
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(key, axis=1) != 0).any(axis=0)
        chosen = order[first]
        start = np.concatenate([[0], np.cumsum(np.bincount(self.shock[chosen], minlength=self.count))]).astype(np.int64)
        return start, self.index[chosen].astype(np.int64), self.severity[bound, chosen]


def _array(shocks: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        array = np.asarray(shocks)
    except ValueError:
        raise UsageError("shocks must be node numbers or rows of losses; these rows are of different lengths") from None
    if array.size and array.dtype.kind not in "biuf":
        raise UsageError(f"shocks must be node numbers or rows of losses, not {array.dtype}")
    return array


def _outside(kind: int, rows: int) -> str:
    if rows:
        return f"a shock names a {('node', 'slot', 'supply')[kind]} outside 0..{rows - 1}"
    return f"a {'node' if kind == NODE else 'slot or supply'} is hit, and the network has none"
