"""Files as text: UTF-8 and nothing else, with the line of whatever is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

from knockon.errors import Problem

#: The models refuse these too: XML and Turtle cannot carry them, and a lone surrogate has no UTF-8.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Of a file, in bytes.
SIZE_LIMIT = 100_000_000
_HINT = "save it as UTF-8, in a spreadsheet as CSV UTF-8"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def shown(path: Path) -> str:
    r"""A path as it can be printed, whatever bytes its name is made of.

    >>> shown(Path("a\nb.yaml"))
    'a\\nb.yaml'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))


def read_text(path: Path) -> str | Problem:
    """The text of a file without its byte order mark, or what is wrong with the file."""
    name = shown(path)
    try:
        if not path.is_file():
            return _no_file(path, name)
        if path.stat().st_size > SIZE_LIMIT:
            return Problem(name, None, f"is larger than {SIZE_LIMIT // 1_000_000} MB", "split it")
        content = path.read_bytes()
    except OSError as error:
        return Problem(name, None, f"cannot be read: {error.strerror}")
    if content.startswith(_UTF16) or content[1:2] == b"\0":
        return Problem(name, None, "is UTF-16 text, not UTF-8", _HINT)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(name, line, f"is no UTF-8 text (byte {content[error.start]:#04x})", _HINT)
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return Problem(name, line, f"holds the control character U+{ord(found.group()):04X}", "take it out")
    return text


def _no_file(path: Path, name: str) -> Problem:
    if path.is_dir():
        return Problem(name, None, "is a folder, not a file", "give the folder a name without this ending")
    return Problem(name, None, "cannot be read: it is no file", "is it a link to nothing, or to itself?")
