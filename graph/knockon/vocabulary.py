"""The terms of the vocabulary: namespaces, words and their intervals, relation types.

The ontology files define the meaning of each term; a test keeps both consistent.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

KO = "https://w3id.org/knockon/ns#"
ID = "https://w3id.org/knockon/id/"
#: The base of files that do not state one; it differs from that of bundled data, so that equal names do not merge.
MY = "https://w3id.org/knockon/local/"
GENID = "https://w3id.org/knockon/.well-known/genid/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"

#: Prefixes that every query may use without declaring them.
PREFIXES: dict[str, str] = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "id": ID,
    "ko": KO,
    "my": MY,
    "oa": OA,
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}

#: What the name of a hit begins with that means everything that a list covers: ``covered-by:us-entity-list``.
COVERED_BY = "covered-by:"
ONTOLOGY_GRAPH = "https://w3id.org/knockon/ns"
DERIVED_GRAPH = KO + "derived"


def ko(name: str) -> str:
    """Return the IRI of a term of the vocabulary.

    >>> ko("Dependency")
    'https://w3id.org/knockon/ns#Dependency'
    """
    return KO + name


def local_name(iri: str) -> str:
    """Return the part of an IRI after the last ``/`` or ``#``, or of a URN after the last ``:``.

    >>> local_name("https://w3id.org/knockon/id/nvidia")
    'nvidia'
    >>> local_name("urn:example:supplier")
    'supplier'
    """
    cut = max(iri.rfind("/"), iri.rfind("#"))
    if cut < 0:
        cut = iri.rfind(":")
    return iri[cut + 1 :]


def whole_iri(name: str) -> str:
    """Return a name with its prefix, such as ``id:``, in full; any other name as it is.

    >>> whole_iri("id:nvidia")
    'https://w3id.org/knockon/id/nvidia'
    """
    prefix, colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name


def namespace(iri: str) -> str:
    """Return the part of an IRI before its local name.

    >>> namespace("https://w3id.org/knockon/id/nvidia")
    'https://w3id.org/knockon/id/'
    """
    return iri[: len(iri) - len(local_name(iri))]


def prefixed(iri: str) -> str:
    """Return an IRI with the prefix of its namespace, or unchanged if that has none.

    >>> prefixed("https://w3id.org/knockon/local/acme"), prefixed("https://example.org/acme")
    ('my:acme', 'https://example.org/acme')
    """
    base = namespace(iri)
    return next((f"{prefix}:{local_name(iri)}" for prefix, known in PREFIXES.items() if known == base), iri)


class Interval(NamedTuple):
    """The numbers that a word means: ``low <= point <= high``, each in 0..1."""

    low: float
    point: float
    high: float


class Level(StrEnum):
    """How much is lost: of the dependant (criticality) or of the target (severity)."""

    ESSENTIAL = "Essential"
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    NEGLIGIBLE = "Negligible"


#: The interval of each level: a word means an interval, never a precise number.
INTERVALS: dict[Level, Interval] = {
    Level.ESSENTIAL: Interval(0.90, 1.00, 1.00),
    Level.HIGH: Interval(0.60, 0.75, 0.90),
    Level.MEDIUM: Interval(0.30, 0.45, 0.60),
    Level.LOW: Interval(0.05, 0.15, 0.30),
    Level.NEGLIGIBLE: Interval(0.0, 0.0, 0.0),
}
#: The interval if no word is stated; every result counts how often it was used.
UNKNOWN = Interval(0.05, 0.45, 1.00)
#: The text for UNKNOWN, so that a placeholder is not read as a figure of a source.
UNSTATED = f"an amount that no source states (taken as {UNKNOWN.point:g}; {UNKNOWN.low * 100:g} to {UNKNOWN.high * 100:g} %)"


def interval(
    word: Level | str | None,
    value: Decimal | float | None = None,
    low: Decimal | float | None = None,
    high: Decimal | float | None = None,
) -> Interval:
    """Return the interval of a word, or of the numbers that override it.

    Those are a value, or an interval, of which the value beside it or its middle is the point.

    >>> interval("High")
    Interval(low=0.6, point=0.75, high=0.9)
    >>> interval("High", 0.08)
    Interval(low=0.08, point=0.08, high=0.08)
    >>> interval(None, low=0.25, high=0.75)
    Interval(low=0.25, point=0.5, high=0.75)
    >>> interval(None) == UNKNOWN
    True
    """
    if low is not None and high is not None:
        # Averaged as decimals, so that the middle of 0.1 and 0.3 is 0.2.
        middle = (Decimal(str(low)) + Decimal(str(high))) / 2
        return Interval(float(low), float(middle if value is None else value), float(high))
    if value is not None:
        number = float(value)
        return Interval(number, number, number)
    return UNKNOWN if word is None else INTERVALS[Level(word)]


def agrees(
    name: str,
    word: Level | str | None,
    value: Decimal | None,
    low: Decimal | None = None,
    high: Decimal | None = None,
) -> None:
    """Check the numbers of a record against each other and against the word beside them.

    Parameters
    ----------
    name
        ``criticality`` or ``severity``, for messages.
    word
        The word, whose interval must contain the numbers.
    value
        The number, which must lie between ``low`` and ``high``.
    low, high
        The ends of an interval: both or neither.

    Raises
    ------
    ValueError
        The record contradicts itself, or states only one end of an interval.

    Examples
    --------
    >>> agrees("criticality", "High", Decimal("0.8"), Decimal("0.7"), Decimal("0.9"))
    >>> agrees("criticality", "High", Decimal("0.1"))
    Traceback (most recent call last):
        ...
    ValueError: criticality High is 0.6 to 0.9, and criticalityValue is 0.1; change one of the two, or leave one out
    >>> agrees("severity", None, None, Decimal("0.8"), Decimal("0.7"))
    Traceback (most recent call last):
        ...
    ValueError: severityLow 0.8 is above severityHigh 0.7; exchange the two
    """
    if (low is None) != (high is None):
        stated, missing = ("Low", "High") if high is None else ("High", "Low")
        raise ValueError(f"{name}{stated} without {name}{missing}; an interval needs both")
    if low is not None and high is not None:
        if low > high:
            raise ValueError(f"{name}Low {low} is above {name}High {high}; exchange the two")
        if value is not None and not low <= value <= high:
            raise ValueError(f"{name}Value {value} lies outside {name}Low {low} to {name}High {high}; change one of them")
    if word is None:
        return
    least, _, most = INTERVALS[Level(word)]
    for end, number in (("Value", value), ("Low", low), ("High", high)):
        if number is not None and not least <= float(number) <= most:
            meaning = f"{least:g} to {most:g}" if least < most else f"{least:g}"
            stated = f"{name} {Level(word)} is {meaning}, and {name}{end} is {number}"
            raise ValueError(f"{stated}; change one of the two, or leave one out")


class Combination(StrEnum):
    """How the supplies in use meet a need."""

    ALL_OF = "AllOf"
    ANY_OF = "AnyOf"
    SHARES = "Shares"
    AT_LEAST = "AtLeast"


class SwitchingCost(StrEnum):
    """The effort of changing the provider."""

    NONE = "SwitchingNone"
    LOW = "SwitchingLow"
    MEDIUM = "SwitchingMedium"
    HIGH = "SwitchingHigh"
    PROHIBITIVE = "SwitchingProhibitive"


class Alternatives(StrEnum):
    """The number of other suppliers that could meet the need."""

    NONE = "NoAlternative"
    FEW = "FewAlternatives"
    SEVERAL = "SeveralAlternatives"
    MANY = "ManyAlternatives"


class Stance(StrEnum):
    """The stance of a source towards a statement, strongest first."""

    ASSERTS = "Asserts"
    ALLEGES = "Alleges"
    DENIES = "Denies"
    HYPOTHESISES = "Hypothesises"
    ASKS = "Asks"


#: What counts unless more is asked for: statements that a source asserts, and those without evidence.
ASSERTED: frozenset[Stance] = frozenset({Stance.ASSERTS})


class Status(StrEnum):
    """Whether a measure or shock exists already."""

    IN_FORCE = "InForce"
    EMERGING = "Emerging"
    ONGOING = "Ongoing"
    HAPPENED = "Happened"
    POTENTIAL = "Potential"
    HYPOTHETICAL = "Hypothetical"


class MeasureKind(StrEnum):
    """The kind of a measure."""

    EXPORT_CONTROL = "ExportControl"
    INVESTMENT_BAN = "InvestmentBan"
    ASSET_FREEZE = "AssetFreeze"
    IMPORT_BAN = "ImportBan"
    PROCUREMENT_BAN = "ProcurementBan"
    MARKET_BAN = "MarketBan"
    DATA_RULE = "DataRule"
    APPROVAL = "Approval"


class ChainKind(StrEnum):
    """The kind of a documented chain; only a Cascade can be compared with a computed one."""

    CASCADE = "Cascade"
    MECHANISM = "Mechanism"
    ALLEGATION = "Allegation"
    NARRATIVE = "Narrative"
    OPEN_QUESTION = "OpenQuestion"


class InterestKind(StrEnum):
    """What an owner has in what is owned; only shareholdings are parts of one whole."""

    SHAREHOLDING = "Shareholding"
    VOTING_RIGHTS = "VotingRights"
    BOARD_CONTROL = "BoardControl"
    OTHER_CONTROL = "OtherControl"
    CONSOLIDATION = "Consolidation"


class Verdict(StrEnum):
    """What a judgement says of two entities."""

    SAME = "Same"
    DIFFERENT = "Different"
    UNSURE = "Unsure"


class DatePrecision(StrEnum):
    """The precision of a date; a date of low precision is the first day of its period."""

    DAY = "Day"
    MONTH = "Month"
    SEASON = "Season"
    YEAR = "Year"


class DiscrepancyKind(StrEnum):
    """The way in which sources disagree, or one is wrong."""

    DISAGREEMENT = "Disagreement"
    TENSION = "Tension"
    NAME_VARIANT = "NameVariant"
    MISSPELLING = "Misspelling"
    MISTRANSLATION = "Mistranslation"
    AMBIGUITY = "Ambiguity"
    WRONG_UNIT = "WrongUnit"
    WRONG_STATEMENT = "WrongStatement"
    NOT_COMPARABLE = "NotComparable"
    SCOPE = "Scope"
    TIME_DEPENDENT = "TimeDependent"
    GAP = "Gap"


#: The concept scheme of each enumeration.
SCHEMES: dict[type[StrEnum], str] = {
    Level: "LevelScale",
    Combination: "CombinationScale",
    SwitchingCost: "SwitchingCostScale",
    Alternatives: "AlternativesScale",
    Stance: "StanceScale",
    Status: "StatusScale",
    MeasureKind: "MeasureKindScale",
    ChainKind: "ChainKindScale",
    InterestKind: "InterestKindScale",
    Verdict: "VerdictScale",
    DatePrecision: "DatePrecisionScale",
    DiscrepancyKind: "DiscrepancyKindScale",
}

#: The symmetric relation types: triples in both directions are derived.
SYMMETRIC: frozenset[str] = frozenset({"associateOf", "collaboratesWith", "competesWith", "linkedTo", "peerOf", "relativeOf"})

#: The values of ``ko:relationType``; each is a property of the ontology.
RELATION_TYPES: frozenset[str] = frozenset(
    {
        "acquiredFrom",
        "affects",
        "associateOf",
        "authorOf",
        "blocks",
        "challenges",
        "collaboratesWith",
        "competesWith",
        "customerOf",
        "denies",
        "describedBy",
        "develops",
        "directorOf",
        "employedBy",
        "enables",
        "entrustedBy",
        "excludes",
        "founderOf",
        "integratesWith",
        "investorIn",
        "limitedBy",
        "linkedTo",
        "listedOn",
        "locatedIn",
        "lockedInBy",
        "memberOf",
        "monitors",
        "movesTo",
        "offers",
        "operates",
        "owes",
        "ownerOf",
        "paid",
        "peerOf",
        "pressures",
        "protects",
        "publishes",
        "ranks",
        "recognises",
        "regulates",
        "relativeOf",
        "represents",
        "reservedBy",
        "scalesBy",
        "shorts",
        "spunOutOf",
        "studiedAt",
        "successorOf",
        "supports",
        "targets",
    }
)
