r"""How much each cause matters for the failure of one node: the importance measures of reliability.

With :math:`P` the probability that the target fails, :math:`P_1` that it does where a node is made to fail, and
:math:`P_0` where that node never fails:

.. math::

   Birnbaum = P_1 - P_0 \qquad Fussell\text{-}Vesely = (P - P_0) / P \qquad RAW = P_1 / P \qquad RRW = P / P_0

Birnbaum is what the state of the node decides; Fussell-Vesely the part of the risk that goes through it, and so the most that
can be saved by making it safe; the risk achievement worth (RAW) how many times as probable the failure gets once the node has
failed, and the risk reduction worth (RRW) how many times less if it never did. The node is set, not observed: its causes stay
as they are, unlike in probabilities that are given its failure.

References
----------
Z. W. Birnbaum, "On the importance of different components in a multicomponent system", in Multivariate Analysis II, Academic
Press (1969); J. B. Fussell, "How to hand-calculate system reliability and safety characteristics", IEEE Transactions on
Reliability R-24(3):169-174 (1975); M. van der Borst, H. Schoonakker, "An overview of PSA importance measures", Reliability
Engineering and System Safety 72(3):241-245 (2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits, InitialLosses, spread_hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.bounds import POINT
from knockon.propagation.chance_diagrams import MAX_NODES
from knockon.propagation.chance_shock import DrawStream, ShockRuns, lanes_of
from knockon.propagation.checks import check_draws_and_seed, require_network
from knockon.propagation.combinations import Rules
from knockon.propagation.decision_diagram import Diagrams
from knockon.propagation.reach import reach


@dataclass(frozen=True, eq=False, kw_only=True)
class Importance:
    """The importance of some nodes for the failure of a target.

    Attributes
    ----------
    probability
        The probability that the target fails, P, in 0..1.
    nodes
        The numbers of the nodes, (m,), the largest Birnbaum importance first (ties: the smaller number).
    fails
        The probability that each node fails, (m,), in 0..1.
    birnbaum, fussell_vesely
        The measures, (m,), in 0..1; Fussell-Vesely is NaN where the target cannot fail.
    achievement
        The risk achievement worth RAW, (m,), 1 or more; NaN where the target cannot fail.
    reduction
        The risk reduction worth RRW, (m,), 1 or more; infinite where the target cannot fail without the node, NaN where it
        cannot fail at all.
    standard_error
        That of ``birnbaum`` as an estimate, (m,); 0 where it is exact.
    draws
        The number of draws; 0 where the numbers are exact.
    """

    probability: float
    nodes: Ints
    fails: Floats
    birnbaum: Floats
    fussell_vesely: Floats
    achievement: Floats
    reduction: Floats
    standard_error: Floats
    draws: int

    def __repr__(self) -> str:
        return f"<Importance of {len(self.nodes)} nodes>"


def importance(
    network: Network,
    target: int,
    shock: Hits | npt.ArrayLike,
    *,
    among: npt.ArrayLike | None = None,
    draws: int = 10_000,
    seed: int = 0,
    exact: bool = False,
) -> Importance:
    """Return how much each node matters for the failure of a target under one shock, by the model ``chance``.

    Parameters
    ----------
    network
        The compiled network.
    target
        The number of the node whose failure counts.
    shock
        One shock, whose severities are probabilities: Hits, a list with one number of a node, or a (1, n) array in 0..1.
    among
        The numbers of the nodes that are asked about; None: all that may fail under the shock and that the target rests on.
    draws, seed, exact
        As :func:`knockon.propagation.chance` takes them. The same draws serve all nodes: no measure is below 0 by chance.

    Returns
    -------
    Importance
        The measures of each node.

    Raises
    ------
    UsageError
        There is not exactly one shock, a node does not exist, a number is out of range, or exact numbers would take too much.

    Examples
    --------
    A feeds B and C, and D needs one of the two:

    >>> one_of = Network(
    ...     nodes="ABCD", slot_owner=np.array([1, 2, 3]), slot_need=np.array([0, 0, -1]), weights=np.ones((3, 3)),
    ...     mode=np.array([0, 0, 1]), at_least=np.zeros(3, int), supply_start=np.array([0, 0, 0, 2]),
    ...     supply_provider=np.array([1, 2]), supply_share=np.full(2, 0.5),
    ... )
    >>> result = importance(one_of, 3, [[0.1, 0.2, 0.2, 0.0]], exact=True)
    >>> result.nodes.tolist(), result.birnbaum.round(3).tolist(), result.fussell_vesely.round(3).tolist()
    ([0, 1, 2], [0.96, 0.28, 0.28], [0.706, 1.0, 1.0])
    """
    require_network(network, "importance")
    hits = Hits.of(network, shock)
    if hits.count != 1:
        raise UsageError(f"importance takes one shock, not {hits.count}")
    check_draws_and_seed(draws, seed, least=1)
    if not 0 <= target < network.entities:
        raise UsageError(f"the target must be a node, 0..{network.entities - 1}, not {target}")
    rules, lanes = Rules(network), lanes_of(network)
    stream = DrawStream(network, hits, draws, seed, lanes)
    runs = ShockRuns(rules, hits, stream, exact=exact, lanes=lanes, given=np.zeros(0, np.int64))
    losses, criticality = hits.initial_losses(network, 0, POINT), network.weights[POINT]
    fails = runs.failed_at_point(criticality, losses)
    nodes = _candidates(network, target, fails, among)
    with_node, without = np.zeros(len(nodes)), np.zeros(len(nodes))
    for place, node in enumerate(nodes):
        safe_losses, safe_criticality = _safe(network, losses, criticality, int(node))
        with_node[place] = runs.failed_at_point(criticality, _failed(network, losses, int(node)))[target]
        without[place] = runs.failed_at_point(safe_criticality, safe_losses)[target]
    drawn = 0 if exact else int(draws)
    return _measures(nodes, float(fails[target]), fails[nodes], with_node, without, drawn)


def cut_set_importance(sets: Iterable[Iterable[int]], probability: Mapping[int, float]) -> Importance:
    """Return how much each member of some cut sets matters, where members fail independently of each other.

    The target fails if all members of any set do. The numbers are exact, by a decision diagram: no sum over sets, which would
    count twice what two of them have in common.

    Parameters
    ----------
    sets
        The cut sets, as of :func:`knockon.propagation.structure.cut_sets.cut_sets`: collections of numbers.
    probability
        The probability that each member fails, in 0..1.

    Returns
    -------
    Importance
        The measures of each member.

    Raises
    ------
    UsageError
        A member has no probability, or one outside 0..1; or the diagram gets too large.

    Examples
    --------
    >>> result = cut_set_importance([(0,), (1, 2)], {0: 0.1, 1: 0.2, 2: 0.2})
    >>> round(result.probability, 3), result.birnbaum.round(3).tolist()
    (0.136, [0.96, 0.18, 0.18])
    """
    members_of = [sorted(set(members)) for members in sets]
    nodes = sorted({node for members in members_of for node in members})
    for node in nodes:
        if node not in probability or not 0 <= probability[node] <= 1:
            raise UsageError(f"each member of a cut set needs a probability in 0..1; that of {node} is {probability.get(node)}")
    chances = np.array([float(probability[node]) for node in nodes])

    def fails(chance: Floats) -> float:
        diagrams = Diagrams([[part, 1 - part] for part in chance.tolist()], MAX_NODES)
        place = {node: number for number, node in enumerate(nodes)}
        events = (diagrams.least(*(diagrams.below(place[node], 1) for node in members)) for members in members_of if members)
        return diagrams.mean(diagrams.greatest(*events))

    whole = fails(chances)
    units = np.eye(len(nodes))
    with_node = np.array([fails(np.maximum(chances, unit)) for unit in units])
    without = np.array([fails(chances * (1 - unit)) for unit in units])
    return _measures(np.array(nodes, np.int64), whole, chances, with_node, without, 0)


def _candidates(network: Network, target: int, fails: Floats, among: npt.ArrayLike | None) -> Ints:
    """Return the nodes that are asked about, ascending and without the target."""
    if among is None:
        upstream = reach(network, [target], upstream=True).loss[0] > 0
        nodes = np.flatnonzero(upstream & (fails[: network.entities] > 0))
    else:
        nodes = np.unique(np.asarray(among))
        if nodes.size and (nodes.dtype.kind not in "iu" or nodes[0] < 0 or nodes[-1] >= network.entities):
            raise UsageError(f"among must be numbers of nodes, 0..{network.entities - 1}")
    chosen: Ints = nodes[nodes != target].astype(np.int64)
    return chosen


def _failed(network: Network, losses: InitialLosses, node: int) -> InitialLosses:
    """Return the hits of a shock with one node, and its hidden ones, made to fail."""
    forced = InitialLosses(*(rows.copy() for rows in losses))
    forced.node[node] = 1.0
    spread_hits(network, forced)
    return forced


def _safe(network: Network, losses: InitialLosses, criticality: Floats, node: int) -> tuple[InitialLosses, Floats]:
    """Return the hits and the criticalities with one node, and its hidden ones, never failing."""
    own = network.entity == node
    safe = np.where(own[network.slot_owner], 0.0, criticality)
    return losses._replace(node=np.where(own, 0.0, losses.node)), safe


def _measures(nodes: Ints, whole: float, fails: Floats, with_node: Floats, without: Floats, draws: int) -> Importance:
    birnbaum = np.maximum(with_node - without, 0.0)
    order = np.lexsort((nodes, -birnbaum))
    with np.errstate(divide="ignore", invalid="ignore"):
        possible = whole > 0
        saved = np.maximum(whole - without, 0.0) / whole if possible else np.full(len(nodes), nan)
        achievement = with_node / whole if possible else np.full(len(nodes), nan)
        reduction = whole / without if possible else np.full(len(nodes), nan)
    error = np.sqrt(birnbaum * (1 - birnbaum) / draws) if draws else np.zeros(len(nodes))
    return Importance(
        probability=whole,
        nodes=nodes[order],
        fails=fails[order],
        birnbaum=birnbaum[order],
        fussell_vesely=saved[order],
        achievement=achievement[order],
        reduction=reduction[order],
        standard_error=error[order],
        draws=draws,
    )


__all__ = ["Importance", "cut_set_importance", "importance"]
