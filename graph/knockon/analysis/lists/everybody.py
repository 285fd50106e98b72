"""Everybody whom lists cover, or of whom that cannot be told: for pages that show each entity with its lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from knockon.analysis.answer_parts import Citation
from knockon.analysis.lists.covered import covered
from knockon.analysis.lists.covered_answer import NO, PartyCoverage
from knockon.analysis.lists.reasons import evidence_of
from knockon.analysis.lists.wording import SUPPOSED

if TYPE_CHECKING:
    from knockon.analysis.context import Context


class ListedParty(NamedTuple):
    """A party that the list of a measure (IRI) covers, or may cover; with the owners that count, and where that is stated.

    ``standing`` says whether the measure exists already, and ``supposed`` is true where nobody has taken it.
    """

    measure: str
    standing: str
    supposed: bool
    party: PartyCoverage
    owners: tuple[str, ...]
    evidence: tuple[Citation, ...]


def listed_parties(context: Context) -> Iterator[ListedParty]:
    """Yield each party that a list covers by name or by ownership, and those of which it cannot be told: see ``covered``.

    What is part of a party is covered with it, and not listed.
    """
    for coverage in covered(context).lists:
        for party in coverage.parties:
            owners = tuple(stake.owner for stake in party.stakes if stake.counts != NO)
            evidence = evidence_of(context, coverage.measure, party)
            supposed = coverage.status in SUPPOSED
            yield ListedParty(coverage.measure, coverage.standing, supposed, party, owners, evidence)


__all__ = ["ListedParty", "listed_parties"]
