"""Alternatives with a switching time: what they meet and when, and that no loss falls when anything worsens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData
from knockon.model import Company, Provision
from knockon.network import Network
from knockon.network.compile import compile_network
from knockon.network.hits import Hits
from knockon.network.network import NONE, Mode
from knockon.network.substitutes import Substitutes
from knockon.propagation.buffer_times import buffer_times
from knockon.propagation.structure.upstream import upstream
from knockon.propagation.timeline import timeline
from support.networks import (
    PlainNetwork,
    hit,
    networks_with_shocks,
    plain_networks,
    slot,
    substitutes_for,
    to_arrays,
)
from support.small_records import iri, need

#: A supplier (0) of two buyers (1, 2), and an alternative (3).
TWO_BUYERS = PlainNetwork(4, (slot(1, NONE, 1.0, Mode.ALL_OF, 0), slot(2, NONE, 1.0, Mode.ALL_OF, 0)))
DAYS = st.sampled_from([0.0, 1.0, 3.0, 7.0])


def with_alternative(days: float) -> Network:
    return replace(to_arrays(TWO_BUYERS)[0], substitutes=Substitutes.of([(0, 3, days)]))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, Hits, dict[str, Any]]:
    """A network with alternatives, a shock on it, and the stocks, delays and duration of a run."""
    plain, shock = draw(networks_with_shocks())
    network, hits, _ = to_arrays(plain, [shock])
    options = {
        "buffer": np.array(draw(st.lists(DAYS, min_size=network.slots, max_size=network.slots))),
        "delay": np.array(draw(st.lists(DAYS, min_size=network.supplies, max_size=network.supplies))),
        "duration": draw(st.sampled_from([None, 4.0])),
        "horizon": 20,
        "paths": True,
    }
    return replace(network, substitutes=draw(substitutes_for(network))), hits, options


def later(network: Network, place: int) -> Network:
    """The same network with a longer switching time."""
    given = network.substitutes
    days = given.days + 3.0 * (np.arange(len(given)) == place)
    return replace(network, substitutes=replace(given, days=days))


def fewer(network: Network, place: int) -> Network:
    """The same network without an alternative."""
    rows = [row for number, row in enumerate(zip(*network.substitutes.arrays(), strict=True)) if number != place]
    return replace(network, substitutes=Substitutes.of(rows) if rows else None)


@given(cases(), st.data())
def test_no_loss_falls_when_anything_worsens(case: tuple[Network, Hits, dict[str, Any]], data: st.DataObject) -> None:
    """Harder hits, smaller stocks, longer switching times and fewer alternatives: at no time, and at no bound."""
    network, hits, options = case
    worse_network, worse_hits, worse = network, hits, dict(options)
    changes = data.draw(st.sets(st.sampled_from(["hits", "stocks", "times", "alternatives"]), min_size=1))
    if "hits" in changes:
        worse_hits = replace(hits, severity=np.minimum(1.0, hits.severity + data.draw(st.sampled_from([0.125, 0.5, 1.0]))))
    if "stocks" in changes:
        worse["buffer"] = options["buffer"] * data.draw(st.sampled_from([0.0, 0.5]))
    for name, change in (("times", later), ("alternatives", fewer)):
        if name in changes and worse_network.substitutes is not None:
            place = data.draw(st.integers(0, len(worse_network.substitutes) - 1))
            worse_network = change(worse_network, place)
    before, after = timeline(network, hits, **options), timeline(worse_network, worse_hits, **worse)
    assert (after.path >= before.path - 1e-12).all()
    for rows in ("low", "loss", "high", "area"):
        assert (getattr(after, rows) >= getattr(before, rows) - 1e-9).all(), rows
    assert (before.low <= before.loss + 1e-12).all()
    assert (before.loss <= before.high + 1e-12).all()


@given(cases())
def test_ways_back_to_the_shock_end(case: tuple[Network, Hits, dict[str, Any]]) -> None:
    """Every loss has a step, and each source is nearer to the shock."""
    network, hits, options = case
    result = timeline(network, hits, **options)
    assert ((result.step[0] != NONE) == (result.loss[0] > 0)).all()
    for node in np.flatnonzero(result.source[0] != NONE):
        assert result.step[0, result.source[0, node]] == result.step[0, node] - 1


def test_the_alternative_takes_over_when_its_time_has_passed() -> None:
    """From the step of its switching time on the buyer loses nothing; the other buyer loses all to the end."""
    result = timeline(with_alternative(5.0), [0], horizon=20, paths=True)
    assert result.path[0, :, 1].tolist() == [0.0, *[1.0] * 4, *[0.0] * 16]
    assert result.path[0, 1:, 2].tolist() == [1.0] * 20
    assert result.switched.tolist() == [[5.0]]
    assert result.time_to_recover[0].tolist() == [np.inf, 5.0, np.inf, pytest.approx(np.nan, nan_ok=True)]
    assert result.timed[0].tolist() == [False, True, False, False]


def test_a_stock_that_lasts_until_then_spares_the_buyer() -> None:
    """A stock of four days and a switching time of five: nothing is lost, as the shortage begins on day 1."""
    stocked = timeline(with_alternative(5.0), [0], horizon=20, buffer=[4.0, 4.0])
    assert stocked.loss[0].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert timeline(with_alternative(5.5), [0], horizon=20, buffer=[4.0, 4.0]).area[0, 1] == 1.0


def test_an_alternative_that_is_hit_meets_what_it_delivers() -> None:
    """In its own time course: it loses 0.25 from the start, and all of it from the day on which its stock is used up."""
    plain = PlainNetwork(5, (*TWO_BUYERS.slots, slot(3, NONE, 1.0, Mode.ALL_OF, 4)))
    network = replace(to_arrays(plain)[0], substitutes=Substitutes.of([(0, 3, 2.0)]))
    shock = np.array([[1.0, 0.0, 0.0, 0.25, 1.0]])
    path = timeline(network, shock, horizon=10, buffer=[0.0, 0.0, 5.0], paths=True).path[0, :, 1]
    assert path.tolist() == [0.0, 1.0, *[0.25] * 5, *[1.0] * 4]


def test_of_several_alternatives_the_one_that_loses_least_meets_the_need() -> None:
    """The first is free from day 1, the second, which loses less, from day 4; of equals the first counts."""
    network, _, _ = to_arrays(PlainNetwork(6, TWO_BUYERS.slots))
    network = replace(network, substitutes=Substitutes.of([(0, 3, 2.0), (0, 4, 4.0), (0, 5, 4.0)]))
    shock = np.array([[1.0, 0.0, 0.0, 0.5, 0.0, 0.0]])
    result = timeline(network, shock, horizon=10, paths=True)
    assert result.path[0, :6, 1].tolist() == [0.0, 1.0, 0.5, 0.5, 0.0, 0.0]
    assert result.switched.tolist() == [[2.0, 4.0, np.inf]]


def test_a_hit_on_the_dependency_or_the_need_remains() -> None:
    """An alternative replaces suppliers alone."""
    plain = PlainNetwork(4, (slot(1, 2, 1.0, Mode.ALL_OF, 0),))
    network, hits, _ = to_arrays(plain, [(hit(0), hit(2, 0.5)), (hit(0), hit(0, 0.25, kind=1))])
    network = replace(network, substitutes=Substitutes.of([(0, 3, 3.0)]))
    result = timeline(network, hits, horizon=8, paths=True)
    assert result.path[:, -1, 1].tolist() == [0.5, 0.25]


def test_the_horizon_reaches_the_last_alternative_that_matters() -> None:
    """A switching time of 200 days is waited for, and a step of rest, where the need is short; not where nothing is."""
    assert timeline(with_alternative(200.0), [0]).time[-1] == 201.0
    assert timeline(with_alternative(200.0), [2]).time[-1] == 90.0
    cut = timeline(with_alternative(200.0), [0], horizon=100)
    assert cut.stopped_by == ("cap",)


@pytest.mark.parametrize("step", [0.5, 1.0, 0.3])
def test_a_step_of_another_length_takes_over_in_the_first_step_that_is_late_enough(step: float) -> None:
    """With steps of 0.3 days, three days are ten steps, although 3 / 0.3 is above 10 in floating point."""
    assert timeline(with_alternative(3.0), [0], horizon=60, step=step).switched[0, 0] == pytest.approx(3.0)


def test_in_place_of_provisions() -> None:
    """A buyer without suppliers of its own changes from who provides for everyone; others lose to the end."""
    records = [
        Company(id=iri("mill"), label="Mill"),
        Provision.model_validate({"id": iri("p"), "provider": iri("mill"), "provided": iri("steel")}),
        need("shop", "steel", criticality_value="1", alternative=[iri("forge")], switching_time="P5D"),
        need("yard", "steel", criticality_value="1"),
    ]
    network = compile_network(records).network
    result = timeline(network, [network.index[iri("mill")]], horizon=20, paths=True)
    paths = {name: result.path[0, :, network.index[iri(name)]].tolist() for name in ("shop", "yard")}
    assert paths["yard"] == [0.0, 0.0, *[1.0] * 19]
    assert paths["shop"] == [0.0, 0.0, *[1.0] * 3, *[0.0] * 16]


def test_of_records_that_disagree_the_longest_time_counts() -> None:
    """Likewise where one of them only adds the alternative; one that is in use under another name is none."""
    more = {"alternative": [iri("forge")]}
    records = [
        need("shop", "steel", "mill", name="a", criticality_value="1", **more, switching_time="P5D"),
        need("shop", "steel", name="b", **more, switching_time="P9D"),
    ]
    assert compile_network(records).network.substitutes.days.tolist() == [9.0]
    without = [need("shop", "steel", "mill", criticality_value="1", alternative=[iri("forge")], switching_cost="Low")]
    assert compile_network(without).network.substitutes is None


def test_a_snapshot_keeps_the_alternatives(tmp_path: Path) -> None:
    """Opened again they are the same, and the hash depends on them; row numbers outside the network are refused."""
    network = with_alternative(5.0)
    network.save(tmp_path / "a")
    opened = Network.open(tmp_path / "a")
    assert [rows.tolist() for rows in opened.substitutes.arrays()] == [[0], [3], [5.0]]
    assert opened.hash == network.hash != with_alternative(6.0).hash
    replace(network, substitutes=Substitutes.of([(0, 9, 5.0)])).save(tmp_path / "b")
    with pytest.raises(InvalidData, match="outside"):
        Network.open(tmp_path / "b")


@given(plain_networks(), st.data())
def test_stocks_are_tried_with_the_alternatives(plain: PlainNetwork, data: st.DataObject) -> None:
    """Copies of a network have its alternatives, and the part that a node depends on has those that it may change to."""
    network, _, _ = to_arrays(plain)
    if not network.slots:
        return
    network = replace(network, substitutes=data.draw(substitutes_for(network)))
    start, target = (data.draw(st.integers(0, network.size - 1)) for _ in range(2))
    shock = Hits.of(network, [start])
    stocked = np.where(np.arange(network.slots) == 0, 3.0, network.buffer)
    times = buffer_times(network, shock, 0, target, [(0, 3.0)], horizon=20, threshold=0.25).days.tolist()
    alone = [
        timeline(network, shock, horizon=20, threshold=0.25, buffer=buffer).time_to_impact[0, target]
        for buffer in (network.buffer, stocked)
    ]
    assert times == alone
    part = upstream(network, target)
    inside = [name for name in part.network.nodes if name == network.nodes[start]]
    if inside:
        row = part.network.nodes.index(inside[0])
        within = timeline(part.network, [row], horizon=20, paths=True).path[0, :, part.target]
        assert within.tolist() == timeline(network, shock, horizon=20, paths=True).path[0, :, target].tolist()
