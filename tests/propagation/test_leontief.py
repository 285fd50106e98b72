"""The laws of the leontief model, and its values worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Floats, Mode
from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.result import NONE, Result
from knockon.vocabulary import Interval
from support.networks import (
    EIGHTHS,
    PlainHit,
    PlainNetwork,
    Shock,
    Slot,
    exactly,
    hit,
    networks_with_shocks,
    oracle,
    plain_networks,
    renumbered,
    shocks_on,
    slot,
    to_arrays,
)

#: Fine enough that the sum of all later rises is below 1e-12.
FINE = 1e-15


def run(plain: PlainNetwork, *shocks: Shock) -> Result:
    network, hits, _ = to_arrays(plain, shocks)
    return leontief(network, hits, eps=FINE)


def losses(plain: PlainNetwork, *hits: PlainHit) -> list[float]:
    return run(plain, hits).loss[0].tolist()


# Laws


@given(networks_with_shocks())
def test_the_equations_written_plainly_give_the_same_losses(case: tuple[PlainNetwork, Shock]) -> None:
    """Losses at the low end, the point and the high end are those of a loop over dicts, to 1e-12."""
    plain, shock = case
    result = run(plain, shock)
    for bound, rows in enumerate((result.low, result.loss, result.high)):
        assert rows[0].tolist() == pytest.approx(list(oracle(plain, shock, bound).values()), abs=1e-12)


@given(plain_networks(), st.data())
def test_no_shock_gives_exactly_nothing(plain: PlainNetwork, data: st.DataObject) -> None:
    """A shock without hits, with hits of severity 0 and with losses of 0 leaves exact zeros and no steps."""
    nothing = tuple(replace(one, severity=exactly(0.0)) for one in data.draw(shocks_on(plain)))
    network, hits, _ = to_arrays(plain, [(), nothing])
    for result in (leontief(network, hits), leontief(network, np.zeros((2, plain.size)))):
        for rows in (result.loss, result.low, result.high, result.shortage):
            assert not rows.any()
        assert (result.step == NONE).all()
        assert (result.slot == NONE).all()
        assert result.stopped_by == ("tolerance", "tolerance")
        assert result.unaffected.tolist() == [plain.size, plain.size]


@given(networks_with_shocks(), st.data())
def test_no_loss_falls_when_a_number_rises(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Raising one criticality, one severity or one share of a remainder lowers nobody's loss."""
    plain, shock = case
    ways = [("criticality", row) for row in range(len(plain.slots))] + [("severity", row) for row in range(len(shock))]
    ways += [("share", row) for row, s in enumerate(plain.slots) if s.mode is Mode.SHARES and s.supplies and rest(s) > 0]
    if not ways:
        return
    what, row = data.draw(st.sampled_from(ways))
    higher, harder = plain, shock
    if what == "severity":
        harder = (*shock[:row], replace(shock[row], severity=raised(shock[row].severity, data)), *shock[row + 1 :])
    else:
        changed = plain.slots[row]
        if what == "criticality":
            changed = replace(changed, weight=raised(changed.weight, data))
        else:
            place = data.draw(st.integers(0, len(changed.supplies) - 1))
            more = [(p, share + (rest(changed) if k == place else 0.0)) for k, (p, share) in enumerate(changed.supplies)]
            changed = replace(changed, supplies=tuple(more))
        higher = replace(plain, slots=(*plain.slots[:row], changed, *plain.slots[row + 1 :]))
    before, after = run(plain, shock), run(higher, harder)
    assert (after.loss >= before.loss - 1e-12).all()
    assert (after.low >= before.low - 1e-12).all()
    assert (after.high >= before.high - 1e-12).all()
    assert (after.shortage[0] >= before.shortage[0] - 1e-12).all()


def raised(value: Interval, data: st.DataObject) -> Interval:
    """An interval with each end as high or higher."""
    return Interval(*sorted(one + (1 - one) * data.draw(EIGHTHS) for one in value))


def rest(one: Slot) -> float:
    return 1 - sum(share for _, share in one.supplies)


