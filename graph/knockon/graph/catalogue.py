"""Methods of Graph that list what it has beside its facts: documents, queries, and how recent its data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    from knockon.analysis.records.documents import DocumentSummary, Freshness
    from knockon.analysis.records.library import LibraryQuery


@public_methods
class CatalogueMethods(GraphBase):
    """What a graph rests on, and what it can be asked."""

    def documents(self) -> tuple[DocumentSummary, ...]:
        """Return the documents of the graph, with how many records cite each.

        Returns
        -------
        tuple of DocumentSummary
            In the order of their IRIs.

        Examples
        --------
        >>> import knockon
        >>> all(document.cited_by >= 0 for document in knockon.open("chips").documents())
        True
        """
        from knockon.analysis.records.documents import documents

        return documents(self._present_store())

    def freshness(self) -> Freshness:
        """Return how recent the data are: when data sets were published and loaded, and their documents issued and read.

        Returns
        -------
        Freshness
            The day of today, the revision of a store folder, and each data set.

        Examples
        --------
        >>> import knockon
        >>> [data_set.name for data_set in knockon.open("chips").freshness().data_sets]
        ['chips']
        """
        from knockon.analysis.records.documents import freshness

        folder = self._store_folder_or_none()
        revisions = folder.history if folder else ()
        number, made = (revisions[0].number, revisions[0].made) if revisions else (None, None)
        return freshness(self._present_store(), number, made)

    def queries(self) -> tuple[LibraryQuery, ...]:
        """Return the queries of the library, which ``query`` runs by name.

        Returns
        -------
        tuple of LibraryQuery
            In the order of their names.

        Examples
        --------
        >>> import knockon
        >>> {query.name: query.title for query in knockon.open("chips").queries()}["who-depends-on"]
        'Who depends on it'
        """
        from knockon.analysis.records.library import library_queries

        return library_queries()


__all__ = ["CatalogueMethods"]
