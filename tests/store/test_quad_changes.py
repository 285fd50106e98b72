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

from knockon.errors import InvalidData, UsageError
from knockon.model import Dependency, Document, Entity, Measure, Ownership, Relation, Service, Statement
from knockon.rdf.merge import merge
from knockon.rdf.sameness import Sameness
from knockon.store import changed_database, database, verified_files
from knockon.store.assembly import assemble
from knockon.store.base import Store
from knockon.store.database import database_path
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.store.regular_files import sha256_of
from knockon.store.verified_files import VerifiedFiles
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


CHANGES = st.lists(st.tuples(st.sampled_from(["x", "y", "z", "remove", "undo"]), records_of_one()), min_size=2, max_size=5)


@settings(deadline=None, max_examples=settings().max_examples // 4)
@given(CHANGES, st.booleans())
def test_any_changes_give_what_a_full_build_gives(changes: Sequence[tuple[str, list[Statement]]], logged: bool) -> None:
    """Quads, records, kept tables, reports and messages after loads, removals and undos; a store built in full decides."""
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        if not logged:
            patch.setattr(changed_database, "_MOST_LOGGED", 0)
        folder, whole = Path(place) / "store", Path(place) / "whole"
        for action, records in changes:
            with FolderStore(whole) as store:
                expected = _outcome(store, action, records)
            with always_linked(), FolderStore(folder) as store:
                assert _outcome(store, action, records) == expected
            with FolderStore(folder) as store:
                sets = store.at(store.history[0].number) if store.history else ()
                assert set(store.quads()) == (as_stored(assemble(sets)) if store.history else set())
                assert store.data_sets == sets
                assert list(store.records) == [record for record, _ in merge(sets)]
                assert store._placed == merge(sets)
                assert _found(store) == _found(MemoryStore(*sets))
                assert store.verify() or not store.history


def _outcome(store: FolderStore, action: str, records: list[Statement]) -> object:
    """What a change reports, or its error, without the names of folders."""
    try:
        report = _change(store, action, records)
    except (InvalidData, UsageError) as error:
        return type(error), str(error).replace(str(store.folder), "")
    return report


def _found(store: Store) -> object:
    """What is found in the records of a store by class, name, date and wholes."""
    records = store.records
    names = ["a", "A", "Other", "doc-a", "n1", "n1--e", "r", "nothing"]
    return (
        [list(records.of_class(kind)) for kind in (Entity, Dependency, Ownership, Document)],
        [sorted(each.id for each in records.named(name)) for name in names],
        (list(records.parts_of_wholes), list(records.dated), records.some_inferred, Sameness.of(records).groups),
        (len(records), len(records.by_iri), list(records.having([iri("a"), iri("n1"), iri("none")]))),
    )


def as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Quads with the forms of numbers that a database gives them."""
    db = pyoxigraph.Store()
    db.bulk_extend(quads)
    return set(db)


def _change(store: FolderStore, action: str, records: list[Statement]) -> object:
    if action == "undo":
        return store.undo()
    if action == "remove":
        return store.remove(*(each.info.id for each in store.data_sets[:1]))
    return store.load(data_set(action, records))


@pytest.mark.parametrize("logged", [True, False])
def test_files_that_do_not_change_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, logged: bool) -> None:
    """The next database is the same files on the disk, with the same checksums; a small change adds only to the log."""
    if not logged:
        monkeypatch.setattr(changed_database, "_MOST_LOGGED", 0)
    hashed: list[str] = []
    checksum = database.sha256_of
    with always_linked(), FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", entities("x")))
        before = _tables(store)
        monkeypatch.setattr(database, "sha256_of", lambda path: hashed.append(path.name) or checksum(path))
        # While it changes, the old files are still there.
        with monkeypatch.context() as watched:
            watched.setattr("knockon.store.folder.sweep", lambda _: None)
            store.load(data_set("y", entities("y")))
        after = _tables(store)
    assert before
    assert before.items() <= after.items()
    assert (before == after) is logged
    assert "CURRENT" in hashed
    assert before.keys().isdisjoint(hashed)
    assert after.keys() - before.keys() <= set(hashed)


def _tables(store: FolderStore) -> dict[str, tuple[int, str]]:
    """The number on the disk and the checksum of each file of the database that is never written to again."""
    assert store._pointer is not None
    assert store._pointer.database is not None
    place, files = database_path(store.folder, store._pointer.database), store._pointer.database.files
    return {name: ((place / name).stat().st_ino, sha256) for name, sha256 in files.items() if name.endswith(".sst")}


def test_what_was_compared_is_not_read_again_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a change takes over stay compared, although the names of a file change one of its times."""
    monkeypatch.setattr(verified_files, "_LARGE", 0)
    monkeypatch.setattr(verified_files, "_UNSETTLED", -1)
    read: list[str] = []
    with always_linked(), FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", entities("x")))
        before = _tables(store)
        store.load(data_set("y", entities("y")))
    matches = VerifiedFiles.matches

    def reading(path: Path) -> str:
        read.append(path.name)
        return sha256_of(path)

    monkeypatch.setattr(VerifiedFiles, "matches", lambda self, path, sha256, _=None: matches(self, path, sha256, reading))
    with FolderStore(tmp_path / "store") as store:
        assert len(store.records) == 2
        assert _tables(store).keys() >= before.keys()
    assert before.keys().isdisjoint(read)
    assert not [name for name in read if name.startswith("records-")]


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


def test_what_concerns_all_records_is_left_to_a_full_build(tmp_path: Path) -> None:
    """The same entity under two IRIs, and lists: their triples follow from records about other subjects."""
    plain, known = data_set("x", entities("a")), [{"scheme": "Wikidata", "notation": "Q1"}]
    lists = [Measure.model_validate({"id": iri("list"), "label": "List", "appliesTo": [iri("a")]})]
    with always_linked(), FolderStore(tmp_path / "store") as store:
        store.load(plain)
        before = store.data_sets
        assert store._local_change((*before, data_set("y", entities("b")))) is not None
        assert store._local_change((*before, data_set("y", entities("b", "c", identifier=known)))) is None
        assert store._local_change((*before, data_set("y", lists))) is None
