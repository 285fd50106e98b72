"""Messages between a process and its worker: frames with a kind, values in JSON, and bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

_HEAD = struct.Struct(">IQ")
#: The most bytes of the values and of the content of one frame; larger content is sent in several frames.
_MAX_VALUES, _MAX_CONTENT = 2**26, 2**31
#: The size of a chunk in bytes.
CHUNK = 2**18


class Frame(NamedTuple):
    """One message.

    Kinds that the parent sends: ``query``; ``open`` (a folder), ``chunk`` and ``end`` (N-Quads); ``losses``, ``row``.
    Kinds that the worker sends: ``request`` (for data), ``started``, ``chunk`` (of an answer), ``answer``, ``error``.
    """

    kind: str
    values: Mapping[str, Any] = {}
    content: bytes = b""


def send(stream: IO[bytes], frame: Frame) -> None:
    """Write one frame to an unbuffered stream."""
    values = json.dumps([frame.kind, frame.values]).encode()
    for part in (_HEAD.pack(len(values), len(frame.content)) + values, frame.content):
        rest = memoryview(part)
        while rest:
            rest = rest[stream.write(rest) :]


def receive(stream: IO[bytes]) -> Frame:
    """Wait for the next frame of a stream.

    Raises
    ------
    EOFError
        The other process has ended, or sent something that is not a frame.
    """
    count, size = _HEAD.unpack(_read_exactly(stream, _HEAD.size))
    if count > _MAX_VALUES or size > _MAX_CONTENT:
        raise EOFError
    kind, values = json.loads(_read_exactly(stream, count))
    return Frame(kind, values, _read_exactly(stream, size))


def _read_exactly(stream: IO[bytes], count: int) -> bytes:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


class ChunkWriter:
    """A stream whose content is sent in frames of the kind ``chunk``."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, content: bytes) -> int:
        """Buffer bytes."""
        self._parts.append(content)
        self._size += len(content)
        if self._size >= CHUNK:
            self.flush()
        return len(content)

    def flush(self) -> None:
        """Send the buffered bytes."""
        if self._parts:
            send(self._stream, Frame("chunk", content=b"".join(self._parts)))
            self._parts, self._size = [], 0
