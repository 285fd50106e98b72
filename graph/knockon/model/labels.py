"""The label that a record states of itself."""

from __future__ import annotations

from knockon.model.base import Record


def stated_label(record: Record | None) -> str:
    """Return the label or the title of a record; empty if it has neither, or if there is no record.

    >>> from knockon.model import Company, Document
    >>> stated_label(Company(id="urn:x/acme", label="Acme")), stated_label(Document(id="urn:x/report", title="A report"))
    ('Acme', 'A report')
    >>> stated_label(None)
    ''
    """
    return str(getattr(record, "label", None) or getattr(record, "title", None) or "")


__all__ = ["stated_label"]
