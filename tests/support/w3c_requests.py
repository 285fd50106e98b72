"""The W3C tests that are HTTP requests with what each must be answered with; the manifests are read in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

_TESTS = "http://www.w3.org/2001/sw/DataAccess/tests/test-"
_UPDATE = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT, _CNT = "http://www.w3.org/2011/http#", "http://www.w3.org/2011/content#"
_RDF, _RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
_STATUS = "http://www.w3.org/2011/http-statusCodes#"
_NAMES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404", "BadRequest": "400", "MethodNotAllowed": "405"}


class Expected(NamedTuple):
    """What a request must be answered with; what a test leaves open is empty or None."""

    statuses: frozenset[str]
    form: str
    boolean: bool | None
    location: str
    media_type: str
    body: str


class W3cRequest(NamedTuple):
    """One request of a test."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    expected: Expected


class W3cTest(NamedTuple):
    """A test: its name, the data it needs by graph, and its requests in their order."""

    name: str
    data: dict[str, bytes]
    requests: tuple[W3cRequest, ...]


def read_manifest(path: Path) -> list[W3cTest]:
    """Read the tests of a manifest in the order of their names."""
    store = pyoxigraph.Store()
    base = path.resolve().as_uri()
    store.load(path=str(path), format=RdfFormat.TURTLE, base_iri=base)
    manifest = _Manifest(store, path.parent)
    entries = next(store.quads_for_pattern(None, NamedNode(_TESTS + "manifest#entries"), None)).object
    return [manifest.test(node) for node in manifest.items(entries)]


class _Manifest:
    def __init__(self, store: pyoxigraph.Store, folder: Path) -> None:
        self._store, self._folder = store, folder

    def values(self, subject: Any, predicate: str) -> list[Any]:
        return [quad.object for quad in self._store.quads_for_pattern(subject, NamedNode(predicate), None)]

    def value(self, subject: Any, predicate: str) -> Any:
        return next(iter(self.values(subject, predicate)), None)

    def text(self, subject: Any, predicate: str) -> str:
        found = self.value(subject, predicate) if subject is not None else None
        return found.value if found is not None else ""

    def items(self, node: Any) -> Iterator[Any]:
        while node is not None and node.value != _RDF + "nil":
            yield self.value(node, _RDF + "first")
            node = self.value(node, _RDF + "rest")

    def test(self, node: Any) -> W3cTest:
        data = {}
        for entry in self.values(node, _UPDATE + "graphData"):
            file = self._folder / Path(self.text(entry, _UPDATE + "graph")).name
            data[self.text(entry, _RDFS + "label")] = file.read_bytes()
        action = self.value(node, _TESTS + "manifest#action")
        requests = tuple(map(self.request, self.items(self.value(action, _HT + "requests")))) if action else ()
        return W3cTest(node.value.rpartition("#")[2], data, requests)

    def headers(self, node: Any) -> dict[str, str]:
        entries = self.items(self.value(node, _HT + "headers"))
        return {self.text(entry, _HT + "fieldName").lower(): self.text(entry, _HT + "fieldValue") for entry in entries}

    def request(self, node: Any) -> W3cRequest:
        body = self.value(node, _HT + "body")
        encoding = self.text(body, _CNT + "characterEncoding") or "UTF-8"
        content = self.text(body, _CNT + "chars").encode(encoding) if body is not None else None
        path = quote(self.text(node, _HT + "absolutePath"), safe="/?&=%+$:;,@!'()*~#-._")
        return W3cRequest(self.text(node, _HT + "methodName"), path, self.headers(node), content, self.expected(node))

    def expected(self, node: Any) -> Expected:
        response = self.value(node, _HT + "resp")
        statuses = [value.value.removeprefix(_STATUS) for value in self.values(response, _TESTS + "manifest#expectedStatus")]
        boolean = self.text(response, _TESTS + "manifest#expectedBoolean")
        return Expected(
            frozenset(_NAMES.get(status, status.removeprefix("StatusCode")) for status in statuses),
            self.text(response, _TESTS + "manifest#expectedFormat"),
            boolean == "true" if boolean else None,
            self.text(response, _TESTS + "manifest#expectedLocation"),
            self.headers(response).get("content-type", "").partition(";")[0],
            self.text(self.value(response, _HT + "body"), _CNT + "chars"),
        )


def fits(status: int, statuses: frozenset[str]) -> bool:
    """Return whether a status is one of those expected: ``200``, ``2xx``."""
    return not statuses or bool({str(status), f"{status // 100}xx"} & statuses)
