"""The number of pages of a PDF, without a library that reads PDF: from the root of its tree of pages (ISO 32000, 7.7.3.2)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_PAGES = re.compile(rb"/Type\s{0,9}/Pages(?![A-Za-z])")
_COUNT = re.compile(rb"/Count\s{1,9}([0-9]{1,9})(?![0-9.])")
#: The most bytes of a dictionary, and of the dictionary before a stream.
_WINDOW = 20_000
#: The most bytes that the compressed parts of a PDF are unpacked to, all together and each, and the most parts.
_MAX_UNPACKED, _MAX_PART, _MAX_STREAMS = 100_000_000, 5_000_000, 5_000


def count_pages(data: bytes) -> int | None:
    """Return the number of pages of a PDF; None if it is not found, as in one that is encrypted.

    >>> count_pages(b"%PDF-1.4 1 0 obj << /Type /Pages /Kids [2 0 R] /Count 12 >> endobj")
    12
    """
    counts = [count for part in _parts(data) for count in _counts(part)]
    return max(counts, default=None)


def _counts(part: bytes) -> Iterator[int]:
    """Yield the number of pages below each node of the tree of pages."""
    checked = 0
    for match in _PAGES.finditer(part):
        # Bounded, since what is between the signs of dictionaries may be of any length.
        if match.start() < checked:
            continue
        start = max(part.rfind(b"<<", max(0, match.start() - _WINDOW), match.start()), checked)
        end = part.find(b">>", match.end(), match.end() + _WINDOW)
        end = match.end() + _WINDOW if end < 0 else end
        checked = end
        yield from (int(count) for count in _COUNT.findall(part, start, end))


def _parts(data: bytes) -> Iterator[bytes]:
    """Yield the file as it is, then the unpacked streams of objects in it."""
    yield data
    left, position = _MAX_UNPACKED, 0
    for _ in range(_MAX_STREAMS):
        position = data.find(b"/ObjStm", position)
        if position < 0 or left <= 0:
            return
        start = data.find(b"stream", position, position + _WINDOW)
        position += len(b"/ObjStm")
        if start < 0:
            continue
        start += len(b"stream")
        start += 2 if data[start : start + 2] == b"\r\n" else 1
        try:
            part = zlib.decompressobj().decompress(memoryview(data)[start:], min(_MAX_PART, left))
        except zlib.error:
            continue
        left -= len(part)
        position = start
        yield part


__all__ = ["count_pages"]
