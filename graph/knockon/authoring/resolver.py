"""Resolve names in data files to records of the data set, of the store, of a used data set, or to a new record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from knockon.authoring.known_names import KnownName, KnownNames
from knockon.authoring.languages import base_of
from knockon.authoring.names import LOCAL_NAME, check_length, iri, is_iri, to_exact_local_name, to_local_name
from knockon.vocabulary import ID

#: The addresses of our own terms and records begin with this.
KNOCKON = ID.removesuffix("id/")


class Resolver:
    """Resolver of names to IRIs for one data set.

    Names in tables are looked up in this order: an id of the data set, a label or other name in it, the data sets that it
    uses, an id of another data set with the same base, a label in one. A name that is not found is that of a new record.
    Names in YAML files are ids, except those of data sets that are used.

    Parameters
    ----------
    base
        The base of the ids of the data set.
    declared
        The IRIs of its records, each with its label and other names.
    known
        The names in other data sets.
    uses
        The names of data sets whose entities may be named without a prefix.
    exact
        Do not merge different spellings of a name.

    Examples
    --------
    >>> known = KnownNames([KnownName("https://w3id.org/knockon/id/nvidia", "Company", "sensetime", ("nvidia", "NVIDIA"))])
    >>> resolver = Resolver("urn:x:", {"urn:x:acme": ("acme", "Acme Chips")}, known, ["sensetime"])
    >>> resolver.iri("acme chips", loose=True), resolver.iri("Mips", loose=True), resolver.iri("Nvidia", loose=True)
    ('urn:x:acme', 'urn:x:mips', 'https://w3id.org/knockon/id/nvidia')
    >>> resolver.links
    {'Nvidia': 'https://w3id.org/knockon/id/nvidia'}
    """

    def __init__(
        self,
        base: str,
        declared: Mapping[str, tuple[str, ...]] | None = None,
        known: KnownNames | None = None,
        uses: Collection[str] = (),
        *,
        exact: bool = False,
    ) -> None:
        self.base, self.uses, self.exact = base, uses, exact
        self.known = known or KnownNames()
        self.links: dict[str, str] = {}
        #: Every IRI that a name was resolved to, by itself: several names of one record share one text.
        self._named: dict[str, str] = {}
        #: Those of them that were written as IRIs alone, which no name was compared with.
        self._written: set[str] = set()
        self.declared: set[str] = set()
        self._own = KnownNames()
        #: What names mean that can mean nothing else while there are no names of records.
        self._certain: dict[str, str] = {}
        self.declare(declared or {})

    def declare(self, records: Mapping[str, tuple[str, ...]], classes: Mapping[str, str] | None = None) -> None:
        """Add records of the data set, with their names."""
        self.declared |= records.keys()
        # What has no names cannot be found by one.
        named = (KnownName(full, (classes or {}).get(full, "Entity"), "", names) for full, names in records.items() if names)
        self._own = KnownNames([*self._own.names, *named])
        self.forget()

    @property
    def named(self) -> Set[str]:
        """Every IRI that a name was resolved to; those that were written as IRIs alone are left out."""
        return self._named.keys() - self._written if self._written else self._named.keys()

    def forget(self) -> None:
        """Forget what names meant, since other records are declared now."""
        self._resolved: dict[tuple[str, Sequence[str], bool], str] = {}
        if self._finds_names:
            self._certain.clear()

    @property
    def _finds_names(self) -> bool:
        """Whether there are names of records that a name may be one of."""
        return self._own.has_names or self.known.has_names

    def is_record(self, full: str) -> bool:
        """Return whether an IRI is that of a record, or has the base of records: then it is no web address of a document."""
        return full in self.declared or full in self.known.classes or full.startswith((self.base, KNOCKON))

    def to_local_name(self, name: str) -> str:
        """Return the local name of a new record with this name."""
        return to_exact_local_name(name) if self.exact else to_local_name(name)

    def has_part(self, full: str) -> bool:
        """Return whether an IRI is a part of a record of the data set, such as a supply of a dependency."""
        stem = full
        while (cut := stem.rfind("--")) > 0:
            stem = stem[:cut]
            if stem in self.declared:
                return True
        return False

    def iri(self, name: str, *, loose: bool = False, ranges: Sequence[str] = ()) -> str:
        """Resolve a reference; with ``loose`` it may be any name of a record, or the name of a new one.

        Raises
        ------
        InvalidName
            The name is invalid, or may mean several records.
        """
        if loose and (certain := self._certain.get(name)) is not None:
            return certain
        key = (name, ranges, loose)
        if key not in self._resolved:
            check_length(name)
            full = self._resolve_any_name(name, ranges) if loose else self._resolve_id(name, ranges)
            if not is_iri(name):
                self._written.discard(full)
            elif full not in self._named:
                self._written.add(full)
            full = self._named.setdefault(full, full)
            if loose and not self._finds_names and self._is_only_id(name):
                self._certain[name] = full
                return full
            self._resolved[key] = full
        return self._resolved[key]

    def _is_only_id(self, name: str) -> bool:
        """Return whether a name that is no name of a record means the same whatever ids are declared later."""
        return is_iri(name) or not LOCAL_NAME.fullmatch(name) or self.to_local_name(name) == name

    def _resolve_id(self, name: str, ranges: Sequence[str]) -> str:
        full = self.base + name if LOCAL_NAME.fullmatch(name) else ""
        if is_iri(name) or full in self.declared:
            return iri(name, self.base)
        return self._find_in_used(name, ranges) or iri(name, self.base)

    def _resolve_any_name(self, name: str, ranges: Sequence[str]) -> str:
        if is_iri(name):
            return iri(name, self.base)
        # Two possible ids: the name as written, and the id that is made of it.
        local = self.to_local_name(name)
        is_local = LOCAL_NAME.fullmatch(name) is not None
        ids = (self.base + name, self.base + local) if is_local and name != local else (self.base + local,)
        for full in ids:
            if full in self.declared or self.has_part(full):
                return full
        return (
            self._own.find(name, ranges=ranges, exact=self.exact)
            or self._find_in_used(name, ranges)
            or next((full for full in ids if full in self.known.classes), None)
            or self.known.find(name, base=self.base, ranges=ranges, exact=self.exact)
            or self.base + (name if is_local and "--needs--" in name else local)
        )

    def _find_in_used(self, name: str, ranges: Sequence[str]) -> str | None:
        match = self.known.find(name, self.uses, ranges=ranges, exact=self.exact) if self.uses else None
        if match is not None:
            self.links[name] = match
        return match


def names_of_fields(id_: str, data: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of a record as written: its id, label and other names.

    >>> names_of_fields("acme", {"label": "Acme", "altLabel": ["ACME Ltd"]})
    ('acme', 'Acme', 'ACME Ltd')
    """
    named = [value for field, value in data.items() if base_of(field) in ("label", "altLabel")]
    texts = [id_, *(text for value in named for text in (value if isinstance(value, list) else [value]))]
    return tuple(text for text in texts if isinstance(text, str) and text)
