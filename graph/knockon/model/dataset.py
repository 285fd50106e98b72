"""A data set: its description and its records, as a reader returns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated

from knockon.errors import Notice
from knockon.model.base import DCTERMS, Iri, Label, License, Statement, Term, Text
from knockon.vocabulary import ID

if TYPE_CHECKING:
    from pyoxigraph import Quad


#: What target queries select: the IRIs of the targets, by the text of the query, by the IRIs of what does not hold.
KnownTargets = Mapping[frozenset[str], Mapping[str, Sequence[str]]]


class DataSetInfo(Statement):
    """The description in dataset.yaml: the base IRI of the records, a title, a licence, the day of publication."""

    base: Iri = ID
    title: Annotated[Label, Term(DCTERMS + "title")]
    description: Annotated[Text, Term(DCTERMS + "description")] | None = None
    license: Annotated[License, Term(DCTERMS + "license")] | None = None
    issued: Annotated[date, Term(DCTERMS + "issued")] | None = None
    example: bool = False

    @property
    def short_name(self) -> str:
        """``sensetime`` of ``https://w3id.org/knockon/id/data-sensetime``."""
        return self.name.removeprefix("data-")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class DataSet:
    """The records of one data set; ``extra`` are triples of other vocabularies that were read with them.

    ``notices`` tell its author how it was read. They belong to the reading, not
    to the data: a store does not keep them.

    ``origin`` is the path that it was read from and ``loaded`` the time (UTC) at which it was loaded into a store; both are
    empty if unknown, and neither is part of the data. ``places`` are the file and line, by IRI, of records that may fail
    when they are used: shocks with a target query. Stores do not keep them. ``rejected`` is the number of rows that were left
    out because they are invalid.

    ``targets`` are what target queries select, as they were answered when a bundled data set was prebuilt: by the IRIs of what
    does not hold, then by the text of the query.

    ``stated`` are all triples as SPARQL updates stated them, each in its graph. Only the data set of updates has them: its
    records are read from them, and a store holds them in place of the triples of these records.
    """

    info: DataSetInfo
    records: Sequence[Statement]
    extra: Sequence[Quad] = field(default=())
    notices: tuple[Notice, ...] = field(default=(), compare=False)
    origin: str = field(default="", compare=False)
    loaded: str = field(default="", compare=False)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict, compare=False, repr=False)
    targets: KnownTargets = field(default_factory=dict, compare=False, repr=False)
    rejected: int = field(default=0, compare=False)
    stated: tuple[Quad, ...] = field(default=())

    @property
    def graph(self) -> str:
        """The named graph of records whose evidence is in several documents or none."""
        return self.info.id


def replace_data_sets(present: Iterable[DataSet], new: Iterable[DataSet]) -> tuple[DataSet, ...]:
    """Return the data sets of a store after a load, in the order of their names."""
    by_name = {data_set.info.id: data_set for data_set in (*present, *new)}
    return tuple(by_name[name] for name in sorted(by_name))
