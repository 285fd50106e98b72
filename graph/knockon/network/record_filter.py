"""The conditions that records must meet to enter the network, and what passes the weight of those that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knockon.model import Statement, is_a
from knockon.model.dates import absence
from knockon.vocabulary import Stance

#: Classes that never depend on anything in a network: rules, people, ideas and sources.
NEVER_DEPENDANT = ("Measure", "Person", "Jurisdiction", "Concept", "Document", "Event")
#: Classes of money; entities of other classes depend on :data:`FINANCE` only when financing is asked for.
MONEY = ("Contract", "Market", "RevenueStream", "Funding")
FINANCE = ("RevenueStream", "Funding")
#: Why a dependency on money, or a supply or provision of it, has no effect without ``financing``.
FINANCING = "financing"
#: Why a record is left out that would make an entity depend on itself.
ITSELF = "an entity does not depend on itself"


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """The conditions that records must meet to enter the network.

    Parameters
    ----------
    stances
        The stances of evidence that count, by default "asserts". A record without evidence is always admitted.
    facts_only
        Leave out records that are inferred.
    financing
        Let entities other than contracts, markets and money depend on revenue and funding.
    as_of
        Leave out records that have ended before this day, or have not begun; None ignores dates.
    """

    stances: frozenset[Stance] = frozenset({Stance.ASSERTS})
    facts_only: bool = False
    financing: bool = False
    as_of: date | None = None

    def admits(self, record: Statement) -> str:
        """Return the reason why a record is left out; empty if it is admitted."""
        if record.evidence and not self.stances & {evidence.stance for evidence in record.evidence}:
            return "not asserted"
        if self.facts_only and record.inferred:
            return "inferred"
        return absence(record, self.as_of) or ""

    def begins_later(self, record: Statement) -> bool:
        """Return whether a record has not begun; it then has no weight to pass on."""
        return self.as_of is not None and record.from_ is not None and record.from_ > self.as_of

    def excludes(self, dependant: str, need: str, classes: Mapping[str, str]) -> str:
        """Return the reason why the classes of the ends keep a dependency out of the network; empty if they do not.

        Parameters
        ----------
        dependant
            The IRI of the entity that would lose.
        need
            The IRI of what it needs.
        classes
            The class of each record, by IRI.
        """
        dependant_class = classes.get(dependant, "Entity")
        if any(is_a(dependant_class, name) for name in NEVER_DEPENDANT):
            return f"a {dependant_class} depends on nothing"
        return FINANCING if self.without_effect(dependant, need, classes) else ""

    def without_effect(self, dependant: str, source: str, classes: Mapping[str, str]) -> bool:
        """Return whether an entity loses nothing by the failure of a source, because the source is money.

        A supply or provision of such a source keeps its weight and its place in the combination, and passes no loss on.
        """
        if self.financing or classes.get(source) not in FINANCE:
            return False
        return classes.get(dependant, "Entity") not in MONEY


__all__ = ["FINANCE", "FINANCING", "ITSELF", "MONEY", "NEVER_DEPENDANT", "RecordFilter"]
