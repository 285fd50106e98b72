"""Data sets as compressed N-Quads, each file named after the SHA-256 of its content, so that revisions share them."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import InvalidData
from knockon.model import DataSet
from knockon.rdf.parse import parse_rdf
from knockon.store.atomic_write import write_durably
from knockon.store.base import authored
from knockon.store.files import from_quads
from knockon.store.pointer import InvalidStore, StoredDataSet
from knockon.store.regular_files import open_regular

FOLDER = "sources"
_ENDING = ".nq.gz"
#: The name of a file in it.
NAME = re.compile(r"[0-9a-f]{64}\.nq\.gz")


def source_path(folder: Path, source: str) -> Path:
    """The file of a source in a store folder."""
    return folder / FOLDER / (source + _ENDING)


def add_source(folder: Path, data_set: DataSet, loaded: str) -> StoredDataSet:
    """Write a data set into the archive of a store folder and describe it."""
    placed = [(record, data_set.graph) for record in (data_set.info, *data_set.records)]
    content = pyoxigraph.serialize([*authored(placed), *data_set.extra], format=RdfFormat.N_QUADS) or b""
    source = hashlib.sha256(content).hexdigest()
    (folder / FOLDER).mkdir(exist_ok=True)
    # Written even if it is there: the one that is there may be damaged.
    write_durably(source_path(folder, source), gzip.compress(content, compresslevel=4, mtime=0))
    info = data_set.info
    return StoredDataSet(info.id, info.title, source, len(content), len(data_set.records), data_set.origin, loaded)


def as_archived(data_set: DataSet, stored: StoredDataSet) -> DataSet:
    """A data set equal to what ``read_source`` gives back, without reading it."""
    records = tuple(sorted(data_set.records, key=lambda record: record.id))
    return replace(data_set, records=records, origin=stored.origin, loaded=stored.loaded, notices=())


def read_source(folder: Path, stored: StoredDataSet) -> DataSet:
    """Read a data set from the archive of a store folder.

    Raises
    ------
    InvalidStore
        The file is missing, or its content is not what was written.
    """
    content = read_content(folder, stored)
    path = source_path(folder, stored.source)
    try:
        quads = parse_rdf(content, RdfFormat.N_QUADS, str(path))
    except InvalidData:
        raise InvalidStore(path) from None
    return replace(from_quads(quads, str(path)), origin=stored.origin, loaded=stored.loaded)


def read_content(folder: Path, stored: StoredDataSet) -> bytes:
    """Read the N-Quads of a data set from the archive of a store folder, compared with their checksum.

    Raises
    ------
    InvalidStore
        The file is missing, or its content is not what was written.
    """
    path = source_path(folder, stored.source)
    try:
        with open_regular(path) as packed, gzip.open(packed) as file:
            content = file.read(stored.size + 1)
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise InvalidStore.unread(path, error) from None
    if hashlib.sha256(content).hexdigest() != stored.source:
        raise InvalidStore(path)
    return content
