"""The entities of the networks of a page, also those that it does not draw."""

from __future__ import annotations

from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.network.planned import Node
from knockon.present.page.network_tables import NetworkTables, PackedNetworks, PageRows


class NetworkEntities:
    """The entities of one world after another.

    Parameters
    ----------
    page
        The rows of the page.
    tables
        The tables of the networks, which get a row for each.
    """

    def __init__(self, page: PageRows, tables: NetworkTables) -> None:
        self._page, self._tables = page, tables
        self._labels: dict[str, tuple[str, str]] = {}

    def add(self, context: Context, iri: str) -> None:
        """Add an entity, with its label and class if the page does not draw it although it draws all that has a record."""
        self._tables.entities.row(iri)
        if self._page.node(iri) < 0 and self._page.kept is None:
            record = context.records.get(iri)
            self._labels.setdefault(iri, (label_of(context.records, iri), record.rdf_class if record else "Entity"))

    def undrawn(self, packed: PackedNetworks) -> list[list[int]]:
        """Return the entities without a record: row, name, label and class."""
        text = self._page.text
        return [
            [packed.row[Node(iri)], self._page.name(iri), text(label), text(cls)]
            for iri, (label, cls) in sorted(self._labels.items())
        ]


__all__ = ["NetworkEntities"]
