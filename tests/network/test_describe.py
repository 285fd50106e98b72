"""A network in numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from knockon.network.compile import compile_network
from knockon.network.network import Network
from support.small_records import need


def test_a_graph_in_numbers() -> None:
    """Counts of everything, combinations by name, what is unknown, disputed, split, buffered and delayed."""
    network = compile_network(
        [
            need("shop", "cloud", "acme", "best", criticality="High", combination="AnyOf", buffer="P3D"),
            need("shop", "cloud", "acme", "best", name="again", combination="AnyOf"),
            need("cloud", "power", supply=[{"provider": "https://w3id.org/knockon/id/grid", "delay": "PT6H"}]),
            need("grid", "cloud", "acme", "best", combination="Shares"),
        ],
        origin="here",
    ).network
    description = network.describe()
    assert (description["kind"], description["nodes"], description["slots"], description["supplies"]) == ("graph", 6, 3, 5)
    assert description["combinations"] == {"all_of": 1, "any_of": 1, "shares": 1}
    assert description["supplies_per_slot"] == {"mean": pytest.approx(5 / 3), "greatest": 2}
    assert description["nodes_without_needs"] == 3
    assert description["largest_circle"] == 2
    assert description["unknown_share"] == pytest.approx(2 / 3)
    assert (description["disputed"], description["split"], description["with_buffer"], description["with_delay"]) == (
        1,
        1,
        1,
        1,
    )
    assert (description["hash"], description["origin"]) == (network.hash, "here")
    assert "flows" not in description
    assert json.loads(json.dumps(description)) == description


def test_flows_in_numbers() -> None:
    """Beside these: the money, the sectors, and who has no suppliers or customers."""
    network = Network.from_flows(
        [0, 1, 1, 2, 0], [1, 2, 2, 1, 3], [3.0, 1.0, 1.5, 0.0, 1.0], [0, 1, 1, 1], [[1, 2], [1, 1]], [1.0, 0, 0, 4.0]
    )
    description = network.describe()
    assert (description["kind"], description["nodes"], description["flows"]) == ("flows", 4, 3)
    assert (description["flows_added_up"], description["flows_of_zero_left_out"]) == (1, 1)
    assert (description["total_value"], description["final_demand"], description["sectors"]) == (6.5, 5.0, 2)
    assert description["essential_share_of_flows"] == pytest.approx(2 / 3)
    assert (description["firms_without_suppliers"], description["firms_without_customers"]) == (1, 2)
    assert description["largest_circle"] == 1
    assert json.loads(json.dumps(description)) == description


def test_the_largest_circle() -> None:
    """Who reaches each other: three of five."""
    network = Network.from_flows([0, 1, 2, 2, 3], [1, 2, 0, 3, 4], np.ones(5))
    assert network.describe()["largest_circle"] == 3


def test_empty_networks_are_described() -> None:
    """Nothing to count is 0 or None, never a division."""
    for network in (compile_network([]).network, Network.from_flows([], [], [])):
        description = network.describe()
        assert (
            description["nodes"],
            description["largest_circle"],
            description["unknown_share"],
            description["supplies_per_slot"],
        ) == (0, 0, 0.0, None)
    assert Network.from_flows([], [], [], sector=[0, 0]).describe()["largest_circle"] == 1
