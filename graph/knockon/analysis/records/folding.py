"""Texts as searches compare them."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return a text without case and accents.

    >>> fold("Société Générale"), fold("ASML")
    ('societe generale', 'asml')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


__all__ = ["fold"]
