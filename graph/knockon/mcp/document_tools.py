"""Tools about documents: the words behind a record, and proposals of records; they exist where an operator gives the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knockon.analysis.answer import JsonObject, JsonValue, as_json
from knockon.errors import UsageError
from knockon.graph import Graph
from knockon.mcp.listing import Listing
from knockon.mcp.tools import TOOLS, Tool
from knockon.present.assistant_rows import short

#: The most records of one call.
_MOST_RECORDS = 50
_PROPOSING = (
    "Propose up to 50 records that a document (file name) states; people decide. "
    'records: [{"class": "Dependency", "fields": {"dependant": ID, "need": {"class": "Service", "label": "Hosting"}, '
    '"supply": [ID]}, "quote": exact words}], optional: start, end, page, stance.'
)


def all_tools(documents: Path | None, queue: Path | None) -> Mapping[str, Tool]:
    """Return the tools of a server: those that only read, and those about documents where their folder and queue are given.

    Parameters
    ----------
    documents
        The folder with the cited documents.
    queue
        The file that takes proposals.

    Raises
    ------
    UsageError
        A queue is given and no folder of documents, which each proposal must quote.
    """
    if documents is None:
        if queue is not None:
            raise UsageError("--proposals needs --documents DIR: a proposal quotes one of the documents of that folder")
        return TOOLS
    tools = [_quotations(documents), *([_proposals(documents, queue)] if queue is not None else [])]
    return {**TOOLS, **{tool.name: tool for tool in tools}}


def _quotations(documents: Path) -> Tool:
    from knockon.analysis.records.quotations import quotations

    def get_quotations(graph: Graph, entity: str) -> Listing:
        found: list[JsonValue] = [short(as_json(each)) for each in quotations(graph.store, entity, documents)]
        return Listing({"entity": entity}, "quotations", found, len(found), ("quotation null: that document is not at hand.",))

    return Tool("get_quotations", get_quotations, "quotations", "The words of documents behind a record.")


def _proposals(documents: Path, queue: Path) -> Tool:
    def propose_records(graph: Graph, document: str, records: list[JsonObject]) -> Listing:
        if not 1 <= len(records) <= _MOST_RECORDS:
            raise UsageError(f"records are 1 to {_MOST_RECORDS} at once, not {len(records)}")
        report = graph.propose(document, records, queue=queue, documents=documents, proposer="mcp")
        head: JsonObject = {"file": report.file, "proposed": len(report.proposed), "refused": len(report.refused)}
        rows: list[JsonValue] = [{"number": each.number, "refused": each.reason, "hint": each.hint} for each in report.refused]
        rows += [{"proposed": each.id, "statement": each.statement, "start": each.start} for each in report.proposed]
        rows += [{"known": name} for name in report.known]
        return Listing(head, "records", rows, len(rows), ("No graph was changed.",))

    return Tool("propose_records", propose_records, "records", _PROPOSING, read_only=False)


__all__ = ["all_tools"]
