"""The W3C tests of what SPARQL updates change, with the graph of updates in the place of the default graph."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Store

from knockon.errors import ForbiddenQuery
from knockon.sparql.update import run_update
from knockon.store.updates import UPDATES

FOLDER = Path(os.environ.get("KNOCKON_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "w3c" / "sparql11"
PARTS = (
    "add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where", "drop", "move",
    "update-silent",
)  # fmt: skip
#: The default graph is the union of all graphs: what is deleted from it is deleted from each of them.
UNION = {"dawg-delete-using-01", "dawg-delete-05", "dawg-delete-data-05", "dawg-delete-where-05"}
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no folder {FOLDER}: set KNOCKON_SHARED to the W3C tests")


class Case(NamedTuple):
    """An update, with the quads before and after it."""

    name: str
    text: str
    before: set[Quad]
    after: set[Quad]


def cases() -> Iterator[Case]:
    for part in PARTS:
        store = Store()
        manifest = FOLDER / part / "manifest.ttl"
        store.load(path=str(manifest), format=RdfFormat.TURTLE, base_iri=manifest.resolve().as_uri())
        for quad in store.quads_for_pattern(None, NamedNode(MF + "action"), None):
            request = value(store, quad.object, UT + "request")
            if request is not None:
                before, after = quads(store, quad.object), quads(store, value(store, quad.subject, MF + "result"))
                yield Case(quad.subject.value.rpartition("#")[2], path_of(request).read_text("utf-8"), before, after)


def value(store: Store, subject: Any, predicate: str) -> Any:
    return next((quad.object for quad in store.quads_for_pattern(subject, NamedNode(predicate), None)), None)


def path_of(iri: Any) -> Path:
    return Path(iri.value.removeprefix("file://"))


def quads(store: Store, node: Any) -> set[Quad]:
    """The data of a state: of its default graph in that of updates."""
    files = [(quad.object, UPDATES) for quad in store.quads_for_pattern(node, NamedNode(UT + "data"), None)]
    graphs = [quad.object for quad in store.quads_for_pattern(node, NamedNode(UT + "graphData"), None)]
    files += [(value(store, graph, UT + "graph"), value(store, graph, LABEL).value) for graph in graphs]
    return {
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))
        for file, graph in files
        for triple in pyoxigraph.parse(path=str(path_of(file)), base_iri=file.value)
    }


def canonical(content: set[Quad]) -> set[str]:
    data = Dataset(content)
    data.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, data))


def test_updates_change_what_the_suite_says() -> None:
    """Each update has the result of its test, except for what is said of the default graph; LOAD is refused."""
    found = list(cases())
    assert len(found) > 90
    differing = set()
    for case in found:
        engine = Store()
        engine.extend(case.before)
        try:
            changes = run_update(engine, case.text, UPDATES)
        except ForbiddenQuery:
            assert case.name.startswith("load-")
            continue
        if canonical((case.before - changes.removed) | changes.added) != canonical(case.after):
            differing.add(case.name)
    assert differing == UNION
