"""Proposals: the form in which any proposer gives them, and the form in which they are kept, without words of the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from knockon.model import STATEMENTS, Entity, Evidence, is_a
from knockon.model.base import long_digest
from knockon.vocabulary import Stance

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

#: The classes of records other than entities that may be proposed.
CLAIMS = ("Dependency", "Provision", "Ownership", "Designation", "Relation", "Observation", "Event", "Vulnerability", "Measure")
#: The classes of records that may be proposed.
CLASSES = (*CLAIMS, *(name for name, cls in STATEMENTS.items() if issubclass(cls, Entity)))
#: The fields that proposals do not have: where a record is stated is said once, and what is judged is for the reviewer.
NOT_FIELDS = ("evidence", "judged", "inferred", "reason", "comment", "targetQuery")
#: The length of the ids of proposals in earlier files of decisions.
_EARLIER = len("p-") + 10
#: The keys of a line, in the order in which they are kept.
KEYS = ("class", "fields", "start", "end", "page", "quote", "stance", "claimant", "confidence")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record that a document is proposed to state.

    Attributes
    ----------
    cls
        The class of the record.
    fields
        Its fields by their names in data files. A reference is the IRI of something in the graph, or a new record, as an object
        with ``class`` and ``label``.
    document
        The SHA-256 of the document.
    file
        The name of its file.
    start, end
        The span that the record rests on: code points of the text, or of the page of a PDF.
    page
        The page of a PDF, from 1; None for other documents.
    quote_hash
        The SHA-256 of the words of the span.
    match
        How the quotation was found: exact, white space or hyphenation.
    stance
        What the document does with the statement.
    claimant
        Whose word the document reports (IRI); empty if it is its own.
    confidence
        How far the proposer trusts it (0..1); None if it does not say.
    proposer
        Who proposed it.
    day
        The day on which it was proposed.
    """

    cls: str
    fields: Mapping[str, JsonValue]
    document: str
    file: str
    start: int
    end: int
    quote_hash: str
    match: str
    page: int | None = None
    stance: Stance = Stance.ASSERTS
    claimant: str = ""
    confidence: float | None = None
    proposer: str = ""
    day: str = ""

    @property
    def id(self) -> str:
        """The name of the proposal: the same statement at the same place has the same, whoever proposes it, and when."""
        return f"p-{long_digest(*self.key, self.start, self.end)}"

    def has_name(self, name: str) -> bool:
        """Return whether a text is its name: the id, or the beginning of it, which earlier versions took."""
        return name in (self.id, self.id[:_EARLIER])

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two proposals one, if their spans overlap: the document, the page, and what the record is about."""
        return (self.document, self.page or 0, self.cls, self.stance.value, subject_key(self.cls, self.fields))

    def overlaps(self, other: Proposal) -> bool:
        """Return whether another proposal states the same at a place that shares a character."""
        return self.key == other.key and self.start < other.end and other.start < self.end

    def evidence(self, document: str) -> Evidence:
        """Return the evidence of the record: the span, and of a PDF the page.

        Parameters
        ----------
        document
            The document (IRI).
        """
        place = {"page": self.page} if self.page is not None else {"start": self.start, "end": self.end}
        return Evidence.model_validate({
            "document": document, **place, "stance": self.stance, "claimant": self.claimant or None,
            "confidence": None if self.confidence is None else str(self.confidence),
        })  # fmt: skip

    def to_json(self) -> dict[str, JsonValue]:
        """Return the proposal as a line of a queue has it."""
        value: dict[str, JsonValue] = {
            "id": self.id, "class": self.cls, "fields": dict(self.fields), "document": self.document, "file": self.file,
            "page": self.page, "start": self.start, "end": self.end, "quote_sha256": self.quote_hash, "match": self.match,
            "stance": self.stance.value, "claimant": self.claimant or None, "confidence": self.confidence,
            "proposer": self.proposer, "day": self.day,
        }  # fmt: skip
        return {key: item for key, item in value.items() if item is not None}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Proposal:
        """Return the proposal of a line of a queue.

        Raises
        ------
        ValueError
            It is not one; the message says why.
        """
        known = ("id", "class", "fields", "document", "file", "page", "start", "end", "quote_sha256", "match", "stance",
                 "claimant", "confidence", "proposer", "day")  # fmt: skip
        if unknown := sorted(set(value) - set(known)):
            raise ValueError(f"unknown key {unknown[0][:60]!r}")
        fields = value.get("fields")
        if not isinstance(fields, Mapping):
            raise ValueError("fields must be an object")
        text = {
            key: value.get(key, "")
            for key in ("class", "document", "file", "quote_sha256", "match", "claimant", "proposer", "day")
        }
        if wrong := [key for key, item in text.items() if not isinstance(item, str) or len(item) > 2_000]:
            raise ValueError(f"{wrong[0]} must be a text")
        if text["class"] not in CLASSES:
            raise ValueError(f"class must be one of {', '.join(CLASSES[:9])} or a class of entities")
        if not all(len(str(text[key])) == 64 for key in ("document", "quote_sha256")):
            raise ValueError("document and quote_sha256 must be SHA-256")
        start, end, page = (_whole(value, key) for key in ("start", "end", "page"))
        if start is None or end is None or not 0 <= start < end:
            raise ValueError("start and end must be a span")
        return cls(
            str(text["class"]), fields, str(text["document"]), str(text["file"]), start, end, str(text["quote_sha256"]),
            str(text["match"]), page, stance_named(value.get("stance")), str(text["claimant"]),
            confidence_of(value.get("confidence")), str(text["proposer"]), str(text["day"]),
        )  # fmt: skip


def stance_named(value: object) -> Stance:
    """Return the stance with a name, Asserts where there is none.

    Raises
    ------
    ValueError
        No stance has the name.
    """
    if value is None:
        return Stance.ASSERTS
    found = next((stance for stance in Stance if str(value).casefold() == stance.value.casefold()), None)
    if found is None:
        raise ValueError(f"{str(value)[:60]!r} is not a stance; use one of {', '.join(Stance)}")
    return found


def confidence_of(value: object) -> float | None:
    """Return a confidence (0..1), None where there is none.

    Raises
    ------
    ValueError
        It is no number, or out of its range.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("confidence must be a number in 0..1")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"confidence must be a number in 0..1, not {str(value)[:40]}")
    return number


