"""The impact of a shock at an endpoint, from the records that a network is compiled from and those that the answer cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from knockon.analysis.options import Options
from knockon.graph.base import GraphBase, Severity, names_in, shock_of
from knockon.store.base import ElsewhereStore

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_report import ImpactReport


def endpoint_impact(
    graph: GraphBase,
    shock: str | None,
    hit: Mapping[str, Severity] | None,
    *names: str | None,
    what_if: Mapping[str, str] | None = None,
    given: Sequence[str] = (),
    **options: Unpack[Options],
) -> ImpactReport | None:
    """Return the impact of a shock where a graph is at an endpoint and need not be copied for it; else None.

    A target query may rest on any record, and a least confidence counts the places of evidence: these need the copy.
    """
    if not isinstance(graph.store, ElsewhereStore) or options.get("min_confidence") is not None:
        return None
    from knockon.analysis.impact.impact import impacts
    from knockon.store.network_records import NetworkRecords

    base = graph._network_base()
    records = base.store
    if not isinstance(records, NetworkRecords):
        return None
    while True:
        context = base._context(*names, *names_in(hit), what_if=what_if, given=given, **options)
        asked = shock_of(context, shock, hit)
        if any(each.target_query is not None for each in asked.hit):
            return None
        report = impacts(context, [asked])[0]
        # The second time all are whole.
        if not records.complete(_cited(report)):
            return report
        base._clear_contexts()


def _cited(report: ImpactReport) -> Iterator[str]:
    """Yield the dependencies and provisions (IRIs) whose evidence a report cites."""
    network = report.cause.network
    for impact in report.impacts:
        link = report.cause.link(network.index[impact.entity])
        yield from (record.id for record in link.records) if link is not None else ()


__all__ = ["endpoint_impact"]
