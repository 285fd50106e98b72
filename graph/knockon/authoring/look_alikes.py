"""Find names that look alike: typing errors, legal forms, punctuation, invisible or foreign letters.

Nothing is merged here. Names are compared by normalised keys, and typing errors
by the keys with one letter left out, so that the effort grows with the number
of names and not with that of their pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knockon.errors import shortened
from knockon.model import is_a

SPELLING, LEGAL_FORM, TYPING = "spelling", "legal form", "typing error"

#: Words at the end of a name that state the legal form of a company.
_LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "asa", "bv", "co", "company", "corp", "corporation", "gmbh", "gesellschaft", "inc", "incorporated", "kg",
    "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oy", "oyj", "plc", "pte", "pty", "pvt", "sa",
    "sarl", "sas", "se", "spa", "srl", "sro",
})  # fmt: skip
#: Letters of other scripts that look like Latin ones.
_LATIN_LOOK_ALIKES = str.maketrans("аеорсхуіјѕԁһӏкмтнвгαοενρτυικχøđłæœ", "aeopcxyijsdhlkmthbraoevptuikxodlao")
#: The last letter of the Latin blocks.
_LAST_LATIN = 0x24F
_DIGITS = re.compile(r"[0-9]+")
#: The lengths of names that are searched for typing errors: shorter names often differ by one letter.
_MIN_LENGTH, _MAX_LENGTH = 5, 64
#: Larger groups of names that differ in the same letter are a series (Plant A, Plant B), not typing errors.
_MAX_SERIES = 8
#: The most names of a group that a message lists.
_MAX_LISTED = 10


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
        return f"{' / '.join(shortened(map(_escape_hidden, self.names), _MAX_LISTED))} ({self.difference})"


def look_alikes(names: Iterable[Name]) -> list[LookAlikes]:
    """Find the groups of entities whose names look alike, in the order of their names.

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
    ordered = sorted(set(names), key=lambda name: (not name.is_label, name.text, name.iri))
    union = _UnionFind()
    for difference, alike in _similar_pairs(ordered):
        union.join(alike, difference)
    return sorted(union.groups())


def look_alikes_of(names: Iterable[Name], iris: Collection[str]) -> list[LookAlikes]:
    """Find the groups of ``look_alikes`` that have one of some entities, without comparing all names with each other.

    Parameters
    ----------
    names
        All names.
    iris
        The entities.

    Examples
    --------
    >>> names = [Name(text, f"urn:x:{text}") for text in ("Nvidia", "Nvdia", "Oracle", "Oracl")]
    >>> [str(group) for group in look_alikes_of(names, ["urn:x:Nvdia"])]
    ['Nvdia / Nvidia (typing error)']
    """
    forms = [(name, "".join(words), "".join(_stem(words))) for name in names for words in [_words(name.text)]]
    members = set(iris)
    while True:
        # All names that share a key with a member: whether two of them look alike depends on no others.
        wanted = {key for name, *form in forms if name.iri in members for key in _keys(*form)}
        near = [name for name, *form in forms if name.iri in members or not wanted.isdisjoint(_keys(*form))]
        groups = [group for group in look_alikes(near) if not set(iris).isdisjoint(group.iris)]
        linked = {iri for group in groups for iri in group.iris}
        if linked <= members:
            return groups
        members |= linked


def _keys(spelling: str, stem: str) -> set[str]:
    """Return the keys by which a name is compared: a capital letter, which none has, marks those that are whole."""
    return {f"S{spelling}", f"T{stem}", *_deletions(stem)}


def _similar_pairs(names: Sequence[Name]) -> Iterator[tuple[str, tuple[Name, Name]]]:
    """Yield pairs of names that look alike, the smallest differences first."""
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
                yield from ((difference, pair) for pair in _connecting_pairs(group))
    for first, second in _typing_errors(sorted(by_stem)):
        if _differ_in_long_words(stems[first], stems[second]):
            yield from ((TYPING, pair) for pair in _connecting_pairs([by_stem[first][0], by_stem[second][0]]))


