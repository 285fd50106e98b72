"""query, schema, show: SPARQL, the classes in use, and single records."""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.configuration import configuration
from knockon.cli.messages import note_lines
from knockon.cli.options import AccordingTo, MinConfidence, Store, Without, open_graph
from knockon.cli.options.limits import limit_options
from knockon.cli.options.names import RecordName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import NotFound, UsageError
from knockon.sparql.limits import Limits

if TYPE_CHECKING:
    from knockon.query.answers import QueryAnswer

QueryAsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="See the records valid on this day, 2025-07-01 (default: all records; ko:loss is as of today).",
    ),
]
QueryText = Annotated[str | None, typer.Argument(help="SPARQL; - reads it from standard input.")]
QueryFile = Annotated[Path | None, typer.Option("--file", help="Read the SPARQL from a file.")]
QueryName = Annotated[
    str | None, typer.Option("--name", "-n", help="A query of the library.", autocompletion=completion.queries)
]
Parameters = Annotated[
    list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of a named query (repeatable).")
]
ListQueries = Annotated[bool, typer.Option("--list", help="List the queries of the library.")]
ShowQuery = Annotated[bool, typer.Option("--show", help="Print the text of a named query instead of running it.")]
#: The keywords of ``Graph.query`` that are options here, and not parameters of a named query.
_OPTIONS = {
    "as_of": "--as-of DAY",
    "according_to": "--according-to DOCUMENT",
    "without": "--without DOCUMENT",
    "min_confidence": "--min-confidence X",
    "limits": "--max-seconds, --max-memory, --max-rows or --max-size",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(query)
    app.command()(schema)
    app.command()(show)


@writes("table", "json", "jsonl", "csv", "tsv", "md", "parquet", "xlsx", "ttl", "nt", "jsonld")
@limit_options
def query(
    text: QueryText = None,
    file: QueryFile = None,
    name: QueryName = None,
    param: Parameters = None,
    list_: ListQueries = False,
    show_: ShowQuery = False,
    store: Store = None,
    as_of: QueryAsOf = None,
    according_to: AccordingTo = None,
    without: Without = None,
    min_confidence: MinConfidence = None,
    *,
    limits: Limits,
    out: Writer,
) -> None:
    """Query the graph in SPARQL 1.1, or by the name of a library query.

    SELECT and ASK are written as table, json (SPARQL JSON), jsonl, csv, tsv, md, parquet or xlsx; CONSTRUCT and DESCRIBE as
    ttl, nt or jsonld.
    """
    if list_:
        _list(out.limited_to(*ROWS))
        return
    if (text is not None) + (file is not None) + (name is not None) != 1:
        raise UsageError("give SPARQL, or --file FILE, or --name QUERY (--list shows the library): one of the three")
    if text is not None and text.strip() in _library_names(text):
        raise UsageError(f"{text.strip()} is a query of the library, not SPARQL; write --name {text.strip()}")
    if name is None and (show_ or param):
        raise UsageError("--show goes with --name QUERY" if show_ else "--param goes with --name")
    options: dict[str, Any] = {
        "according_to": according_to, "without": without, "min_confidence": min_confidence, "limits": limits,
    }  # fmt: skip
    options["as_of"] = as_of or configuration().as_of
    if name is None:
        _write(_run(_text(text, file), store, options), out)
    elif show_:
        _show_text(name, out)
    else:
        answer = open_graph(store).query(name=name, **options, **_parameters(param or []))
        note_lines(answer.notices)
        _write(answer, out)


def _library_names(text: str) -> Container[str]:
    """Return the names in the library; none if a text is SPARQL, so that the library is not read for it."""
    from knockon.query.library import library

    return library() if re.fullmatch(r"\s*[a-z-]+\s*", text) else ()


def _show_text(name: str, out: Writer) -> None:
    from knockon.query.library import query_by_name

    out.listing(query_by_name(name).text)


def _run(text: str, store: str | None, options: Mapping[str, Any]) -> QueryAnswer:
    """Return the answer to a SPARQL query, and write what may explain that it is empty."""
    from knockon.sparql.guard import guard
    from knockon.worker import session

    guard(text)
    # The worker process starts while the data are read.
    session.prepare()
    graph = open_graph(store)
    answer = graph.query(text, **options)
    note_lines(answer.notices)
    return answer


def _write(answer: QueryAnswer, out: Writer) -> None:
    """Write an answer: as rows if columns are chosen or a workbook is written, else in the formats of SPARQL."""
    from knockon.present.rows.query import query_table
    from knockon.query.formats import ROWS as SPARQL_ROWS
    from knockon.query.formats import TRIPLES

    triples = not answer.variables and answer.columns != ("boolean",)
    out = out.limited_to(*TRIPLES) if triples else out.limited_to(*SPARQL_ROWS, "parquet", "xlsx")
    if out.form == "parquet" and not out.has_selection:
        out.content(answer.to_parquet())
    elif out.form == "xlsx" or out.has_selection:
        out.tables(query_table(answer, for_people=out.for_people))
    else:
        out.text(answer.to_text(out.form, width=out.width or 1000))


def _parameters(texts: list[str]) -> dict[str, Any]:
    parameters = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text!r}: write NAME=VALUE")
        if option := _OPTIONS.get(name):
            raise UsageError(f"{name} is not a parameter of a query; write {option}")
        parameters[name] = value
    return parameters


def _text(text: str | None, file: Path | None) -> str:
    from knockon.sparql.size import QUERY, too_long

    if file is None:
        # One character more than the limit is enough to refuse the query.
        return sys.stdin.read(QUERY.length + 1) if text == "-" else text or ""
    if not file.is_file():
        raise NotFound("file", str(file))
    if file.stat().st_size > 4 * QUERY.length:
        raise too_long(QUERY.length)
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text (byte {error.start})") from None


def _list(out: Writer) -> None:
    from knockon.analysis.records.library import library_queries
    from knockon.present.rows.query import library_table

    out.tables(library_table(library_queries()))


@writes(*ROWS)
def schema(store: Store = None, *, out: Writer) -> None:
    """List the classes, properties and words of scales in use, with counts."""
    from knockon.present.rows.records import schema_table

    out.tables(schema_table(open_graph(store).schema()))


@writes(*ROWS, "ttl")
def show(
    name: RecordName,
    store: Store = None,
    *,
    out: Writer,
) -> None:
    """Show one record: its values, and the records that refer to it."""
    from knockon.present.rows.records import record_notes, record_table

    graph = open_graph(store)
    record = graph.show(name)
    if out.form == "ttl":
        from knockon.analysis.records.record import record_quads
        from knockon.store.files import FORMATS, to_bytes

        out.text(to_bytes(record_quads(graph.store, record.id), FORMATS["ttl"]).decode())
    elif out.form == "json":
        out.json(record.to_dict())
    else:
        out.tables(record_table(record))
        note_lines(record_notes(record))
