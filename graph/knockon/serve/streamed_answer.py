"""An answer whose bytes arrive while it is computed."""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import IO

#: The bytes of an answer that are kept in memory, the others in a temporary file; the bytes that are read from it at a time.
_IN_MEMORY, _PART = 2**20, 2**17
#: The most bytes of all answers together that wait in temporary files.
_MAX_IN_FILES = 2**31


class StreamedAnswer:
    """The bytes of an answer: whole, or the parts that a worker sends.

    A worker is free as soon as it has sent its last part, however slowly a client reads.

    Parameters
    ----------
    kind
        ``solutions``, ``boolean`` or ``triples``; for a question the form of its answer.
    free
        Called when nobody reads any more: what computes the answer is stopped.

    Attributes
    ----------
    whole
        All of it, if it was complete before the first byte was sent.
    rows
        Its rows or triples, known at its end.
    cut
        Why it ends early, else empty. Known before the first byte, it is ``rows`` or ``size``, and the answer is a valid
        document with the first rows. Later it may also be ``time``, ``memory`` or ``lost``, and the iteration raises an error.

    Examples
    --------
    >>> async def read():
    ...     answer = StreamedAnswer("solutions", lambda: None)
    ...     answer.feed(b"first ")
    ...     answer.feed(b"last")
    ...     answer.end(2)
    ...     return [part async for part in answer], answer.rows
    >>> asyncio.run(read())
    ([b'first ', b'last'], 2)
    """

    #: The bytes of all answers that wait in temporary files.
    in_files = 0

    def __init__(self, kind: str, free: Callable[[], None], whole: bytes | None = None, rows: int = 0, cut: str = "") -> None:
        self.kind, self.whole, self.rows, self.cut = kind, whole, rows, cut
        self._free = free
        self._parts = deque(() if whole is None else (whole,))
        self._kept = self._written = self._read = 0
        self._file: IO[bytes] | None = None
        self._ended, self._closed = whole is not None, False
        self._error: Exception | None = None
        self._changed = asyncio.Event()

    def feed(self, part: bytes) -> None:
        """Add a part.

        Raises
        ------
        OSError
            There is no room for it.
        """
        if self._closed:
            return
        if self._file is None and self._kept + len(part) <= _IN_MEMORY:
            self._parts.append(part)
            self._kept += len(part)
        else:
            if StreamedAnswer.in_files + len(part) > _MAX_IN_FILES:
                raise OSError("too much waits for clients that do not read")
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when it was read
            self._file.seek(self._written)
            self._file.write(part)
            self._written += len(part)
            StreamedAnswer.in_files += len(part)
        self._changed.set()

    def end(self, rows: int, cut: str = "", error: Exception | None = None) -> None:
        """Take note that no part follows, and of the limit and the error that cut the answer."""
        self.rows, self.cut, self._error, self._ended = rows, cut, error, True
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the parts.

        Raises
        ------
        LimitReached
            The answer is cut here: the connection must be aborted, so that nobody takes it for the whole.
        """
        try:
            while True:
                if part := self._next():
                    yield part
                elif self._ended:
                    break
                else:
                    self._changed.clear()
                    await self._changed.wait()
            if self._error is not None:
                raise self._error
        finally:
            await self.aclose()

    def _next(self) -> bytes:
        """Return the next part; nothing if none is there yet."""
        if self._parts:
            part = self._parts.popleft()
            self._kept -= len(part)
            return part
        if self._file is None or self._read == self._written:
            return b""
        self._file.seek(self._read)
        part = self._file.read(_PART)
        self._read += len(part)
        if self._read == self._written and not self._ended:
            # What follows has room in memory again.
            self._drop_file()
        return part

    async def aclose(self) -> None:
        """Drop what was not read, and stop the worker if it still computes the answer."""
        self._closed = True
        self._parts.clear()
        self._drop_file()
        if not self._ended:
            self._ended = True
            self._free()

    def _drop_file(self) -> None:
        if self._file is not None:
            self._file.close()
            StreamedAnswer.in_files -= self._written
            self._file, self._read, self._written = None, 0, 0