@given(networks_with_shocks(modes=(Mode.ALL_OF,)), st.data())
def test_nobody_says_how_they_combine(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Suppliers of whom nothing else is known are any-of at the low bound, all-of at the high, equal shares at the point."""
    plain, shock = case
    chosen = [row for row, s in enumerate(plain.slots) if len(s.supplies) > 1 and data.draw(st.booleans())]

    def read(mode: Mode) -> PlainNetwork:
        def one(row: int, s: Slot) -> Slot:
            if row not in chosen:
                return s
            if mode is not Mode.SHARES:
                return replace(s, mode=mode)
            count = len(s.supplies)
            return replace(s, mode=mode, supplies=tuple((p, 1 / count) for p, _ in s.supplies), unstated=tuple(range(count)))

        return replace(plain, slots=tuple(one(row, s) for row, s in enumerate(plain.slots)))

    unknown, any_of, all_of = (run(read(mode), shock) for mode in (Mode.SHARES, Mode.ANY_OF, Mode.ALL_OF))
    stated = run(replace(read(Mode.SHARES), slots=tuple(replace(s, unstated=()) for s in read(Mode.SHARES).slots)), shock)
    assert unknown.low[0].tolist() == pytest.approx(np.minimum(any_of.low, stated.loss)[0].tolist(), abs=1e-12)
    assert unknown.high[0].tolist() == pytest.approx(all_of.high[0].tolist(), abs=1e-12)
    assert unknown.loss[0].tolist() == stated.loss[0].tolist()


def test_two_unknown_suppliers_by_hand() -> None:
    """One of two fails: nothing, a half, everything; both: everything. With a stated 0.5 beside them: 0, a quarter, a half."""
    two = PlainNetwork(4, (Slot(0, 3, exactly(1.0), Mode.SHARES, 0, ((1, 0.5), (2, 0.5)), (0, 1)),))
    assert [row[0, 0] for row in ends(run(two, (hit(1),)))] == [0.0, 0.5, 1.0]
    assert [row[0, 0] for row in ends(run(two, (hit(1), hit(2))))] == [1.0, 1.0, 1.0]
    assert [row[0, 0] for row in ends(run(two, (hit(1), hit(2, 0.5))))] == [0.5, 0.75, 1.0]
    three = PlainNetwork(5, (Slot(0, 4, exactly(1.0), Mode.SHARES, 0, ((1, 0.5), (2, 0.25), (3, 0.25)), (1, 2)),))
    assert [row[0, 0] for row in ends(run(three, (hit(2),)))] == [0.0, 0.25, 0.5]
    assert [row[0, 0] for row in ends(run(three, (hit(1),)))] == [0.5, 0.5, 0.5]


def ends(result: Result) -> tuple[Floats, Floats, Floats]:
    return result.low, result.loss, result.high


@given(networks_with_shocks())
def test_low_point_high_lie_in_order_and_in_bounds(case: tuple[PlainNetwork, Shock]) -> None:
    """0 <= low <= point <= high <= 1 exactly, and a shortage is in 0..1 as well."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    for result in (
        run(plain, shock),
        leontief(network, hits),
        leontief(network, hits, eps=0.2),
        leontief(network, hits, cap=2),
    ):
        assert (result.low >= 0).all()
        assert (result.low <= result.loss).all()
        assert (result.loss <= result.high).all()
        assert (result.high <= 1).all()
        assert ((result.shortage >= 0) & (result.shortage <= 1)).all()


exact = {"numbers": EIGHTHS}
three = (Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)


