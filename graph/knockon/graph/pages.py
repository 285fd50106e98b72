"""Methods of Graph that write it for people: pages and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from knockon.analysis.options import Options
from knockon.errors import UsageError
from knockon.garbage_collection import without_garbage_collection
from knockon.graph.base import Severity, names_given, names_in, public_methods, shock_of
from knockon.graph.impacts import ImpactMethods
from knockon.model.dates import written

if TYPE_CHECKING:
    from knockon.analysis.context import Context
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.analysis.records.document_folder import DocumentFolder
    from knockon.present.notebook import Page
    from knockon.present.page.page_data import Arrange


@public_methods
class PageMethods(ImpactMethods):
    """Pages and reports."""

    def explore(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        given: Iterable[str] = (),
        compare: str | None = None,
        centre: str | None = None,
        portfolio: Portfolio | None = None,
        depth: int = 2,
        limit: int = 5_000,
        arrange: Arrange | None = None,
        title: str | None = None,
        documents: str | Path | None = None,
        **options: Unpack[Options],
    ) -> Page:
        """Return one self-contained HTML page of the graph, with the effects of a shock, and of a second one beside it.

        Of a graph with more than ``limit`` entities the page of a shock shows those that lose most; the page states what it
        leaves out.

        Parameters
        ----------
        shock
            A shock of the graph by IRI, local name or label; None: no shock, or what is hit.
        compare
            A second shock.
        centre
            An entity to show with what is near it.
        portfolio
            The entities of "My list", with which the page opens; at most a thousand of them. None: the list is empty.
        depth
            How many steps from ``centre`` are shown.
        limit
            The most entities that are drawn.
        arrange
            The function that gives entities their places; by default ``present.page.layout.positions``.
        title
            The title of the page; None: those of the data sets.
        documents
            A folder with the documents that are cited: the page has the words behind each citation, at most 600 characters,
            where the SHA-256 of the file is that of the document. None: it has none.

        Returns
        -------
        Page
            The page as a string; a notebook shows it. Its ``notes`` say which documents are not quoted.

        Raises
        ------
        UsageError
            Both ``shock`` and ``hit`` are given, there is a second shock but no first one, or the graph is too large for a
            page without ``shock`` or ``centre``.
        NotFound
            There is no folder ``documents``.

        Examples
        --------
        >>> import knockon
        >>> knockon.open().explore(hit={"nvidia": "high"}).startswith("<!doctype html>")
        True
        """
        from knockon.present.citations import folder_notes
        from knockon.present.notebook import Page
        from knockon.present.page.explorer import page

        with without_garbage_collection():
            data, folder = self._explored(
                shock, hit=hit, given=given, compare=compare, centre=centre, portfolio=portfolio, depth=depth, limit=limit,
                arrange=arrange, title=title, documents=documents, **options,
            )  # fmt: skip
            html = page(data)
        return Page(html, data["title"], data.get("left_out"), folder_notes(folder) if folder else ())

    def _explored(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        given: Iterable[str] = (),
        compare: str | None = None,
        centre: str | None = None,
        portfolio: Portfolio | None = None,
        depth: int = 2,
        limit: int = 5_000,
        arrange: Arrange | None = None,
        title: str | None = None,
        documents: str | Path | None = None,
        **options: Unpack[Options],
    ) -> tuple[dict[str, Any], DocumentFolder | None]:
        """Return the data of the page of ``explore``, and the folder of documents that it quotes."""
        from knockon.analysis.portfolio.portfolio import one_of_each
        from knockon.analysis.records.document_folder import read_document_folder
        from knockon.present.page.layout import positions
        from knockon.present.page.worlds import explored
        from knockon.present.report.cover import checked_title

        held = tuple(portfolio.by_entity) if portfolio is not None else ()
        failed = names_given(given)
        if failed and shock is None and hit is None:
            raise UsageError("given needs a shock: name one, or say what is hit")

        def context_of(**world: Any) -> Context:
            # The day of the page, also where the day ends while the page is made.
            return self._context(
                centre, *held, *names_in(hit), **{**options, "as_of": written(context.options.record_filter.as_of), **world}
            )

        heading = checked_title(title) or ", ".join(data_set.info.title for data_set in self.store.data_sets) or "Empty graph"
        folder = read_document_folder(documents, self.store.records) if documents is not None else None
        context = self._context(centre, *held, *names_in(hit), given=failed, **options)
        listed = one_of_each(portfolio, context.same).by_entity if portfolio is not None else ()
        first = shock_of(context, shock, hit) if shock is not None or hit is not None else None
        return explored(
            context, context_of, title=heading, shock=first, compare=compare, centre=centre, depth=depth, limit=limit,
            arrange=arrange or positions, days=options.get("as_of") is None or context.options.record_filter.as_of is None,
            quote=folder.quote if folder else None, changed=folder.changed if folder else (), listed=tuple(listed),
            data_sets=[data_set.info for data_set in self.store.data_sets],
        ), folder  # fmt: skip

    def report(
        self,
        shock: str | None = None,
        *,
        hit: Mapping[str, Severity] | None = None,
        given: Iterable[str] = (),
        protect: str | None = None,
        portfolio: Portfolio | None = None,
        form: str = "html",
        title: str | None = None,
        author: str | None = None,
        date: str | None = None,
        classification: str | None = None,
        documents: str | Path | None = None,
        **options: Unpack[Options],
    ) -> str:
        """Return a report on a shock: a brief of one page, then drawing, groups, causes, method and sources.

        Parameters
        ----------
        protect
            The entity whose choke points and remedies are shown; None: the revenue, or else the company or product, that is
            hit most.
        portfolio
            The entities of which the report has a section of its own; None: it has none.
        form
            ``html``, a page without scripts to print or to pass on, or ``md``, Markdown.
        title
            Its title; None: the label of the shock.
        author
            Who hands it on.
        date
            Its date (ISO 8601).
        classification
            Who may read it, such as ``"Internal"``; on each printed page.
        documents
            A folder with the documents that are cited: the report quotes the words behind each citation, at most 600
            characters, where the SHA-256 of the file is that of the document. None: it quotes nothing.

        Returns
        -------
        str
            The page, or the Markdown.

        Raises
        ------
        UsageError
            The form is unknown, a text is too long, or the date is no date.
        NotFound
            There is no folder ``documents``, or no entity ``protect``.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").report(hit={"asml": "high"}).startswith("<!doctype html>")
        True
        """
        from knockon.analysis.records.document_folder import read_document_folder
        from knockon.analysis.report.report import gather
        from knockon.present.report.cover import cover_of

        if form not in ("html", "md"):
            raise UsageError(f"form={form!r}: a report is 'html' or 'md'")
        cover = cover_of(title, author, date, classification)
        folder = read_document_folder(documents, self.store.records) if documents is not None else None
        held = portfolio.by_entity if portfolio else ()
        content = gather(self._impact(shock, hit, protect, *held, given=names_given(given), **options), protect, portfolio)
        if form == "md":
            from knockon.present.report.markdown_report import markdown

            return markdown(content, cover, folder)
        from knockon.present.report.page import page

        return page(content, cover, folder)


__all__ = ["PageMethods"]
