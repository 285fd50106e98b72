"""Steps and losses by levels: those that the model itself counts, on networks without loops."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.model import Dependency
from knockon.network.compile import compile_network
from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.propagation.leontief import leontief
from knockon.propagation.structure.removal import RemovalLosses

#: How several providers combine.
CASES: list[dict[str, Any]] = [
    {},
    {"combination": "AnyOf"},
    {"combination": "AllOf"},
    {"combination": "AtLeast", "at_least": 2},
]


@st.composite
def records(draw: st.DrawFn) -> Network:
    """Dependencies of entities on entities with lower numbers, by need alone, or from one to three providers."""
    dependencies: list[Dependency] = []
    for node in range(1, draw(st.integers(2, 8))):
        for number in range(draw(st.integers(1, 2))):
            earlier = st.integers(0, node - 1).map("urn:x:{}".format)
            providers = draw(st.lists(earlier, max_size=3, unique=True))
            # Two records of one need would disagree, and have hidden nodes.
            need = draw(earlier) if not number and draw(st.booleans()) else f"urn:x:need-{node}-{number}"
            value = draw(st.sampled_from(["0.25", "0.5", "1"]))
            supply = [{"provider": provider} for provider in providers]
            more: dict[str, Any] = {"supply": supply} if supply else {}
            if len(providers) > 1:
                more |= CASES[draw(st.integers(0, 3))]
            dependencies.append(Dependency(id=f"urn:x:d{node}-{number}", dependant=f"urn:x:{node}", need=need,
                                           criticality_value=value, **more))  # fmt: skip
    return compile_network(dependencies).network


def check_steps(network: Network) -> None:
    """Each node closed alone: the steps to every target are those of leontief, the losses those of a lane for each node."""
    model = leontief(network, Hits.of(network, None))
    for target in range(network.entities):
        removal = RemovalLosses(network, target)
        assert removal.counts_steps
        removal.sweeps.lanes_from = 3
        plain = removal._run([(node,) for node in range(network.entities)], 1, np.inf)
        assert removal.single_losses().tolist() == plain.tolist()
        assert removal.steps(range(network.entities)).tolist() == model.step[:, target].tolist()


@given(records())
def test_steps_are_those_of_the_model(network: Network) -> None:
    """Needs, any-of, all-of, numbers of suppliers, and shares that nobody stated."""
    check_steps(network)


@settings(max_examples=5)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4)), min_size=1, max_size=25))
def test_steps_on_flows_are_those_of_the_model(links: list[tuple[int, int, int]]) -> None:
    """Shares of suppliers of one sector, whose parts bind together."""
    supplier, customer, value = np.array([(a, b, v) for a, b, v in links if a < b] or [(0, 1, 1)]).T
    check_steps(Network.from_flows(supplier, customer, value.astype(float), np.arange(9) % 3))
