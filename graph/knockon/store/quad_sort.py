"""Sort more N-Quads than memory holds: sorted runs in temporary files, merged a limited number at a time.

The order is that of every export of Knock-on: by graph, then subject, with its types first, then property and object, each as
N-Quads writes it, by code point.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from knockon.vocabulary import RDF

#: The most bytes of lines that are sorted at once, with what Python needs for each; and the most runs that are merged at once.
MEMORY, _MOST_OPEN = 64 << 20, 64
_PER_LINE = 49
_BUFFER = 1 << 18
_TYPE = f"<{RDF}type>".encode()
#: What stands for the default graph where graphs are compared; no other graph is written so.
DEFAULT_GRAPH = b"DEFAULT"


class QuadSorter:
    r"""A stream that takes N-Quads and gives them back sorted, each once.

    Parameters
    ----------
    folder
        An empty folder for temporary files, which take as many bytes as the quads, and while many runs are merged twice that.
    memory
        The most bytes of lines that are held at once.
    by_triple
        Sort by triples, and by their graphs last, for ``first_of_triples``.
    as_written
        Sort the lines as they are, for ``lines``.

    Attributes
    ----------
    count
        How many different quads were given back.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorter = QuadSorter(Path(folder))
    ...     _ = sorter.write(b"<urn:b> <urn:p> <urn:o> <urn:g> .\n<urn:a> <urn:p> <urn:o> <urn:g> .\n")
    ...     [subject for graph, subject, _, _ in sorter.quads()]
    [b'<urn:a>', b'<urn:b>']
    """

    def __init__(self, folder: Path, memory: int = MEMORY, *, by_triple: bool = False, as_written: bool = False) -> None:
        self._folder, self._memory = folder, memory
        self._key = bytes if as_written else _triple_key if by_triple else _key
        self.count = 0
        self._keys: list[bytes] = []
        self._size, self._made = 0, 0
        self._rest = b""
        self._runs: list[Path] = []

    def write(self, content: bytes) -> int:
        """Take a piece of N-Quads, which may end within a line."""
        *lines, self._rest = (self._rest + content).split(b"\n")
        for line in lines:
            self._keys.append(self._key(line))
            self._size += len(line) + _PER_LINE
        if self._size > self._memory:
            self._end_run()
        return len(content)

    def flush(self) -> None:
        """Do nothing: what was written is kept until ``quads``."""

    def quads(self) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
        """Yield graph, subject, property and object of each quad, as N-Quads writes them; DEFAULT_GRAPH for no graph."""
        return map(_terms, self._counted())

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, without their ends, where they are sorted as they are."""
        return self._counted()

    def first_of_triples(self) -> Iterator[bytes]:
        """Yield the line of each triple in the first of its graphs, where quads are sorted by triple."""
        last = b""
        for key in self._counted():
            triple, _, graph = key.rpartition(b"\t")
            if triple != last:
                last = triple
                place = b"" if graph == DEFAULT_GRAPH else graph + b" "
                yield b"%b %b.\n" % (triple, place)

    def _counted(self) -> Iterator[bytes]:
        for key in self._sorted():
            self.count += 1
            yield key

    def _sorted(self) -> Iterator[bytes]:
        """Yield the keys of all lines in their order, each once."""
        if self._rest:
            self.write(b"\n")
        if not self._runs:
            yield from _distinct(sorted(self._keys))
            return
        self._end_run()
        while len(self._runs) > _MOST_OPEN:
            merged, self._runs = self._runs[:_MOST_OPEN], self._runs[_MOST_OPEN:]
            self._runs.append(self._write_run(_merge(merged)))
            for path in merged:
                path.unlink()
        yield from _merge(self._runs)

    def _end_run(self) -> None:
        """Write the lines that are held to a sorted file."""
        self._keys.sort()
        self._runs.append(self._write_run(self._keys))
        self._keys, self._size = [], 0

    def _write_run(self, keys: Iterable[bytes]) -> Path:
        self._made += 1
        path = self._folder / f"run-{self._made}"
        with path.open("xb", buffering=_BUFFER) as file:
            file.writelines(key + b"\n" for key in keys)
        return path


def _merge(runs: Sequence[Path]) -> Iterator[bytes]:
    """Yield the lines of sorted files in one order, each once."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb", buffering=_BUFFER)) for path in runs]
        yield from _distinct(heapq.merge(*map(_lines, files)))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    return (line[:-1] for line in file)


def _distinct(ordered: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for key in ordered:
        if key != last:
            yield key
            last = key


def _key(line: bytes) -> bytes:
    r"""Return a line of N-Quads in the form whose bytes sort as quads do.

    A tab separates the terms: it sorts before all that a name may have, and the object is the last.

    >>> _key(b'<urn:s> <urn:p> "a b" .')
    b'DEFAULT\t<urn:s>\t1<urn:p>\t"a b"'
    """
    subject, predicate, rest = line.split(b" ", 2)
    value, graph = _value_and_graph(rest)
    return b"\t".join((graph, subject, (b"0" if predicate == _TYPE else b"1") + predicate, value))


def _triple_key(line: bytes) -> bytes:
    r"""Return a line of N-Quads with a tab before the graph, so that quads of one triple follow each other.

    >>> _triple_key(b'<urn:s> <urn:p> "a b" <urn:g> .')
    b'<urn:s> <urn:p> "a b"\t<urn:g>'
    """
    subject, predicate, rest = line.split(b" ", 2)
    value, graph = _value_and_graph(rest)
    return b"%b %b %b\t%b" % (subject, predicate, value, graph)


def _value_and_graph(rest: bytes) -> tuple[bytes, bytes]:
    """Return the object and the graph at the end of a line of N-Quads."""
    rest = rest[:-2]
    value, _, graph = rest.rpartition(b" ")
    # The last word is no graph if it is the end of a literal or of a triple term.
    return (rest, DEFAULT_GRAPH) if not value or b'"' in graph or graph == b")>>" else (value, graph)


def _terms(key: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    graph, subject, predicate, value = key.split(b"\t", 3)
    return graph, subject, predicate[1:], value


__all__ = ["DEFAULT_GRAPH", "MEMORY", "QuadSorter"]
