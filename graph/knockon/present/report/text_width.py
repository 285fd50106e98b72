"""Words in a drawing that cannot measure them: how wide they will be at most, where they break, and which way they run."""

from __future__ import annotations

import unicodedata

from knockon.text import plain

#: Widths in parts of the size of the letters: those of a wide sans serif, so that any other takes less room.
_NARROW, _USUAL, _WIDE, _FULL = 0.34, 0.59, 0.88, 1.05
#: No drawing has room for more; what lies beyond is not even measured.
_LONGEST = 400


def width(text: str, size: float) -> float:
    """How wide a text is at most, in the unit of its size.

    >>> width("ill", 10) < width("low", 10) < width("LOW", 10) < width("大大大", 10)
    True
    """
    return size * sum(map(_letter, text))


def _letter(one: str) -> float:
    if unicodedata.combining(one):
        return 0.0
    if unicodedata.east_asian_width(one) in "WF":
        return _FULL
    if one in "iljtfrI.,:;'|!()[]- ":
        return _NARROW
    if one in "mwMW@%&—…":
        return _WIDE
    return 0.7 if one.isupper() else _USUAL


def clipped(text: str, room: float, size: float) -> str:
    """One line that fits, an ellipsis at its end where something is cut.

    >>> clipped("Recurring licensing revenue", 90, 10), clipped("Short", 90, 10)
    ('Recurring licens…', 'Short')
    """
    return (lines(text, room, size, 1) or [""])[0]


def lines(text: str, room: float, size: float, most: int) -> list[str]:
    """A text in at most so many lines, broken between words; a word that is too long is broken inside.

    >>> lines("Chinese facial recognition training datasets", 80, 10, 3)
    ['Chinese facial', 'recognition', 'training datas…']
    >>> lines("x" * 10_000, 30, 10, 2)
    ['xxxxx', 'xxx…']
    """
    words = plain(text)[:_LONGEST].split()
    found: list[str] = []
    while words and len(found) < most:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        if width(line, size) > room:
            whole = line
            line = _start(whole, room, size)
            # A hyphen is the better place, where it leaves more than a crumb.
            line = line[: line.rfind("-") + 1] if line.rfind("-") > 2 else line
            words.insert(0, whole[len(line) :])
        found.append(line)
    if found and words:
        rest = f"{found[-1]} {words[0]}" if width(found[-1], size) < room * 0.8 else found[-1]
        found[-1] = _start(rest, room - width("…", size), size).rstrip() + "…"
    return found


def _start(text: str, room: float, size: float) -> str:
    """As much of a text as fits, one letter at least."""
    end, used = 0, 0.0
    for one in text:
        used += width(one, size)
        if used > room and end:
            break
        end += 1
    return text[:end]


def right_to_left(text: str) -> bool:
    """Whether a text runs from right to left: its first letter that runs either way decides, as with ``dir="auto"``.

    >>> right_to_left("1. أكمي"), right_to_left("Acme أكمي")
    (True, False)
    """
    for one in text[:_LONGEST]:
        if (way := unicodedata.bidirectional(one)) in {"L", "R", "AL"}:
            return way != "L"
    return False


__all__ = ["clipped", "lines", "right_to_left", "width"]
