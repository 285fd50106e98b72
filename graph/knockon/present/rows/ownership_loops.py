"""Circles of ownership as people read them: a table, rows for programs, and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.model.dates import as_of_text
from knockon.present.caveats import confidence
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted

if TYPE_CHECKING:
    from knockon.analysis.lists.ownership_loops import OwnershipLoop, OwnershipLoops


def ownership_loop_tables(answer: OwnershipLoops) -> tuple[Table]:
    """Return the circles, a row each."""
    columns = ["through_itself", "length", "loop", "interests", "cited"]
    return (Table([_row(loop) for loop in answer.loops], columns, drop=["cited", "length", "interests"]),)


def _row(loop: OwnershipLoop) -> Row:
    return {
        "through_itself": Span(Fixed(loop.share_low), Fixed(loop.share_high)),
        "length": loop.length,
        "loop": " owns ".join([*loop.ids, loop.ids[0]]),
        "interests": ", ".join(sorted({interest for link in loop.links for interest in link.interests})),
        "cited": len({citation for link in loop.links for citation in link.evidence}),
    }


def ownership_loop_rows(answer: OwnershipLoops) -> Table:
    """Return the circles with every key."""
    return Table([loop.to_dict() for loop in answer.loops], ["share_low", "share_high", "length", "entities"])


def ownership_loop_notes(answer: OwnershipLoops) -> list[str]:
    """Return what to bear in mind of circles of ownership, a line each."""
    through = f" through {answer.named(answer.through)}" if answer.through else ""
    if answer.loops:
        size = counted(answer.length, "organization")
        found = f"{counted(len(answer.loops), 'circle')} of ownership{through} of at most {size}"
        lines = [f"{found}; through_itself: the product of the shares, what each holds of itself through the circle"]
    else:
        lines = [f"nobody owns itself{through}" + (", within the length" if answer.longer else "")]
    if answer.longer:
        lines.append(f"longer circles than {answer.length} may exist and were not looked for; raise --length")
    lines += [
        as_of_text(str(answer.parameters["as_of"]), answer.not_holding),
        *confidence(answer.parameters, answer.confidence),
    ]
    if answer.truncated:
        lines.append(f"STOPPED AT {answer.most} CIRCLES: there are more; see --most, --length, --through")
    return lines


__all__ = ["ownership_loop_notes", "ownership_loop_rows", "ownership_loop_tables"]
