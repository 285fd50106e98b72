r"""The noisy-OR, iterated: an upper bound on the probability of failure where causes are shared, exact on trees.

.. math::

   P(j) = 1 - (1 - hit_j) \prod_{r \in slots(j)} (1 - c_r\, short_r), \qquad
   short_r = 1 - (1 - hit_r)(1 - P(need_r))(1 - meet_r)

with :math:`p_s = 1 - (1 - hit_s)(1 - P(provider_s))` of each supply and

- all-of: :math:`meet_r = 1 - \prod_s (1 - p_s)`,
- any-of: :math:`\min_s p_s`, which is no less than the probability that all fail,
- at least k of w, which fails when m = w - k + 1 of them do: the least of
  :math:`\sum(\text{the } w - l \text{ smallest } p_s) / (m - l)` over l < m (Markov's
  inequality, the l likeliest failures given up as certain),
- shares: :math:`\sum_s share_s\, p_s`, the expected shortage.

Why it is a bound: what fails is increasing in independent chances, so failures
are positively associated and the product over causes understates how often
none of them occurs (Harris's inequality). A node that first fails through a
slot does so by failures that it has no part in, so its own chances are
independent of them, on cycles too. After as many rounds as there are nodes
every failure has happened, so the bound needs no more of them.
"""

from __future__ import annotations

import numpy as np

from knockon.network.hits import Hits
from knockon.network.network import Floats, Mode
from knockon.propagation.combinations import Columns, Rules, ordered_weighted_sum
from knockon.propagation.leontief_round import hit_columns

#: Stop when no probability rises by more.
EPS = 1e-12


def noisy_or(rules: Rules, hits: Hits, shocks: range) -> Floats:
    """Return the upper bound of the probability that each node fails, for some shocks at the point, (shocks, n).

    >>> from knockon.network import Network
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> noisy_or(Rules(chain), Hits.of(chain, [0, 1]), range(2)).tolist()
    [[1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    """
    network = rules.network
    node, slot, supply = hit_columns(network, hits, [(shock, 1) for shock in shocks])
    weight = network.weights[1][:, None]
    chance, active = node, np.ones(node.shape[1], bool)
    for _ in range(network.size):
        lost = either_fails(supply, chance[rules.provider])
        short = either_fails(either_fails(slot, rules.need_loss(chance)), _supply_failure(rules, lost))
        # Rounding must not lower a probability.
        new = np.maximum(chance, either_fails(node, _any_slot_fails(rules, weight * short)))
        rise = (new - chance).max(axis=0)
        # Each shock stops by itself, so that it does not depend on its batch.
        chance = np.where(active, new, chance)
        active &= rise > EPS
        if not active.any():
            break
    return np.asarray(chance.T)


def either_fails(first: Columns, second: Columns) -> Columns:
    """Return the probability that at least one of two independent things fails, exactly 0 where neither can."""
    probability: Columns = np.clip(first + second * (1 - first), 0.0, 1.0)
    return probability


def _any_fails(part: Columns) -> Columns:
    """Return the probability that at least one of independent parts fails, along the second axis and in its order."""
    probability: Columns = 1 - np.multiply.accumulate(1 - part, axis=1)[:, -1]
    # Where one part alone can fail, exactly its probability.
    bounded: Columns = np.maximum(probability, part.max(axis=1))
    return bounded


def _supply_failure(rules: Rules, lost: Floats) -> Floats:
    """Return the bound of the probability that the supplies of each slot fail to meet its need, (slots, lanes)."""
    unmet = np.zeros((len(rules.owner), lost.shape[1]))
    for mode, (rows, parts) in rules.slots:
        part = lost[parts]
        if mode in (Mode.ALL_OF, Mode.DISPUTED):
            # Records that disagree: no more than if each had a chance of its own.
            unmet[rows] = _any_fails(part)
        elif mode == Mode.ANY_OF:
            unmet[rows] = part.min(axis=1)
        elif mode == Mode.SHARES:
            share = rules.network.supply_share[parts][:, :, None]
            unmet[rows] = np.minimum(ordered_weighted_sum(share, part), 1.0)
        else:
            unmet[rows] = _at_least_bound(part, rules.network.at_least[rows])
    return unmet


def _at_least_bound(part: Floats, required: Columns) -> Floats:
    """Return the bound for slots that need ``required`` of their supplies; ``part`` is (slots, supplies, lanes)."""
    width = part.shape[1]
    failing = width - np.maximum(required, 1) + 1
    sums = np.add.accumulate(np.sort(part, axis=1), axis=1)
    best = np.ones((part.shape[0], part.shape[2]))
    for certain in range(int(failing.max())):
        enough = certain < failing
        left = np.where(enough, failing - certain, 1)[:, None]
        best = np.where(enough[:, None], np.minimum(best, sums[:, width - certain - 1] / left), best)
    # Where all supplies are needed one failure is enough, and the product is the sharper bound.
    return np.where((failing == 1)[:, None], np.minimum(best, _any_fails(part)), best)


def _any_slot_fails(rules: Rules, fails: Floats) -> Floats:
    """Return the probability that a node fails through any of its slots."""
    probability = np.zeros((rules.network.size, fails.shape[1]))
    for rows, parts in rules.owners:
        probability[rows] = _any_fails(fails[parts])
    return probability
