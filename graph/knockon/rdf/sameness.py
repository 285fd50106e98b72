"""Which entities are the same: what judgements and deciding identifiers say, and where these contradict each other.

A judgement ``Same`` joins two entities; so does an identifier that belongs to one entity alone, unless a judgement
``Different`` names the two. What is joined is one entity, also through others. A judgement ``Different`` on two entities
that are joined is a conflict: nobody can tell which link of the chain between them is wrong.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import NamedTuple

from knockon.model import Designation, Entity, Judgement, Statement
from knockon.model.dates import absence
from knockon.model.deciding_identifiers import DecidingIdentifier, is_valid, unchecked_identifier
from knockon.model.records import Records
from knockon.vocabulary import ASSERTED, Verdict, local_name, prefixed

#: The most IRIs of one entity: links are derived between every IRI of both ends.
MOST_SAME = 100


class Claim(NamedTuple):
    """What one record says of sameness: a judgement of two entities, or that an identifier belongs to one.

    The check digits of an identifier are tried only where several entities state it.
    """

    record: Statement
    entities: tuple[str, ...]
    verdict: Verdict | None = None
    identifier: DecidingIdentifier | None = None


class Link(NamedTuple):
    """Why two entities are the same: the name of a judgement, or an identifier."""

    first: str
    second: str
    reason: str


class Conflict(NamedTuple):
    """Two entities that a judgement says are different, and the links that make them the same."""

    judgement: str
    entities: tuple[str, str]
    chain: tuple[Link, ...]

    @property
    def message(self) -> str:
        """What is wrong, with every link of the chain."""
        links = ", ".join(f"{prefixed(a)} is the same as {prefixed(b)} ({reason})" for a, b, reason in self.chain)
        first, second = map(prefixed, self.entities)
        return f"{first} and {second} are judged different, but {links}"


class Sameness:
    """Groups of IRIs, each of one entity; the least IRI of a group is shown unless another one is named.

    Parameters
    ----------
    groups
        The groups, each of two IRIs or more.
    conflicts
        The judgements that contradict them.
    named
        The IRIs that are shown instead of the least of their groups.

    Examples
    --------
    >>> same = Sameness([["urn:x:b", "urn:x:a"]])
    >>> same.shown("urn:x:b"), same.others("urn:x:b"), same.all_of("urn:x:c")
    ('urn:x:a', ('urn:x:b',), ('urn:x:c',))
    >>> same.naming(["urn:x:b"]).shown("urn:x:a")
    'urn:x:b'
    """

    def __init__(
        self, groups: Iterable[Iterable[str]] = (), conflicts: Sequence[Conflict] = (), named: Iterable[str] = ()
    ) -> None:
        self.groups = tuple(sorted(tuple(sorted(group)) for group in groups))
        self.conflicts = tuple(conflicts)
        self._group: Mapping[str, tuple[str, ...]] = {iri: group for group in self.groups for iri in group}
        self._named: dict[tuple[str, ...], str] = {}
        for iri in named:
            if iri in self._group:
                self._named.setdefault(self._group[iri], iri)

    @classmethod
    def of(cls, records: Iterable[Statement], admits: Callable[[Statement], bool] | None = None) -> Sameness:
        """Return what records say.

        Parameters
        ----------
        records
            Records of any class.
        admits
            Whether a judgement counts, or a record that states an identifier; by default those that rest on an assertion, on
            any day.
        """
        admits = admits or (lambda record: record.rests_on(ASSERTED))
        if isinstance(records, Records):
            records = records.telling_same
        records = records if isinstance(records, Sequence) else list(records)
        shared = _shared_identifiers(records)
        if not shared:
            records = [record for record in records if isinstance(record, Judgement)]
        # Of a million identifiers few are stated of two entities: the others join nothing, and take memory.
        telling = (claim for claim in claims(records) if claim.identifier is None or hash(claim.identifier) in shared)
        return cls._of_claims([claim for claim in telling if admits(claim.record)])

    @classmethod
    def _of_claims(cls, counting: Sequence[Claim]) -> Sameness:
        judged = [claim for claim in counting if claim.verdict is Verdict.DIFFERENT]
        # Of several judgements on one pair the first by IRI is named.
        judged.sort(key=lambda claim: claim.record.id, reverse=True)
        different = {claim.entities: claim.record for claim in judged}
        links = [*_judged_links(counting), *_identifier_links(counting, different)]
        groups = _components(links)
        group_of = {iri: group for group in groups for iri in group}
        conflicts = [
            Conflict(record.id, (first, second), _chain(links, first, second))
            for (first, second), record in sorted(different.items())
            if first in group_of and second in group_of[first]
        ]
        return cls(groups, conflicts)

    def __bool__(self) -> bool:
        return bool(self.groups)

    def shown(self, iri: str) -> str:
        """Return the IRI by which the entity with an IRI is shown; the same IRI where it has no other."""
        group = self._group.get(iri)
        return iri if group is None else self._named.get(group, group[0])

    def all_of(self, iri: str) -> tuple[str, ...]:
        """Return all IRIs of the entity with an IRI, in their order."""
        return self._group.get(iri, (iri,))

    def others(self, iri: str) -> tuple[str, ...]:
        """Return the IRIs of the entity with an IRI except the one by which it is shown."""
        shown = self.shown(iri)
        return tuple(other for other in self._group.get(iri, ()) if other != shown)

    def is_same(self, first: str, second: str) -> bool:
        """Return whether two IRIs are of one entity."""
        return first == second or second in self._group.get(first, ())

    @cached_property
    def hidden(self) -> Mapping[str, str]:
        """The IRI that is shown, by each IRI that is not."""
        return MappingProxyType({iri: shown for group in self.groups for iri in group if (shown := self.shown(iri)) != iri})

    def naming(self, iris: Iterable[str]) -> Sameness:
        """Return the same groups, with the first of these IRIs in each group as the one that is shown."""
        return Sameness(self.groups, self.conflicts, iris)


def claims(records: Iterable[Statement]) -> Iterator[Claim]:
    """Yield what records say of sameness.

    >>> from knockon.model import Company
    >>> firm = Company(id="urn:x:a", label="A", identifier={"scheme": "Wikidata", "notation": "Q95"})
    >>> [str(claim.identifier) for claim in claims([firm])]
    ['Wikidata Q95']
    """
    for record in records:
        if isinstance(record, Entity):
            for identifier in record.identifier:
                if known := unchecked_identifier(identifier.scheme, identifier.notation):
                    yield Claim(record, (record.id,), identifier=known)
        elif isinstance(record, Judgement):
            yield Claim(record, record.entity, record.verdict)
        elif isinstance(record, Designation) and record.list_entry is not None:
            entry = DecidingIdentifier(f"entry of {prefixed(record.measure)}:", record.list_entry.strip())
            yield Claim(record, (record.designated,), identifier=entry)


def telling(records: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the records that tell which entities are the same: ``Sameness.of`` returns the same for these alone.

    >>> from knockon.model import Company
    >>> known = {"scheme": "Wikidata", "notation": "Q95"}
    >>> firms = [Company(id=f"urn:x:{name}", label=name, identifier=known) for name in "ab"]
    >>> [firm.id for firm in telling([*firms, Company(id="urn:x:c", label="C")])]
    ['urn:x:a', 'urn:x:b']
    """
    records = records if isinstance(records, Sequence) else list(records)
    shared = _shared_identifiers(records)
    for record in records:
        if any(claim.identifier is None or hash(claim.identifier) in shared for claim in claims([record])):
            yield record


