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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Network
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.chance_exact import enumerate_outcomes
from knockon.propagation.chance_sampling import (
    Draws,
    Tally,
    most_frequent_bindings,
    one_number_per_dispute,
    simulate_draws,
)
from knockon.propagation.checks import check_draws_and_seed, require_network
from knockon.propagation.combinations import Rules
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.noisy_or import noisy_or
from knockon.propagation.result import Result, Stop
from knockon.propagation.trace import Bindings

#: The most numbers of a batch of draws (about 150 MB with intermediate results).
BATCH = 2**23


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
    shock. ``draws`` is 0 where all outcomes were counted; ``iterations`` are
    the rounds of the longest draw.
    """

    standard_error: Floats
    noisy_or_upper_bound: Floats
    draws: int
    seed: int


def chance(
    network: Network,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    draws: int = 10_000,
    seed: int = 0,
    exact: bool = False,
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
        Enumerate all outcomes instead of drawing; for up to 20 uncertain chances.

    Returns
    -------
    ChanceResult
        Probabilities in 0..1 with their standard errors, and upper bounds from noisy-or.

    Raises
    ------
    UsageError
        A number or probability is out of range, or there are too many outcomes for ``exact``.

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
    """
    require_network(network, "chance")
    hits = Hits.of(network, shocks)
    _check(network, hits, draws, seed)
    rules = Rules(network)
    # For each draw: the numbers drawn for slots and hits, and the values of slots and supplies.
    lanes = max(1, BATCH // max(2 * network.size + 5 * network.slots + 2 * network.supplies, 1))
    source = None if exact else _DrawStream(network, hits, draws, seed, lanes)
    rows = [_run_shock(rules, hits, shock, source, lanes) for shock in range(hits.count)]
    bound = [noisy_or(rules, hits, range(k, min(k + lanes, hits.count))) for k in range(0, hits.count, lanes)]

    n = network.size
    stopped: Stop = "tolerance"
    low, point, high = (_stack([getattr(row, end) for row in rows], n) for end in ("low", "loss", "high"))
    step, slot, supply, binding_source = (
        _stack([getattr(row.bindings, name) for row in rows], n).astype(np.int64) for name in Bindings._fields
    )
    numbers = by_entity(network, (low, point, high), (step, slot, supply, binding_source))
    loss = numbers["loss"]
    return ChanceResult(
        model="chance",
        **numbers,
        shortage=_stack([row.short for row in rows], network.slots),
        iterations=np.array([row.rounds for row in rows], np.int64),
        residual=np.zeros(hits.count),
        stopped_by=(stopped,) * hits.count,
        parameters={"draws": int(draws), "seed": int(seed), "exact": bool(exact)},
        standard_error=np.zeros_like(loss) if exact else np.sqrt(loss * (1 - loss) / draws),
        noisy_or_upper_bound=np.concatenate([np.zeros((0, n)), *bound])[:, : network.entities],
        draws=0 if exact else int(draws),
        seed=int(seed),
    )


def _stack(rows: Sequence[npt.NDArray[Any]], width: int) -> npt.NDArray[Any]:
    """Return rows as one array, also where there are none."""
    return np.stack(rows) if rows else np.zeros((0, width))


class _ShockResult(NamedTuple):
    """The result of one shock: probabilities (n,), expected shortages (slots,), bindings, and rounds of the longest draw."""

    loss: Floats
    low: Floats
    high: Floats
    short: Floats
    bindings: Bindings
    rounds: int


def _run_shock(rules: Rules, hits: Hits, shock: int, source: _DrawStream | None, lanes: int) -> _ShockResult:
    """Run one shock at each bound that needs a run of its own."""
    network, shock_hits = rules.network, hits.of_shock(shock)
    bounds = bounds_to_run(network.weights, hits.severity[:, shock_hits], split=rules.split)
    tallies = []
    for bound in bounds:
        tally, initial_loss, criticality = Tally(rules), hits.initial_losses(network, shock, bound), network.weights[bound]
        batches = enumerate_outcomes(rules, criticality, initial_loss, lanes, bound) if source is None else source.draws()
        for batch in batches:
            simulate_draws(tally, criticality, initial_loss, batch, trace=bound == POINT, bound=bound)
        tallies.append(tally)
    # Draws are counted, exactly; outcomes are weighed by probabilities, whose sums are rounded.
    total = 1 if source is None else source.count
    low, point, high = (np.minimum(tallies[which].failed / total, 1.0) for which in (0, len(tallies) // 2, -1))
    at_point = tallies[len(tallies) // 2]
    short = np.minimum(at_point.short / total, 1.0)
    rounds = max(tally.rounds for tally in tallies)
    return _ShockResult(point, *enclose(low, point, high), short, most_frequent_bindings(at_point), rounds)


class _DrawStream:
    """The draws of a run: a random stream for each kind of number, so that none depends on which others are needed."""

    def __init__(self, network: Network, hits: Hits, count: int, seed: int, lanes: int) -> None:
        self.network, self.count, self.seed, self.lanes = network, count, seed, lanes
        sizes = (network.size, network.slots, network.supplies, network.slots)
        needed = [_uncertain(hits.severity[:, hits.kind == kind]) for kind in range(3)]
        needed.append(_uncertain(network.weights) or Rules(network).shares)
        self.kinds = list(zip(sizes, needed, strict=True))
        # Draws that fit into memory are drawn once, for all shocks and bounds.
        self.kept = self._drawn(0) if count <= lanes else None

    def draws(self) -> Iterator[Draws]:
        """Yield all draws in batches, the same ones each time."""
        if self.kept is not None:
            yield self.kept
        else:
            yield from (self._drawn(batch) for batch in range(-(-self.count // self.lanes)))

    def _drawn(self, batch: int) -> Draws:
        """Return one batch of draws."""
        width = min(self.lanes, self.count - batch * self.lanes)

        def stream(kind: int, size: int) -> Floats:
            return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(kind, batch))).random((size, width))

        # Where no chance is uncertain the numbers have no effect: 0 replaces them.
        node, slot, supply, tie = (
            stream(kind, size) if needed else np.broadcast_to(np.zeros((1, 1)), (size, width))
            for kind, (size, needed) in enumerate(self.kinds)
        )
        return Draws(node, slot, supply, one_number_per_dispute(self.network, tie), np.ones(width))


def _uncertain(chances: Floats) -> bool:
    """Return whether any chance is neither 0 nor 1."""
    uncertain: Bools = (chances > 0) & (chances < 1)
    return bool(uncertain.any())


def _check(network: Network, hits: Hits, draws: int, seed: int) -> None:
    """Raise UsageError unless draws, seed and all probabilities are in range."""
    check_draws_and_seed(draws, seed, least=1)
    for name, chances in (("severity", hits.severity), ("criticality", network.weights)):
        if not ((chances >= 0) & (chances <= 1)).all():
            raise UsageError(f"a {name} is a probability here and must be in 0..1; divide percentages by 100")
