"""The laws of the chance model, and its values worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knockon.errors import LimitReached, UsageError
from knockon.network import Network
from knockon.network.compile import compile_network
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Mode
from knockon.propagation.chance import ChanceResult, chance
from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.result import NONE
from support.failures import counted, few, outcomes
from support.networks import (
    EIGHTHS,
    PlainHit,
    PlainNetwork,
    Shock,
    Slot,
    exactly,
    hit,
    networks_with_shocks,
    plain_networks,
    renumbered,
    shocks_on,
    slot,
    to_arrays,
)
from support.small_records import iri, need

ROWS = (
    "loss",
    "low",
    "high",
    "step",
    "slot",
    "supply",
    "source",
    "shortage",
    "iterations",
    "standard_error",
    "noisy_or_upper_bound",
)
#: A (0) to B (1) and C (2), both to D (3).
DIAMOND = PlainNetwork(4, (slot(1, 0, 0.8), slot(2, 0, 0.8), slot(3, 1, 0.8), slot(3, 2, 0.8)))
BINARY = (Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)


def run(plain: PlainNetwork, *shocks: Shock, draws: int = 200, **options: Any) -> ChanceResult:
    network, hits, _ = to_arrays(plain, shocks)
    return chance(network, hits, draws=draws, **options)


def exact(plain: PlainNetwork, *shocks: Shock) -> ChanceResult:
    return run(plain, *shocks, exact=True)


def probabilities(plain: PlainNetwork, *hits: PlainHit) -> list[float]:
    return exact(plain, hits).loss[0].tolist()


# Laws


@given(few(modes=BINARY))
def test_exact_answers_are_those_of_the_definition(case: tuple[PlainNetwork, Shock]) -> None:
    """Counted over the outcomes that matter, or over all of them one by one: the same, to 1e-12."""
    plain, shock = case
    assert exact(plain, shock).loss[0] == pytest.approx(counted(plain, shock), abs=1e-12)


def test_shares_that_nobody_stated_have_three_readings() -> None:
    """One of two suppliers fails for certain: never, in half of the draws, always; with half a chance for it: 0, 0.25, 0.5."""
    two = PlainNetwork(4, (Slot(0, 3, exactly(1.0), Mode.SHARES, 0, ((1, 0.5), (2, 0.5)), (0, 1)),))
    for severity in (1.0, 0.5):
        result = exact(two, (hit(1, severity),))
        assert [rows[0, 0] for rows in (result.low, result.loss, result.high)] == pytest.approx([0.0, severity / 2, severity])
    drawn = run(two, (hit(1),), draws=4000)
    assert [rows[0, 0] for rows in (drawn.low, drawn.loss, drawn.high)] == pytest.approx([0.0, 0.5, 1.0], abs=0.05)
    both = exact(two, (hit(1), hit(2, 0.5)))
    assert [rows[0, 0] for rows in (both.low, both.loss, both.high)] == pytest.approx([0.5, 0.75, 1.0])


@given(few())
def test_draws_come_near_the_exact_answer(case: tuple[PlainNetwork, Shock]) -> None:
    """Within six standard errors at each bound, shares and cycles included; the standard error is that of a share of draws."""
    plain, shock = case
    true, drawn = exact(plain, shock), run(plain, shock, draws=2000)
    for name in ("loss", "low", "high"):
        p = getattr(true, name)
        assert (np.abs(getattr(drawn, name) - p) <= 6 * np.sqrt(p * (1 - p) / 2000) + 0.005).all(), name
    assert drawn.standard_error == pytest.approx(np.sqrt(drawn.loss * (1 - drawn.loss) / 2000))
    assert not true.standard_error.any()
    assert drawn.shortage == pytest.approx(true.shortage, abs=0.08)


@given(few())
def test_the_noisy_or_is_an_upper_bound(case: tuple[PlainNetwork, Shock]) -> None:
    """Never below the exact probability, whatever the combinations and cycles; never above 1."""
    plain, shock = case
    result = exact(plain, shock)
    assert (result.noisy_or_upper_bound >= result.loss - 1e-9).all()
    assert ((result.noisy_or_upper_bound >= 0) & (result.noisy_or_upper_bound <= 1)).all()


@given(st.data())
def test_the_noisy_or_is_exact_on_trees(data: st.DataObject) -> None:
    """Every node with one dependant at most, of needs: bound and probability are one."""
    size = data.draw(st.integers(1, 7))
    slots = [slot(data.draw(st.integers(node + 1, size - 1)), node, data.draw(EIGHTHS)) for node in range(size - 1)]
    shock = tuple(hit(node, data.draw(EIGHTHS)) for node in range(size))
    result = exact(PlainNetwork(size, tuple(slots)), shock)
    assert result.noisy_or_upper_bound == pytest.approx(result.loss, abs=1e-12)


@given(plain_networks(), st.data())
def test_no_shock_gives_exactly_nothing(plain: PlainNetwork, data: st.DataObject) -> None:
    """No hits and hits of probability 0 leave exact zeros, drawn, counted and bounded."""
    nothing = tuple(replace(one, severity=exactly(0.0)) for one in data.draw(shocks_on(plain)))
    for result in (run(plain, (), nothing), exact(plain, (), nothing)):
        for name in ("loss", "low", "high", "shortage", "noisy_or_upper_bound", "standard_error"):
            assert not getattr(result, name).any(), name
        assert (result.step == NONE).all()
        assert (result.slot == NONE).all()
        assert result.stopped_by == ("tolerance",) * 2


@given(networks_with_shocks(), st.data())
def test_no_probability_falls_when_a_chance_rises(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """With the same draws it holds exactly, for severities and criticalities, at every bound."""
    plain, shock = case
    worse, harder = plain, shock
    if shock and data.draw(st.booleans()):
        harder = (replace(shock[0], severity=raised(shock[0].severity, data)), *shock[1:])
    elif plain.slots:
        worse = replace(plain, slots=(replace(plain.slots[0], weight=raised(plain.slots[0].weight, data)), *plain.slots[1:]))
    before, after = run(plain, shock), run(worse, harder)
    for name in ("loss", "low", "high"):
        assert (getattr(after, name) >= getattr(before, name)).all(), name
    assert (after.noisy_or_upper_bound >= before.noisy_or_upper_bound - 1e-9).all()


def raised(value: Any, data: st.DataObject) -> Any:
    return type(value)(*sorted(one + (1 - one) * data.draw(EIGHTHS) for one in value))


@given(networks_with_shocks())
def test_low_point_high_lie_in_order_and_in_bounds(case: tuple[PlainNetwork, Shock]) -> None:
    """0 <= low <= point <= high <= 1, exactly."""
    plain, shock = case
    result = run(plain, shock)
    assert (result.low >= 0).all()
    assert (result.low <= result.loss).all()
    assert (result.loss <= result.high).all()
    assert (result.high <= 1).all()
    assert ((result.shortage >= 0) & (result.shortage <= 1)).all()


@given(few(numbers=EIGHTHS), st.data())
def test_relabelling_changes_nothing(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Other numbers for the nodes, other orders of slots and supplies: the same exact probabilities and bounds."""
    plain, shock = case
    new = data.draw(st.permutations(range(plain.size)))
    other, moved = renumbered(plain, shock, new, turned=data.draw(st.booleans()))
    before, after = exact(plain, shock), exact(other, moved)
    for name in ("loss", "low", "high", "noisy_or_upper_bound"):
        assert getattr(after, name)[0, list(new)] == pytest.approx(getattr(before, name)[0], abs=1e-9), name


