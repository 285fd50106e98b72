"""Candidates: pairs of entities of a store that may be one, by their names, in an order that depends on the records alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from knockon.identity.index import NameIndex
from knockon.identity.names import Name, normalize
from knockon.identity.rules import Facts, accepting_rule
from knockon.model import Concept, Designation, Entity, Judgement, Jurisdiction, Measure, Organization, Ownership, Statement
from knockon.model.class_order import most_specific
from knockon.model.deciding_identifiers import is_valid, unchecked_identifier
from knockon.rdf.fold import fold
from knockon.rdf.sameness import Sameness
from knockon.vocabulary import Verdict, local_name

#: The least similarity of a candidate (0..1): below it, the labelled set has more wrong pairs than right ones.
LEAST = 0.65
#: The classes of the records that say anything of who is who: of a large store no others are read.
COMPARED = (Entity, Judgement, Designation, Measure, Ownership)
#: The most candidates of one entity: the most similar.
MOST = 10


class Candidate(NamedTuple):
    """Two entities (IRIs) that may be one.

    ``score`` is the similarity (0..1) of the two names that are most similar, ``names``; ``reason`` says how they compare, and
    what speaks against it. ``rule`` is the rule that accepts them without a person; empty where none does.
    """

    first: str
    second: str
    score: float
    names: tuple[str, str]
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The candidates of a store, the most similar first, and what was decided before names were compared.

    Parameters
    ----------
    candidates
        The candidates; equally similar ones are in the order of their IRIs.
    entities
        How many entities were compared: those that are the same already count once.
    same
        The groups of IRIs that judgements and identifiers make one.
    judged
        How many similar pairs are judged already.
    told_apart
        How many similar pairs state different numbers of one register, or are different entries of one list.
    linked
        How many similar pairs are part and whole, or owner and owned.
    crowded
        How many similar pairs are left out because one of the two has ``most`` others that are more similar.
    unusable
        Names without a letter or digit, by IRI.
    invalid
        Identifiers whose check digits are wrong, so that they decide nothing, by IRI.
    """

    candidates: tuple[Candidate, ...]
    entities: int
    same: tuple[tuple[str, ...], ...] = ()
    judged: int = 0
    told_apart: int = 0
    linked: int = 0
    crowded: int = 0
    unusable: Mapping[str, str] = field(default_factory=dict)
    invalid: Mapping[str, str] = field(default_factory=dict)


def find_candidates(
    records: Iterable[Statement],
    *,
    least: float = LEAST,
    most: int = MOST,
    rules: Sequence[str] = (),
    data_sets: Mapping[str, frozenset[str]] | None = None,
    unsure: bool = False,
) -> Resolution:
    """Return pairs of entities that may be one.

    Identifiers decide before names: entities that state the same one are the same already, and those that state different
    numbers of one register are different. Judged pairs are left out.

    Parameters
    ----------
    records
        All records of the classes ``COMPARED``, and perhaps others, in any order.
    least
        The least similarity (0..1).
    most
        The most candidates of one entity.
    rules
        The names of the rules that may accept a pair.
    data_sets
        The data sets of each entity, by IRI: then only pairs of different data sets are returned.
    unsure
        Return pairs that are judged unsure as well.

    Examples
    --------
    >>> from knockon.model import Company
    >>> names = {"a": "Dahua Technology", "b": "DAHUA TECHNOLOGY CO LTD", "c": "Dahua Electronics", "d": "Technology"}
    >>> found = find_candidates(Company(id=f"urn:x:{key}", label=name) for key, name in names.items())
    >>> [(pair.first, pair.second, pair.score) for pair in found.candidates]
    [('urn:x:a', 'urn:x:b', 1.0)]
    """
    finder = _Finder(sorted(records, key=lambda record: record.id), rules, data_sets, unsure=unsure)
    return finder.resolution(least, most)


