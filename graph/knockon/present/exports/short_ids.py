"""Ids of records for formats that want short ones: the local name where it is not that of another record too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from knockon.model.base import digest
from knockon.vocabulary import local_name

#: What FollowTheMoney takes as an id, and all others do too.
_ID = re.compile(r"[0-9a-zA-Z](?:[0-9a-zA-Z.\-]*[0-9a-zA-Z])?")
_LONGEST = 150


class ShortIds:
    """The short ids of the records of one graph.

    >>> ids = ShortIds(["urn:x:a", "https://example.org/b", "https://example.com/b"])
    >>> ids.of("urn:x:a"), ids.of("https://example.org/b")
    ('a', 'b-8cae5ebf23')
    """

    def __init__(self, iris: Iterable[str]) -> None:
        names = Counter(map(local_name, iris))
        self.ambiguous = {name for name, count in names.items() if count > 1}

    def of(self, iri: str) -> str:
        """Return the id of a record."""
        name = local_name(iri)
        if _ID.fullmatch(name) and len(name) <= _LONGEST and name not in self.ambiguous:
            return name
        return f"{re.sub(r'[^0-9a-zA-Z]+', '-', name).strip('-')[:100] or 'x'}-{digest(iri)}"


__all__ = ["ShortIds"]
