"""The page of a large store: with room for everything it is that of a graph in memory, and else it says what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.errors import UsageError
from knockon.model import Company, Dependency, Document, Entity, Measure
from knockon.present.page import stored_excerpt as stored
from knockon.present.page import worlds
from knockon.present.page.excerpt import excerpt, hit_hardest, losers_of, near
from knockon.present.page.page_data import drawing
from knockon.present.page.stored_links import StoredLinks
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.store.linked_records import LinkedRecords
from support.example_data import EXAMPLE
from support.hostile_records import data_in_page
from support.large_graph import NS, large_records
from support.small_records import data_set

#: What of a page follows from the records that it reads alone.
PARTS = ("classes", "documents", "edges", "evidence", "facts", "kinds", "nodes", "strings")


@pytest.fixture(scope="module", params=["letters", "large"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with records of every class, or with some entities that many records name."""
    path = tmp_path_factory.mktemp("stored") / "store"
    with FolderStore(path) as store:
        if request.param == "letters":
            from knockon.authoring.named_sources import read_source

            store.load(read_source(EXAMPLE))
        else:
            store.load(data_set("large", large_records(180)))
            # A later load leaves the first table as it is, and writes changes beside it.
            more = [Company(id=f"{NS}new", label="New"), Dependency(id=f"{NS}n", dependant=f"{NS}new", need=f"{NS}c0")]
            store.load(data_set("more", [*large_records(1), *more]))
    return path


@pytest.fixture
def records(folder: Path) -> Iterator[KeptRecords]:
    with FolderStore(folder) as store:
        assert isinstance(store.records, KeptRecords)
        yield store.records


def centres(records: KeptRecords) -> list[str]:
    """Some entities, among them one that many records name."""
    drawn = [record.id for record in records.of_class(Entity, Measure)]
    return sorted(drawn, key=lambda iri: (-len(records.naming(iri)), iri))[:: max(1, len(drawn) // 5)]


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_with_room_for_all_it_is_the_page_of_memory(records: KeptRecords, depth: int) -> None:
    """The same entities, links, facts, citations and words, around each centre."""
    for centre in centres(records):
        plain = excerpt(records, centre=centre, depth=depth)
        part = stored.stored_excerpt(records, centre=centre, depth=depth, limit=5_000)
        assert plain is not None
        assert (part.kept, part.entities) == (plain.kept, plain.entities)
        assert part.unread == 0
        whole, read = (drawing(each, title="t", part=plain) for each in (records, part.records))
        assert {name: read[name] for name in PARTS} == {name: whole[name] for name in PARTS}


def test_what_many_records_name_is_followed_to_some_of_them(records: KeptRecords) -> None:
    """The limit holds, all links between what is drawn are there, and the rest is counted."""
    centre = centres(records)[0]
    part = stored.stored_excerpt(records, centre=centre, depth=3, limit=6)
    assert len(part.kept) == 6
    assert centre in part.kept
    assert len(part.records) + part.others == len(records)
    naming = {record.id for iri in part.kept for record in records.naming(iri)}
    assert part.unread == len(naming - {record.id for record in part.records})
    assert part.unread or len(records) < 400
    whole, read = (drawing(each, title="t", part=part) for each in (records, part.records))
    assert [read["edges"][end] for end in ("from", "to")] == [whole["edges"][end] for end in ("from", "to")]
    said = str((part.notice() or {})["why"])
    assert "the 6 nearest and best connected" in said
    assert f"{part.others:,} records" in said
    assert (f", {part.unread:,} of which name an entity that is shown" in said) == bool(part.unread)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores of few records count as large."""
    monkeypatch.setattr(stored, "MOST_RECORDS", 10)
    monkeypatch.setattr(worlds, "MOST_RECORDS", 10)


@pytest.mark.usefixtures("large")
def test_the_page_of_a_shock(folder: Path, records: KeptRecords) -> None:
    """It shows those who lose most, with the losses of the command line and what led to them; it computes nothing."""
    hit = {centres(records)[0]: "high"}
    graph = knockon.open(folder)
    report = graph.impact(hit=hit)
    page = graph.explore(hit=hit, limit=8)
    data: dict[str, Any] = data_in_page(page)
    names = [data["strings"][row] for row in data["cascade"]["impacts"]["entity"]]
    losses = {impact.entity: impact.loss for impact in report.impacts}
    assert "network" not in data
    assert len(names) == min(8, len(losses))
    assert min(losses[name] for name in names) >= 0
    assert data["cascade"]["impacts"]["loss"] == [round(losses[name], 6) for name in names]
    assert "computes nothing by itself" in data["left_out"]["why"]
    assert f"{len(losses)}" in data["cascade"]["finding"][0]


@pytest.mark.usefixtures("large")
def test_what_is_refused(folder: Path, records: KeptRecords) -> None:
    """A page of everything, and of two shocks; the message says what to do."""
    graph = knockon.open(folder)
    with pytest.raises(UsageError, match="--centre"):
        graph.explore()
    for wrong in ({"limit": 0}, {"depth": -1}):
        with pytest.raises(UsageError, match="at least one entity"):
            graph.explore(centre=centres(records)[0], **wrong)
    shocks = [shock.id for shock in graph.store.records if shock.rdf_class == "Shock"]
    if len(shocks) > 1:
        with pytest.raises(UsageError, match="knockon compare"):
            graph.explore(shocks[0], compare=shocks[1])


def test_needs_of_many_are_those_of_each(records: KeptRecords) -> None:
    """Entities whose records one step reads together need what each of them needs by itself, in their order."""
    entities = sorted(record.id for record in records.of_class(Entity, Measure))
    for most in (1, 40, 10_000):
        links = StoredLinks(LinkedRecords(records), most)
        assert list(links.needs_of_each(entities)) == [next(links.needs_of_each([entity])) for entity in entities]


def test_no_record_is_made_of_what_is_only_an_end(folder: Path) -> None:
    """To choose what is near an entity, and what a shock hits hardest, no record of another entity or document is made."""
    graph = knockon.open(folder)
    records = graph.store.records
    assert isinstance(records, KeptRecords)
    centre = centres(records)[0]
    report = graph.impact(hit={centre: "high"})
    links = StoredLinks(LinkedRecords(KeptRecords(records.rows)), 10_000)
    near(links, [centre], "", 2, 5_000)
    read = links.stored.records._read.values()
    assert not [record for record in read if isinstance(record, Document)]
    links = StoredLinks(LinkedRecords(KeptRecords(records.rows)), 10_000)
    kept, _ = hit_hardest(links, losers_of(report), len(report), 2)
    assert len(kept) == 2
    assert not links.stored.records._read
