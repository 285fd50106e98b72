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
        self._documents: dict[str, str] = {}

    def of(self, source: Source) -> Evidence | None:
        """Return the evidence that a source is; None if it is another place, or more is known than the place."""
        kind, number = source.selector, source.line
        if kind not in NUMBERED:
            kind, _, text = kind.partition(":")
            if kind not in NUMBERED:
                return None
            number = int(text)
        if not source.states_alone:
            return None
        document = self._documents.get(source.document)
        if document is None:
            document = self._documents[source.document] = self._base + source.document
        # Numbers of rows are ours; the id is that of the model, which a test compares.
        values = _defaults().copy()
        values["id"] = f"{self._base}ev-{digest(document, f'{kind}:{number}', 'Asserts', '')}"
        values["document"], values[kind] = document, number
        return self._records.new(Evidence, values, _STATED[kind])


@cache
def _defaults() -> dict[str, Any]:
    return {name: info.get_default() for name, info in Evidence.model_fields.items()}


__all__ = ["RowEvidence"]
