"""The drafts of an import by IRI, each of which gives way to the record that is built of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from knockon.model import Statement
from knockon.readers.record_drafts import RecordDraft, Source


class Drafts(Mapping[str, RecordDraft]):
    """The drafts of an import by IRI.

    Once a record is built, it takes the place of its draft where it tells as much: where its evidence is one row or line.
    The draft is then made anew when it is asked for, which is seldom, and a million of them take no memory.

    Examples
    --------
    >>> from knockon.model import Company
    >>> drafts = Drafts("urn:x:")
    >>> drafts["urn:x:a"] = RecordDraft("Company", {"label": "A"}, Source("doc-a", "row", 5))
    >>> record = Company(id="urn:x:a", label="A", evidence={"document": "urn:x:doc-a", "row": 5})
    >>> drafts.release(record, drafts["urn:x:a"])
    >>> drafts["urn:x:a"].sources
    (Source(document='doc-a', selector='row', line=5, confidence=None, stance='', claimant=None),)
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._kept: dict[str, RecordDraft | Statement] = {}

    def __getitem__(self, full: str) -> RecordDraft:
        kept = self._kept[full]
        return kept if isinstance(kept, RecordDraft) else self._draft_of(kept)

    def get(self, full: str, default: Any = None) -> Any:
        """Return the draft with an IRI; a default if there is none."""
        kept = self._kept.get(full)
        if kept is None:
            return default
        return kept if isinstance(kept, RecordDraft) else self._draft_of(kept)

    def __setitem__(self, full: str, draft: RecordDraft) -> None:
        draft.id = full
        self._kept[full] = draft

    def each(self) -> Iterator[RecordDraft]:
        """Yield the drafts in the order in which they were added, of which each may be released meanwhile."""
        # The values may change meanwhile, and the names do not.
        for kept in self._kept.values():
            yield kept if isinstance(kept, RecordDraft) else self._draft_of(kept)

    def __contains__(self, full: object) -> bool:
        return full in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def shared(self, full: str) -> str:
        """Return an IRI as the text that its record has, if there is such a record: a million references share it."""
        kept = self._kept.get(full)
        return full if kept is None else kept.id

    def release(self, record: Statement, draft: RecordDraft) -> None:
        """Drop the fields of a draft whose record is built, and the draft itself where the record tells as much."""
        if draft.is_plain:
            self._kept[record.id] = record
        else:
            draft.data = {}

    def _draft_of(self, record: Statement) -> RecordDraft:
        (evidence,) = record.evidence
        number = getattr(evidence, evidence.kind)
        source = Source(evidence.document.removeprefix(self._base), evidence.kind, number)
        draft = RecordDraft(record.rdf_class, {}, source)
        draft.id = record.id
        return draft


__all__ = ["Drafts"]
