"""Notices about identifiers whose check digits are wrong: they are kept as the source writes them, and decide nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from knockon.errors import Notice, shortened
from knockon.model import Entity, Statement
from knockon.model.deciding_identifiers import has_wrong_digits
from knockon.model.share_notices import Where

_HINT = "kept as written, and not used to find what is the same; correct it at its source"


def identifier_notices(records: Iterable[Statement], where: Where) -> Iterator[Notice]:
    """Yield a notice for each scheme with identifiers whose check digits are wrong, with their number and the first of them.

    Parameters
    ----------
    records
        The records of an import.
    where
        Returns where a record was read.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme", identifier={"scheme": "LEI", "notation": "5493006MHB84DD0ZWV19"})
    >>> [notice.message for notice in identifier_notices([acme], lambda iri: ("firms.csv", 2))]
    ['1 LEI has wrong check digits: 5493006MHB84DD0ZWV19 of acme']
    """
    wrong: dict[str, list[tuple[Entity, str]]] = defaultdict(list)
    for record in records:
        if isinstance(record, Entity):
            for identifier in record.identifier:
                if has_wrong_digits(identifier.scheme, identifier.notation):
                    wrong[identifier.scheme].append((record, identifier.notation))
    for scheme, found in sorted(wrong.items()):
        listed = ", ".join(shortened([f"{notation} of {record.name}" for record, notation in found], _MOST_NAMED))
        verb = "has" if len(found) == 1 else "have"
        yield Notice(*where(found[0][0].id), f"{len(found):,} {scheme} {verb} wrong check digits: {listed}", _HINT)


#: How many identifiers a notice names.
_MOST_NAMED = 3

__all__ = ["identifier_notices"]
