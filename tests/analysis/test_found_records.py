"""What is shown of single records of a large store, each looked for, is what is shown of them among all records."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.analysis.records.found_records import FoundRecords, record_index
from knockon.analysis.records.record import show
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.search import search
from knockon.authoring.named_sources import read_source
from knockon.errors import KnockonError
from knockon.model import Company, Document
from knockon.rdf.integrity import with_parts
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from support.example_data import EXAMPLE
from support.small_records import data_set, documents, entities, iri, need, passage

NAMES = ["ACME of Y", "another", "id:a", "a--b", "nothing at all", "", "data-x", "x", "https://example.org/page"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with records of several data sets, parts, evidence, and an entity whose IRI is the address of a document."""
    place = tmp_path_factory.mktemp("found") / "store"
    page = Document(id=iri("page"), title="Page", url="https://example.org/page")
    firm = Company(id=iri("a"), label="Acme of y", altLabel=["Another"])
    cited = need("a", "c", "b", evidence=[passage(1, document="doc-a")])
    with FolderStore(place) as store:
        store.load(read_source(EXAMPLE), data_set("x", entities("a", "b")))
        site = Company(id="https://example.org/page", label="Site")
        store.load(data_set("y", [firm, cited, page, site, *entities("b", "c"), *documents("doc-a")]))
    return place


def test_each_record_is_shown_as_among_all(folder: Path) -> None:
    """Records, parts, evidence, data sets, documents and names of nothing: the same answers and errors."""
    with FolderStore(folder) as store:
        listed = RecordIndex(MemoryStore(*store.at(store.history[0].number)))
        parts = [part for record in listed.records for part in with_parts(record)]
        names = [*NAMES, *(part.id for part in parts[::11])]
        for name in [*names, *(part.name for part in parts if part.rdf_class == "Evidence")]:
            store.reload()
            found = record_index(store)
            assert isinstance(found, FoundRecords)
            assert _shown(found, name) == _shown(listed, name), name


def test_one_record_takes_no_others(folder: Path) -> None:
    """To show an entity, the records that name it are read, and not all."""
    with FolderStore(folder) as store:
        found = record_index(store)
        assert show(found, iri("a")).named_by
        assert not found.records._has_all  # type: ignore[attr-defined] # of kept records
        assert search(found, "acme") == search(RecordIndex(MemoryStore(*store.data_sets)), "acme")


def _shown(index: RecordIndex, name: str) -> object:
    try:
        return show(index, name)
    except KnockonError as error:
        return type(error), str(error)
