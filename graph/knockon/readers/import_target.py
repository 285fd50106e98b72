"""The data set that an import makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The data set that an import makes.

    Attributes
    ----------
    name
        Its short name.
    base
        The base of the ids of its records.
    id
        Its IRI.
    title, license
        What describes it.
    facts
        What is stated of every document, by the names of its fields: ``url``, ``retrieved``, ``license``.
    known
        The classes of the records of other data sets, by IRI, which its records may refer to.
    """

    name: str
    base: str
    id: str
    title: str = ""
    license: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


__all__ = ["ImportTarget"]
