"""The keys by which names are compared that may look alike: spelling, legal form, one letter more or less.

Stores keep them for the names of entities (store/record_table.py), so that the names of a new file are compared with those
that share a key alone. A change of them is another form of what stores keep.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: Words at the end of a name that state the legal form of a company.
_LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "gesellschaft", "inc", "incorporated", "kg",
    "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oy", "oyj", "plc", "pte", "pty", "pvt", "sa",
    "sarl", "sas", "se", "spa", "srl", "sro",
})  # fmt: skip
#: Letters of other scripts that look like Latin ones.
LATIN_LOOK_ALIKES = str.maketrans("аеорсхуіјѕԁһӏкмтнвгαοενρτυικχøđłæœ", "aeopcxyijsdhlkmthbraoevptuikxodlao")
_WORD = re.compile(r"[^\W_]+|[+#]")
#: The lengths of names that are searched for typing errors: shorter names often differ by one letter.
MIN_LENGTH, _MAX_LENGTH = 5, 64
#: The digits: names that differ in one of them are no typing errors.
DIGITS = "0123456789"


def look_alike_keys(text: str) -> set[str]:
    """Return the keys by which a name is compared: a capital letter, which none has, marks those that are whole.

    >>> sorted(look_alike_keys("Acme Ltd"))
    ['Sacmeltd', 'Tacme']
    """
    words = name_words(text)
    stem = "".join(without_legal_form(words))
    return {f"S{''.join(words)}", f"T{stem}", *deletions(stem)}


def deletions(key: str) -> set[str]:
    """Return a key and what is left of it without one letter; nothing of keys that are not searched for typing errors.

    Digits are never left out, since keys that differ in one are not searched: else each of a series of numbered names would
    share keys with all others.

    >>> sorted(deletions("fab 12"))
    ['ab 12', 'fa 12', 'fab 12', 'fab12', 'fb 12']
    """
    if not MIN_LENGTH <= len(key) <= _MAX_LENGTH:
        return set()
    return {key, *(key[:at] + key[at + 1 :] for at, letter in enumerate(key) if letter not in DIGITS)}


def spelling_key(text: str) -> str:
    """Normalize a name: without case, accents, punctuation and spaces.

    >>> spelling_key("A.B Corp") == spelling_key("AB corp.")
    True
    """
    return "".join(name_words(text))


@lru_cache(maxsize=20_000)
def name_words(text: str) -> tuple[str, ...]:
    """Split a name into words without case, accents, invisible characters and punctuation."""
    if text.isascii():  # has none of these, as most names
        kept = text.lower()
    else:
        plain = unicodedata.normalize("NFKD", text).casefold().translate(LATIN_LOOK_ALIKES)
        kept = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Mn"})
    return tuple(_WORD.findall(kept.replace("&", " and ")))


def without_legal_form(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without trailing legal forms; also ``G.m.b.H.`` and ``& Co.``"""
    kept = list(words)
    while len(kept) > 1:
        if count := _count_legal_form_letters(kept):
            del kept[-count:]
        elif kept[-1] in _LEGAL_FORMS or (kept[-1] == "and" and len(kept) < len(words)):
            kept.pop()
        else:
            break
    return tuple(kept)


def _count_legal_form_letters(words: Sequence[str]) -> int:
    """Return how many single letters at the end spell a legal form."""
    for count in (4, 3, 2):
        last = words[-count:]
        if len(words) > count and all(len(word) == 1 for word in last) and "".join(last) in _LEGAL_FORMS:
            return count
    return 0


__all__ = [
    "DIGITS",
    "LATIN_LOOK_ALIKES",
    "MIN_LENGTH",
    "deletions",
    "look_alike_keys",
    "name_words",
    "spelling_key",
    "without_legal_form",
]
