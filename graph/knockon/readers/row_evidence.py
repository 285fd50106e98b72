"""Evidence that is a row or a line of a file, made without validation: of a million imported records nearly all have such."""

from __future__ import annotations

from knockon.model import Evidence
from knockon.model.base import DigestOf
from knockon.model.compact import CompactRecords, blank
from knockon.readers.record_drafts import NUMBERED, Source

#: The fields that evidence of a row, and of a line, states.
_STATED = {kind: {"document", kind} for kind in NUMBERED}


class RowEvidence:
    """Maker of the evidence of rows and lines.

    Parameters
    ----------
    base
        The base of the ids.
    records
        What makes the records.

    Examples
    --------
    >>> source = Source("doc-a", "row", 5)
    >>> RowEvidence("urn:x:", CompactRecords()).of(source) == Evidence(document="urn:x:doc-a", row=5)
    True
    """

    def __init__(self, base: str, records: CompactRecords) -> None:
        self._base, self._records, self._blank = base, records, blank(Evidence)
        #: The IRI of each document, and what the ids of its evidence begin with.
        self._documents: dict[str, tuple[str, DigestOf]] = {}

    def of(self, source: Source) -> Evidence | None:
        """Return the evidence that a source is; None if it is another place, or more is known than the place."""
        name, kind, number, confidence, stance, claimant = source
        if kind not in NUMBERED:
            kind, _, text = kind.partition(":")
            if kind not in NUMBERED:
                return None
            number = int(text)
        if confidence is not None or stance or claimant:
            return None
        try:
            document, begun = self._documents[name]
        except KeyError:
            document, begun = self._documents[name] = self._base + name, DigestOf(self._base + name)
        values = self._blank.copy()
        # Numbers of rows are ours; the id is that of the model, which a test compares.
        key = begun.and_more(f"{kind}:{number}", "Asserts", "")
        values["id"], values["document"], values[kind] = f"{self._base}ev-{key}", document, number
        return self._records.new(Evidence, values, _STATED[kind])


__all__ = ["RowEvidence"]
