"""Text in an SVG drawing, which cannot measure it: its greatest width, its line breaks, and its direction."""

from __future__ import annotations

import unicodedata

from knockon.text import plain

#: Widths relative to the font size: those of a wide sans serif, so that any other font is narrower.
_NARROW, _USUAL, _WIDE, _FULL = 0.34, 0.59, 0.88, 1.05
#: The most characters that are measured; no drawing has room for more.
_LONGEST = 400


def width(text: str, size: float) -> float:
    """Return the greatest width of a text, in the unit of its font size.

    >>> width("ill", 10) < width("low", 10) < width("LOW", 10) < width("大大大", 10)
    True
    """
    return size * sum(map(_letter, text))


def _letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    if letter in "iljtfrI.,:;'|!()[]- ":
        return _NARROW
    if letter in "mwMW@%&—…":
        return _WIDE
    return 0.7 if letter.isupper() else _USUAL


def clipped(text: str, room: float, size: float) -> str:
    """Return a text as one line of at most ``room``, with an ellipsis if it was cut.

    >>> clipped("Recurring licensing revenue", 90, 10), clipped("Short", 90, 10)
    ('Recurring licens…', 'Short')
    """
    return (lines(text, room, size, 1) or [""])[0]


def lines(text: str, room: float, size: float, most: int) -> list[str]:
    """Return a text in at most ``most`` lines, broken between words; a word that is too long is broken inside.

    >>> lines("Chinese facial recognition training datasets", 80, 10, 3)
    ['Chinese facial', 'recognition', 'training datas…']
    >>> lines("x" * 10_000, 30, 10, 2)
    ['xxxxx', 'xxx…']
    """
    words = plain(text)[:_LONGEST].split()
    broken: list[str] = []
    while words and len(broken) < most:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        if width(line, size) > room:
            word = line
            line = _start(word, room, size)
            # A break after a hyphen is better, unless it leaves one or two letters.
            line = line[: line.rfind("-") + 1] if line.rfind("-") > 2 else line
            words.insert(0, word[len(line) :])
        broken.append(line)
    if broken and words:
        last = f"{broken[-1]} {words[0]}" if width(broken[-1], size) < room * 0.8 else broken[-1]
        broken[-1] = _start(last, room - width("…", size), size).rstrip() + "…"
    return broken


def _start(text: str, room: float, size: float) -> str:
    """Return as much of a text as fits, at least one letter."""
    end, total = 0, 0.0
    for letter in text:
        total += width(letter, size)
        if total > room and end:
            break
        end += 1
    return text[:end]


def right_to_left(text: str) -> bool:
    """Return whether a text runs from right to left, by its first letter with a direction, as ``dir="auto"`` does.

    >>> right_to_left("1. أكمي"), right_to_left("Acme أكمي")
    (True, False)
    """
    for letter in text[:_LONGEST]:
        if (direction := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return direction != "L"
    return False


__all__ = ["clipped", "lines", "right_to_left", "width"]