@given(plain_networks(), st.data())
def test_a_batch_is_one_by_one(plain: PlainNetwork, data: st.DataObject) -> None:
    """Several shocks at once give, row by row and to the last bit, what each gives alone."""
    shocks = data.draw(st.lists(shocks_on(plain), max_size=3))
    together = run(plain, *shocks)
    assert together.loss.shape == (len(shocks), plain.size)
    for row, shock in enumerate(shocks):
        alone = run(plain, shock)
        for name in ROWS:
            assert np.array_equal(getattr(together, name)[row], getattr(alone, name)[0]), name


@given(networks_with_shocks())
def test_a_seed_fixes_every_number(case: tuple[PlainNetwork, Shock]) -> None:
    """The same seed, the same bytes; draws that do not fit at once are drawn in turn and are as many."""
    plain, shock = case
    first, again = run(plain, shock, seed=7), run(plain, shock, seed=7)
    assert all(getattr(first, name).tobytes() == getattr(again, name).tobytes() for name in ROWS)
    with pytest.MonkeyPatch.context() as patch:
        # The package gives the function of this name; the module is where its numbers stand.
        patch.setattr("knockon.propagation.chance_shock.BATCH", 500)
        small, same = run(plain, shock, seed=7), run(plain, shock, seed=7)
    assert small.loss.tobytes() == same.loss.tobytes()
    assert (small.low <= small.loss).all()
    assert small.loss * 200 == pytest.approx(np.round(small.loss * 200))


