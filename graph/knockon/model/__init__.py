"""The typed records, and the table of their classes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from knockon.model.base import Evidence, Part, Record, Statement
from knockon.model.chain import CausalChain, ChainStep
from knockon.model.dataset import DataSet, DataSetInfo
from knockon.model.dependency import Dependency, Supply
from knockon.model.entity import (
    BusinessUnit,
    Capability,
    Channel,
    Company,
    Concept,
    Contract,
    Dataset,
    Entity,
    Funding,
    GovernmentBody,
    Group,
    Identifier,
    Infrastructure,
    Institution,
    Jurisdiction,
    Market,
    Material,
    Organization,
    Person,
    Product,
    Regulator,
    Resource,
    RevenueStream,
    Service,
    Technology,
)
from knockon.model.event import Event, Observation
from knockon.model.judgement import Judgement
from knockon.model.measure import Designation, Measure, OwnershipRule, Vulnerability
from knockon.model.provision import Provision
from knockon.model.relation import Ownership, Relation
from knockon.model.run import Impact, ImpactRun
from knockon.model.shock import Hit, Shock
from knockon.model.source import Discrepancy, Document, Reading


def _subclasses(cls: type[Record]) -> Iterator[type[Record]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


_ABSTRACT = {Record, Statement, Part}
#: Every concrete class by its local name in the ontology.
CLASSES: dict[str, type[Record]] = {
    cls.rdf_class: cls for cls in sorted(set(_subclasses(Record)) - _ABSTRACT, key=lambda c: c.rdf_class)
}
#: The classes of records that are not part of another record, and that a data file may name.
STATEMENTS: dict[str, type[Statement]] = {
    name: cls
    for name, cls in CLASSES.items()
    if issubclass(cls, Statement) and not cls.nested and cls not in (DataSetInfo, ImpactRun)
}


@cache
def ancestors(name: str) -> tuple[str, ...]:
    """Return the superclasses of a class, nearest first.

    >>> ancestors("Regulator")
    ('GovernmentBody', 'Organization', 'Entity')
    """
    above = [c for c in CLASSES[name].__mro__[1:] if issubclass(c, Record)]
    return tuple(c.rdf_class for c in above if c not in _ABSTRACT)


def is_a(name: str, ancestor: str) -> bool:
    """Return whether a class is another class or one of its subclasses; ``Record`` is above all.

    >>> is_a("Company", "Entity"), is_a("Measure", "Entity"), is_a("Measure", "Record")
    (True, False, True)
    """
    return ancestor in ("Record", name) or ancestor in ancestors(name)


__all__ = [
    "CLASSES", "STATEMENTS", "BusinessUnit", "Capability", "CausalChain", "ChainStep", "Channel", "Company", "Concept",
    "Contract", "DataSet", "DataSetInfo", "Dataset", "Dependency", "Designation", "Discrepancy", "Document", "Entity", "Event",
    "Evidence", "Funding", "GovernmentBody", "Group", "Hit", "Identifier", "Impact", "ImpactRun", "Infrastructure",
    "Institution", "Judgement", "Jurisdiction", "Market", "Material", "Measure", "Observation", "Organization", "Ownership",
    "OwnershipRule", "Part", "Person", "Product", "Provision", "Reading", "Record", "Regulator", "Relation", "Resource",
    "RevenueStream", "Service", "Shock", "Statement", "Supply", "Technology", "Vulnerability", "ancestors", "is_a",
]  # fmt: skip
