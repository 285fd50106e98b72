"""What a record has to do with other IRIs: whom its quads are about, what it refers to, what it shares with others.

The table of records keeps these links by the hash of the IRI, so that a change finds the records that it touches
(local_change.py) without reading all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from knockon.model import Dependency, Ownership, Provision, Record, Relation, Statement
from knockon.rdf.references import parts_without_evidence, referenced
from knockon.rdf.sameness import claims

#: The kinds of links: the record has quads about the IRI; it refers to it; it has a part of that IRI whose name does not
#: begin with its own; it states the identifier.
SUBJECT, REFERENCE, PART, IDENTIFIER = range(4)
#: The hash of nothing: to copy it takes a third of the time of making one.
_EMPTY = blake2b(digest_size=8)
_unpack = Struct(">q").unpack


class Link(NamedTuple):
    """A link of a record: its kind, and the IRI or identifier at its other end."""

    kind: int
    end: str


def link_key(text: str) -> int:
    """Return the key of a name, an IRI or an identifier in the table of records.

    >>> link_key("nvidia") == link_key("nvidia") != link_key("android")
    True
    """
    state = _EMPTY.copy()
    state.update(text.encode(errors="backslashreplace"))
    return _unpack(state.digest())[0]  # type: ignore[no-any-return]


def subjects(record: Statement) -> Iterator[str]:
    """Yield the subjects of the quads that are stated by a record or follow from it, but for itself and its parts.

    >>> list(subjects(Relation(id="urn:x:r", subject="urn:x:a", object="urn:x:b", relationType="competesWith")))
    ['urn:x:a', 'urn:x:b']
    """
    yield from (evidence.id for evidence in record.all_evidence())
    if isinstance(record, Dependency):
        yield record.dependant
    elif isinstance(record, Provision):
        yield record.provided
    elif isinstance(record, Ownership):
        yield record.owner
    elif isinstance(record, Relation):
        yield from (record.subject, record.object)


def links(record: Statement) -> set[Link]:
    """Return the links of a record; a subject that it refers to as well is one link."""
    about = set(subjects(record))
    found = {Link(SUBJECT, iri) for iri in about}
    found.update(Link(REFERENCE, iri) for iri in referenced(record) if iri not in about)
    found.update(Link(PART, part.id) for part in parts_without_evidence(record) if not is_named_after(part, record))
    found.update(Link(IDENTIFIER, str(claim.identifier)) for claim in claims([record]) if claim.identifier)
    return found


def is_named_after(part: Record, record: Statement) -> bool:
    """Return whether the IRI of a part begins with that of its record and two hyphens."""
    return part.id.startswith(f"{record.id}--")


def owners(name: str) -> list[str]:
    """Return the names that a record may have whose part has a name: what is before two hyphens.

    >>> owners("shop--hosting--acme")
    ['shop--hosting', 'shop']
    """
    found, place = [], name.rfind("--")
    while place > 0:
        found.append(name[:place])
        place = name.rfind("--", 0, place + 1)
    return found


__all__ = ["IDENTIFIER", "PART", "REFERENCE", "SUBJECT", "Link", "is_named_after", "link_key", "links", "owners", "subjects"]
