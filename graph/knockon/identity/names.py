"""Names in one form: without case, accents, punctuation and legal form, so that spellings of one name are equal.

The rules are our own, on the tables of the Unicode of Python: no library of transliteration is needed, and a name means the
same on every machine. Scripts are not turned into each other: 商汤 and SenseTime are two names that a data set states.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from knockon.identity.legal_forms import split_form, without_suffix

#: The most characters of a name that are read: the longest legal names are a fifth of this.
LONGEST = 1_000
#: Letters that do not decompose into a letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŧ": "t", "ħ": "h", "ĸ": "k"}
)
_ASCII = re.compile(r"[a-z0-9]+")
_WORDS = re.compile(r"[^\W_]+")
#: Single letters with full stops or spaces between them: U.S.A., S.p.A., s r l.
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}(?![^\W_])|\b(?:[^\W\d_]\.){1,}[^\W\d_]\b(?!\.?[^\W_])")
_JOINED = re.compile(r"(?<=[^\W_])['’ʼ`´](?=s\b)|(?<=[^\W_])['’ʼ`´](?=[^\W_])")
#: Scripts that write no spaces between words: Han, Kana, Hangul syllables stand together with them in names of companies.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff㈜]+")
#: Words that carry nothing, in any place.
_FILLERS = frozenset({"and", "und", "et", "y", "e", "the", "of", "de", "des", "der", "di", "for"})
#: Words that very many names of companies have: a name of these alone says nothing.
GENERIC = frozenset({
    "agency", "air", "asset", "assets", "auto", "automotive", "bank", "banking", "capital", "center", "centre",
    "chemical", "city", "cloud", "communications", "construction", "consulting", "data", "department", "design",
    "development", "digital", "east", "electric", "electronic", "electronics", "energy", "engineering", "enterprise",
    "enterprises", "equipment", "europe", "export", "finance", "financial", "first", "food", "fund", "general",
    "global", "group", "health", "holding", "holdings", "import", "industrial", "industries", "industry",
    "information", "innovation", "institute", "insurance", "international", "internet", "investment", "investments",
    "lab", "laboratory", "labs", "logistics", "management", "manufacturing", "marine", "market", "materials", "media",
    "medical", "metal", "ministry", "motor", "national", "network", "networks", "new", "north", "oil", "online",
    "operations", "partners", "pharma", "plant", "platform", "power", "product", "products", "program", "properties",
    "research", "resources", "retail", "science", "sciences", "security", "semiconductor", "service", "services",
    "shop", "smart", "software", "solutions", "south", "state", "store", "studio", "supply", "system", "systems",
    "tech", "technologies", "technology", "telecom", "trade", "trading", "transport", "trust", "union", "united",
    "university", "ventures", "web", "west", "world",
})  # fmt: skip


class Name(NamedTuple):
    """A name in one form: the words of the name proper, and its legal form; ``text`` is the words with spaces.

    ``form`` is empty where the name has none.
    """

    words: tuple[str, ...]
    form: str = ""

    @property
    def text(self) -> str:
        """The words of the name, with a space between them."""
        return " ".join(self.words)

    @property
    def joined(self) -> str:
        """The words without spaces: ``deepmind`` of both Deep Mind and DeepMind."""
        return "".join(self.words)

    @property
    def says_something(self) -> bool:
        """Whether it has a word that few names have, and three letters or two characters of a script without spaces.

        >>> [normalize(name).says_something for name in ("TECHNOLOGY", "Cloud Services Ltd", "X", "SenseTime", "商汤")]
        [False, False, False, True, True]
        """
        telling = [word for word in self.words if word not in GENERIC and word not in _FILLERS]
        return any(len(word) > 2 or (len(word) > 1 and _DENSE.match(word)) for word in telling)


def normalize(text: str) -> Name:
    """Return a name in one form; without words where it has no letter or digit.

    Parameters
    ----------
    text
        The name as it is written; of a very long one the beginning.

    Examples
    --------
    >>> normalize("Huawei Technologies Co., Ltd.") == normalize("HUAWEI TECHNOLOGIES CO LTD")
    True
    >>> normalize("Société Générale S.A."), normalize("Levi's & Sons, Inc")
    (Name(words=('societe', 'generale'), form='sa'), Name(words=('levis', 'sons'), form='inc'))
    >>> normalize("商汤集团有限公司"), normalize("🙂")
    (Name(words=('商汤集团',), form='ltd'), Name(words=(), form=''))
    """
    if len(text) > LONGEST:
        text = text[:LONGEST]
    # Most names are of ASCII, for which less is to be done.
    if is_ascii := text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKD", text.casefold()).casefold()
        text = "".join([letter for letter in text if not unicodedata.combining(letter)]).translate(_LETTERS)
        text = unicodedata.normalize("NFC", text)
        is_ascii = text.isascii()
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", text)
    if not is_ascii or "'" in text:
        text = _JOINED.sub("", text)
    if is_ascii:
        words, form = split_form(_ASCII.findall(text))
    else:
        words, form = _other_scripts(text)
    if not _FILLERS.isdisjoint(words):
        words = [word for word in words if word not in _FILLERS] or words
    return Name(tuple(words), form)


def _other_scripts(text: str) -> tuple[list[str], str]:
    """Return the words and the legal form of a name with letters of other scripts."""
    words, form = split_form(_WORDS.findall(text))
    if form or not words:
        return words, form
    for place in (len(words) - 1, 0):
        if _DENSE.search(words[place]):
            shorter, form = without_suffix(words[place])
            if form:
                return [*words[:place], *([shorter] if shorter else []), *words[place + 1 :]], form
    return words, form


def search_terms(name: Name) -> list[str]:
    """Return what a name is looked up by: its words, and in scripts without spaces each pair of characters.

    >>> search_terms(normalize("Acme Mining")), search_terms(normalize("商汤科技"))
    (['acme', 'mining'], ['商汤', '汤科', '科技'])
    """
    if name.joined.isascii():
        return list(name.words)
    terms: list[str] = []
    for word in name.words:
        dense = _DENSE.fullmatch(word)
        terms += [word[place : place + 2] for place in range(max(1, len(word) - 1))] if dense else [word]
    return terms


__all__ = ["GENERIC", "LONGEST", "Name", "normalize", "search_terms"]
