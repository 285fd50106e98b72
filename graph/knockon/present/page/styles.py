"""How the explorer names classes and relations: words, letters, families.

A family has one shape or line and one colour; the letter distinguishes its members,
so that nothing depends on colour alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from knockon.text import in_words
from knockon.vocabulary import RELATION_TYPES


class Kind(NamedTuple):
    """A kind of link between two entities, named from either end."""

    label: str
    inverse: str
    family: str


#: Class: its letters and its family.
CLASS_STYLES: dict[str, tuple[str, str]] = {
    "BusinessUnit": ("Bu", "organisation"),
    "Capability": ("Ca", "capability"),
    "Channel": ("Ch", "thing"),
    "Company": ("Co", "organisation"),
    "Concept": ("Cn", "place"),
    "Contract": ("Ct", "money"),
    "Dataset": ("Da", "thing"),
    "Entity": ("En", "place"),
    "Funding": ("Fu", "money"),
    "GovernmentBody": ("Go", "organisation"),
    "Group": ("Gr", "people"),
    "Infrastructure": ("If", "thing"),
    "Institution": ("In", "organisation"),
    "Jurisdiction": ("Ju", "place"),
    "Market": ("Mk", "money"),
    "Material": ("Ma", "thing"),
    "Measure": ("Me", "rule"),
    "Organization": ("Or", "organisation"),
    "Person": ("Pe", "people"),
    "Product": ("Pr", "thing"),
    "Regulator": ("Rg", "organisation"),
    "Resource": ("Rs", "thing"),
    "RevenueStream": ("Rv", "money"),
    "Service": ("Se", "thing"),
    "Technology": ("Te", "thing"),
}

#: The links that are not relations of the vocabulary.
LINKS: dict[str, Kind] = {
    "dependsOn": Kind("depends on", "needed by", "need"),
    "supply": Kind("supplied by", "supplies", "need"),
    "provision": Kind("provided to everyone by", "provides to everyone", "need"),
    "partOf": Kind("part of", "has part", "structure"),
    "owns": Kind("owns", "owned by", "structure"),
    "jurisdiction": Kind("in jurisdiction", "jurisdiction of", "structure"),
    "issuer": Kind("issued by", "issues", "rule"),
    "appliesTo": Kind("applies to", "named by", "rule"),
    "covers": Kind("covers", "covered by", "rule"),
    "legalBasis": Kind("legal basis", "legal basis of", "rule"),
}

#: What a relation is called from its other end.
_INVERSES = {
    "acquiredFrom": "source of", "affects": "affected by", "associateOf": "associate of", "authorOf": "written by",
    "blocks": "blocked by",
    "challenges": "challenged by", "collaboratesWith": "collaborates with", "competesWith": "competes with",
    "customerOf": "has customer", "denies": "denied by", "describedBy": "describes", "develops": "developed by",
    "directorOf": "has director",
    "employedBy": "employs", "enables": "enabled by", "entrustedBy": "entrusts", "excludes": "excluded by",
    "founderOf": "founded by", "integratesWith": "integrates with", "investorIn": "has investor", "limitedBy": "limits",
    "linkedTo": "linked to", "owes": "is owed by", "ownerOf": "owned by", "paid": "was paid by", "relativeOf": "relative of",
    "represents": "represented by", "successorOf": "succeeded by",
    "listedOn": "lists", "locatedIn": "location of", "lockedInBy": "locks in", "memberOf": "has member",
    "monitors": "monitored by", "movesTo": "destination of", "offers": "offered by", "operates": "operated by",
    "peerOf": "peer of", "pressures": "pressured by", "protects": "protected by", "publishes": "published by",
    "ranks": "ranked by", "recognises": "recognised by", "regulates": "regulated by", "reservedBy": "reserves",
    "scalesBy": "scales", "shorts": "shorted by", "spunOutOf": "spun out", "studiedAt": "taught", "supports": "supported by",
    "targets": "targeted by",
}  # fmt: skip

#: What is listed in the panel and not drawn: kind and heading.
LISTED: dict[str, str] = {
    "figure": "Figures",
    "event": "Events",
    "vulnerability": "Vulnerabilities",
    "shock": "Shocks that hit it",
    "discrepancy": "Where sources disagree",
    "judgement": "Whether it is the same as another",
}


def words(name: str | StrEnum) -> str:
    """Return a name of the vocabulary in words.

    >>> words("competesWith"), words("SwitchingHigh"), words("NoAlternative")
    ('competes with', 'high', 'no alternative')
    """
    bare = str(name)
    if bare.startswith("Switching") and bare != "Switching":
        bare = bare.removeprefix("Switching")
    return in_words(bare)


def kind(name: str) -> Kind:
    """Return the names of a kind of link.

    >>> kind("founderOf")
    Kind(label='founder of', inverse='founded by', family='relation')
    """
    if name in LINKS:
        return LINKS[name]
    label = words(name)
    return Kind(label, _INVERSES.get(name, f"{label} (from the other side)"), "relation")


def class_style(name: str) -> tuple[str, str]:
    """Return letters and family of a class; a class that is not listed has its first two letters.

    >>> class_style("Company"), class_style("Satellite")
    (('Co', 'organisation'), ('Sa', 'thing'))
    """
    return CLASS_STYLES.get(name, (name[:2].title(), "thing"))


#: Every kind of link, in the order in which panel and legend list them.
ORDER: tuple[str, ...] = (*LINKS, *sorted(RELATION_TYPES))
