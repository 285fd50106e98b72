"""The same entities are one node: a network of many names has the losses of the network of one name each."""

from __future__ import annotations

import random

import pytest

import knockon
from knockon.model import Entity, Judgement, Provision, Shock, Statement
from knockon.network.compile import ITSELF, compile_network
from knockon.rdf.fold import with_shown_names
from knockon.rdf.sameness import Sameness
from support.random_records import RandomGraph, generator, random_graph
from support.small_records import data_set, entities, iri, need


def _judgement(first: str, second: str) -> Judgement:
    return Judgement(id=iri(f"j-{first}-{second}"), entity=[iri(first), iri(second)], verdict="Same")


def _with_aliases(graph: RandomGraph, records: tuple[Statement, ...], chance: random.Random) -> list[Statement]:
    """The same records, in which some entities have a second IRI that a part of the records name."""
    plain = [record for record in graph.records if isinstance(record, Entity) and chance.random() < 0.5]
    second = {record.id: f"{record.id}-z" for record in plain}
    out: list[Statement] = []
    for record in records:
        renamed = with_shown_names(record, lambda name: second[name] if name in second and chance.random() < 0.5 else name)
        out.append(renamed)
    return out


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 120))])
def test_second_names_change_no_loss(seed: int) -> None:
    """Entities whose records name them by two IRIs, judged the same, lose what they lose under one."""
    graph, chance = random_graph(seed), generator(seed)
    sets = list(graph.load())
    base = knockon.Graph(_store(sets))
    named = [data_set(f"n{number}", _with_aliases(graph, one.records, chance)) for number, one in enumerate(sets)]
    known = {record.id for one in named for record in one.records}
    aliases = sorted({f"{record.id}-z" for record in graph.records if isinstance(record, Entity)} - known)
    classes = {f"{record.id}-z": record for record in graph.records if isinstance(record, Entity)}
    added = [classes[name].model_copy(update={"id": name, "part_of": ()}) for name in aliases]
    judged = [Judgement(id=f"{name}-judged", entity=[name, name.removesuffix("-z")], verdict="Same") for name in aliases]
    other = knockon.Graph(_store([*named, data_set("same", [*added, *judged])]))
    options = {"as_of": graph.day.isoformat() if graph.day else "all", "financing": graph.financing}
    expected, found = (each.impact(graph.shock.name, **options) for each in (base, other))
    assert {i.entity: (i.loss, i.loss_low, i.loss_high, i.step) for i in found} == {
        i.entity: (i.loss, i.loss_low, i.loss_high, i.step) for i in expected
    }


def _store(sets: list[knockon.DataSet]) -> object:
    from knockon.store.oxigraph import MemoryStore

    # Within one data set, two portions of what is one need only later are not added up by the checks.
    return MemoryStore(*sets, checked=True)


def test_what_an_entity_needs_of_itself_is_left_out_and_passes_its_weight_on() -> None:
    """A dependency, a supply and a provision of an entity on itself are counted, and the other suppliers take their share."""
    shares = {"b": "0.6", "acme": "0.4"}
    records = [
        *entities("a", "b", "shop", "cloud", "acme"),
        _judgement("a", "b"),
        need("a", "b", name="itself"),
        need("a", "cloud", supply=[{"provider": iri(who), "share": part} for who, part in shares.items()], name="d"),
        Provision(id=iri("p"), provider=iri("b"), provided=iri("a"), share="0.5"),
        Provision(id=iri("q"), provider=iri("shop"), provided=iri("a"), share="0.5"),
    ]
    compiled = compile_network(records)
    assert {name.removeprefix(iri("")) for name, reason in compiled.left_out.items() if reason == ITSELF} == {
        "itself", "d--b", "p",
    }  # fmt: skip
    network = compiled.network
    assert network.nodes == tuple(map(iri, ("a", "acme", "cloud", "shop")))
    # The shares 0.4 and 0.5 of the others become the whole, so each of them is a sole supplier of all of it.
    losses = knockon.propagation.leontief(network, [list(map(float, (name == iri("acme") for name in network.nodes)))]).loss[0]
    assert losses[network.index[iri("a")]] == pytest.approx(0.45)


def test_a_record_that_names_no_other_entity_is_not_copied() -> None:
    """Folding leaves records alone that name nothing that is the same."""
    record = need("shop", "cloud")
    assert with_shown_names(record, Sameness([[iri("x"), iri("y")]]).shown) is record


def test_a_hit_of_a_shock_on_any_name_is_a_hit_on_the_entity() -> None:
    """A named target and a target query reach the entity by the IRI that is not shown."""
    query = f"SELECT ?target {{ VALUES ?target {{ <{iri('b')}> }} }}"
    shocks = [
        Shock(id=iri("named"), label="N", hit=[{"target": iri("b"), "severity": "High"}]),
        Shock(id=iri("found"), label="F", hit=[{"target_query": query, "severity": "High"}]),
        Shock(
            id=iri("walked"),
            label="W",
            hit=[{"target_query": f"SELECT ?target {{ ?target ko:partOf <{iri('b')}> }}", "severity": "High"}],
        ),
    ]
    records = [*entities("a", "b", "shop"), *entities("part", part_of=iri("a")), _judgement("a", "b"), *shocks]
    records += [need("shop", "a", name="d"), need("shop", "part", name="e")]
    graph = knockon.Graph(_store([data_set("x", records)]))
    assert {report.shock.name: [i.id for i in report] for report in graph.impacts()} == {
        "named": ["a", "shop"], "found": ["a", "shop"], "walked": ["part", "shop"],
    }  # fmt: skip
