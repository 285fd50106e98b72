"""What the cover of a report says beside its content: title, author, date and classification."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from knockon.errors import UsageError
from knockon.text import plain

#: The most characters of a title, and of an author or a classification.
LONGEST_TITLE, LONGEST_NAME = 200, 80


@dataclass(frozen=True, slots=True)
class Cover:
    """The fields of a cover; a field that is empty is left out.

    Attributes
    ----------
    title
        The title; empty: the label of the shock.
    author
        Who hands the report on.
    date
        Its date (ISO 8601).
    classification
        Who may read it, such as "Internal"; on every printed page.
    """

    title: str = ""
    author: str = ""
    date: str = ""
    classification: str = ""

    @property
    def long_date(self) -> str:
        """The date in words.

        >>> Cover(date="2026-03-09").long_date, Cover().long_date
        ('9 March 2026', '')
        """
        if not self.date:
            return ""
        day = datetime.date.fromisoformat(self.date)
        months = (
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December",
        )  # fmt: skip
        return f"{day.day} {months[day.month - 1]} {day.year}"


def cover_of(
    title: str | None = None, author: str | None = None, date: str | None = None, classification: str | None = None
) -> Cover:
    """Return a cover of checked texts, which any characters may be in.

    Raises
    ------
    UsageError
        A text is too long, or the date is not of the form 2026-11-30.

    Examples
    --------
    >>> cover_of(author=" A. Smith ", date="2026-11-30")
    Cover(title='', author='A. Smith', date='2026-11-30', classification='')
    """
    return Cover(
        title=checked_title(title),
        author=_checked("author", author, LONGEST_NAME),
        date=_checked_date(date),
        classification=_checked("classification", classification, LONGEST_NAME),
    )


def checked_title(title: str | None) -> str:
    """Return a title without space around it; empty where none is given. UsageError where it is too long."""
    return _checked("title", title, LONGEST_TITLE)


def _checked(name: str, text: str | None, longest: int) -> str:
    line = (text or "").strip()
    if len(line) > longest:
        raise UsageError(f"the {name} has {len(line):,} characters; at most {longest} are allowed")
    return line


def _checked_date(text: str | None) -> str:
    line = (text or "").strip()
    if not line:
        return ""
    try:
        return datetime.date.fromisoformat(line).isoformat()
    except ValueError:
        raise UsageError(f"{plain(line)[:40]!r} is not a date; write it as 2026-11-30") from None


__all__ = ["Cover", "checked_title", "cover_of"]
