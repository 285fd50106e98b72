"""One input of an import: a file on disk, the inside of a gzip file, or a member of a zip archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from knockon.authoring.files import encoding_of_mark
from knockon.errors import InvalidData, Problem
from knockon.readers.unpacking import LimitedStream

_CHUNK = 1 << 16
#: Encodings in which a zero byte is a part of letters.
_WIDE = ("utf-16", "utf16", "utf-32", "utf32")
_HINT = "say how it is encoded, e.g. --encoding cp1252"
#: The first bytes of gzip.
_GZIP = b"\x1f\x8b"
#: The reason for a row with such a byte.
ZERO_BYTE = "contains a zero byte"
#: The character that no text has.
ZERO_CHARACTER = "\0"


@dataclass(frozen=True)
class ForeignFile:
    """A file to import, or a member of an archive.

    Attributes
    ----------
    name
        Its name in messages, printable: ``lists/sdn.csv``, ``lists.zip!sdn.csv``.
    path
        The file on disk.
    member
        The name within the zip archive; empty for a file of its own.
    named
        Whether somebody named this file, and not a folder or archive that it is in.
    encoding
        How its text is encoded, where somebody said it.
    """

    name: str
    path: Path
    member: str = ""
    named: bool = True
    encoding: str = ""

    @property
    def file_name(self) -> str:
        """Its own name, without folders and without ``.gz``."""
        name = PurePosixPath(self.member.replace("\\", "/")).name if self.member else self.path.name
        return name[:-3] if self.is_gzip and name.lower().endswith(".gz") else name

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return PurePosixPath(self.file_name).stem

    @property
    def ending(self) -> str:
        """Its ending in lower case: ``.csv``."""
        return PurePosixPath(self.file_name).suffix.lower()

    @cached_property
    def is_gzip(self) -> bool:
        """Whether it is compressed by gzip."""
        return not self.member and first_bytes(self.path, self.name).startswith(_GZIP)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of its content, unpacked."""
        digest = hashlib.sha256()
        with self.open_binary() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    @cached_property
    def marked_encoding(self) -> str:
        """The encoding that its byte order mark names; empty if it has none."""
        with self.open_binary() as stream:
            return encoding_of_mark(stream.read(4))

    def open_binary(self) -> BinaryIO:
        """Open its content, unpacked.

        Raises
        ------
        InvalidData
            It cannot be read or unpacked, or is larger than the limits for archives.
        """
        try:
            if self.member:
                archive = zipfile.ZipFile(self.path)
                stream: Any = archive.open(self.member)
                packed = archive.getinfo(self.member).compress_size
            elif self.is_gzip:
                stream, packed = gzip.open(self.path), self.path.stat().st_size  # noqa: SIM115 - the caller closes it
            else:
                return self.path.open("rb")
        except OSError as error:
            raise self.fail(None, f"cannot be read: {error.strerror or error}") from None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError) as error:
            raise self.fail(None, f"cannot be unpacked: {error}") from None
        return io.BufferedReader(LimitedStream(stream, self.name, packed), 1 << 18)

    def open_text(self, default: str = "", *, keeps_zeros: bool = False) -> ForeignText:
        """Open its content as text with the line ends that it has.

        A byte order mark at the start and a Ctrl-Z (0x1A) at the end are dropped.

        Parameters
        ----------
        default
            Its encoding where nobody said it, and it has no byte order mark that does; by default UTF-8.
        keeps_zeros
            Whether zero bytes are kept where most lines have none: for a reader that rejects single lines.

        Raises
        ------
        InvalidData
            It cannot be read. While it is read: a character that the encoding does not have, or a zero byte, with the line.
        """
        encoding = self.encoding or self.marked_encoding or default or "utf-8-sig"
        encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        wide = encoding.lower().replace("_", "-").startswith(_WIDE)
        stream = self.open_binary()
        checked = stream if wide else io.BufferedReader(_WithoutControls(stream, self, keeps_zeros=keeps_zeros), 1 << 18)
        return ForeignText(checked, encoding, self)

    def fail(self, line: int | None, message: str, hint: str = "") -> InvalidData:
        """Return the error that this file cannot be read at all, to be raised.

        >>> print(ForeignFile("a.json", Path("a.json")).fail(3, "is not JSON"))
        1 problem:
          a.json:3: is not JSON
        """
        return InvalidData([Problem(self.name, line, message, hint)])


