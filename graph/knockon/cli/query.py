"""query, schema, show: SPARQL, the classes in use, and single records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.configuration import configuration
from knockon.cli.messages import note, note_lines
from knockon.cli.options import AccordingTo, Store, Without, open_graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.sizes import bytes_of
from knockon.errors import NotFound, UsageError
from knockon.sparql.limits import Limits
from knockon.text import format_bytes

if TYPE_CHECKING:
    from knockon.graph import Graph
    from knockon.query.answers import QueryAnswer
    from knockon.query.library import NamedQuery

QueryAsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="See the records valid on this day, 2025-07-01 (default: all records; ko:loss is as of today).",
    ),
]
#: The keywords of ``Graph.query`` that are options here, and not parameters of a named query.
_OPTIONS = {
    "as_of": "--as-of DAY",
    "according_to": "--according-to DOCUMENT",
    "without": "--without DOCUMENT",
    "limits": "--max-seconds, --max-memory, --max-rows or --max-size",
}
_DEFAULTS = Limits()
_MEMORY, _SIZE = format_bytes(_DEFAULTS.memory or 0), format_bytes(_DEFAULTS.size or 0)
MaxSeconds = Annotated[
    float, typer.Option("--max-seconds", metavar="SECONDS", help="Stop the query after this time (0: no limit).")
]
MaxMemory = Annotated[
    str,
    typer.Option("--max-memory", metavar="SIZE", help="Stop the query if it needs more memory, e.g. 512M or 4G (0: no limit)."),
]
MaxRows = Annotated[int, typer.Option("--max-rows", metavar="COUNT", help="Stop the query if it has more rows (0: no limit).")]
MaxSize = Annotated[
    str, typer.Option("--max-size", metavar="SIZE", help="Stop the query if its answer is larger, e.g. 64M (0: no limit).")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(query)
    app.command()(schema)
    app.command()(show)


@writes("table", "json", "jsonl", "csv", "tsv", "md", "parquet", "xlsx", "ttl", "nt", "jsonld")
def query(
    text: Annotated[str | None, typer.Argument(help="SPARQL; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Read the SPARQL from a file.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", "-n", help="A query of the library.", autocompletion=completion.queries)
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of a named query (repeatable).")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the queries of the library.")] = False,
    show_: Annotated[bool, typer.Option("--show", help="Print the text of a named query instead of running it.")] = False,
    store: Store = None,
    as_of: QueryAsOf = None,
    according_to: AccordingTo = None,
    without: Without = None,
    max_seconds: MaxSeconds = _DEFAULTS.seconds or 0,
    max_memory: MaxMemory = _MEMORY,
    max_rows: MaxRows = _DEFAULTS.rows or 0,
    max_size: MaxSize = _SIZE,
    *,
    out: Writer,
) -> None:
    """Query the graph in SPARQL 1.1, or by the name of a library query.

    SELECT and ASK are written as table, json (SPARQL JSON), jsonl, csv, tsv, md, parquet or xlsx; CONSTRUCT and DESCRIBE as
    ttl, nt or jsonld.
    """
    from knockon.query.library import query_by_name
    from knockon.sparql.guard import guard
    from knockon.worker import session

    if list_:
        _list(out.limited_to(*ROWS))
        return
    if (text is not None) + (file is not None) + (name is not None) != 1:
        raise UsageError("give SPARQL, or --file FILE, or --name QUERY (--list shows the library): one of the three")
    if name is not None and show_:
        out.listing(query_by_name(name).text)
        return
    if show_:
        raise UsageError("--show goes with --name QUERY")
    if param and name is None:
        raise UsageError("--param goes with --name")
    as_of = as_of or configuration().as_of
    limits = Limits(max_seconds, bytes_of("--max-memory", max_memory), max_rows, bytes_of("--max-size", max_size))
    world: dict[str, Any] = {"as_of": as_of, "according_to": according_to, "without": without, "limits": limits}
    if name is not None:
        _write(open_graph(store).query(name=name, **world, **_parameters(param or [])), out)
        return
    text = _text(text, file)
    guard(text)
    # The worker process starts while the data are read.
    session.prepare()
    graph = open_graph(store)
    answer = graph.query(text, **world)
    if answer.variables and not len(answer):
        _note_absent(graph, text)
    _write(answer, out)


def _note_absent(graph: Graph, text: str) -> None:
    """Say which names of a query without an answer are in no record: a slip, or a name of bundled data."""
    from pyoxigraph import NamedNode

    from knockon.errors import nearest
    from knockon.sparql.known_terms import prefixed_names
    from knockon.vocabulary import local_name, prefixed

    store = graph.store
    for written, iri in prefixed_names(text, ("id", "my")).items():
        node = NamedNode(iri)
        if not any(True for _ in store.quads(node)) and not any(True for _ in store.quads(None, None, node)):
            known = {local_name(record.id): record.id for record in store.records}
            close = [prefixed(known[name]) for name in nearest(local_name(iri), known)]
            note(f"{written} is in no record here" + (f"; did you mean {', '.join(close)}?" if close else ""))


def _write(answer: QueryAnswer, out: Writer) -> None:
    """Write an answer: as rows if columns are chosen or a workbook is written, else in the formats of SPARQL."""
    from knockon.query.formats import ROWS as SPARQL_ROWS
    from knockon.query.formats import TRIPLES

    triples = not answer.variables and answer.columns != ("boolean",)
    out = out.limited_to(*TRIPLES) if triples else out.limited_to(*SPARQL_ROWS, "parquet", "xlsx")
    if out.form == "parquet" and not out.shaped:
        out.content(answer.to_parquet())
    elif out.form == "xlsx" or out.shaped:
        out.rows(_rows(answer, short_names=out.for_people), answer.columns)
    else:
        out.text(answer.to_text(out.form, width=out.width or 1000))


def _rows(answer: QueryAnswer, *, short_names: bool) -> list[dict[str, Any]]:
    """The rows of an answer, for people with the short names of IRIs."""
    from knockon.query.terms import short_form

    rows = answer.to_dicts()
    if short_names and answer.variables:
        for row, terms in zip(rows, answer, strict=True):
            row |= {name: short_form(terms[name]) for name, value in row.items() if isinstance(value, str)}
    return rows


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
    from knockon.query.library import library

    rows = [_described(query) for query in library().values()]
    out.rows(rows, ["name", "question", "parameters"])


def _described(query: NamedQuery) -> dict[str, Any]:
    parameters = [f"{p.name}={p.default}" if p.default else p.name for p in query.parameters]
    return {"name": query.name, "title": query.title, "question": query.question, "parameters": parameters}


@writes(*ROWS)
def schema(store: Store = None, *, out: Writer) -> None:
    """List the classes and properties in use, with counts."""
    from knockon.present.rows.records import schema_table

    out.tables(schema_table(open_graph(store).schema()))


@writes(*ROWS, "ttl")
def show(
    name: Annotated[str, typer.Argument(help="Any record by id, label or IRI.", autocompletion=completion.records)],
    store: Store = None,
    *,
    out: Writer,
) -> None:
    """Show one record: its values, and the records that refer to it."""
    from knockon.present.rows.records import record_notes, record_table

    graph = open_graph(store)
    record = graph.show(name)
    if out.form == "ttl":
        from pyoxigraph import NamedNode

        from knockon.store.files import FORMATS, to_bytes

        out.text(to_bytes(graph.store.quads(NamedNode(record.id)), FORMATS["ttl"]).decode())
    elif out.form == "json":
        out.json(record.to_dict())
    else:
        out.tables(record_table(record))
        note_lines(record_notes(record))
