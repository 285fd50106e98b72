"""A small graph made by hand, and the context that questions about it are answered in."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from knockon.analysis.context import Context
from knockon.analysis.explain.explain import explain as explanation
from knockon.analysis.impact.causal_trace import Support
from knockon.analysis.impact.impact import Impact, ImpactReport, impacts
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.model import Group, Measure, Product, RevenueStream, Shock, Statement, Vulnerability
from knockon.present.explanation_answer import Explanation
from knockon.store.oxigraph import MemoryStore
from support.small_records import data_set, documents, entities, iri, need, passage


def context(*records: Statement, **options: object) -> Context:
    """The context of some records, with two documents beside them."""
    there = {record.id for record in records}
    return Context(
        MemoryStore(data_set("x", [*records, *(d for d in documents("doc-a", "doc-b") if d.id not in there)])),
        ResolvedOptions(**options),
    )  # type: ignore[arg-type]


def shock(name: str, *hits: dict[str, object], **more: object) -> Shock:
    """A shock; a hit names its target by its local name."""
    made = [{**hit, "target": iri(str(hit["target"]))} if "target" in hit else hit for hit in hits]
    return Shock.model_validate({"id": iri(name), "label": name.capitalize(), "hit": made, **more})


def impact_of(where: Context, **hits: str) -> ImpactReport:
    """The report of a shock given by name and severity."""
    return impacts(where, [where.shock_from([(name.replace("_", "-"), severity) for name, severity in hits.items()])])[0]


def row(report: ImpactReport, name: str) -> Impact:
    """The impact on an entity by its local name."""
    return report.by_id[name]


def support(report: ImpactReport, name: str) -> Support:
    """What the answer for an entity rests on."""
    return row(report, name).support


def bakery() -> list[Statement]:
    """A bakery with two mills, its bread, its customers and its money; one law, one weakness, two shocks.

    mill-a, mill-b -any-of-> flour -> bread -> guests; bread -> sales; the law restricts flour.
    """
    return [
        *entities("bakery", "mill-a", "mill-b", evidence=[passage(0, 9)]),
        *entities("flour", "bread", cls=Product, evidence=[passage(0, 9)]),
        Product(id=iri("bread-2"), label="Bread 2", part_of=iri("bakery")),
        *entities("baking", cls=Product, part_of=iri("bakery")),
        *entities("rye", cls=Product, part_of=iri("baking")),
        *entities("guests", cls=Group),
        *entities("sales", cls=RevenueStream, part_of=iri("bakery")),
        need("baking", "flour", "mill-a", "mill-b", combination="AnyOf", criticality="Essential", evidence=[passage(10, 19)]),
        need("rye", "baking", criticality="High", evidence=[passage(20, 29)]),
        need("guests", "rye", criticality="Medium", evidence=[passage(30, 39, "doc-b")]),
        need("sales", "rye", criticality="Low", evidence=[passage(40, 49)]),
        Measure(
            id=iri("law"),
            label="Law",
            status="InForce",
            applies_to=iri("bakery"),
            covers=iri("flour"),
            evidence=[passage(50, 59)],
        ),
        Vulnerability(id=iri("one-oven"), label="One oven", of=iri("bakery"), evidence=[passage(60, 69)]),
        shock("drought", {"target": "flour", "severity": "High"}, legal_basis=iri("law"), evidence=[passage(70, 79)]),
        shock("frost", {"target": "mill-a", "severity": "Essential", "judged": ["severity"], "evidence": [passage(80, 89)]}),
    ]


NAMES = st.sampled_from([f"e{k}" for k in range(6)])


@st.composite
def dependency_graphs(
    draw: st.DrawFn, combinations: Sequence[str] = ("AllOf", "AnyOf", "Shares", "AtLeast"), *, plain: bool = False
) -> list[Statement]:
    """Dependencies of every combination between six entities; ``plain``: of none on itself, and no two for one need."""
    made, pairs = [], set()
    for k in range(draw(st.integers(1, 8))):
        providers = draw(st.lists(NAMES, max_size=3, unique=True))
        how = draw(st.sampled_from(combinations)) if providers else "AllOf"
        more = {"at_least": draw(st.integers(1, len(providers)))} if how == "AtLeast" else {}
        word = draw(st.sampled_from(["Essential", "High", "Low", None]))
        dependant, what = pair = (draw(NAMES), draw(NAMES))
        if plain and (dependant == what or pair in pairs):
            continue
        pairs.add(pair)
        made.append(
            need(
                dependant,
                what,
                *providers,
                name=f"n{k}",
                combination=how,
                criticality=word,
                evidence=[passage(k, k + 1)],
                **more,
            )
        )
    return [*entities(*(f"e{k}" for k in range(6))), *made]


def explain(report: ImpactReport, name: str, paths: int = 3) -> Explanation:
    """Why an entity of a report loses what it loses, as ``Graph.explain`` returns it."""
    return Explanation.of(explanation(report, name, paths))
