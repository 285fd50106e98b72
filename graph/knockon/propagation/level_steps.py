"""The numbers of links by which losses reach a node, level by level, where nothing depends on itself.

:func:`knockon.propagation.trace.find_bindings` follows all that binds from the shock on, for explanations. Where only the
number of steps of one node is asked for, and there is no loop, the nearest of what binds each node is enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Floats, Ints
from knockon.network.network import Network
from knockon.propagation.leontief_round import LaneEquations
from knockon.propagation.levels import Level, SingleLinks
from knockon.propagation.sweeps import Sweeps
from knockon.propagation.trace import TracedRound, binding_supplies

#: The step of a node that nothing has reached; one more is still a number.
_FAR = np.int32(2**30)
#: Return the nearest step of what binds the nodes of a level, (nodes, lanes), from the steps of all nodes.
_Nearest = Callable[[npt.NDArray[np.int32]], npt.NDArray[np.int32]]


def can_count(network: Network, sweeps: Sweeps) -> bool:
    """Return whether :func:`steps_to` is defined: without loops, and without hidden nodes, links to which are no steps."""
    return not sweeps.looped and network.size == network.entities


def steps_to(target: int, sweeps: Sweeps, lanes: LaneEquations, slack: float) -> Ints:
    """Return the steps from the hits of each lane to a target, (lanes,), as ``leontief`` counts them; -1: it loses nothing.

    Parameters
    ----------
    target
        The node.
    sweeps
        The levels of a network for which :func:`can_count` is true.
    lanes
        The equations of the lanes, whose hits are on nodes.
    slack
        The relative rounding error of sums.

    Examples
    --------
    >>> from knockon.network.hits import InitialLosses
    >>> from knockon.propagation.combinations import Rules
    >>> from knockon.propagation.leontief_round import zero_column
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> hit = InitialLosses(np.eye(3), zero_column(2), zero_column(2))
    >>> steps_to(2, Sweeps(chain), LaneEquations(Rules(chain), np.ones((2, 1)), hit), 0.0).tolist()
    [2, 1, 0]
    """
    state = sweeps.sweep(lanes)(lanes.hit.node)
    step = np.full(state.shape, _FAR)
    for level in sweeps.levels[: int(sweeps.level_of[target]) + 1]:
        nodes, links = level.nodes, level.links
        loss, hit = state[nodes], lanes.hit.node[nodes]
        nearest = _by_rules(level, lanes, state, slack) if links is None else _by_links(links, lanes, state, loss)
        step[nodes] = np.where((hit >= loss) & (hit > 0), 0, np.where(loss > hit, nearest(step) + 1, _FAR))
    return np.where(step[target] >= _FAR, NONE, step[target]).astype(np.int64)


def _by_links(links: SingleLinks, lanes: LaneEquations, state: Floats, loss: Floats) -> _Nearest:
    """Return the nearest of the sources of single links that bind."""
    first, second = state[links.first], state[links.second]
    short = np.maximum(first, second)
    tight = lanes.weight[links.slot] * short >= loss

    def nearest(step: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        by_first = np.where(first >= short, step[links.first], _FAR)
        return np.where(tight, np.minimum(by_first, np.where(second >= short, step[links.second], _FAR)), _FAR)

    return nearest


def _by_rules(level: Level, lanes: LaneEquations, state: Floats, slack: float) -> _Nearest:
    """Return the nearest of the needs and supplies that bind the nodes of a level."""
    rules = level.rules
    rows = rules.rows
    lost, unmet, short, value, after = level.equations(lanes).values(state)
    part = rows.supply_share[:, None] * lost
    last = TracedRound(state, after, lost, part, unmet, short, value, slack)
    tight = value >= after[rows.slot_owner]
    by_need = tight & (rules.need_loss(state) >= short) & (rules.need != NONE)[:, None]
    supply_slot = np.repeat(np.arange(len(rules.need)), np.diff(rows.supply_start))
    by_supply: Bools = binding_supplies(supply_slot, rows.mode, tight & (unmet >= short), last, 0.0)

    def nearest(step: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        of_slot = np.where(by_need, step[rules.need], _FAR)
        np.minimum.at(of_slot, supply_slot, np.where(by_supply, step[rules.provider], _FAR))
        of_node = np.full(after.shape, _FAR)
        np.minimum.at(of_node, rows.slot_owner, of_slot)
        return of_node

    return nearest


__all__ = ["can_count", "steps_to"]
