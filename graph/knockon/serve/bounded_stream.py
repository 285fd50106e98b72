"""A stream that keeps what is written into it, up to a number of bytes."""

from __future__ import annotations


class TooLong(Exception):
    """More was written than the stream takes."""


class BoundedStream:
    """A stream that keeps what is written, and raises ``TooLong`` where that is too much.

    Parameters
    ----------
    most
        The most bytes that it takes.

    Examples
    --------
    >>> stream = BoundedStream(5)
    >>> stream.write(b"abc"), stream.content
    (3, b'abc')
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []

    def write(self, content: bytes) -> int:
        """Keep bytes.

        Raises
        ------
        TooLong
            They are too many, together with those before.
        """
        self._most -= len(content)
        if self._most < 0:
            raise TooLong
        self._parts.append(content)
        return len(content)

    def flush(self) -> None:
        """Do nothing: all of it is kept."""

    @property
    def content(self) -> bytes:
        """What was written."""
        return b"".join(self._parts)


__all__ = ["BoundedStream", "TooLong"]
