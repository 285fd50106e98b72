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
from typing import Protocol

from knockon.errors import shortened
from knockon.model import is_a
from knockon.model.look_alike_keys import (
    DIGITS,
    LATIN_LOOK_ALIKES,
    MIN_LENGTH,
    deletions,
    look_alike_keys,
    name_words,
    without_legal_form,
)

SPELLING, LEGAL_FORM, TYPING = "spelling", "legal form", "typing error"

#: The last letter of the Latin blocks.
_LAST_LATIN = 0x24F
_DIGITS = re.compile(f"[{DIGITS}]+")
#: Larger groups of names that differ in the same letter are a series (Plant A, Plant B), not typing errors.
_MAX_SERIES = 8
#: Of more keys those are set aside first that share nothing with another one.
_MANY_KEYS = 20_000
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


class Names(Protocol):
    """Names of entities that are looked for."""

    def of(self, iris: Collection[str]) -> Iterable[Name]:
        """Return the names of some entities."""

    def sharing(self, keys: Collection[str]) -> Iterable[Name]:
        """Return the names that have one of some keys, and perhaps others."""


class ListedNames:
    """Names that are at hand.

    Parameters
    ----------
    names
        The names.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = [(name, look_alike_keys(name.text)) for name in names]

    def of(self, iris: Collection[str]) -> Iterable[Name]:
        """See Names."""
        return (name for name, _ in self._names if name.iri in iris)

    def sharing(self, keys: Collection[str]) -> Iterable[Name]:
        """See Names."""
        return (name for name, own in self._names if not own.isdisjoint(keys))


def look_alikes_of(names: Names, iris: Collection[str]) -> list[LookAlikes]:
    """Find the groups of ``look_alikes`` that have one of some entities, without comparing all names with each other.

    Parameters
    ----------
    names
        All names.
    iris
        The entities.

    Examples
    --------
    >>> names = ListedNames(Name(text, f"urn:x:{text}") for text in ("Nvidia", "Nvdia", "Oracle", "Oracl"))
    >>> [str(group) for group in look_alikes_of(names, ["urn:x:Nvdia"])]
    ['Nvdia / Nvidia (typing error)']
    """
    members = set(iris)
    while True:
        # All names that share a key with a member: whether two of them look alike depends on no others.
        own = set(names.of(members))
        wanted = {key for name in own for key in look_alike_keys(name.text)}
        near = own.union(name for name in names.sharing(wanted) if not wanted.isdisjoint(look_alike_keys(name.text)))
        groups = [group for group in look_alikes(near) if not set(iris).isdisjoint(group.iris)]
        linked = {iri for group in groups for iri in group.iris}
        if linked <= members:
            return groups
        members |= linked


def _similar_pairs(names: Sequence[Name]) -> Iterator[tuple[str, tuple[Name, Name]]]:
    """Yield pairs of names that look alike, the smallest differences first."""
    by_spelling: dict[str, list[Name]] = defaultdict(list)
    by_stem: dict[str, list[Name]] = defaultdict(list)
    stems: dict[str, tuple[str, ...]] = {}
    for name in names:
        words = name_words(name.text)
        stem = without_legal_form(words)
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
    for key, shorter in _shared_deletions(keys):
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


def _shared_deletions(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield keys with what is left of them without one letter, of many keys only what may be left of another one too.

    As texts in a dictionary, what is left of a million names takes gigabytes; most of it has one key.
    """
    every = ((key, shorter) for key in keys for shorter in deletions(key))
    if len(keys) <= _MANY_KEYS:
        yield from every
        return
    import numpy as np  # not for few names

    hashes = np.sort(np.fromiter((hash(shorter) for _, shorter in every), np.int64))
    shared = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    yield from ((key, shorter) for key in keys for shorter in deletions(key) if hash(shorter) in shared)


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
    return all(min(len(a), len(b)) >= MIN_LENGTH - 1 for a, b in pairs if a != b)


def _escape_hidden(text: str) -> str:
    """Return a name with invisible letters, and those of another script than the rest, escaped."""
    latin = any(c.isascii() and c.isalpha() for c in text)
    return "".join(f"\\u{ord(c):04x}" if _is_hidden(c, latin=latin) else c for c in text)


def _is_hidden(character: str, *, latin: bool) -> bool:
    if latin and ord(character) > _LAST_LATIN and ord(character.casefold()[0]) in LATIN_LOOK_ALIKES:
        return True
    return unicodedata.category(character) == "Cf"


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
