"""What the graph says about a proposal: agreement, contradiction, and what is near."""

from __future__ import annotations

import pytest

from knockon.model import Company, Dependency, Designation, Evidence, Ownership, Product, Provision, Relation, Service
from knockon.proposals.comparison import compare
from knockon.proposals.proposal import Proposal
from knockon.vocabulary import Stance

N = "urn:x:"
DENIED = Evidence(document=N + "doc", start=0, end=9, stance="Denies")
GRAPH = [
    Company(id=N + "acme", label="Acme"), Company(id=N + "bolt", label="Bolt", altLabel=["Bolt Makers"]),
    Service(id=N + "hosting", label="Hosting"), Product(id=N + "nut", label="Nut", partOf=[N + "bolt"]),
    Dependency(id=N + "d1", dependant=N + "acme", need=N + "bolt", criticality="High"),
    Dependency(id=N + "d2", dependant=N + "acme", need=N + "nut"),
    Dependency(id=N + "d3", dependant=N + "acme", need=N + "hosting"),
    Dependency(id=N + "d4", dependant=N + "bolt", need=N + "hosting", evidence=[DENIED]),
    Provision(id=N + "p1", provider=N + "bolt", provided=N + "hosting"),
    Ownership(id=N + "o1", owner=N + "acme", owned=N + "bolt", share="0.4"),
    Designation(id=N + "l1", measure=N + "list", designated=N + "bolt"),
    Relation(id=N + "r1", subject=N + "acme", relationType="competesWith", object=N + "bolt"),
]  # fmt: skip


def bearings(cls: str, stance: Stance = Stance.ASSERTS, **fields: str) -> dict[str, str]:
    """How the records of the graph bear on a proposal, by their local names."""
    named = {
        name: N + value if name not in ("share", "criticality", "relationType", "label") else value
        for name, value in fields.items()
    }
    proposal = Proposal(cls, named, "0" * 64, "a.txt", 0, 9, "0" * 64, "exact", stance=stance)
    return {fact.record.removeprefix(N): fact.bearing.value for fact in compare(proposal, GRAPH)}


@pytest.mark.parametrize(
    ("cls", "fields", "expected"),
    [
        ("Dependency", {"dependant": "acme", "need": "bolt"}, {"d1": "agrees", "d2": "related", "d3": "agrees"}),
        (
            "Dependency",
            {"dependant": "acme", "need": "bolt", "criticality": "low"},
            {"d1": "conflicts", "d2": "related", "d3": "agrees"},
        ),
        ("Dependency", {"dependant": "bolt", "need": "acme"}, {"d1": "related"}),
        ("Dependency", {"dependant": "bolt", "need": "hosting"}, {"d4": "conflicts"}),
        ("Dependency", {"dependant": "nut", "need": "hosting"}, {}),
        ("Provision", {"provider": "bolt", "provided": "hosting"}, {"p1": "agrees"}),
        ("Ownership", {"owner": "acme", "owned": "bolt", "share": "40%"}, {"o1": "agrees"}),
        ("Ownership", {"owner": "acme", "owned": "bolt", "share": "0.5"}, {"o1": "conflicts"}),
        ("Ownership", {"owner": "hosting", "owned": "bolt", "share": "0.7"}, {"o1": "conflicts"}),
        ("Ownership", {"owner": "hosting", "owned": "bolt", "share": "0.6"}, {}),
        ("Designation", {"measure": "list", "designated": "bolt"}, {"l1": "agrees"}),
        ("Relation", {"subject": "acme", "relationType": "competesWith", "object": "bolt"}, {"r1": "agrees"}),
        ("Relation", {"subject": "acme", "relationType": "investorIn", "object": "bolt"}, {"r1": "related"}),
        ("Company", {"label": " bolt  MAKERS"}, {"bolt": "agrees"}),
    ],
)
def test_records_agree_contradict_or_are_near(cls: str, fields: dict[str, str], expected: dict[str, str]) -> None:
    """By the two that they are about, and by what they state of them."""
    assert bearings(cls, **fields) == expected


def test_what_a_document_denies_contradicts_what_is_stated() -> None:
    """And agrees with what its source denies."""
    assert bearings("Dependency", Stance.DENIES, dependant="acme", need="bolt")["d1"] == "conflicts"
    assert bearings("Dependency", Stance.DENIES, dependant="bolt", need="hosting") == {"d4": "agrees"}