@given(st.one_of(networks_with_shocks(**exact, modes=three), networks_with_shocks(**exact, cycles=False)), st.data())
def test_relabelling_changes_nothing(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Other numbers for the nodes, other orders of slots and supplies: the same losses, shortages and steps."""
    plain, shock = case
    new = data.draw(st.permutations(range(plain.size)))
    other, moved = renumbered(plain, shock, new, turned=data.draw(st.booleans()))
    before, after = run(plain, shock), run(other, moved)
    for rows in ("loss", "low", "high", "step"):
        assert getattr(after, rows)[0, list(new)].tolist() == getattr(before, rows)[0].tolist(), rows
    assert sorted(after.shortage[0].tolist()) == sorted(before.shortage[0].tolist())


@given(networks_with_shocks(modes=(Mode.SHARES,)), st.data())
def test_relabelling_a_cycle_of_shares_changes_no_loss(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Where sums go round in a cycle, losses stay the same up to rounding."""
    plain, shock = case
    new = data.draw(st.permutations(range(plain.size)))
    other, moved = renumbered(plain, shock, new, turned=True)
    assert run(other, moved).loss[0, list(new)].tolist() == pytest.approx(run(plain, shock).loss[0].tolist(), abs=1e-12)


@given(plain_networks(), st.data())
def test_a_batch_is_one_by_one(plain: PlainNetwork, data: st.DataObject) -> None:
    """Several shocks at once give, row by row, what each gives alone, in every array."""
    shocks = data.draw(st.lists(shocks_on(plain), max_size=3))
    together = run(plain, *shocks)
    assert together.loss.shape == (len(shocks), plain.size)
    for row, shock in enumerate(shocks):
        alone = run(plain, shock)
        for name in ("loss", "low", "high", "step", "slot", "supply", "source", "shortage"):
            assert getattr(together, name)[row].tolist() == getattr(alone, name)[0].tolist(), name
        assert (together.iterations[row], together.residual[row]) == (alone.iterations[0], alone.residual[0])


#: A node bound to the earlier of two equal providers, which then comes to lose more by a longer way.
LATER = (
    PlainNetwork(
        6,
        (
            slot(1, 0, 0.5),  # early: half at step 1
            slot(2, 0, 0.5),  # the other provider, half at step 1
            slot(3, 0, 1.0),  # a longer way
            slot(1, 3, 1.0),  # by which the early one loses all
            slot(5, 4, 1.0, Mode.ANY_OF, 1, 2),
        ),
    ),
    (hit(0),),
)
#: Shares whose sum in floats is above 1, beside a supplier of no share that loses more.
ROUNDED = (
    PlainNetwork(8, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.29), (3, 0.53), (4, 0.06), (5, 0.06), (6, 0.06), (7, 0.0)),)),
    (*(hit(node, 0.3) for node in range(2, 7)), hit(7, 1.0)),
)


@given(networks_with_shocks())
@example(LATER)
@example(ROUNDED)
def test_bindings_lead_back_to_a_hit(case: tuple[PlainNetwork, Shock]) -> None:
    """Every loss has a binding or is hit; sources lose at least what they explain, and following them ends at a hit."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    for result in (run(plain, shock), leontief(network, hits, cap=2)):
        check_bindings(plain, shock, result)


def check_bindings(plain: PlainNetwork, shock: Shock, result: Result) -> None:
    network, hits, _ = to_arrays(plain, [shock])
    hit_targets = {
        (kind, index) for kind, index, point in zip(hits.kind, hits.index, hits.severity[1], strict=True) if point > 0
    }
    step, slots, supplies, source = (getattr(result, name)[0] for name in ("step", "slot", "supply", "source"))
    for node in range(plain.size):
        lost = result.loss[0, node]
        if lost == 0:
            assert (step[node], slots[node], supplies[node], source[node]) == (NONE, NONE, NONE, NONE)
            continue
        if slots[node] == NONE:
            assert (step[node], supplies[node], source[node]) == (0, NONE, NONE)
            assert (NODE, node) in hit_targets
            continue
        assert network.slot_owner[slots[node]] == node
        if supplies[node] != NONE:
            assert network.supply_slot[supplies[node]] == slots[node]
        if source[node] == NONE:
            assert step[node] == 1
            assert ((SUPPLY, supplies[node]) if supplies[node] != NONE else (SLOT, slots[node])) in hit_targets
            continue
        behind = network.supply_provider[supplies[node]] if supplies[node] != NONE else network.slot_need[slots[node]]
        assert source[node] == behind
        assert step[node] == 1 + step[behind]
        assert result.loss[0, behind] >= lost
    for node in np.flatnonzero(result.loss[0]):
        seen = [int(node)]
        while source[seen[-1]] != NONE:
            seen.append(int(source[seen[-1]]))
            assert len(seen) <= plain.size, "the bindings go round"


@given(networks_with_shocks())
def test_what_loses_is_reached(case: tuple[PlainNetwork, Shock]) -> None:
    """Leontief finds a loss only where reach arrives, and never in fewer steps."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    result, reached = run(plain, shock), reach(network, hits)
    assert (reached.loss[0][result.loss[0] > 0] == 1).all()
    lost = (result.loss[0] > 0) & (result.slot[0] != NONE)
    hit_too = reached.step[0] == 0
    assert (result.step[0][lost & ~hit_too] >= reached.step[0][lost & ~hit_too]).all()


