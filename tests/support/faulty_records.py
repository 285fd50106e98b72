"""Random data sets of few names, so that their records contradict, repeat and miss each other in every way that is checked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from pydantic import ValidationError

from knockon.model import (
    Company,
    DataSet,
    Dependency,
    Designation,
    Document,
    Entity,
    Judgement,
    Measure,
    Ownership,
    Provision,
    Shock,
    Statement,
)
from support.small_records import data_set, iri

_NAMES = (*"abcdef", "b--c")
_NUMBERS = ("Q1", "Q2", "Q3")
_QUERIES = (
    "SELECT ?target { ?target a ko:Company }",
    "SELECT ?x { ?x a ko:Company }",
    "SELECT ?target { ?target a ko:Nothing }",
)
_SHARES = ("0.1", "0.5", "0.51", "0.6", "1")


def random_data_sets(random: Random) -> list[DataSet]:
    """Between one and three data sets; each record is valid by itself, and seldom are they together."""
    names = ["x", "y", "z"][: random.randint(1, 3)]
    return [data_set(name, _records(random), origin=f"{name}.csv" if random.random() < 0.7 else "") for name in names]


def _records(random: Random) -> list[Statement]:
    makers = random.sample(_MAKERS, random.randint(1, len(_MAKERS)))
    made: dict[str, Statement] = {}
    for _ in range(random.randint(0, 12)):
        with suppress(ValidationError):  # a record of an entity and itself
            record = random.choice(makers)(random)
            made[record.id] = record
    return list(made.values())


def _name(random: Random) -> str:
    return iri(random.choice(_NAMES))


def _some(random: Random, name: str, value: Any, often: float = 0.3) -> dict[str, Any]:
    return {name: value} if random.random() < often else {}


def _evidence(random: Random) -> dict[str, Any]:
    place = random.choice([{"start": 0, "end": 9}, {"key": "k"}, {"row": 3}, {}])
    passage = {"document": random.choice([iri("doc"), iri("dac"), _name(random)]), **place}
    return _some(random, "evidence", [{**passage, **_some(random, "stance", "Asks")}])


def _entity(random: Random) -> Statement:
    name = _name(random)
    whole = [each for each in (_name(random), _name(random)) if each != name]
    number = [{"scheme": "Wikidata", "notation": random.choice(_NUMBERS)}]
    values = _some(random, "partOf", whole) | _some(random, "identifier", number) | _evidence(random)
    values |= _some(random, "provisionCombination", random.choice(["AnyOf", "Shares"]), 0.2)
    return random.choice([Company, Entity]).model_validate({"id": name, "label": random.choice("AB"), **values})


def _document(random: Random) -> Statement:
    values = _some(random, "keyColumn", "key", 0.5)
    return Document.model_validate({"id": iri(random.choice(["doc", "dac"])), "title": "Doc", **values})


def _dependency(random: Random) -> Statement:
    dependant, what = _name(random), _name(random)
    name = random.choice([f"{dependant}-needs-{what}", iri("a--b"), iri("a")])
    providers = sorted({_name(random) for _ in range(random.randint(0, 2))})
    more = {"supply": [{"provider": provider} for provider in providers]}
    if random.random() < 0.4:
        more = {"portion": random.choice([*_SHARES, "unknown"])}
    return Dependency.model_validate({"id": name, "dependant": dependant, "need": what, **more, **_evidence(random)})


def _provision(random: Random) -> Statement:
    provider, provided = _name(random), _name(random)
    values = _some(random, "share", random.choice(_SHARES), 0.8) | _some(random, "period", random.choice(["2024", "2025"]))
    given = {"id": f"{provider}-provides-{provided}", "provider": provider, "provided": provided}
    return Provision.model_validate(given | values | _some(random, "from", "2024-05-01") | _evidence(random))


def _ownership(random: Random) -> Statement:
    owner, owned = _name(random), _name(random)
    values = _some(random, "share", random.choice(_SHARES), 0.9) | _some(random, "direct", random.random() < 0.5)
    given = {"id": f"{owner}-owns-{owned}", "owner": owner, "owned": owned}
    return Ownership.model_validate(given | values | _some(random, "until", "2024-05-01"))


def _judgement(random: Random) -> Statement:
    first, second, verdict = _name(random), _name(random), random.choice(["Same", "Different", "Unsure"])
    given = {"id": f"{first}-{verdict}-{second}", "entity": [first, second], "verdict": verdict}
    return Judgement.model_validate(given | _some(random, "from", "2024-05-01"))


def _designation(random: Random) -> Statement:
    designated = _name(random)
    values = _some(random, "listEntry", random.choice(["1", "2"]), 0.7)
    return Designation.model_validate(
        {"id": f"{designated}-on-list", "designated": designated, "measure": iri("list"), **values}
    )


def _measure(random: Random) -> Statement:
    return Measure.model_validate({"id": iri(random.choice(["list", "lost"])), "label": random.choice("AB")})


def _shock(random: Random) -> Statement:
    hit = random.choice([{"target": _name(random)}, {"targetQuery": random.choice(_QUERIES)}])
    name = iri(random.choice(["s1", "s2", "a"]))
    return Shock.model_validate({"id": name, "label": "Shock", "hit": [{**hit, "severity": "High"}]})


_MAKERS: list[Callable[[Random], Statement]] = [
    _entity, _entity, _document, _dependency, _provision, _ownership, _judgement, _designation, _measure, _shock,
]  # fmt: skip

__all__ = ["random_data_sets"]
