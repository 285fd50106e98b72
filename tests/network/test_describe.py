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
            need("shop", "cloud", "acme", name="again"),
            need("cloud", "power", supply=[{"provider": "https://w3id.org/knockon/id/grid", "delay": "PT6H"}]),
            need("grid", "cloud", "acme", "best", combination="Shares"),
        ],
        origin="here",
    ).network
    told = network.describe()
    assert (told["kind"], told["nodes"], told["slots"], told["supplies"]) == ("graph", 6, 3, 5)
    assert told["combinations"] == {"all_of": 2, "shares": 1}
    assert told["supplies_per_slot"] == {"mean": pytest.approx(5 / 3), "greatest": 2}
    assert told["nodes_without_needs"] == 3
    assert told["largest_circle"] == 2
    assert told["unknown_share"] == pytest.approx(2 / 3)
    assert (told["disputed"], told["split"], told["with_buffer"], told["with_delay"]) == (1, 1, 1, 1)
    assert (told["hash"], told["origin"]) == (network.hash, "here")
    assert "flows" not in told
    assert json.loads(json.dumps(told)) == told


def test_flows_in_numbers() -> None:
    """Beside these: the money, the sectors, and who has no suppliers or customers."""
    network = Network.from_flows(
        [0, 1, 1, 2, 0], [1, 2, 2, 1, 3], [3.0, 1.0, 1.5, 0.0, 1.0], [0, 1, 1, 1], [[1, 2], [1, 1]], [1.0, 0, 0, 4.0]
    )
    told = network.describe()
    assert (told["kind"], told["nodes"], told["flows"]) == ("flows", 4, 3)
    assert (told["flows_added_up"], told["flows_of_zero_left_out"]) == (1, 1)
    assert (told["total_value"], told["final_demand"], told["sectors"]) == (6.5, 5.0, 2)
    assert told["essential_share_of_flows"] == pytest.approx(2 / 3)
    assert (told["firms_without_suppliers"], told["firms_without_customers"]) == (1, 2)
    assert told["largest_circle"] == 1
    assert json.loads(json.dumps(told)) == told


def test_the_largest_circle() -> None:
    """Who reaches each other: three of five."""
    network = Network.from_flows([0, 1, 2, 2, 3], [1, 2, 0, 3, 4], np.ones(5))
    assert network.describe()["largest_circle"] == 3


def test_empty_networks_are_described() -> None:
    """Nothing to count is 0 or None, never a division."""
    for network in (compile_network([]).network, Network.from_flows([], [], [])):
        told = network.describe()
        assert (told["nodes"], told["largest_circle"], told["unknown_share"], told["supplies_per_slot"]) == (0, 0, 0.0, None)
    assert Network.from_flows([], [], [], sector=[0, 0]).describe()["largest_circle"] == 1
