"""The rules: which sentences state what, and which state nothing."""

from __future__ import annotations

from typing import Any

import pytest

from knockon.model import Company, GovernmentBody, Material, Measure, Person, Product, Service
from knockon.model.language import LanguageString
from knockon.proposals.document_text import DocumentText
from knockon.proposals.rules.extract import Rules

NS = "urn:x:"
GRAPH = [
    Company(id=NS + "acme", label="Acme Works", altLabel=["Acme"]), Company(id=NS + "bolt", label="Bolt"),
    Company(id=NS + "nutwerk", label="Nutwerk GmbH"),
    Company(id=NS + "arm", label="Arm"), Company(id=NS + "shang", label=LanguageString("商汤集团", "zh")),
    Material(id=NS + "cobalt", label="Cobalt"), Material(id=NS + "tin", label="tin"),
    Service(id=NS + "hosting", label="cloud hosting"), Product(id=NS + "cell", label="AcmeCell"),
    Person(id=NS + "lee", label="Ann Lee"), GovernmentBody(id=NS + "treasury", label="Treasury"),
    Measure(id=NS + "list", label="US Entity List", issuer=[NS + "treasury"]),
]  # fmt: skip


def stated(text: str) -> list[tuple[Any, ...]]:
    """What the rules propose of a text: class, then the local names of the ends, and the stance if it is not asserted."""
    rows = []
    for line in Rules(GRAPH)(DocumentText.of("a.txt", text.encode())):
        assert text[line["start"] : line["end"]] == line["quote"]  # type: ignore[misc,index]
        fields: Any = line["fields"]
        values = [_short(value) for value in fields.values()]
        rows.append((line["class"], *values, *([] if line["stance"] == "Asserts" else [line["stance"]])))
    return rows


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return f"new {value['label']}"
    return [_short(item) for item in value] if isinstance(value, list) else str(value).removeprefix(NS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme relies on Bolt.", [("Dependency", "acme", "bolt")]),
        ("Acme Works\nalso relies heavily on refined cobalt.", [("Dependency", "acme", "cobalt")]),
        ("Acme uses cobalt and tin.", [("Dependency", "acme", "cobalt"), ("Dependency", "acme", "tin")]),
        ("Acme uses tin and depends on cobalt.", [("Dependency", "acme", "tin"), ("Dependency", "acme", "cobalt")]),
        ("Acme relies on Bolt's cobalt.", [("Dependency", "acme", "cobalt", ["bolt"])]),
        ("Bolt supplies Acme with cobalt.", [("Dependency", "acme", "cobalt", ["bolt"])]),
        ("Bolt supplies cobalt to Acme.", [("Dependency", "acme", "cobalt", ["bolt"])]),
        ("Bolt supplies Acme.", [("Dependency", "acme", "bolt")]),
        ("Bolt supplies cobalt.", [("Provision", "bolt", "cobalt")]),
        ("Acme is supplied by Bolt.", [("Dependency", "acme", "bolt")]),
        ("AcmeCell is hosted on Bolt.", [("Dependency", "cell", "bolt")]),
        ("Tin is used by Acme.", [("Dependency", "acme", "tin")]),
        ("Acme owns 24.9 % of Bolt.", [("Ownership", "acme", "bolt", "0.249")]),
        ("Acme holds 51 percent of Bolt.", [("Ownership", "acme", "bolt", "0.51")]),
        ("Bolt is a wholly owned subsidiary of Acme.", [("Ownership", "acme", "bolt")]),
        ("Acme's customers include Bolt and large banks.", [("Relation", "bolt", "customerOf", "acme")]),
        ("Arm was sanctioned in May 2019 and added to the Entity List.", [("Designation", "list", "arm")]),
        ("Bolt was added to the Entity List in 2021.", [("Designation", "list", "bolt")]),
        ("The Treasury designated Bolt last year.", [("Designation", "list", "bolt")]),
        ("Acme launched AcmeCell.", [("Relation", "acme", "offers", "cell")]),
        ("Bolt, founded by Ann Lee, competes with Arm.", [
            ("Relation", "lee", "founderOf", "bolt"), ("Relation", "bolt", "competesWith", "arm")]),
        ("Acme is old. The company relies on cobalt.", [("Dependency", "acme", "cobalt")]),
        ("Acme sources refined cobalt from Bolt and Arm.", [("Dependency", "acme", "cobalt", ["bolt", "arm"])]),
        ("Acme relies exclusively on special salts from Bolt.", [("Dependency", "acme", "new special salts", ["bolt"])]),
        ("Acme holds a 24.9% stake in Bolt.", [("Ownership", "acme", "bolt", "0.249")]),
        ("Bolt is 30 per cent owned by Acme.", [("Ownership", "acme", "bolt", "0.3")]),
        ("Nutwerk relies on tin.", [("Dependency", "nutwerk", "tin")]),
        ("Acme bought Bolt.", [("Ownership", "acme", "bolt")]),
        ("Bolt is Acme's main supplier.", [("Dependency", "acme", "bolt")]),
        ("Acme's largest customers are Bolt and Arm.", [
            ("Relation", "bolt", "customerOf", "acme"), ("Relation", "arm", "customerOf", "acme")]),
        ("Acme Works' subsidiaries include Bolt.", [("Ownership", "acme", "bolt")]),
        ("Acme's rivals such as Bolt and Arm grew.", [
            ("Relation", "acme", "competesWith", "bolt"), ("Relation", "acme", "competesWith", "arm")]),
        ("Acme depends on rare salts.", [("Dependency", "acme", "new rare salts")]),
        ("商汤集团 relies on cobalt.", [("Dependency", "shang", "cobalt")]),
    ],
)  # fmt: skip
def test_sentences_that_state_something(text: str, expected: list[tuple[Any, ...]]) -> None:
    """Each with its ends in the order of the record."""
    assert stated(text) == expected


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Acme does not rely on Bolt.", "Denies"),
        ("Acme doesn't depend on Bolt.", "Denies"),
        ("Acme no longer uses Bolt.", "Denies"),
        ("Acme may depend on Bolt.", "Hypothesises"),
        ("If Acme relies on Bolt, it is lost.", "Hypothesises"),
        ("Acme plans to buy from Bolt.", "Hypothesises"),
        ("Acme allegedly depends on Bolt.", "Alleges"),
    ],
)
def test_what_is_denied_or_supposed_is_marked(text: str, stance: str) -> None:
    """With half the confidence, so that it comes after what is asserted."""
    [line] = Rules(GRAPH)(DocumentText.of("a.txt", text.encode()))
    assert line["stance"] == stance
    assert float(str(line["confidence"])) <= 0.4


@pytest.mark.parametrize(
    "text",
    [
        "Does Acme rely on Bolt?",
        "The army relies on bolts.",
        "Acme and Bolt met. They rely on luck.",
        "Alarm relies on Armenia.",
        "Acme holds steady; Bolt rose.",
        "Acme sells. — But Bolt uses nothing of it.",
    ],
)
def test_sentences_that_state_nothing(text: str) -> None:
    """Questions, words that contain a name, things that the graph does not know on both sides."""
    assert stated(text) == []