def _connecting_pairs(group: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    """Yield pairs that connect a group: each name with the last earlier one of a compatible class."""
    last: dict[str, Name] = {}
    for name in group:
        for cls, other in last.items():
            if other.iri != name.iri and (is_a(cls, name.cls) or is_a(name.cls, cls)):
                yield other, name
        last[name.cls] = name


def _typing_errors(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of keys that differ by one letter, or by two exchanged letters; never by a digit."""
    by_deletion: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        for shorter in _deletions(key):
            by_deletion[shorter].append(key)
    seen: set[tuple[str, str]] = set()
    for group in by_deletion.values():
        if 1 < len(group) <= _MAX_SERIES:
            for place, first in enumerate(group):
                for second in group[place + 1 :]:
                    if (first, second) not in seen:
                        seen.add((first, second))
                        if is_typing_error(first, second):
                            yield first, second


def _deletions(key: str) -> set[str]:
    """Return a key and what is left of it without one letter; nothing of keys that are not searched for typing errors."""
    if not _MIN_LENGTH <= len(key) <= _MAX_LENGTH:
        return set()
    return {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}


def spelling_key(text: str) -> str:
    """Normalize a name: without case, accents, punctuation and spaces.

    >>> spelling_key("A.B Corp") == spelling_key("AB corp.")
    True
    """
    return "".join(_words(text))


def is_typing_error(first: str, second: str) -> bool:
    """Return whether one letter is missing, added or changed, or two are exchanged; digits must agree.

    >>> is_typing_error("nvidia", "nvdia"), is_typing_error("nvidia", "nvdiia"), is_typing_error("fab1", "fab2")
    (True, True, False)
    >>> is_typing_error("intel", "oracle")
    False
    """
    if first == second or _DIGITS.findall(first) != _DIGITS.findall(second):
        return False
    if len(first) > len(second):
        first, second = second, first
    start = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(first))
    rest, other_rest = first[start:], second[start:]
    if len(first) == len(second):
        exchanged = rest[1::-1] + rest[2:] == other_rest
        return rest[1:] == other_rest[1:] or exchanged
    return rest == other_rest[1:]


def _differ_in_long_words(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether names differ only in words long enough to be mistyped: Plant A and Plant B do not."""
    pairs = zip(first, second, strict=False) if len(first) == len(second) else ()
    return all(min(len(a), len(b)) >= _MIN_LENGTH - 1 for a, b in pairs if a != b)


def _escape_hidden(text: str) -> str:
    """Return a name with invisible letters, and those of another script than the rest, escaped."""
    latin = any(c.isascii() and c.isalpha() for c in text)
    return "".join(f"\\u{ord(c):04x}" if _is_hidden(c, latin=latin) else c for c in text)


def _is_hidden(character: str, *, latin: bool) -> bool:
    if latin and ord(character) > _LAST_LATIN and ord(character.casefold()[0]) in _LATIN_LOOK_ALIKES:
        return True
    return unicodedata.category(character) == "Cf"


@lru_cache(maxsize=200_000)
def _words(text: str) -> tuple[str, ...]:
    """Split a name into words without case, accents, invisible characters and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LATIN_LOOK_ALIKES)
    kept = "".join(c for c in plain if unicodedata.category(c) not in {"Cf", "Mn"})
    return tuple(re.findall(r"[^\W_]+|[+#]", kept.replace("&", " and ")))


def _stem(words: tuple[str, ...]) -> tuple[str, ...]:
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


class _UnionFind:
    """Union-find structure of entities."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.difference: dict[str, str] = {}

    def join(self, pair: tuple[Name, Name], difference: str) -> None:
        """Merge the groups of the entities of two names."""
        first, second = pair
        for name in pair:
            self.texts.setdefault(name.iri, name.text)
        root, child = sorted((self._root(first.iri), self._root(second.iri)))
        if root != child:
            self.parents[child] = root
            worst = max(
                (self.difference.get(root, SPELLING), self.difference.get(child, SPELLING), difference), key=_DIFFERENCES.index
            )
            self.difference[root] = worst

    def groups(self) -> Iterator[LookAlikes]:
        """Yield the groups of two or more entities."""
        members: dict[str, list[str]] = defaultdict(list)
        for iri in self.texts:
            members[self._root(iri)].append(iri)
        for root, iris in members.items():
            ordered = sorted(iris, key=lambda iri: (self.texts[iri], iri))
            yield LookAlikes(tuple(self.texts[iri] for iri in ordered), tuple(ordered), self.difference[root])

    def _root(self, iri: str) -> str:
        while (parent := self.parents.get(iri, iri)) != iri:
            self.parents[iri] = self.parents.get(parent, parent)
            iri = parent
        return iri


_DIFFERENCES = (SPELLING, LEGAL_FORM, TYPING)
