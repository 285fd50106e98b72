"""The flows that ESRI needs, and the cascades of a network that have no leak, so that their numbers are a function of eps."""

from __future__ import annotations

from typing import NamedTuple

from knockon.errors import UsageError
from knockon.network.flows import Flows
from knockon.network.network import Network
from knockon.propagation.esri_task import Cascade


def caveats(network: Network, eps: float, replaceability: bool, cascade: Cascade = "both") -> tuple[str, ...]:
    """Return a sentence for each cascade without a leak, whose losses are therefore a function of eps.

    Parameters
    ----------
    network, eps, replaceability, cascade
        As :func:`knockon.propagation.esri.esri` takes them.

    Examples
    --------
    >>> network = Network.from_flows([0, 1], [1, 0], [1.0, 1.0])
    >>> len(caveats(network, 0.01, replaceability=False)), caveats(network, 0.01, replaceability=True, cascade="downstream")
    (2, ())
    """
    flows = money_flows(network)
    sums = FlowSums(len(flows.customer), bool(flows.final_demand.any()), flows.other_costs)
    return caveats_of(sums, eps, replaceability, cascade)


class FlowSums(NamedTuple):
    """What decides whether a cascade has a leak: the number of flows, and whether there is final demand or other costs."""

    flows: int
    final_demand: bool
    other_costs: bool


def caveats_of(sums: FlowSums, eps: float, replaceability: bool, cascade: Cascade) -> tuple[str, ...]:
    """Return the sentences of :func:`caveats` for flows of which only the sums are known."""
    texts = []
    if cascade != "downstream" and sums.flows and not sums.final_demand:
        texts.append(
            f"no final demand is given, so the upstream cascade has no leak: its losses are a function of eps ({eps:g}) "
            "and tend to total collapse as eps falls; give final_demand"
        )
    if cascade != "upstream" and not replaceability and sums.flows and not sums.other_costs:
        texts.append(
            "inputs are taken as all costs and nobody is replaceable, so the downstream cascade has no leak: its losses are "
            f"a function of eps ({eps:g}) and grow as eps falls; give costs"
        )
    return tuple(texts)


def money_flows(network: Network) -> Flows:
    """Return the flows of a network; raise UsageError where it has none."""
    if network.flows is None:
        raise UsageError("esri needs money flows: a network made by Network.from_flows(supplier, customer, value, ...)")
    return network.flows
