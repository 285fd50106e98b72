"""Bulk export: all quads of a store, sorted, as N-Quads in several files with a manifest, in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat, serialize

from knockon.errors import LimitReached, UsageError
from knockon.store.atomic_write import sync, temporary_folder, write_durably
from knockon.store.base import Store
from knockon.store.output_paths import check_output_folder
from knockon.store.parts_manifest import MANIFEST, QuadPart, QuadParts, is_parts_folder
from knockon.store.quad_sort import DEFAULT_GRAPH, MEMORY, QuadSorter
from knockon.store.replaced_folder import move_into_place, restore
from knockon.store.write_errors import disk_error, full_disk_message, is_full
from knockon.vocabulary import DCTERMS, KO, RDF

#: The most quads of a part, and the most bytes of its text, where the caller does not choose.
PART_QUADS, PART_BYTES = 5_000_000, 2**30
_TYPE, _DATA_SET = f"<{RDF}type>".encode(), f"<{KO}DataSetInfo>".encode()
_LICENSE = f"<{DCTERMS}license>".encode()
#: How many lines are written at once, and how many are between two calls for progress.
_BLOCK = 2_000
#: Fast, and 15 times smaller than the text.
_LEVEL = 6


def write_parts(
    store: Store,
    folder: Path,
    *,
    most_quads: int = PART_QUADS,
    most_bytes: int = PART_BYTES,
    compress: bool = False,
    memory: int = MEMORY,
    progress: Callable[[str, int, int], None] | None = None,
) -> QuadParts:
    """Write all quads of a store as sorted N-Quads in several files of one folder, which appears whole or not at all.

    Together the parts are, byte by byte, what ``files.to_bytes`` writes as N-Quads. The quads are never in memory at once.

    Parameters
    ----------
    store
        The store.
    folder
        A folder that does not exist, or an earlier export, which is replaced.
    most_quads, most_bytes
        The most quads of a part, and the most bytes of its text (before it is compressed), but for one longer line.
    compress
        Compress each part with gzip.
    memory
        The most bytes of lines that are sorted at once.
    progress
        Called with what is done, the quads so far and the quads in all (0: not known yet).

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        A limit is not positive, something else is at that path, or it cannot be written.
    """
    if most_quads < 1 or most_bytes < 1:
        raise UsageError("a part has at least 1 quad and 1 byte; give a higher limit")
    check_output_folder(folder)
    try:
        restore(folder)
        if os.path.lexists(folder) and not is_parts_folder(folder) and not _is_empty(folder):
            raise UsageError(f"{folder} exists already and is not an export of quads; name a new folder")
        with temporary_folder(folder) as beside:
            writer = _Writer(beside, most_quads, most_bytes, compress=compress)
            _sort_into(writer, store, beside / "runs", memory, progress or (lambda *_: None))
            manifest = writer.manifest()
            write_durably(beside / MANIFEST, manifest.to_bytes())
            if _is_empty(folder):
                folder.rmdir()
            move_into_place(beside, folder)
            sync(folder.absolute().parent)
    except OSError as error:
        number, reason = disk_error(error)
        if is_full(number):
            need = "sorted text needs about 200 bytes a quad, and as much again for temporary files"
            raise LimitReached(f"{full_disk_message(folder.parent, number)}: nothing was written ({need})") from None
        raise UsageError(f"cannot write {folder}: {reason}; nothing was written") from None
    return manifest


def _sort_into(writer: _Writer, store: Store, runs: Path, memory: int, show: Callable[[str, int, int], None]) -> None:
    """Write the quads of a store sorted, by way of a folder for temporary files, which is removed."""
    runs.mkdir()
    sorter = QuadSorter(runs, memory)
    reader = _Counted(sorter, lambda count: show("reading", count, 0))
    # A stream in all that is needed of it.
    serialize(store.quads(), reader, RdfFormat.N_QUADS)  # type: ignore[arg-type]
    writer.write_all(sorter.quads(), lambda count: show("writing", count, reader.count))
    shutil.rmtree(runs)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


class _Counted:
    """A stream that counts the lines that it passes on."""

    def __init__(self, stream: QuadSorter, show: Callable[[int], None]) -> None:
        self._stream, self._show, self.count = stream, show, 0

    def write(self, content: bytes) -> int:
        self.count += content.count(b"\n")
        self._show(self.count)
        return self._stream.write(content)

    def flush(self) -> None:
        pass


class _HashedFile:
    """A file with the SHA-256 and the number of the bytes that were written to it."""

    def __init__(self, path: Path) -> None:
        self.file, self.sha256, self.size = path.open("xb"), hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.sha256.update(content)
        self.size += len(content)
        return self.file.write(content)

    def flush(self) -> None:
        self.file.flush()


class _OpenPart:
    """The part that is being written."""

    def __init__(self, path: Path, *, compress: bool) -> None:
        self.path, self.quads, self.text_bytes = path, 0, 0
        self.graphs, self.first, self.last = 0, b"", b""
        self._file = _HashedFile(path)
        # No name and no time: the same text gives the same bytes.
        self._zip = gzip.GzipFile("", "wb", _LEVEL, self._file, 0) if compress else None
        self.write: Callable[[bytes], int] = self._zip.write if self._zip else self._file.write

    def add(self, graph: bytes, line: bytes) -> None:
        """Count a line."""
        if graph != self.last or not self.quads:
            self.graphs += 1
            self.first = self.first or graph
            self.last = graph
        self.quads += 1
        self.text_bytes += len(line)

    def close(self) -> None:
        """Close the file, which may be incomplete."""
        for file in (self._zip, self._file.file):
            with suppress(OSError, ValueError):
                if file is not None:
                    file.close()

    def finish(self) -> QuadPart:
        """Wait until the file is on the disk, and describe it."""
        if self._zip is not None:
            self._zip.close()
        self._file.flush()
        os.fsync(self._file.file.fileno())
        self._file.file.close()
        ends = _name(self.first), _name(self.last)
        digest = self._file.sha256.hexdigest()
        return QuadPart(self.path.name, self.quads, self.text_bytes, self._file.size, digest, self.graphs, *ends)


class _Writer:
    """Writes sorted quads into parts, and collects what the manifest says."""

    def __init__(self, folder: Path, most_quads: int, most_bytes: int, *, compress: bool) -> None:
        self._folder, self._most_quads, self._most_bytes, self._compress = folder, most_quads, most_bytes, compress
        self._parts: list[QuadPart] = []
        self._sha256 = hashlib.sha256()
        self._graphs, self._last = 0, b""
        self._data_sets: set[bytes] = set()
        self._licenses: Counter[bytes] = Counter()

    def write_all(self, quads: Iterator[tuple[bytes, bytes, bytes, bytes]], show: Callable[[int], None]) -> None:
        """Write all quads; of no quads one empty part."""
        part = self._open()
        lines: list[bytes] = []
        count = 0
        try:
            for graph, subject, predicate, value in quads:
                place = b"" if graph == DEFAULT_GRAPH else graph + b" "
                line = b"%b %b %b %b.\n" % (subject, predicate, value, place)
                if part.quads and (part.quads >= self._most_quads or part.text_bytes + len(line) > self._most_bytes):
                    self._write_lines(part, lines)
                    self._parts.append(part.finish())
                    part = self._open()
                part.add(graph, line)
                self._note(graph, subject, predicate, value)
                lines.append(line)
                count += 1
                if len(lines) >= _BLOCK:
                    self._write_lines(part, lines)
                    show(count)
            self._write_lines(part, lines)
            self._parts.append(part.finish())
        finally:
            part.close()

    def _open(self) -> _OpenPart:
        ending = ".nq.gz" if self._compress else ".nq"
        return _OpenPart(self._folder / f"part-{len(self._parts) + 1:06}{ending}", compress=self._compress)

    def _write_lines(self, part: _OpenPart, lines: list[bytes]) -> None:
        text = b"".join(lines)
        self._sha256.update(text)
        part.write(text)
        lines.clear()

    def _note(self, graph: bytes, subject: bytes, predicate: bytes, value: bytes) -> None:
        if graph != self._last:
            self._graphs += 1
            self._last = graph
        if predicate == _TYPE and value == _DATA_SET:
            self._data_sets.add(subject)
        elif predicate == _LICENSE:
            self._licenses[value] += 1

    def manifest(self) -> QuadParts:
        """Return the manifest of what was written."""
        licenses = Counter[str]()
        for term, count in self._licenses.items():
            licenses[_text(term)] += count
        return QuadParts(
            self._sha256.hexdigest(),
            sum(part.quads for part in self._parts),
            sum(part.text_bytes for part in self._parts),
            self._graphs,
            tuple(sorted(map(_text, self._data_sets))),
            tuple(sorted(licenses.items())),
            tuple(self._parts),
        )


def _name(graph: bytes) -> str | None:
    return None if graph in (b"", DEFAULT_GRAPH) else _text(graph)


def _text(term: bytes) -> str:
    r"""Return the text of a term of N-Quads.

    >>> _text(b"<urn:x:a>"), _text(b'"a \\"b\\""'), _text(b"_:b")
    ('urn:x:a', 'a "b"', '_:b')
    """
    if term.startswith(b"_:"):
        return term.decode()
    (quad,) = pyoxigraph.parse(b"<urn:x> <urn:x> %b ." % term, format=RdfFormat.N_TRIPLES)
    return str(quad.object.value)


__all__ = ["PART_BYTES", "PART_QUADS", "write_parts"]
