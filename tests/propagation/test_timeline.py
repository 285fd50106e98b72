"""The laws of the timeline model, and its values worked by hand."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.network import Network
from knockon.network.compile import compile_network
from knockon.network.hits import SLOT, SUPPLY
from knockon.network.network import Mode
from knockon.propagation.leontief import leontief
from knockon.propagation.result import NONE
from knockon.propagation.timeline import TimelineResult, timeline
from support.networks import (
    EIGHTHS,
    PlainNetwork,
    Shock,
    exactly,
    hit,
    networks_with_shocks,
    oracle,
    plain_networks,
    renumbered,
    shared,
    shocks_on,
    slot,
    substitutes_for,
    to_arrays,
)
from support.small_records import iri, need

ROWS = ("loss", "low", "high", "step", "slot", "supply", "source", "shortage", "iterations", "residual")
TIMES = ("time_to_impact", "time_to_recover", "area", "path")
#: Days that are whole and half steps, so that no rounding hides an error.
DAYS = st.sampled_from([0.0, 0.0, 0.5, 1.0, 2.5, 7.0])


@st.composite
def settings_for(draw: st.DrawFn, plain: PlainNetwork) -> dict[str, Any]:
    """Stocks, delays, durations and recoveries for a network."""
    network, _, _ = to_arrays(plain)
    days = {
        name: draw(st.lists(DAYS, min_size=size, max_size=size))
        for name, size in (("buffer", network.slots), ("delay", network.supplies))
    }
    duration = draw(st.sampled_from([None, 0.0, 1.0, 3.5, 12.0]))
    recovery = 0.0 if duration is None else draw(DAYS)
    return {**days, "duration": duration, "recovery": recovery, "horizon": draw(st.integers(1, 30)), "paths": True}


def run(plain: PlainNetwork, *shocks: Shock, **options: Any) -> TimelineResult:
    network, hits, _ = to_arrays(plain, shocks)
    return timeline(network, hits, **options)


def chain(size: int) -> PlainNetwork:
    return PlainNetwork(size, tuple(slot(node + 1, node) for node in range(size - 1)))


# Laws


@given(networks_with_shocks())
def test_a_shock_that_lasts_ends_in_leontief(case: tuple[PlainNetwork, Shock]) -> None:
    """Without stocks and delays the last state is that of leontief, to 1e-12, and it was never above it."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    result, end = timeline(network, hits, horizon=2000, paths=True), leontief(network, hits, eps=1e-15)
    assert result.path[0, -1] == pytest.approx(end.loss[0], abs=1e-12)
    for rows in ("loss", "low", "high"):
        assert getattr(result, rows)[0] == pytest.approx(getattr(end, rows)[0], abs=1e-12), rows
    assert result.shortage[0] == pytest.approx(end.shortage[0], abs=1e-12)
    assert (result.path >= 0).all()


