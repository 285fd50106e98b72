r"""The smallest sets of nodes whose total loss together makes a target fail.

With :math:`loss_t(S)` the loss of the target when every node of S is lost
wholly, S is a *cut set* at a threshold :math:`\theta` if

.. math::

   loss_t(S) \ge \theta

and a *minimal* one if no part of it is. Leontief is monotone, so the sets are
found by size, without those that contain a smaller cut set, and each is tested
with the model itself, cycles included. Sets are tested at the point: suppliers
without stated shares count equally (the bounds of each set show the other
readings). Two facts save most of the work and lose no set:

- Along a path to the target a loss is multiplied by every criticality (except
  where shares add up: there the losses of the other suppliers count as well).
  Nodes without a path on which the product reaches the threshold are left out.
- In a maximum the greatest alone decides. So two nodes can fail the target
  only together where one *gate* (any-of, at-least-k, shares) has all of the
  set behind its suppliers.

References
----------
J. B. Fussell, W. E. Vesely, "A new methodology for obtaining cut sets for
fault trees", Transactions of the American Nuclear Society 15:262-263 (1972):
the idea of minimal cut sets of an and/or structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from knockon.errors import LimitReached, UsageError
from knockon.network.network import NONE, Bools, Ints, Mode, Network
from knockon.propagation.fixed_point import CAP, EPS, ROUNDING, undecided
from knockon.propagation.structure.greatest_losses import greatest_losses, of_entities
from knockon.propagation.structure.removal import RemovalLosses
from knockon.propagation.traversal import search

#: The loss from which on the target has failed, by default.
DEFAULT_THRESHOLD = 0.5
#: The largest number of nodes in a cut set.
MAX_ORDER = 3
#: The most sets of one size that are tried; where there are more, the search stops and reports it.
DEFAULT_LIMIT = 20_000
#: The most gates times slots of the network: half an hour of a processor.
MOST_WORK = 10**9


class CutSet(NamedTuple):
    """Nodes (rows) that fail the target only all together, and the loss of the target (0..1) with exact bounds."""

    nodes: tuple[int, ...]
    loss: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class CutSets:
    """Every minimal cut set of at most ``complete`` nodes, smallest first, then by loss and rows.

    ``tried`` counts the sets that were tested. Where the search stopped by its
    limit, ``complete`` is less than the order asked for and ``untried`` is how
    many sets of the next size there are at most. ``capped`` says that the
    model stopped by its own cap, so that losses may be too low. ``undecided``
    are sets whose loss is below the threshold by less than it may be below its
    limit: a smaller ``eps`` decides them.
    """

    sets: tuple[CutSet, ...]
    complete: int
    tried: int
    untried: int
    capped: bool
    undecided: tuple[tuple[int, ...], ...] = ()


def cut_sets(
    network: Network,
    target: int,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    order: int = MAX_ORDER,
    among: Iterable[int] | None = None,
    limit: int = DEFAULT_LIMIT,
    eps: float = EPS,
    cap: int = CAP,
    removal: RemovalLosses | None = None,
) -> CutSets:
    """Return the minimal cut sets of a target, of up to ``order`` nodes.

    Parameters
    ----------
    network
        The compiled network.
    target
        The row of the node that is to fail.
    threshold
        The loss (above 0, at most 1) from which on it has failed.
    order
        The most nodes that a set has, 1 to 3.
    among
        The rows that may fail; None: all but the target. Minimal means: no smaller set *of these*.
    limit
        The most sets of one size that are tried.
    eps, cap
        As in :func:`knockon.propagation.leontief.leontief`.
    removal
        The losses of the target, where some of them are known already; with its own eps and cap. Where it knows those of
        some single nodes, no other node can fail the target alone.

    Raises
    ------
    UsageError
        A threshold, order or limit out of its range.
    LimitReached
        So many needs are gates that the search would take hours.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> mills = [{"provider": "urn:x:mill-a"}, {"provider": "urn:x:mill-b"}]
    >>> bread = Dependency(id="urn:x:d", dependant="urn:x:bread", need="urn:x:flour", combination="AnyOf", supply=mills,
    ...                    criticality="Essential")
    >>> network = compile_network([bread]).network
    >>> [[network.nodes[n] for n in cut.nodes] for cut in cut_sets(network, network.index["urn:x:bread"]).sets]
    [['urn:x:flour'], ['urn:x:mill-a', 'urn:x:mill-b']]
    """
    _check(threshold, order, limit)
    test = _FailureTest(removal or RemovalLosses(network, target, eps=eps, cap=cap), threshold)
    of_nodes = greatest_losses(network, target, threshold - ROUNDING)
    strong = np.flatnonzero(of_entities(network, of_nodes) >= threshold - ROUNDING).tolist()
    allowed = range(network.entities) if among is None else set(among)
    pool = [node for node in strong if node != target and node in allowed]
    cuts = test.cuts([(node,) for node in pool if test.removal.may_fail_alone(node)])
    alone = {cut.nodes for cut in cuts}
    rest = {node for node in pool if (node,) not in alone}
    groups = _groups(network, rest, of_nodes >= threshold - ROUNDING) if order > 1 else []
    # Where a whole group together does not fail the target, no part of it does.
    failing = {cut.nodes for cut in test.cuts([tuple(sorted(group)) for group in groups])}
    groups = [group for group in groups if tuple(sorted(group)) in failing]
    complete, untried = 1, 0
    for size in range(2, order + 1):
        untried = sum(comb(len(group), size) for group in groups)
        if untried > limit:
            break
        known = {frozenset(cut.nodes) for cut in cuts}
        sets = sorted({nodes for group in groups for nodes in combinations(sorted(group), size)})
        cuts += test.cuts([nodes for nodes in sets if not _contains_cut_set(nodes, known)])
        complete, untried = size, 0
    ranked = sorted(cuts, key=lambda cut: (len(cut.nodes), -cut.loss, cut.nodes))
    return CutSets(tuple(ranked), complete, test.removal.tried, untried, test.capped, tuple(sorted(test.undecided)))


def _check(threshold: float, order: int, limit: int) -> None:
    """Raise UsageError unless threshold, order and limit are in range."""
    if not 0 < threshold <= 1:
        raise UsageError(f"the threshold must be above 0 and at most 1, not {threshold:g}")
    if not 1 <= order <= MAX_ORDER:
        raise UsageError(f"the order must be 1 to {MAX_ORDER}, not {order}")
    if limit < 1:
        raise UsageError(f"the limit must be at least 1, not {limit}")


def _contains_cut_set(nodes: tuple[int, ...], known: set[frozenset[int]]) -> bool:
    """Return whether a known cut set is part of some nodes."""
    return any(frozenset(part) in known for size in range(1, len(nodes)) for part in combinations(nodes, size))


def _groups(network: Network, pool: set[int], decisive: Bools) -> list[frozenset[int]]:
    """Return for each gate the nodes of the pool upstream of its suppliers, these included; no group within another.

    Only gates of ``decisive`` owners (n,) count. Follow what makes the loss of the target back to the first gate: its owner
    can cost the target the threshold, and of a minimal set all are behind it.
    """
    count, mode = np.diff(network.supply_start), np.asarray(network.mode)
    # Where all suppliers must work, the failure of any one fails the need: such a slot is not a gate. Of records that
    # disagree the greatest loss counts at the point.
    all_of = np.isin(mode, (Mode.ALL_OF, Mode.DISPUTED)) | ((mode == Mode.AT_LEAST) & (network.at_least >= count))
    gates = np.flatnonzero((count > 1) & ~all_of & decisive[network.slot_owner]) if len(pool) > 1 else np.zeros(0, np.int64)
    if len(gates) * network.slots > MOST_WORK:
        raise LimitReached(
            f"{len(gates):,} needs have several suppliers and may decide: to look for sets of entities behind each among "
            f"{network.slots:,} needs would take hours; order 1 looks for single ones alone"
        )
    groups = set()
    for slot in gates.tolist():
        suppliers = network.supply_provider[network.supply_start[slot] : network.supply_start[slot + 1]]
        groups.add(frozenset(_upstream_of(network, suppliers)) & pool)
    return sorted((g for g in groups if len(g) > 1 and not any(g < other for other in groups)), key=sorted)


def _upstream_of(network: Network, nodes: Ints) -> list[int]:
    """Return the entities upstream of nodes, hidden ones among them, these included."""
    step, by_edge = np.full((2, network.size), NONE)
    step[nodes] = 0
    edges = network.edges
    search(np.unique(nodes).astype(np.int64), edges.into_start, edges.ways_in, step, by_edge, np.zeros(network.slots))
    upstream: list[int] = np.unique(network.entity[step != NONE]).tolist()
    return upstream


class _FailureTest:
    """A test of which sets of nodes fail a target; ``capped`` and ``undecided`` collect what was not certain."""

    def __init__(self, removal: RemovalLosses, threshold: float) -> None:
        self.removal = removal
        self.threshold = threshold
        self.enough = threshold - ROUNDING
        self.capped = False
        self.undecided: set[tuple[int, ...]] = set()

    def cuts(self, sets: Sequence[tuple[int, ...]]) -> list[CutSet]:
        """Return those of some sets that fail the target, with their losses and bounds."""
        lost, error = self.removal.losses_with_error(sets, self.enough)
        failing = lost >= self.enough
        self.undecided.update(sets[place] for place in np.flatnonzero(undecided(lost, self.threshold, error)).tolist())
        chosen = [nodes for nodes, fails in zip(sets, failing.tolist(), strict=True) if fails]
        self.capped |= self.removal.capped
        low, loss, high = self.removal.bounds(chosen)
        self.capped |= self.removal.capped
        return [CutSet(*values) for values in zip(chosen, loss.tolist(), low.tolist(), high.tolist(), strict=True)]