# The forms in which shocks are given


@given(plain_networks())
def test_none_closes_each_node_in_turn(plain: PlainNetwork) -> None:
    """No shocks, node numbers and rows of losses are three ways to say the same."""
    network, _, _ = to_arrays(plain)
    each = leontief(network)
    assert each.loss.shape == (plain.size, plain.size)
    assert (each.loss.diagonal() == 1).all()
    numbered, rows = leontief(network, np.arange(plain.size)), leontief(network, np.eye(plain.size))
    for name in ("loss", "low", "high", "step", "slot", "supply", "source"):
        assert (getattr(each, name) == getattr(numbered, name)).all()
        assert (getattr(each, name) == getattr(rows, name)).all()


def test_an_empty_network_is_safe() -> None:
    """No nodes, no slots, no shocks: empty answers of the right shape."""
    network, hits, _ = to_arrays(PlainNetwork(0))
    assert leontief(network).loss.shape == (0, 0)
    assert leontief(network, hits).loss.shape == (1, 0)
    isolated, _, _ = to_arrays(PlainNetwork(3))
    assert leontief(isolated).loss.tolist() == np.eye(3).tolist()
    assert leontief(isolated, np.zeros((0, 3))).loss.shape == (0, 3)
    assert leontief(isolated, []).shortage.shape == (0, 0)


# How it ends


def test_a_cycle_ends() -> None:
    """Three nodes that need each other lose together, and the model says that it came to rest."""
    circle = PlainNetwork(3, (slot(0, 2), slot(1, 0), slot(2, 1)))
    result = run(circle, (hit(0, 0.5),))
    assert result.loss[0].tolist() == [0.5, 0.5, 0.5]
    assert result.step[0].tolist() == [0, 1, 2]
    assert result.stopped_by == ("tolerance",)
    assert not result.truncated


def test_a_cycle_of_shares_tends_to_its_limit() -> None:
    """A supplier that needs its own customer drags both towards the loss of the other supplier, within eps."""
    plain = PlainNetwork(3, (slot(0, 0, 1.0, Mode.SHARES, (1, 0.5), (2, 0.5)), slot(1, 0)))
    result = run(plain, (hit(2, 0.5),))
    assert result.loss[0].tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-12)
    assert leontief(*to_arrays(plain, [(hit(2, 0.5),)])[:2]).error[0] <= 1e-12


def test_the_cap_stops_and_says_so() -> None:
    """A chain longer than the cap is cut off there: ``cap``, truncated, a residual above eps, and no loss beyond."""
    chain = PlainNetwork(6, tuple(slot(node + 1, node) for node in range(5)))
    network, hits, _ = to_arrays(chain, [(hit(0),), (hit(5),)])
    result = leontief(network, hits, cap=3)
    assert result.stopped_by == ("cap", "tolerance")
    assert result.truncated
    assert result.loss[0].tolist() == [1, 1, 1, 1, 0, 0]
    assert result.iterations.tolist() == [3, 1]
    assert result.residual.tolist() == [1, 0]
    assert leontief(network, hits, cap=6).stopped_by == ("tolerance", "tolerance")


