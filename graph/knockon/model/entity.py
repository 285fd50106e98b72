"""Entities: anything that can be depended on, hit or affected."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from knockon.model.base import (
    SKOS,
    EntityRef,
    Iri,
    Label,
    Many,
    Name,
    Plain,
    Record,
    RefTo,
    Statement,
    Term,
    as_set,
    concerns,
    digest,
    word,
)
from knockon.model.dependency import check_at_least
from knockon.vocabulary import RDFS, Combination


class Identifier(Record):
    """An identifier in a register: scheme (LEI, ticker, OFAC, Wikidata) and notation."""

    scheme: Plain
    notation: Plain


class Entity(Statement):
    """Anything that can be depended on, hit or affected.

    ``provision_combination`` and ``at_least`` state how its provisions (the
    records of who provides it to everyone) combine; with None they are shares.

    >>> Company(id="https://w3id.org/knockon/id/nvidia", label="NVIDIA").name
    'nvidia'
    """

    label: Annotated[Label, Term(RDFS + "label")]
    alt_label: Annotated[Many[Name], Term(SKOS + "altLabel"), Field(alias="altLabel")] = ()
    identifier: Many[Identifier] = ()
    part_of: Many[EntityRef] = ()
    jurisdiction: Many[Annotated[Iri, RefTo(("Jurisdiction",))]] = ()
    provision_combination: Annotated[Combination, BeforeValidator(lambda v: word(v, Combination))] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    @concerns("provision_combination", "at_least")
    def _combination_fits(self) -> Entity:
        check_at_least(self.provision_combination, self.at_least, "provisionCombination")
        return self

    @model_validator(mode="after")
    @concerns("identifier")
    def _name_parts(self) -> Entity:
        if not self.identifier:
            return self
        for identifier in self.identifier:
            identifier._rename(f"{self.id}--id-{digest(identifier.scheme, identifier.notation)}")
        if len(self.identifier) > 1:
            object.__setattr__(self, "identifier", as_set(self.identifier))
        return self


class Organization(Entity):
    """People organised for a purpose."""


class Company(Organization):
    """A business. Its products, data, contracts and revenues are entities of their own, part of it."""


class BusinessUnit(Organization):
    """A division of a company."""


class GovernmentBody(Organization):
    """A state, ministry, agency or other public authority."""


class Regulator(GovernmentBody):
    """A public authority that makes or applies rules."""


class Institution(Organization):
    """A university, medium, exchange or conference."""


class Person(Entity):
    """A human being."""


class Group(Entity):
    """Customers or stakeholders known only as a group."""


class Product(Entity):
    """Something made and sold."""


class Service(Entity):
    """Something done for others."""


class Dataset(Entity):
    """A collection of data."""


class Technology(Entity):
    """A method, algorithm or system."""


class Infrastructure(Entity):
    """Installations that other things run on or draw from."""


class Channel(Entity):
    """A way to reach customers."""


class Material(Entity):
    """A substance or component."""


class Resource(Entity):
    """Patents, talent, know-how."""


class Capability(Entity):
    """Something someone can do and could lose."""


class Contract(Entity):
    """An agreement under which somebody pays."""


class Market(Entity):
    """A place or set of buyers to sell to."""


class RevenueStream(Entity):
    """Money earned in one way."""


class Funding(Entity):
    """Capital raised from outside."""


class Jurisdiction(Entity):
    """A place with rules."""


class Concept(Entity):
    """An idea used to describe; never part of a network."""
