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


def interval(word: Level | str | None, value: Decimal | float | None = None) -> Interval:
    """Return the interval of a word, or of the number that overrides it.

    >>> interval("High")
    Interval(low=0.6, point=0.75, high=0.9)
    >>> interval("High", 0.08)
    Interval(low=0.08, point=0.08, high=0.08)
    >>> interval(None) == UNKNOWN
    True
    """
    if value is not None:
        number = float(value)
        return Interval(number, number, number)
    return UNKNOWN if word is None else INTERVALS[Level(word)]


def agrees(name: str, word: Level | str | None, value: Decimal | float | None) -> None:
    """Check that a number lies in the interval of the word beside it; ``name`` is criticality or severity.

    Raises
    ------
    ValueError
        The number is outside the interval.

    Examples
    --------
    >>> agrees("criticality", "High", 0.8)
    >>> agrees("criticality", "High", 0.1)
    Traceback (most recent call last):
        ...
    ValueError: criticality High is 0.6 to 0.9, and criticalityValue is 0.1; change one of the two, or leave one out
    """
    if word is None or value is None:
        return
    low, _, high = INTERVALS[Level(word)]
    if not low <= float(value) <= high:
        stated = f"{name} {Level(word)} is {f'{low:g} to {high:g}' if low < high else f'{low:g}'}, and {name}Value is {value}"
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
    DatePrecision: "DatePrecisionScale",
    DiscrepancyKind: "DiscrepancyKindScale",
}

#: The symmetric relation types: triples in both directions are derived.
SYMMETRIC: frozenset[str] = frozenset({"collaboratesWith", "competesWith", "peerOf"})

#: The values of ``ko:relationType``; each is a property of the ontology.
RELATION_TYPES: frozenset[str] = frozenset(
    {
        "acquiredFrom",
        "affects",
        "authorOf",
        "blocks",
        "challenges",
        "collaboratesWith",
        "competesWith",
        "customerOf",
        "denies",
        "describedBy",
        "develops",
        "employedBy",
        "enables",
        "entrustedBy",
        "excludes",
        "founderOf",
        "integratesWith",
        "investorIn",
        "limitedBy",
        "listedOn",
        "locatedIn",
        "lockedInBy",
        "memberOf",
        "monitors",
        "movesTo",
        "offers",
        "operates",
        "peerOf",
        "pressures",
        "protects",
        "publishes",
        "ranks",
        "recognises",
        "regulates",
        "reservedBy",
        "scalesBy",
        "shorts",
        "spunOutOf",
        "studiedAt",
        "supports",
        "targets",
    }
)
