"""Records as people read them: one record, what a search finds, the schema, data sets, and the check of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from knockon.present.citations import address_text, confidence_text, place_text, source_text
from knockon.present.rows.table import Table
from knockon.text import counted
from knockon.vocabulary import local_name, prefixed

if TYPE_CHECKING:
    from knockon.analysis.answer import JsonValue
    from knockon.analysis.records.data_sets import DataSetSummary
    from knockon.analysis.records.documents import DocumentSummary, Freshness
    from knockon.analysis.records.evidence import EvidenceCheck
    from knockon.analysis.records.quotations import Quotation
    from knockon.analysis.records.record import RecordDetails
    from knockon.analysis.records.schema import SchemaTerm
    from knockon.analysis.records.search import SearchResult
    from knockon.store.pointer import Revision


#: The most spans outside their documents that are listed.
_MAX_SPANS = 20


def schema_table(terms: Sequence[SchemaTerm]) -> Table:
    """Return a row for each class, property and word in use."""
    columns = ["kind", "name", "count", "derived", "comment"]
    return Table([term.to_dict() for term in terms], columns, drop=["comment"])


# One record


def record_table(record: RecordDetails) -> Table:
    """Return a row for each field of a record, each span of its evidence, and each record that names it."""
    return Table(list(_record_rows(record)), ["field", "value"])


def _record_rows(record: RecordDetails) -> Iterator[dict[str, object]]:
    labels = record.labels
    main_fields: dict[str, JsonValue] = {"id": record.name, "iri": record.id, "class": record.cls, "title": record.title}
    for field, value in (main_fields | dict(record.values)).items():
        yield {"field": field, "value": _in_words(value, labels)}
    for citation in record.evidence:
        address = address_text(citation)
        named = address if address == source_text(citation) else _labelled(citation.document, labels)
        parts = (named, place_text(citation), citation.stance, confidence_text(citation), "" if named == address else address)
        yield {"field": "evidence", "value": " ".join(part for part in parts if part)}
    for mention in record.named_by:
        name = f"{mention.title} ({local_name(mention.record)}, {mention.cls})"
        yield {"field": f"named as {mention.property}", "value": name}
    if record.same_as:
        yield {"field": "same as", "value": ", ".join(map(prefixed, record.same_as))}
    if record.cited_by:
        yield {"field": "cited by", "value": counted(record.cited_by, "record")}


def record_notes(record: RecordDetails) -> Iterator[str]:
    """Return a note if no other record names a record."""
    if not record.named_by:
        yield "no other record names it"


def _in_words(value: JsonValue, labels: Mapping[str, str]) -> JsonValue:
    """Return the value of a field as one text, with the labels of what it names; numbers stay numbers."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(item, labels)}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(str(_in_words(item, labels)) for item in value)
    return _labelled(value, labels) if isinstance(value, str) else value


def _labelled(iri: str, labels: Mapping[str, str]) -> str:
    return f"{labels[iri]} ({local_name(iri)})" if iri in labels else iri


# Search


def search_table(result: SearchResult) -> Table:
    """Return a row for each match."""
    columns = ["id", "class", "title", "where", "text", "data_set"]
    return Table([match.to_dict() for match in result.matches], columns, drop=["data_set", "where", "class"])


def search_notes(result: SearchResult) -> Iterator[str]:
    """Return a note if there are no matches, or more than are shown."""
    if not result.total:
        meant = f"; did you mean {', '.join(result.nearest)}?" if result.nearest else ""
        yield f"no record has {result.text!r} in a name, an id or a comment{meant}"
    elif result.total > len(result.matches):
        yield f"{len(result.matches)} of {result.total:,} shown; --top 0 shows all"


# Data sets


def data_sets_table(data_sets: Sequence[DataSetSummary], *, for_people: bool) -> Table:
    """Return a row for each data set; for people with the day of loading, else with the time."""
    rows: list[Mapping[str, object]] = [
        {**data_set.to_dict(), "loaded": data_set.loaded[:10] if for_people else data_set.loaded} for data_set in data_sets
    ]
    columns = ["name", "records", "entities", "dependencies", "shocks", "documents", "issued", "loaded", "origin", "title"]
    return Table(rows, columns, drop=["title", "documents", "issued", "entities"])


def documents_table(documents: Sequence[DocumentSummary]) -> Table:
    """Return a row for each document."""
    columns = ["id", "title", "issued", "retrieved", "url", "license", "data_set", "cited_by"]
    return Table([document.to_dict() for document in documents], columns, drop=["license", "retrieved"])


