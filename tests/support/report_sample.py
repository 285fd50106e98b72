"""Graphs for the tests of the report: hostile in every text, with labels of 10,000 characters, and from right to left."""

from __future__ import annotations

from typing import Any

from knockon.graph import Graph
from knockon.model import (
    CLASSES,
    DataSet,
    DataSetInfo,
    Dependency,
    Document,
    Measure,
    Shock,
    Statement,
    Vulnerability,
)
from knockon.store.oxigraph import MemoryStore

NS = "https://w3id.org/knockon/id/"
LONG = "x" * 10_000
RTL = "شركة الرقائق العربية المحدودة (1)"
HOSTILE = [
    "</style></title><script>document.title = 'ran'</script>",
    "<img src=x onerror=\"document.title = 'ran'\">",
    "<svg onload=\"document.title = 'ran'\"></svg>",
    "\"' onmouseover=alert(1) x='",
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{a}{b}$ & ]]> <!-- -->",
    "\u202eright to left\u202c\u2066",
    "two\nlines\ttab",
    "大語言模型的晶片供應商" * 6,
    "javascript:alert(1)",
    LONG,
    RTL,
]
CLASS_NAMES = ("Capability", "Product", "Service", "Group")


def iri(name: str) -> str:
    """The name of a sample record."""
    return NS + name


def graph_of(records: list[Statement], title: str = "A sample", **info: Any) -> Graph:
    """A graph that holds these records."""
    return Graph(MemoryStore(DataSet(DataSetInfo(id=iri("data-sample"), title=title, **info), tuple(records))))


def hostile_graph() -> Graph:
    """A chain of as many entities as there are hostile texts, each text wherever the report has room for one."""
    records: list[Statement] = []
    for place, text in enumerate(HOSTILE):
        evidence = [{"document": iri(f"d{place}"), "start": 0, "end": 9}]
        said = {"comment": text, "reason": text, "evidence": evidence}
        records += [
            Document(id=iri(f"d{place}"), title=text, comment=text, publisher=[iri(f"e{place}")]),
            CLASSES[CLASS_NAMES[place % 4]].model_validate({"id": iri(f"e{place}"), "label": text, **said}),
            Vulnerability(id=iri(f"v{place}"), label=text, of=[iri(f"e{place}")], evidence=evidence),
            Measure(
                id=iri(f"m{place}"), label=text, issuer=[iri("state")], jurisdiction=[iri("land")], covers=[iri(f"e{place}")],
                **said,
            ),
        ]  # fmt: skip
        if place:
            # Two in a row need the one before, so that the cascade is as wide as it is deep.
            records.append(
                Dependency(
                    id=iri(f"n{place}"), dependant=iri(f"e{place}"), need=iri(f"e{(place - 1) // 2}"), criticality="High",
                    mechanism=text, inferred=place % 3 == 0, judged=["criticality"], reason=text,
                    evidence=[] if place % 3 == 0 else evidence,
                )
            )  # fmt: skip
    every = range(len(HOSTILE))
    records += [
        CLASSES["GovernmentBody"].model_validate({"id": iri("state"), "label": HOSTILE[0]}),
        CLASSES["Jurisdiction"].model_validate({"id": iri("land"), "label": RTL}),
        Shock(
            id=iri("blow"), label=HOSTILE[1], comment=HOSTILE[2], legal_basis=[iri(f"m{place}") for place in every],
            exploits=[iri(f"v{place}") for place in every], hit=[{"target": iri("e0"), "severity": "High"}],
        ),
    ]  # fmt: skip
    return graph_of(records, title=HOSTILE[0], description=LONG, license="<b>")


def wide_graph(count: int = 40, deep: int = 14) -> Graph:
    """One thing that many need, and a chain of more steps than the drawing has columns."""
    records: list[Statement] = [CLASSES["Product"].model_validate({"id": iri("root"), "label": "Root"})]
    for place in range(count):
        records += [
            CLASSES["Company"].model_validate({"id": iri(f"c{place}"), "label": f"Company {place}"}),
            Dependency(id=iri(f"n{place}"), dependant=iri(f"c{place}"), need=iri("root"), criticality="Medium"),
        ]
    for place in range(deep):
        records += [
            CLASSES["Service"].model_validate({"id": iri(f"s{place}"), "label": f"Service {place}"}),
            Dependency(
                id=iri(f"k{place}"), dependant=iri(f"s{place}"), need=iri(f"s{place - 1}" if place else "root"),
                criticality="Essential",
            ),
        ]  # fmt: skip
    records.append(Shock(id=iri("blow"), label="The root is lost", hit=[{"target": iri("root"), "severity": "Essential"}]))
    return graph_of(records)
