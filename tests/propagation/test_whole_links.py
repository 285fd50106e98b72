"""Links that pass losses on as they are: what is computed at their end alone is what each node gives by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.model import Dependency
from knockon.network.compile import compile_network
from knockon.network.hits import Hits
from knockon.network.network import NONE, Network
from knockon.propagation.changed_links import Change, ChangedNetworks, single_changes
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief import leontief
from knockon.propagation.leontief_round import LaneEquations
from knockon.propagation.whole_links import WholeLinks
from knockon.vocabulary import Interval


@st.composite
def mostly_chains(draw: st.DrawFn) -> Network:
    """Entities that need the one before, some an earlier one besides, mostly wholly; parts are needs that need nothing."""
    dependencies = []
    for node in range(1, draw(st.integers(2, 12))):
        earlier = node - 1 if draw(st.integers(0, 3)) else draw(st.integers(0, node - 1))
        parts: list[dict[str, object]] = [{"need": f"urn:x:{earlier}"}]
        if draw(st.booleans()):
            parts = [{"need": f"urn:x:part-{node}", "supply": [{"provider": f"urn:x:{earlier}"}]}]
        if not draw(st.integers(0, 3)):
            parts.append({"need": f"urn:x:need-{node}", "supply": [{"provider": f"urn:x:{draw(st.integers(0, node - 1))}"}]})
        for number, part in enumerate(parts):
            value = draw(st.sampled_from(["1", "1", "0.5"]))
            values = {"id": f"urn:x:d{node}-{number}", "dependant": f"urn:x:{node}", "criticalityValue": value, **part}
            dependencies.append(Dependency.model_validate(values))
    return compile_network(dependencies).network


@settings(max_examples=2 * settings.default.max_examples)
@given(mostly_chains(), st.data())
def test_the_end_loses_what_the_node_does(network: Network, data: st.DataObject) -> None:
    """Whatever one node is hit by: the end of its links loses as much, so many steps on."""
    hit = data.draw(st.sampled_from([0.3, 0.7, 1.0]))
    none = Hits.of(network, np.zeros((1, network.size))).initial_losses(network, 0, 1)
    equations = LaneEquations(Rules(network), network.weights[1][:, None], type(none)(*(part[:, None] for part in none)))
    whole = WholeLinks.of(network, equations, np.zeros(network.size), data.draw(st.integers(0, network.size - 1)))
    result = leontief(network, Hits.of(network, np.eye(network.size) * hit))
    for node, (end, links) in enumerate(zip(*whole, strict=True)):
        assert (result.loss[node, end], result.step[node, end]) == (hit, links)


@settings(max_examples=3 * settings.default.max_examples)
@given(mostly_chains(), st.data())
def test_changes_before_whole_links_are_those_of_lanes(network: Network, data: st.DataObject) -> None:
    """One change in each variant, with hits anywhere: to the last bit what lanes of all nodes give."""
    losses = data.draw(st.lists(st.sampled_from([0.0, 0.0, 0.4, 1.0]), min_size=network.size, max_size=network.size))
    variants = ChangedNetworks(network, Hits.of(network, np.array([losses])), 0)
    changes = []
    for slot in range(network.slots):
        changes += [Change(slot, weight=Interval(0.1, 0.2, 0.3)), Change(slot, backup=NONE), Change(slot)]
    lists = [[change] for change in changes]
    sweeps = variants._sweeps(lists)
    in_lanes = variants._run(sweeps, 1, lists)
    for target in range(network.size):
        assert single_changes(variants, sweeps, 1, target, changes).tolist() == in_lanes[target].tolist()
