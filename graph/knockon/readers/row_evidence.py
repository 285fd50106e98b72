"""Evidence that is a row or a line of a file, made without validation: of a million imported records nearly all have such."""

from __future__ import annotations

from functools import cache
from typing import Any

from knockon.model import Evidence
from knockon.model.base import digest
from knockon.model.compact import CompactRecords
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
        self._base, self._records = base, records
        #: The IRI of each document, and how the ids of its evidence begin.
        self._documents: dict[str, tuple[str, str]] = {}

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
            document, prefix = self._documents[name]
        except KeyError:
            document, prefix = self._documents[name] = self._base + name, f"{self._base}ev-"
        values, place = _template(kind)
        values = values.copy()
        # Numbers of rows are ours; the id is that of the model, which a test compares.
        values[0], values[1], values[place] = f"{prefix}{digest(document, f'{kind}:{number}', 'Asserts', '')}", document, number
        return self._records.filled(Evidence, values)


@cache
def _template(kind: str) -> tuple[list[Any], int]:
    """Return the values of evidence that is a row or line, without those that differ, and the place of the number."""
    fields = Evidence.model_fields
    names = list(fields)
    if names[:2] != ["id", "document"]:
        raise AssertionError("the first fields of evidence are its id and document")
    values = [None if info.is_required() else info.get_default() for info in fields.values()]
    return [*values, _STATED[kind], None, None], names.index(kind)


__all__ = ["RowEvidence"]
