"""Bundled data sets in a form that is read quickly, without parsing their files and validating their records.

The files of a data set remain its source. ``data/prebuilt/NAME.jsonl`` holds the records that were read from them, one in
a line, below a header with a hash of these files, and what the target queries of its shocks select. If a file has changed
since, the hash differs, and the files are read. ``python -m knockon.authoring.generate`` writes it;
docs/decisions/0030-prebuilt-data-sets.md says why.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from knockon.authoring.files import DATASET_FILE, data_files, printable_path
from knockon.bundled import data_set_folder, prebuilt_file
from knockon.errors import Notice
from knockon.model import STATEMENTS, DataSet, DataSetInfo
from knockon.rdf.record_json import from_json, to_json


def read_prebuilt(name: str) -> DataSet | None:
    """Return a bundled data set from its prebuilt form; None if there is none that fits the present files."""
    folder = data_set_folder(name)
    try:
        header, _, body = prebuilt_file(name).read_bytes().partition(b"\n")
        if header != _header(folder, body):
            return None
        return _parse(folder, body)
    except (OSError, KeyError, TypeError, ValueError):
        # There is none, or it was written by a version with other classes or fields. The files are always right.
        return None


def prebuilt(dataset: DataSet, folder: Path) -> bytes:
    """Return the prebuilt form of a data set that was read from the files of a folder."""
    from knockon.authoring.prebuilt_targets import select_targets

    names = {printable_path(file): file.name for file in _files(folder)}
    places = {iri: [names[file], line] for iri, (file, line) in dataset.places.items()}
    notices = [[names.get(n.file, n.file), n.line, n.message, n.hint] for n in dataset.notices]
    records = [[record.rdf_class, to_json(record)] for record in dataset.records]
    targets = [[sorted(absent), queries] for absent, queries in select_targets(dataset).items()]
    rows = (places, notices, to_json(dataset.info), targets, *records)
    body = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
    return _header(folder, body) + b"\n" + body


def _parse(folder: Path, body: bytes) -> DataSet:
    # One call for all lines: a line of JSON contains no line break.
    rows: list[Any] = json.loads(b"[" + b",".join(body.splitlines()) + b"]")
    files = {file.name: printable_path(file) for file in _files(folder)}
    places = {iri: (files[file], line) for iri, (file, line) in rows[0].items()}
    notices = tuple(Notice(files.get(file, file), *rest) for file, *rest in rows[1])
    info = from_json(DataSetInfo, rows[2])
    records = tuple([from_json(STATEMENTS[name], values) for name, values in rows[4:]])
    targets = {frozenset(absent): queries for absent, queries in rows[3]}
    return DataSet(info, records, notices=notices, places=places, targets=targets)


def _header(folder: Path, body: bytes) -> bytes:
    sources = hashlib.sha256()
    for file in _files(folder):
        content = file.read_bytes()
        sources.update(f"{file.name} {len(content)}\n".encode() + content)
    return json.dumps({"sources": sources.hexdigest(), "content": hashlib.sha256(body).hexdigest()}).encode()


def _files(folder: Path) -> list[Path]:
    return [folder / DATASET_FILE, *data_files(folder)]
