"""Which entities are the same: judgements, identifiers that decide, and what contradicts them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.named_sources import read_sources
from knockon.errors import InvalidData
from knockon.graph import Graph
from knockon.model import Company, Designation, Entity, Judgement, Measure, Ownership, Statement
from knockon.model.deciding_identifiers import deciding_identifier
from knockon.rdf.integrity import check
from knockon.rdf.sameness import MOST_SAME, Sameness, conflicts
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from support.random_records import generator
from support.small_records import data_set, entities, iri, need

LEI, OTHER_LEI = "5493006MHB84DD0ZWV18", "549300S4KLFTLO7GSQ80"


def firm(name: str, *identifiers: tuple[str, str], **more: object) -> Company:
    """A company with identifiers: scheme and notation."""
    given_ids = [{"scheme": scheme, "notation": notation} for scheme, notation in identifiers]
    return Company.model_validate({"id": iri(name), "label": name, "identifier": given_ids, **more})


def judgement(first: str, second: str, verdict: str = "Same", **more: object) -> Judgement:
    """A judgement about two names."""
    name = f"j-{first}-{second}-{verdict}"
    return Judgement.model_validate({"id": iri(name), "entity": [iri(first), iri(second)], "verdict": verdict, **more})


def groups(*records: Statement) -> list[list[str]]:
    """The local names of each group of same entities."""
    return [[name.removeprefix(iri("")) for name in group] for group in Sameness.of(records).groups]


def messages(*records: Statement) -> list[str]:
    """What the checks between records find."""
    return [violation.fault.message for violation in check(records, complete=False)]


def test_sameness_is_symmetric_and_transitive() -> None:
    """What two judgements join is one entity, whatever their direction; Unsure joins nothing."""
    records = [*entities(*"abcde"), judgement("b", "a"), judgement("b", "c"), judgement("d", "e", "Unsure")]
    assert groups(*records) == [["a", "b", "c"]]
    same = Sameness.of(records)
    assert same.is_same(iri("c"), iri("a"))
    assert same.others(iri("b")) == (iri("b"), iri("c"))


@pytest.mark.parametrize(
    ("scheme", "one", "other"),
    [
        ("LEI", LEI, f" {LEI.lower()} "),
        ("Wikidata", "Q182477", "https://www.wikidata.org/wiki/q182477"),
        ("GB-COH", "OC 301540", "oc301540"),
        ("RA000585", "01234567", "0123 4567"),
        ("registration number (Companies House)", "01234567", "01234567"),
        ("NO-BRC", "988 077 917", "988077917"),
        ("OFAC", "36216", "36216"),
    ],
)
def test_an_identifier_of_one_entity_alone_decides(scheme: str, one: str, other: str) -> None:
    """Two spellings of one number in a register make two entities the same."""
    assert groups(firm("a", (scheme, one)), firm("b", (scheme, other))) == [["a", "b"]]


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("ticker", "Nasdaq:NVDA"),
        ("ISIN", "US67066G1040"),
        ("US-ISIN", "US67066G1040"),
        ("registration number", "01234567"),
        ("LEI", "5493006MHB84DD0ZWV19"),
        ("LEI", "n/a"),
        ("Wikidata", "182477"),
        ("NO-BRC", "988077918"),
        ("GB-COH", "unknown"),
        ("name", "NVIDIA"),
    ],
)
def test_nothing_else_decides(scheme: str, number: str) -> None:
    """Securities, numbers without their register, and numbers whose check fails leave two entities apart."""
    assert groups(firm("a", (scheme, number)), firm("b", (scheme, number))) == []


def test_one_entry_of_one_list_is_one_party() -> None:
    """Two designations with one entry of one measure designate one entity; the same number on another list is another party."""
    lists = [Measure(id=iri(name), label=name) for name in ("list", "other")]
    entry = [("list", "a"), ("list", "b"), ("other", "c")]
    designations = [
        Designation(id=iri(f"d-{party}"), measure=iri(name), designated=iri(party), list_entry="114") for name, party in entry
    ]
    assert groups(*lists, *entities(*"abc"), *designations) == [["a", "b"]]


def test_different_beats_an_identifier() -> None:
    """Two entities that are judged different stay apart although they state one number."""
    assert groups(firm("a", ("LEI", LEI)), firm("b", ("LEI", LEI)), judgement("a", "b", "Different")) == []


def test_a_third_entity_with_the_same_identifier_is_a_conflict() -> None:
    """Which of two different entities a third one is cannot be told: the message has the whole chain."""
    records = [*(firm(name, ("LEI", LEI)) for name in "abc"), judgement("a", "b", "Different")]
    assert messages(*records) == [
        f"id:a and id:b are judged different, but id:a is the same as id:c (LEI {LEI}), id:c is the same as id:b (LEI {LEI})"
    ]


def test_judgements_that_contradict_each_other_name_the_chain() -> None:
    """A component that holds two entities judged different is an error with the links between them."""
    records = [*entities(*"abc"), judgement("a", "b"), judgement("c", "b"), judgement("a", "c", "Different")]
    assert messages(*records) == [
        "id:a and id:c are judged different, but id:a is the same as id:b (j-a-b-Same), id:b is the same as id:c (j-c-b-Same)"
    ]
    with pytest.raises(InvalidData, match="judged different"):
        MemoryStore().load(data_set("x", records))


def test_judgements_that_never_hold_together_do_not_contradict() -> None:
    """What was one company until it was split is no contradiction; on a common day it is."""
    before, after = judgement("a", "b", until="2020-12-31"), judgement("a", "b", "Different", from_="2021-01-01")
    assert list(conflicts([*entities(*"ab"), before, after])) == []
    late = judgement("a", "b", "Different", from_="2020-12-31")
    assert len(list(conflicts([*entities(*"ab"), before, late]))) == 1


def test_a_cycle_of_judgements_is_one_entity() -> None:
    """Judgements in a circle say the same twice."""
    assert groups(*entities(*"abc"), judgement("a", "b"), judgement("b", "c"), judgement("c", "a")) == [["a", "b", "c"]]


def test_a_judgement_that_no_source_asserts_does_not_count() -> None:
    """A judgement has evidence like any record."""
    denied = {"document": iri("doc"), "stance": "Denies"}
    assert groups(*entities(*"ab"), judgement("a", "b", evidence=[denied])) == []


@pytest.mark.parametrize("names", [["a", "a"], ["a"], [], ["a", "b", "c"]])
def test_a_judgement_is_about_two_entities(names: list[str]) -> None:
    """A judgement of an entity on itself, or of three, is invalid."""
    with pytest.raises(ValueError, match="two different entities"):
        Judgement(id=iri("j"), entity=[iri(name) for name in names], verdict="Same")


def test_a_judgement_about_an_unknown_entity_is_an_error() -> None:
    """Both entities of a judgement must exist."""
    found = [v.fault.message for v in check([*entities("a"), judgement("a", "nobody")])]
    assert found == ["entity names nobody, which does not exist"]


def test_too_many_names_of_one_entity_are_an_error() -> None:
    """An identifier that very many records state is a mistake in the data."""
    many = [firm(f"n{number}", ("LEI", LEI)) for number in range(MOST_SAME + 1)]
    assert messages(*many) == [f"is the same as {MOST_SAME} other IRIs; at most {MOST_SAME} may be one entity"]
    assert messages(*many[:-1]) == []


def test_too_many_judgements_are_an_error_where_they_are(tmp_path: Path) -> None:
    """Where the entities are records of another data set, a judgement is the place of the error."""
    firms, judged = tmp_path / "firms.csv", tmp_path / "judged.yaml"
    firms.write_text("label\n" + "".join(f"Firm {number}\n" for number in range(MOST_SAME + 1)), "utf-8")
    pair = '  j{0}: {{entity: ["my:firm-{0}", "my:firm-0"], verdict: Same}}\n'
    judged.write_text("Judgement:\n" + "".join(map(pair.format, range(1, MOST_SAME + 1))), "utf-8")
    message = f"judged.yaml:2: j1: firm-0 is the same as {MOST_SAME} other IRIs; at most {MOST_SAME} may be one entity"
    with pytest.raises(InvalidData, match=message):
        read_sources([firms, judged])


def test_a_cycle_of_wholes_of_another_data_set_is_an_error_where_the_judgement_is(tmp_path: Path) -> None:
    firms, judged = tmp_path / "firms.yaml", tmp_path / "judged.yaml"
    firms.write_text("Company: {a: {label: A, partOf: b}, b: {label: B}, c: {label: C, partOf: a}}\n", "utf-8")
    judged.write_text('Judgement: {j: {entity: ["my:b", "my:c"], verdict: Same}}\n', "utf-8")
    with FolderStore(tmp_path / "store") as store:
        graph = Graph(store)
        graph.load(firms)
        with pytest.raises(InvalidData, match="is part of itself"):
            graph.load(judged)


def test_a_cycle_of_wholes_through_same_entities_is_an_error() -> None:
    """An entity that is part of itself once two are one would never end; directly on itself it is left out."""
    wholes = [*entities("a", part_of=iri("c")), *entities("c", part_of=iri("b")), *entities("b")]
    assert messages(*wholes, judgement("a", "b")) == ["a is part of itself, through c, where id:a and id:b are the same"]
    assert messages(*entities("a", part_of=iri("b")), *entities("b"), judgement("a", "b")) == []


@pytest.mark.parametrize("text", ["", " ", "\u0000", "x" * 100_000, "漢字", "Q", "🙂", "1" * 500])
def test_any_text_is_either_an_identifier_or_none(text: str) -> None:
    """Hostile notations and schemes decide nothing, and fail nowhere."""
    for scheme in ("LEI", "Wikidata", "GB-COH", "CN-USCC", "UA-EDR", "SG-ACRA", "DK-CVR", text):
        assert deciding_identifier(scheme, text) is None or text.strip()


@given(st.integers(0, 10_000))
def test_the_order_of_records_does_not_matter(seed: int) -> None:
    """The same judgements in another order give the same groups and the same conflicts with the same chains."""
    chance = generator(seed)
    names = "abcdef"
    numbers = {name: [("LEI", chance.choice([LEI, OTHER_LEI]))] if chance.random() < 0.4 else [] for name in names}
    records: list[Statement] = [firm(name, *numbers[name]) for name in names]
    records += {
        record.id: record
        for record in (
            judgement(*chance.sample(names, 2), chance.choice(["Same", "Same", "Different", "Unsure"])) for _ in range(5)
        )
    }.values()
    shuffled = chance.sample(records, len(records))
    assert groups(*records) == groups(*shuffled)
    assert sorted(conflicts(records)) == sorted(conflicts(shuffled))


def test_links_are_derived_between_every_iri_of_both_ends() -> None:
    """DependsOn and owns hold between all names; an entity that would depend on itself does not."""
    records = [
        *entities("a", "b", "x", "y", "z"),
        judgement("a", "b"),
        judgement("x", "y"),
        need("a", "x", name="d"),
        need("a", "b", name="itself"),
        Ownership(id=iri("o"), owner=iri("y"), owned=iri("z")),
    ]
    store = MemoryStore(data_set("x", records))

    def pairs(name: str) -> set[str]:
        rows = store.query(f"SELECT ?a ?b {{ ?a ko:{name} ?b }}")
        return {row["a"].value.removeprefix(iri("")) + row["b"].value.removeprefix(iri("")) for row in rows}

    assert pairs("dependsOn") == {"ax", "ay", "bx", "by"}
    assert pairs("owns") == {"xz", "yz"}
    assert pairs("sameAs") == {"ab", "ba", "xy", "yx"}
    assert not store.query("ASK { ?a owl:sameAs ?b }")
    assert bool(store.query("ASK { GRAPH ko:derived { ?a ko:sameAs ?b } }"))


def test_entities_of_one_base_may_be_the_same_too() -> None:
    """Records of class Entity join those of a class of their own."""
    records = [Entity(id=iri("a"), label="A"), *entities("b"), judgement("a", "b")]
    assert groups(*records) == [["a", "b"]]


def test_a_country_before_a_number_is_no_part_of_it() -> None:
    """Tax offices write the country before the number of a register that another list writes bare."""
    assert groups(firm("a", ("DK-CVR", "DK 13585628")), firm("b", ("dk-cvr", "13585628"))) == [["a", "b"]]
