"""Messages between a process and its worker: frames with a kind, values in JSON, and bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

_HEAD = struct.Struct(">IQ")
#: The most bytes of the values and of the content of one frame; larger content is sent in several frames.
_MAX_VALUES, _MAX_CONTENT = 2**26, 2**31
#: The size of a chunk in bytes.
CHUNK = 2**18
#: The most bytes of a content that is written together with its head.
_MAX_JOINED = 2**16


class Frame(NamedTuple):
    """One message.

    Kinds that the parent sends: ``query``; ``prepare``, ``stream`` and ``question``, of the server; ``open`` (a folder),
    ``chunk`` and ``end`` (N-Quads), ``losses``, ``row``. Kinds that the worker sends: ``request`` (for data), ``started``,
    ``ready``, ``chunk`` (of an answer), ``answer``, ``error``, ``functions`` (only a worker with a graph has them).
    """

    kind: str
    values: Mapping[str, Any] = {}
    content: bytes = b""


def send(stream: IO[bytes], frame: Frame) -> None:
    """Write one frame to an unbuffered stream."""
    for part in encode(frame):
        rest = memoryview(part)
        while rest:
            rest = rest[stream.write(rest) :]


def encode(frame: Frame) -> tuple[bytes, ...]:
    """Return the bytes of a frame, in the parts in which it is written."""
    values = json.dumps([frame.kind, frame.values]).encode()
    head = _HEAD.pack(len(values), len(frame.content)) + values
    # Copying a short content takes less time than writing twice.
    return (head, frame.content) if len(frame.content) > _MAX_JOINED else (head + frame.content,)


class FrameParser:
    """Frames of a stream that arrives in pieces.

    >>> parser = FrameParser()
    >>> content = b"".join(encode(Frame("chunk", {"size": 3}, b"abc")))
    >>> list(parser.feed(content[:9])), list(parser.feed(content[9:]))
    ([], [Frame(kind='chunk', values={'size': 3}, content=b'abc')])
    """

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete with this piece.

        Raises
        ------
        EOFError
            The other process sent something that is not a frame.
        """
        # Most pieces are whole frames, which need not be copied.
        source: bytes | bytearray = data
        if self._data:
            self._data += data
            source = self._data
        place = 0
        while (ends := _ends(source, place)) is not None:
            middle, end = ends
            kind, values = json.loads(source[place + _HEAD.size : middle].decode())
            yield Frame(kind, values, bytes(source[middle:end]))
            place = end
        if source is self._data:
            del self._data[:place]
        elif place < len(data):
            self._data += data[place:]


def _ends(data: bytes | bytearray, place: int) -> tuple[int, int] | None:
    """Return where the values and the content of the frame at a place end; None if it is not complete."""
    start = place + _HEAD.size
    if len(data) < start:
        return None
    count, size = _HEAD.unpack_from(data, place)
    if count > _MAX_VALUES or size > _MAX_CONTENT:
        raise EOFError
    end: int = start + count + size
    return (end - size, end) if end <= len(data) else None


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
    kind, values = json.loads(_read_exactly(stream, count).decode())
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
