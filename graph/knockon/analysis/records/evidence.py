"""Checks of evidence: whether every cited span is inside the document whose file has the recorded SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import cite
from knockon.errors import InvalidData, NotFound, Problem
from knockon.model import Document, Statement
from knockon.model.base import SPAN_LIMIT
from knockon.query.names import find
from knockon.store.base import Store
from knockon.vocabulary import local_name

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
    """The result of comparing every cited span with its document.

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
    """

    json_keys = ("ok", "documents", "spans", "outside", "too_long", "longest", "unsourced_records", "inventory?")

    documents: tuple[DocumentCheck, ...]
    spans: int
    outside: tuple[Span, ...]
    too_long: tuple[Span, ...]
    longest: int
    unsourced_records: tuple[str, ...]
    inventory: InventoryCheck | None = None

    @property
    def ok(self) -> bool:
        """Whether every document was found, and no span is outside or too long."""
        return not self.outside and not self.too_long and all(document.matched for document in self.documents)


@dataclass(frozen=True, slots=True)
class Quotation(Answer):
    """The words of a document that a record cites.

    Attributes
    ----------
    document
        The local name of the document.
    start, end
        The first code point of the words, and the one after the last.
    stance
        What the document does with the statement: Asserts, Alleges, Denies, Hypothesises or Asks.
    quotation
        The words; None where the folder has no such document.
    """

    document: str
    start: int
    end: int
    stance: str
    quotation: str | None


def read_documents(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the name and the text of each UTF-8 file of a folder, by the SHA-256 of its bytes; newlines are unchanged."""
    if not folder.is_dir():
        raise NotFound("folder", str(folder))
    files = {}
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        content = file.read_bytes()
        try:
            files[hashlib.sha256(content).hexdigest()] = (file.name, content.decode("utf-8"))
        except UnicodeDecodeError:
            continue  # not a text, so not a document of the data
    return files


def check(store: Store, folder: Path, inventory: Path | None = None) -> EvidenceCheck:
    """Compare every span with the documents in a folder, and every row of an inventory with the spans.

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
        name, text = files.get(record.sha256 or "", ("", ""))
        spans = sorted(cited.get(iri, []))
        outside_here = [Span(iri, start, end) for start, end in spans if name and not 0 <= start < end <= len(text)]
        outside += outside_here
        rows.append(DocumentCheck(iri, record.name, name or None, bool(name), len(spans), len(outside_here)))
    all_spans = [Span(iri, start, end) for iri, spans in sorted(cited.items()) for start, end in sorted(spans)]
    unsourced = (r.id for r in store.records if not isinstance(r, Document) and not list(r.all_evidence()))
    by_file = {files[r.sha256][0]: iri for iri, r in documents.items() if r.sha256 in files}
    return EvidenceCheck(
        documents=tuple(rows),
        spans=len(all_spans),
        outside=tuple(outside),
        too_long=tuple(span for span in all_spans if span.end - span.start > SPAN_LIMIT),
        longest=max((span.end - span.start for span in all_spans), default=0),
        unsourced_records=tuple(sorted(unsourced)),
        inventory=_inventory_check(_inventory_rows(inventory), cited, by_file) if inventory is not None else None,
    )


def quotations(store: Store, name: str, folder: Path) -> tuple[Quotation, ...]:
    """Return the words that a record cites, in the order of documents and places.

    Raises
    ------
    NotFound
        There is no such record or folder.
    """
    record = find(store.records, name, "Record", what="record")
    files = read_documents(folder)
    texts = {r.id: files[r.sha256][1] for r in store.records if isinstance(r, Document) and r.sha256 in files}
    return tuple(
        Quotation(
            document=local_name(span.document),
            start=span.start,
            end=span.end,
            stance=span.stance,
            quotation=texts[span.document][span.start : span.end] if span.document in texts else None,
        )
        for span in cite(record.all_evidence())
    )


def _spans(records: Iterable[Statement]) -> dict[str, list[tuple[int, int]]]:
    """Return the cited spans of each document (IRI), ascending."""
    by_document: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for record in records:
        for evidence in record.all_evidence():
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


__all__ = ["DocumentCheck", "EvidenceCheck", "InventoryCheck", "Quotation", "Span", "check", "quotations", "read_documents"]
