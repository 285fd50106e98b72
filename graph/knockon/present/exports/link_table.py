"""Write one table of nodes and links, in CSV or Parquet, as the exports of APOC have it: nodes first, then links."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.model import Statement
from knockon.present.exports.export import Export
from knockon.present.exports.graph_form import attribute_names, graph_form


def write(records: Sequence[Statement], form: str) -> Export:
    """Return the table; a spreadsheet and Neo4j read the CSV, pandas and DuckDB the Parquet.

    Raises
    ------
    UsageError
        Parquet, and pyarrow is not installed.
    """
    graph = graph_form(records)
    of_nodes, of_links = attribute_names(graph.nodes), attribute_names(graph.links)
    more = [name for name in of_links if name not in of_nodes]
    columns = ["_id", "_labels", "label", *of_nodes, "_start", "_end", "_type", "record", *more]
    rows: list[dict[str, str]] = [
        {"_id": node.id, "_labels": f":{node.cls}", "label": node.label, **node.attributes} for node in graph.nodes
    ]
    rows += [
        {"_start": link.source, "_end": link.target, "_type": link.type, "record": link.record, **link.attributes}
        for link in graph.links
    ]
    full = [{name: row.get(name) for name in columns} for row in rows]
    if form == "parquet":
        from knockon.present.tables.parquet import parquet

        return graph.to_export(form, parquet(full, columns))
    from knockon.present.tables.tables import render

    return graph.to_export(form, render(full, columns, "csv"))
