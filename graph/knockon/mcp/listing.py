"""Answers of tools: a head and a list of rows, of which as many are sent as fit; and the cursors that continue a list.

Everything that comes from the graph is below ``data``. What is beside it is ours: an assistant can treat all of ``data`` as
quotations, whatever the texts in it demand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from knockon.analysis.answer import JsonObject, JsonValue
from knockon.errors import UsageError

#: The most bytes of an answer, with the text form that repeats it for clients that read only that.
MAX_SIZE = 24_000
#: The arguments that every tool has, which say what part of its answer is sent.
PAGING = ("limit", "cursor")
#: What the protocol itself adds to an answer: the envelope, keys, a cursor.
_ENVELOPE = 900
#: How long texts, and how long lists within a row, may be; the next pair is tried where not one row fits.
_SHORTENED = ((1_200, 60), (300, 12), (60, 4), (12, 1))
_CUT = "texts that end in … and lists that end in … are cut; run_sparql reads them whole"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a tool found, before it is cut into pages.

    Attributes
    ----------
    head
        What is said once.
    key
        The key of the rows, beside those of the head.
    rows
        The rows, in an order that is the same each time.
    total
        How many there are; None where that is unknown, since a search was cut off.
    notes
        What a reader must know, in words of ours alone.
    """

    head: JsonObject
    key: str
    rows: Sequence[JsonValue]
    total: int | None
    notes: tuple[str, ...] = ()


class Cursor(NamedTuple):
    """Where a list continues: the snapshot and day that it is about, the question, and the number of the next row."""

    revision: str
    day: str
    question: str
    start: int

    def to_text(self) -> str:
        """Return the cursor as the opaque text that clients send back."""
        return base64.urlsafe_b64encode(json.dumps(self).encode()).decode().rstrip("=")


def read_cursor(text: str, question: str) -> Cursor:
    """Read a cursor that continues a question.

    Raises
    ------
    UsageError
        It is not a cursor, or one of another question.
    """
    try:
        revision, day, asked, start = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(str(revision), str(day), str(asked), start)
        if type(start) is not int or start < 0:
            raise ValueError(start)
        # It is said beside ``data``, where only words of ours are.
        date.fromisoformat(cursor.day)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise UsageError("this is not a cursor; pass `next` of an answer unchanged, or no cursor to begin again") from None
    if cursor.question != question:
        raise UsageError("this cursor continues another call; repeat the same arguments with it, or begin without a cursor")
    return cursor


def question_of(tool: str, arguments: Mapping[str, JsonValue]) -> str:
    """Return a digest of a call, without what pages it."""
    asked = {name: value for name, value in arguments.items() if name not in PAGING}
    return hashlib.sha256(json.dumps([tool, asked], sort_keys=True).encode()).hexdigest()[:12]


def page(listing: Listing, at: Cursor, limit: int) -> JsonObject:
    """Return the rows from a cursor on, as many as were asked for and fit, and where the list continues."""
    for longest, most in _SHORTENED:
        head, is_cut = shorten(listing.head, longest, most)
        answer: JsonObject = {
            "total": listing.total, "truncated": False, "next": None, "snapshot": at.revision, "today": at.day,
            "notes": list(listing.notes), "data": {},
        }  # fmt: skip
        size = _ENVELOPE + _size(answer) + _size(head)
        rows: list[JsonValue] = []
        for row in listing.rows[at.start : at.start + limit]:
            short, row_is_cut = shorten(row, longest, most)
            size += _size(short)
            if size > MAX_SIZE:
                break
            rows.append(short)
            is_cut |= row_is_cut
        if size <= MAX_SIZE or rows:
            break
    end = at.start + len(rows)
    more = end < len(listing.rows)
    answer["truncated"] = more or listing.total is None or listing.total > len(listing.rows)
    answer["next"] = at._replace(start=end).to_text() if more else None
    answer["notes"] = [*listing.notes, *([_CUT] if is_cut else [])]
    answer["data"] = {**(head if isinstance(head, dict) else {}), listing.key: rows}
    return answer


def _size(value: JsonValue) -> int:
    """Return the bytes of a value in an answer: as it is, and within the text form."""
    text = to_text(value)
    return len(text.encode()) + len(json.dumps(text, ensure_ascii=False).encode())


def to_text(value: JsonValue) -> str:
    """Return a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shorten(value: JsonValue, longest: int, most: int) -> tuple[JsonValue, bool]:
    """Return a value whose texts and inner lists are not longer, and whether anything was cut.

    >>> shorten({"label": "abcdefgh", "ids": [1, 2, 3]}, 5, 2)
    ({'label': 'abcde…', 'ids': [1, 2, '… and 1 more']}, True)
    """
    if isinstance(value, str):
        return (value, False) if len(value) <= longest else (value[:longest] + "…", True)
    if isinstance(value, list):
        items = [shorten(item, longest, most) for item in value[:most]]
        rest: list[JsonValue] = [f"… and {len(value) - most} more"] if len(value) > most else []
        return [item for item, _ in items] + rest, bool(rest) or any(cut for _, cut in items)
    if isinstance(value, dict):
        pairs = [(shorten(key, longest, most), shorten(item, longest, most)) for key, item in list(value.items())[: most + 40]]
        short = {str(key): item for (key, _), (item, _) in pairs}
        if len(value) > most + 40:
            short["…"] = f"and {len(value) - most - 40} more"
        return short, len(value) > most + 40 or any(a or b for (_, a), (_, b) in pairs)
    return value, False


__all__ = ["MAX_SIZE", "PAGING", "Cursor", "Listing", "page", "question_of", "read_cursor", "shorten", "to_text"]
