"""Whether the places that records cite, other than spans, are in the documents at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from knockon.analysis.answer import Answer
from knockon.analysis.records.document_content import DocumentContent
from knockon.model import Document, Evidence, Statement
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class MissingPlace(Answer):
    """A place that is cited and not in the document at hand.

    Attributes
    ----------
    document
        The document (IRI).
    place
        The place as data files write it, such as ``row:114``.
    file
        The name of the file of the document.
    line
        The line of the file that the fault is about, such as its last one; None where there is none.
    fault
        What is wrong.
    records
        The records (IRIs) that cite it.
    """

    document: str
    place: str
    file: str
    line: int | None
    fault: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UncheckedDocument(Answer):
    """A document with places that were not checked.

    Attributes
    ----------
    document
        The document (IRI).
    name
        Its local name. In JSON: ``id``.
    places
        How many of its places were not checked; the document as a whole is a place too.
    reason
        Why not.
    """

    json_names: ClassVar[Mapping[str, str]] = {"name": "id"}

    document: str
    name: str
    places: int
    reason: str


class PlacesCheck(NamedTuple):
    """How many places are cited, those that are missing, and the documents with places that were not checked."""

    total: int
    missing: tuple[MissingPlace, ...]
    not_checked: tuple[UncheckedDocument, ...]


def check_places(
    records: Iterable[Statement], documents: Mapping[str, Document], files: Mapping[str, DocumentContent]
) -> PlacesCheck:
    """Look up every place other than spans in the documents at hand."""
    citing: dict[tuple[str, str], tuple[Evidence, list[str]]] = {}
    for record in records:
        for evidence in record.all_evidence():
            if evidence.kind != "span":
                citing.setdefault((evidence.document, evidence.place), (evidence, []))[1].append(record.id)
    missing, unchecked = [], Counter[tuple[str, str]]()
    for (iri, place), (evidence, cited_by) in sorted(citing.items()):
        document = documents.get(iri)
        content = files.get(document.sha256 or "") if document else None
        if document is None or content is None:
            unchecked[iri, "no file at hand"] += 1
            continue
        finding = content.find(evidence, document.key_column)
        if finding.fault:
            names = tuple(sorted(set(cited_by)))
            missing.append(MissingPlace(iri, place, content.name, finding.line, finding.fault, names))
        elif finding.unchecked:
            unchecked[iri, finding.unchecked] += 1
    rows = (UncheckedDocument(iri, local_name(iri), count, reason) for (iri, reason), count in sorted(unchecked.items()))
    return PlacesCheck(len(citing), tuple(missing), tuple(rows))


__all__ = ["MissingPlace", "PlacesCheck", "UncheckedDocument", "check_places"]
