"""Strategies for records of every class, read off the models: what the fields allow, and no more.

Texts hold everything that could hurt (quotes, tags, newlines, directions) but
control characters, which the models refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from knockon.model import (
    CLASSES,
    CausalChain,
    ChainStep,
    DataSetInfo,
    Dependency,
    Discrepancy,
    Entity,
    Event,
    Evidence,
    Hit,
    Impact,
    ImpactRun,
    Judgement,
    Observation,
    Ownership,
    OwnershipRule,
    Provision,
    Reading,
    Record,
    Shock,
    Statement,
)
from knockon.model.base import SPAN_LIMIT
from knockon.model.language import LanguageString
from knockon.rdf.fields import Field, fields
from knockon.rdf.integrity import check
from knockon.vocabulary import INTERVALS, RELATION_TYPES, Combination, local_name

BASES = ("https://w3id.org/knockon/id/", "https://example.org/a/b#", "urn:example:", "http://例え.jp/ü/")
HOSTILE = (
    'say "yes"', "it's", "</script><script>alert(1)</script>", "{{ 7*7 }}", "\\u0041 \\n", "a\nb", "a\r\nb", "\ttab",
    "\u202eabc\u202c", "שלום", "e\u0301", "🏭", "line\u2028and\u2029", "@en", '"^^<x>', "#", " ", "\ufeff", "\x7f", "\x85",
    "?x . }", "<a>", "&amp;", "None", "0", "NaN",
)  # fmt: skip

PERIODS = ("2025", "2024-06", "2024-02-29", "2024-Q3", "2024-H2", "2024-07/2025-06")
#: The ends of the names of the numbers beside a word, from the lowest to the highest.
_ENDS = ("Low", "Value", "High")

names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._~-]{0,8}[A-Za-z0-9])?", fullmatch=True) | st.sampled_from(
    ["é", "a%20b", "a--b", "😀", "data-x"]
)
iris = st.builds(lambda base, name: base + name, st.sampled_from(BASES), names)
characters = st.characters(
    exclude_categories=["Cs"], exclude_characters=[*map(chr, (*range(9), 11, 12, *range(14, 32))), "\ufffe", "\uffff"]
)
texts = st.sampled_from(HOSTILE) | st.text(characters, min_size=1, max_size=20)
tagged = texts | st.builds(LanguageString, texts, st.sampled_from(["", "en", "zh-Hant", "de"]))
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12) | st.sampled_from(
    [
        Decimal("0"),
        Decimal("-0"),
        Decimal("1E+3"),
        Decimal("1.50"),
        Decimal("0.1234567890123456789012345678901234567890"),
        Decimal("1e-30"),
    ]
)
shares = st.decimals(0, 1, allow_nan=False) | st.sampled_from(
    [Decimal("0"), Decimal("1"), Decimal("0.10"), Decimal("1.000"), Decimal("1e-40")]
)
durations = st.sampled_from(["P30D", "P1Y2M3DT4H5M6.7S", "PT0S", "P1D", "P6M"])
days = st.dates(date(1, 1, 1), date(9999, 12, 31))


@st.composite
def evidences(draw: st.DrawFn) -> dict[str, Any]:
    """A place in a document, of any kind, with its stance and perhaps a confidence."""
    optional = {"stance": _one(_field(Evidence, "stance")), "claimant": iris, "confidence": shares}
    return {"document": draw(iris)} | draw(places()) | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of one place: a span, a row, a key, a pointer, a line, a page, or none for the whole document."""
    start, number = draw(st.integers(0, 10**6)), draw(st.integers(1, 10**12))
    tokens = st.lists(texts.map(lambda text: text.replace("~", "~0").replace("/", "~1")), min_size=1, max_size=3)
    pointers = tokens.map(lambda names: "".join(f"/{name}" for name in names))
    sheets = st.fixed_dictionaries({}, optional={"sheet": texts})
    return draw(
        st.just({"start": start, "end": start + draw(st.integers(1, SPAN_LIMIT))})
        | sheets.map(lambda sheet: {"row": number, **sheet})
        | st.builds(lambda sheet, key: {"key": key, **sheet}, sheets, texts)
        | st.builds(lambda pointer: {"pointer": pointer}, pointers)
        | st.sampled_from([{"line": number}, {"page": number}, {}])
    )


