"""The impact of a shock on a network as tables, as notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.text import counted

if TYPE_CHECKING:
    from knockon.analysis.table_impact import TableImpact


def notes_of(answer: TableImpact) -> Iterator[str]:
    """Yield how many entities lose something, the index, the equations, and how the rounds ended."""
    affected = f"{answer.affected:,} of {counted(answer.entities, 'entity', 'entities')} lose something"
    ending = f"{counted(answer.iterations, 'round', 'rounds')}, residual {answer.residual:g}, stopped by {answer.stopped_by}"
    yield f"{affected}; {answer.model} on {answer.engine}, {ending}"
    if answer.index is not None:
        yield f"index {answer.index:.6g}: {answer.wording.meaning}"
    yield f"{answer.wording.equation} ({answer.wording.reference})"
    for text in answer.caveats:
        yield f"beware: {text}"


__all__ = ["notes_of"]
