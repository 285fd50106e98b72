"""Phrases that the rows and notes of several answers have in common."""

from __future__ import annotations

from knockon.analysis.methods import METHODS
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


def capped(model: str) -> str:
    """Return the note on a run that its cap stopped."""
    return METHODS[model].capped


def titled(label: str, *, truncated: bool) -> str:
    """Return the title of a table, which says if its run was stopped by its cap."""
    return f"{label} ({CAPPED[0].lower()}{CAPPED[1:]})" if truncated else label


__all__ = ["CAPPED", "capped", "loss_cells", "loss_range", "titled"]
