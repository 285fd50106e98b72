"""Cells of the file of rejected rows: text of the rows, escaped where it reads like something of the file itself."""

from __future__ import annotations

import re

from knockon.authoring.files import CONTROL
from knockon.controls import escape_controls
from knockon.text import cell, parse_cell


class FileCell(str):
    """Text of the file and not of a row: the mark of a cell that it lacks, JSON that is not valid, a column of the file."""

    __slots__ = ()


#: A cell that a row does not have.
MISSING = FileCell("(missing)")
#: Text of a row that looks like that mark, with the backslashes before it.
_LIKE_MISSING = re.compile(rf"(\s*)(\\*)({re.escape(MISSING)}\s*)")
#: What no record can have (see authoring/files.py), and C1 controls. Marks of writing directions, which names have, are kept.
_CONTROLS = re.compile(f"{CONTROL.pattern}|[\x7f-\x9f]")
#: Such a character as ``escape_controls`` writes it, or text that looks like one, with the backslashes before it.
_ESCAPES = re.compile(r"(\\+)(x[0-9a-f]{2}|u[0-9a-f]{4})")


def written(text: str) -> str:
    """Return the cell of the file for a text of a row; ``original`` is the reverse."""
    if not isinstance(text, FileCell) and (marked := _LIKE_MISSING.fullmatch(text)):
        text = f"{marked[1]}\\{marked[2]}{marked[3]}"
    # Text that looks like an escape gets one more backslash, so that it is read back as it is.
    text = _ESCAPES.sub(lambda match: f"\\{match[0]}" if _is_escape(match[2]) else match[0], text)
    return cell(_CONTROLS.sub(lambda match: escape_controls(match[0]) if match[0] < "\ufffe" else _code(match[0]), text))


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _is_escape(code: str) -> bool:
    return bool(_CONTROLS.fullmatch(chr(int(code[1:], 16))))


def original(text: str) -> str:
    r"""Return the text of a cell of the file as it was in the row.

    >>> original("'=1"), original("''=1"), original("A\\x1b") == "A\x1b", original("A\\\\x1b") == "A\\x1b"
    ('=1', "'=1", True, True)
    >>> original("\\(missing)")
    '(missing)'
    """

    def restored(match: re.Match[str]) -> str:
        if not _is_escape(match[2]):
            return match[0]
        slashes = match[1][1:]
        return slashes + (match[2] if slashes else chr(int(match[2][1:], 16)))

    text = _ESCAPES.sub(restored, parse_cell(text))
    marked = _LIKE_MISSING.fullmatch(text)
    return f"{marked[1]}{marked[2][1:]}{marked[3]}" if marked else text


__all__ = ["MISSING", "FileCell", "original", "written"]
