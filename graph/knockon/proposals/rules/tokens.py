"""Tokens and sentences of a text, with their places: what names and phrases are looked for in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knockon.model.base import SPAN_LIMIT

#: A word, a character of a script without spaces, or a sign. White space and hyphens separate and are no tokens; soft hyphens,
#: and the mark of PDFium for a word broken at the end of a line, are no part of a word.
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
    r"|(?>(?:(?![\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])[\w\u00ad\ufffe]){1,100})|[^\w\s\-\u2010\u2011\x00-\x1f]"
)
#: Where a sentence may end: a full stop before a space and no small letter, a mark, a line that stands alone, a bullet.
_END = re.compile(r"[.!?][\"”’)\]]{0,3}+(?=\s++[^\sa-z])|[。！？]|\n[ \t\r]*+\n\s*+|\n(?=[ \t]*+[•*\-–])")
#: Abbreviations after which no sentence ends.
_ABBREVIATIONS = re.compile(
    r"\b(?:Inc|Ltd|Co|Corp|LLC|Mr|Ms|Mrs|Dr|Prof|St|No|vs|cf|al|approx|incl|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)$"
)
#: A capital letter by itself, whose full stop ends no sentence before a name; and words that begin a sentence and no name.
_INITIAL = re.compile(r"(?:^|[^\w])[A-Z]$")
_STARTERS = re.compile(r"\s*+(?:The|It|Its|In|An?|This|These|Both|But|And|If|From|On|At|For|We|They|He|She|There|As|When|By)\b")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")


class Token(NamedTuple):
    """A token: its text without regard to case, apostrophes in one form, then as it is written, and its place."""

    low: str
    text: str
    start: int
    end: int


class Sentence(NamedTuple):
    """A sentence: its tokens, its place without white space around it, and whether it asks."""

    tokens: tuple[Token, ...]
    start: int
    end: int
    is_question: bool


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a text, or of a part of it.

    >>> [token.text for token in tokenize("Acme-Works' U.S. 商汤")]
    ['Acme', 'Works', "'", 'U', '.', 'S', '.', '商', '汤']
    """
    matches = _TOKEN.finditer(text, start, len(text) if end is None else end)
    tokens = []
    for match in matches:
        written = unbroken(match[0])
        if written:
            low = "'" if written in "’‘`´" else written.casefold()
            tokens.append(Token(low, written, match.start(), match.end()))
    return tokens


def unbroken(text: str) -> str:
    """Return a text without the marks of words that are broken at the end of a line."""
    return text.replace("\u00ad", "").replace("\ufffe", "")


def sentences(text: str) -> Iterator[Sentence]:
    r"""Yield the sentences of a text that are no longer than evidence may be; longer ones in parts that end at a space.

    >>> [text[s.start:s.end] for text in ["Acme Inc. makes bolts. It sells Y?\n\n• One\n• Two"] for s in sentences(text)]
    ['Acme Inc. makes bolts.', 'It sells Y?', '• One', '• Two']
    """
    for start, end in _spans(text):
        inside = text[start:end]
        first, last = start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
        if first < last:
            tokens = tuple(tokenize(text, first, last))
            if any(token.text.isalnum() for token in tokens):
                yield Sentence(tokens, first, last, text[last - 1] in "?？")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _is_abbreviation(text, match):
            continue
        yield from _parts(text, start, match.end())
        start = match.end()
    yield from _parts(text, start, len(text))


def _is_abbreviation(text: str, stop: re.Match[str]) -> bool:
    """Return whether a full stop belongs to an abbreviation or an initial: "Acme Inc. sells", "J. Smith"."""
    before = text[max(0, stop.start() - 10) : stop.start()]
    if _ABBREVIATIONS.search(before):
        return True
    return bool(_INITIAL.search(before)) and not _STARTERS.match(text, stop.end())


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span in parts that can be cited."""
    while end - start > SPAN_LIMIT:
        cut = text.rfind(" ", start + 1, start + SPAN_LIMIT)
        cut = cut if cut > start else start + SPAN_LIMIT
        yield start, cut
        start = cut
    yield start, end


def joined(tokens: Sequence[Token]) -> str:
    """Return tokens in the form in which names are searched for: each between marks, so that no name is inside a word."""
    return "".join([f"\x01{token.low}\x02" for token in tokens])


def is_dense(text: str) -> bool:
    """Return whether a text is of scripts that have no spaces between words."""
    return bool(_DENSE.fullmatch(text))


__all__ = ["Sentence", "Token", "is_dense", "joined", "sentences", "tokenize", "unbroken"]
