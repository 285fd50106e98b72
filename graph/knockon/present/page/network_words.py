"""The sentences and words that the page fills in where it computes: those that ``present/caveats.py`` writes."""

from __future__ import annotations

from typing import Any

from knockon.analysis.impact.coverage import NAMED
from knockon.analysis.methods import METHODS
from knockon.analysis.mitigate.candidates import LOWER
from knockon.present.caveats import MORE, NEEDS, REACHED, RESTS, STANCES
from knockon.present.page.styles import words as words_of
from knockon.present.phrases import CAPPED
from knockon.vocabulary import UNKNOWN, UNSTATED, Level, Stance, interval

#: The model that the page computes.
MODEL = "leontief"
#: Why a run has no losses, where nothing else explains it.
NOTHING = "The shock harms nothing in this world."
ABSENT = "What the shock hits is not in this world."


def words() -> dict[str, Any]:
    """Return the sentences that the page fills in: those that ``present/caveats.py`` writes."""
    return {
        "caveat": METHODS[MODEL].caveat,
        "capped": f"{CAPPED}.",
        "levels": _levels(),
        "more": MORE,
        "named": NAMED,
        "needs": list(NEEDS),
        "nothing": NOTHING,
        "reached": list(REACHED.values()),
        "rests": dict(sorted(RESTS.items())),
        "stances": [stance.value for stance in Stance],
        "stances_in_words": [STANCES[stance] for stance in Stance],
        "unstated": UNSTATED,
    }


def _levels() -> list[list[Any]]:
    """Return each word for a criticality with its interval and the next lower word, as ``mitigate`` lowers it.

    >>> _levels()[1]
    ['high', 0.6, 0.75, 0.9, 'medium']
    """
    stated = [[words_of(level), *interval(level), words_of(LOWER[level]) if level in LOWER else ""] for level in Level]
    # One that is not given counts as Medium at the point, and the next lower word is Low.
    return [*stated, ["not given", *UNKNOWN, words_of(LOWER[Level.MEDIUM])]]


def as_sentence(text: str) -> str:
    """Return a text with a full stop; nothing if it is empty.

    >>> as_sentence("left out 3"), as_sentence("")
    ('left out 3.', '')
    """
    return f"{text}." if text else ""


__all__ = ["ABSENT", "MODEL", "NOTHING", "as_sentence", "words"]
