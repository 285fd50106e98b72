"""Hand-written SHACL shapes in Turtle, for constraints on several fields; the others are generated.

Each is a separate node shape, so that its message describes one violation. For
constraints on all records of a class, the focus node is the class
(``sh:targetNode``): one query checks all records, and ``value`` is the record.
Processors parse a query anew for each focus node, so one of each record would take
minutes on a graph of some size.
"""

from __future__ import annotations

from typing import NamedTuple

from knockon.model.base import SPAN_LIMIT
from knockon.model.weights import ROUNDED
from knockon.vocabulary import INTERVALS, Level

#: The ends of the names of the numbers beside a word, from the lowest to the highest.
_ENDS = ("Low", "Value", "High")


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
    """Create the rule that numbers must be in the interval of the word for the same quantity."""

    def within(level: Level, low: float, high: float) -> str:
        limits = f"sh:minInclusive {low:.2f} ; sh:maxInclusive {high:.2f}"
        numbers = (f"[ sh:path ko:{word}{end} ; {limits} ]" for end in _ENDS)
        return f"[ sh:property [ sh:path ko:{word} ; sh:hasValue ko:{level} ] , {' , '.join(numbers)} ]"

    levels = (within(level, interval.low, interval.high) for level, interval in INTERVALS.items())
    message = f"ko:{word}Value, ko:{word}Low or ko:{word}High lies outside the interval of ko:{word}."
    return Rule(name, _subject(cls), _one_of("sh:or", _has_no(word), *levels), message)


def _interval_rules(cls: str, word: str) -> tuple[Rule, ...]:
    """Create the rules for an interval of numbers: both ends, in order, with the value between them."""
    low, value, high = (f"ko:{word}{end}" for end in _ENDS)
    name = word.capitalize()
    both = f"[ sh:property {_has(f'{word}Low')} , {_has(f'{word}High')} ]"
    neither = f"[ sh:property {_has_no(f'{word}Low')} , {_has_no(f'{word}High')} ]"
    return (
        Rule(f"{name}HasBothEnds", _subject(cls), _one_of("sh:or", both, neither), f"{low} and {high} need each other."),
        _pair(f"{name}LowToHigh", cls, f"{low} sh:lessThanOrEquals {high}", f"{low} is above {high}."),
        _pair(f"{name}LowToValue", cls, f"{low} sh:lessThanOrEquals {value}", f"{low} is above {value}."),
        _pair(f"{name}ValueToHigh", cls, f"{value} sh:lessThanOrEquals {high}", f"{value} is above {high}."),
    )


def _at_least_fits(name: str, cls: str, combination: str) -> Rule:
    """Create the rule that a number of suppliers that must work goes with the combination AtLeast."""
    at_least = f"[ sh:path ko:{combination} ; sh:hasValue ko:AtLeast ]"
    body = _one_of(
        "sh:xone",
        f"[ sh:property {_has('atLeast')} , {at_least} ]",
        f"[ sh:property {_has_no('atLeast')} ; sh:not {at_least} ]",
    )
    return Rule(name, _subject(cls), body, f"ko:atLeast goes with {combination} ko:AtLeast, and with no other.")


def _shares_fit(name: str, cls: str, share: str, combination: str) -> Rule:
    """Create the rule that shares go with the combination Shares; ``share`` is the path to them."""
    body = _one_of(
        "sh:or",
        f"[ sh:path {share} ; sh:maxCount 0 ]",
        _has_no(combination),
        f"[ sh:path ko:{combination} ; sh:hasValue ko:Shares ]",
    )
    return Rule(name, _subject(cls), body, f"A ko:share goes with {combination} ko:Shares, and with no other.")


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

_KEY_WITHOUT_COLUMN = """
        SELECT $this ?value WHERE {
            ?value a $this ; oa:hasSource ?document ; oa:hasSelector ?selector .
            ?selector rdf:value ?fragment .
            FILTER (STRSTARTS(?fragment, "key="))
            ?document a ko:Document .
            FILTER NOT EXISTS { ?document ko:keyColumn ?column }
        }"""

