"""The names of records in the table of records, read without the rest of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from knockon.vocabulary import local_name


class Labelled(NamedTuple):
    """The names of a record: its IRI, its class, its label or title (empty without), and its other names."""

    iri: str
    cls: str
    label: str
    other_names: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """All its names, as ``names_of`` gives them.

        >>> Labelled("urn:x:acme", "Company", "Acme", ("ACME",)).names
        ['acme', 'Acme', 'ACME']
        """
        return [local_name(self.iri), *([self.label] if self.label else []), *self.other_names]


def labelled(rows: Iterable[tuple[str, int, str]], classes: Sequence[str]) -> Iterator[Labelled]:
    """Yield the names of records.

    Parameters
    ----------
    rows
        The IRI of each record, the number of its class, and its fields as JSON.
    classes
        The names of the classes by their numbers.
    """
    for iri, number, data in rows:
        values = json.loads(data)
        label = values.get("label") or values.get("title") or ""
        yield Labelled(iri, classes[number], plain_text(label), tuple(map(plain_text, values.get("altLabel", ()))))


def plain_text(value: str | dict[str, str]) -> str:
    """Return the text of a name or text in the JSON of a record."""
    return value if isinstance(value, str) else value["@value"]


__all__ = ["Labelled", "labelled", "plain_text"]
