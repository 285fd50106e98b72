"""Queries that name their graphs are told from those that do not as the parser behind the store tells them."""

from __future__ import annotations

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad

from knockon.sparql.dataset_clause import has_dataset_clause
from knockon.vocabulary import PREFIXES


@pytest.mark.parametrize(
    "text",
    [
        "ASK FROM <urn:x:g> { ?s ?p ?o }",
        "ask from named <urn:x:g> { ?s ?p ?o }",
        "ASKFROM<urn:x:g>{ ?s ?p ?o }",
        "SELECT*FROM<urn:x:g>{ ?s ?p ?o }",
        "SELECT (1 AS ?x)FROMNAMED<urn:x:g> { ?s ?p ?o }",
        "SELECT * FROMid:g { ?s ?p ?o }",
        "PREFIX : <urn:x:> ASKFROM:g{ ?s ?p ?o }",
        "SELECT ?s # all\nFROM # some\n<urn:x:g> { ?s ?p ?o }",
        "CONSTRUCT FROM <urn:x:g> WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o }FROM<urn:x:g> WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:x:s> FROM <urn:x:g>",
    ],
)
def test_every_spelling_of_a_dataset_clause_is_seen(text: str) -> None:
    """What the parser takes for FROM keeps the query from the default graph, and is seen here too."""
    assert has_dataset_clause(text)
    assert not answers(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?from { ?from ?p ?o }",
        "ASK { ?s ?p ?o FILTER(STR(?s) != 'FROM') } # FROM <urn:x:g>",
        "PREFIX from: <urn:x:> ASK { from:s ?p ?o }",
        "PREFIX from: <urn:x:> DESCRIBE from:s",
        "ASK { ?s ?p ?o FILTER(?s != <urn:FROM>) }",
    ],
)
def test_the_letters_alone_are_no_dataset_clause(text: str) -> None:
    """In names, strings, comments and IRIs they mean nothing."""
    assert not has_dataset_clause(text)
    assert answers(text)


def answers(text: str) -> bool:
    """Whether a query has an answer on one triple of the default graph."""
    store = pyoxigraph.Store()
    store.add(Quad(NamedNode("urn:x:s"), NamedNode("urn:x:p"), NamedNode("urn:x:o")))
    answer = store.query(text, prefixes=PREFIXES)
    return bool(answer) if isinstance(answer, pyoxigraph.QueryBoolean) else any(True for _ in answer)
