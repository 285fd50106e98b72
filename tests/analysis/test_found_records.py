"""What is shown of single records of a large store, each looked for, is what is shown of them among all records."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.analysis.records import kept_texts
from knockon.analysis.records.found_records import FoundRecords, record_index
from knockon.analysis.records.record import show
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.search import search
from knockon.authoring.named_sources import read_source
from knockon.errors import KnockonError
from knockon.model import Company, Designation, Document, Judgement, Measure, Provision, Statement
from knockon.rdf.integrity import with_parts
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from support.example_data import EXAMPLE
from support.small_records import data_set, documents, entities, iri, need, passage

NAMES = ["ACME of Y", "another", "id:a", "a--b", "nothing at all", "", "data-x", "x", "https://example.org/page"]

#: Words of several texts, of titles that name others, escaped by JSON, of other scripts, of nothing.
SEARCHED = ["a", "needs", "acme needs c", "of y needs", "needs", 'say "so" \\ now', "\u0130", "\uff02", "energie", "no such"]
#: More words, and more pieces of one, than a statement of SQLite takes.
SEARCHED += ["entity list: acme", "(from 2019-10-09)", "acme provides c (2025)", "same: acme b", "and", ":", "different"]
SEARCHED += [" ".join(["a", "y"] * 1500), 'a"' * 3000]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with records of several data sets, parts, evidence, and an entity whose IRI is the address of a document."""
    place = tmp_path_factory.mktemp("found") / "store"
    page = Document(id=iri("page"), title="Page", url="https://example.org/page")
    comment = 'Said "so" \\ now,\tand \u00c9nergie \uff02'
    firm = Company(id=iri("a"), label="Acme of y", altLabel=["Another", 'Say "so" \\ now'], comment=comment)
    cited = need("a", "c", "b", evidence=[passage(1, document="doc-a")])
    with FolderStore(place) as store:
        store.load(read_source(EXAMPLE), data_set("x", entities("a", "b")))
        site = Company(id="https://example.org/page", label="Site")
        titled = _titled_by_others()
        store.load(data_set("y", [firm, cited, page, site, *titled, *entities("b", "c"), *documents("doc-a")]))
    return place


@pytest.fixture(params=["rows", "kept texts"])
def texts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of records are looked through, or their texts, which are kept."""
    monkeypatch.setattr(kept_texts, "LEAST_RECORDS", 0 if request.param == "kept texts" else 1 << 40)


def _titled_by_others() -> list[Statement]:
    """Return a list with a party, a provision and a judgement, whose titles are made of the names of others."""
    return [
        Measure(id=iri("list"), label="Entity List"),
        Designation(id=iri("listed"), measure=iri("list"), designated=iri("a"), **{"from": "2019-10-09"}),
        Provision(id=iri("provided"), provider=iri("a"), provided=iri("c"), period="2025"),
        Judgement(id=iri("judged"), entity=[iri("a"), iri("b")], verdict="same"),
    ]


def test_each_record_is_shown_as_among_all(folder: Path) -> None:
    """Records, parts, evidence, data sets, documents and names of nothing: the same answers and errors."""
    with FolderStore(folder) as store:
        listed = RecordIndex(MemoryStore(*store.at(store.history[0].number)))
        parts = [part for record in listed.records for part in with_parts(record)]
        names = [*NAMES, *(part.id for part in parts[::23])]
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


@pytest.mark.usefixtures("texts")
def test_a_search_finds_what_is_found_among_all(folder: Path) -> None:
    """Words of names, ids, titles made of the names of others, identifiers, comments, quotes; of nothing; of one class."""
    with FolderStore(folder) as store:
        memory = RecordIndex(MemoryStore(*store.at(store.history[0].number)))
        texts = {text.content for _, texts in memory.texts for text in texts}
        words = sorted({word for text in texts for word in text.split()})
        pairs = [f"{one} {other}" for one, other in zip(words[::3], words[1::3], strict=False)]
        for text in [*SEARCHED, *words[::37], *pairs[::19], *sorted(texts)[::61]]:
            for cls in (None, "Dependency"):
                found = record_index(store)
                assert search(found, text, cls=cls, top=0) == search(memory, text, cls=cls, top=0), text
                assert not found.records._has_all  # type: ignore[attr-defined] # of kept records
        assert search(found, "acme") == search(found, "acme")  # the second from all texts


@pytest.mark.usefixtures("texts")
def test_a_search_among_dependencies_alone(tmp_path: Path) -> None:
    """Where titles name no documents, these are found by all words, and entities that titles name by any of them."""
    firm = Company(id=iri("f1"), label="Blue Glass")
    cited = [need("f1", "c", "b", evidence=[passage(1, document="doc-a")]), need("b", "f1", mechanism="by a blue pipe")]
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("y", [firm, *cited, *entities("b", "c"), *documents("doc-a", "doc-glass")]))
        memory = RecordIndex(MemoryStore(*store.data_sets))
        for text in [
            "glass",
            "blue c",
            "blue glass needs",
            "doc",
            "doc glass",
            "pipe b",
            "pipe blue f1",
            "f1 glass needs c",
            "b",
        ]:
            assert search(record_index(store), text, top=0) == search(memory, text, top=0), text


def test_suggestions_are_those_among_all(folder: Path) -> None:
    """Names that are suggested for a mistyped one, with and without parts, and IRIs."""
    with FolderStore(folder) as store:
        kept, memory = store.records, MemoryStore(*store.at(store.history[0].number)).records
        for classes in (("Entity", "Measure"), ("Record",), ("Supply", "Shock"), ("Hit",), ("Dependency",)):
            for parts in (False, True):
                assert kept.names_in_use(*classes, parts=parts) == memory.names_in_use(*classes, parts=parts)
        assert sorted(kept.iris()) == sorted(memory.iris())
        assert not kept._has_all  # type: ignore[attr-defined] # of kept records


def _shown(index: RecordIndex, name: str) -> object:
    try:
        return show(index, name)
    except KnockonError as error:
        return type(error), str(error)
