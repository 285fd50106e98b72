"""Names that look alike and are kept apart: typing errors, legal forms, punctuation, invisible or foreign letters.

Nothing is merged here. Names are compared by normalised keys, and typing errors
by the keys with one letter left out, so that the effort grows with the number
of names and not with that of their pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knockon.errors import shortened
from knockon.model import is_a

SPELLING, LEGAL_FORM, TYPING = "spelling", "legal form", "typing error"

#: Words at the end of a name that say how a company is organised, not which one it is.
_FORMS = frozenset({
    "ab", "ag", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "gesellschaft", "inc", "incorporated", "kg",
    "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oy", "oyj", "plc", "pte", "pty", "pvt", "sa",
    "sarl", "sas", "se", "spa", "srl", "sro",
})  # fmt: skip
#: Letters of other scripts that look like Latin ones.
_LOOKS = str.maketrans("аеорсхуіјѕԁһӏкмтнвгαοενρτυικχøđłæœ", "aeopcxyijsdhlkmthbraoevptuikxodlao")
#: The last letter of the Latin blocks.
_LAST_LATIN = 0x24F
_DIGITS = re.compile(r"[0-9]+")
#: Shorter names differ by one letter without being mistyped, and longer ones are not searched for typing errors.
_SHORTEST, _LONGEST = 5, 64
#: More names than this that differ in the same one letter are a series (Plant A, Plant B), not typing errors.
_SERIES = 8
#: So many names of a group stand in a message.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an entity, as written, with the IRI and the class of the entity; a label is shown before other names."""

    text: str
    iri: str
    cls: str = "Entity"
    is_label: bool = True


@dataclass(frozen=True, slots=True, order=True)
class LookAlikes:
    """Names of different entities that look alike, and in what they differ: spelling, legal form or a typing error."""

    names: tuple[str, ...]
    iris: tuple[str, ...]
    difference: str

    def __str__(self) -> str:
        return f"{' / '.join(shortened(map(_visible, self.names), _NAMED))} ({self.difference})"


def look_alikes(names: Iterable[Name]) -> list[LookAlikes]:
    """The groups of entities whose names look alike, in the order of their names.

    Parameters
    ----------
    names
        All names; an entity may have several. Entities of classes that exclude each other are never grouped.

    Returns
    -------
    list of LookAlikes
        Each with one name of each of its entities.

    Examples
    --------
    >>> texts = ["Acme Ltd", "Acme Limited", "Nvidia", "Nvdia", "Fab 1", "Fab 2"]
    >>> names = [Name(text, f"urn:x:{place}") for place, text in enumerate(texts)]
    >>> [str(group) for group in look_alikes(names)]
    ['Acme Limited / Acme Ltd (legal form)', 'Nvdia / Nvidia (typing error)']
    """
    given = sorted(set(names), key=lambda name: (not name.is_label, name.text, name.iri))
    union = _Union()
    for difference, alike in _alike(given):
        union.join(alike, difference)
    return sorted(union.groups())


def _alike(names: Sequence[Name]) -> Iterator[tuple[str, tuple[Name, Name]]]:
    """Pairs of names that look alike, the smallest differences first."""
    by_spelling: dict[str, list[Name]] = defaultdict(list)
    by_stem: dict[str, list[Name]] = defaultdict(list)
    stems: dict[str, tuple[str, ...]] = {}
    for name in names:
        words = _words(name.text)
        stem = _stem(words)
        key = "".join(stem)
        stems.setdefault(key, stem)
        by_spelling["".join(words)].append(name)
        by_stem[key].append(name)
    for difference, groups in ((SPELLING, by_spelling), (LEGAL_FORM, by_stem)):
        for key, group in groups.items():
            if key and len(group) > 1:
                yield from ((difference, pair) for pair in _neighbours(group))
    for one, other in _mistyped(sorted(by_stem)):
        if _in_a_long_word(stems[one], stems[other]):
            yield from ((TYPING, pair) for pair in _neighbours([by_stem[one][0], by_stem[other][0]]))