addresses = st.builds(
    lambda scheme, path: f"{scheme}://example.org:81/{path}?q=ü", st.sampled_from(["http", "HTTPS", "https"]), names
)


def _field(cls: type[Record], alias: str) -> Field:
    return next(field for field in fields(cls) if field.alias == alias)


def _one(field: Field) -> st.SearchStrategy[Any]:
    """One value of a field."""
    if field.nested is Evidence:
        return evidences()
    if field.alias == "url":
        return addresses
    if field.nested is not None:
        return contents(field.nested)
    if field.words is not None:
        return st.sampled_from(list(field.words))
    bounded = field.minimum is not None
    simple: Mapping[str, st.SearchStrategy[Any]] = {
        "iri": iris,
        "text": tagged,
        "name": tagged,
        "string": st.from_regex(field.pattern, fullmatch=True) if field.pattern else texts,
        "license": texts | st.sampled_from(["CC0-1.0", "https://spdx.org/licenses/MIT", "https://example.org/terms"]),
        "decimal": shares if bounded else decimals,
        "double": st.floats(0, 1) if bounded else st.floats(allow_nan=False),
        "integer": st.integers(int(field.minimum or 0), 10**6),
        "boolean": st.booleans(),
        "date": days,
        "duration": durations,
        "property": st.sampled_from(sorted(RELATION_TYPES)),
    }
    return simple[field.kind] | st.just("unknown") if field.unknown_iri else simple[field.kind]


def _values(cls: type[Record], field: Field) -> st.SearchStrategy[Any]:
    if field.vocab == "property":
        return st.lists(st.sampled_from([one.alias for one in fields(cls)]), max_size=2)
    if field.many:
        most = 3
        return st.lists(_one(field), min_size=field.min_items or 0, max_size=most)
    return _one(field)


@st.composite
def contents(draw: st.DrawFn, cls: type[Record]) -> dict[str, Any]:
    """The fields of a record, as they could stand in a data file."""
    required = {field.alias: _values(cls, field) for field in fields(cls) if field.required}
    optional = {field.alias: _values(cls, field) for field in fields(cls) if not field.required}
    return _fitting(cls, draw(st.fixed_dictionaries(required, optional=optional)))


def _fitting(cls: type[Record], data: dict[str, Any]) -> dict[str, Any]:
    """The same fields, changed where the class wants something of several of them together."""
    if issubclass(cls, Statement):
        _in_time(data, "from", "until")
    for wanted, change in _CHANGES.items():
        if issubclass(cls, wanted):
            change(data)
    return data


def _in_time(data: dict[str, Any], first: str, last: str) -> None:
    if first in data and last in data:
        data[first], data[last] = sorted((data[first], data[last]))


def _dependency(data: dict[str, Any]) -> None:
    supply = {local_name(one["provider"]): one for one in data.get("supply", ())}
    for one in supply.values():
        if data.get("combination", Combination.SHARES) is not Combination.SHARES:
            one.pop("share", None)
        if "share" in one:
            # Three at most, none above a third of it all.
            one["share"] = min(one["share"], Decimal("0.33"))
    data["supply"] = list(supply.values())
    if data.get("combination") is Combination.AT_LEAST and supply:
        data["atLeast"] = min(data.get("atLeast", 1), len(supply))
    else:
        data.pop("atLeast", None)
        if data.get("combination") is Combination.AT_LEAST:
            del data["combination"]

    if data.get("criticality") or any(f"criticality{end}" in data for end in _ENDS):
        data.pop("portion", None)
    _agreeing(data, "criticality")
    supplied = {each["provider"] for each in data.get("supply", ()) if isinstance(each, dict)}
    in_use = {data["dependant"], data["need"], *supplied}
    if not data.get("alternative") or in_use & set(data["alternative"]):
        data.pop("switchingTime", None)


def _agreeing(data: dict[str, Any], word: str) -> None:
    """Bring numbers into the interval of the word beside them and into order; an interval has both ends."""
    names = [f"{word}{end}" for end in _ENDS]
    if (names[0] in data) != (names[2] in data):
        data.pop(names[0], None)
        data.pop(names[2], None)
    if word in data:
        low, _, high = (Decimal(str(end)) for end in INTERVALS[data[word]])
        data |= {name: min(max(data[name], low), high) for name in names if name in data}
    stated = [name for name in names if name in data]
    data |= dict(zip(stated, sorted(data[name] for name in stated), strict=True))