def conflicts(records: Iterable[Statement]) -> Iterator[Conflict]:
    """Yield the conflicts of records that rest on an assertion, on any day on which they hold together, each once."""
    records = records if isinstance(records, Sequence) else list(records)
    if not any(isinstance(record, Judgement) and record.verdict is Verdict.DIFFERENT for record in records):
        return
    counting = [claim for claim in claims(records) if claim.record.rests_on(ASSERTED)]
    different = {claim.entities for claim in counting if claim.verdict is Verdict.DIFFERENT}
    # Joined by everything that ever counts: only in such a group can there be a conflict on some day.
    group_of = {iri: group for group in _components(_links_ever(counting)) for iri in group} if different else {}
    groups = {tuple(sorted(group_of[a])): group_of[a] for a, b in different if a in group_of and b in group_of[a]}
    for _, group in sorted(groups.items()):
        members = [claim for claim in counting if group.issuperset(claim.entities)]
        seen: set[str] = set()
        for day in sorted({date.min, *(claim.record.begins or date.min for claim in members)}):
            holding = [claim for claim in members if absence(claim.record, day) is None]
            for conflict in Sameness._of_claims(holding).conflicts:
                if conflict.judgement not in seen:
                    seen.add(conflict.judgement)
                    yield conflict


def _shared_identifiers(records: Iterable[Statement]) -> set[int]:
    """Return the hashes of identifiers that are stated of several entities, and perhaps of some others."""
    holder: dict[int, str] = {}
    shared: set[int] = set()
    for claim in claims(records):
        if claim.identifier is not None:
            key, entity = hash(claim.identifier), claim.entities[0]
            if holder.setdefault(key, entity) != entity:
                shared.add(key)
    return shared


