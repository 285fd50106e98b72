"""Phrases that several answers have in common: numbers, losses and lists in words, and the note on a run that was stopped."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.methods import METHODS
from knockon.text import Fixed, Span, plain

#: The caveat on losses of a run that its cap stopped.
CAPPED = "Stopped by its cap: losses may be too low"
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def loss_range(loss: float, low: float, high: float) -> str:
    """Return a loss with its range.

    >>> loss_range(0.45, 0.05, 1.0)
    '0.45 (0.05-1.00)'
    """
    return f"{loss:.2f} ({low:.2f}-{high:.2f})"


def loss_cells(loss: float, low: float, high: float) -> dict[str, object]:
    """Return the cells ``loss`` and ``range`` of a table."""
    return {"loss": Fixed(loss), "range": Span(Fixed(low), Fixed(high))}


def capped(model: str) -> str:
    """Return the note on a run that its cap stopped."""
    return METHODS[model].capped


def titled(label: str, *, truncated: bool) -> str:
    """Return the title of a table, which says if its run was stopped by its cap."""
    return f"{label} ({CAPPED[0].lower()}{CAPPED[1:]})" if truncated else label


def number_word(number: int) -> str:
    """Return a number up to ten as a word.

    >>> number_word(0), number_word(10), number_word(1200)
    ('no', 'ten', '1,200')
    """
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number of things in words; ``plural`` is by default the singular with an s.

    >>> count(1, "step"), count(2, "entity", "entities"), count(1200, "step")
    ('one step', 'two entities', '1,200 steps')
    """
    return f"{number_word(number)} {singular if number == 1 else plural or singular + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return several things in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def percent(value: float) -> str:
    """Return a share (0..1) as a percentage that is 0 or 100 only if the share is that, to six places.

    >>> percent(0.456), percent(0.0), percent(0.001), percent(0.999), percent(1.0), percent(1 - 1e-16)
    ('46%', '0%', '<1%', '>99%', '100%', '100%')
    """
    # What differs from 0, from 1 or from a half by rounding alone is that, so that all pages write the same.
    share = round(value, 6)
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def percent_range(low: float, high: float) -> str:
    """Return the range of a loss.

    >>> percent_range(0.3, 0.6), percent_range(1.0, 1.0)
    ('30–60%', '100%')
    """
    first, last = percent(low), percent(high)
    return last if first == last else f"{first.removesuffix('%')}–{last}"


def shortened(text: object, length: int = 160) -> str:
    """Return a text of at most ``length`` characters, with an ellipsis if it was cut.

    >>> shortened("a rather long label", 10)
    'a rather…'
    """
    line = plain(text)
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def capitalized(text: object) -> str:
    """Return a text with a capital letter at its beginning; unlike ``str.capitalize`` it keeps all others.

    >>> capitalized("the EU and the US")
    'The EU and the US'
    """
    line = plain(text)
    return line[:1].upper() + line[1:]


__all__ = [
    "CAPPED", "capitalized", "capped", "count", "listed", "loss_cells", "loss_range", "number_word", "percent",
    "percent_range", "shortened", "titled",
]  # fmt: skip