class _Finder:
    """The entities that are compared, with what is known of them."""

    def __init__(
        self,
        records: Sequence[Statement],
        rules: Sequence[str],
        data_sets: Mapping[str, frozenset[str]] | None,
        *,
        unsure: bool,
    ) -> None:
        self.rules, self.data_sets = rules, data_sets
        self.same = Sameness.of(records)
        shown = self.same.shown
        folded = fold(records, self.same)
        self.entities = {r.id: r for r in folded if isinstance(r, Entity) and not isinstance(r, Concept | Jurisdiction)}
        verdicts = {Verdict.DIFFERENT} if unsure else {Verdict.DIFFERENT, Verdict.UNSURE}
        judged = (r for r in records if isinstance(r, Judgement) and r.verdict in verdicts)
        self.judged = {frozenset(map(shown, record.entity)) for record in judged}
        self.invalid: dict[str, str] = {}
        self.countries = {r.id: _one_form(r) for r in folded if isinstance(r, Jurisdiction)}
        self.linked = {pair for record in folded for pair in _links(record)}
        self.numbers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.listed: set[str] = set()
        self.names: dict[str, list[str]] = {iri: _names_of(entity) for iri, entity in self.entities.items()}
        for record in folded:
            self._add_numbers(record)

    def _add_numbers(self, record: Statement) -> None:
        """Collect the numbers that tell entities apart, the names on lists, and who is listed."""
        if isinstance(record, Entity):
            for identifier in record.identifier:
                known = unchecked_identifier(identifier.scheme, identifier.notation)
                if known is not None and is_valid(known):
                    self.numbers[record.id][known.scheme].add(known.number)
                elif known is not None:
                    self.invalid[record.id] = str(known)
        elif isinstance(record, Designation):
            self.listed.add(record.designated)
            if record.list_entry is not None:
                self.numbers[record.designated][record.measure].add(record.list_entry.strip())
            if record.name_as_listed and record.designated in self.names:
                self.names[record.designated].append(record.name_as_listed)
        elif isinstance(record, Measure):
            self.listed.update(record.applies_to)

    def resolution(self, least: float, most: int) -> Resolution:
        """Return the candidates."""
        rows = [(iri, name) for iri in sorted(self.names) for name in sorted(set(self.names[iri]))]
        index = NameIndex(name for _, name in rows)
        best: dict[tuple[str, str], tuple[float, str, str]] = {}
        for row, (iri, name) in enumerate(rows):
            if not index.names[row].says_something:
                continue
            for match in index.query(name, least):
                other, other_name = rows[match.row]
                if other == iri or not index.names[match.row].says_something:
                    continue
                first, second = sorted(((iri, name), (other, other_name)))
                found = (-match.score, first[1], second[1])
                pair = (first[0], second[0])
                best[pair] = min(found, best.get(pair, found))
        unusable = {iri: name for (iri, name), one in zip(rows, index.names, strict=True) if not one.words}
        return self._sorted_out(best, most, unusable)

    def _sorted_out(
        self, best: Mapping[tuple[str, str], tuple[float, str, str]], most: int, unusable: Mapping[str, str]
    ) -> Resolution:
        """Return the candidates among similar pairs, in their order."""
        counts = {"judged": 0, "told_apart": 0, "linked": 0, "crowded": 0}
        candidates: list[Candidate] = []
        kept: dict[str, int] = defaultdict(int)
        for (first, second), (score, one, other) in sorted(best.items(), key=lambda item: (item[1][0], item[0])):
            if not self._comparable(first, second):
                continue
            if why := self._decided(first, second):
                counts[why] += 1
                continue
            if max(kept[first], kept[second]) >= most:
                counts["crowded"] += 1
                continue
            kept[first] += 1
            kept[second] += 1
            candidates.append(self._candidate(first, second, -score, (one, other)))
        return Resolution(
            tuple(candidates), len(self.entities), self.same.groups, **counts, unusable=unusable, invalid=self.invalid
        )

    def _comparable(self, first: str, second: str) -> bool:
        """Return whether two entities are of classes that one entity may have, and of data sets that are compared."""
        classes = [type(self.entities[iri]) for iri in (first, second)]
        if most_specific(classes) is None and not all(issubclass(cls, Organization) for cls in classes):
            return False
        return self.data_sets is None or not self._sets(first) & self._sets(second)

    def _sets(self, iri: str) -> frozenset[str]:
        known = self.data_sets or {}
        return frozenset[str]().union(*(known.get(each, frozenset()) for each in self.same.all_of(iri)))

    def _decided(self, first: str, second: str) -> str:
        """Return by what a pair is decided already; empty where it is not."""
        if frozenset((first, second)) in self.judged:
            return "judged"
        one, other = self.numbers.get(first, {}), self.numbers.get(second, {})
        if any(one[scheme].isdisjoint(other[scheme]) for scheme in one.keys() & other.keys()):
            return "told_apart"
        return "linked" if frozenset((first, second)) in self.linked else ""

    def _candidate(self, first: str, second: str, score: float, names: tuple[str, str]) -> Candidate:
        one, other = map(normalize, names)
        listed = first in self.listed, second in self.listed
        facts = Facts(one, other, (self._countries(first), self._countries(second)), listed)
        reasons = [_comparison(one, other, score)]
        if facts.countries[0] and facts.countries[1] and facts.countries[0].isdisjoint(facts.countries[1]):
            reasons.append("different countries")
        return Candidate(first, second, score, names, ", ".join(reasons), accepting_rule(facts, self.rules))

    def _countries(self, iri: str) -> frozenset[str]:
        places = self.entities[iri].jurisdiction
        return frozenset(name for place in places for name in self.countries.get(place, frozenset([local_name(place)])))


def _one_form(record: Jurisdiction) -> frozenset[str]:
    """Return the names of a jurisdiction in one form."""
    return frozenset(normalize(name).text for name in (record.name, str(record.label), *map(str, record.alt_label)))


def _names_of(entity: Entity) -> list[str]:
    return [str(entity.label), *map(str, entity.alt_label)]


def _links(record: Statement) -> Iterable[frozenset[str]]:
    """Return the pairs of which a record says that one owns the other, or is a part of it."""
    if isinstance(record, Ownership):
        return [frozenset((record.owner, record.owned))]
    return [frozenset((record.id, whole)) for whole in record.part_of] if isinstance(record, Entity) else []


def _comparison(first: Name, second: Name, score: float) -> str:
    """Say how two names compare."""
    if first == second:
        return "equal names"
    if first.words == second.words:
        return "equal but for the legal form" if first.form and second.form else "equal, one with a legal form"
    return "equal without spaces" if first.joined == second.joined else f"similar names ({score:.2f})"


__all__ = ["COMPARED", "LEAST", "MOST", "Candidate", "Resolution", "find_candidates"]
