"""Sentences about the verdict of a list on a party whose ownership a rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knockon.analysis.lists.wording import holders_text, percent_text, range_text, rule_text
from knockon.model import Organization, OwnershipRule, Record
from knockon.model.lists import Lists
from knockon.model.stakes import WHOLE, Stake, Stakes, sum_of
from knockon.model.weights import EXACT_CONTEXT
from knockon.text import counted

#: The most owners that a sentence names.
_MAX_NAMED = 4


@dataclass(frozen=True)
class VerdictTexts:
    """The sentences of the list of one measure.

    Attributes
    ----------
    label
        How the measure is named.
    lists
        The lists of all measures, with the rules that extend them.
    records
        Records by IRI.
    named
        How sentences name a record (IRI).
    """

    label: str
    lists: Lists
    records: Mapping[str, Record]
    named: Callable[[str], str]

    def covered(self, party: str, rule: OwnershipRule) -> str:
        """Return that a party is covered, and who holds how much of it."""
        return f"{self._holders(party, rule)}, and {rule_text(rule)} is enough ({rule.label})."

    def undecided(self, party: str, rule: OwnershipRule, low: Decimal, high: Decimal) -> str:
        """Return that it cannot be told, how much is unknown, and how much of that decides."""
        unknown, needed = (EXACT_CONTEXT.subtract(a, b) for a, b in ((high, low), (rule.threshold, low)))
        name = self.named(party)
        if rule.is_reached_by(low):
            others = f"what is known to count of {name} is held by parties of other lists"
            return f"Cannot tell: {others}, and {percent_text(unknown)} is unknown ({rule.label})."
        decides = f"more than {percent_text(needed)}" if rule.above_threshold else percent_text(needed)
        known = f"; {self._holders(party, rule)}, which is not enough" if low else ""
        return f"Cannot tell: {percent_text(unknown)} of {name} is unknown, decides at {decides}{known} ({rule.label})."

    def not_covered(self, party: str, rule: OwnershipRule, low: Decimal, high: Decimal) -> str:
        """Return that a party is not covered, and how much covered parties hold of it."""
        name = self.named(party)
        if not isinstance(self.records.get(party), Organization) and not self.lists.stakes.by_owned.get(party):
            return f"{self.label} does not name {name}, and nobody owns it."
        if rule.is_reached_by(high):
            return f"{self.label} does not name {name}; what counts of it is held by parties of other lists ({rule.label})."
        if high <= 0:
            return f"{self.label} does not name {name}, and no covered party holds a share of it."
        return f"Covered parties hold {range_text(low, high)} of {name}, and {rule_text(rule)} would be needed ({rule.label})."

    def _holders(self, party: str, rule: OwnershipRule) -> str:
        """Return which covered parties hold how much of a party."""
        certain = self.lists.by_rule(rule).certain
        counting = [stake for stake in by_size(self.lists.stakes, party) if stake.owner in certain and stake.low]
        named = [(self.named(s.owner), range_text(s.low, s.high)) for s in counting[:_MAX_NAMED]]
        if others := counting[_MAX_NAMED:]:
            named.append((counted(len(others), "other"), percent_text(sum_of(stake.low for stake in others))))
        total = sum_of(stake.low for stake in counting), min(WHOLE, sum_of(stake.high for stake in counting))
        return holders_text(named, range_text(*total), self.named(party))


def by_size(stakes: Stakes, party: str) -> list[Stake]:
    """Return the stakes in a party, the greatest first."""
    return sorted(stakes.by_owned.get(party, ()), key=lambda stake: (-stake.low, -stake.high, stake.owner))


__all__ = ["VerdictTexts", "by_size"]
