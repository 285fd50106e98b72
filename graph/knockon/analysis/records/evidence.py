"""Checks of evidence: whether every cited place is in the document whose file has the recorded SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.records.document_content import DocumentContent
from knockon.analysis.records.place_checks import MissingPlace, UncheckedDocument, check_places
from knockon.errors import InvalidData, NotFound, Problem
from knockon.model import Document, Statement
from knockon.model.base import SPAN_LIMIT
from knockon.store.base import Store

Spans = Mapping[str, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Span(Answer):
    """A place in a document.

    Attributes
    ----------
    document
        The document (IRI).
    start, end
        The first code point of its text, and the one after the last.
    """

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentCheck(Answer):
    """A document, and whether its file was found.

    Attributes
    ----------
    document
        The document (IRI).
    name
        Its local name. In JSON: ``id``.
    file
        The name of the file with its SHA-256; None where no file has it.
    matched
        Whether there is such a file.
    spans
        How many spans of it records cite.
    outside
        How many of these are not inside its text.
    """

    json_names: ClassVar[Mapping[str, str]] = {"name": "id"}

    document: str
    name: str
    file: str | None
    matched: bool
    spans: int
    outside: int


@dataclass(frozen=True, slots=True)
class InventoryCheck(Answer):
    """The number of rows of an inventory that the evidence of records covers.

    Attributes
    ----------
    rows
        How many rows the inventory has.
    touched
        How many of them share a character with the evidence of some record.
    share
        The share of all rows that are touched (0..1).
    touched_in_every_span
        How many share a character with evidence in each of their spans.
    untouched
        The ids of the rows that are not touched.
    """

    rows: int
    touched: int
    share: float
    touched_in_every_span: int
    untouched: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceCheck(Answer):
    """The result of comparing every cited place with its document.

    Attributes
    ----------
    documents
        Each document, by IRI.
    spans
        How many different spans are cited.
    outside
        The spans that are not inside the text of their document.
    too_long
        The spans that are longer than evidence may be.
    longest
        The length of the longest span, in code points.
    unsourced_records
        The records (IRIs) without evidence, documents left out.
    inventory
        The coverage of an inventory; None, and not in JSON, where the caller has none.
    places
        How many rows, keys, pointers, lines, pages and whole documents are cited; None, and not in JSON, if there are none.
    missing
        Those of these that are not in the document at hand; None, and not in JSON, if there are none.
    not_checked
        The documents with places that were not checked, such as those not at hand; None, and not in JSON, if there are none.
    without_file
        The documents (IRIs) of which neither a hash nor a span claims that their file is known.
    """

    json_keys = (
        "ok", "documents", "spans", "outside", "too_long", "longest", "unsourced_records", "inventory?", "places?", "missing?",
        "not_checked?",
    )  # fmt: skip

    documents: tuple[DocumentCheck, ...]
    spans: int
    outside: tuple[Span, ...]
    too_long: tuple[Span, ...]
    longest: int
    unsourced_records: tuple[str, ...]
    inventory: InventoryCheck | None = None
    places: int | None = None
    missing: tuple[MissingPlace, ...] | None = None
    not_checked: tuple[UncheckedDocument, ...] | None = None
    without_file: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether documents with a hash or spans were found, no span is outside or too long, and no place is missing."""
        found = all(document.matched or document.document in self.without_file for document in self.documents)
        return not (self.outside or self.too_long or self.missing) and found


def read_documents(folder: Path) -> dict[str, DocumentContent]:
    """Return each file of a folder by the SHA-256 of its bytes."""
    if not folder.is_dir():
        raise NotFound("folder", str(folder))
    files = {}
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        content = file.read_bytes()
        files[hashlib.sha256(content).hexdigest()] = DocumentContent(file.name, content)
    return files


