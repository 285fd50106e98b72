"""The limits beyond which a page on a shock leaves out a search, because it would take longer than a page should."""

from __future__ import annotations

import numpy as np

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.network.network import NONE, Bools, Network
from knockon.propagation.reach import reach

#: The model that choke points and remedies are computed with.
MODEL = "leontief"
#: The most entities upstream for which choke points are searched; each of these searches takes up to some two seconds.
MOST_UPSTREAM = 600
#: The most dependencies on the path, times all dependencies of the network, for which remedies are searched.
MOST_CHANGED = 60_000


def upstream_of(network: Network, entity: str) -> Bools:
    """Return whether an entity (IRI) depends on each node (n,), hidden ones included; for the entity itself True."""
    node = network.index.get(entity)
    if node is None:
        return np.zeros(network.size, bool)
    upstream: Bools = reach(network, [node], upstream=True).all_nodes.step[0] != NONE
    return upstream


def reason_without_focus(report: ImpactReport) -> str:
    """Return why a page on a report has no search: nothing is hit, or another model ran."""
    if report.model == MODEL:
        return "nothing is hit"
    return f"they are found with the model {MODEL}, and the model of this page is {report.model}"


__all__ = ["MODEL", "MOST_CHANGED", "MOST_UPSTREAM", "reason_without_focus", "upstream_of"]
