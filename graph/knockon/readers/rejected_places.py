"""The places of files that an import rejects, with the reason and the values of each."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.readers.import_report import RejectedPlace
from knockon.readers.record_drafts import Place

#: A place of a document: what a rejected row is known by.
PlaceKey = tuple[str, Place]


class RejectedPlaces:
    """The rejected places of an import, the values of the rows at them, and where a file of rejected rows says they are from.

    Examples
    --------
    >>> rejected = RejectedPlaces()
    >>> rejected.add(("doc-firms", Place("row:3", 4)), "firms.csv", "has no name")
    >>> [(place.file, place.line, place.reason) for place in rejected.in_order()]
    [('firms.csv', 4, 'has no name')]
    """

    def __init__(self) -> None:
        self.places: dict[PlaceKey, RejectedPlace] = {}
        self._rows: dict[PlaceKey, dict[tuple[str, ...], Mapping[str, str]]] = {}
        self._origins: dict[PlaceKey, tuple[str, str]] = {}

    def add(self, key: PlaceKey, file: str, reason: str) -> None:
        """Reject a place of a file; the first reason counts."""
        if key not in self.places:
            place = key[1]
            self.places[key] = RejectedPlace(file, place.line, place.selector, reason, origin=self._origins.get(key))

    def keep_row(self, key: PlaceKey, row: Mapping[str, str]) -> None:
        """Keep the values of a row at a place, once."""
        self._rows.setdefault(key, {}).setdefault(tuple(row.values()), row)

    def has_origin(self, key: PlaceKey, origin: tuple[str, str]) -> None:
        """Note the file and line that a file of rejected rows states of a row."""
        self._origins[key] = origin

    def rows(self) -> Mapping[PlaceKey, tuple[Mapping[str, str], ...]]:
        """Return the values of the rows that were kept, by place."""
        return {key: tuple(rows.values()) for key, rows in self._rows.items()}

    def in_order(self) -> tuple[RejectedPlace, ...]:
        """Return the rejected places by file, line and selector."""
        return tuple(sorted(self.places.values(), key=lambda place: (place.file, place.line or 0, place.selector)))


__all__ = ["PlaceKey", "RejectedPlaces"]
