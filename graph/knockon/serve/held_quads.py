"""The quads of a small store, which processes hold in memory: see docs/decisions/0069-small-stores-in-memory.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from knockon.serve.bounded_stream import BoundedStream, TooLong
from knockon.worker.store_content import StoreContent

#: The most quads that are held, which take some 25 MB of each process and a quarter of a second to read; and their most bytes.
MOST_QUADS, MOST_BYTES = 50_000, 2**23


def with_quads(content: StoreContent) -> StoreContent:
    r"""Return a content with its quads at hand if they are few, so that processes answer from memory and not from a folder.

    Parameters
    ----------
    content
        The content.

    Returns
    -------
    StoreContent
        The content with ``quads``; as it was if they are more than ``MOST_QUADS``, or have more than ``MOST_BYTES``.

    Examples
    --------
    >>> with_quads(StoreContent("a", lambda out: out.write(b"<urn:x:s> <urn:x:p> <urn:x:o> .\n"))).quads
    b'<urn:x:s> <urn:x:p> <urn:x:o> .\n'
    """
    # A folder with more bytes has more quads still, since it is compressed: that is seen without reading it.
    if content.folder is not None and _size(content.folder) > MOST_BYTES:
        return content
    out = BoundedStream(MOST_BYTES)
    try:
        content.write(cast("IO[bytes]", out))
    except (TooLong, OSError, RuntimeError):
        # What cannot be read is left to the processes that answer, which say so.
        return content
    quads = out.content
    return content if quads.count(b"\n") > MOST_QUADS else replace(content, quads=quads)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


__all__ = ["MOST_BYTES", "MOST_QUADS", "with_quads"]
