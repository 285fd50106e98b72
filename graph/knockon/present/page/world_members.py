"""The contents of each world of the explorer page: of one document, and of one day.

The page shows what the command line would. ``--according-to DOC`` keeps a
record that has evidence in the document, brings what it names along, reduced to
its name, and strips what rests on other documents: this is computed here, once a
document, with the code that the command line uses. ``--as-of DAY`` keeps a
record out before it begins and after it ends (``knockon.model.dates``); a supply
is also out where its dependency is, and documents are there on every day. The
page applies that rule to the columns ``since`` and ``until``.
"""

from __future__ import annotations

from collections import ChainMap, Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from knockon.model import (
    Dependency,
    Designation,
    Document,
    Entity,
    Hit,
    Judgement,
    Measure,
    Provision,
    Shock,
    Statement,
    Supply,
)
from knockon.model.dates import Calendar, absence, covered_days
from knockon.network.provided import chosen_period
from knockon.present.page.facts import Fact, FactReader
from knockon.present.page.network_tables import toggles
from knockon.store.validity import named_iris
from knockon.store.worlds import records_of_document

#: Documents that are offered, at most: the most cited.
DOCUMENTS = 100
#: Records that the offered documents are cited by, together: working out a world takes time for each.
CITING = 20_000
#: Days that the slider stops at.
DAYS = 48
_IN_RUNS = (Dependency, Supply, Provision, Entity, Measure, Shock, Hit, Judgement)
#: Documents that the shocks are run for, and different networks in time.
RUNS, DAY_RUNS = 24, 36


def turning(records: Iterable[Statement]) -> list[Statement]:
    """Return those of some records that a day may change: no other makes a difference to the functions on days.

    >>> from knockon.model import Company
    >>> records = [Company(id="urn:x/a", label="A"), Company(id="urn:x/b", label="B", until="2020-12-31")]
    >>> [record.name for record in turning(records)]
    ['b']
    """
    return [record for record in records if _turns(record) or (isinstance(record, Provision) and record.period)]


def _turns(record: Statement) -> bool:
    return record.begins is not None or record.ends is not None or any(map(_turns, record.parts()))


def turning_days(records: Iterable[Statement]) -> list[str]:
    """Return the days on which something begins or has ended, and before them the last day on which nothing had changed yet.

    What happened or was measured makes no such day: it changes no network. Another period of the provisions of an entity does.

    >>> from knockon.model import Company
    >>> turning_days([Company(id="urn:x:a", label="A", from_="2020-01-01", until="2020-12-31")])
    ['2019-12-31', '2020-01-01', '2021-01-01']
    """
    known = list(records)
    dated = Calendar.of(record for record in known if record.expires).turns
    turns = sorted({*dated, *period_changes(known)})
    if not turns:
        return []
    before = turns[0] - timedelta(1) if turns[0] > date.min else turns[0]
    return [day.isoformat() for day in sorted({before, *turns})]


def period_changes(records: Iterable[Statement]) -> set[date]:
    """Return the days from which on another period of the provisions of some entity counts.

    >>> share = Provision(id="urn:x:p", provider="urn:x:a", provided="urn:x:b", share="0.9", period="2024")
    >>> later = share.model_copy(update={"id": "urn:x:q", "period": "2025"})
    >>> sorted(map(str, period_changes([share, later])))
    ['2024-01-01', '2025-12-31']
    """
    periods: dict[str, set[tuple[date, date]]] = defaultdict(set)
    for record in records:
        if isinstance(record, Provision) and record.period:
            periods[record.provided].add(covered_days(record.period))
    changes = set()
    for several in map(list, periods.values()):
        for day in {day for days in several for day in days} - {date.min}:
            if chosen_period(several, day) != chosen_period(several, day - timedelta(1)):
                changes.add(day)
    return changes


def stops(records: Sequence[Statement]) -> list[str]:
    """Return the days that the slider offers: all turning days, or as many as can be distinguished and run."""
    records = turning(records)
    days = turning_days(records)
    if len(days) > 10 * DAY_RUNS:
        return thinned(days, DAY_RUNS)
    calendar = Calendar.of(records)
    different = {(not_holding(calendar, day), periods_on(records, day)) for day in days}
    return thinned(days, DAY_RUNS if len(different) > DAY_RUNS else DAYS)


def thinned(days: Sequence[str], most: int) -> list[str]:
    """Return at most ``most`` of the days, evenly, the first and the last among them.

    >>> thinned(list("abcdefgh"), 3)
    ['a', 'e', 'h']
    """
    if len(days) <= most:
        return list(days)
    return [days[round(place * (len(days) - 1) / (most - 1))] for place in range(most)]


def not_holding(calendar: Calendar, day: str, *, queried: bool = False) -> frozenset[tuple[str, str]]:
    """Return which records of a run do not hold on a day and why: days that share this share their runs.

    ``queried`` says that a query chooses what is hit: it may ask for any record.
    """
    reasons = (
        (record, absence(record, date.fromisoformat(day)))
        for record in calendar.dated
        if queried or isinstance(record, _IN_RUNS) or (isinstance(record, Designation) and record.list_entry)
    )
    return frozenset((record.id, reason) for record, reason in reasons if reason)