@given(networks_with_shocks(modes=BINARY))
def test_certain_things_are_leontiefs(case: tuple[PlainNetwork, Shock]) -> None:
    """Where every chance is 0 or 1, probabilities are the losses of leontief, without any error."""
    plain, shock = case
    sure = replace(plain, slots=tuple(replace(s, weight=exactly(float(s.weight[1] > 0))) for s in plain.slots))
    certain_hits = tuple(replace(h, severity=exactly(float(h.severity[1] > 0))) for h in shock)
    network, hits, _ = to_arrays(sure, [certain_hits])
    result = chance(network, hits, draws=3)
    assert result.loss.tolist() == leontief(network, hits).loss.tolist()
    assert not result.standard_error.any()


@given(networks_with_shocks())
def test_what_fails_is_reached(case: tuple[PlainNetwork, Shock]) -> None:
    """Probabilities and bounds above 0 are found only where reach arrives."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    result = chance(network, hits, draws=100)
    missed = reach(network, hits).loss == 0
    assert not result.loss[missed].any()
    assert not result.noisy_or_upper_bound[missed].any()


@given(networks_with_shocks())
def test_bindings_lead_back_to_a_hit(case: tuple[PlainNetwork, Shock]) -> None:
    """Every node that failed in a draw has a binding or is hit; sources failed, too, and following them ends at a hit."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    certain_hits = {
        (kind, index) for kind, index, point in zip(hits.kind, hits.index, hits.severity[1], strict=True) if point > 0
    }
    result = chance(network, hits, draws=100)
    for node in range(plain.size):
        owned, supply, source = (int(rows[0, node]) for rows in (result.slot, result.supply, result.source))
        if result.loss[0, node] == 0:
            assert (owned, supply, source, result.step[0, node]) == (NONE,) * 4
        elif owned == NONE:
            assert (result.step[0, node], supply, source) == (0, NONE, NONE)
            assert (NODE, node) in certain_hits
        elif source == NONE:
            assert result.step[0, node] == 1
            assert ((SUPPLY, supply) if supply != NONE else (SLOT, owned)) in certain_hits
        else:
            assert network.slot_owner[owned] == node
            assert source == (network.slot_need[owned] if supply == NONE else network.supply_provider[supply])
            assert result.step[0, node] == 1 + result.step[0, source]
            assert result.loss[0, source] > 0


# Worked by hand


def test_the_diamond() -> None:
    """A (0.5) to B, C to D, all 0.8: exact 0.4352, while the naive noisy-OR says 0.5376."""
    result = exact(DIAMOND, (hit(0, 0.5),))
    assert result.loss[0] == pytest.approx([0.5, 0.4, 0.4, 0.4352], abs=1e-12)
    assert result.noisy_or_upper_bound[0] == pytest.approx([0.5, 0.4, 0.4, 0.5376], abs=1e-12)
    drawn = run(DIAMOND, (hit(0, 0.5),), draws=20_000)
    assert drawn.loss[0, 3] == pytest.approx(0.4352, abs=5 * drawn.standard_error[0, 3])
    assert (drawn.draws, drawn.seed, result.draws) == (20_000, 0, 0)
    assert drawn.parameters == {"draws": 20_000, "seed": 0, "exact": False}
    assert (drawn.step[0].tolist(), drawn.source[0, :3].tolist()) == ([0, 1, 1, 2], [NONE, 0, 0])
    assert drawn.iterations.tolist() == [2]


