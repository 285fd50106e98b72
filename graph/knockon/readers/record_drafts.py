"""Records that an import gathers: the fields that several rows state of one record, merged, and the rows that state them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from knockon.authoring.evidence_form import parse_evidence
from knockon.authoring.languages import base_of
from knockon.model import STATEMENTS
from knockon.rdf.fields import by_alias
from knockon.readers.united_lists import unite

T = TypeVar("T")

#: Which value stays where two rows state different ones for a field with one value.
Keep = Literal["first", "last"]

#: Which of the places that state a record are its evidence.
Cite = Literal["all", "first"]

#: The places that have a number.
NUMBERED = {"row": "row", "line": "line"}


class Place(NamedTuple):
    """Where a record is written in a file.

    ``selector`` is the place as evidence names it (``row:114``, ``key:33114``, ``pointer:/a/3``, ``line:5``, empty for the
    whole file), ``line`` the line for messages.
    """

    selector: str
    line: int | None = None


class Source(NamedTuple):
    """One place that states a record: its document and place, and what the document does with the statement.

    There is one for each row, so that ``selector`` is ``row`` alone where the number of the row is that of its line.
    """

    document: str
    selector: str
    line: int | None
    confidence: str | None = None
    stance: str = ""
    claimant: str | None = None

    @classmethod
    def at(
        cls, document: str, place: Place, confidence: str | None = None, stance: str = "", claimant: str | None = None
    ) -> Source:
        """Return the source for a place of a document."""
        selector, line = place
        # Most are the row or the line of their number.
        kind, _, number = selector.partition(":")
        if kind in NUMBERED and number == str(line):
            selector = kind
        return cls(document, selector, line, confidence, stance, claimant)

    @property
    def states_alone(self) -> bool:
        """Whether nothing but the place is known: no confidence, stance or claimant."""
        return self.confidence is None and not self.stance and not self.claimant

    @property
    def place(self) -> Place:
        """The place.

        >>> Source.at("doc-a", Place("row:5", 5)).place, Source.at("doc-a", Place("row:5", 7)).place
        (Place(selector='row:5', line=5), Place(selector='row:5', line=7))
        """
        return Place(f"{self.selector}:{self.line}" if self.selector in NUMBERED else self.selector, self.line)

    def evidence(self) -> dict[str, Any]:
        """Return it as the fields of evidence in data files.

        >>> Source.at("doc-a", Place("sheet:Parts row:5", 5), "0.8").evidence()
        {'document': 'doc-a', 'sheet': 'Parts', 'row': '5', 'confidence': '0.8'}
        """
        selector = self.place.selector
        kind, _, value = selector.partition(":")
        if kind == "sheet":
            fields: dict[str, Any] = {**parse_evidence(f"{self.document} {selector}").fields}
        else:
            fields = {"document": self.document, kind: value} if kind else {"document": self.document}
        if self.confidence is not None:
            fields["confidence"] = self.confidence
        if self.stance:
            fields["stance"] = self.stance
        if self.claimant:
            fields["claimant"] = self.claimant
        return fields


#: The names of fields that the drafts of an import have, shared by all that have the same.
_Shapes = dict[tuple[str, ...], tuple[str, ...]]
_SHAPES: _Shapes = {}
#: The most that are kept.
_MAX_SHAPES = 10_000


def _shared_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return equal names of fields that other drafts have already, if there are any."""
    shared = _SHAPES.get(names)
    if shared is None:
        shared = names
        if len(_SHAPES) < _MAX_SHAPES:
            _SHAPES[names] = names
    return shared


class RecordDraft:
    """The fields of one record so far, in the form of data files, and the places that state it.

    There is one for each row of a large file, so that it is kept small: the names of its fields are shared, and so is a
    place that is the only one.

    Parameters
    ----------
    cls
        The class of the record.
    data
        Its fields.
    source
        The place that states it; None for what no place states.

    Attributes
    ----------
    id
        Its IRI, once it is among the drafts of an import.
    names, values
        The names of its fields, shared by all drafts that have the same, and the value of each.
    cited
        Further places that state a part of it: they are evidence, and are not rejected with it.
    """

    __slots__ = ("_sources", "cited", "cls", "id", "names", "values")

    def __init__(self, cls: str, data: dict[str, Any], source: Source | None = None) -> None:
        self.cls, self.id = cls, ""
        self.names, self.values = _shared_names(tuple(data)), tuple(data.values())
        self._sources: Source | list[Source] | None = source
        self.cited: tuple[Source, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """Its fields: a new dictionary, which is set again after a change."""
        return dict(zip(self.names, self.values, strict=False))  # of one length

    @data.setter
    def data(self, data: dict[str, Any]) -> None:
        self.names, self.values = _shared_names(tuple(data)), tuple(data.values())

    @property
    def sources(self) -> Sequence[Source]:
        """The places that state it, in their order."""
        if isinstance(self._sources, list):
            return self._sources
        return () if self._sources is None else (self._sources,)

    @property
    def only_source(self) -> Source | None:
        """The place that states it, where it is the only one, and nothing else is said of it."""
        return self._sources if isinstance(self._sources, Source) and not self.cited else None

    @property
    def is_plain(self) -> bool:
        """Whether one row or line, the number of which is that of its line, states it, and nothing else is said of it."""
        source = self._sources
        return isinstance(source, Source) and source.selector in NUMBERED and source.states_alone and not self.cited

    def add_source(self, source: Source) -> bool:
        """Add a place that states it; return False if it is the last one already."""
        sources = self.sources
        if sources and sources[-1] == source:
            return False
        if isinstance(self._sources, list):
            self._sources.append(source)
        else:
            self._sources = [*sources, source] if sources else source
        return True

    def cite(self, source: Source) -> None:
        """Add a place that states a part of it."""
        if source not in (*self.sources, *self.cited):
            self.cited = (*self.cited, source)

    def merge(self, data: Mapping[str, Any], keep: Keep = "first") -> list[str]:
        """Merge the fields that another row states, and return those whose value it contradicts.

        Lists are united. A second label becomes another name (altLabel).

        >>> draft = RecordDraft("Company", {"label": "Acme", "partOf": "a"})
        >>> draft.merge({"label": "ACME", "partOf": "b", "until": "2024"}), draft.data
        ([], {'label': 'Acme', 'partOf': ['a', 'b'], 'altLabel': ['ACME'], 'until': '2024'})
        """
        merged, changed = self.data, False
        conflicts = []
        for name, value in data.items():
            present = merged.get(name)
            if value is None or value == present:
                continue
            known = by_alias(STATEMENTS[self.cls])
            changed = True
            if present is None:
                merged[name] = value
            elif (field_ := known.get(base_of(name))) is not None and field_.many:
                merged[name] = unite(present, value, field_)
            elif name == "label" and "altLabel" in known:
                merged["altLabel"] = unite(merged.get("altLabel", []), value, known["altLabel"])
            else:
                if keep == "last":
                    merged[name] = value
                conflicts.append(name)
        if changed:
            self.data = merged
        return conflicts


def single(values: Sequence[T]) -> Sequence[T] | T | None:
    """Return the values of a field as its draft is to have them: one alone without a list, which would take memory.

    >>> single(["a"]), single(["a", "b"]), single([])
    ('a', ['a', 'b'], None)
    """
    return values[0] if len(values) == 1 else values or None


__all__ = ["NUMBERED", "Cite", "Keep", "Place", "RecordDraft", "Source", "single"]