def _links_ever(counting: Sequence[Claim]) -> list[Link]:
    return [*_judged_links(counting), *_identifier_links(counting, {})]


def _judged_links(counting: Iterable[Claim]) -> Iterator[Link]:
    for claim in counting:
        if claim.verdict is Verdict.SAME:
            first, second = claim.entities
            yield Link(first, second, local_name(claim.record.id))


def _identifier_links(counting: Iterable[Claim], different: Mapping[tuple[str, ...], Statement]) -> Iterator[Link]:
    """Yield the links between entities with one identifier, except those that are judged different."""
    holders: dict[DecidingIdentifier, set[str]] = defaultdict(set)
    for claim in counting:
        if claim.identifier is not None:
            holders[claim.identifier].update(claim.entities)
    judged = {iri for pair in different for iri in pair}
    shared = ((number, members) for number, members in holders.items() if len(members) > 1 and is_valid(number))
    for identifier, members in sorted(shared):
        # Where one member is different from another, each of the others may still be either.
        pairs = combinations(sorted(members), 2) if len(members & judged) > 1 else pairwise(sorted(members))
        yield from (Link(first, second, str(identifier)) for first, second in pairs if (first, second) not in different)


def _components(links: Iterable[Link]) -> list[set[str]]:
    """Return the sets of entities that links join."""
    group_of: dict[str, set[str]] = {}
    for first, second, _ in links:
        one, other = group_of.setdefault(first, {first}), group_of.setdefault(second, {second})
        if one is not other:
            small, large = sorted((one, other), key=len)
            large |= small
            group_of.update(dict.fromkeys(small, large))
    return list({id(group): group for group in group_of.values()}.values())


def _chain(links: Iterable[Link], start: str, end: str) -> tuple[Link, ...]:
    """Return the shortest chain of links from one entity to another, the first of these by its reasons."""
    steps: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(links):
        steps[link.first].append(link)
        steps[link.second].append(Link(link.second, link.first, link.reason))
    into: dict[str, Link | None] = {start: None}
    queue = deque([start])
    while queue and end not in into:
        for link in steps[queue.popleft()]:
            if link.second not in into:
                into[link.second] = link
                queue.append(link.second)
    chain: list[Link] = []
    while (last := into[end]) is not None:
        chain.append(last)
        end = last.first
    return tuple(reversed(chain))


__all__ = ["MOST_SAME", "Claim", "Conflict", "Link", "Sameness", "claims", "conflicts", "telling"]