def test_combinations_of_independent_supplies() -> None:
    """Three suppliers that fail with a half each: all-of, any-of, at least two, and shares at criticality 0.5."""
    hits = tuple(hit(node, 0.5) for node in (2, 3, 4))

    def fails(mode: Mode, k: int = 0, weight: float = 0.5) -> float:
        return probabilities(PlainNetwork(5, (slot(0, 1, weight, mode, (2, 0.5), (3, 0.25), (4, 0.25), k=k),)), *hits)[0]

    assert fails(Mode.ALL_OF) == pytest.approx(0.5 * 7 / 8)
    assert fails(Mode.ANY_OF) == pytest.approx(0.5 / 8)
    assert fails(Mode.AT_LEAST, 2) == pytest.approx(0.5 * 4 / 8)
    assert fails(Mode.SHARES) == pytest.approx(0.25)
    assert fails(Mode.SHARES, weight=1.0) == pytest.approx(0.5)


def test_the_bounds_of_combinations() -> None:
    """Any-of the least, shares the expected shortage, at least two of three the least of Markov's sums."""
    chances = {2: 0.5, 3: 0.25, 4: 0.125}
    hits = tuple(hit(node, p) for node, p in chances.items())

    def bound(mode: Mode, k: int = 0) -> float:
        plain = PlainNetwork(5, (slot(0, 1, 1.0, mode, (2, 0.5), (3, 0.25), (4, 0.25), k=k),))
        return float(exact(plain, hits).noisy_or_upper_bound[0, 0])

    assert bound(Mode.ANY_OF) == 0.125
    assert bound(Mode.SHARES) == 0.25 + 0.0625 + 0.03125
    # Two of three must fail: (0.5 + 0.25 + 0.125) / 2, or (0.25 + 0.125) / 1.
    assert bound(Mode.AT_LEAST, 2) == 0.375
    assert bound(Mode.AT_LEAST, 3) == bound(Mode.ALL_OF) == pytest.approx(1 - 0.5 * 0.75 * 0.875)
    assert bound(Mode.AT_LEAST, 1) == 0.125


def test_a_share_is_drawn_once_for_its_slot() -> None:
    """Half the supply fails for certain, the other half with a half: below c (0.5 + 0.5 / 2), not two chances of failing."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.SHARES, (2, 0.5), (3, 0.5)),))
    assert probabilities(plain, hit(2), hit(3, 0.5))[0] == pytest.approx(0.375)
    drawn = run(plain, (hit(2), hit(3, 0.5)), draws=20_000)
    assert drawn.loss[0, 0] == pytest.approx(0.375, abs=5 * drawn.standard_error[0, 0])


def test_a_common_cause_stays_common() -> None:
    """Two nodes with one certain need fail together: whoever needs any of them fails no more seldom."""
    plain = PlainNetwork(5, (slot(1, 0), slot(2, 0), slot(4, 3, 1.0, Mode.ANY_OF, 1, 2)))
    assert probabilities(plain, hit(0, 0.5)) == [0.5, 0.5, 0.5, 0, 0.5]
    assert run(plain, (hit(0, 0.5),)).loss[0, [1, 2, 4]].tolist() == [run(plain, (hit(0, 0.5),)).loss[0, 0]] * 3


def test_nothing_fails_because_of_itself() -> None:
    """A circle fails only as far as it is hit from outside."""
    circle = PlainNetwork(3, (slot(0, 1), slot(1, 0), slot(0, 2, 0.5)))
    assert probabilities(circle, hit(2, 0.5)) == pytest.approx([0.25, 0.25, 0.5])
    # The bound is naive: each counts the other's failure as one more cause, as often as there are rounds.
    assert exact(circle, (hit(2, 0.5),)).noisy_or_upper_bound[0, 0] > 0.25


def test_hits_on_slots_and_supplies_are_chances() -> None:
    """A slot that is cut with 0.5 at criticality 0.5, and a supply that is the only one."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5), slot(2, 1, 0.5, Mode.ALL_OF, 3)))
    result = exact(plain, (hit(0, 0.5, SLOT), hit((1, 0), 0.25, SUPPLY)))
    assert result.loss[0].tolist() == [0.25, 0, 0.125, 0]
    assert result.shortage[0].tolist() == [0.5, 0.25]
    assert (result.supply[0].tolist(), result.source[0].tolist()) == ([NONE, NONE, 0, NONE], [NONE] * 4)


