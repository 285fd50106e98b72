"""What a name in a data file refers to: a record of the data set, of the store, of a data set that it uses, or a new one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from knockon.authoring.known_names import KnownName, KnownNames
from knockon.authoring.names import LOCAL, check_length, exact_local, iri, is_iri, local


class Resolver:
    """The IRIs that names refer to in one data set.

    Names in tables are looked for in this order: an id of the data set, a label or other name in it, the data sets that it
    uses, an id of another data set with the same base, a label in one. What is found nowhere is the name of a new record.
    Names in YAML files are ids, except those of data sets that are used.

    Parameters
    ----------
    base
        Where the data set mints its ids.
    declared
        The IRIs of its records, each with its label and other names.
    known
        What exists elsewhere.
    uses
        The names of data sets whose entities may be named without a prefix.
    exact
        Take names as they are spelt: no two spellings are one name.

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
        #: Every IRI that a name referred to.
        self.named: set[str] = set()
        self.declared: set[str] = set()
        self._own = KnownNames()
        self.declare(declared or {})

    def declare(self, records: Mapping[str, tuple[str, ...]], classes: Mapping[str, str] | None = None) -> None:
        """Add records of the data set, with their names."""
        self.declared |= records.keys()
        named = (KnownName(full, (classes or {}).get(full, "Entity"), "", names) for full, names in records.items())
        self._own = KnownNames([*self._own.names, *named])
        self._found: dict[tuple[str, Sequence[str], bool], str] = {}

    def local(self, name: str) -> str:
        """The local name of a new record that is called so."""
        return exact_local(name) if self.exact else local(name)

    def has_part(self, full: str) -> bool:
        """Whether an IRI is that of a part of a record of the data set, such as one supply of a dependency."""
        stem = full
        while (cut := stem.rfind("--")) > 0:
            stem = stem[:cut]
            if stem in self.declared:
                return True
        return False

    def iri(self, name: str, *, loose: bool = False, ranges: Sequence[str] = ()) -> str:
        """The IRI of a reference; with ``loose`` a record may be called by any of its names, and a new one be named.

        Raises
        ------
        Refused
            It cannot be a name, or may mean several records.
        """
        key = (name, ranges, loose)
        if key not in self._found:
            check_length(name)
            self._found[key] = self._loose(name, ranges) if loose else self._strict(name, ranges)
            self.named.add(self._found[key])
        return self._found[key]

    def _strict(self, name: str, ranges: Sequence[str]) -> str:
        full = self.base + name if LOCAL.fullmatch(name) else ""
        if is_iri(name) or full in self.declared:
            return iri(name, self.base)
        return self._used(name, ranges) or iri(name, self.base)

    def _loose(self, name: str, ranges: Sequence[str]) -> str:
        if is_iri(name):
            return iri(name, self.base)
        # Both in the form of an id: as it is written, and as ids are made of names.
        ids = dict.fromkeys(self.base + one for one in (name, self.local(name)) if LOCAL.fullmatch(one))
        return (
            next((full for full in ids if full in self.declared or self.has_part(full)), None)
            or self._own.find(name, ranges=ranges, exact=self.exact)
            or self._used(name, ranges)
            or next((full for full in ids if full in self.known.classes), None)
            or self.known.find(name, base=self.base, ranges=ranges, exact=self.exact)
            or self.base + (name if "--needs--" in name and LOCAL.fullmatch(name) else self.local(name))
        )

    def _used(self, name: str, ranges: Sequence[str]) -> str | None:
        found = self.known.find(name, self.uses, ranges=ranges, exact=self.exact) if self.uses else None
        if found is not None:
            self.links[name] = found
        return found


def names_of_fields(id_: str, data: Mapping[str, object]) -> tuple[str, ...]:
    """What a record as written is called: its id, label and other names.

    >>> names_of_fields("acme", {"label": "Acme", "altLabel": ["ACME Ltd"]})
    ('acme', 'Acme', 'ACME Ltd')
    """
    other = data.get("altLabel")
    texts = (id_, data.get("label"), *(other if isinstance(other, list) else [other]))
    return tuple(text for text in texts if isinstance(text, str) and text)
