"""Whether a quotation is in a document: exactly, with other white space, or, in a PDF, with words broken at ends of lines.

A quotation only proves where a record is stated: its place and a hash are kept, the words are not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from knockon.model.base import SPAN_LIMIT

#: How a quotation was found.
EXACT, SPACE, HYPHENATION = "exact", "white space", "hyphenation"
#: The most places of a quotation that a message lists.
_LISTED = 3
#: A hyphen at the end of a line, or the mark that PDFium has for one that it removed.
_BREAK = r"(?>(?:[-\xad\u2010]\s*?[\r\n]\s*+|[\ufffe\x02]\s*+)?)"


class Place(NamedTuple):
    """Where a quotation stands: code points of the text, the end exclusive, and how it was found."""

    start: int
    end: int
    match: str


def locate(text: str, quote: str, start: int | None = None, end: int | None = None, *, pdf: bool = False) -> Place | str:
    r"""Return where a quotation stands in a text, or why it cannot be used.

    Parameters
    ----------
    text
        The text of the document, or of the page of a PDF.
    quote
        The quotation.
    start, end
        Where it is said to stand, in code points; None to look for it, where it must stand once.
    pdf
        Let words be broken at the end of a line.

    Examples
    --------
    >>> locate("Acme relies on\n cobalt.", "relies on cobalt")
    Place(start=5, end=22, match='white space')
    >>> locate("Acme relies on\n cobalt.", "relies on steel")
    'the quotation is not in the document'
    >>> locate("a b a b", "a b")
    'the quotation is in the document at 0, 4; give the start and end of the one that is meant'
    """
    if not any(character.isalnum() for character in quote):
        return "the quotation has no word"
    if len(quote) > 2 * SPAN_LIMIT:
        return f"the quotation is longer than {SPAN_LIMIT} characters; quote the sentence that states the record"
    if start is not None or end is not None:
        return _at(text, quote, start, end, pdf=pdf)
    places = list(islice(_places(text, quote, pdf=pdf), _LISTED + 1))
    if not places:
        return "the quotation is not in the document"
    if len(places) > 1:
        listed = ", ".join(str(place.start) for place in places[:_LISTED])
        return f"the quotation is in the document at {listed}; give the start and end of the one that is meant"
    return places[0] if places[0].end - places[0].start <= SPAN_LIMIT else _too_long(places[0])


def _at(text: str, quote: str, start: int | None, end: int | None, *, pdf: bool) -> Place | str:
    """Return the place that a quotation is said to have, if it stands there."""
    if start is None or end is None:
        return f"{'start' if start is None else 'end'} is missing; give both, or neither"
    if not 0 <= start < end <= len(text):
        return f"{start}-{end} is not inside the text of {len(text):,} characters"
    if text[start:end] == quote:
        place = Place(start, end, EXACT)
    else:
        # White space at the ends of the span is no part of it.
        inside = text[start:end]
        start, end = start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
        how = next((how for how, pattern in _patterns(quote, pdf=pdf) if pattern.fullmatch(text, start, end)), "")
        place = Place(start, end, how)
        if not how:
            found = next(_places(text, quote, pdf=pdf), place)
            other = f"; it stands at {found.start}-{found.end}" if found.match else ""
            return f"the quotation does not stand at {start}-{end} of the document{other}"
    return place if place.end - place.start <= SPAN_LIMIT else _too_long(place)


def _too_long(place: Place) -> str:
    return f"the span has {place.end - place.start:,} characters; at most {SPAN_LIMIT} can be cited"


def _places(text: str, quote: str, *, pdf: bool) -> Iterator[Place]:
    """Yield the places of a quotation: the exact ones; where there are none, those with other white space or broken words."""
    start, found = text.find(quote), False
    while start >= 0:
        found = True
        yield Place(start, start + len(quote), EXACT)
        start = text.find(quote, start + 1)
    for how, pattern in _patterns(quote, pdf=pdf) if not found else ():
        for match in pattern.finditer(text):
            found = True
            yield Place(match.start(), match.end(), how)
        if found:
            return


def _patterns(quote: str, *, pdf: bool) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield patterns of a quotation: with any white space between its words, then with words broken at the end of a line."""
    words = quote.split()
    yield SPACE, re.compile(r"\s++".join(map(re.escape, words)))
    if pdf:
        broken = [_BREAK.join(_letter(letter) for letter in word) for word in words]
        yield HYPHENATION, re.compile(r"\s++".join(broken))


def _letter(letter: str) -> str:
    # A hyphen of the quotation may be the one at which the line ends.
    return r"(?:[-\xad\u2010]\s*+|[\ufffe\x02]\s*+)" if letter == "-" else re.escape(letter)


def quote_hash(text: str, place: tuple[int, int]) -> str:
    """Return the SHA-256 of the words of a text at a place."""
    return hashlib.sha256(text[place[0] : place[1]].encode("utf-8", "surrogatepass")).hexdigest()


def copied_words(value: str, words: str, most: int = 8) -> str:
    """Return the first run of more than ``most`` words of a text that a document has too; empty where there is none.

    Parameters
    ----------
    value
        The text of a field.
    words
        The document with one space between its words.
    most
        How many words in a row may be the same.

    Examples
    --------
    >>> copied_words("it does rely on cobalt of one mine", "they say it does rely on cobalt of one mine", most=4)
    'it does rely on cobalt'
    """
    own = value.split()
    runs = (" ".join(own[place : place + most + 1]) for place in range(len(own) - most))
    return next((run for run in runs if run in words), "")


__all__ = ["EXACT", "HYPHENATION", "SPACE", "Place", "copied_words", "locate", "quote_hash"]
