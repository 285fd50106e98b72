"""Lines of a report as parts, which HTML and Markdown each write in their own way, so that both have the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from knockon.analysis.answer_parts import Citation


class Name(NamedTuple):
    """A text from the data, such as a label."""

    text: str


class Cited(NamedTuple):
    """Citations, in square brackets."""

    evidence: Sequence[Citation]


class Strong(NamedTuple):
    """Words of ours that matter most, such as a loss."""

    text: str


class Command(NamedTuple):
    """A command line."""

    text: str


Part: TypeAlias = str | Name | Strong | Cited | Command
#: A sentence or more.
Line: TypeAlias = tuple[Part, ...]

#: The most names of a list; the others are counted.
NAMED = 5


def names(labels: Sequence[str], most: int = NAMED) -> Line:
    """Return names as a list in a sentence; where there are more than ``most``, some of them, and how many others.

    >>> names(["A"]), names(["A", "B"])
    ((Name(text='A'),), (Name(text='A'), ' and ', Name(text='B')))
    >>> names(["A", "B", "C", "D"], 3)
    (Name(text='A'), ', ', Name(text='B'), ' and 2 more')
    """
    shown = labels if len(labels) <= most else labels[: most - 1]
    more = len(labels) - len(shown)
    line = joined([(Name(label),) for label in shown], last=", " if more else " and ")
    return (*line, f" and {more} more") if more else line


def joined(lines: Sequence[Line], between: str = ", ", last: str = " and ") -> Line:
    """Return lines one after the other, with ``last`` before the last of them."""
    parts: list[Part] = []
    for place, line in enumerate(lines):
        parts += [last if place == len(lines) - 1 else between] if place else []
        parts += line
    return tuple(parts)


def cited(evidence: Sequence[Citation], most: int = 3) -> Line:
    """Return a space and the first citations; empty where there are none."""
    return (" ", Cited(evidence[:most])) if evidence else ()


def one_each(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return the first citation of each document."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.document, citation)
    return tuple(first.values())


def text_of(line: Line) -> str:
    """Return a line as plain text, without its citations.

    >>> text_of((Name("Acme"), " loses 50%", " ", Cited([]), "."))
    'Acme loses 50%.'
    """
    texts = ["" if isinstance(part, Cited) else part if isinstance(part, str) else part.text for part in line]
    return "".join(texts).replace(" .", ".")


def plain_text(line: Line) -> str:
    """Return a line as plain text, without its citations and the spaces before them.

    >>> plain_text(("All of it rests on one document", " ", Cited([]), ", on two links."))
    'All of it rests on one document, on two links.'
    """
    cited_next = [isinstance(part, Cited) for part in (*line[1:], "")]
    return text_of(tuple(part for part, before in zip(line, cited_next, strict=True) if not before))


__all__ = [
    "NAMED",
    "Cited",
    "Command",
    "Line",
    "Name",
    "Part",
    "Strong",
    "cited",
    "joined",
    "names",
    "one_each",
    "plain_text",
    "text_of",
]
