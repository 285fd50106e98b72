"""The impact of a shock on a network as tables, as notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.methods import METHODS
from knockon.analysis.options import DEFAULTS
from knockon.present.phrases import capped
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.analysis.table_impact import TableImpact


def notes_of(answer: TableImpact) -> Iterator[str]:
    """Yield how many entities lose something, the index, the equations, and how the rounds ended."""
    ending = f"{counted(answer.iterations, 'round', 'rounds')}, residual {answer.residual:g}, stopped by {answer.stopped_by}"
    yield f"{_affected(answer)}; {answer.model} on {answer.engine}, {ending}"
    yield from _index(answer)
    yield f"{answer.wording.equation} ({answer.wording.reference})"
    for text in answer.caveats:
        yield f"beware: {text}"
    if answer.stopped_by == "cap":
        yield capped(answer.model if answer.model in METHODS else DEFAULTS["model"])


def findings_of(answer: TableImpact, shown: int) -> Iterator[str]:
    """Yield how many entities lose something, the index, what a page with the first rows leaves out, and caveats."""
    yield _affected(answer)
    yield from _index(answer)
    if answer.affected > shown:
        yield f"the first {shown:,} are shown"
    yield from answer.caveats
    if answer.stopped_by == "cap":
        yield "stopped by its cap: losses may be too low"


def _affected(answer: TableImpact) -> str:
    return f"{answer.affected:,} of {counted(answer.entities, 'entity', 'entities')} lose something"


def _index(answer: TableImpact) -> Iterator[str]:
    if answer.index is not None:
        yield f"index {answer.index:.6g}: {answer.wording.meaning}"


__all__ = ["findings_of", "notes_of"]
