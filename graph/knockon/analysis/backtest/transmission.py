"""The words of the scale beside published transmission: which part of a loss went on to those that depend on who lost."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.bundled import backtest_folder
from knockon.vocabulary import Level, interval


@dataclass(frozen=True)
class Transmission(Answer):
    """A published transmission, and the words whose intervals contain it.

    Attributes
    ----------
    what
        Of what, by what.
    low, high
        The least and the most that is published (0..1).
    source
        The publication.
    words
        The words of criticality whose intervals contain it.
    """

    what: str
    low: float
    high: float
    source: str
    words: tuple[str, ...]


def transmissions() -> tuple[Transmission, ...]:
    """Return the published transmissions that are bundled.

    Examples
    --------
    >>> [(each.low, each.words) for each in transmissions()]
    [(0.4, ('Medium',)), (1.0, ('Essential',)), (0.12, ('Low',))]
    """
    with (backtest_folder("transmission.csv")).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Transmission(
            row["what"], float(row["low"]), float(row["high"]), row["source"], _words(float(row["low"]), float(row["high"]))
        )
        for row in rows
    )


def _words(low: float, high: float) -> tuple[str, ...]:
    spans = {level.value: interval(level.value) for level in Level}
    return tuple(word for word, span in spans.items() if span.low <= low and high <= span.high)


__all__ = ["Transmission", "transmissions"]
