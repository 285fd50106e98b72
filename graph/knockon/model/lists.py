"""The lists of measures: whom they name, the rules that extend them, and whom they cover by these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from knockon.model.base import Statement
from knockon.model.covered_parties import Readings, readings, rests_on
from knockon.model.entity import Organization
from knockon.model.measure import Designation, Measure, OwnershipRule
from knockon.model.relation import Ownership
from knockon.model.stakes import Stakes, stakes_of

#: The classes of records that lists are made of; ``Lists.of(..., strict=True)`` needs organizations as well.
LIST_RECORDS = (Measure, Designation, OwnershipRule, Ownership)


@dataclass(frozen=True)
class Lists:
    """The lists of measures with what extends them.

    Attributes
    ----------
    named
        The parties that each measure names, by measure: in its own record, or by a designation.
    rules
        The rules that extend lists.
    stakes
        The stakes by which they do.
    unknown_owners
        Organizations without a recorded owner that the high reading takes for owned by listed parties.
    """

    named: Mapping[str, frozenset[str]]
    rules: tuple[OwnershipRule, ...]
    stakes: Stakes
    unknown_owners: Collection[str] = ()

    @classmethod
    def of(
        cls,
        records: Iterable[Statement],
        data_set_of: Mapping[str, str],
        admits: Callable[[Statement], bool],
        *,
        strict: bool = False,
    ) -> Lists:
        """Return the lists of some records.

        Parameters
        ----------
        records
            The records. Whom a measure names itself counts whatever the measure rests on, as its triples are in the graph.
        data_set_of
            The data set of each ownership, by IRI; what is not in it belongs to one data set.
        admits
            Whether a designation, rule or ownership counts.
        strict
            Take nothing for granted: neither that stakes are direct, nor that an organization without a recorded owner is
            not owned by listed parties.

        Examples
        --------
        >>> law = Measure(id="urn:x:law", label="Law", applies_to=["urn:x:a"])
        >>> lists = Lists.of([law], {}, lambda record: True)
        >>> sorted(lists.covered(law.id).certain), lists.rules
        (['urn:x:a'], ())
        """
        named: dict[str, set[str]] = {}
        rules: list[OwnershipRule] = []
        ownerships: list[tuple[str, Ownership]] = []
        organizations: set[str] = set()
        for record in records:
            if isinstance(record, Measure):
                named.setdefault(record.id, set()).update(record.applies_to)
            elif isinstance(record, Designation) and admits(record):
                named.setdefault(record.measure, set()).add(record.designated)
            elif isinstance(record, OwnershipRule) and admits(record):
                rules.append(record)
            elif isinstance(record, Ownership) and admits(record):
                ownerships.append((data_set_of.get(record.id, ""), record))
            elif strict and isinstance(record, Organization):
                organizations.add(record.id)
        stakes = stakes_of(ownerships, strict=strict)
        parties = {measure: frozenset(names) for measure, names in named.items()}
        return cls(parties, tuple(rules), stakes, organizations.difference(stakes.recorded))

    @cached_property
    def _readings(self) -> dict[str, Readings]:
        return {}

    def by_rule(self, rule: OwnershipRule) -> Readings:
        """Return whom the lists that a rule extends cover together.

        Parameters
        ----------
        rule
            The rule.
        """
        if rule.id not in self._readings:
            listed = sorted({party for measure in rule.extends for party in self.named.get(measure, ())})
            self._readings[rule.id] = readings(self.stakes, listed, rule, self.unknown_owners)
        return self._readings[rule.id]

    def rules_of(self, measure: str) -> tuple[OwnershipRule, ...]:
        """Return the rules that extend the list of a measure.

        Parameters
        ----------
        measure
            The measure (IRI).
        """
        return tuple(rule for rule in self.rules if measure in rule.extends)

    def covered(self, measure: str) -> Readings:
        """Return whom the list of a measure covers, by name or by a rule, each with the least round in which it is found.

        A measure that is not among the records (on this day) covers nobody.

        Parameters
        ----------
        measure
            The measure (IRI).
        """
        if measure not in self.named:
            return Readings({}, {})
        named = self.named[measure]
        certain, possible = dict.fromkeys(sorted(named), 0), dict.fromkeys(sorted(named), 0)
        for rule in self.rules_of(measure):
            found = self.by_rule(rule)
            several = len(rule.extends) > 1
            for known, parties, is_certain in ((certain, found.certain, True), (possible, found.possible, False)):
                own = rests_on(self.stakes, named, parties, certain=is_certain) if several else parties.keys()
                for party in own:
                    known[party] = min(parties[party], known.get(party, parties[party]))
        return Readings(certain, dict.fromkeys(certain, 0) | {p: n for p, n in possible.items() if p not in certain})


__all__ = ["LIST_RECORDS", "Lists"]
