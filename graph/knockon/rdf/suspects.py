"""Find the records that can violate a rule between records, so that all others need not be in memory at once.

The records are gone through once: what is compared is kept as digests, hashes and sums. What these cannot tell apart, or what
is only near a limit, is suspected as well. ``check_suspects`` of ``integrity.py`` then says what is wrong with the suspects.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from knockon.model import Entity, Judgement, Ownership, Shock, Statement
from knockon.rdf.reference_survey import ReferenceDoubts, ReferenceSurvey
from knockon.rdf.sameness import MOST_SAME, Sameness, claims
from knockon.rdf.weight_survey import HoldingSurvey, WeightSurvey
from knockon.rdf.whole_survey import WholeSurvey


class Suspects:
    """The records that can violate a rule, and those without which it cannot be told.

    Parameters
    ----------
    doubts
        What may be wrong with ids and references.
    holdings, weights
        The wholes whose shares may add up to more than 1, of all data sets together and of each by itself.
    shared
        The hashes of identifiers that several entities may have.
    has_judgements, has_queries
        Whether there are judgements, and shocks with target queries.
    wholes
        The links from entities to their wholes.
    """

    def __init__(
        self,
        doubts: ReferenceDoubts,
        holdings: frozenset[int],
        weights: frozenset[int],
        shared: frozenset[int],
        wholes: WholeSurvey,
        *,
        has_judgements: bool,
        has_queries: bool,
    ) -> None:
        self.doubts, self.wholes = doubts, wholes
        self._holdings, self._weights, self._shared = holdings, weights, shared
        self._has_queries = has_queries
        self._in_cycles = wholes.into_cycles()
        self._joined = _Joined(Sameness(), frozenset(), frozenset())
        #: Whether any record may tell that entities are the same.
        self.some_tell = has_judgements or bool(shared)

    def __bool__(self) -> bool:
        found = self.doubts, self._holdings, self._weights, self._in_cycles, self.some_tell, self._has_queries
        return any(found)

    def tells(self, record: Statement) -> bool:
        """Return whether a record may tell that entities are the same: the others can be left out of ``Sameness``."""
        if isinstance(record, Judgement):
            return True
        return bool(self._shared) and any(
            claim.identifier is not None and hash(claim.identifier) in self._shared for claim in claims((record,))
        )

    def join(self, telling: Iterable[Statement]) -> None:
        """Suspect also the entities in which something is wrong because others are the same.

        Parameters
        ----------
        telling
            All records that may tell which are, in the order of their IRIs.
        """
        same = Sameness.of(telling)
        if same:
            large = frozenset(iri for group in same.groups if len(group) > MOST_SAME for iri in group)
            self._joined = _Joined(same, large, self.wholes.into_cycles(same.hidden))

    def include(self, record: Statement) -> bool:
        """Return whether a merged record is suspected."""
        if self.doubts and self.doubts.concern(record):
            return True
        if isinstance(record, Ownership):
            return HoldingSurvey.whole(record) in self._holdings
        if isinstance(record, Shock):
            return has_query(record)
        if isinstance(record, Entity) and (hash(record.id) in self._in_cycles or self._joined.include(record.id)):
            return True
        return self.tells(record)

    def include_stated(self, number: int, record: Statement) -> bool:
        """Return whether a record is suspected of what the data set with a number states."""
        return bool(self._weights) and not self._weights.isdisjoint(WeightSurvey.wholes(number, record))


class _Joined(NamedTuple):
    """What may be wrong where entities are the same: large groups, and cycles (by hashes of the IRIs that are shown)."""

    same: Sameness
    large: frozenset[str]
    cycles: frozenset[int]

    def include(self, iri: str) -> bool:
        return iri in self.large or (bool(self.cycles) and hash(self.same.shown(iri)) in self.cycles)


class Survey:
    """What rules between records compare, while the records are gone through.

    Examples
    --------
    >>> from knockon.model import Company
    >>> survey, acme = Survey(), Company(id="urn:x:acme", label="Acme", partOf="urn:x:nobody")
    >>> survey.include(acme)
    >>> survey.suspects().include(acme)
    True
    """

    def __init__(self) -> None:
        self._references, self._wholes = ReferenceSurvey(), WholeSurvey()
        self._holdings, self._weights = HoldingSurvey(), WeightSurvey()
        self._identifiers, self._holders = array("q"), array("q")
        self._has_judgements = self._has_queries = False

    def include(self, record: Statement) -> None:
        """Add a record as all data sets state it together."""
        self._references.include(record)
        if isinstance(record, Entity):
            for whole in record.part_of:
                self._wholes.add(record.id, whole)
        elif isinstance(record, Ownership):
            self._holdings.include(record)
        elif isinstance(record, Judgement):
            self._has_judgements = True
        elif isinstance(record, Shock):
            self._has_queries = self._has_queries or has_query(record)
        for claim in claims((record,)):
            if claim.identifier is not None:
                self._identifiers.append(hash(claim.identifier))
                self._holders.append(hash(claim.entities[0]))

    def include_stated(self, number: int, record: Statement) -> None:
        """Add a record as the data set with a number states it."""
        self._weights.include(number, record)

    def suspects(self) -> Suspects:
        """Return which of the records may violate a rule."""
        return Suspects(
            self._references.doubts(),
            self._holdings.excess(),
            self._weights.excess(),
            self._shared_identifiers(),
            self._wholes,
            has_judgements=self._has_judgements,
            has_queries=self._has_queries,
        )

    def _shared_identifiers(self) -> frozenset[int]:
        """Return the hashes of identifiers that are stated of several entities."""
        if not self._identifiers:
            return frozenset()
        import numpy as np  # not for data without identifiers

        identifiers, holders = (np.frombuffer(each, np.int64) for each in (self._identifiers, self._holders))
        order = np.lexsort((holders, identifiers))
        identifiers, holders = identifiers[order], holders[order]
        shared = (identifiers[1:] == identifiers[:-1]) & (holders[1:] != holders[:-1])
        return frozenset(identifiers[1:][shared].tolist())


def has_query(shock: Shock) -> bool:
    """Return whether a shock selects what it hits by a query."""
    return any(hit.target_query is not None for hit in shock.hit)


__all__ = ["Survey", "Suspects", "has_query"]
