"""Write the quads of a large store as one sorted file, without holding them: what ``files.to_bytes`` writes, byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, serialize

from knockon.errors import UsageError
from knockon.store.atomic_write import write_stream
from knockon.store.base import Store
from knockon.store.quad_sort import DEFAULT_GRAPH, MEMORY, QuadSorter
from knockon.vocabulary import PREFIXES

#: The formats that say in which graph each triple is, and that are written from one quad to the next.
SORTED_FORMATS = (RdfFormat.N_QUADS, RdfFormat.TRIG)
#: The fewest records of a store of which the quads are sorted outside of memory.
LEAST_SORTED = 20_000
#: How many quads are converted at a time.
_BLOCK = 5_000
#: How many bytes are read at a time.
_BYTES = 1 << 20


def is_sorted_outside(store: Store, form: RdfFormat) -> bool:
    """Return whether the quads of a store are written in a format without holding them: few are written faster at once."""
    return form in SORTED_FORMATS and sum(len(data_set.records) for data_set in store.data_sets) >= LEAST_SORTED


def export_sorted(store: Store, path: Path, form: RdfFormat) -> int:
    """Write all quads of a store in order into a file, atomically, and return their number.

    Raises
    ------
    UsageError
        The file, or a temporary one, cannot be written.
    """
    try:
        with tempfile.TemporaryFile() as whole:
            count = write_sorted(store, form, whole)
            whole.seek(0)
            write_stream(path, whole)
    except OSError as error:
        raise UsageError(f"cannot write a temporary file: {error.strerror}; name another folder for it with TMPDIR") from None
    return count


def sorted_text(store: Store, form: RdfFormat) -> Iterator[str]:
    """Yield the text of all quads of a store in order, in pieces.

    Raises
    ------
    OSError
        A temporary file cannot be written.
    """
    with tempfile.TemporaryFile() as whole:
        write_sorted(store, form, whole)
        whole.seek(0)
        # A line never ends inside a character of several bytes.
        while lines := whole.readlines(_BYTES):
            yield b"".join(lines).decode()


def write_sorted(
    store: Store,
    form: RdfFormat,
    out: IO[bytes],
    *,
    memory: int = MEMORY,
) -> int:
    """Write all quads of a store in order, and return their number.

    Parameters
    ----------
    store
        The store.
    form
        One of ``SORTED_FORMATS``.
    out
        The file; a temporary folder takes as many bytes meanwhile.
    memory
        The most bytes of lines that are sorted at once.

    Raises
    ------
    OSError
        A file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="knockon-export-") as folder:
        sorter = QuadSorter(Path(folder), memory)
        # A stream in all that is needed of it.
        serialize(store.quads(), sorter, RdfFormat.N_QUADS)  # type: ignore[arg-type]
        lines = _Lines(sorter)
        if form == RdfFormat.N_QUADS:
            for block in lines.blocks():
                out.write(block)
        else:
            serialize(_quads(lines), out, form, prefixes=dict(PREFIXES))
        return lines.count


class _Lines:
    """The sorted lines of N-Quads, in blocks, which are counted."""

    def __init__(self, sorter: QuadSorter) -> None:
        self._sorter, self.count = sorter, 0

    def blocks(self) -> Iterator[bytes]:
        lines = (
            b"%b %b %b %b.\n" % (subject, predicate, value, b"" if graph == DEFAULT_GRAPH else graph + b" ")
            for graph, subject, predicate, value in self._sorter.quads()
        )
        while block := list(islice(lines, _BLOCK)):
            self.count += len(block)
            yield b"".join(block)


def _quads(lines: _Lines) -> Iterator[Quad]:
    for block in lines.blocks():
        # The database checked the terms, and not all of what it holds is valid by today's rules.
        yield from pyoxigraph.parse(block, RdfFormat.N_QUADS, lenient=True)


__all__ = ["SORTED_FORMATS", "export_sorted", "is_sorted_outside", "sorted_text", "write_sorted"]