@given(networks_with_shocks(), st.data())
def test_no_loss_is_ever_greater_than_leontiefs(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Whatever stocks, delays and recoveries there are, at no time and at no bound."""
    plain, shock = case
    result = run(plain, shock, **data.draw(settings_for(plain)))
    for bound, rows in enumerate((result.low, result.loss, result.high)):
        limit = np.array(list(oracle(plain, shock, bound).values()))
        assert (rows[0] <= limit + 1e-12).all()
    assert (result.path[0] <= result.loss[0]).all()


def met(mode: Mode, lost: list[float], shares: list[float], k: int, unstated: list[int], bound: int) -> float:
    if mode is Mode.SHARES:
        return shared(shares, lost, unstated, bound)
    return {Mode.ALL_OF: max(lost), Mode.ANY_OF: min(lost)}.get(mode, sorted(lost)[k - 1])


def stepped(network: Network, hits: Any, bound: int, given: dict[str, Any]) -> list[list[float]]:
    """The equations of the module, one slot at a time, in steps of a day."""
    node_hit, slot_hit, supply_hit = hits.initial_losses(network, 0, bound)
    duration, recovery = given["duration"], given["recovery"]
    stock, days = list(given["buffer"]), []
    alternatives = list(zip(*network.substitutes.arrays(), strict=True)) if network.substitutes else []
    for t in range(given["horizon"] + 1):
        left = 1.0
        if duration is not None and t >= duration:
            left = max(0.0, 1 - (t - duration) / recovery) if recovery else 0.0
        before = days[-1] if days else [0.0] * network.size
        loss = [left * one for one in node_hit]
        for r in range(network.slots):
            lost, shares = [], []
            for s in range(network.supply_start[r], network.supply_start[r + 1]):
                then = t - 1 - int(np.ceil(given["delay"][s]))
                lost.append(max(left * supply_hit[s], days[then][network.supply_provider[s]] if then >= 0 else 0.0))
                shares.append(network.supply_share[s])
            open_ = np.flatnonzero(network.unstated[network.supply_start[r] : network.supply_start[r + 1]]).tolist()
            unmet = met(Mode(network.mode[r]), lost, shares, int(network.at_least[r]), open_, bound) if lost else 0.0
            short = max(left * slot_hit[r], before[network.slot_need[r]], unmet)
            if others := [before[p] for s, p, days_until in alternatives if s == r and t >= days_until]:
                short = min(short, max(left * slot_hit[r], before[network.slot_need[r]], min(others)))
            drawn = min(stock[r], short)
            stock[r] = stock[r] - drawn if short > 0 else min(given["buffer"][r], stock[r] + 1.0)
            owner = network.slot_owner[r]
            loss[owner] = max(loss[owner], network.weights[bound, r] * (short - drawn))
        days.append(loss)
    return days


@given(networks_with_shocks(), st.data())
def test_the_equations_written_plainly_give_the_same_path(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Every loss of every day, and the greatest at each bound, are those of a loop over slots."""
    plain, shock = case
    options = data.draw(settings_for(plain))
    network, hits, _ = to_arrays(plain, [shock])
    network = replace(network, substitutes=data.draw(substitutes_for(network)))
    result = timeline(network, hits, **options)
    for bound, rows in enumerate((result.low, result.loss, result.high)):
        days = np.array(stepped(network, hits, bound, options)).reshape(len(result.time), plain.size)
        assert rows[0] == pytest.approx(days.max(axis=0), abs=1e-12)
        if bound == 1:
            assert result.path[0] == pytest.approx(days, abs=1e-12)


@given(networks_with_shocks(), st.data())
def test_what_is_told_of_time_is_read_off_the_path(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Impact, recovery, area, greatest loss and rest agree with the path, though a run ends when all is at rest."""
    plain, shock = case
    result = run(plain, shock, threshold=0.25, step=0.5, **data.draw(settings_for(plain)))
    assert result.path.shape == (1, len(result.time), plain.size)
    for node in range(plain.size):
        path = result.path[0, :, node]
        over = np.flatnonzero(path >= 0.25)
        impact = over[0] * 0.5 if over.size else np.inf
        recover = np.nan if not over.size else np.inf if over[-1] == len(path) - 1 else (over[-1] + 1) * 0.5
        assert result.time_to_impact[0, node] == impact
        assert result.time_to_recover[0, node] == pytest.approx(recover, nan_ok=True)
        assert result.area[0, node] == pytest.approx(path[:-1].sum() * 0.5)
        assert result.loss[0, node] == path.max()
    if result.stopped_by == ("tolerance",):
        assert result.path[0, -1] == pytest.approx(result.path[0, -2], abs=1e-9)


@given(plain_networks(), st.data())
def test_no_shock_gives_exactly_nothing(plain: PlainNetwork, data: st.DataObject) -> None:
    """No hits and hits of severity 0 leave exact zeros, no impact and no steps run."""
    nothing = tuple(replace(one, severity=exactly(0.0)) for one in data.draw(shocks_on(plain)))
    result = run(plain, (), nothing, buffer=2.0, delay=1.0, paths=True)
    for rows in (result.loss, result.low, result.high, result.shortage, result.area, result.path):
        assert not rows.any()
    assert (result.step == NONE).all()
    assert np.isinf(result.time_to_impact).all()
    assert np.isnan(result.time_to_recover).all()
    assert (result.stopped_by, result.iterations.tolist()) == (("tolerance",) * 2, [0, 0])


@given(networks_with_shocks(), st.data())
def test_no_loss_falls_when_a_shock_grows(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """A harder or longer shock, a higher criticality or a smaller stock never lowers a loss at any time."""
    plain, shock = case
    options = data.draw(settings_for(plain))
    before = run(plain, shock, **options)
    worse, harder, longer = plain, shock, dict(options)
    if shock and data.draw(st.booleans()):
        harder = (replace(shock[0], severity=raised(shock[0].severity, data)), *shock[1:])
    if plain.slots and data.draw(st.booleans()):
        worse = replace(plain, slots=(replace(plain.slots[0], weight=raised(plain.slots[0].weight, data)), *plain.slots[1:]))
    if options["duration"] is not None:
        longer["duration"] = options["duration"] + data.draw(DAYS)
    longer["buffer"] = [days * data.draw(EIGHTHS) for days in options["buffer"]]
    after = run(worse, harder, **longer)
    for rows in ("path", "loss", "low", "high", "area"):
        assert (getattr(after, rows) >= getattr(before, rows) - 1e-12).all(), rows
    assert (after.time_to_impact <= before.time_to_impact).all() or near(after, before)


def near(after: TimelineResult, before: TimelineResult) -> bool:
    """Whether only rounding at the threshold tells two impacts apart."""
    late = after.time_to_impact > before.time_to_impact
    return bool((np.abs(before.path - 0.05).min(axis=1)[late] < 1e-9).all())


def raised(value: Any, data: st.DataObject) -> Any:
    return type(value)(*sorted(one + (1 - one) * data.draw(EIGHTHS) for one in value))


@given(networks_with_shocks(), st.data())
def test_low_point_high_lie_in_order_and_in_bounds(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """0 <= low <= point <= high <= 1, exactly."""
    plain, shock = case
    result = run(plain, shock, **data.draw(settings_for(plain)))
    assert (result.low >= 0).all()
    assert (result.low <= result.loss).all()
    assert (result.loss <= result.high).all()
    assert (result.high <= 1).all()
    assert ((result.shortage >= 0) & (result.shortage <= 1)).all()


@given(networks_with_shocks(numbers=EIGHTHS, modes=(Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)), st.data())
def test_relabelling_changes_nothing(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Other numbers for the nodes, other orders of slots: the same losses at the same times."""
    plain, shock = case
    new = data.draw(st.permutations(range(plain.size)))
    other, moved = renumbered(plain, shock, new, turned=data.draw(st.booleans()))
    options = {"duration": data.draw(st.sampled_from([None, 4.0])), "buffer": data.draw(DAYS), "delay": data.draw(DAYS)}
    before, after = run(plain, shock, **options), run(other, moved, **options)
    for rows in ("loss", "low", "high", "time_to_impact", "time_to_recover", "area"):
        assert getattr(after, rows)[0, list(new)] == pytest.approx(getattr(before, rows)[0], nan_ok=True), rows


@given(plain_networks(), st.data())
def test_a_batch_is_one_by_one(plain: PlainNetwork, data: st.DataObject) -> None:
    """Several shocks at once give, row by row and to the last bit, what each gives alone."""
    shocks = data.draw(st.lists(shocks_on(plain), max_size=3))
    options = data.draw(settings_for(plain))
    together = run(plain, *shocks, **options)
    assert together.loss.shape == (len(shocks), plain.size)
    for row, shock in enumerate(shocks):
        alone = run(plain, shock, **options)
        for name in (*ROWS, *TIMES):
            assert np.array_equal(getattr(together, name)[row], getattr(alone, name)[0], equal_nan=name in TIMES), name
        assert together.stopped_by[row] == alone.stopped_by[0]


@given(networks_with_shocks(), st.data())
def test_bindings_lead_back_to_a_hit(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Sources lose at least what they explain, were lost earlier, and following them ends at a hit."""
    plain, shock = case
    network, _, _ = to_arrays(plain)
    result = run(plain, shock, **{**data.draw(settings_for(plain)), "threshold": 1e-9})
    for node in range(plain.size):
        bound = tuple(int(rows[0, node]) for rows in (result.slot, result.supply, result.source))
        if result.loss[0, node] == 0:
            assert (*bound, result.step[0, node]) == (NONE,) * 4
            continue
        owned, supply, source = bound
        if owned == NONE:
            assert (result.step[0, node], supply, source) == (0, NONE, NONE)
            continue
        assert network.slot_owner[owned] == node
        if source == NONE:
            assert result.step[0, node] == 1
            continue
        assert source == (network.slot_need[owned] if supply == NONE else network.supply_provider[supply])
        assert result.step[0, node] == 1 + result.step[0, source]
        assert result.loss[0, source] >= result.loss[0, node]
        if result.loss[0, node] >= 1e-9:
            first = [np.flatnonzero(result.path[0, :, one])[0] for one in (source, node)]
            assert first[0] < first[1] or result.path[0, first[1], node] < result.loss[0, node]


# Worked by hand


def test_a_chain_passes_a_loss_on_day_by_day() -> None:
    """Each edge takes a step; a shock of three days passes through each node for three days."""
    result = run(chain(4), (hit(0),), duration=3, horizon=10, paths=True)
    assert result.path[0, :, 3].tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert result.time_to_impact[0].tolist() == [0, 1, 2, 3]
    assert result.time_to_recover[0].tolist() == [3, 4, 5, 6]
    assert result.area[0].tolist() == [3, 3, 3, 3]
    assert result.step[0].tolist() == [0, 1, 2, 3]
    assert (result.stopped_by, result.iterations.tolist()) == (("tolerance",), [7])


def test_a_stock_delays_the_loss_and_a_half_shortage_doubles_its_life() -> None:
    """Five days of stock cover five days of a whole shortage, and ten of half a one."""
    assert run(chain(2), (hit(0),), buffer=5.0).time_to_impact[0, 1] == 6
    assert run(chain(2), (hit(0, 0.5),), buffer=5.0).time_to_impact[0, 1] == 11


def test_a_stock_that_ends_within_a_step_covers_its_part_of_it() -> None:
    """Two and a half days of stock: half a loss on the third day of shortage."""
    result = run(chain(2), (hit(0),), buffer=2.5, horizon=6, paths=True)
    assert result.path[0, :, 1].tolist() == [0, 0, 0, 0.5, 1, 1, 1]


def test_a_stock_fills_up_again_when_nothing_is_short() -> None:
    """After a shock that is over, the stock regains ``refill`` days a day; without refill it stays empty."""
    plain = PlainNetwork(3, (slot(1, 0), slot(2, 1)))
    network, hits, _ = to_arrays(plain, [(hit(0),)])
    short = timeline(network, hits, duration=4, buffer=[4.0, 0.0], horizon=20, paths=True)
    assert not short.path[0, :, 1].any()
    assert short.stopped_by == ("tolerance",)
    # Refilling takes steps in which nothing is lost: four at 1, forty at 0.1, none at 0.
    runs = [timeline(network, hits, duration=4, buffer=4.0, horizon=99, refill=refill) for refill in (1, 0.1, 0)]
    assert [int(one.iterations[0]) for one in runs] == [9, 45, 5]


def test_a_hit_heals_linearly() -> None:
    """Two days whole, then a quarter less each day; half way through a step counts as half."""
    result = run(PlainNetwork(1), (hit(0),), duration=2, recovery=4, horizon=8, paths=True)
    assert result.path[0, :, 0].tolist() == [1, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0]
    assert result.area[0, 0] == 4.5


def test_a_delay_holds_up_loss_and_recovery_alike() -> None:
    """A supply of three days' delay: its provider's loss arrives three days later, and so does its return."""
    plain = PlainNetwork(3, (slot(0, 1, 1.0, Mode.ALL_OF, 2),))
    result = run(plain, (hit(2),), duration=2, delay=3, horizon=12)
    assert (result.time_to_impact[0, 0], result.time_to_recover[0, 0]) == (4, 6)
    fine = run(plain, (hit(2),), duration=2, delay=0.3, horizon=60, step=0.1)
    assert fine.time_to_impact[0, 0] == pytest.approx(0.4)
    assert not run(plain, (hit(2),), delay=1e9, horizon=3).loss[0, 0]


def test_a_loss_on_its_way_is_not_rest() -> None:
    """Nothing moves for days while a loss travels: the run goes on, and says ``cap`` where it arrives too late."""
    plain = PlainNetwork(3, (slot(0, 1, 1.0, Mode.ALL_OF, 2),))
    assert run(plain, (hit(2),), delay=5, horizon=20).loss[0, 0] == 1
    assert run(plain, (hit(2),), delay=30, horizon=20).stopped_by == ("cap",)
    assert run(chain(2), (hit(0),), buffer=30.0, horizon=20).stopped_by == ("cap",)
    assert run(chain(2), (hit(0),), duration=30, horizon=20).stopped_by == ("cap",)


def test_a_delay_elsewhere_does_not_keep_a_run_going() -> None:
    """What a supplier that loses nothing may deliver late changes nothing: the run is at rest, not stopped by its cap."""
    plain = PlainNetwork(5, (slot(1, 0), slot(2, NONE, 1.0, Mode.ALL_OF, 3)))
    network, hits, _ = to_arrays(plain, [(hit(0),), (hit(3),)])
    result = timeline(network, hits, delay=90, horizon=90)
    assert result.stopped_by == ("tolerance", "cap")
    assert result.residual.tolist() == [0.0, 0.0]


def test_goods_on_their_way_that_change_nothing_are_rest() -> None:
    """A loss that is still to arrive where all is lost already, or another supplier covers it, is not stopped by the cap."""
    lost = PlainNetwork(3, (slot(0, NONE, 1.0, Mode.ALL_OF, 1), slot(0, NONE, 1.0, Mode.ALL_OF, 2)))
    network, hits, _ = to_arrays(lost, [(hit(0), hit(1))])
    assert timeline(network, hits, delay=90, horizon=30).stopped_by == ("tolerance",)
    covered = PlainNetwork(3, (slot(0, NONE, 1.0, Mode.ANY_OF, 1, 2),))
    network, hits, _ = to_arrays(covered, [(hit(1),), (hit(1), hit(2))])
    assert timeline(network, hits, delay=90, horizon=30).stopped_by == ("tolerance", "cap")
    # A stock behind it would be drawn on: that is not rest.
    assert timeline(network, hits, delay=90, buffer=400, horizon=200).stopped_by == ("tolerance", "cap")


@given(plain_networks(), st.data())
def test_at_rest_means_that_no_later_step_differs(plain: PlainNetwork, data: st.DataObject) -> None:
    """A run that did not stop by its cap has the same losses under a horizon that is much longer; to 1e-9."""
    network, hits, _ = to_arrays(plain, [data.draw(shocks_on(plain))])
    given = data.draw(settings_for(plain))
    short = timeline(network, hits, **given)
    if short.stopped_by == ("tolerance",):
        long = timeline(network, hits, **{**given, "horizon": 400})
        assert long.path[0, given["horizon"] :] == pytest.approx(
            np.tile(short.path[0, -1], (401 - given["horizon"], 1)), abs=1e-9
        )


def test_days_are_timed_where_a_stock_or_delay_is_on_the_way() -> None:
    """Links alone take steps, which are no days that anybody recorded; what comes after a stock or delay is timed."""
    network, hits, _ = to_arrays(chain(4), [(hit(0),)])
    assert timeline(network, hits).timed.tolist() == [[False] * 4]
    assert timeline(network, hits, buffer=[0.0, 2.0, 0.0]).timed.tolist() == [[False, False, True, True]]
    either = PlainNetwork(4, (slot(0, NONE, 1.0, Mode.ANY_OF, 1, 2), slot(3, 0)))
    network, hits, _ = to_arrays(either, [(hit(1), hit(2)), (hit(1),)])
    assert timeline(network, hits, delay=[0.0, 9.0]).timed.tolist() == [[True, False, False, True], [False] * 4]


def test_a_delay_beyond_memory_is_refused() -> None:
    """Before any memory is taken, with what would fit."""
    plain = PlainNetwork(3, (slot(0, NONE, 1.0, Mode.ALL_OF, 2),))
    network, hits, _ = to_arrays(PlainNetwork(300, plain.slots), [(hit(2),)])
    with pytest.raises(UsageError, match="the longest delay is 10,000,001 steps"):
        timeline(network, hits, delay=1e9, horizon=10_000_000)


def test_hits_on_slots_and_supplies_heal_as_well() -> None:
    """A slot and a supply cut off for two days cost their owners two days."""
    plain = PlainNetwork(4, (slot(0, 1), slot(2, 1, 0.5, Mode.ALL_OF, 3)))
    result = run(plain, (hit(0, 1.0, SLOT), hit((1, 0), 1.0, SUPPLY)), duration=2, horizon=9)
    assert result.area[0].tolist() == [2, 0, 1, 0]
    assert result.source[0].tolist() == [NONE] * 4
    assert result.supply[0].tolist() == [NONE, NONE, 0, NONE]


def test_shares_bind_to_a_supplier_that_loses_enough() -> None:
    """The largest part comes from the supplier of the largest share among those that lose as much as they cause."""
    plain = PlainNetwork(5, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.75), (3, 0.125), (4, 0.125)),))
    result = run(plain, (hit(2, 0.5), hit(3), hit(4, 0.5)))
    assert (result.loss[0, 0], result.source[0, 0]) == (0.5625, 3)


def test_days_of_the_network_are_used_and_can_be_replaced() -> None:
    """Stocks come from the network unless they are given, as a number or one for each slot."""
    network, hits, _ = to_arrays(chain(3), [(hit(0),)])
    stocked = replace(network, buffer=np.array([2.0, 3.0]))
    assert timeline(stocked, hits).time_to_impact[0].tolist() == [0, 3, 7]
    assert timeline(stocked, hits, buffer=0).time_to_impact[0].tolist() == [0, 1, 2]
    assert timeline(stocked, hits, buffer=[0, 3]).time_to_impact[0].tolist() == [0, 1, 5]
    assert timeline(stocked, hits, buffer=1).parameters["buffer"] == 1.0
    assert "sha256" in str(timeline(stocked, hits, buffer=[0, 3]).parameters["buffer"])


def test_money_flows_go_round_and_end() -> None:
    """On flows a circle of shares comes to the losses of leontief."""
    network = Network.from_flows([0, 1, 2, 3], [1, 2, 0, 0], [2.0, 1.0, 1.0, 1.0], sector=[0, 1, 0, 1])
    result = timeline(network, np.array([[0.0, 0.0, 0.0, 0.5]]), horizon=200)
    assert result.loss == pytest.approx(leontief(network, np.array([[0.0, 0.0, 0.0, 0.5]]), eps=1e-15).loss, abs=1e-12)
    assert result.stopped_by == ("tolerance",)


@settings(max_examples=settings.default.max_examples // 3)
@given(plain_networks())
def test_many_shocks_go_in_batches(plain: PlainNetwork) -> None:
    """However small the batches are, the rows are the same."""
    network, _, _ = to_arrays(plain)
    # The package gives the function of this name; the module is where its numbers stand.
    source = sys.modules["knockon.propagation.timeline"]
    whole = timeline(network, buffer=1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "BATCH", 1)
        single = timeline(network, buffer=1.0)
    assert all(np.array_equal(getattr(whole, name), getattr(single, name)) for name in ROWS)


# Edges


def test_empty_networks_and_no_shocks_are_safe() -> None:
    """No nodes, no slots, no shocks: empty answers of the right shape."""
    network, hits, _ = to_arrays(PlainNetwork(0))
    assert timeline(network).loss.shape == (0, 0)
    assert timeline(network, hits).path.shape == (1, 91, 0)
    isolated, _, _ = to_arrays(PlainNetwork(3))
    assert timeline(isolated).loss.tolist() == np.eye(3).tolist()
    none = timeline(chained := to_arrays(chain(3))[0], [])
    assert (none.loss.shape, none.shortage.shape, none.path.shape) == ((0, 3), (0, chained.slots), (0, 91, 3))
    assert none.stopped_by == ()


def test_a_path_that_was_not_kept_says_how_to_get_it() -> None:
    """Reading it is an error that names the parameter; above the stated size it is not kept unless asked for."""
    network, hits, _ = to_arrays(chain(3), [(hit(0),)])
    with pytest.raises(UsageError, match="paths=True"):
        _ = timeline(network, hits, paths=False).path
    with pytest.raises(UsageError, match="paths=True"):
        _ = timeline(network, hits, horizon=2_000_000).path


WRONG: list[dict[str, Any]] = [
    {"horizon": 0},
    {"horizon": 2.5},
    {"horizon": True},
    {"step": 0},
    {"step": -1.0},
    {"step": float("inf")},
    {"duration": -1},
    {"duration": float("nan")},
    {"duration": 3, "recovery": -1},
    {"recovery": 3},
    {"buffer": -1},
    {"buffer": float("inf")},
    {"buffer": [1.0]},
    {"buffer": "a week"},
    {"delay": [[1.0]]},
    {"delay": float("nan")},
    {"refill": -1},
    {"threshold": 0},
    {"threshold": 1.5},
    {"threshold": "high"},
    {"eps": -1},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """Each raises UsageError and names the parameter."""
    network, hits, _ = to_arrays(chain(3), [(hit(0),)])
    with pytest.raises(UsageError, match=list(wrong)[-1] if len(wrong) == 1 and "recovery" not in wrong else "recovery"):
        timeline(network, hits, **wrong)


def test_a_loop_of_weights_ends_at_its_limit() -> None:
    """Within 1e-9 of it a horizon takes the last rounds at once; further off it says that losses still move."""
    parts = [need("a", "b", portion="0.8"), need("a", "c", portion="0.2"), need("b", "a", portion="0.9")]
    network = compile_network(parts).network
    shock = [network.index[iri("c")]]
    limit = leontief(network, shock)
    results = {days: timeline(network, shock, horizon=days) for days in (90, 130)}
    assert [results[days].stopped_by for days in (90, 130)] == [("cap",), ("tolerance",)]
    assert np.abs(results[130].loss - limit.loss).max() < 1e-12
    assert results[130].residual.tolist() == [0.0]
    assert (results[90].loss <= limit.loss).all()
    assert np.abs(results[130].path[0, -1] - limit.loss[0]).max() < 1e-12
