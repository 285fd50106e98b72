"""Worlds of a store folder, whose records are read when they are needed, are those of a store in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from knockon.model import CLASSES, DataSet, Dependency, Document, Entity, Evidence, Statement
from knockon.model.records import Records
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.compile_rows import compile_rows
from knockon.store.kept_records import KeptRecords
from knockon.store.lazy_records import LazyRecords
from knockon.store.oxigraph import MemoryStore
from knockon.store.partial_store import PartialStore
from knockon.store.replaced_records import ReplacedRecords
from knockon.store.worlds import World, find_document, world
from knockon.vocabulary import Stance
from support.compiled import assert_same_network
from support.kept_tables import kept
from support.random_records import DAYS, random_graph
from support.record_views import assert_same
from support.small_records import data_set, documents, entities, iri, need

#: What documents count, and the least confidence.
WORLDS: tuple[dict[str, Any], ...] = tuple(
    {"according_to": only, "without": excluded, "min_confidence": least}
    for only, excluded, least in product((None, "doc-a"), (None, "doc-b"), (None, Decimal("0.5")))
)


class KeptStore(MemoryStore):
    """A store whose records are those of a file."""

    def __init__(self, one: DataSet, rows: KeptRecords) -> None:
        super().__init__(one)
        self._rows = rows

    @property
    def records(self) -> Records:
        return self._rows


def _cited(record: Statement, draw: random.Random) -> Statement:
    """The record, with evidence in some documents with some confidence, or none."""
    confidence = (None, "0.2", "0.50", "0.9")

    def evidence() -> tuple[Evidence, ...]:
        chosen = draw.sample(("doc-a", "doc-b"), draw.choice((0, 0, 1, 1, 2)))
        return tuple(Evidence(document=iri(name), page=1, confidence=draw.choice(confidence)) for name in chosen)

    changes: dict[str, Any] = {} if isinstance(record, Document) else {"evidence": evidence()}
    if isinstance(record, Dependency):
        changes["supply"] = tuple(supply.model_copy(update={"evidence": evidence()}) for supply in record.supply)
    if isinstance(record, Entity) and draw.random() < 0.3:
        changes["part_of"] = () if record.id == iri("e0") else (iri("e0"),)
        (other,) = entities("other", until=draw.choice(DAYS).isoformat())
        changes["until"] = other.until
    return record.model_copy(update=changes)


def _stores(seed: int, path: Path) -> tuple[MemoryStore, KeptStore]:
    """The same random records in memory, and in a file."""
    draw, graph = random.Random(seed), random_graph(seed)  # noqa: S311 - the same records each time
    records = {record.id: _cited(record, draw) for record in (*graph.records, graph.shock)}
    one = data_set("x", records.values())
    return MemoryStore(one), KeptStore(one, kept(path, records.values()))


def _worlds(seed: int, path: Path) -> Iterator[tuple[World, World, dict[str, Any]]]:
    """The worlds of random records on some days, in memory and of a file, and what they are."""
    memory, stored = _stores(seed, path)
    for options, day in product(WORLDS, (None, DAYS[3])):
        yield world(memory, **options, as_of=day), world(stored, **options, as_of=day), {**options, "as_of": day}


@pytest.mark.parametrize("seed", range(4))
def test_worlds_of_a_file_are_those_in_memory(seed: int, tmp_path: Path) -> None:
    """By document, confidence and day: the same records however they are asked for, and the same is lost."""
    lost = 0
    for expected, found, options in _worlds(seed, tmp_path / "records"):
        assert found[1::2] == expected[1::2], options  # fallen, absent, lost weights
        assert found.lost_supplies == expected.lost_supplies
        assert list(found.lost_supplies) == list(expected.lost_supplies)
        assert found.confidence == expected.confidence
        for part, other in ((found.store, expected.store), (found.by_evidence, expected.by_evidence)):
            records = {record.id: record for record in other.records}
            classes = tuple({type(record) for record in records.values()} | {CLASSES["Entity"]})
            assert isinstance(part.records, LazyRecords)
            assert_same(part.records, records, classes)  # type: ignore[arg-type] # classes of statements
            if isinstance(part, PartialStore):
                assert part._memory.records == other.records
        lost += len(found.fallen)
    assert lost


@pytest.mark.parametrize("seed", range(8))
def test_their_networks_are_the_same(seed: int, tmp_path: Path) -> None:
    """Shares and portions of what is lost pass to others, whether records are rows or objects."""
    for expected, found, options in _worlds(seed, tmp_path / "records"):
        record_filter = RecordFilter(as_of=options["as_of"], financing=bool(seed % 2))
        extra, lost = [iri("e0")], (found.lost_supplies, found.lost_weights)
        rows = found.by_evidence.records
        assert isinstance(rows, LazyRecords)
        assert_same_network(
            compile_rows(rows, record_filter, extra, "x", None, *lost),
            compile_network(expected.by_evidence.records, record_filter, extra, "x", *lost),
        )


def test_records_replaced_twice(tmp_path: Path) -> None:
    """A second change is of what the first one left: what is gone stays gone, and new parts have names."""
    rows = kept(tmp_path / "records", (*entities("shop", "a", "b", "acme"), need("shop", "a", "acme"), need("shop", "b")))
    first, other = rows.of_class(Dependency)
    supplied = need("shop", "b", "acme")
    once = ReplacedRecords(rows, {first.id: None})
    twice = ReplacedRecords(once, {first.id: first, other.id: supplied}, refer_to_more={other.id})
    expected = {record.id: record for record in (*entities("a", "acme", "b", "shop"), supplied)}
    assert_same(twice, dict(sorted(expected.items())), (Dependency, Entity))
    assert other.id in {record.id for record in twice.linked([iri("acme")], 0, 1)}
    assert_same_network(compile_rows(twice), compile_network(expected.values()))


def test_a_document_is_found_without_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By IRI, local name or title, as in memory, and no other document is read."""
    one = data_set("x", documents("doc-a", "doc-b"))
    stored = KeptStore(one, kept(tmp_path / "records", one.records))
    monkeypatch.setattr(KeptRecords, "of_class", lambda *_: pytest.fail("all were read"))
    title = str(one.records[1].title)  # type: ignore[attr-defined] # a document
    for name in (iri("doc-b"), "doc-b", f" {title.upper()} "):
        assert find_document(stored, name) == iri("doc-b")


def test_links_of_other_stances_are_derived_without_a_look_at_records(tmp_path: Path) -> None:
    """Which evidence counts for links changes no record: they stay rows, and the store in memory has its links."""
    memory, stored = _stores(3, tmp_path / "records")
    stances = frozenset({Stance.ASSERTS, Stance.ALLEGES})
    found = world(stored, stances=stances, without="doc-b")
    assert isinstance(found.store, PartialStore)
    assert "_memory" not in found.store.__dict__
    assert found.store._memory.stances == stances
    assert found.store.revision == world(memory, stances=stances, without="doc-b").store.revision
    assert world(stored, stances=stances).store.records is stored.records