def test_eps_is_the_smallest_rise_that_counts() -> None:
    """With eps 0.2 a rise of 0.1 ends the run, and the result carries it as residual."""
    chain = PlainNetwork(4, (slot(1, 0, 0.1), slot(2, 1), slot(3, 2)))
    network, hits, _ = to_arrays(chain, [(hit(0),)])
    result = leontief(network, hits, eps=0.2)
    assert result.loss[0].tolist() == pytest.approx([1, 0.1, 0, 0])
    assert (result.residual.tolist(), result.stopped_by) == ([0.1], ("tolerance",))


# Worked by hand


def test_all_of_takes_the_greatest() -> None:
    """All of 0.25 and 0.5 at criticality 0.5: 0.5 x 0.5."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.ALL_OF, 2, 3),))
    assert losses(plain, hit(2, 0.25), hit(3, 0.5)) == [0.25, 0, 0.25, 0.5]


def test_any_of_takes_the_least() -> None:
    """Any of two: nothing while one works, then as much as the better one lacks."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.ANY_OF, 2, 3),))
    assert losses(plain, hit(2))[0] == 0
    assert losses(plain, hit(2), hit(3, 0.5))[0] == 0.25
    assert losses(plain, hit(2), hit(3))[0] == 0.5


def test_two_of_three_takes_the_second_smallest() -> None:
    """At least two of three: one may go; with two gone, as much as the second best lacks."""
    plain = PlainNetwork(5, (slot(0, 1, 1.0, Mode.AT_LEAST, 2, 3, 4, k=2),))
    assert losses(plain, hit(2))[0] == 0
    assert losses(plain, hit(2), hit(3, 0.5))[0] == 0.5
    assert losses(plain, hit(2), hit(3, 0.5), hit(4, 0.25))[0] == 0.5
    assert losses(plain, hit(2), hit(3), hit(4, 0.25))[0] == 1.0


def test_shares_are_summed_and_the_remainder_is_safe() -> None:
    """0.5 x 1 + 0.25 x 0.5 at criticality 0.5; the last quarter has no supplier and no loss."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.SHARES, (2, 0.5), (3, 0.25)),))
    assert losses(plain, hit(2), hit(3, 0.5))[0] == 0.5 * 0.625
    assert losses(plain, hit(2), hit(3))[0] == 0.5 * 0.75


def test_the_need_itself_counts_beside_its_supplies() -> None:
    """Whoever supplies it: where the thing needed is lost, the need goes unmet."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.ANY_OF, 2, 3),))
    assert losses(plain, hit(1, 0.5), hit(2))[0] == 0.25


def test_a_hit_on_a_slot_spares_need_and_supplier() -> None:
    """A slot hit by 0.5 at criticality 0.5 costs its owner 0.25 and nobody else anything."""
    plain = PlainNetwork(4, (slot(0, 1, 0.5, Mode.ALL_OF, 2), slot(3, 1, 1.0, Mode.ALL_OF, 2)))
    result = run(plain, (hit(0, 0.5, SLOT),))
    assert result.loss[0].tolist() == [0.25, 0, 0, 0]
    assert result.shortage[0].tolist() == [0.5, 0]
    assert (result.step[0, 0], result.slot[0, 0], result.supply[0, 0], result.source[0, 0]) == (1, 0, NONE, NONE)


def test_a_hit_on_a_supply_works_through_the_combination() -> None:
    """One of two suppliers cut off from this buyer alone: harmless in any-of, its share in shares."""
    choice = PlainNetwork(4, (slot(0, 1, 1.0, Mode.ANY_OF, 2, 3),))
    assert losses(choice, hit((0, 0), 1.0, SUPPLY)) == [0, 0, 0, 0]
    assert losses(choice, hit((0, 0), 1.0, SUPPLY), hit((0, 1), 0.5, SUPPLY)) == [0.5, 0, 0, 0]
    shared = PlainNetwork(4, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.25), (3, 0.75)),))
    assert losses(shared, hit((0, 1), 1.0, SUPPLY)) == [0.75, 0, 0, 0]


