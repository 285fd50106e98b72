"""Answers as bytes: nothing is lost, rows are counted while they are written, and limits are kept."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, Store, Triple

from knockon.errors import LimitReached, UsageError
from knockon.sparql.answers import serialize_answer, write_answer
from knockon.sparql.limits import Limits
from knockon.vocabulary import XSD

P, Q = NamedNode("urn:x:p"), NamedNode("urn:x:q")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["\t", "\n", "\r\n", '"', "\\", "\0", "?x"]
)
TYPES = ("integer", "decimal", "double", "boolean", "string", "date", "float")
NUMBERS = st.sampled_from(["1", "01", "+1", "-0", "1.", ".5", "1e0", "1.5E-7", "INF", "NaN", "true", "1.0", "", "x"])
LITERALS = (
    TEXTS.map(Literal)
    | st.builds(lambda text: Literal(text, language="en-GB"), TEXTS)
    | st.builds(lambda text: Literal(text, language="ar", direction=BaseDirection.RTL), TEXTS)
    | st.builds(lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)), NUMBERS | TEXTS, st.sampled_from(TYPES))
    | st.builds(lambda text: Literal(text, datatype=NamedNode("urn:x:type")), TEXTS)
)
NODES = st.sampled_from([NamedNode("urn:x:é"), NamedNode("https://example.org/a?b=c#d"), BlankNode("b1"), BlankNode("b2")])
TERMS = st.recursive(NODES | LITERALS, lambda inner: st.builds(Triple, NODES, st.just(P), inner), max_leaves=3)
Row = tuple[object, object]


def holding(rows: Sequence[Row]) -> Store:
    """A store with a thing for each row, which has the terms of the row that are there."""
    store = Store()
    for number, row in enumerate(rows):
        thing = NamedNode(f"urn:x:{number}")
        store.add(Quad(thing, NamedNode("urn:x:is"), Literal(number)))
        for predicate, term in zip((P, Q), row, strict=True):
            if term is not None:
                store.add(Quad(thing, predicate, term))  # type: ignore[arg-type] # a term
    return store


@given(st.lists(st.tuples(st.none() | TERMS, st.none() | TERMS), max_size=4))
def test_nothing_is_lost(rows: list[Row]) -> None:
    """Every term, unbound ones too, in several columns, in one and in none, is read back as it was, row by row."""
    store = holding(rows)
    body = "{ ?thing <urn:x:is> ?number OPTIONAL { ?thing <urn:x:p> ?a } OPTIONAL { ?thing <urn:x:q> ?b } } ORDER BY ?number"
    for columns in ("?a ?b", "?b", "?none", "?none ?a ?other"):
        text = f"SELECT {columns} {body}"
        answer = serialize_answer(store.query(text))
        again = answer.solutions()
        assert [f"?{variable.value}" for variable in again.variables] == columns.split()
        assert [f"?{variable.value}" for variable in answer.variables()] == columns.split()
        assert [tuple(row) for row in again] == [tuple(row) for row in store.query(text)]
        assert (answer.rows, bool(answer)) == (len(rows), bool(rows))
    triples = "CONSTRUCT { ?thing <urn:x:p> ?a . ?thing <urn:x:q> ?b } WHERE " + body
    built = serialize_answer(store.query(triples))
    assert list(built.triples()) == list(store.query(triples))
    assert built.rows == len(list(built.triples()))


@pytest.mark.parametrize("text", ["SELECT * {}", "SELECT * { VALUES () { () () } }", "SELECT * { VALUES () {} }"])
def test_rows_without_columns_are_counted(text: str) -> None:
    """A SELECT without variables has rows, too."""
    rows = [tuple(row) for row in Store().query(text)]
    answer = serialize_answer(Store().query(text))
    assert (answer.rows, [tuple(row) for row in answer.solutions()], answer.variables()) == (len(rows), rows, [])


def test_an_ask_is_true_or_false() -> None:
    """Both come back."""
    assert bool(serialize_answer(Store().query("ASK {}"))) is bool(serialize_answer(Store().query("ASK {}")).boolean()) is True
    assert (
        bool(serialize_answer(Store().query("ASK { ?s ?p ?o }")))
        is bool(serialize_answer(Store().query("ASK { ?s ?p ?o }")).boolean())
        is False
    )


@pytest.mark.parametrize(
    "text",
    ["SELECT ?x { VALUES ?x { 1 2 3 } }", "CONSTRUCT { ?x <urn:x:p> 1 } { VALUES ?x { <urn:x:a> <urn:x:b> <urn:x:c> } }"],
)
def test_limits_are_kept(text: str) -> None:
    """As many rows and bytes as allowed are written, and not one more."""
    answer = serialize_answer(Store().query(text))
    assert answer.rows == 3
    for limits in (Limits(rows=3), Limits(size=len(answer.content)), Limits(rows=None, size=None)):
        assert write_answer(Store().query(text), BytesIO(), limits)[1] == 3
    with pytest.raises(LimitReached, match=r"more than 2 rows .*--max-rows, in Python limits=knockon.Limits\(rows=...\)"):
        write_answer(Store().query(text), BytesIO(), Limits(rows=2))
    with pytest.raises(LimitReached, match=r"larger than 5 bytes .*--max-size"):
        write_answer(Store().query(text), BytesIO(), Limits(size=5))


def test_an_answer_without_end_is_stopped_early() -> None:
    """Rows are counted while they are produced."""
    values = "VALUES ?x { " + " ".join(map(str, range(1000))) + " }"
    endless = " ".join(values.replace("?x", f"?{name}") for name in "abcdef")
    with pytest.raises(LimitReached):
        write_answer(Store().query(f"SELECT * {{ {endless} }}"), BytesIO(), Limits(rows=5000))


@pytest.mark.parametrize("name", ["seconds", "memory", "rows", "size"])
def test_limits_are_numbers_above_zero(name: str) -> None:
    """0 and None are no limit; anything else that makes no sense is refused by its name."""
    assert getattr(Limits(**{name: 0}), name) is getattr(Limits(**{name: None}), name) is None
    for wrong in (-1, float("nan"), float("inf"), True, "5"):
        with pytest.raises(UsageError, match=f"^{name} must be "):
            Limits(**{name: wrong})
