"""Limits for compressed files: a small archive may unpack to more than a disk holds."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from knockon.errors import InvalidData, Problem

#: The most bytes that one compressed file may unpack to.
MAX_UNPACKED = 20_000_000_000
#: The greatest ratio of unpacked to packed size, which counts from the first ``FREE`` bytes on: text packs about 20 to 1.
MAX_RATIO, FREE = 250, 16_000_000
#: The most members of an archive.
MAX_MEMBERS = 1_000


class LimitedStream(io.RawIOBase):
    """The unpacked bytes of a compressed stream, which stop with an error at the limits.

    Parameters
    ----------
    stream
        The unpacked bytes.
    name
        The file, for messages.
    packed
        Its size in bytes, compressed.

    Examples
    --------
    >>> LimitedStream(io.BytesIO(b"a,b"), "a.csv.gz", 30).read()
    b'a,b'
    """

    def __init__(self, stream: BinaryIO, name: str, packed: int) -> None:
        self.stream, self.name = stream, name
        self.limit = min(MAX_UNPACKED, FREE + packed * MAX_RATIO)
        self.count = 0

    def readable(self) -> bool:
        """Return True: it is read from."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read bytes into a buffer.

        Raises
        ------
        InvalidData
            The stream is damaged, or larger than the limits.
        """
        view = memoryview(buffer)  # type: ignore[arg-type] # any writable buffer, which typeshed names only in stubs
        try:
            content = self.stream.read(len(view))
        except (OSError, EOFError, zlib.error, RuntimeError, NotImplementedError, ValueError) as error:
            raise InvalidData([Problem(self.name, None, f"cannot be unpacked: {error}")]) from None
        self.count += len(content)
        if self.count > self.limit:
            message = f"unpacks to more than {self.limit // 1_000_000:,} MB, which is not plausible for data"
            raise InvalidData([Problem(self.name, None, message, "unpack it, look at it, and import the files")])
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Close the stream below too."""
        self.stream.close()
        super().close()
