"""Records that an import gathers: the fields that several rows state of one record, merged, and the rows that state them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from knockon.authoring.evidence_form import parse_evidence
from knockon.authoring.languages import base_of
from knockon.authoring.record_json import from_json
from knockon.model import STATEMENTS, Evidence
from knockon.model.base import digest
from knockon.rdf.fields import Field, by_alias
from knockon.vocabulary import Stance

#: Which value stays where two rows state different ones for a field with one value.
Keep = Literal["first", "last"]

#: Which of the places that state a record are its evidence.
Cite = Literal["all", "first"]

#: The fields that evidence of a row, and of a line, states.
_STATED = {kind: {"document", kind} for kind in ("row", "line")}


class Place(NamedTuple):
    """Where a record is written in a file.

    ``selector`` is the place as evidence names it (``row:114``, ``key:33114``, ``pointer:/a/3``, ``line:5``, empty for the
    whole file), ``line`` the line for messages.
    """

    selector: str
    line: int | None = None


class Source(NamedTuple):
    """One place that states a record: its document and place, and what the document does with the statement."""

    document: str
    place: Place
    confidence: str | None = None
    stance: str = ""
    claimant: str | None = None

    def evidence(self) -> dict[str, Any]:
        """Return it as the fields of evidence in data files.

        >>> Source("doc-a", Place("sheet:Parts row:5", 5), "0.8").evidence()
        {'document': 'doc-a', 'sheet': 'Parts', 'row': '5', 'confidence': '0.8'}
        """
        kind, _, value = self.place.selector.partition(":")
        if kind == "sheet":
            fields: dict[str, Any] = {**parse_evidence(f"{self.document} {self.place.selector}").fields}
        else:
            fields = {"document": self.document, kind: value} if kind else {"document": self.document}
        if self.confidence is not None:
            fields["confidence"] = self.confidence
        if self.stance:
            fields["stance"] = self.stance
        if self.claimant:
            fields["claimant"] = self.claimant
        return fields

    def plain_evidence(self, base: str) -> Evidence | None:
        """Return the evidence where it is a row or line and nothing else, made without validation: most rows have such.

        >>> source = Source("doc-a", Place("row:5", 5))
        >>> source.plain_evidence("urn:x:") == Evidence(document="urn:x:doc-a", row=5)
        True
        """
        kind, _, number = self.place.selector.partition(":")
        if kind not in ("row", "line") or self.confidence is not None or self.stance or self.claimant:
            return None
        # Numbers of rows are ours; the id is that of the model, which a test compares.
        document = base + self.document
        values = {"id": f"{base}ev-{digest(document, self.place.selector, Stance.ASSERTS, '')}", "document": document}
        evidence = from_json(Evidence, {**values, kind: int(number)})
        # One set of the stated fields for all evidence of rows: a set takes as much memory as the rest.
        object.__setattr__(evidence, "__pydantic_fields_set__", _STATED[kind])
        return evidence


@dataclass(slots=True)
class RecordDraft:
    """The fields of one record so far, in the form of data files, and the places that state it.

    ``cited`` are further places that state a part of it: they are evidence, and are not rejected with it.
    """

    cls: str
    data: dict[str, Any]
    sources: list[Source] = field(default_factory=list)
    cited: list[Source] | None = None

    def merge(self, data: Mapping[str, Any], keep: Keep = "first") -> Iterator[str]:
        """Merge the fields that another row states, and yield those whose value it contradicts.

        Lists are united. A second label becomes another name (altLabel).

        >>> draft = RecordDraft("Company", {"label": "Acme", "partOf": "a"})
        >>> list(draft.merge({"label": "ACME", "partOf": "b", "until": "2024"})), draft.data
        ([], {'label': 'Acme', 'partOf': ['a', 'b'], 'altLabel': ['ACME'], 'until': '2024'})
        """
        known = by_alias(STATEMENTS[self.cls])
        for name, value in data.items():
            present = self.data.get(name)
            if value is None or value == present:
                continue
            if present is None:
                self.data[name] = value
            elif (field_ := known.get(base_of(name))) is not None and field_.many:
                self.data[name] = _unite(present, value, field_)
            elif name == "label" and "altLabel" in known:
                self.data["altLabel"] = _unite(self.data.get("altLabel", []), value, known["altLabel"])
            else:
                if keep == "last":
                    self.data[name] = value
                yield name


def _unite(first: Any, second: Any, field_: Field) -> list[Any]:
    """Return the items of two lists; parts of one provider are one."""
    items = list(first) if isinstance(first, list) else [first]
    for item in second if isinstance(second, list) else [second]:
        if item in items:
            continue
        same = next((i for i, other in enumerate(items) if _is_same_part(item, other)), None) if field_.nested else None
        if same is None:
            items.append(item)
        else:
            items[same] = {**item, **items[same]}
    return items


def _is_same_part(first: Any, second: Any) -> bool:
    """Return whether two parts are of one provider, and none of their fields differ."""
    if not isinstance(first, dict) or not isinstance(second, dict) or "provider" not in first:
        return False
    agrees = all(second.get(name, value) == value for name, value in first.items())
    return agrees and first["provider"] == second.get("provider")


__all__ = ["Cite", "Keep", "Place", "RecordDraft", "Source"]