# Suppliers may follow each other, so only those that are valid on a day on which one of them begins are summed.
_SUPPLY_SHARES = f"""
        SELECT $this ?value ?one (SUM(?share) AS ?total) WHERE {{
            ?value a $this ; ko:supply ?one , ?other .
            ?other ko:share ?share .
            OPTIONAL {{ ?one ko:from ?day }}
            OPTIONAL {{ ?other ko:from ?from }}
            OPTIONAL {{ ?other ko:until ?until }}
            FILTER (!BOUND(?from) || (BOUND(?day) && ?from <= ?day))
            FILTER (!BOUND(?until) || !BOUND(?day) || ?day <= ?until)
        }} GROUP BY $this ?value ?one HAVING (SUM(?share) > {ROUNDED})"""

# Holdings of different times may add up to more than 1, so only those that are valid on a
# day on which one of them begins are summed; a holding ends before its last day.
_OWNED_SHARES = f"""
        SELECT $this ?value ?one (SUM(?share) AS ?total) WHERE {{
            ?one a $this ; ko:owned ?value .
            OPTIONAL {{ ?one ko:from ?day }}
            ?other ko:owned ?value ; ko:share|ko:shareLow ?share .
            FILTER NOT EXISTS {{ ?other ko:direct false }}
            FILTER NOT EXISTS {{ ?other ko:interestKind ?kind . FILTER (?kind != ko:Shareholding) }}
            OPTIONAL {{ ?other ko:from ?from }}
            OPTIONAL {{ ?other ko:until ?until }}
            FILTER (!BOUND(?from) || (BOUND(?day) && ?from <= ?day))
            FILTER (!BOUND(?until) || !BOUND(?day) || ?day < ?until)
        }} GROUP BY $this ?value ?one HAVING (SUM(?share) > {ROUNDED})"""


def _joint_weights(whole: str, party: str, weight: str, group: str = "") -> str:
    """Return the query for the wholes whose weights add up to more than 1 on the first day of one of the records.

    A provider (or need) of several records counts once on a day, with its greatest weight. Records that rest on no
    assertion do not count. With ``group``, only the records of one group and those without one are added.
    """
    same_group = f"OPTIONAL {{ ?one {group} ?group }} OPTIONAL {{ ?other {group} ?other_group }}" if group else ""
    filter_group = "FILTER (!BOUND(?other_group) || (BOUND(?group) && ?group = ?other_group))" if group else ""
    return f"""
        SELECT $this ?value ?one (SUM(?most) AS ?total) WHERE {{
            {{ SELECT $this ?value ?one ?party (MAX(?weight) AS ?most) WHERE {{
                ?one a $this ; {whole} ?value .
                ?other {whole} ?value ; {party} ?party ; {weight} ?weight .
                {same_group}
                OPTIONAL {{ ?one ko:from ?day }}
                OPTIONAL {{ ?other ko:from ?from }}
                OPTIONAL {{ ?other ko:until ?until }}
                {filter_group}
                FILTER (!BOUND(?from) || (BOUND(?day) && ?from <= ?day))
                FILTER (!BOUND(?until) || !BOUND(?day) || ?day <= ?until)
                FILTER (NOT EXISTS {{ ?other ko:evidence ?passage }}
                    || EXISTS {{ ?other ko:evidence/ko:stance ko:Asserts }})
            }} GROUP BY $this ?value ?one ?party }}
        }} GROUP BY $this ?value ?one HAVING (SUM(?most) > {ROUNDED})"""


_UNKNOWN_PORTION = "[ sh:path ko:portionUnknown ; sh:hasValue true ]"

