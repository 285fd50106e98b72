"""What no record can say: each is an error with file and line, in YAML, CSV, Turtle and JSON-LD alike."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, RdfFormat, parse

Run = Callable[..., Any]
PREFIXES = """\
@prefix ko: <https://w3id.org/knockon/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix my: <https://w3id.org/knockon/local/> .
my:a a ko:Company ; rdfs:label "A"@en .
my:b a ko:Company ; rdfs:label "B"@en .
my:x a ko:Product ; rdfs:label "X"@en .
my:m a ko:Measure ; rdfs:label "M"@en ; ko:status ko:InForce .
my:doc a ko:Document ; dcterms:title "D"@en .
# What is wrong with my:d is on the next line.
"""
ENTITIES = """\
Company: {a: {label: A}, b: {label: B}}
Product: {x: {label: X}}
Measure: {m: {label: M, status: InForce}}
Document: {doc: {title: D}}
"""
NEED = "my:d a ko:Dependency ; ko:dependant my:a ; ko:need"
#: What is wrong: in YAML (the record is on line 6), as a table (on line 2), in Turtle, and what the message says.
WRONG = {
    "a criticality and a portion": (
        "Dependency:\n  d: {dependant: a, need: b, criticality: high, portion: 0.5}",
        "dependant,need,criticality,portion\na,b,high,0.5",
        f"{NEED} my:b ; ko:criticality ko:High ; ko:portion 0.5 .",
        "a dependency has a criticality or a portion, not both",
    ),
    "a portion above 1": (
        "Dependency:\n  d: {dependant: a, need: b, portion: 1.5}",
        "dependant,need,portion\na,b,1.5",
        f"{NEED} my:b ; ko:portion 1.5 .",
        "portion '1.5' must be at most 1",
    ),
    "portions that add up to more": (
        "Dependency:\n  d: {dependant: a, need: b, portion: 0.7}\n  e: {dependant: a, need: x, portion: 0.5}",
        "dependant,need,portion\na,b,0.7\na,x,0.5",
        f"{NEED} my:b ; ko:portion 0.7 .\nmy:e a ko:Dependency ; ko:dependant my:a ; ko:need my:x ; ko:portion 0.5 .",
        "the portions of a add up to 1.2, more than 1",
    ),
    "a provision of oneself": (
        "Provision:\n  d: {provider: a, provided: a}",
        "provider,provided\na,a",
        "my:d a ko:Provision ; ko:provider my:a ; ko:provided my:a .",
        "an entity cannot be its own provider",
    ),
    "shares of supplies above 1.01": (
        "Dependency:\n  d: {dependant: a, need: x, supply: [{provider: a, share: 0.6}, {provider: b, share: 0.42}]}",
        "dependant,need,provider,share\na,x,a,0.6\na,x,b,0.42",
        f"{NEED} my:x ; ko:supply [ a ko:Supply ; ko:provider my:a ; ko:share 0.6 ] , "
        "[ a ko:Supply ; ko:provider my:b ; ko:share 0.42 ] .",
        "the shares of the supplies add up to 1.02, more than 1",
    ),
    "shares of provisions above 1.01": (
        "Provision:\n  d: {provider: a, provided: x, share: 0.6}\n  e: {provider: b, provided: x, share: 0.42}",
        "provider,provided,share\na,x,0.6\nb,x,0.42",
        "my:d a ko:Provision ; ko:provider my:a ; ko:provided my:x ; ko:share 0.6 .\n"
        "my:e a ko:Provision ; ko:provider my:b ; ko:provided my:x ; ko:share 0.42 .",
        "the shares of the provisions of x add up to 1.02, more than 1",
    ),
    "a designation of nobody": (
        "Designation:\n  d: {measure: m}",
        "id,class,measure,designated\nd,Designation,m,",
        "my:d a ko:Designation ; ko:measure my:m .",
        "designated is missing",
    ),
    "an interval upside down": (
        "Dependency:\n  d: {dependant: a, need: b, criticalityLow: 0.8, criticalityHigh: 0.3}",
        "dependant,need,criticalityLow,criticalityHigh\na,b,0.8,0.3",
        f"{NEED} my:b ; ko:criticalityLow 0.8 ; ko:criticalityHigh 0.3 .",
        "criticalityLow 0.8 is above criticalityHigh 0.3",
    ),
    "a confidence above 1": (
        "Dependency:\n  d: {dependant: a, need: b, evidence: ['doc confidence:1.5']}",
        "dependant,need,evidence\na,b,https://example.org/x confidence:1.5",
        f"{NEED} my:b ; ko:evidence [ a ko:Evidence ; oa:hasSource my:doc ; ko:stance ko:Asserts ; ko:confidence 1.5 ] .",
        "confidence '1.5' must be at most 1",
    ),
    "a negative confidence": (
        "Dependency:\n  d: {dependant: a, need: b, evidence: [{document: doc, confidence: -0.1}]}",
        "dependant,need,evidence\na,b,https://example.org/x confidence:-0.1",
        f"{NEED} my:b ; ko:evidence [ a ko:Evidence ; oa:hasSource my:doc ; ko:stance ko:Asserts ; ko:confidence -0.1 ] .",
        "confidence '-0.1' must be at least 0",
    ),
}


def json_ld(turtle: str) -> str:
    """The same triples as JSON-LD, a subject after the other, each over several lines."""
    nodes: dict[str, dict[str, Any]] = defaultdict(dict)
    for quad in parse(turtle, RdfFormat.TURTLE):
        name = quad.subject.value if str(quad.subject).startswith("<") else f"_:{quad.subject.value}"
        term: dict[str, str] = {"@id": quad.object.value if str(quad.object).startswith("<") else str(quad.object)}
        if isinstance(quad.object, Literal):
            kind = {"@language": quad.object.language} if quad.object.language else {"@type": quad.object.datatype.value}
            term = {"@value": quad.object.value, **kind}
        nodes[name].setdefault(quad.predicate.value, []).append(term)
    return json.dumps([{"@id": name, **values} for name, values in nodes.items()], indent=1)


@pytest.mark.parametrize("kind", ["yaml", "csv", "ttl", "jsonld"])
@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_an_error_with_file_and_line(knockon: Run, tmp_path: Path, wrong: str, kind: str) -> None:
    """Nothing is loaded, and the exit code is 4."""
    yaml, table, turtle, message = WRONG[wrong]
    text = {"yaml": ENTITIES + yaml, "csv": table, "ttl": PREFIXES + turtle, "jsonld": json_ld(PREFIXES + turtle)}[kind]
    (tmp_path / f"bad.{kind}").write_text(text + "\n", "utf-8")
    own = '"@id": "https://w3id.org/knockon/local/d"'
    lines = {
        "yaml": 6,
        "csv": 2,
        "ttl": 12,
        "jsonld": next((n for n, line in enumerate(text.split("\n"), 1) if own in line), 0),
    }
    done = knockon("load", f"bad.{kind}", "--store", "mine")
    assert done.code == 4, done.err
    assert f"bad.{kind}:{lines[kind]}: " in done.err
    assert message in done.err
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file() and path.name != "write.lock"]


@pytest.mark.parametrize(("last", "note"), [("0.4000005", ""), ("0.409", "are scaled to 1 (1.009)")])
@pytest.mark.parametrize("kind", ["yaml", "csv", "ttl"])
def test_shares_a_little_above_1_are_taken(knockon: Run, tmp_path: Path, kind: str, last: str, note: str) -> None:
    """Up to 1e-6 as exact; up to 1.01 scaled, with a note that has the file and the line or the record."""
    yaml, table, turtle, _ = (text.replace("0.42", last) for text in WRONG["shares of supplies above 1.01"])
    text = {"yaml": ENTITIES + yaml, "csv": table, "ttl": PREFIXES + turtle}[kind]
    (tmp_path / f"a.{kind}").write_text(text + "\n", "utf-8")
    done = knockon("validate", f"a.{kind}")
    assert done.code == 0, done.err
    assert (note in done.err) if note else ("scaled" not in done.err)


def test_a_target_that_is_not_there_has_a_line_in_rdf(knockon: Run, tmp_path: Path) -> None:
    """What is found only when all records are there names the file too, and not `after loading`."""
    (tmp_path / "bad.ttl").write_text(f"{PREFIXES}my:d a ko:Designation ; ko:measure my:m ; ko:designated my:nobody .\n")
    done = knockon("load", "bad.ttl", "--store", "mine")
    assert "bad.ttl:12: https://w3id.org/knockon/local/d: designated names nobody, which does not exist" in done.err
