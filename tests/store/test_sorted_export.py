"""Exports that are sorted outside of memory: byte by byte those of all quads at once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from knockon.cli import run
from knockon.errors import InvalidData
from knockon.graph import Graph
from knockon.model import Statement
from knockon.store import sorted_export
from knockon.store.files import FORMATS, to_bytes
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.store.sorted_export import write_sorted
from support.record_strategies import data_sets
from support.small_records import data_set, entities, need


@given(data_sets())
def test_the_bytes_are_those_of_all_quads_at_once(records: list[Statement]) -> None:
    """Whatever a store holds, a sorted export has the bytes of one that holds all quads."""
    try:
        store = MemoryStore(data_set("x", records), checked=True)
        expected = [to_bytes(store.quads(), form) for form in FORMATS.values()]
    except InvalidData:
        return
    for form, text in zip(FORMATS.values(), expected, strict=True):
        out = io.BytesIO()
        assert write_sorted(store, form, out, memory=2_000) == len(set(store.quads()))
        assert out.getvalue() == text


class Unusual(MemoryStore):
    """A store of quads that records do not have."""

    def quads(self, *_: object) -> object:  # type: ignore[override]
        """Blank nodes, the default graph, a triple term, carriage returns, numbers that are written in several ways."""
        subject, predicate = NamedNode("urn:x:s"), NamedNode("urn:x:p")
        decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
        values = [Literal("a\rb\n\t\"'\0"), Literal("1.0", datatype=decimal), Literal("x", language="en"), BlankNode("b0")]
        values.append(Triple(subject, predicate, Literal(".")))
        graphs = [DefaultGraph(), NamedNode("urn:x:g"), BlankNode("b1")]
        return iter([Quad(subject, predicate, value, graph) for value in values for graph in graphs])


@pytest.mark.parametrize("form", [FORMATS[name] for name in ("nq", "trig", "nt", "ttl")])
def test_unusual_terms_keep_their_form(form: RdfFormat) -> None:
    """Terms come through a text and back as they were."""
    store, out = Unusual(), io.BytesIO()
    write_sorted(store, form, out)
    assert out.getvalue() == to_bytes(store.quads(), form)


@pytest.mark.parametrize("form", FORMATS)
def test_a_large_store_is_exported_without_all_of_its_quads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """The command writes the same bytes to a file and to standard output, and tells how far it is."""
    folder = tmp_path / "store"
    with FolderStore(folder) as store:
        store.load(data_set("x", [*entities("a", "b"), need("a", "b")]))
        expected = to_bytes(store.quads(), FORMATS[form])
    monkeypatch.setattr(sorted_export, "LEAST_SORTED", 0)
    monkeypatch.setattr("knockon.store.files.to_bytes", lambda *_: pytest.fail("all quads are held"))
    monkeypatch.setattr(sorted_export, "_BLOCK", 7)
    assert run(["export", "--store", str(folder), "-o", str(tmp_path / f"out.{form}")]) == 0
    assert (tmp_path / f"out.{form}").read_bytes() == expected.rstrip(b"\n") + b"\n"
    with FolderStore(folder) as store:
        assert dict(Graph(store).export(tmp_path / f"again.{form}").written) == {"quads": len(list(store.quads()))}
    assert (tmp_path / f"again.{form}").read_bytes() == expected
