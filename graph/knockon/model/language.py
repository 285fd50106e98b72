"""Texts with a language."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from typing import Any

from pydantic import ValidatorFunctionWrapHandler

#: A language tag: letters, then parts of letters and digits (RFC 5646).
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
ENGLISH = "en"


class LanguageString(str):
    """A text with its language, for instance ``zh``; the language is empty if it is not known.

    Two of them are equal if text and language are; a plain string is equal if the text is.

    Parameters
    ----------
    text
        The text.
    language
        A language tag, in any case.

    Raises
    ------
    ValueError
        It is not a language tag.

    Examples
    --------
    >>> name = LanguageString("\u82af\u7247", "ZH")
    >>> name == "\u82af\u7247", name.language, name == LanguageString("\u82af\u7247", "ja")
    (True, 'zh', False)
    """

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> LanguageString:
        """Create a text; see the class."""
        value = str.__new__(cls, text)
        value.language = _normalized_tag(language) if language else ""
        return value

    def __eq__(self, other: object) -> bool:
        """Compare the texts, and the languages if both have one."""
        if isinstance(other, LanguageString) and self.language != other.language:
            return False
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """Compare the texts, and the languages if both have one."""
        return not self == other

    __hash__ = str.__hash__

    def __reduce__(self) -> tuple[type[LanguageString], tuple[str, str]]:
        """Return how to create an equal text."""
        return LanguageString, (str(self), self.language)


@lru_cache(maxsize=1_000)
def _normalized_tag(tag: str) -> str:
    """Return a language tag in small letters; languages repeat, and each is kept once."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{tag[:40]!r} is not a language tag such as en or zh-Hant")
    return sys.intern(tag.lower())


def likely_language(text: str) -> str:
    """Return the language of a text that states none: English, or none if it has letters of another script than Latin.

    Greek letters are used as symbols in English.

    >>> likely_language("Caf\u00e9 5 \u00b5m"), likely_language("\u5546\u6c64 SenseTime")
    ('en', '')
    """
    if text.isascii():
        return ENGLISH
    scripts = (unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha() and not letter.isascii())
    return ENGLISH if all(script in _ENGLISH_SCRIPTS for script in scripts) else ""


#: First words of the names of letters in English texts, symbols and ordinal signs included.
_ENGLISH_SCRIPTS = {"LATIN", "GREEK", "MICRO", "MODIFIER", "FEMININE", "MASCULINE", "OHM", "KELVIN", "ANGSTROM", "SUPERSCRIPT"}


def in_english(text: str) -> LanguageString:
    """Return a text in English, faster than the class does: a million labels of an import are.

    >>> in_english("chips").language, in_english("chips") == LanguageString("chips", "en")
    ('en', True)
    """
    value = str.__new__(LanguageString, text)
    value.language = ENGLISH
    return value


def language_of(text: str) -> str:
    """Return the stated language of a text, else the likely one; empty if there is none.

    >>> language_of("chips"), language_of(LanguageString("Chips", "de"))
    ('en', 'de')
    """
    return text.language if isinstance(text, LanguageString) else likely_language(text)


def keep_language(value: Any, parse: ValidatorFunctionWrapHandler) -> LanguageString:
    """Validate a text of a record, with its stated or likely language."""
    text: str = parse(value)
    return LanguageString(text, value.language if isinstance(value, LanguageString) else likely_language(text))


def keep_stated_language(value: Any, parse: ValidatorFunctionWrapHandler) -> LanguageString:
    """Validate a name as it is written, which has a language only if one is stated."""
    return LanguageString(parse(value), value.language if isinstance(value, LanguageString) else "")


__all__ = [
    "ENGLISH", "LanguageString", "in_english", "keep_language", "keep_stated_language", "language_of", "likely_language",
]  # fmt: skip
