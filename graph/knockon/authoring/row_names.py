"""The names in the rows of tables: the entities that they imply, and the ids that are made of them."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.names import InvalidName, to_local_name
from knockon.model.language import LanguageString
from knockon.vocabulary import prefixed


class RowNames:
    """Resolver of the names in the rows of one table.

    Parameters
    ----------
    file
        The table.
    implied
        Receives the entities that the rows name.
    ranges
        The classes that a name may have.

    Examples
    --------
    >>> from knockon.authoring.resolver import Resolver
    >>> names = RowNames("a.csv", ImpliedEntities(Resolver("urn:x:"), strict=False), ("Entity",))
    >>> names.id_part(names.iri("Acme Ltd")), names.id_part("https://example.org/acme")
    ('acme-ltd', 'https-example-org-acme')
    """

    def __init__(self, file: str, implied: ImpliedEntities, ranges: tuple[str, ...]) -> None:
        self.file, self.implied, self.ranges = file, implied, ranges

    def iri(self, name: str, *, strict: bool = False) -> str:
        """Resolve a name; return an invalid name itself (empty if ``strict``), since the reference is refused later."""
        try:
            return self.implied.resolver.iri(name, loose=True, ranges=self.ranges)
        except InvalidName:
            return "" if strict else name

    def imply(self, column: str, cells: Mapping[str, str], line: int, *, several: bool = False) -> None:
        """Add the entities that a cell names, with the class that the row states in another column."""
        word = cells.get(column + "Class", "")
        for name in split(cells.get(column, "")) if several else [cells[column]]:
            if full := self.iri(name, strict=True):
                self.implied.add_name(name, full, self.file, line, word)

    def id_part(self, full: str) -> str:
        """Return the part of the id of a record that names an entity."""
        base = self.implied.resolver.base
        return full.removeprefix(base) if full.startswith(base) else to_local_name(prefixed(full))


def split(text: str) -> list[str]:
    """Return the parts of a cell with several values, each in the language of the cell if that has one.

    >>> split("Acme; Nimbus")
    ['Acme', 'Nimbus']
    """
    parts = [part for each in text.split(";") if (part := each.strip())]
    return [LanguageString(part, text.language) for part in parts] if isinstance(text, LanguageString) else parts