def freshness_table(answer: Freshness) -> Table:
    """Return a row for each data set, with the days of its publication, its loading and its documents."""
    columns = ["name", "issued", "loaded", "records", "documents", "last_issued", "last_retrieved", "title"]
    return Table([data_set.to_dict() for data_set in answer.data_sets], columns)


# Evidence


def evidence_table(check: EvidenceCheck) -> Table:
    """Return a row for each document."""
    return Table([document.to_dict() for document in check.documents], ["id", "file", "matched", "spans", "outside"])


def evidence_notes(check: EvidenceCheck, folder: object) -> Iterator[str]:
    """Return the counts of spans, the documents that the folder lacks, and the coverage of the inventory."""
    outside, too_long = len(check.outside), len(check.too_long)
    yield f"{check.spans} spans, {outside} outside, {too_long} too long, longest {check.longest}"
    files = {document.document: document.file or document.name for document in check.documents}
    for span in check.outside[:_MAX_SPANS]:
        yield f"{files[span.document]}: {span.start}-{span.end} is not inside its text"
    if outside > _MAX_SPANS:
        yield f"and {outside - _MAX_SPANS} more spans outside; --format json has them all"
    if check.places is not None:
        unchecked = sum(document.places for document in check.not_checked or ())
        yield f"{counted(check.places, 'other place')}, {len(check.missing or ())} missing, {unchecked} not checked"
    for place in check.missing or ():
        names = [local_name(iri) for iri in place.records]
        cited = f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"
        where = place.file if place.line is None else f"{place.file}:{place.line}"
        yield f"{where}: {place.fault}; cited by {cited}"
    for document in check.documents:
        if not document.matched and document.document not in check.without_file:
            yield f"{document.name}: no file with its SHA-256 in {folder}"
    for skipped in check.not_checked or ():
        yield f"{skipped.name}: {counted(skipped.places, 'place')} not checked: {skipped.reason}"
    if inventory := check.inventory:
        untouched = ", ".join(inventory.untouched) or "none"
        touched = f"{inventory.touched} of {inventory.rows} rows of the inventory touched ({inventory.share:.1%})"
        yield f"{touched}; not: {untouched}"


def quotations_table(quotations: Sequence[Quotation]) -> Table:
    """Return a row for each place that a record rests on, with its words."""
    rows: list[dict[str, object]] = [dict(quotation.to_dict()) for quotation in quotations]
    for row, quotation in zip(rows, quotations, strict=True):
        if place := place_text(quotation.cited, spans=False):
            row["place"] = place
    places = ["place"] if any("place" in row for row in rows) else []
    return Table(rows, ["document", "start", "end", *places, "stance", "quotation"])


def quotations_notes(quotations: Sequence[Quotation], folder: object) -> Iterator[str]:
    """Return a note if the folder lacks a document, so that its words are missing."""
    if any(quotation.quotation is None and not quotation.missing for quotation in quotations):
        yield f"no words where {folder} lacks the document"
    for quotation in quotations:
        if quotation.missing:
            yield f"{quotation.document}: {quotation.missing}"


def counts_table(counts: Mapping[tuple[str, str], int]) -> Table:
    """Return a row for each data set and class, with the number of records.

    >>> counts_table({("sensetime", "Company"): 2}).rows
    [{'data_set': 'sensetime', 'class': 'Company', 'records': 2}]
    """
    rows = [{"data_set": name, "class": cls, "records": count} for (name, cls), count in sorted(counts.items())]
    return Table(rows, ["data_set", "class", "records"])


def validation_note(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Return how many records are valid, if there are any."""
    if counts:
        yield f"ok: {sum(counts.values())} records, no problems"


def revisions_table(revisions: Sequence[Revision], *, nested: bool) -> Table:
    """Return a row for each revision of a store, newest first.

    Parameters
    ----------
    revisions
        The revisions, of which the first is the current one.
    nested
        Keep the details of the data sets of each revision, instead of their names alone.
    """
    rows = [{**revision.to_dict(), "current": revision is revisions[0]} for revision in revisions]
    if not nested:
        rows = [{**row, "data_sets": [data["name"] for data in row["data_sets"]]} for row in rows]
    columns = ["number", "current", "made", "change", "added", "changed", "removed", "records", "data_sets"]
    return Table(rows, columns, "", ["records", "removed", "changed", "added"])


__all__ = [
    "counts_table", "data_sets_table", "documents_table", "evidence_notes", "evidence_table", "freshness_table",
    "quotations_notes", "quotations_table", "record_notes", "record_table", "revisions_table", "schema_table", "search_notes",
    "search_table", "validation_note",
]  # fmt: skip
