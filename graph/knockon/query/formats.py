"""Write answers in formats for people and programs.

Labels may contain anything, so text is escaped: a terminal, a spreadsheet or a
page must not interpret it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
)

from knockon import markdown
from knockon.controls import escape_json, escape_rdf
from knockon.errors import UsageError
from knockon.query.terms import short_form, term_text, term_value
from knockon.rdf.canonical import canonical
from knockon.rdf.write import serialise
from knockon.sparql.engine_errors import engine_error
from knockon.text import cell, csv_lines, plain
from knockon.text_table import text_table
from knockon.vocabulary import PREFIXES, RDF, namespace

if TYPE_CHECKING:
    from knockon.sparql.answers import Answer

ROWS = ("table", "json", "jsonl", "csv", "tsv", "md")
TRIPLES = ("ttl", "nt", "jsonld")
_RDF = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}
#: A literal at the start of a cell of TSV, with its first character as a group.
_LITERAL = re.compile(r'((?:^|\t)")([^"\\\t\n])([^"\t\n]*)', re.MULTILINE)
_TYPE = NamedNode(RDF + "type")


def render(answer: Answer | Iterable[Triple], form: str | None = None, *, width: int = 1000) -> str:
    """Write an answer in a format: rows as table, json (SPARQL JSON), jsonl, csv, tsv, md; triples as ttl, nt, jsonld.

    None is a table for rows and Turtle for triples. A table is ``width`` wide
    at most, and its cells are wrapped, never cut. In json, tsv and the forms of
    RDF a character that acts on a terminal is escaped and reads back as itself;
    in csv it stays as it is, and in table and md it is shown. In csv, text that
    a spreadsheet would run as a formula gets an apostrophe in front.

    Raises
    ------
    UsageError
        The form does not fit the kind of answer, or the query fails while it runs.

    Examples
    --------
    >>> from pyoxigraph import Store
    >>> query = 'SELECT ?what ?share { VALUES (?what ?share) { (<https://w3id.org/knockon/id/acme> 0.5) ("=1+1" UNDEF) } }'
    >>> print(render(Store().query(query), "csv"), end="")
    what,share
    https://w3id.org/knockon/id/acme,0.5
    '=1+1,
    >>> print(render(Store().query(query), "md"), end="")
    | what | share |
    | --- | --- |
    | id:acme | 0.5 |
    | =1+1 |  |
    """
    triples = not isinstance(answer, QuerySolutions | QueryBoolean)
    kind, forms = ("triples", TRIPLES) if triples else ("rows", ROWS)
    if form not in (None, *forms):
        raise UsageError(f"{form!r} does not fit an answer of {kind}; known are {', '.join(forms)}")
    try:
        if isinstance(answer, QueryBoolean):
            return _boolean(answer, form or "table")
        if isinstance(answer, QuerySolutions):
            return _rows(answer, form or "table", width)
        return _triples(answer, form or "ttl")
    except RuntimeError as error:
        raise engine_error(error, "the query fails while it runs") from None


def _boolean(answer: QueryBoolean, form: str) -> str:
    if form == "json":
        return (answer.serialize(format=QueryResultsFormat.JSON) or b"").decode() + "\n"
    truth = "true" if answer else "false"
    if form == "md":
        return markdown.paragraph(truth)
    return f'{{"boolean": {truth}}}\n' if form == "jsonl" else f"{truth}\n"


def _rows(answer: QuerySolutions, form: str, width: int) -> str:
    if form == "json":
        return escape_json((answer.serialize(format=QueryResultsFormat.JSON) or b"").decode()) + "\n"
    if form == "tsv":
        return _without_formulas(escape_rdf((answer.serialize(format=QueryResultsFormat.TSV) or b"").decode()))
    names = [variable.value for variable in answer.variables]
    rows = [[row[name] for name in names] for row in answer]
    if form == "jsonl":
        return "".join(_json_line(names, row) for row in rows)
    if form == "csv":
        return csv_lines([names, *([cell(term_text(term)) for term in row] for row in rows)])
    shown = [[short_form(term) for term in row] for row in rows]
    return markdown.table(names, shown) if form == "md" else _table(names, shown, width)


def _without_formulas(text: str) -> str:
    """Escape literals in TSV that begin like a formula: a spreadsheet removes the quotation marks and evaluates them."""
    return _LITERAL.sub(_escape_formula, text)


def _escape_formula(match: re.Match[str]) -> str:
    quote, first, rest = match.groups()
    return f"{quote}\\u{ord(first):04X}{rest}" if cell(first + rest) != first + rest else match[0]


def _json_line(names: Sequence[str], row: Sequence[Any]) -> str:
    values = {name: term_value(term) for name, term in zip(names, row, strict=True)}
    return escape_json(json.dumps(values, ensure_ascii=False)) + "\n"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    if not names:
        return f"{len(rows)} row{'s' if len(rows) != 1 else ''} without columns\n"
    return text_table(names, [[plain(text) for text in row] for row in rows], width, lines=None).text


def _triples(answer: Iterable[Triple], form: str) -> str:
    # CONSTRUCT yields duplicates, in any order and with arbitrary names of blank nodes; the output must be the same bytes
    # each time.
    triples = sorted(_with_canonical_names(answer), key=_sort_key)
    used = {
        namespace(node.value) for t in triples for node in (t.subject, t.predicate, t.object) if isinstance(node, NamedNode)
    }
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if iri in used}
    text = serialise(triples, _RDF[form], prefixes).decode()
    return escape_json(text) if form == "jsonld" else escape_rdf(text)


def _with_canonical_names(triples: Iterable[Triple]) -> set[Triple]:
    return {quad.triple for quad in canonical(Quad(*triple) for triple in dict.fromkeys(triples)).quads}


def _sort_key(triple: Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != _TYPE, str(triple.predicate), str(triple.object)