def _entity(data: dict[str, Any]) -> None:
    if data.get("provisionCombination") is Combination.AT_LEAST:
        data.setdefault("atLeast", 1)
    else:
        data.pop("atLeast", None)


def _provision(data: dict[str, Any]) -> None:
    if data["provider"] == data["provided"]:
        data["provided"] += "x"
    if "period" in data:
        data["period"] = PERIODS[len(data["period"]) % len(PERIODS)]


def _run(data: dict[str, Any]) -> None:
    data["impact"] = list({one["entity"]: one for one in data.get("impact", ())}.values())


def _event(data: dict[str, Any]) -> None:
    _in_time(data, "date", "until")
    if "date" not in data:
        data.pop("datePrecision", None)
    elif "from" in data and "until" in data:
        data["from"] = min(data["from"], data["until"])


def _judgement(data: dict[str, Any]) -> None:
    named = sorted({*data["entity"]})[:2]
    data["entity"] = [*named, *(f"{(named or ['urn:x:a'])[0]}-{number}" for number in range(2 - len(named)))]


def _ownership_rule(data: dict[str, Any]) -> None:
    # A rule applies from a share above 0 on.
    data["threshold"] = data["threshold"] or Decimal("0.5")


def _observation(data: dict[str, Any]) -> None:
    given = [name for name in ("valueLow", "value", "valueHigh") if name in data]
    data |= dict(zip(given, sorted(data[name] for name in given), strict=True))
    if not given:
        data.setdefault("asWritten", "about ten")


def _ownership(data: dict[str, Any]) -> None:
    if data["owner"] == data["owned"]:
        data["owned"] += "x"
    if "share" in data:
        data.pop("shareLow", None)
        data.pop("shareHigh", None)
    _in_time(data, "shareLow", "shareHigh")


def _hit(data: dict[str, Any]) -> None:
    if "target" in data:
        data.pop("targetQuery", None)
    else:
        data.setdefault("targetQuery", "SELECT ?target { ?target a ko:Entity }")
    _agreeing(data, "severity")


def _shock(data: dict[str, Any]) -> None:
    # A hit is named after its target.
    named = {local_name(one["target"]) if "target" in one else one["targetQuery"]: one for one in data["hit"]}
    data["hit"] = list(named.values())


def _numbered(name: str) -> Any:
    def change(data: dict[str, Any]) -> None:
        for place, one in enumerate(data.get(name, ())):
            one["order"] = place + 1

    return change


#: What a class wants of its fields together.
_CHANGES: dict[type[Record], Any] = {
    Dependency: _dependency,
    Entity: _entity,
    Event: _event,
    ImpactRun: _run,
    Judgement: _judgement,
    Observation: _observation,
    Ownership: _ownership,
    OwnershipRule: _ownership_rule,
    Provision: _provision,
    Hit: _hit,
    Shock: _shock,
    CausalChain: _numbered("step"),
    Discrepancy: _numbered("reading"),
}
#: The classes of records that stand on their own.
STANDING = [cls for cls in CLASSES.values() if issubclass(cls, Statement) and not cls.nested]
#: Those that only stand within another one.
PARTS = (ChainStep, Hit, Impact, Reading)


@st.composite
def records(draw: st.DrawFn, *classes: type[Statement]) -> Statement:
    """A valid record of one of these classes, or of any."""
    cls = draw(st.sampled_from(classes or STANDING))
    data = {**draw(contents(cls)), "id": draw(iris)}
    for place, impact in enumerate(data.get("impact", ())):
        # Nobody names the impacts of a run but who makes them.
        impact["id"] = f"{data['id']}--{place}"
    return cls.model_validate(data)


@st.composite
def data_sets(draw: st.DrawFn, size: int = 4) -> list[Statement]:
    """Several records; no two of them, or of their parts, have one IRI."""
    found = draw(st.lists(records(), max_size=size, unique_by=lambda record: record.id))
    assume(not any("has the same name" in fault.fault.message for fault in check(found)))
    return found


__all__ = ["PARTS", "STANDING", "DataSetInfo", "contents", "data_sets", "evidences", "iris", "records", "texts"]
