"""The losses of random graphs are those of a second implementation, written from the design document alone.

See support/naive_interpreter.py; the graphs (support/random_records.py) have provisions, portions, weights that nobody
stated, records that disagree or do not count, loops, and fractional hits on entities, dependencies, supplies and provisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from knockon import Graph
from knockon.model import Company, Entity, Funding, Jurisdiction, Measure, Provision, RevenueStream, Shock, Statement
from knockon.store.oxigraph import MemoryStore
from support.naive_interpreter import Loss, hits_of, losses
from support.random_records import DAY, SHOCK, RandomGraph, random_graph
from support.small_records import documents, entities, iri, need, passage
from support.worse_records import without_one_member, worsened

#: The loss of every entity agrees to this.
TOLERANCE = 1e-9
#: The seeds of the graphs that each run tests, and of those that take longer.
SEEDS = [pytest.param(range(15), id="15"), pytest.param(range(15, 1000), id="1000", marks=pytest.mark.slow)]


def computed(graph: RandomGraph) -> dict[str, Loss]:
    """The losses that Knock-on reports; an entity without a row loses nothing at the point."""
    options = {"stances": graph.stances} if graph.stances else {}
    worlds = {"without": graph.without} if graph.without else {}
    answer = Graph(MemoryStore(*graph.load())).impact(
        "shock", as_of=graph.day or "all", financing=graph.financing, **options, **worlds
    )
    return {impact.entity: Loss(impact.loss_low, impact.loss, impact.loss_high) for impact in answer.impacts}


def expected(graph: RandomGraph) -> dict[str, Loss]:
    """The losses by the naive interpreter."""
    stances = ("Asserts", *graph.stances)
    return losses(graph.records, graph.hits, graph.day, financing=graph.financing, stances=stances, without=graph.without)


def losers(graph: RandomGraph) -> Iterator[str]:
    """Everything that can lose something."""
    return (record.id for record in graph.records if isinstance(record, Entity | Measure))


def differences(graph: RandomGraph) -> list[str]:
    """The entities whose low, point or high differ, with both values."""
    result, naive = computed(graph), expected(graph)
    rows = []
    for entity in losers(graph):
        want = naive.get(entity, Loss(0, 0, 0))
        # A report lists what loses something at the point.
        have = result.get(entity, Loss(0, 0, want.high if want.point == 0 else 0))
        if max(abs(a - b) for a, b in zip(have, want, strict=True)) > TOLERANCE:
            rows.append(f"seed {graph.seed}, {entity}: reported {tuple(have)}, by the design {tuple(want)}")
    return rows


@pytest.mark.parametrize("seeds", SEEDS)
def test_losses_are_those_of_the_naive_interpreter(seeds: range) -> None:
    """Low, point and high of every entity agree with plain iteration over the records."""
    assert [row for seed in seeds for row in differences(random_graph(seed))] == []


@pytest.mark.parametrize("seeds", SEEDS)
def test_no_loss_falls_when_something_worsens(seeds: range) -> None:
    """A higher criticality, a higher severity or one more hit lowers no loss at any reading."""
    assert [row for seed in seeds for row in falls(random_graph(seed), worsened(random_graph(seed)))] == []


@pytest.mark.slow
@pytest.mark.parametrize("seeds", SEEDS)
def test_leaving_out_what_is_unharmed_makes_nobody_safer(seeds: range) -> None:
    """Without an unharmed supply, provision or part (any supply in any-of) no loss is lower."""
    rows = []
    for seed in seeds:
        graph = random_graph(seed)
        smaller = without_one_member(graph, expected(graph))
        rows += falls(graph, smaller) if smaller is not None else []
    assert rows == []


def falls(before: RandomGraph, after: RandomGraph) -> list[str]:
    """The entities that lose less afterwards at some reading, with both losses."""
    was, becomes = computed(before), computed(after)
    rows = []
    for entity in losers(before):
        old, new = was.get(entity, Loss(0, 0, 0)), becomes.get(entity, Loss(0, 0, 0))
        # What has no row may still lose something at its high.
        pairs = zip(old, new, strict=True) if entity in becomes else zip(old[:2], new[:2], strict=True)
        if any(less < more - TOLERANCE for more, less in pairs):
            rows.append(f"seed {before.seed}, {entity}: {tuple(old)} falls to {tuple(new)}")
    return rows


def provision(provider: str, share: str | None = None, *, name: str = "", **more: object) -> Provision:
    """A provision of ``p`` by a provider."""
    given = {"id": iri(name or f"p-by-{provider}"), "provider": iri(provider), "provided": iri("p"), "share": share}
    return Provision.model_validate({**given, **more})


def supply(provider: str, share: str | None = None, **more: object) -> dict[str, object]:
    """A supply by a provider."""
    return {"provider": iri(provider), "share": share, **more}


WHOLE: dict[str, object] = {"criticality": "Essential", "criticality_value": 1}
ENDED: dict[str, object] = {"until": "2024-06-30"}
TO_COME: dict[str, object] = {"from": "2027-01-01"}
ASKED: dict[str, object] = {"evidence": [passage(stance="Asks")]}
NONE, ALL = (0, 0, 0), (1, 1, 1)

#: What each sentence of the design gives: records, what is hit in full, who is asked about, and low, point and high.
EXAMPLES: dict[str, tuple[Sequence[Statement], str, str, tuple[float, float, float]]] = {
    "two suppliers of whom nothing is known: any-of, half each, all-of": (
        [need("x", "n", "a", "b", **WHOLE)],
        "a",
        "x",
        (0, 0.5, 1),
    ),
    "the remainder belongs to those that state none": (
        [need("x", "n", supply=[supply("a", "0.6"), supply("b"), supply("c")], **WHOLE)],
        "b",
        "x",
        (0, 0.2, 0.4),
    ),
    "where every weight is stated the remainder is safe": (
        [need("x", "n", supply=[supply("a", "0.6"), supply("b", "0.1")], **WHOLE)],
        "a",
        "x",
        (0.6, 0.6, 0.6),
    ),
    "a sum up to 1.01 is scaled to 1": (
        [need("x", "n", supply=[supply("a", "0.505"), supply("b", "0.505")], **WHOLE)],
        "a",
        "x",
        (0.5, 0.5, 0.5),
    ),
    "the weight of what has ended passes to those that count": (
        [provision("a", "0.6", **ENDED), provision("b", "0.2")],
        "b",
        "p",
        (0.8,) * 3,
    ),
    "up to a sum of 1, in proportion": (
        [provision("a", "0.4", **ASKED), provision("b", "0.3"), provision("c", "0.1")],
        "b",
        "p",
        (0.6,) * 3,
    ),
    "to the unstated ones where these weights are all 0": (
        [provision("a", "1", **ENDED), provision("b", "0"), provision("c")],
        "c",
        "p",
        ALL,
    ),
    "what has not begun passes nothing on": ([provision("a", "0.6", **TO_COME), provision("b", "0.2")], "b", "p", (0.2,) * 3),
    "one provider counts once, with the higher share": (
        [provision("a", "0.2"), provision("a", "0.7", name="again"), provision("b")],
        "b",
        "p",
        (0.3,) * 3,
    ),
    "provisions without shares may be incomplete, a single one too": ([provision("a")], "a", "p", (0, 1, 1)),
    "which kind of list it is goes by all records, whether or not they count": (
        [provision("a", "0.3", **TO_COME), provision("b")],
        "b",
        "p",
        ALL,
    ),
    "a stated combination is complete": (
        [Company(id=iri("p"), label="P", provision_combination="AllOf"), provision("a"), provision("b")],
        "a",
        "p",
        ALL,
    ),
    "the latest period that had ended counts": (
        [provision("a", "1", period="2024"), provision("b", "1", period="2025"), provision("c", "1", period="2026")],
        "b",
        "p",
        ALL,
    ),
    "else the latest that had begun": ([provision("a", "1", period="2026"), provision("b", "1", period="2027")], "a", "p", ALL),
    "those of other periods pass nothing on": (
        [provision("a", "0.6", period="2024", **ENDED), provision("b", "0.2", period="2025")],
        "b",
        "p",
        (0.2,) * 3,
    ),
    "a hit on a provision": ([provision("a", "0.7")], "p-by-a", "p", (0.7,) * 3),
    "without supplies of its own a dependency is met by provisions": (
        [provision("a", "1"), need("x", "p", **WHOLE)],
        "a",
        "x",
        ALL,
    ),
    "with supplies of its own it is met by these alone": ([provision("a", "1"), need("x", "p", "b", **WHOLE)], "a", "x", NONE),
    "and feels hits on the need": ([provision("a", "1"), need("x", "p", "b", **WHOLE)], "p", "x", ALL),
    "and the dependencies of the need": (
        [provision("a", "1"), need("p", "c", **WHOLE), need("x", "p", "b", **WHOLE)],
        "c",
        "x",
        ALL,
    ),
    "where no supply counts any more, by provisions": (
        [provision("a", "1"), need("x", "p", supply=[supply("b", **ENDED)], **WHOLE)],
        "a",
        "x",
        ALL,
    ),
    "parts of a whole add up": ([need("x", "a", portion="0.3"), need("x", "b", portion="0.5")], "a", "x", (0.3,) * 3),
    "a part of unknown size": (
        [need("x", "a", portion="0.4"), need("x", "b", portion="unknown"), need("x", "c", portion="unknown")],
        "b",
        "x",
        (0, 0.3, 0.6),
    ),
    "a part that would be the dependant itself": (
        [need("x", "x", portion="0.4"), need("x", "b", portion="0.6")],
        "b",
        "x",
        ALL,
    ),
    "records that disagree: the least at low, the greatest at point and high": (
        [need("x", "a", criticality_value="0.2"), need("x", "a", name="again", criticality_value="0.7")],
        "a",
        "x",
        (0.2, 0.7, 0.7),
    ),
    "a hit on one of them hits their slot": (
        [need("x", "a", name="first", criticality_value="0.2"), need("x", "a", name="again", criticality_value="0.7")],
        "first",
        "x",
        (0.2, 0.7, 0.7),
    ),
    "a hit on a record that does not count does nothing": ([need("x", "a", **ENDED)], "x-needs-a", "x", NONE),
    "a dependency without criticality": ([need("x", "a")], "a", "x", (0.05, 0.45, 1)),
    "jurisdictions are never dependants": ([Jurisdiction(id=iri("p"), label="P"), provision("a", "1")], "a", "p", NONE),
    "others need revenue only with financing": (
        [RevenueStream(id=iri("p"), label="P"), need("x", "p", **WHOLE)],
        "p",
        "x",
        NONE,
    ),
    "a supplier that is money keeps its weight and never fails": (
        [Funding(id=iri("b"), label="B"), need("x", "n", "a", "b", **WHOLE)],
        "a",
        "x",
        (0, 0.5, 1),
    ),
    "nor does the only supplier": ([Funding(id=iri("b"), label="B"), need("x", "n", "b", **WHOLE)], "b", "x", NONE),
    "nor is it hit": ([Funding(id=iri("b"), label="B"), need("x", "n", "b", **WHOLE)], "x-needs-n--b", "x", NONE),
    "its buyer needs the need all the same": ([Funding(id=iri("b"), label="B"), need("x", "n", "b", **WHOLE)], "n", "x", ALL),
    "it is any one of any-of": (
        [Funding(id=iri("b"), label="B"), need("x", "n", "a", "b", combination="AnyOf", **WHOLE)],
        "a",
        "x",
        NONE,
    ),
    "a provider that is money never fails": (
        [RevenueStream(id=iri("b"), label="B"), provision("b", "1")],
        "b",
        "p",
        NONE,
    ),
    "it keeps its share": (
        [RevenueStream(id=iri("b"), label="B"), provision("b", "0.4"), provision("a", "0.6")],
        "a",
        "p",
        (0.6,) * 3,
    ),
    "a portion that nobody knows beside a criticality": (
        [need("x", "a", portion="unknown"), need("x", "a", name="again", **WHOLE)],
        "a",
        "x",
        ALL,
    ),
    "a portion that nobody knows beside none": (
        [need("x", "a", portion="unknown"), need("x", "a", name="again", portion="0")],
        "a",
        "x",
        (0, 1, 1),
    ),
    "a part that another record says is none leaves the whole to the others": (
        [need("x", "a", portion="0.3"), need("x", "a", name="again", **WHOLE), need("x", "b", portion="unknown")],
        "b",
        "x",
        (0.7, 1, 1),
    ),
    "each choice of portions has a sum and a remainder of its own": (
        [need("x", "a", portion="0.6"), need("x", "a", name="again", portion="0.2"), need("x", "b", portion="unknown")],
        "b",
        "x",
        (0.4, 0.8, 0.8),
    ),
    "a record of details disputes nothing": (
        [need("x", "a", criticality="High"), need("x", "a", name="again", buffer="P30D")],
        "a",
        "x",
        (0.6, 0.75, 0.9),
    ),
    "a sum within a millionth of 1 counts as stated, and leaves nothing": (
        [
            need(
                "x", "n", supply=[supply("a", "0.5"), supply("b", "0.4999995"), supply("c"), supply("p", "0", **ENDED)], **WHOLE
            )
        ],
        "c",
        "x",
        NONE,
    ),
}
#: Seven parts of one whole, of which two data sets state other portions: more choices than are all computed.
PARTS = ["a", "b", "c", "d", "e", "f", "g"]
FIRST = [need("x", part, portion="0.14") for part in PARTS]
SECOND = [need("x", part, name=f"x-needs-{part}-again", portion="0.3" if part == "a" else "0.1") for part in PARTS]


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_both_give_what_a_sentence_of_the_design_says(sentence: str) -> None:
    """A few records for each rule, with the values worked out by hand."""
    records, hit, asked, value = EXAMPLES[sentence]
    named = {record.id for record in records}
    others = [entity for entity in entities("a", "b", "c", "n", "p", "x") if entity.id not in named]
    shock = Shock.model_validate({"id": SHOCK, "label": "Shock", "hit": [{"target": iri(hit), "severity_value": 1}]})
    graph = RandomGraph(0, ((*documents("doc-a"), *others, *records),), shock, tuple(hits_of(shock, DAY)))
    for result in (expected(graph), computed(graph)):
        assert result.get(iri(asked), Loss(*NONE)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("hit", "value"),
    [(["b"], (0.1 / 1.1, 0.14, 0.14)), (["a", "b"], None), (PARTS, (0.74, 1, 1))],
    ids=["one", "two", "all"],
)
def test_of_too_many_choices_the_extremes_count(hit: list[str], value: tuple[float, float, float] | None) -> None:
    """They are exact where one part fails, or all do."""
    shock = {"id": SHOCK, "label": "Shock", "hit": [{"target": iri(part), "severity_value": 1} for part in hit]}
    asked = Shock.model_validate(shock)
    graph = RandomGraph(0, ((*entities(*PARTS, "x"), *FIRST), tuple(SECOND)), asked, tuple(hits_of(asked, DAY)))
    result = computed(graph)[iri("x")]
    assert result == pytest.approx(expected(graph)[iri("x")])
    assert value is None or result == pytest.approx(value)
