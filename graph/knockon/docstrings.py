"""The sections of docstrings (numpydoc), from which descriptions are taken that would otherwise be written twice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

_HEADING = re.compile(r"^([A-Z][a-z]+)\n-+\n", flags=re.MULTILINE)


def sections(text: str) -> tuple[str, dict[str, str]]:
    r"""Return the text of a docstring before its first section, and its sections by their names.

    >>> sections("Do it.\n\nReturns\n-------\nint\n    How often.")
    ('Do it.', {'Returns': 'int\n    How often.'})
    """
    prose, *parts = _HEADING.split(inspect.cleandoc(text))
    return prose.strip(), dict(zip(parts[::2], parts[1::2], strict=True))


def entries(section: str) -> Iterator[tuple[str, str]]:
    r"""Yield the entries of a section: each a line with names, and the text below it without its indentation.

    >>> list(entries("low, high\n    The bounds.\nword\n    In words."))
    [('low, high', 'The bounds.'), ('word', 'In words.')]
    """
    for entry in re.split(r"\n(?=\S)", section.strip()) if section else ():
        names, _, text = entry.partition("\n")
        yield names, inspect.cleandoc(text)


def described(text: str | None, section: str) -> dict[str, str]:
    r"""Return the description of each name in a section of a docstring, on one line and without marks of literals.

    Parameters
    ----------
    text
        The docstring; None, as under ``python -OO``, describes nothing.
    section
        The name of the section: ``Parameters``, ``Attributes``, ...

    Examples
    --------
    >>> described("A range.\n\nAttributes\n----------\nlow, high\n    The bounds,\n    of ``x``.", "Attributes")
    {'low': 'The bounds, of x.', 'high': 'The bounds, of x.'}
    """
    found = entries(sections(text or "")[1].get(section, ""))
    return {name: one_line(meaning) for names, meaning in found for name in names.split(", ")}


def summary(text: str | None) -> str:
    """Return the first paragraph of a docstring on one line, without marks of literals."""
    return one_line((text or "").strip().partition("\n\n")[0])


def one_line(text: str) -> str:
    """Return a text of a docstring on one line, without marks of literals."""
    return re.sub(r"``([^`]+)``", r"\1", " ".join(text.split()))


__all__ = ["described", "entries", "one_line", "sections", "summary"]