def test_what_was_lost_last_is_the_cause() -> None:
    """Of two ways, one is cut at once; the owner fails when the other is lost, too, and that is why."""
    plain = PlainNetwork(5, (slot(0, 1, 1.0, Mode.ANY_OF, 2, 3), slot(3, 4)))
    result = exact(plain, (hit((0, 0), 1.0, SUPPLY), hit(4)))
    assert (result.supply[0, 0], result.source[0, 0], result.step[0, 0]) == (1, 3, 2)


def test_the_most_frequent_slot_binds() -> None:
    """A near need that is rarely decisive gives way to a far one that often is."""
    plain = PlainNetwork(4, (slot(3, 0, 0.01), slot(1, 0, 0.9), slot(2, 1, 0.9), slot(3, 2, 0.9)))
    result = exact(plain, (hit(0),))
    assert (result.source[0].tolist(), result.step[0].tolist()) == ([NONE, 0, 1, 2], [0, 1, 2, 3])


def test_bindings_that_would_go_round_lead_nearer_to_the_shock() -> None:
    """Two that fail through each other more often than through any one cause of their own are bound to such a cause."""
    causes = [slot(owner, cause, 0.25) for owner, cause in ((0, 2), (0, 3), (1, 4), (1, 5))]
    plain = PlainNetwork(6, (*causes, slot(0, 1), slot(1, 0)))
    result = exact(plain, tuple(hit(cause, 0.5) for cause in range(2, 6)))
    assert result.source[0, :2].tolist() == [2, 4]
    assert result.step[0, :2].tolist() == [1, 1]


def test_money_flows_are_chances_of_shares() -> None:
    """Of a chain of sole suppliers all fail with the first; half a supplier of inputs halves the chance."""
    chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    assert chance(chain, np.array([[0.5, 0, 0]]), exact=True).loss.tolist() == [[0.5, 0.5, 0.5]]
    half = Network.from_flows([0, 1], [2, 2], [1.0, 1.0])
    assert chance(half, [0, 1], exact=True).loss.tolist() == [[1, 0, 0.5], [0, 1, 0.5]]


# Edges


def test_empty_networks_and_no_shocks_are_safe() -> None:
    """No nodes, no slots, no shocks: empty answers of the right shape."""
    network, hits, _ = to_arrays(PlainNetwork(0))
    for counting in (False, True):
        assert chance(network, exact=counting).loss.shape == (0, 0)
        assert chance(network, hits, exact=counting).loss.shape == (1, 0)
        isolated, _, _ = to_arrays(PlainNetwork(3))
        assert chance(isolated, exact=counting).loss.tolist() == np.eye(3).tolist()
        none = chance(to_arrays(DIAMOND)[0], [], exact=counting)
        assert (none.loss.shape, none.shortage.shape, none.step.dtype) == ((0, 4), (0, 4), np.int64)
        assert none.noisy_or_upper_bound.shape == (0, 4)


def test_more_than_2_20_outcomes_are_exact_by_diagrams() -> None:
    """Hundreds of uncertain things with few ways between them: a star, and shares whose sum is binomial."""
    star = PlainNetwork(200, tuple(slot(node, 0, 0.5) for node in range(1, 200)))
    result = exact(star, (hit(0, 0.5),))
    assert result.loss.tolist() == [[0.5, *[0.25] * 199]]
    assert (result.standard_error == 0).all()
    shares = tuple((node, 1 / 32) for node in range(2, 34))
    whole = PlainNetwork(40, (slot(0, 1, 1.0, Mode.SHARES, *shares),))
    assert exact(whole, tuple(hit(node, 0.25) for node in range(2, 34))).loss[0, 0] == pytest.approx(0.25, abs=1e-12)


