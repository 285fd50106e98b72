"""Answers in the forms that people and programs read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, serialize

from knockon.errors import UsageError
from knockon.text import cell, markdown, plain
from knockon.vocabulary import PREFIXES, XSD

ROWS = ("table", "json", "jsonl", "csv", "tsv", "md")
TRIPLES = ("ttl", "nt", "jsonld")
_RDF = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}
_NUMERIC = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}

Answer = QuerySolutions | QueryBoolean | QueryTriples


def render(answer: Answer, form: str | None = None, *, width: int = 1000) -> str:
    """The answer in a form: rows as table, json (SPARQL JSON), jsonl, csv, tsv, md; triples as ttl, nt, jsonld.

    None is a table for rows and Turtle for triples. In csv and md text is made
    harmless for spreadsheets and pages; json, jsonl and tsv have it as it is.

    Raises
    ------
    UsageError
        The form does not fit the kind of answer.
    """
    if isinstance(answer, QueryTriples):
        if form not in (None, *TRIPLES):
            raise UsageError(f"{form!r} does not fit an answer of triples; known are {', '.join(TRIPLES)}")
        return _triples(answer, form or "ttl")
    if form not in (None, *ROWS):
        raise UsageError(f"{form!r} does not fit an answer of rows; known are {', '.join(ROWS)}")
    if form == "json":
        return (answer.serialize(format=QueryResultsFormat.JSON) or b"").decode() + "\n"
    if isinstance(answer, QueryBoolean):
        return _boolean(bool(answer), form or "table")
    if form == "tsv":
        return (answer.serialize(format=QueryResultsFormat.TSV) or b"").decode()
    names = [variable.value for variable in answer.variables]
    rows = [[row[name] for name in names] for row in answer]
    if form == "jsonl":
        return "".join(json.dumps(dict(_values(names, row)), ensure_ascii=False) + "\n" for row in rows)
    if form == "csv":
        return _csv(names, rows)
    if form == "md":
        lines = [names, ["---"] * len(names), *([markdown(short(term)) for term in row] for row in rows)]
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
    return _table(names, rows, width)


def _boolean(value: bool, form: str) -> str:
    said = "true" if value else "false"
    return json.dumps({"boolean": value}) + "\n" if form == "jsonl" else f"{said}\n"


def _triples(answer: QueryTriples, form: str) -> str:
    # A template may yield a triple many times, and in any order; an answer is a set, and the same bytes each time.
    triples = sorted(set(answer), key=str)
    return (serialize(triples, format=_RDF[form], prefixes=PREFIXES) or b"").decode()


def short(term: Any) -> str:
    """A term for people: IRIs under a known prefix in their short form, literals by their text.

    >>> short(NamedNode("https://w3id.org/knockon/id/nvidia")), short(Literal("a", language="en")), short(None)
    ('id:nvidia', 'a', '')
    """
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
            rest = term.value.removeprefix(namespace)
            if rest != term.value and rest and not set("/#?") & set(rest):
                return f"{prefix}:{rest}"
        return term.value
    return term.value if isinstance(term, Literal) else str(term)


def _plain_value(term: Any) -> Any:
    if isinstance(term, Literal) and term.datatype.value in _NUMERIC:
        number = term.value
        return int(number) if number.lstrip("+-").isdigit() else float(number)
    if isinstance(term, Literal) and term.datatype.value == XSD + "boolean":
        return term.value in ("true", "1")
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", None)


def _values(names: list[str], row: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((name, _plain_value(term)) for name, term in zip(names, row, strict=True))


def _csv(names: list[str], rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([cell(str(term) if isinstance(term, BlankNode) else getattr(term, "value", None)) for term in row])
    return out.getvalue()


def _table(names: list[str], rows: list[list[Any]], width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(short(term))) for term in row))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"



