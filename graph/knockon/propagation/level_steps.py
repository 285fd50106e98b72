"""The numbers of links by which losses reach a node, level by level, where nothing depends on itself.

:func:`knockon.propagation.trace.find_bindings` follows all that binds from the shock on, for explanations. Where only the
number of steps of one node is asked for, and there is no loop, the nearest of what binds each node is enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Floats, Ints
from knockon.network.network import Network
from knockon.propagation.leontief_round import LaneEquations
from knockon.propagation.levels import Level, SingleLinks
from knockon.propagation.sweeps import Sweeps
from knockon.propagation.trace import TracedRound, binding_supplies
from knockon.propagation.whole_links import WholeLinks

#: The step of a node that nothing has reached; one more is still a number.
_FAR = np.int32(2**30)
_Steps = npt.NDArray[np.int32]


def can_count(network: Network, sweeps: Sweeps) -> bool:
    """Return whether :func:`steps_to` is defined: without loops, and without hidden nodes, links to which are no steps."""
    return not sweeps.looped and network.size == network.entities


def steps_to(target: int, sweeps: Sweeps, equations: LaneEquations, nodes: Ints, slack: float) -> Ints:
    """Return the steps to a target from each node that is lost alone, as ``leontief`` counts them; -1: it loses nothing.

    Parameters
    ----------
    target
        The node.
    sweeps
        The levels of a network for which :func:`can_count` is true.
    equations
        The equations, of one column, without hits.
    nodes
        The nodes, (lanes,).
    slack
        The relative rounding error of sums.

    Returns
    -------
    Ints
        (lanes,).

    Examples
    --------
    >>> from knockon.network.hits import InitialLosses
    >>> from knockon.propagation.combinations import Rules
    >>> from knockon.propagation.leontief_round import zero_column
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> none = InitialLosses(*map(zero_column, (3, 2, 2)))
    >>> equations = LaneEquations(Rules(chain), np.ones((2, 1)), none)
    >>> steps_to(2, Sweeps(chain), equations, np.arange(3), 0.0).tolist()
    [2, 1, 0]
    """
    whole = WholeLinks.of(sweeps.network, equations, np.zeros(len(sweeps.level_of)), target)
    end, place = np.unique(whole.end[nodes], return_inverse=True)
    steps = np.full(len(end), NONE)
    for lanes in sweeps.batches(end):
        steps[lanes] = _steps_at_once(target, sweeps, equations, end[lanes], slack)
    from_end = steps[place]
    return np.where(from_end == NONE, NONE, from_end + whole.links[nodes])


def _steps_at_once(target: int, sweeps: Sweeps, equations: LaneEquations, nodes: Ints, slack: float) -> Ints:
    """Return the steps from some nodes, which are in the order of their levels."""
    size = len(sweeps.level_of)
    step = np.full((size, len(nodes)), _FAR)
    step[nodes, np.arange(len(nodes))] = 0
    given = np.zeros(size, bool)
    given[nodes] = True

    def follow(level: Level, lanes: slice, state: Floats) -> None:
        known, links = step[:, lanes], level.links
        nearest = _by_rules(level, equations, state, slack, known) if links is None else _by_links(links, state, known)
        known[level.rows] = np.where(state[level.rows] > 0, nearest + 1, _FAR)

    begin = sweeps.steps(equations, given=given)
    sweeps.sweep_from(begin, np.zeros(size), nodes, np.ones(len(nodes)), target, follow)
    return np.where(step[target] >= _FAR, NONE, step[target]).astype(np.int64)


def _by_links(links: SingleLinks, state: Floats, step: _Steps) -> _Steps:
    """Return the nearest step of the sources of single links that bind, (nodes of the level, lanes)."""
    first, second = state[links.first], state[links.second]
    by_first = np.where(first >= second, step[links.first], _FAR)
    return np.minimum(by_first, np.where(second >= first, step[links.second], _FAR))


def _by_rules(level: Level, equations: LaneEquations, state: Floats, slack: float, step: _Steps) -> _Steps:
    """Return the nearest step of the needs and supplies that bind the nodes of a level, (nodes of the level, lanes)."""
    rules = level.rules
    rows = rules.rows
    lost, unmet, short, value, after = level.equations(equations).values(state)
    part = rows.supply_share[:, None] * lost
    last = TracedRound(state, after, lost, part, unmet, short, value, slack)
    tight = value >= after[rows.slot_owner]
    by_need = tight & (rules.need_loss(state) >= short) & (rules.need != NONE)[:, None]
    supply_slot = np.repeat(np.arange(len(rules.need)), np.diff(rows.supply_start))
    by_supply: Bools = binding_supplies(supply_slot, rows.mode, tight & (unmet >= short), last, 0.0)
    of_slot = np.where(by_need, step[rules.need], _FAR)
    np.minimum.at(of_slot, supply_slot, np.where(by_supply, step[rules.provider], _FAR))
    of_node = np.full(after.shape, _FAR)
    np.minimum.at(of_node, rows.slot_owner, of_slot)
    return of_node


__all__ = ["can_count", "steps_to"]
