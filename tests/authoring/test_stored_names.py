"""The names of a store that are looked for one by one mean what they mean among all names."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.authoring.known_names import KnownNames
from knockon.authoring.named_sources import read_source
from knockon.authoring.names import InvalidName
from knockon.authoring.stored_names import StoredNames, known_names
from knockon.model import Company
from knockon.store.folder import FolderStore
from support.example_data import EXAMPLE
from support.small_records import data_set, documents, entities, iri, need, passage


def test_single_names_mean_what_they_mean_among_all(tmp_path: Path) -> None:
    """IRIs, classes, data sets and names of records, parts and evidence, with and without a data set that is replaced."""
    with FolderStore(tmp_path / "store") as store:
        store.load(read_source(EXAMPLE), data_set("x", entities("a", "b")))
        firm = Company(id=iri("a"), label="A of y", altLabel=["Another"])
        cited = need("a", "c", "b", evidence=[passage(1, document="doc-a")])
        store.load(data_set("y", [firm, cited, *entities("b", "c"), *documents("doc-a")]))
    with FolderStore(tmp_path / "store") as store:
        for sets in (store.data_sets, store.data_sets[1:], (*store.data_sets[:1], data_set("z", entities("a", "d")))):
            names = known_names(sets)
            assert isinstance(names, StoredNames)
            _compare(names, KnownNames.of(sets))


def _compare(names: KnownNames, listed: KnownNames) -> None:
    evidence = [part for part, cls in listed.classes.items() if cls == "Evidence"]
    iris = [*list(listed.classes)[::5], *evidence, *map(iri, ("a", "b", "c", "d", "none", "a--b"))]
    for each in iris:
        assert names.classes.get(each) == listed.classes.get(each), each
        assert names.data_sets_of(each) == listed.data_sets_of(each), each
        assert names.has_entity(each) == listed.has_entity(each), each
    texts = {text for entry in listed.names[::7] for name in entry.names for text in (name, f" {name.upper()} ")}
    for text in sorted({*texts, "a", "A of Y", "another", "nothing"}):
        for exact in (False, True):
            for uses in ((), ("x", "y")):
                assert _found(names, text, uses, exact) == _found(listed, text, uses, exact), text
    assert names.data_sets == listed.data_sets
    assert dict(names.classes) == dict(listed.classes)
    assert names.names == listed.names


def _found(names: KnownNames, text: str, uses: tuple[str, ...], exact: bool) -> str | None:
    try:
        return names.find(text, uses, exact=exact)
    except InvalidName as error:
        return str(error)


@pytest.mark.parametrize("count", [0, 2])
def test_names_without_a_store_are_listed(count: int) -> None:
    """Data sets in memory: all names are at hand."""
    assert type(known_names([data_set(str(number), entities("a")) for number in range(count)])) is KnownNames
