"""From shocks to hits: what is found, how hard, and what is missing."""

from __future__ import annotations

import pytest

from knockon.errors import InvalidData
from knockon.model import Measure, Record, Shock
from knockon.network.compile import compile_network
from knockon.network.hits import NODE, SLOT, SUPPLY
from knockon.network.resolve import ResolvedShock, resolve_shock, to_hits
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import INTERVALS, UNKNOWN, Interval, Level
from support.small_records import data_set, entities, iri, need

HIGH = INTERVALS[Level.HIGH]
LAW = Measure(id=iri("law"), label="Law", applies_to=[iri("shop")], covers=[iri("cloud")])
RECORDS = [
    LAW,
    *entities("shop", "cloud", "power", "acme", "other"),
    *entities("till", part_of=iri("shop")),
    need("shop", "cloud", "acme", "other", combination="AnyOf"),
    need("till", "cloud", "acme"),
    need("shop", "power"),
]
STORE = MemoryStore(data_set("x", RECORDS))
KNOWN: dict[str, Record] = {r.id: r for r in RECORDS} | {s.id: s for r in RECORDS for s in getattr(r, "supply", ())}


def shock(*hits: dict[str, object]) -> Shock:
    return Shock.model_validate({"id": iri("blow"), "label": "Blow", "hit": list(hits)})


def aimed(*hits: dict[str, object]) -> ResolvedShock:
    return resolve_shock(STORE, shock(*hits), KNOWN)


def resolve_query(query: str, **more: object) -> ResolvedShock:
    return aimed({"target_query": query, **more})


def targets_of(resolved: ResolvedShock) -> list[tuple[str, Interval]]:
    return [(target.iri.rsplit("/", 1)[-1], target.interval) for target in resolved.targets]


def test_a_target_is_an_entity_a_dependency_or_a_supply() -> None:
    """Each kind is found, with the interval of its severity and the name of its hit."""
    resolved = aimed(
        {"target": iri("cloud"), "severity": "High"},
        {"target": iri("shop-needs-power"), "severity_value": "0.3"},
        {"target": iri("till-needs-cloud--acme")},
    )
    assert dict(targets_of(resolved)) == {"cloud": HIGH, "shop-needs-power": (0.3, 0.3, 0.3), "till-needs-cloud--acme": UNKNOWN}
    assert {target.hit for target in resolved.targets} == {iri(f"blow--{name}") for name, _ in targets_of(resolved)}
    assert resolved.missing == ()


def test_a_policy_is_a_query() -> None:
    """A measure's query finds every dependency of whom it names, over partOf, and no other buyer."""
    resolved = resolve_query(
        "SELECT ?target WHERE { id:law ko:appliesTo ?who ; ko:covers ?what ."
        " ?target a ko:Dependency ; ko:need ?what ; ko:dependant/ko:partOf* ?who }",
        severity="High",
    )
    assert targets_of(resolved) == [("shop-needs-cloud", HIGH), ("till-needs-cloud", HIGH)]


def test_a_query_may_grade_by_word_and_by_number() -> None:
    """?severity as a term of the scale, a decimal or an integer; where it is unbound the hit's own counts."""
    resolved = resolve_query(
        "SELECT ?target ?severity WHERE { VALUES (?target ?severity)"
        " { (id:cloud ko:Low) (id:power 0.25) (id:acme 1) (id:shop UNDEF) } }",
        severity="High",
    )
    assert dict(targets_of(resolved)) == {"cloud": INTERVALS[Level.LOW], "power": (0.25,) * 3, "acme": (1.0,) * 3, "shop": HIGH}


def test_a_target_found_twice_is_hit_twice() -> None:
    """Two severities of one target both count, so that the greatest does, whatever the order of the answers."""
    resolved = resolve_query(
        "SELECT ?target ?severity"
        " WHERE { VALUES (?target ?severity) { (id:cloud ko:High) (id:cloud ko:Low) (id:cloud ko:High) } }"
    )
    assert sorted(targets_of(resolved)) == [("cloud", INTERVALS[Level.LOW]), ("cloud", HIGH)]
    network = compile_network(RECORDS).network
    hits, _ = to_hits(network, [resolved])
    assert [hits.initial_losses(network, 0, bound)[0].max() for bound in (0, 1, 2)] == list(HIGH)


