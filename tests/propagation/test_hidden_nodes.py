"""Networks with hidden nodes: every model and search on them agrees with what the equations give for entities alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.model import Statement
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.hits import Hits
from knockon.network.network import NONE, Network
from knockon.network.resolve import ResolvedShock, Target, to_hits
from knockon.propagation.buffer_times import buffer_times
from knockon.propagation.chance import chance
from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.structure.cut_sets import cut_sets
from knockon.propagation.structure.upstream import upstream
from knockon.propagation.timeline import timeline
from knockon.vocabulary import Interval
from support.plain_records import DAY, Severities, record_sets

Case = tuple[list[Statement], Severities]
#: Few networks have every combination: `make test-all` tries twice as many as of others.
many = settings(max_examples=(1 if settings.default.derandomize else 2) * settings.default.max_examples)


def compiled(case: Case) -> tuple[Network, Hits]:
    """Return the network of some records, and a shock on it."""
    records, severities = case
    entities = [record.id for record in records if record.rdf_class == "Entity"]
    network = compile_network(records, RecordFilter(as_of=DAY), entities).network
    targets = tuple(Target(iri, Interval(*ends), "urn:x:hit") for iri, ends in severities.items())
    return network, to_hits(network, [ResolvedShock(targets, ())])[0]


@pytest.mark.slow
@many
@given(record_sets())
def test_a_timeline_without_stocks_ends_where_leontief_does(case: Case) -> None:
    """The greatest losses of all times are those of leontief, at the low end, the point and the high end."""
    network, hits = compiled(case)
    last, end = timeline(network, hits, horizon=400), leontief(network, hits)
    for name in ("low", "loss", "high"):
        assert np.abs(getattr(last, name) - getattr(end, name)).max(initial=0.0) < 1e-6


@many
@given(record_sets())
def test_bindings_lead_back_to_the_shock_step_by_step(case: Case) -> None:
    """Each source is one step nearer, and is an entity with its provisions or without; what is lost is reached."""
    network, hits = compiled(case)
    result, reached = leontief(network, hits), reach(network, hits)
    nodes, lost = result.all_nodes, result.loss[0] > 0
    assert ((result.step[0] != NONE) == lost).all()
    assert (reached.step[0][lost] != NONE).all()
    assert (result.step[0][lost] >= reached.step[0][lost]).all()
    for start in np.flatnonzero(lost).tolist():
        node = start
        while nodes.slot[0, node] != NONE and (source := int(nodes.source[0, node])) != NONE:
            assert nodes.step[0, source] == nodes.step[0, node] - 1
            assert source < network.entities or network.twin[network.entity[source]] == source
            node = source


@many
@given(record_sets(), st.data())
def test_cut_sets_are_those_of_brute_force(case: Case, data: st.DataObject) -> None:
    """Every set of one or two entities that fails a target, and no part of which does."""
    network, _ = compiled(case)
    target, threshold = data.draw(st.integers(0, network.entities - 1)), 0.4
    others = [node for node in range(network.entities) if node != target]
    failing: list[tuple[int, ...]] = []
    for nodes in (*combinations(others, 1), *combinations(others, 2)):
        lost = np.zeros((1, network.entities))
        lost[0, list(nodes)] = 1.0
        fails = leontief(network, lost).loss[0, target] >= threshold - 1e-9
        if fails and not any(set(smaller) <= set(nodes) for smaller in failing):
            failing.append(nodes)
    assert sorted(cut.nodes for cut in cut_sets(network, target, threshold=threshold, order=2).sets) == sorted(failing)


@many
@given(record_sets(), st.data())
def test_what_an_entity_rests_on_is_enough_for_its_losses(case: Case, data: st.DataObject) -> None:
    """The part of the network upstream of an entity gives its losses; each entity in turn gives what all at once give."""
    network, _ = compiled(case)
    target = data.draw(st.integers(0, network.entities - 1))
    part, every = upstream(network, target), leontief(network)
    losses = leontief(part.network).loss[:, part.target]
    rows = [network.index[name] for name in part.network.nodes]
    assert np.abs(losses - every.loss[rows, target]).max(initial=0.0) < 1e-9
    for row in range(network.entities):
        assert np.array_equal(leontief(network, [row]).loss[0], every.loss[row])


@pytest.mark.slow
@many
@given(record_sets(), st.data())
def test_copies_with_stocks_give_the_times_of_each_alone(case: Case, data: st.DataObject) -> None:
    """The days until an impact, without a stock and with one at any slot of a record."""
    network, hits = compiled(case)
    target = data.draw(st.integers(0, network.entities - 1))
    slots = np.flatnonzero(~network.inner_slots).tolist()
    if not slots:
        return
    slot, stocks = data.draw(st.sampled_from(slots)), np.zeros(network.slots)
    stocks[slot] = 5.0
    times = buffer_times(network, hits, 0, target, [(slot, 5.0)], horizon=60, threshold=0.05).days.tolist()
    assert times == [
        timeline(network, hits, horizon=60, buffer=buffer).time_to_impact[0, target]
        for buffer in (np.zeros(network.slots), stocks)
    ]


@many
@given(record_sets())
def test_chances_have_ordered_bounds(case: Case) -> None:
    """Low, point and high of each entity."""
    network, hits = compiled(case)
    result = chance(network, hits, draws=50)
    assert result.loss.shape == (1, network.entities)
    assert (result.low <= result.loss).all()
    assert (result.loss <= result.high).all()
