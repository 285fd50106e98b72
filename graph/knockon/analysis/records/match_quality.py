"""How well a text matches the words of a search."""

from __future__ import annotations

from collections.abc import Sequence

#: How well a text matches, best first; a match in a comment comes after matches in names.
_WHOLE, _START, _WORDS, _INSIDE, _COMMENT = range(5)
#: The fields whose texts are comments.
COMMENTS = ("comment", "mechanism", "reason")


def match_quality(words: Sequence[str], text: str, *, comment: bool = False) -> int | None:
    """Return how well a text matches, the smaller the better; None where a word is not in it.

    Parameters
    ----------
    words
        The words, without case and accents.
    text
        The text, without case and accents.
    comment
        Whether it is a comment.

    Examples
    --------
    >>> [match_quality(["chip", "maker"], text) for text in ("chip-maker", "chip maker x", "makers of chips", "chip")]
    [0, 1, 2, None]
    """
    if not all(word in text for word in words):
        return None
    phrase = " ".join(words)
    if comment:
        return _COMMENT
    if text == phrase or text.replace("-", " ") == phrase:
        return _WHOLE
    if text.startswith(phrase):
        return _START
    parts = text.replace("-", " ").split()
    return _WORDS if all(any(part.startswith(word) for part in parts) for word in words) else _INSIDE


__all__ = ["COMMENTS", "match_quality"]
