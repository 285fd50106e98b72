"""Whether every span is where it says: inside its document, whose bytes are the ones that were read."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from knockon.analysis.impact.impact import spans
from knockon.errors import InvalidData, NotFound, Problem
from knockon.model import Document, Statement
from knockon.model.base import SPAN_LIMIT
from knockon.query.names import find
from knockon.store.base import Store
from knockon.vocabulary import local_name

Spans = Mapping[str, list[tuple[int, int]]]


def read_documents(folder: Path) -> dict[str, tuple[str, str]]:
    """The UTF-8 files of a folder by the SHA-256 of their bytes: file name and text, newlines as they are."""
    if not folder.is_dir():
        raise NotFound("folder", str(folder))
    found = {}
    for file in sorted(p for p in folder.iterdir() if p.is_file()):
        content = file.read_bytes()
        try:
            found[hashlib.sha256(content).hexdigest()] = (file.name, content.decode("utf-8"))
        except UnicodeDecodeError:
            continue  # no text, so no document of ours
    return found


def check(store: Store, folder: Path, inventory: Path | None = None) -> dict[str, Any]:
    """Every span against the documents in a folder, and every row of an inventory against the spans.

    A document is recognised by the SHA-256 of its file. A row of the inventory
    (JSON: lists of objects with ``id`` and ``evidence`` of ``start`` and
    ``end`` in a file called ``seed`` or ``file``; ``steps`` are rows of their own) is touched when one of its
    spans shares a character with a span of some record; a row for a document
    itself when that document is there.
    """
    files = read_documents(folder)
    documents = {r.id: r for r in store.records if isinstance(r, Document)}
    placed, outside = _spans(store.records), []
    listed = []
    for iri, record in sorted(documents.items()):
        name, text = files.get(record.sha256 or "", ("", ""))
        mine = sorted(placed.get(iri, []))
        wrong = [span for span in mine if name and not 0 <= span[0] < span[1] <= len(text)]
        outside += [{"document": iri, "start": a, "end": b} for a, b in wrong]
        listed.append(
            {
                "document": iri,
                "id": record.name,
                "file": name or None,
                "matched": bool(name),
                "spans": len(mine),
                "outside": len(wrong),
            }
        )
    every = [(iri, *span) for iri, found in placed.items() for span in found]
    too_long = [{"document": iri, "start": a, "end": b} for iri, a, b in sorted(every) if b - a > SPAN_LIMIT]
    answer: dict[str, Any] = {
        "documents": listed,
        "spans": len(every),
        "outside": outside,
        "too_long": too_long,
        "longest": max((b - a for _, a, b in every), default=0),
        "unsourced_records": sorted(r.id for r in store.records if not isinstance(r, Document) and not list(r.all_evidence())),
    }
    sound = not outside and not too_long and all(row["matched"] for row in listed)
    if inventory is not None:
        by_file = {files[r.sha256][0]: iri for iri, r in documents.items() if r.sha256 in files}
        answer["inventory"] = _touched(_rows(inventory), placed, by_file)
    return {"ok": sound, **answer}


def quotations(store: Store, name: str, folder: Path) -> list[dict[str, Any]]:
    """The words behind a record; None where the folder lacks the document."""
    record = find(store.records, name, "Record", what="record")
    files = read_documents(folder)
    texts = {r.id: files[r.sha256][1] for r in store.records if isinstance(r, Document) and r.sha256 in files}
    rows = []
    for span in spans(record.all_evidence()):
        text = texts.get(span["document"])
        quotation = text[span["start"] : span["end"]] if text is not None else None
        rows.append({**span, "document": local_name(span["document"]), "quotation": quotation})
    return rows


def _spans(records: Iterable[Statement]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for record in records:
        for evidence in record.all_evidence():
            found[evidence.document].add((evidence.start, evidence.end))
    return {iri: sorted(pairs) for iri, pairs in found.items()}


def _rows(path: Path) -> list[Mapping[str, Any]]:
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
            [Problem(str(path), None, f"is no inventory: {error}", "JSON: lists of rows with id and evidence")]
        ) from None
    return rows


def _parts(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A chain counts as its steps, any other row as itself."""
    return [{**step, "id": f"{row['id']}.{step['n']}"} for step in row["steps"]] if row.get("steps") else [row]


def _row_spans(row: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    return [
        (str(e.get("seed") or e.get("file") or e.get("document")), int(e["start"]), int(e["end"]))
        for e in row.get("evidence", [])
    ]


def _touched(rows: list[Mapping[str, Any]], placed: Spans, by_file: Mapping[str, str]) -> dict[str, Any]:
    touched, whole, missed = 0, 0, []
    for row in rows:
        wanted = _row_spans(row)
        hit = [any(a < end and start < b for a, b in placed.get(by_file.get(file, ""), [])) for file, start, end in wanted]
        there = any(hit) if wanted else row.get("file") in by_file
        touched += there
        whole += there and all(hit)
        if not there:
            missed.append(str(row["id"]))
    share = touched / len(rows) if rows else 1.0
    return {"rows": len(rows), "touched": touched, "share": share, "touched_in_every_span": whole, "untouched": missed}