def _neighbours(group: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    """Pairs that tie a group together: of the names of each class with one before them that fits."""
    last: dict[str, Name] = {}
    for name in group:
        for cls, other in last.items():
            if other.iri != name.iri and (is_a(cls, name.cls) or is_a(name.cls, cls)):
                yield other, name
        last[name.cls] = name


def _mistyped(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that differ by one letter, or by two that changed places; never by a digit."""
    without: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        if _SHORTEST <= len(key) <= _LONGEST:
            for shorter in {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}:
                without[shorter].append(key)
    seen: set[tuple[str, str]] = set()
    for group in without.values():
        if 1 < len(group) <= _SERIES:
            for place, one in enumerate(group):
                for other in group[place + 1 :]:
                    if (one, other) not in seen:
                        seen.add((one, other))
                        if one_slip(one, other):
                            yield one, other


def spelling_key(text: str) -> str:
    """What is left of a name without capitals, accents, punctuation and spaces.

    >>> spelling_key("A.B Corp") == spelling_key("AB corp.")
    True
    """
    return "".join(_words(text))


def one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, added or changed, or two neighbours were exchanged; digits must agree.

    >>> one_slip("nvidia", "nvdia"), one_slip("nvidia", "nvdiia"), one_slip("fab1", "fab2"), one_slip("intel", "oracle")
    (True, True, False, False)
    """
    if one == other or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, beyond = one[start:], other[start:]
    if len(one) == len(other):
        exchanged = rest[1::-1] + rest[2:] == beyond
        return rest[1:] == beyond[1:] or exchanged
    return rest == beyond[1:]


def _in_a_long_word(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether names differ in a word that is long enough to be mistyped: Plant A and Plant B do not."""
    pairs = zip(one, other, strict=False) if len(one) == len(other) else ()
    return all(min(len(a), len(b)) >= _SHORTEST - 1 for a, b in pairs if a != b)


def _visible(text: str) -> str:
    """A name with invisible letters, and those of another script than the rest, by their numbers."""
    latin = any(c.isascii() and c.isalpha() for c in text)
    return "".join(f"\\u{ord(c):04x}" if _hidden(c, latin=latin) else c for c in text)


def _hidden(character: str, *, latin: bool) -> bool:
    if latin and ord(character) > _LAST_LATIN and ord(character.casefold()[0]) in _LOOKS:
        return True
    return unicodedata.category(character) == "Cf"


@lru_cache(maxsize=200_000)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name without capitals, accents, invisible characters and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKS)
    kept = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Mn"})
    return tuple(re.findall(r"[^\W_]+|[+#]", kept.replace("&", " and ")))


def _stem(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the legal forms at their end; also ``G.m.b.H.`` and ``& Co.``"""
    kept = list(words)
    while len(kept) > 1:
        if spelt := _spelt_form(kept):
            del kept[-spelt:]
        elif kept[-1] in _FORMS or (kept[-1] == "and" and len(kept) < len(words)):
            kept.pop()
        else:
            break
    return tuple(kept)


def _spelt_form(words: Sequence[str]) -> int:
    """How many single letters at the end spell a legal form."""
    for count in (4, 3, 2):
        last = words[-count:]
        if len(words) > count and all(len(word) == 1 for word in last) and "".join(last) in _FORMS:
            return count
    return 0


class _Union:
    """Groups of entities that grow together."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}
        self.text: dict[str, str] = {}
        self.difference: dict[str, str] = {}

    def join(self, pair: tuple[Name, Name], difference: str) -> None:
        """Put the entities of two names into one group."""
        one, other = pair
        for name in pair:
            self.text.setdefault(name.iri, name.text)
        top, low = sorted((self._top(one.iri), self._top(other.iri)))
        if top != low:
            self.above[low] = top
            worst = max((self.difference.get(top, SPELLING), self.difference.get(low, SPELLING), difference), key=_ORDER.index)
            self.difference[top] = worst

    def groups(self) -> Iterator[LookAlikes]:
        """The groups of two and more."""
        members: dict[str, list[str]] = defaultdict(list)
        for iri in self.text:
            members[self._top(iri)].append(iri)
        for top, iris in members.items():
            ordered = sorted(iris, key=lambda iri: (self.text[iri], iri))
            yield LookAlikes(tuple(self.text[iri] for iri in ordered), tuple(ordered), self.difference[top])

    def _top(self, iri: str) -> str:
        while (above := self.above.get(iri, iri)) != iri:
            self.above[iri] = self.above.get(above, above)
            iri = above
        return iri


_ORDER = (SPELLING, LEGAL_FORM, TYPING)
