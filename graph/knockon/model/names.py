"""The names of a record: its local name, its label or title, and its other names."""

from __future__ import annotations

from knockon.model.base import Statement
from knockon.model.labels import stated_label


def normalize_name(name: str) -> str:
    r"""Normalize case and spaces of a name.

    >>> normalize_name("  Alcoa\u00a0 Corporation ") == normalize_name("ALCOA corporation")
    True
    """
    return " ".join(name.split()).casefold()


def names_of(record: Statement) -> list[str]:
    """Return the local name, the label or title, and the other names of a record.

    >>> from knockon.model import Company
    >>> names_of(Company(id="urn:x:acme", label="Acme"))
    ['acme', 'Acme']
    """
    label = stated_label(record)
    return [record.name, *([label] if label else []), *getattr(record, "alt_label", ())]


__all__ = ["names_of", "normalize_name"]