def test_several_slots_take_the_maximum_not_the_sum() -> None:
    """Two lost needs at 0.5 and 0.25 cost 0.5."""
    plain = PlainNetwork(3, (slot(0, 1, 0.5), slot(0, 2, 0.25)))
    assert losses(plain, hit(1), hit(2))[0] == 0.5


def test_several_hits_on_one_target_take_the_greatest() -> None:
    """Hit by 0.25 and by 0.5 is hit by 0.5, at each end of the interval by itself."""
    plain = PlainNetwork(1)
    first, second = PlainHit(NODE, 0, Interval(0.25, 0.25, 0.25)), PlainHit(NODE, 0, Interval(0.0, 0.125, 1.0))
    result = run(plain, (first, second))
    assert (result.low[0, 0], result.loss[0, 0], result.high[0, 0]) == (0.25, 0.25, 1.0)


def test_words_multiply_along_a_chain() -> None:
    """High on High: 0.75 x 0.75, between 0.6 x 0.6 and 0.9 x 0.9."""
    high = Interval(0.6, 0.75, 0.9)
    plain = PlainNetwork(3, (Slot(1, 0, high), Slot(2, 1, high)))
    result = run(plain, (hit(0),))
    assert (result.loss[0, 2], result.low[0, 2], result.high[0, 2]) == pytest.approx((0.5625, 0.36, 0.81))


def test_the_shortest_of_equal_ways_binds() -> None:
    """Two needs cost the same: the one nearer to the hit is the cause."""
    plain = PlainNetwork(4, (slot(1, 0), slot(2, 1), slot(3, 2), slot(3, 0)))
    result = run(plain, (hit(0),))
    assert result.step[0].tolist() == [0, 1, 2, 1]
    assert result.source[0, 3] == 0


def test_a_hit_node_that_loses_more_through_a_need_is_bound_to_it() -> None:
    """Hit by 0.25 and losing 0.5 through a need: the need is the cause, one step on."""
    plain = PlainNetwork(2, (slot(0, 1, 0.5),))
    result = run(plain, (hit(0, 0.25), hit(1)))
    assert (result.loss[0, 0], result.step[0, 0], result.source[0, 0]) == (0.5, 1, 1)


def test_shares_bind_to_a_supplier_that_loses_enough() -> None:
    """The largest part of the loss comes from the supplier of the largest share among those that lose as much."""
    plain = PlainNetwork(5, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.75), (3, 0.125), (4, 0.125)),))
    result = run(plain, (hit(2, 0.5), hit(3), hit(4, 0.5)))
    assert result.loss[0, 0] == 0.375 + 0.125 + 0.0625
    assert result.source[0, 0] == 3


def test_a_circle_that_keeps_a_last_digit_is_led_back_to_its_hit() -> None:
    """What feeds on itself in full keeps a loss that rounding carried above its cause; the cause is found all the same."""
    shares = slot(0, 1, 0.75, Mode.SHARES, (0, 0.5), (3, 0.5))
    plain = PlainNetwork(4, (slot(0, 0, 1.0, Mode.ALL_OF, (0, 0.0), (1, 0.0), (2, 0.0)), shares, slot(3, 0, 1.0)))
    result = run(plain, (PlainHit(SUPPLY, (1, 0), exactly(1.0)),))
    assert result.loss[0] == pytest.approx([0.6, 0, 0, 0.6], rel=1e-12)
    assert result.step[0].tolist() == [1, -1, -1, 2]
    assert (result.source[0, 0], result.source[0, 3]) == (NONE, 0)


def test_hits_of_wrong_shape_are_refused() -> None:
    """Numbers of no node, losses outside 0..1 and arrays of another width raise UsageError."""
    from knockon.errors import UsageError

    network, _, _ = to_arrays(PlainNetwork(3))
    for wrong in ([3], [-1], np.zeros((1, 4)), np.full((1, 3), 1.5), np.full((1, 3), np.nan), np.zeros((1, 1, 3)), [0.5]):
        with pytest.raises(UsageError):
            Hits.of(network, wrong)
