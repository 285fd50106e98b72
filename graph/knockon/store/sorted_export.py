"""Write the quads of a large store as one sorted file, without holding them: what ``files.to_bytes`` writes, byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple, serialize

from knockon.rdf.write import serialise_into
from knockon.store.atomic_write import write_stream
from knockon.store.base import Store
from knockon.store.quad_sort import DEFAULT_GRAPH, MEMORY, QuadSorter
from knockon.store.write_errors import temporary_error
from knockon.vocabulary import PREFIXES

#: The fewest records of a store of which the quads are sorted outside of memory.
LEAST_SORTED = 20_000
#: How many quads are converted at a time.
_BLOCK = 5_000
#: How many bytes are read at a time.
_BYTES = 1 << 20


def is_sorted_outside(store: Store) -> bool:
    """Return whether the quads of a store are written without holding them: few are written faster at once."""
    return sum(len(data_set.records) for data_set in store.data_sets) >= LEAST_SORTED


def export_sorted(store: Store, path: Path, form: RdfFormat) -> int:
    """Write all quads of a store in order into a file, atomically, and return their number.

    Raises
    ------
    LimitReached
        The disk of the file, or of a temporary one, is full.
    UsageError
        The file, or a temporary one, cannot be written.
    """
    try:
        with tempfile.TemporaryFile() as whole:
            count = write_sorted(store, form, whole)
            whole.seek(0)
            write_stream(path, whole)
    except OSError as error:
        raise temporary_error(error, tempfile.gettempdir()) from None
    return count


def sorted_text(store: Store, form: RdfFormat) -> Iterator[str]:
    """Yield the text of all quads of a store in order, in pieces, of which the last one ends with a line.

    Raises
    ------
    OSError
        A temporary file cannot be written.
    """
    with tempfile.TemporaryFile() as whole:
        write_sorted(store, form, whole)
        whole.seek(0)
        # A line never ends inside a character of several bytes.
        last = b"\n"
        while lines := whole.readlines(_BYTES):
            last = lines[-1]
            yield b"".join(lines).decode()
        if not last.endswith(b"\n"):
            yield "\n"


def write_sorted(
    store: Store,
    form: RdfFormat,
    out: IO[bytes],
    *,
    memory: int = MEMORY,
) -> int:
    """Write all quads of a store in order, or its triples where a format has no graphs, and return the number of quads.

    Parameters
    ----------
    store
        The store.
    form
        The format.
    out
        The file; a temporary folder takes as many bytes as N-Quads meanwhile, and for triples twice that.
    memory
        The most bytes of lines that are sorted at once.

    Raises
    ------
    OSError
        A file cannot be written.
    UsageError
        The format cannot represent a quad.
    """
    with tempfile.TemporaryDirectory(prefix="knockon-export-") as folder:
        sorter = QuadSorter(Path(folder), memory)
        if form.supports_datasets:
            _read_into(sorter, store)
            quads, lines = None, _lines(sorter)
        else:
            quads = _sort_triples(store, sorter, Path(folder), memory)
            lines = (b"%b %b %b .\n" % (subject, predicate, value) for _, subject, predicate, value in sorter.quads())
        blocks = _blocks(lines)
        if form in (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES):
            for block in blocks:
                out.write(block)
        else:
            serialise_into(out, _parsed(blocks, form), form, PREFIXES)
        return sorter.count if quads is None else quads


def _read_into(sorter: QuadSorter, store: Store) -> None:
    # A stream in all that is needed of it.
    serialize(store.quads(), sorter, RdfFormat.N_QUADS)  # type: ignore[arg-type]


def _sort_triples(store: Store, sorter: QuadSorter, folder: Path, memory: int) -> int:
    """Write the quads of a store of which the triple is in no earlier graph to a sorter, and return the number of all quads."""
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        by_triple = QuadSorter(Path(beside), memory, by_triple=True)
        _read_into(by_triple, store)
        for block in _blocks(by_triple.first_of_triples()):
            sorter.write(block)
        return by_triple.count


def _lines(sorter: QuadSorter) -> Iterator[bytes]:
    """Yield the lines of sorted quads as N-Quads."""
    return (
        b"%b %b %b %b.\n" % (subject, predicate, value, b"" if graph == DEFAULT_GRAPH else graph + b" ")
        for graph, subject, predicate, value in sorter.quads()
    )


def _blocks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield some thousand lines at a time."""
    while block := list(islice(lines, _BLOCK)):
        yield b"".join(block)


def _parsed(blocks: Iterator[bytes], form: RdfFormat) -> Iterator[Quad | Triple]:
    """Yield the quads of lines, or their triples where a format has no graphs."""
    for block in blocks:
        # The database checked the terms, and not all of what it holds is valid by today's rules.
        quads = pyoxigraph.parse(block, RdfFormat.N_QUADS, lenient=True)
        yield from quads if form.supports_datasets else (quad.triple for quad in quads)


__all__ = ["export_sorted", "is_sorted_outside", "sorted_text", "write_sorted"]
