"""The words behind the citations of a report, for those who hold the documents."""

from __future__ import annotations

from knockon.analysis.records.document_folder import DocumentFolder
from knockon.analysis.report.citations import citations
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.citations import place_text


def quotes(page: ShockReport, documents: DocumentFolder | None) -> dict[str, list[tuple[str, str]]]:
    """Return the words and the place of each citation of a report that can be quoted, by document (IRI), each place once."""
    if documents is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for citation in citations(page):
        if words := documents.quote(citation):
            found.setdefault(citation.document, {}).setdefault(place_text(citation).replace("-", "–"), words)
    return {iri: [(words, place) for place, words in places.items()] for iri, places in found.items()}


__all__ = ["quotes"]