class _WithoutControls(io.RawIOBase):
    """The bytes of a file without a Ctrl-Z at its end; a zero byte is an error with its line.

    ``keeps_zeros`` states that it is one only in a file that is no text from its beginning on.
    """

    def __init__(self, stream: BinaryIO, file: ForeignFile, *, keeps_zeros: bool) -> None:
        self.stream, self.file, self.keeps_zeros = stream, file, keeps_zeros
        self.lines, self.held, self.waiting, self.begun = 1, b"", b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if not self.waiting:
            self.waiting = self._next_chunk()
        count = min(len(view), len(self.waiting))
        view[:count] = self.waiting[:count]
        self.waiting = self.waiting[count:]
        return count

    def _next_chunk(self) -> bytes:
        """Return the next bytes; a tail that may be the end of the file (Ctrl-Z and line ends) is held back."""
        while chunk := self.stream.read(_CHUNK):
            zero = chunk.find(b"\0")
            if zero >= 0 and not (self.keeps_zeros and (self.begun or _is_mostly_text(chunk))):
                line = self.lines + chunk.count(b"\n", 0, zero)
                hint = "if it is UTF-16 text, say --encoding utf-16"
                raise self.file.fail(line, f"{ZERO_BYTE}, so it is not text", hint)
            self.lines, self.begun = self.lines + chunk.count(b"\n"), True
            content = self.held + chunk
            kept = content.rstrip(b"\x1a\r\n")
            # Of many blank lines only the last are held back.
            self.held = content[max(len(kept), len(content) - _CHUNK) :]
            if ready := content[: len(content) - len(self.held)]:
                return ready
        tail, self.held = self.held, b""
        return tail.rstrip(b"\r\n").removesuffix(b"\x1a") if tail.rstrip(b"\r\n").endswith(b"\x1a") else tail

    def close(self) -> None:
        self.stream.close()
        super().close()


def _is_mostly_text(content: bytes) -> bool:
    """Return whether at most half of the lines have a zero byte: UTF-16 and binary data have them in most."""
    lines = [line for line in content.splitlines() if line]
    return 2 * sum(b"\0" in line for line in lines) <= len(lines)


def has_zero_byte(cells: Sequence[str]) -> bool:
    """Return whether a cell of a row contains a zero byte, which no text has."""
    return ZERO_CHARACTER in "".join(cells)


class ForeignText(io.TextIOWrapper):
    """Text whose undecodable bytes are an error with file and line."""

    def __init__(self, stream: BinaryIO, encoding: str, file: ForeignFile) -> None:
        super().__init__(stream, encoding=encoding, newline="")
        self.file, self._encoding = file, encoding

    def __next__(self) -> str:  # type: ignore[override] # typeshed has bytes for all streams
        try:
            return super().__next__()
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def readline(self, size: int = -1) -> str:  # type: ignore[override] # positional in typeshed, as it is used
        """Return the next line, or as many characters of it."""
        try:
            return super().readline(size)
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def lines(self, longest: int = -1) -> Iterator[str]:
        """Yield the lines, in pieces if they are longer than ``longest`` characters: faster than one call for each."""
        try:
            yield from iter(partial(super().readline, longest), "")
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def read(self, size: int | None = -1) -> str:
        """Return the next characters."""
        try:
            return super().read(size)
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def _undecodable(self, error: UnicodeError) -> InvalidData:
        name = "UTF-8" if self._encoding == "utf-8-sig" else self._encoding
        byte = ""
        if isinstance(error, UnicodeDecodeError) and error.start < len(error.object):
            byte = f" (byte {error.object[error.start]:#04x})"
        return self.file.fail(self._undecodable_line(), f"is not {name} text{byte}", _HINT)

    def _undecodable_line(self) -> int | None:
        """Return the first line that cannot be decoded, by reading the file again; None if a line has no meaning in bytes."""
        if self._encoding.lower().startswith(_WIDE):
            return None
        with self.file.open_binary() as stream:
            for number, line in enumerate(stream, 1):
                try:
                    line.decode(self._encoding)
                except UnicodeError:
                    return number
        return None


def first_bytes(path: Path, name: str) -> bytes:
    """Return the first four bytes of a file on disk; ``name`` is what messages call it."""
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as error:
        raise InvalidData([Problem(name, None, f"cannot be read: {error.strerror}")]) from None


__all__ = ["ZERO_BYTE", "ZERO_CHARACTER", "ForeignFile", "ForeignText", "first_bytes", "has_zero_byte"]