def whole_number(value: object, name: str) -> int | None:
    """Return a whole number from JSON or YAML, None where there is none.

    Raises
    ------
    ValueError
        It is another value.
    """
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15:
        return value
    raise ValueError(f"{name} must be a whole number, not {str(value)[:40]!r}")


def _whole(value: Mapping[str, object], key: str) -> int | None:
    return whole_number(value.get(key), key)


#: The fields that say what a record of each class is about; the others say how it is.
_ABOUT = {
    "Dependency": ("dependant", "need"), "Provision": ("provider", "provided", "period"), "Ownership": ("owner", "owned"),
    "Designation": ("measure", "designated"), "Relation": ("subject", "relationType", "object"),
    "Observation": ("about", "metric", "period"), "Vulnerability": ("label", "of"), "Event": ("label", "date"),
}  # fmt: skip


def subject_key(cls: str, fields: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a record is about, in one form.

    >>> subject_key("Dependency", {"dependant": "urn:x:a", "need": {"class": "Service", "label": "Hosting"}, "buffer": "P3D"})
    ('urn:x:a', 'Hosting')
    """
    names = _ABOUT.get(cls, ("label",))
    return tuple(_key_text(fields.get(name)) for name in names)


def _key_text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("label", ""))
    if isinstance(value, list | tuple):
        return " ".join(sorted(map(_key_text, value)))
    return "" if value is None else str(value)


def is_entity(cls: str) -> bool:
    """Return whether a class is one of entities."""
    return is_a(cls, "Entity")


__all__ = [
    "CLAIMS", "CLASSES", "KEYS", "NOT_FIELDS", "JsonValue", "Proposal", "confidence_of", "is_entity", "stance_named",
    "subject_key", "whole_number",
]  # fmt: skip
