r"""The probability that each node fails, by drawing failures, with common causes shared between nodes.

In one draw everything fails wholly or not at all, except that shares add up:

.. math::

   meet_r &= \text{all-of: any supply lost; any-of: all; at least k of w: w - k + 1 of them; shares: } \sum_s share_s [s\ lost]

   short_r &= \max([v_r < hit_r],\ [need(r)\ fails],\ meet_r), \qquad s\ lost = [v_s < hit_s] \lor [provider(s)\ fails]

   j\ fails &= [v_j < hit_j] \lor \exists\, r \in slots(j): u_r < c_r \cdot short_r

with independent :math:`u, v` uniform in 0..1, each drawn once for its slot,
node or supply in a draw. So a severity is the probability that its target
fails of itself, a criticality the probability that the owner fails when the
slot is wholly short, and what two nodes have in common fails for both or for
neither. Shares that nobody stated are read as in leontief: equally at the point,
and at the bounds with the whole remainder at the supplier that fails last or
first. The parts of a whole are shares of it: a number picks one part with the
probability of its portion, and the dependant fails if that part is short. Records
that disagree share one number, so that at the point the greatest of their chances
counts. On cycles the least fixed point counts: nothing fails because of itself.

The same numbers are drawn for every shock and at both ends of every interval
(common random numbers): low <= point <= high holds exactly, no probability
falls when a chance rises, and differences are more exact than the standard
error of each.

References
----------
M. Henrion, "Propagating uncertainty in Bayesian networks by probabilistic
logic sampling", Uncertainty in Artificial Intelligence 2:149-163 (1988),
doi:10.1016/B978-0-444-70396-5.50019-4.
J. Pearl, "Probabilistic Reasoning in Intelligent Systems", Morgan Kaufmann
(1988), section 4.3.2 (the noisy-OR).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import LimitReached, UsageError
from knockon.network.array_input import read_array
from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.chance_shock import DrawStream, ShockRuns, lanes_of
from knockon.propagation.checks import check_draws_and_seed, require_network
from knockon.propagation.combinations import Rules
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.noisy_or import noisy_or
from knockon.propagation.result import Result, Stop
from knockon.propagation.trace import Bindings

#: The most draws times nodes, slots and supplies of a network: about a quarter of an hour.
MOST_DRAWN = 2**30


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ChanceResult(Result):
    """Probabilities of failure: ``loss``, ``low`` and ``high``, (k, n).

    ``standard_error`` (k, n) is that of ``loss`` as an estimate, 0 where it is
    exact; it is 0, too, where no draw or every draw failed, though there the
    probability may still be some 3 / draws off. ``noisy_or_upper_bound`` (k, n)
    is that of :mod:`knockon.propagation.noisy_or`: exact on trees, above the
    probability where causes are shared. ``shortage`` is the expected shortage
    of each slot. ``slot``, ``supply`` and ``source`` are those through which a
    node failed in the most draws, ``step`` the number of them back to the
    shock. ``draws`` is 0 where the numbers are exact; ``iterations`` are the
    rounds of the longest draw.

    Where nodes are given to have failed, all probabilities are conditional,
    ``given_probability`` (k,) is that of what is given (else 1), ``low`` and
    ``high`` enclose the probability but need not be reached, and
    ``noisy_or_upper_bound`` is NaN.
    """

    standard_error: Floats
    noisy_or_upper_bound: Floats
    given_probability: Floats
    draws: int
    seed: int


def chance(
    network: Network,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    draws: int = 10_000,
    seed: int = 0,
    exact: bool = False,
    given: npt.ArrayLike = (),
) -> ChanceResult:
    """Return the probabilities of failure of n nodes under k shocks.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        The shocks, whose severities are probabilities: Hits, node numbers, a (k, n) array in 0..1, or None for each node in
        turn.
    draws
        The number of draws, 1 or more. Memory stays at some 150 MB for any number, as long as one draw fits.
    seed
        The seed of the random numbers, 0 or more.
    exact
        Compute exact probabilities: up to 2**20 outcomes are counted, and where there are more decision diagrams share what
        they have in common. ``draws`` then only says through what nodes fail.
    given
        The numbers of nodes that are known to have failed: all probabilities are those in the draws or outcomes in which they
        do, whether by a hit or by what they need. So it says something of their causes too, unlike a hit on them.

    Returns
    -------
    ChanceResult
        Probabilities in 0..1 with their standard errors, and upper bounds from noisy-or.

    Raises
    ------
    UsageError
        A number or probability is out of range, what is given does not occur, or exact numbers would take too much memory.
    LimitReached
        So many draws of a network of this size would take hours.

    Examples
    --------
    A fails with probability a half; B and C need A, D needs B and C, each with 0.8:

    >>> all_of, none = np.zeros(4, int), np.zeros(0, int)
    >>> diamond = Network(
    ...     nodes="ABCD", slot_owner=np.array([1, 2, 3, 3]), slot_need=np.array([0, 0, 1, 2]), weights=np.full((3, 4), 0.8),
    ...     mode=all_of, at_least=all_of, supply_start=np.zeros(5, int), supply_provider=none, supply_share=np.zeros(0),
    ... )
    >>> result = chance(diamond, [[0.5, 0, 0, 0]], exact=True)
    >>> result.loss.round(4).tolist(), result.noisy_or_upper_bound.round(4).tolist()
    ([[0.5, 0.4, 0.4, 0.4352]], [[0.5, 0.4, 0.4, 0.5376]])

    If D has failed, so has A, and each of the others in most cases:

    >>> chance(diamond, [[0.5, 0, 0, 0]], exact=True, given=[3]).loss.round(4).tolist()
    [[1.0, 0.8529, 0.8529, 1.0]]
    """
    require_network(network, "chance")
    hits = Hits.of(network, shocks)
    _check(network, hits, draws, seed)
    if not exact:
        _check_work(network, draws)
    rules = Rules(network)
    known = _given(network, given)
    lanes = lanes_of(network)
    runs = ShockRuns(rules, hits, DrawStream(network, hits, draws, seed, lanes), exact=exact, lanes=lanes, given=known)
    rows = [runs.run(shock) for shock in range(hits.count)]
    bound = [noisy_or(rules, hits, range(k, min(k + lanes, hits.count))) for k in range(0, hits.count, lanes)]

    n = network.size
    stopped: Stop = "tolerance"
    low, point, high = (_stack([getattr(row, end) for row in rows], n) for end in ("low", "loss", "high"))
    step, slot, supply, binding_source = (
        _stack([getattr(row.bindings, name) for row in rows], n).astype(np.int64) for name in Bindings._fields
    )
    numbers = by_entity(network, (low, point, high), (step, slot, supply, binding_source))
    loss = numbers["loss"]
    upper = np.concatenate([np.zeros((0, n)), *bound])[:, : network.entities]
    drawn = np.array([row.draws for row in rows], np.float64)[:, None]
    return ChanceResult(
        model="chance",
        **numbers,
        shortage=_stack([row.short for row in rows], network.slots),
        iterations=np.array([row.rounds for row in rows], np.int64),
        residual=np.zeros(hits.count),
        stopped_by=(stopped,) * hits.count,
        parameters={"draws": int(draws), "seed": int(seed), "exact": bool(exact), **_reported(known)},
        standard_error=np.zeros_like(loss) if exact else np.sqrt(loss * (1 - loss) / drawn),
        noisy_or_upper_bound=np.full_like(upper, np.nan) if len(known) else upper,
        given_probability=np.array([row.given for row in rows]),
        draws=0 if exact else int(draws),
        seed=int(seed),
    )


def _stack(rows: Sequence[npt.NDArray[Any]], width: int) -> npt.NDArray[Any]:
    """Return rows as one array, also where there are none."""
    return np.stack(rows) if rows else np.zeros((0, width))


def _reported(given: Ints) -> dict[str, list[int]]:
    return {"given": given.tolist()} if len(given) else {}


def _given(network: Network, given: npt.ArrayLike) -> Ints:
    """Return the numbers of the nodes that are given, ascending, each once.

    Raises
    ------
    UsageError
        They are not numbers of nodes.
    """
    array = read_array(given, "given must be numbers of nodes")
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise UsageError(f"given must be numbers of nodes, not {array.dtype} of shape {array.shape}")
    if array.size and not ((array >= 0) & (array < network.entities)).all():
        raise UsageError(f"given names a node outside 0..{network.entities - 1}")
    return np.unique(array).astype(np.int64)


def _check_work(network: Network, draws: int) -> None:
    """Refuse draws that would take hours, before anything is drawn."""
    rows = network.size + network.slots + network.supplies
    if draws * rows > MOST_DRAWN:
        what = f"{draws:,} draws of {network.entities:,} entities with {network.slots:,} dependencies would take hours"
        most = MOST_DRAWN // rows
        fewer = f"at most {most:,} draws fit here (draws={most})" if most else "no draw fits here"
        raise LimitReached(f"{what}: {fewer}; the models leontief, reach and timeline have no draws")


def _check(network: Network, hits: Hits, draws: int, seed: int) -> None:
    """Raise UsageError unless draws, seed and all probabilities are in range."""
    check_draws_and_seed(draws, seed, least=1)
    for name, chances in (("severity", hits.severity), ("criticality", network.weights)):
        if not ((chances >= 0) & (chances <= 1)).all():
            raise UsageError(f"a {name} is a probability here and must be in 0..1; divide percentages by 100")
