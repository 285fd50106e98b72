"""The order of classes: which of several is the most specific."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.model.base import Record


def most_specific(classes: Iterable[type[Record]]) -> type[Record] | None:
    """Return the most specific class; None if two classes are unrelated.

    >>> from knockon.model import Company, Entity, Product
    >>> most_specific([Entity, Company]).__name__, most_specific([Company, Product])
    ('Company', None)
    """
    candidates = list(classes)
    lowest = [c for c in candidates if all(issubclass(c, other) for other in candidates)]
    return lowest[0] if lowest else None
