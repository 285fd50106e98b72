"""Hand-written SHACL shapes in Turtle, for constraints on several fields; the others are generated.

Each is a separate node shape, so that its message describes one violation. For
constraints on all records of a class, the focus node is the class
(``sh:targetNode``): one query checks all records, and ``value`` is the record.
"""

from __future__ import annotations

from typing import NamedTuple

from knockon.model.base import SPAN_LIMIT
from knockon.model.weights import ROUNDED
from knockon.vocabulary import INTERVALS, Level


class Rule(NamedTuple):
    """One hand-written shape: its local name, its target, its constraints, and the message for a violation."""

    name: str
    target: str
    body: str
    message: str


def _subject(cls: str) -> str:
    return f"sh:targetClass ko:{cls}"


def _pair(name: str, cls: str, pair: str, message: str) -> Rule:
    """Create a rule on two properties of a record: ``ko:from sh:lessThanOrEquals ko:until``."""
    path, relation, other = pair.split()
    body = f"sh:property [ sh:path {path} ; {relation} {other} ; sh:message {quoted(message)}@en ]"
    return Rule(name, _subject(cls), body, "")


def _one_of(operator: str, *alternatives: str) -> str:
    return f"{operator} (\n" + "".join(f"        {shape}\n" for shape in alternatives) + "    )"


def _has(name: str) -> str:
    return f"[ sh:path ko:{name} ; sh:minCount 1 ]"


def _has_no(name: str) -> str:
    return f"[ sh:path ko:{name} ; sh:maxCount 0 ]"


def _number_fits_word(name: str, cls: str, word: str) -> Rule:
    """Create the rule that a number must be in the interval of the word for the same quantity."""

    def within(level: Level, low: float, high: float) -> str:
        number = f"[ sh:path ko:{word}Value ; sh:minInclusive {low:.2f} ; sh:maxInclusive {high:.2f} ]"
        return f"[ sh:property [ sh:path ko:{word} ; sh:hasValue ko:{level} ] , {number} ]"

    levels = (within(level, interval.low, interval.high) for level, interval in INTERVALS.items())
    message = f"ko:{word}Value lies outside the interval of ko:{word}."
    return Rule(name, _subject(cls), _one_of("sh:or", _has_no(word), _has_no(f"{word}Value"), *levels), message)


def quoted(text: str) -> str:
    r"""Return a text as a Turtle string.

    >>> print(quoted('say "yes"'))
    "say \"yes\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def query(select: str, message: str) -> str:
    """Return a SPARQL constraint; its prefixes are declared on the graph of shapes."""
    return f'sh:sparql [ sh:prefixes <> ; sh:message {quoted(message)}@en ; sh:select """{select}""" ]'


_SPAN_LENGTH = f"""
        SELECT $this ?path ?value WHERE {{
            ?value a $this ; oa:hasSelector ?path .
            ?path oa:start ?start ; oa:end ?end .
            FILTER (?end - ?start > {SPAN_LIMIT})
        }}"""

# Suppliers may follow each other, so only those that are valid on a day on which one of them begins are summed.
_SUPPLY_SHARES = f"""
        SELECT $this ?one (SUM(?share) AS ?value) WHERE {{
            $this ko:supply ?one , ?other .
            ?other ko:share ?share .
            OPTIONAL {{ ?one ko:from ?day }}
            OPTIONAL {{ ?other ko:from ?from }}
            OPTIONAL {{ ?other ko:until ?until }}
            FILTER (!BOUND(?from) || (BOUND(?day) && ?from <= ?day))
            FILTER (!BOUND(?until) || !BOUND(?day) || ?day <= ?until)
        }} GROUP BY $this ?one HAVING (SUM(?share) > {ROUNDED})"""

# Holdings of different times may add up to more than 1, so only those that are valid on a
# day on which one of them begins are summed; a holding ends before its last day.
_OWNED_SHARES = f"""
        SELECT $this ?one (SUM(?share) AS ?value) WHERE {{
            ?one ko:owned $this .
            OPTIONAL {{ ?one ko:from ?day }}
            ?other ko:owned $this ; ko:share ?share .
            OPTIONAL {{ ?other ko:from ?from }}
            OPTIONAL {{ ?other ko:until ?until }}
            FILTER (!BOUND(?from) || (BOUND(?day) && ?from <= ?day))
            FILTER (!BOUND(?until) || !BOUND(?day) || ?day < ?until)
        }} GROUP BY $this ?one HAVING (SUM(?share) > {ROUNDED})"""

_AT_LEAST = "[ sh:path ko:combination ; sh:hasValue ko:AtLeast ]"

RULES: tuple[Rule, ...] = (
    Rule(
        "AtLeastFits",
        _subject("Dependency"),
        _one_of(
            "sh:xone",
            f"[ sh:property {_has('atLeast')} , {_AT_LEAST} ]",
            f"[ sh:property {_has_no('atLeast')} ; sh:not {_AT_LEAST} ]",
        ),
        "ko:atLeast goes with combination ko:AtLeast, and with no other.",
    ),
    Rule(
        "SupplyShares",
        "sh:targetSubjectsOf ko:supply",
        query(_SUPPLY_SHARES, "The shares of the supplies add up to {?value}, more than 1."),
        "",
    ),
    Rule(
        "ShareFits",
        _subject("Dependency"),
        _one_of(
            "sh:or",
            "[ sh:path ( ko:supply ko:share ) ; sh:maxCount 0 ]",
            _has_no("combination"),
            "[ sh:path ko:combination ; sh:hasValue ko:Shares ]",
        ),
        "A ko:share goes with combination ko:Shares, and with no other.",
    ),
    _number_fits_word("CriticalityFits", "Dependency", "criticality"),
    _number_fits_word("SeverityFits", "Hit", "severity"),
    Rule(
        "OwnedShares",
        "sh:targetObjectsOf ko:owned",
        query(_OWNED_SHARES, "The shares of the owned come to {?value} at one time, more than 1."),
        "",
    ),
    _pair("OwnerIsAnother", "Ownership", "ko:owner sh:disjoint ko:owned", "An owner cannot own itself."),
    Rule(
        "HitHasOneTarget",
        _subject("Hit"),
        _one_of("sh:xone", _has("target"), _has("targetQuery")),
        "A Hit has either a ko:target or a ko:targetQuery.",
    ),
    Rule(
        "ObservationSaysSomething",
        _subject("Observation"),
        _one_of("sh:or", _has("value"), _has("valueLow"), _has("valueHigh"), _has("asWritten")),
        "An Observation has a ko:value, ko:valueLow, ko:valueHigh or ko:asWritten.",
    ),
    _pair("LowToHigh", "Observation", "ko:valueLow sh:lessThanOrEquals ko:valueHigh", "ko:valueLow is above ko:valueHigh."),
    _pair("LowToValue", "Observation", "ko:valueLow sh:lessThanOrEquals ko:value", "ko:valueLow is above ko:value."),
    _pair("ValueToHigh", "Observation", "ko:value sh:lessThanOrEquals ko:valueHigh", "ko:value is above ko:valueHigh."),
    Rule(
        "DateBehindPrecision",
        _subject("Event"),
        _one_of("sh:or", _has_no("datePrecision"), _has("date")),
        "An Event has ko:datePrecision only with a ko:date.",
    ),
    _pair("EventInTime", "Event", "ko:date sh:lessThanOrEquals ko:until", "ko:date is after ko:until."),
    Rule(
        "SpanLength",
        "sh:targetNode ko:Evidence",
        query(_SPAN_LENGTH, f"{{?value}} has a span of more than {SPAN_LIMIT} code points."),
        "",
    ),
)
