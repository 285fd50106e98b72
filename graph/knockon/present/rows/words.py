"""Phrases that the rows and notes of several answers have in common."""

from __future__ import annotations

from knockon.text import Fixed, Span

#: What is said of losses where the cap stopped the run.
CAPPED = "Stopped by its cap: losses may be too low"


def loss_range(loss: float, low: float, high: float) -> str:
    """Return a loss with its range.

    >>> loss_range(0.45, 0.05, 1.0)
    '0.45 (0.05-1.00)'
    """
    return f"{loss:.2f} ({low:.2f}-{high:.2f})"


def loss_cells(loss: float, low: float, high: float) -> dict[str, object]:
    """Return the cells ``loss`` and ``range`` of a table."""
    return {"loss": Fixed(loss), "range": Span(Fixed(low), Fixed(high))}


def days(number: float) -> str:
    """Return a number of days.

    >>> days(1), days(2.5)
    ('1 day', '2.5 days')
    """
    return f"{number:g} day" + ("" if number == 1 else "s")


def capped(model: str) -> str:
    """Return the note on a run that its cap stopped."""
    if model == "timeline":
        moving = "losses still moved, or were on their way, when the horizon ended"
        return f"STOPPED BY ITS CAP: {moving}, and may be too low; raise --set horizon=STEPS"
    return "STOPPED BY ITS CAP: losses may be too low; raise --cap"


def titled(label: str, *, truncated: bool) -> str:
    """Return the title of a table, which says if its run was stopped by its cap."""
    return f"{label} ({CAPPED[0].lower()}{CAPPED[1:]})" if truncated else label


__all__ = ["CAPPED", "capped", "days", "loss_cells", "loss_range", "titled"]
