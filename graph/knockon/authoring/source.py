"""Files to read: on disk, or standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from knockon.authoring.files import CONTROL, SIZE_LIMIT, encoding_of_mark, printable_path
from knockon.authoring.options import FORMS
from knockon.errors import InvalidData, Problem, UsageError

STDIN = "-"
_HINT = "save it as UTF-8, in a spreadsheet as CSV UTF-8"


@dataclass(frozen=True)
class Source:
    """A file with its name for messages and its ending; ``content`` if it is not on disk.

    >>> Source.of(Path("data/suppliers.CSV")).ending
    '.csv'
    """

    name: str
    stem: str
    ending: str
    path: Path | None = None
    content: bytes = b""
    limited: bool = True

    @classmethod
    def of(cls, path: Path, *, limited: bool = True) -> Source:
        """Create the source for a file on disk; with ``limited`` it must not be larger than ``SIZE_LIMIT``."""
        return cls(printable_path(path), path.stem, path.suffix.lower(), path, limited=limited)

    @cached_property
    def data(self) -> bytes | Problem:
        """The bytes of the file, or the problem with reading it."""
        if self.path is None:
            return self.content
        try:
            if not self.path.is_file():
                return _not_a_file(self.path, self.name)
            if self.limited and self.path.stat().st_size > SIZE_LIMIT:
                return _too_large(self.name)
            return self.path.read_bytes()
        except OSError as error:
            return Problem(self.name, None, f"cannot be read: {error.strerror}")

    def forget(self) -> None:
        """Free the bytes that were read from a file on disk; they are read again when they are asked for."""
        self.__dict__.pop("data", None)

    def text(self, encoding: str = "", hint: str = _HINT) -> str | Problem:
        """Decode the text without its byte order mark, or return the problem.

        Without ``encoding`` it is UTF-8, or what its byte order mark says: UTF-16 or UTF-32.
        """
        content = self.data
        if isinstance(content, Problem):
            return content
        encoding = encoding or encoding_of_mark(content)
        if not encoding and content[1:2] == b"\0":
            return Problem(self.name, None, "is UTF-16 text, not UTF-8", hint)
        try:
            text = content.decode(encoding or "utf-8").removeprefix("\ufeff")
            # Ctrl-Z marked the end of a file in DOS, and some exports still write it.
            text = text.rstrip("\r\n").removesuffix("\x1a") if text.rstrip("\r\n").endswith("\x1a") else text
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else len(content)
            line = content.count(b"\n", 0, start) + 1
            byte = f"byte {content[start]:#04x}" if start < len(content) else "it ends too early"
            return Problem(self.name, line, f"is not {encoding or 'UTF-8'} text ({byte})", hint)
        if control := CONTROL.search(text):
            line = text.count("\n", 0, control.start()) + 1
            return Problem(self.name, line, f"contains the control character U+{ord(control.group()):04X}", "remove it")
        return text


def read_standard_input(form: str) -> Source:
    """Read all of standard input.

    Raises
    ------
    UsageError
        No format is given.
    InvalidData
        The input is larger than the limit for files.
    """
    if not form:
        raise UsageError(f"- is standard input: state its format with --from, one of {', '.join(FORMS)}")
    stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
    content = stream.read(SIZE_LIMIT + 1)
    content = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    if len(content) > SIZE_LIMIT:
        raise InvalidData([_too_large("standard input")])
    return Source("standard input", "stdin", FORMS[form], None, content)


def _too_large(name: str) -> Problem:
    return Problem(name, None, f"is larger than {SIZE_LIMIT // 1_000_000} MB", "split it")


def _not_a_file(path: Path, name: str) -> Problem:
    if path.is_dir():
        return Problem(name, None, "is a folder, not a file", "give the folder a name without this ending")
    return Problem(name, None, "cannot be read: it is not a file", "it may be a broken or circular link")
