"""The links of the path from a choke point to the entity, each with what is lost at its end."""

from __future__ import annotations

from dataclasses import replace

from knockon.analysis.answer_parts import Range, cite
from knockon.analysis.impact.causal_trace import CausalTrace, Link, LinkKey
from knockon.analysis.structure.chokepoints_answer import PathLink
from knockon.network.network import NONE


def path_link(trace: CausalTrace, link: Link, rows: dict[LinkKey, PathLink]) -> PathLink:
    """Return a link with its loss in a trace; ``rows`` has the links of other traces, and gets the new ones."""
    key = link.node, link.slot, link.supply, NONE if link.source is None else link.source
    loss = float(trace.result.all_nodes.loss[trace.row, link.node])
    row = rows.get(key)
    if row is None:
        row = rows[key] = _new(trace, link, loss)
    return row if row.loss == loss else replace(row, loss=loss)


def _new(trace: CausalTrace, link: Link, loss: float) -> PathLink:
    records = link.records
    return PathLink(
        dependency=records[0].id if records else None,
        source=trace.network.name(link.source) if link.source is not None else None,
        dependant=trace.network.name(link.node),
        provider=link.provider,
        criticality=Range(*link.weight),
        loss=loss,
        inferred=any(record.inferred for record in records),
        judged=tuple(sorted({name for record in records for name in record.judged})),
        evidence=cite((e for record in records for e in record.evidence), trace.context.records),
    )


__all__ = ["path_link"]
