"""The links of an entity, and the chains of dependencies between two."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

import knockon
from knockon.analysis.structure import dependency_paths
from knockon.errors import NotFound, UsageError
from knockon.graph import Graph
from knockon.model import Ownership, Product
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import UNKNOWN
from support.small_records import data_set, entities, iri, need


def graph(*records: object) -> Graph:
    return Graph(MemoryStore(data_set("x", list(records))))


def small() -> Graph:
    """A shop that needs a cloud of two suppliers, one of which needs a chip, and whose parent owns it."""
    return graph(
        *entities("shop", "acme", "bolt", "parent"),
        *entities("cloud", "chip", cls=Product),
        need("shop", "cloud", "acme", "bolt", criticality="High", combination="AnyOf"),
        need("acme", "chip"),
        Ownership(id=iri("o"), owner=iri("parent"), owned=iri("shop")),
    )


def test_neighbours_are_needs_dependants_and_other_links() -> None:
    """Each need has a row for itself and for each supplier; a stake of unknown share has no share, not 0."""
    answer = small().neighbours("shop")
    assert [(link.need, link.provider) for link in answer.needs] == [
        (iri("cloud"), None), (iri("cloud"), iri("acme")), (iri("cloud"), iri("bolt")),
    ]  # fmt: skip
    assert [link.partial for link in answer.needs] == [False, True, True]
    assert [(link.kind, link.subject, link.share) for link in answer.others] == [("owns", iri("parent"), None)]
    assert [link.dependant for link in small().neighbours("acme").needed_by] == [iri("shop")]
    (chip,) = small().neighbours("acme").needs
    assert (chip.unknown, chip.criticality.low, chip.criticality.high) == (True, *UNKNOWN[::2])


def test_neighbours_of_an_unknown_name() -> None:
    """An unknown name is an error with the nearest ones."""
    with pytest.raises(NotFound, match="acme"):
        small().neighbours("acmee")


def test_paths_run_from_the_dependant_to_what_it_rests_on() -> None:
    """A chain has its links in order, and passes on the product of what they pass on."""
    (path,) = small().paths("shop", "chip").paths
    assert path.ids == ("shop", "acme", "chip")
    assert path.partial
    assert path.strength == pytest.approx(path.links[0].passes.point * path.links[1].passes.point)


def test_no_path_says_whether_there_is_one_the_other_way() -> None:
    """Nothing is found against the direction of dependencies, and the answer says that the other direction has one."""
    answer = small().paths("chip", "shop")
    assert (answer.paths, answer.reverse, answer.truncated, answer.longer) == ((), True, False, False)
    assert not small().paths("bolt", "chip").reverse


def test_bounds_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bounds on length, number and search leave out is in the answer."""
    assert small().paths("shop", "chip", length=1).longer
    wide = graph(
        *entities("shop", "end", *(f"m{i}" for i in range(4))),
        *(need("shop", f"m{i}") for i in range(4)), *(need(f"m{i}", "end") for i in range(4)),
    )  # fmt: skip
    assert (len(wide.paths("shop", "end", most=4).paths), wide.paths("shop", "end", most=4).truncated) == (4, False)
    assert (len(wide.paths("shop", "end", most=3).paths), wide.paths("shop", "end", most=3).truncated) == (3, True)
    monkeypatch.setattr(dependency_paths, "TRIED", 2)
    assert wide.paths("shop", "end").truncated


@pytest.mark.parametrize("wrong", [{"length": 0}, {"most": 0}])
def test_bounds_below_one_are_refused(wrong: dict[str, int]) -> None:
    """A bound below 1 and a path to itself make no sense."""
    with pytest.raises(UsageError):
        small().paths("shop", "chip", **wrong)
    with pytest.raises(UsageError):
        small().paths("shop", "shop")


def test_paths_are_those_of_the_links() -> None:
    """On bundled data, every chain that networkx finds on the neighbours' links is found, and no other."""
    bundled = knockon.open()
    links = nx.DiGraph()
    for entity in bundled.network().nodes:
        for link in bundled.neighbours(entity).needs:
            links.add_edge(entity, link.provider or link.need)
    first, last = iri("sensefoundry"), iri("nvidia")
    expected = {tuple(path) for path in nx.all_simple_paths(links, first, last, cutoff=8)}
    found = bundled.paths("sensefoundry", "nvidia")
    assert {path.entities for path in found.paths} == expected
    assert all(a.length <= b.length for a, b in pairwise(found.paths))