def test_a_long_chain_is_exact() -> None:
    """A node that hardly ever fails has its cause, though no draw shows it."""
    size = 200
    chain = PlainNetwork(size, tuple(slot(node, node - 1, 0.9) for node in range(1, size)))
    result = exact(chain, (hit(0, 0.5),))
    assert result.loss[0] == pytest.approx(0.5 * 0.9 ** np.arange(size), rel=1e-9)
    assert result.source[0].tolist() == [NONE, *range(size - 1)]
    assert result.step[0, -1] == size - 1


@given(few())
def test_diagrams_and_outcomes_give_the_same(case: tuple[PlainNetwork, Shock]) -> None:
    """Probabilities, bounds and shortages, of all combinations, with loops and shares that nobody stated."""
    plain, shock = case
    counted_outcomes = exact(plain, shock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knockon.propagation.chance_shock.MAX_OUTCOMES", 0)
        by_diagrams = exact(plain, shock)
    for name in ("loss", "low", "high", "shortage", "noisy_or_upper_bound"):
        assert getattr(by_diagrams, name) == pytest.approx(getattr(counted_outcomes, name), abs=1e-12), name
    assert ((by_diagrams.step >= 0) == (by_diagrams.loss > 0)).all()


def test_exact_answers_are_refused_where_they_would_take_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many sums of shares, or too large diagrams, are a UsageError that says what to do."""
    shares = tuple((node, node / 600) for node in range(2, 34))
    rough = PlainNetwork(40, (slot(0, 1, 0.5, Mode.SHARES, *((node, part**1.01) for node, part in shares)),))
    with pytest.raises(UsageError, match=r"32 shares of one have more; leave exact out"):
        exact(rough, tuple(hit(node, 0.5) for node in range(2, 34)))
    monkeypatch.setattr("knockon.propagation.chance_shock.MAX_OUTCOMES", 0)
    monkeypatch.setattr("knockon.propagation.chance_diagrams.MAX_NODES", 5)
    with pytest.raises(UsageError, match=r"at most 5 nodes, and this one has more; leave exact out"):
        exact(DIAMOND, (hit(0, 0.5),))


# Given


def test_what_failed_says_something_of_its_causes() -> None:
    """D of the diamond failed: so did A, and B and C mostly; worked by hand."""
    result = run(DIAMOND, (hit(0, 0.5),), exact=True, given=[3])
    assert result.loss[0].tolist() == pytest.approx([1, 0.3712 / 0.4352, 0.3712 / 0.4352, 1])
    assert result.given_probability.tolist() == pytest.approx([0.4352])
    assert np.isnan(result.noisy_or_upper_bound).all()
    assert result.parameters["given"] == [3]
    assert run(DIAMOND, (hit(0, 0.5),), exact=True).given_probability.tolist() == [1.0]


@given(few(modes=BINARY), st.data())
def test_conditional_probabilities_are_those_of_the_definition(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Outcomes in which all that is given fails, counted one by one, by outcomes, diagrams and draws."""
    plain, shock = case
    nodes = st.lists(st.integers(0, plain.size - 1), min_size=1, max_size=2)
    known = data.draw(nodes) if plain.size else []
    weight, joint = 0.0, np.zeros(plain.size)
    for failed, probability in outcomes(plain, shock):
        if failed >= set(known):
            weight += probability
            joint[list(failed)] += probability
    assume(weight == 0 or weight > 1e-9)  # between them is the rounding of thresholds
    if not weight:
        with pytest.raises(UsageError, match=r"contradicts the shock, under which it cannot fail"):
            run(plain, shock, exact=True, given=known)
        return
    result = run(plain, shock, exact=True, given=known)
    assert result.loss[0] == pytest.approx(joint / weight, abs=1e-12)
    assert (result.low <= result.loss + 1e-12).all()
    assert (result.loss <= result.high + 1e-12).all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knockon.propagation.chance_shock.MAX_OUTCOMES", 0)
        by_diagrams = run(plain, shock, exact=True, given=known)
    assert by_diagrams.loss[0] == pytest.approx(joint / weight, abs=1e-12)
    assert by_diagrams.shortage == pytest.approx(result.shortage, abs=1e-12)
    if weight > 0.1:
        drawn = run(plain, shock, draws=2000, given=known)
        assert np.abs(drawn.loss[0] - joint / weight).max(initial=0) < 6 / np.sqrt(2000 * weight)
        assert drawn.loss[0, known].tolist() == [1.0] * len(known)


def test_in_batches_and_beyond_what_a_draw_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws in several batches give the same; what occurs in no draw is refused, with what helps."""
    whole = run(DIAMOND, (hit(0, 0.5),), draws=500, given=[3])
    monkeypatch.setattr("knockon.propagation.chance_shock.BATCH", 3_000)
    assert run(DIAMOND, (hit(0, 0.5),), draws=500, given=[3]).loss.shape == whole.loss.shape
    with pytest.raises(
        UsageError,
        match="given urn:x:01: this can occur under the shock, but does not in any of 500 draws; it is rare: more draws",
    ):
        run(DIAMOND, (hit(1, 1e-9),), draws=500, given=[1])
    with pytest.raises(UsageError, match="given urn:x:01 contradicts the shock, under which it cannot fail"):
        run(DIAMOND, (hit(2, 0.5),), draws=500, given=[1])


@pytest.mark.parametrize(
    ("known", "message"),
    [([4], r"outside 0\.\.3"), ([-1], r"outside 0\.\.3"), (["x"], "numbers of"), ([0.5], "numbers of"), (3, "numbers of")],
)
def test_what_can_be_given(known: Any, message: str) -> None:
    """Numbers of nodes alone."""
    with pytest.raises(UsageError, match=message):
        run(DIAMOND, (hit(0, 0.5),), given=known)


@pytest.mark.parametrize(
    "wrong", [{"draws": 0}, {"draws": -1}, {"draws": 2.5}, {"draws": True}, {"seed": -1}, {"seed": "x"}], ids=str
)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """Each raises UsageError and names the parameter."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        chance(to_arrays(DIAMOND)[0], [0], **wrong)


def test_probabilities_over_1_are_refused() -> None:
    """Severities and criticalities outside 0..1, or no numbers."""
    network, hits, _ = to_arrays(DIAMOND, [(hit(0),)])
    for wrong in (1.5, -0.5, np.nan):
        with pytest.raises(UsageError, match="severity"):
            chance(network, Hits(1, hits.shock, hits.kind, hits.index, np.full((3, 1), wrong)))
        with pytest.raises(UsageError, match="criticality"):
            chance(replace(network, weights=np.full((3, 4), wrong)), [0])
    with pytest.raises(UsageError, match=r"0\.\.1"):
        chance(network, np.full((1, 4), 50.0))


@pytest.mark.parametrize("exact", [False, True])
def test_of_two_parts_that_fail_the_larger_is_the_cause(exact: bool) -> None:
    """The number of a draw picks the part through which the whole fails, whichever comes first."""
    parts = [need("x", "a", portion="0.3"), need("x", "b", portion="0.7")]
    network = compile_network(parts).network
    rows = [network.index[iri(name)] for name in "abx"]
    result = chance(network, (np.isin(np.arange(3), rows[:2]) * 1.0)[None], exact=exact)
    assert result.loss[0, rows[2]] == 1.0
    assert network.nodes[result.source[0, rows[2]]] == iri("b")


def test_draws_that_would_take_hours_are_refused_before_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how many fit; exact numbers have a limit of their own."""
    network = compile_network([need("b", "a"), need("c", "b")]).network
    rows = network.size + network.slots + network.supplies
    monkeypatch.setitem(chance.__globals__, "MOST_DRAWN", 100 * rows)
    assert chance(network, draws=100).draws == 100
    with pytest.raises(LimitReached, match="at most 100 draws"):
        chance(network, draws=101)
    assert chance(network, draws=101, exact=True).draws == 0
    monkeypatch.setitem(chance.__globals__, "MOST_DRAWN", rows - 1)
    with pytest.raises(LimitReached, match="no draw fits"):
        chance(network, draws=1)
