"""The digest of the content of a large store, computed without holding it, and kept beside the database."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

import pyoxigraph

from knockon.rdf.merge import PlacedRecord
from knockon.store.assembly import authored_quads
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.quad_sort import MEMORY, QuadSorter
from knockon.store.write_errors import temporary_error

#: The name of the kept file.
_NAME = "content"
#: The parts of the program that decide how records are written as quads.
_PROGRAM = (".", "model", "rdf", "store")
#: How many quads are written, and how many lines are hashed, at a time.
_BLOCK = 5_000


def content_digest(placed: Iterable[PlacedRecord], *, memory: int = MEMORY) -> str:
    """Return the SHA-256 of the sorted quads of records, as :attr:`Store.revision <knockon.store.base.Store.revision>` has it.

    Parameters
    ----------
    placed
        The records, each once, with the graphs of their data sets.
    memory
        The most bytes of lines that are sorted at once; a temporary folder takes the others, 200 bytes for each quad.

    Raises
    ------
    LimitReached
        The disk of the temporary folder is full.
    UsageError
        It cannot be written.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme")
    >>> content_digest([(acme, "urn:x:data")])[:8]
    'b6ce79ad'
    """
    digest = hashlib.sha256()
    try:
        with tempfile.TemporaryDirectory(prefix="knockon-digest-") as folder:
            sorter = QuadSorter(Path(folder), memory, as_written=True)
            texts = map(str, authored_quads(placed))
            while block := list(islice(texts, _BLOCK)):
                sorter.write("".join([f"{text}\n" for text in block]).encode())
            lines, separator = sorter.lines(), b""
            while part := list(islice(lines, _BLOCK)):
                digest.update(separator + b"\n".join(part))
                separator = b"\n"
    except OSError as error:
        raise temporary_error(error, tempfile.gettempdir()) from None
    return digest.hexdigest()


def kept_digest(files: KeptFiles, records_key: str, placed: Callable[[], Iterable[PlacedRecord]]) -> str:
    """Return the digest of the records of a revision: as it was kept, else computed and kept, where that is possible.

    Parameters
    ----------
    files
        The kept files of the revision.
    records_key
        What its records depend on.
    placed
        Returns the records, each once; called only where the digest was not kept.

    Raises
    ------
    LimitReached, UsageError
        As for ``content_digest``.
    """
    program = program_digest(*_PROGRAM)
    key = f"{program} {pyoxigraph.__version__} {records_key}"
    if program is not None and (digest := _kept(files, key)) is not None:
        return digest
    digest = content_digest(placed())
    if program is not None:
        with suppress(OSError):
            files.write(_NAME, key, partial(_write, digest))
    return digest


def _write(digest: str, path: Path) -> None:
    path.write_text(digest, encoding="ascii")


def _kept(files: KeptFiles, key: str) -> str | None:
    try:
        path = files.find(_NAME, key)
        return None if path is None else path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


__all__ = ["content_digest", "kept_digest"]
