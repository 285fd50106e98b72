"""What to know beside the explorer page and the files of the demo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knockon.present.notebook import Page


def explorer_notes(page: Page, *, is_empty: bool) -> Iterator[str]:
    """Return that the graph is empty, why the page leaves out a part of it, and which documents it does not quote."""
    if is_empty:
        yield "the graph is empty: there is nothing to show"
    if page.left_out:
        yield page.left_out["why"]
    yield from page.notes


def demo_notes(files: Sequence[Path], page: Path) -> Iterator[str]:
    """Return which files the demo wrote, and what to do next."""
    yield f"wrote {', '.join(map(str, files))}"
    commands = "`knockon impact`, `knockon query --list`, `knockon profile sensetime`"
    yield f"open {page} in a browser; {commands} go on from here"


__all__ = ["demo_notes", "explorer_notes"]
