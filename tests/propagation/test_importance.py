"""Importance measures: by the definition, their laws, cut sets counted one by one, and what is refused."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.network.network import NONE, Mode
from knockon.propagation import cut_set_importance, importance
from support.failures import few, outcomes
from support.networks import PlainNetwork, Shock, hit, slot, to_arrays

#: D (3) needs B (1) or C (2), which both need A (0).
ONE_OF = PlainNetwork(4, (slot(1, 0, 1.0), slot(2, 0, 1.0), slot(3, NONE, 1.0, Mode.ANY_OF, (1, 0.5), (2, 0.5))))
SHOCK = (hit(0, 0.1), hit(1, 0.2), hit(2, 0.2))


def measured(plain: PlainNetwork, target: int, shock: Shock, **options: Any) -> Any:
    network, hits, _ = to_arrays(plain, [shock])
    return importance(network, target, hits, **{"exact": True, **options})


@given(few(modes=(Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)), st.data())
def test_measures_are_those_of_the_definition(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """With each node made to fail, and with each never failing, over all outcomes one by one."""
    plain, shock = case
    if not plain.size:
        return
    target = data.draw(st.integers(0, plain.size - 1))

    def probability(node: int, **changes: int) -> float:
        return sum(weight for failed, weight in outcomes(plain, shock, **changes) if node in failed)

    result = measured(plain, target, shock, among=list(range(plain.size)))
    whole = probability(target)
    assert result.probability == pytest.approx(whole, abs=1e-12)
    assert sorted(result.nodes.tolist()) == [node for node in range(plain.size) if node != target]
    for place, node in enumerate(result.nodes.tolist()):
        forced, safe = probability(target, forced=node), probability(target, safe=node)
        assert result.fails[place] == pytest.approx(probability(node), abs=1e-12)
        assert result.birnbaum[place] == pytest.approx(forced - safe, abs=1e-12)
        if whole > 1e-9:
            assert result.fussell_vesely[place] == pytest.approx((whole - safe) / whole, abs=1e-9)
            assert result.achievement[place] == pytest.approx(forced / whole, abs=1e-9)
            assert result.reduction[place] == pytest.approx(whole / safe if safe > 1e-12 else np.inf, rel=1e-6)
    assert (np.diff(result.birnbaum) <= 0).all()


def test_values_worked_by_hand() -> None:
    """Series of A with the pair of B and C, each failing of itself."""
    result = measured(ONE_OF, 3, SHOCK)
    assert result.nodes.tolist() == [0, 1, 2]
    assert result.probability == pytest.approx(0.1 + 0.9 * 0.04)
    assert result.birnbaum == pytest.approx([1 - 0.04, 0.28 - 0.0, 0.28 - 0.0])
    assert result.achievement == pytest.approx([1 / 0.136, 0.28 / 0.136, 0.28 / 0.136])
    assert result.reduction.tolist() == [pytest.approx(0.136 / 0.04), np.inf, np.inf]
    assert (result.draws, result.standard_error.tolist()) == (0, [0, 0, 0])


def test_draws_come_near_and_are_never_below_0() -> None:
    """The same draws serve all nodes; the error is that of a share."""
    exact, drawn = measured(ONE_OF, 3, SHOCK), measured(ONE_OF, 3, SHOCK, exact=False, draws=4_000)
    assert drawn.draws == 4_000
    assert (np.abs(drawn.birnbaum - exact.birnbaum) <= 5 * drawn.standard_error + 1e-9).all()
    assert (drawn.birnbaum >= 0).all()
    assert drawn.standard_error == pytest.approx(np.sqrt(drawn.birnbaum * (1 - drawn.birnbaum) / 4_000))


def test_only_what_may_fail_and_matters_is_listed() -> None:
    """Not the target, not what it does not rest on, not what cannot fail; and without risk there is no part of it."""
    plain = PlainNetwork(5, (*ONE_OF.slots, slot(4, 3, 1.0)))
    assert measured(plain, 3, (hit(1, 0.5), hit(4, 0.5))).nodes.tolist() == [1]
    nothing = measured(plain, 3, (hit(4, 0.5),), among=[0])
    assert (nothing.probability, nothing.birnbaum.tolist()) == (0.0, [1.0])
    assert np.isnan([nothing.fussell_vesely[0], nothing.achievement[0], nothing.reduction[0]]).all()


def test_many_uncertain_things_are_exact_too() -> None:
    """Twenty causes, each with a chance of its own and of what it causes: by diagrams."""
    plain = PlainNetwork(21, tuple(slot(20, node, 0.5) for node in range(20)))
    result = measured(plain, 20, tuple(hit(node, 0.1) for node in range(20)), among=[0, 1])
    assert result.probability == pytest.approx(1 - 0.95**20)
    assert result.birnbaum == pytest.approx(np.full(2, 0.5 * 0.95**19))


@given(
    st.lists(st.sets(st.integers(0, 4), min_size=1, max_size=3), max_size=5),
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=5, max_size=5),
)
def test_cut_sets_are_counted_exactly(sets: list[set[int]], chances: list[float]) -> None:
    """The probability that all members of any set fail, over all subsets of the members."""

    def fails(chance: list[float]) -> float:
        total = 0.0
        for states in itertools.product((0, 1), repeat=5):
            weight = float(np.prod([p if state else 1 - p for p, state in zip(chance, states, strict=True)]))
            total += weight * any(all(states[member] for member in members) for members in sets)
        return total

    result = cut_set_importance(sets, dict(enumerate(chances)))
    assert result.probability == pytest.approx(fails(chances), abs=1e-12)
    for node, birnbaum in zip(result.nodes.tolist(), result.birnbaum, strict=True):
        forced, safe = ([*chances[:node], value, *chances[node + 1 :]] for value in (1.0, 0.0))
        assert birnbaum == pytest.approx(fails(forced) - fails(safe), abs=1e-12)


@pytest.mark.parametrize(
    ("target", "shock", "options", "message"),
    [
        (4, SHOCK, {}, r"the target must be a node, 0\.\.3, not 4"),
        (3, SHOCK, {"among": [9]}, "among must be numbers of nodes"),
        (3, SHOCK, {"among": ["a"]}, "among must be numbers of nodes"),
        (3, SHOCK, {"draws": 0}, "draws"),
    ],
)
def test_what_is_refused(target: int, shock: Shock, options: dict[str, Any], message: str) -> None:
    """Each error names what is wrong."""
    with pytest.raises(UsageError, match=message):
        measured(ONE_OF, target, shock, **options)


def test_one_shock_and_a_probability_of_each_member() -> None:
    """Several shocks, or a member without a probability, are refused."""
    network, _, _ = to_arrays(ONE_OF)
    with pytest.raises(UsageError, match="importance takes one shock, not 2"):
        importance(network, 3, [0, 1])
    with pytest.raises(UsageError, match="that of 2 is None"):
        cut_set_importance([(1, 2)], {1: 0.5})