RULES: tuple[Rule, ...] = (
    _at_least_fits("AtLeastFits", "Dependency", "combination"),
    _at_least_fits("AtLeastProvisionsFit", "Entity", "provisionCombination"),
    Rule(
        "SupplyShares",
        "sh:targetNode ko:Dependency",
        query(_SUPPLY_SHARES, "The shares of the supplies of {?value} add up to {?total}, more than 1."),
        "",
    ),
    _shares_fit("ShareFits", "Dependency", "( ko:supply ko:share )", "combination"),
    _shares_fit("ProvisionShareFits", "Entity", "( [ sh:inversePath ko:provided ] ko:share )", "provisionCombination"),
    Rule(
        "ProvisionShares",
        "sh:targetNode ko:Provision",
        query(
            _joint_weights("ko:provided", "ko:provider", "ko:share", "ko:period"),
            "The shares of the provisions of {?value} add up to {?total}, more than 1.",
        ),
        "",
    ),
    Rule(
        "Portions",
        "sh:targetNode ko:Dependency",
        query(
            _joint_weights("ko:dependant", "ko:need", "ko:portion"),
            "The portions of the dependant {?value} add up to {?total}, more than 1.",
        ),
        "",
    ),
    Rule(
        "PortionOrCriticality",
        _subject("Dependency"),
        _one_of(
            "sh:or",
            f"[ sh:property {_has_no('portion')} ; sh:not {_UNKNOWN_PORTION} ]",
            f"[ sh:property {' , '.join(_has_no('criticality' + end) for end in ('', *_ENDS))} ]",
        ),
        "A Dependency has a criticality or a portion, not both.",
    ),
    Rule(
        "PortionOrUnknown",
        _subject("Dependency"),
        _one_of("sh:or", _has_no("portion"), f"[ sh:not {_UNKNOWN_PORTION} ]"),
        "A Dependency has a ko:portion or ko:portionUnknown true, not both.",
    ),
    _pair("ProviderIsAnother", "Provision", "ko:provider sh:disjoint ko:provided", "An entity cannot be its own provider."),
    _number_fits_word("CriticalityFits", "Dependency", "criticality"),
    _number_fits_word("SeverityFits", "Hit", "severity"),
    *_interval_rules("Dependency", "criticality"),
    *_interval_rules("Hit", "severity"),
    _pair("RangeInOrder", "Ownership", "ko:shareLow sh:lessThanOrEquals ko:shareHigh", "ko:shareLow is above ko:shareHigh."),
    Rule(
        "ShareOrRange",
        _subject("Ownership"),
        _one_of("sh:or", _has_no("share"), f"[ sh:property {_has_no('shareLow')} , {_has_no('shareHigh')} ]"),
        "An Ownership has a ko:share or a range, not both.",
    ),
    Rule(
        "OwnedShares",
        "sh:targetNode ko:Ownership",
        query(_OWNED_SHARES, "The shares of {?value} come to {?total} at one time, more than 1."),
        "",
    ),
    _pair("OwnerIsAnother", "Ownership", "ko:owner sh:disjoint ko:owned", "An owner cannot own itself."),
    Rule(
        "JudgementHasTwoEntities",
        _subject("Judgement"),
        "sh:property [ sh:path ko:entity ; sh:minCount 2 ; sh:maxCount 2 ]",
        "A Judgement is about two different entities.",
    ),
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
        "AddressFits",
        _subject("Document"),
        'sh:property [ sh:path schema:url ; sh:pattern "^https?://[^/?#@]+([/?][^#]*)?$" ; sh:flags "i" ; sh:message '
        + quoted("schema:url of a Document is an http or https address without a fragment or the name of a user.")
        + "@en ]",
        "",
    ),
    Rule(
        "SheetHasRow",
        _subject("Evidence"),
        _one_of(
            "sh:or", _has_no("sheet"), '[ sh:path ( oa:hasSelector rdf:value ) ; sh:minCount 1 ; sh:pattern "^(row|key)=" ]'
        ),
        "ko:sheet goes with the row of the sheet.",
    ),
    Rule(
        "KeyHasColumn",
        "sh:targetNode ko:Evidence",
        query(_KEY_WITHOUT_COLUMN, "{?value} names a row by its key, and its document has no ko:keyColumn."),
        "",
    ),
    Rule(
        "SpanLength",
        "sh:targetNode ko:Evidence",
        query(_SPAN_LENGTH, f"{{?value}} has a span of more than {SPAN_LIMIT} code points."),
        "",
    ),
)