def check(store: Store, folder: Path, inventory: Path | None = None) -> EvidenceCheck:
    """Compare every place that is cited with the documents in a folder, and every row of an inventory with the spans.

    Parameters
    ----------
    store
        The records.
    folder
        The folder with the documents, which are identified by the SHA-256 of their files.
    inventory
        JSON: lists of objects with ``id`` and ``evidence`` of ``start`` and ``end`` in a file called ``seed`` or ``file``;
        ``steps`` are rows of their own. A row is touched when one of its spans shares a character with a span of some
        record; a row for a document itself when that document is there.

    Raises
    ------
    NotFound
        There is no such folder or inventory.
    InvalidData
        The file is not an inventory.
    """
    files = read_documents(folder)
    documents = {record.id: record for record in store.records if isinstance(record, Document)}
    cited = _spans(store.records)
    rows, outside = [], []
    for iri, record in sorted(documents.items()):
        content = files.get(record.sha256 or "")
        spans = sorted(cited.get(iri, []))
        length = len(content.text or "") if content else 0
        outside_here = [Span(iri, start, end) for start, end in spans if content and not 0 <= start < end <= length]
        outside += outside_here
        rows.append(
            DocumentCheck(iri, record.name, content.name if content else None, bool(content), len(spans), len(outside_here))
        )
    all_spans = [Span(iri, start, end) for iri, spans in sorted(cited.items()) for start, end in sorted(spans)]
    unsourced = (r.id for r in store.records if not isinstance(r, Document) and not list(r.all_evidence()))
    places = check_places(store.records, documents, files)
    by_file = {files[r.sha256].name: iri for iri, r in documents.items() if r.sha256 in files}
    return EvidenceCheck(
        documents=tuple(rows),
        spans=len(all_spans),
        outside=tuple(outside),
        too_long=tuple(span for span in all_spans if span.end - span.start > SPAN_LIMIT),
        longest=max((span.end - span.start for span in all_spans), default=0),
        unsourced_records=tuple(sorted(unsourced)),
        inventory=_inventory_check(_inventory_rows(inventory), cited, by_file) if inventory is not None else None,
        places=places.total or None,
        missing=places.missing or None,
        not_checked=places.not_checked or None,
        without_file=tuple(iri for iri, record in documents.items() if record.sha256 is None and not cited.get(iri)),
    )


def _spans(records: Iterable[Statement]) -> dict[str, list[tuple[int, int]]]:
    """Return the cited spans of each document (IRI), ascending."""
    by_document: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for record in records:
        for evidence in record.all_evidence():
            if evidence.start is not None and evidence.end is not None:
                by_document[evidence.document].add((evidence.start, evidence.end))
    return {iri: sorted(pairs) for iri, pairs in by_document.items()}


def _inventory_rows(path: Path) -> list[Mapping[str, Any]]:
    """Read the rows of an inventory; refuse a file of another form."""
    if not path.is_file():
        raise NotFound("inventory", str(path))
    try:
        content = json.loads(path.read_text("utf-8"))
        rows = [part for section in content.values() for row in section for part in _parts(row)]
        if not all(isinstance(row, dict) and "id" in row for row in rows):
            raise ValueError("a row has no id")
        for row in rows:
            _row_spans(row)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise InvalidData(
            [Problem(str(path), None, f"is not an inventory: {error}", "JSON: lists of rows with id and evidence")]
        ) from None
    return rows


def _parts(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the steps of a chain as rows, and any other row as it is."""
    return [{**step, "id": f"{row['id']}.{step['n']}"} for step in row["steps"]] if row.get("steps") else [row]


def _row_spans(row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    return [
        (str(e.get("seed") or e.get("file") or e.get("document")), int(e["start"]), int(e["end"]))
        for e in row.get("evidence", [])
    ]


def _inventory_check(rows: list[Mapping[str, Any]], cited: Spans, by_file: Mapping[str, str]) -> InventoryCheck:
    """Count the rows with a span that overlaps a cited one; ``by_file`` has the documents (IRIs) by file name."""
    touched, in_every_span, untouched = 0, 0, []
    for row in rows:
        spans = _row_spans(row)
        overlaps = [any(a < end and start < b for a, b in cited.get(by_file.get(file, ""), [])) for file, start, end in spans]
        is_touched = any(overlaps) if spans else row.get("file") in by_file
        touched += is_touched
        in_every_span += is_touched and all(overlaps)
        if not is_touched:
            untouched.append(str(row["id"]))
    share = touched / len(rows) if rows else 1.0
    return InventoryCheck(len(rows), touched, share, in_every_span, tuple(untouched))


__all__ = [
    "DocumentCheck", "EvidenceCheck", "InventoryCheck", "Span", "check", "read_documents",
]  # fmt: skip