def periods_on(records: Iterable[Statement], day: str) -> frozenset[tuple[str, str]]:
    """Return how far the periods of provisions are on a day: which of several counts follows from that.

    >>> record = Provision(id="urn:x:p", provider="urn:x:a", provided="urn:x:b", period="2024")
    >>> [sorted(periods_on([record], day)) for day in ("2023-12-31", "2024-01-01", "2024-12-31")]
    [[('urn:x:p', 'to come')], [('urn:x:p', 'begun')], [('urn:x:p', 'ended')]]
    """
    rows = []
    for record in records:
        if isinstance(record, Provision) and record.period:
            first, last = (one.isoformat() for one in covered_days(record.period))
            rows.append((record.id, "ended" if last <= day else "begun" if first <= day else "to come"))
    return frozenset(rows)


def offered(records: Iterable[Statement], most: int = DOCUMENTS) -> list[str]:
    """Return the documents whose worlds the page offers, in the order of their IRIs: at most the most cited."""
    stated = list(records)
    return _offered(stated, (record.documents for record in stated), most)


def _offered(records: Iterable[Statement], citing: Iterable[Sequence[str]], most: int) -> list[str]:
    """Return what ``offered`` does; ``citing`` are the documents of each of the records that cite some."""
    cited = Counter(chain.from_iterable(citing))
    known = [record.id for record in records if isinstance(record, Document)]
    chosen: list[str] = []
    room = CITING
    for iri in sorted(known, key=lambda iri: (-cited[iri], iri)):
        if len(chosen) < most and cited[iri] <= room:
            chosen.append(iri)
            room -= cited[iri]
    return sorted(chosen)


class Membership:
    """Finds the documents whose worlds are offered, and the entities and facts of the world of each."""

    def __init__(self, records: Mapping[str, Statement], nodes: Mapping[str, int], facts: Sequence[Fact]) -> None:
        self.records, self.nodes, self.facts = records, nodes, facts
        #: The documents of each record that cites some.
        self.documents = {iri: documents for iri, record in records.items() if (documents := record.documents)}
        # Shocks and documents stay in every world. Documents that name no other record, of which there may be as many as
        # records, bring nothing along and have no facts: they only lend their titles.
        self.titled: dict[str, Statement] = {
            iri: record
            for iri, record in records.items()
            if isinstance(record, Document) and not any(name in records for name in named_iris(record))
        }
        standing = (record for record in records.values() if isinstance(record, Shock | Document))
        self.standing = [record for record in standing if record.id not in self.titled]

    @cached_property
    def row(self) -> Mapping[tuple[Any, ...], int]:
        """The row of each fact, by what it is in every world."""
        return {_key(fact): place for place, fact in enumerate(self.facts)}

    def offered(self) -> list[str]:
        """Return the documents whose worlds are offered: see ``offered``."""
        return _offered(self.records.values(), self.documents.values(), DOCUMENTS)

    def _citing(self, documents: Iterable[str]) -> Mapping[str, Sequence[Statement]]:
        """Return the records that cite each of some documents, but for shocks and documents."""
        citing: dict[str, list[Statement]] = {document: [] for document in documents}
        for iri, cited in self.documents.items():
            for document in citing.keys() & cited:
                if not isinstance(record := self.records[iri], Shock | Document):
                    citing[document].append(record)
        return citing

    def of(self, document: str, citing: Iterable[Statement]) -> tuple[list[int], list[int], dict[int, Fact]]:
        """Return the rows of its entities, of those it only names, and its facts by row as this document has them.

        ``citing`` are the records that cite it.
        """
        kept = records_of_document(document, [*citing, *self.standing], self.records)
        present = sorted(self.nodes[iri] for iri in kept if iri in self.nodes)
        named = sorted(self.nodes[iri] for iri in kept if iri in self.nodes and document not in self.records[iri].documents)
        reader = FactReader(ChainMap(kept, self.titled), frozenset(iri for iri in kept if iri in self.nodes))
        facts = reader.facts(kept.values())
        return present, named, {self.row[_key(fact)]: fact for fact in facts if _key(fact) in self.row}

    def columns(self, documents: Sequence[str], reading: Callable[[Fact], Any]) -> list[dict[str, Any]]:
        """Return an object for each document; ``reading`` gives the columns of a fact that is different there.

        Its entities are written as ``toggles`` writes a set, those that it only names as the difference from them.
        """
        worlds, citing = [], self._citing(documents)
        for document in documents:
            present, named, facts = self.of(document, citing[document])
            other = [[row, *reading(fact)] for row, fact in sorted(facts.items()) if _text(fact) != _text(self.facts[row])]
            entities = {"named": toggles(named, present), "nodes": toggles(present, ())}
            worlds.append({"facts": gaps(sorted(facts)), **entities, "other": other})
        return worlds


def gaps(rows: Iterable[int]) -> list[int]:
    """Return ascending rows as the differences between them: shorter to write.

    >>> gaps([2, 3, 7])
    [2, 1, 4]
    """
    steps, last = [], 0
    for row in rows:
        steps.append(row - last)
        last = row
    return steps


def _key(fact: Fact) -> tuple[Any, ...]:
    # What is about several entities may be about fewer of them in a world: its record is its name.
    return (fact.kind, fact.record, fact.ends) if fact.link else (fact.kind, fact.record, fact.headline)


def _text(fact: Fact) -> tuple[Any, ...]:
    return (fact.ends, fact.headline, fact.notes, fact.judged, fact.criticality)
