"""query, schema, show: what the graph says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.options import Format, Output, Store, emit, emit_json, emit_rows, form_of, graph, note, screen_width
from knockon.cli.worlds import AccordingTo, Without
from knockon.errors import NotFound, UsageError
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.query.library import NamedQuery


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(query)
    app.command()(schema)
    app.command()(show)


def query(
    text: Annotated[str | None, typer.Argument(help="SPARQL; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Read the SPARQL from a file.")] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", help="A query of the library.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of a named query (repeatable).")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="The queries of the library.")] = False,
    show_: Annotated[bool, typer.Option("--show", help="Print the text of a named query instead of running it.")] = False,
    store: Store = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", "-f", help="SELECT and ASK: table, json, jsonl, csv, tsv, md. CONSTRUCT: ttl, nt, jsonld."),
    ] = None,
    output: Output = None,
    according_to: AccordingTo = None,
    without: Without = None,
) -> None:
    """Ask the graph in SPARQL 1.1, or by the name of a library query."""
    from knockon.query.library import named

    if list_:
        _list(form_of(format_ if format_ else None), output)
        return
    if (text is not None) + (file is not None) + (name is not None) != 1:
        raise UsageError("give SPARQL, or --file FILE, or --name QUERY (--list shows the library): one of the three")
    if name is not None and show_:
        emit(named(name).text, output)
        return
    if param and name is None:
        raise UsageError("--param goes with --name")
    opened = graph(store)
    if name is not None:
        answer = opened.query(name=name, according_to=according_to, without=without, **_parameters(param or []))
    else:
        answer = opened.query(_text(text, file), according_to=according_to, without=without)
    emit(answer.to_text(format_, width=screen_width()), output)


def _parameters(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key:
            raise UsageError(f"--param {one!r}: write NAME=VALUE")
        found[key] = value
    return found


def _text(text: str | None, file: Path | None) -> str:
    if file is None:
        return sys.stdin.read() if text == "-" else text or ""
    if not file.is_file():
        raise NotFound("file", str(file))
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no UTF-8 text (byte {error.start})") from None


def _list(form: str, output: Path | None) -> None:
    from knockon.query.library import library

    rows = [_described(query) for query in library().values()]
    emit_rows(rows, ["name", "question", "parameters"], form, output)


def _described(query: NamedQuery) -> dict[str, Any]:
    parameters = [f"{p.name}={p.default}" if p.default else p.name for p in query.parameters]
    return {"name": query.name, "title": query.title, "question": query.question, "parameters": parameters}


def schema(store: Store = None, format_: Format = None, output: Output = None) -> None:
    """The classes and properties in use, with counts."""
    form = form_of(format_)
    rows = graph(store).schema()
    if form == "json":
        emit_json(rows, output)
    else:
        emit_rows(rows, ["kind", "name", "count", "derived", "comment"], form, output)


def show(
    name: Annotated[str, typer.Argument(help="Any record by id, label or IRI.")],
    store: Store = None,
    format_: Format = None,
    output: Output = None,
) -> None:
    """One record: what it says, and what says something of it."""
    form = form_of(format_, ("table", "json", "md", "csv", "jsonl", "ttl"))
    opened = graph(store)
    if form == "ttl":
        from pyoxigraph import NamedNode

        from knockon.store.files import FORMATS, to_bytes

        found = opened.show(name)
        emit(to_bytes(opened.store.quads(NamedNode(found["iri"])), FORMATS["ttl"]).decode(), output)
        return
    answer = opened.show(name)
    if form == "json":
        emit_json(answer, output)
        return
    emit_rows(_lines(answer), ["field", "value"], form, output)
    if not answer["named_by"]:
        note("no other record names it")


def _lines(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a record, its evidence and what names it, things with their labels beside their ids."""
    hidden = {"named_by", "evidence", "labels", "cited_by"}
    labels = answer["labels"]
    lines = [{"field": key, "value": _said(value, labels)} for key, value in answer.items() if key not in hidden]
    lines += [
        {"field": "evidence", "value": f"{_named(e['document'], labels)} {e['start']}-{e['end']} {e['stance']}"}
        for e in answer["evidence"]
    ]
    lines += [
        {"field": f"{r['property']} of", "value": f"{r['title']} ({local_name(r['record'])}, {r['class']})"}
        for r in answer["named_by"]
    ]
    if answer["cited_by"]:
        lines.append({"field": "cited by", "value": f"{answer['cited_by']} records"})
    return lines


def _named(iri: str, labels: dict[str, str]) -> str:
    return f"{labels[iri]} ({local_name(iri)})" if iri in labels else iri


def _said(value: Any, labels: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_said(v, labels)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(str(_said(one, labels)) for one in value)
    return _named(value, labels) if isinstance(value, str) else value
