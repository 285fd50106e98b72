"""The records of a large store by what they refer to: counted, numbered and read as going through all of them would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knockon.authoring.named_sources import read_source
from knockon.model import Company, Dependency, Entity, Ownership, Shock
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.store.linked_records import LinkedRecords, NamingNumbers
from knockon.store.validity import named_iris
from support.example_data import EXAMPLE
from support.small_records import data_set, iri


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with records of every class, and changes of some of them in a file of their own."""
    path = tmp_path_factory.mktemp("linked") / "store"
    with FolderStore(path) as store:
        store.load(read_source(EXAMPLE))
        more = [
            Company(id=iri("new"), label="New"),
            Dependency(id=iri("n"), dependant=iri("new"), need="https://w3id.org/knockon/example/asml"),
        ]
        store.load(data_set("more", more))
    return path


@pytest.fixture
def linked(folder: Path) -> Iterator[LinkedRecords]:
    with FolderStore(folder) as store:
        assert isinstance(store.records, KeptRecords)
        yield LinkedRecords(store.records)


def named(linked: LinkedRecords) -> dict[str, set[str]]:
    """The records that name each IRI."""
    naming: dict[str, set[str]] = {}
    for record in linked.records:
        for name in named_iris(record):
            naming.setdefault(name, set()).add(record.id)
    return naming


def test_numbers_are_those_of_the_records_that_name(linked: LinkedRecords) -> None:
    """For each of some IRIs, in their order, ascending and once; none for one that nobody names."""
    naming = named(linked)
    wanted = [*sorted(naming)[::3], iri("nobody")]
    found = linked.numbers_naming(reversed(wanted))
    assert found.iris == sorted(wanted)
    assert found.start.tolist() == [0, *np.cumsum(found.counts).tolist()]
    for place, name in enumerate(found.iris):
        numbers = found.numbers[found.start[place] : found.start[place + 1]]
        assert numbers.tolist() == sorted({*numbers.tolist()})
        assert {row[0] for row in linked.numbered(numbers)} >= naming.get(name, set())
    counts = linked.counts_naming(wanted)
    assert all(counts[name] >= len(naming.get(name, ())) for name in wanted)
    assert counts[iri("nobody")] == 0
    assert linked.numbers_naming([]).start.tolist() == [0]


def test_numbers_without_some() -> None:
    """What is left of each keeps its place."""
    naming = NamingNumbers(["a", "b", "c"], np.array([0, 2, 2, 5]), np.array([1, 2, 1, 3, 4]))
    left = naming.without(np.array([1, 4]))
    assert (left.iris, left.start.tolist(), left.numbers.tolist()) == (["a", "b", "c"], [0, 1, 1, 2], [2, 3])


def test_records_of_some_classes_that_name(linked: LinkedRecords) -> None:
    """No record of another class is read, however many there are that name the same."""
    naming, kinds = named(linked), (Ownership, Shock)
    rows = list(linked.naming(naming, *kinds))
    expected = {each for name in naming for each in naming[name] if isinstance(linked.records.find(each), kinds)}
    assert {row[0] for row in rows} >= expected
    assert expected
    assert all(issubclass(linked.records.classes[row[1]], kinds) for row in rows)


def test_classes_of_records(linked: LinkedRecords) -> None:
    """Those that there are, with their classes."""
    iris = [record.id for record in linked.records.of_class(Entity)]
    found = dict(linked.classes_of([*iris, iri("nobody")]))
    assert found == {name: type(linked.records.find(name)) for name in iris}
