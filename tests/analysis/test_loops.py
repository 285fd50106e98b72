"""Loops of a network: found all, strongest first, with what is supposed and what is left out told."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.structure.loops import LONGEST, find_loops
from knockon.analysis.structure.loops_answer import Loops, SupposedLink
from knockon.errors import NotFound, UsageError
from knockon.model import Concept, Dependency, Provision, Relation
from knockon.network.compile import RecordFilter
from knockon.propagation.structure import cycles
from support.contexts import bakery, context
from support.small_records import entities, iri, need, passage

NAMES = "abcde"


def circle(*names: str, **more: Any) -> list[Dependency]:
    return [need(a, b, evidence=[passage()], **more) for a, b in zip(names, (*names[1:], names[0]), strict=True)]


def entity_names(answer: Loops) -> list[list[str]]:
    return [list(loop.ids) for loop in answer.loops]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), unique=True, max_size=14), st.integers(1, 6))
def test_loops_are_all_there_are(pairs: list[tuple[str, str]], length: int) -> None:
    """Every elementary cycle of two or more up to the length, each once; through an entity, those that hold it.

    What an entity needs of itself is left out of the network.
    """
    pairs = [(a, b) for a, b in pairs if a != b]
    where = context(*entities(*NAMES), *(need(a, b) for a, b in pairs))
    every = {rotated(cycle) for cycle in nx.simple_cycles(nx.DiGraph(pairs)) if len(cycle) <= length}
    answer = find_loops(where, length=length)
    assert sorted(map(tuple, entity_names(answer))) == sorted(every)
    for name in NAMES:
        through = find_loops(where, length=length, through=name)
        assert sorted(map(tuple, entity_names(through))) == sorted(loop for loop in every if name in loop)
    if not answer.longer:
        assert len(every) == sum(1 for _ in nx.simple_cycles(nx.DiGraph(pairs)))


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), unique=True, max_size=14), st.integers(1, 6))
def test_with_half_of_the_ways_back_the_loops_are_the_same(pairs: list[tuple[str, str]], length: int) -> None:
    """In the same order; around a node with many others only half of them are looked for."""
    graph = nx.DiGraph([(a, b) for a, b in pairs if a != b])
    expected = list(cycles.cycles(graph, None, length))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cycles, "_NEAR", 1)
        assert list(cycles.cycles(graph, None, length)) == expected


def rotated(cycle: list[str]) -> tuple[str, ...]:
    at = cycle.index(min(cycle))
    return (*cycle[at:], *cycle[:at])


def test_strength_is_a_product_with_bounds() -> None:
    """High times medium, at the low end, the point and the high end; each link with its record and evidence."""
    where = context(
        *entities("a", "b"), need("a", "b", criticality="High", evidence=[passage(5, 9)]), need("b", "a", criticality="Medium")
    )
    (loop,) = find_loops(where).loops
    assert (loop.strength_low, loop.strength, loop.strength_high) == (0.6 * 0.3, 0.75 * 0.45, 0.9 * 0.6)
    assert [link.dependency.rpartition("/")[2] for link in loop.links if link.dependency] == ["a-needs-b", "b-needs-a"]
    assert [span.start for span in loop.links[0].evidence] == [5]
    assert (loop.partial, loop.supposed, loop.inferred) == (False, 0, 0)


def test_the_strongest_comes_first() -> None:
    """By strength, then the shorter one, then by name."""
    where = context(
        *entities(*"abcdefg"), *circle("a", "b", criticality="Low"), *circle("c", "d", "e", criticality="High"),
        *circle("f", "g", criticality="Low"),
    )  # fmt: skip
    assert entity_names(find_loops(where)) == [["c", "d", "e"], ["a", "b"], ["f", "g"]]


def test_a_supplier_that_others_make_up_for_is_marked() -> None:
    """A loop through one of two suppliers of any-of: its strength is what is left at most, and may be nothing."""
    where = context(*entities(*"abcd"), need("a", "b", "c", "d", combination="AnyOf", criticality="High"), need("c", "a"))
    answer = find_loops(where)
    (loop,) = answer.loops
    assert (loop.partial, loop.links[0].provider, loop.links[0].need) == (True, iri("c"), iri("b"))
    assert (loop.strength_low, loop.strength) == (0.0, 0.75 * 0.45)
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()


@pytest.mark.parametrize(
    ("more", "suppliers", "partial"),
    [
        ({"combination": "AtLeast", "at_least": 1}, "cd", True),
        ({"combination": "AtLeast", "at_least": 2}, "cd", False),
        ({"combination": "AnyOf"}, "c", False),
        ({"combination": "AllOf"}, "cd", False),
    ],
)
def test_only_where_others_can_stand_in_is_a_supplier_partial(more: dict[str, Any], suppliers: str, partial: bool) -> None:
    """Two of two, and one alone, pass on all of it."""
    whole = need("c", "a", criticality_value="1")
    where = context(*entities(*"abcd"), need("a", "b", *suppliers, criticality_value="1", **more), whole)
    (loop,) = find_loops(where).loops
    assert (loop.partial, loop.strength_low, loop.strength) == (partial, 0.0 if partial else 1.0, 1.0)


def test_a_share_counts() -> None:
    """A supplier with half of a need passes on half of its criticality, no less and no more."""
    back = need("c", "a", criticality_value="1")
    where = context(*entities(*"abcd"), need("a", "b", "c", "d", combination="Shares", criticality="High"), back)
    (loop,) = find_loops(where).loops
    assert (loop.strength_low, loop.strength, loop.strength_high) == (0.3, 0.375, 0.45)
    assert (loop.partial, loop.links[0].share) == (False, 0.5)


def test_a_whole_loop_comes_before_a_partial_one() -> None:
    """At equal strength, whatever their names and lengths."""
    where = context(
        *entities(*"abcdxyz"), need("a", "b", "c", "d", combination="AnyOf", criticality_value="1"),
        need("c", "a", criticality_value="1"), *circle("x", "y", "z", criticality_value="1"),
    )  # fmt: skip
    assert entity_names(find_loops(where)) == [["x", "y", "z"], ["a", "c"]]


def test_of_links_between_the_same_two_the_strongest_counts() -> None:
    """A supplier that is needed for two things, or needed itself, is one link."""
    weak, strong = need("a", "x", "b", criticality="Low"), need("a", "y", "b", criticality="High")
    (loop,) = find_loops(context(*entities(*"abxy"), weak, strong, need("b", "a", criticality_value="1"))).loops
    assert loop.strength == 0.75


def test_longer_loops_are_told() -> None:
    """A loop beyond the length is not listed, and the answer says that there may be some; not where there are none."""
    where = context(*entities(*"abcdefghi"), *circle(*"abcdefghi"))
    assert (entity_names(find_loops(where)), find_loops(where).longer) == ([], True)
    assert len("abcdefghi") == LONGEST + 1
    longer = find_loops(where, length=9)
    assert (len(longer.loops), longer.longer) == (1, False)
    assert find_loops(where, through="a").longer
    assert not find_loops(context(*bakery())).longer


def test_more_loops_than_are_listed_are_told() -> None:
    """Six who all need each other have 409 loops: of 100 the answer says that it stopped."""
    names = "abcdef"
    where = context(*entities(*names), *(need(a, b) for a in names for b in names if a != b))
    few = find_loops(where, most=100)
    assert (len(few.loops), few.truncated) == (100, True)
    every = find_loops(where, most=409)
    assert (len(every.loops), every.truncated) == (409, False)


def test_a_supposed_link_closes_loops() -> None:
    """The oven would need the guests: a loop, of a link that nobody states and whose criticality is unknown."""
    where = context(*bakery())
    assert find_loops(where).loops == ()
    answer = find_loops(where, supposing=[("flour", "guests")])
    (loop,) = answer.loops
    assert (set(loop.ids), loop.supposed) == ({"flour", "guests", "rye", "baking"}, 1)
    (link,) = [link for link in loop.links if link.supposed]
    assert (link.dependency, link.evidence, link.criticality.low) == (None, (), 0.05)
    assert answer.supposing == (SupposedLink(iri("flour"), iri("guests"), stated=False),)
    assert all(a.need == b.dependant for a, b in pairwise(loop.links))
    assert find_loops(where, supposing=[("rye", "baking")]).supposing[0].stated


def test_what_is_said_of_scale_is_no_loop() -> None:
    """A relation that says by what somebody scales is told beside the loops, with its stance."""
    effect = Concept(id=iri("effect"), label="Network effect")
    relation = Relation.model_validate(
        {"id": iri("r"), "subject": iri("bakery"), "relation_type": "scalesBy", "object": iri("effect"),
         "evidence": [passage(0, 9, stance="Hypothesises")]}
    )  # fmt: skip
    (result,) = find_loops(context(*bakery(), effect, relation)).statements
    assert (result.text, result.stances) == ("Bakery scales by Network effect", ("Hypothesises",))


def test_only_what_enters_the_network_makes_loops() -> None:
    """An inferred link closes none with facts only; what is left out is named."""
    records = [*entities("a", "b"), need("a", "b"), need("b", "a", inferred=True, reason="a guess")]
    assert len(find_loops(context(*records)).loops) == 1
    assert find_loops(context(*records)).loops[0].inferred == 1
    facts = find_loops(context(*records, record_filter=RecordFilter(facts_only=True)))
    assert (facts.loops, facts.left_out) == ((), {iri("b-needs-a"): "inferred"})


def test_bad_calls_and_empty_graphs() -> None:
    """Nobody of that name, no length; an empty graph has no loops, and neither has who is in no dependency."""
    with pytest.raises(NotFound, match="bakery"):
        find_loops(context(*bakery()), through="bakry")
    with pytest.raises(NotFound):
        find_loops(context(*bakery()), supposing=[("bakery", "nobody-there")])
    with pytest.raises(UsageError):
        find_loops(context(), length=0)
    assert find_loops(context()).loops == ()
    assert find_loops(context(*bakery()), through="bread").loops == ()


def test_a_buyer_with_a_supplier_of_its_own_closes_no_loop_through_the_provisions() -> None:
    """The shop provides flour to others and buys its own from the mill: flour without its provisions does not need the shop."""
    provided = Provision(id=iri("flour--shop"), provider=iri("shop"), provided=iri("flour"))
    records = [*entities("shop", "flour", "mill", "cafe"), provided, need("shop", "flour", "mill")]
    assert entity_names(find_loops(context(*records))) == []
    records = [*entities("shop", "flour", "cafe"), provided, need("shop", "flour")]
    loop = find_loops(context(*records)).loops[0]
    assert list(loop.ids) == ["flour", "shop"]
    assert [link.provider for link in loop.links] == [iri("shop"), None]
