"""A store that is changed quad by quad is the store that a full build of its data sets gives."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from knockon.errors import InvalidData
from knockon.model import Measure, Ownership, Relation, Service, Statement
from knockon.rdf.merge import merge
from knockon.store import changed_database, quad_changes
from knockon.store.base import assemble
from knockon.store.folder import FolderStore
from support.kill_at_step import always_linked
from support.small_records import data_set, documents, entities, iri, need, passage

CITED = [passage(1), passage(2), passage(1, document="doc-b")]


def _record(draw: Any, kind: str) -> Statement:
    """A record about a few entities, with evidence that others have too."""
    one, other = draw(st.sampled_from("abcd")), draw(st.sampled_from("abcd"))
    evidence = draw(st.lists(st.sampled_from(CITED), max_size=2, unique_by=str))
    if kind == "entity":
        (record,) = entities(one, **draw(st.sampled_from([{}, {"altLabel": ["Other"]}, {"partOf": [iri("e")]}])))
        return record
    if kind == "same":
        return entities(one, identifier=[{"scheme": "Wikidata", "notation": "Q1"}])[0]
    if kind == "list":
        return Measure.model_validate({"id": iri("list"), "label": "List", "appliesTo": [iri(one)], "evidence": evidence})
    if kind == "need":
        word = draw(st.sampled_from(["High", "Low"]))
        name = draw(st.sampled_from(["", "n1", "n2"]))
        return need(one, other + "2", *draw(st.sampled_from([(), ("e",)])), name=name, criticality=word, evidence=evidence)
    if kind == "owns":
        return Ownership.model_validate({"id": iri("o"), "owner": iri(one), "owned": iri("e"), "evidence": evidence})
    values = {"id": iri("r"), "subject": iri(one), "object": iri("e"), "relationType": "competesWith"}
    return Relation.model_validate({**values, "evidence": evidence})


@st.composite
def records_of_one(draw: Any) -> list[Statement]:
    """Records of one data set: all entities that are named, so that it is valid by itself, and a few others."""
    kinds = draw(st.lists(st.sampled_from(["entity", *["need"] * 4, "owns", "entity", "relation"]), max_size=5))
    kinds += draw(st.sampled_from([[], [], [], [], ["same"], ["list"]]))
    base = [*entities(*"abcde"), *entities("a2", "b2", "c2", "d2", cls=Service), *documents("doc-a", "doc-b")]
    return list({record.id: record for record in (*base, *(_record(draw, kind) for kind in kinds))}.values())


CHANGES = st.lists(st.tuples(st.sampled_from(["x", "y", "z", "remove", "undo"]), records_of_one()), min_size=2, max_size=4)


@settings(deadline=None, max_examples=4)
@given(CHANGES)
def test_any_changes_give_what_a_full_build_gives(changes: Sequence[tuple[str, list[Statement]]]) -> None:
    """Quads, records and kept records after loads, replacements, removals and undos; a full build of the archive decides."""
    with tempfile.TemporaryDirectory() as place, always_linked():
        folder = Path(place) / "store"
        for action, records in changes:
            with FolderStore(folder) as store:
                _change(store, action, records)
            with FolderStore(folder) as store:
                sets = store.at(store.history[0].number) if store.history else ()
                assert set(store.quads()) == (as_stored(assemble(sets)) if store.history else set())
                assert list(store.records) == [record for record, _ in merge(sets)]
                assert store.verify() or not store.history


def as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Quads with the forms of numbers that a database gives them."""
    db = pyoxigraph.Store()
    db.bulk_extend(quads)
    return set(db)


def _change(store: FolderStore, action: str, records: list[Statement]) -> None:
    try:
        if action == "undo" and store.history:
            store.undo()
        elif action == "remove" and store.data_sets:
            store.remove(store.data_sets[0].info.id)
        elif action in "xyz":
            store.load(data_set(action, records))
    except InvalidData:
        pass  # nothing was changed, which is compared


def test_files_that_do_not_change_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next database has the checksums of the files that it shares with the current one, which are not read again."""
    files: list[set[tuple[str, str]]] = []
    hashed: list[str] = []
    checksum = changed_database.describe.__globals__["sha256_of"]
    with always_linked(), FolderStore(tmp_path / "store") as store:
        for name in "xy":
            store.load(data_set(name, entities(name)))
            assert store._pointer is not None
            assert store._pointer.database is not None
            files.append({item for item in store._pointer.database.files.items() if item[0].endswith(".sst")})
            monkeypatch.setitem(
                changed_database.describe.__globals__, "sha256_of", lambda path: hashed.append(path.name) or checksum(path)
            )
    assert files[0]
    assert files[0] < files[1]
    assert not {name for name, _ in files[0]} & set(hashed[: len(hashed) // 2])


def test_a_database_of_other_rules_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the program may derive other triples, so that nothing of its database is taken over."""
    changed: list[object] = []
    monkeypatch.setattr("knockon.store.folder.change_database", lambda *given: changed.append(given))
    with always_linked(), FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", entities("a")))
        monkeypatch.setattr(changed_database, "_rules", lambda: "other rules")
        store.load(data_set("y", entities("b")))
        assert not changed
        store.load(data_set("z", entities("c")))
        assert changed


def test_what_concerns_all_records_is_left_to_a_full_build() -> None:
    """The same entity under two IRIs, and lists: their triples follow from records about other subjects."""
    plain = data_set("x", entities("a"))
    same = data_set("y", entities("b", "c", identifier=[{"scheme": "Wikidata", "notation": "Q1"}]))
    with always_linked():
        before, after = (quad_changes.Content(sets, merge(sets)) for sets in ([plain], [plain, same]))
        assert quad_changes.find_quad_changes(before, before) == (set(), set())
        assert quad_changes.find_quad_changes(before, after) is None