@pytest.mark.parametrize("severity", ["ko:AllOf", "ko:High2", "id:High", "1.5", "-0.1", '"High"', '"NaN"', "true"])
def test_a_severity_outside_the_scale_is_refused(severity: str) -> None:
    """Another term, a number outside 0..1, text: InvalidData that names the shock and the value."""
    with pytest.raises(InvalidData, match=r"blow: targetQuery: .* is not a severity; use a word"):
        resolve_query(f"SELECT ?target ?severity WHERE {{ VALUES (?target ?severity) {{ (id:cloud {severity}) }} }}")


def test_missing_targets_are_listed() -> None:
    """A target that is not there and a query that finds nothing are named, and the rest still counts."""
    query = "SELECT ?target WHERE { ?target a ko:Funding }"
    resolved = aimed({"target": iri("nobody")}, {"target": iri("cloud")}, {"target_query": query})
    assert targets_of(resolved) == [("cloud", UNKNOWN)]
    asking = next(hit.id for hit in shock({"target_query": query}).hit)
    assert sorted(resolved.missing) == sorted([iri("nobody"), asking])


def test_a_target_that_a_query_makes_up_is_missing() -> None:
    """What a query finds beside the records is named one by one, though it found others that are there."""
    resolved = resolve_query("SELECT ?target WHERE { VALUES ?target { id:cloud id:nobody 7 } }")
    assert targets_of(resolved) == [("cloud", UNKNOWN)]
    assert resolved.missing == (iri("nobody"),)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?target WHERE { SERVICE <http://127.0.0.1:9/> { ?target ?p ?o } }",
        "SELECT ?target WHERE { { SELECT ?target { service silent <http://127.0.0.1:9/> { ?target ?p ?o } } } }",
        "SELECT ?target FROM <file:///etc/passwd> WHERE { ?target ?p ?o }",
        "SELECT ?target WHERE { \\u0053ERVICE <http://127.0.0.1:9/> { ?target ?p ?o } }",
        "DELETE WHERE { ?target ?p ?o }",
        "SELECT ?target WHERE { ?target",
        "SELECT ?target WHERE { ?target a ex:Thing }",
        "nonsense",
    ],
)
def test_a_query_that_leaves_the_store_or_does_not_parse_is_refused(query: str) -> None:
    """InvalidData that names the shock, before anything is asked."""
    with pytest.raises(InvalidData, match="blow: targetQuery"):
        resolve_query(query)


@pytest.mark.parametrize("query", ["SELECT ?x WHERE { ?x a ko:Entity }", "ASK { ?target a ko:Entity }", "DESCRIBE id:cloud"])
def test_a_query_without_a_target_is_refused(query: str) -> None:
    """No ?target, no hit: InvalidData that says so."""
    with pytest.raises(InvalidData, match=r"selects no \?target"):
        resolve_query(query)


def test_hits_are_placed_on_rows() -> None:
    """Entities become node rows, dependencies slot rows, supplies supply rows, each with its shock and interval."""
    network = compile_network(RECORDS).network
    first = aimed({"target": iri("cloud"), "severity": "High"}, {"target": iri("till-needs-cloud")})
    second = aimed({"target": iri("shop-needs-cloud--other"), "severity_value": "0.5"})
    hits, outside = to_hits(network, [first, aimed({"target": iri("law")}), second])
    rows = list(zip(hits.shock.tolist(), hits.kind.tolist(), hits.index.tolist(), hits.severity.T.tolist(), strict=True))
    assert rows == [
        (0, NODE, network.index[iri("cloud")], list(HIGH)),
        (0, SLOT, network.slot_index[iri("till-needs-cloud")], list(UNKNOWN)),
        (2, SUPPLY, network.supply_index[iri("shop-needs-cloud--other")], [0.5, 0.5, 0.5]),
    ]
    assert hits.count == 3
    assert outside == [[], [iri("law")], []]


def test_no_shocks_give_no_hits() -> None:
    """Empty in, empty out, in the right shapes."""
    hits, outside = to_hits(compile_network([]).network, [])
    assert (hits.count, hits.severity.shape, outside) == (0, (3, 0), [])
