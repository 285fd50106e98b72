"""Random small graphs of records with every feature that decides a loss, each from its seed, and a shock to each.

A graph is small (3 to 12 entities) and full of what is rare in real data: loops,
weights that are partly stated or add up to slightly more than 1, records that
have ended or not begun or rest on no assertion, records that disagree, and hits
on records that do not count. All records are valid data.
Among them are several records of one part of a whole that state different
portions, or of which one states a criticality or only a stock, and supplies
and provisions by a RevenueStream or Funding of an entity that is not money.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from knockon.model import (
    Company,
    Concept,
    Contract,
    DataSet,
    Dependency,
    Entity,
    Funding,
    Group,
    Hit,
    Jurisdiction,
    Market,
    Measure,
    Person,
    Product,
    Provision,
    RevenueStream,
    Service,
    Shock,
    Statement,
)
from support.naive_interpreter import TargetHit, hits_of, interval
from support.small_records import data_set, documents, iri, passage

DAY = date(2026, 1, 1)
#: The last day of some records, the last of a period, the first of a period and of some records, and the day after them.
DAYS = (date(2024, 6, 30), date(2024, 7, 1), date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 2), date(2027, 1, 1))
WORDS = ("Negligible", "Low", "Medium", "High", "Essential")
CLASSES = (Company, Product, Service, Group)
RARE_CLASSES = (Person, Jurisdiction, Concept, RevenueStream, RevenueStream, Funding, Market, Contract)
PERIODS = ("2023", "2024", "2025", "2025-H2", "2027")
SHOCK = iri("shock")


@dataclass(frozen=True)
class RandomGraph:
    """Records of one or two data sets, a shock to them with its hits resolved, and the options of the question."""

    seed: int
    data_sets: tuple[tuple[Statement, ...], ...]
    shock: Shock
    hits: tuple[TargetHit, ...]
    day: date | None = DAY
    financing: bool = False
    stances: tuple[str, ...] = ()
    without: str | None = None

    @property
    def records(self) -> tuple[Statement, ...]:
        """The records of all data sets."""
        return tuple(record for records in self.data_sets for record in records)

    def with_record(self, record: Statement) -> RandomGraph:
        """The same graph, with another record in place of that with the same id."""
        sets = tuple(tuple(record if old.id == record.id else old for old in records) for records in self.data_sets)
        return replace(self, data_sets=sets)

    def load(self) -> Iterator[DataSet]:
        """Its data sets as a store takes them, with the shock in the first."""
        for number, records in enumerate(self.data_sets):
            yield data_set(f"random-{number}", [*records, self.shock] if number == 0 else records)


def random_graph(seed: int) -> RandomGraph:
    """The graph of a seed."""
    return _Drawing(generator(seed)).graph(seed)


def generator(seed: int) -> random.Random:
    """The random numbers of a seed."""
    return random.Random(seed)  # noqa: S311 - draws test data


class _Drawing:
    """Draws the records of one graph."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.entities: list[Entity] = []
        self.dependencies: list[Dependency] = []
        self.provided: list[Provision] = []

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def graph(self, seed: int) -> RandomGraph:
        count = self.rng.randint(3, 12)
        self.entities = [self.entity(number) for number in range(count)]
        measures = [Measure(id=iri("law"), label="Law")] if self.chance(0.2) else []
        for dependant in self.entities:
            self.needs_of(dependant, measures)
        for entity in self.entities:
            if self.chance(0.45):
                self.provisions_of(entity)
        sets = self.divided([*documents("doc-a", "doc-b"), *measures])
        shock, hits = self.shock([*self.entities, *measures])
        day = None if self.chance(0.1) else self.rng.choice(DAYS) if self.chance(0.3) else DAY
        # A shock that has a query resolves it on the day; direct targets are read off the records.
        stances = ("Alleges",) if self.chance(0.1) else ()
        without = iri("doc-b") if self.chance(0.15) else None
        return RandomGraph(seed, sets, shock, (*hits_of(shock, day), *hits), day, self.chance(0.3), stances, without)

    def entity(self, number: int) -> Entity:
        cls = self.rng.choice(RARE_CLASSES if self.chance(0.25) else CLASSES)
        # In the world without doc-b it is reduced to its name, and how its provisions combine.
        evidence = [passage(document="doc-b")] if self.chance(0.1) else []
        return cls(id=iri(f"e{number}"), label=f"Entity {number}", evidence=evidence)

    def when(self) -> dict[str, object]:
        """Mostly nothing; else dates of which some do not hold on the day, or evidence of which some asserts nothing."""
        dates = [{"until": "2024-06-30"}, {"from": "2027-01-01"}, {"from": "2020-01-01"}, {"until": "2026-01-01"}]
        given: dict[str, object] = dict(self.rng.choice(dates)) if self.chance(0.2) else {}
        if self.chance(0.15):
            stances = ["Asserts", "Asserts", "Hypothesises", "Asks", "Alleges"]
            count = self.rng.choice((1, 1, 2))
            chosen = [(self.rng.choice(stances), self.rng.choice(("doc-a", "doc-b", "doc-b"))) for _ in range(count)]
            given["evidence"] = [passage(document=document, stance=stance) for stance, document in chosen]
        return given

    def strength(self, name: str) -> dict[str, object]:
        """A criticality or severity: a word, a number, an interval with or without a point, or nothing."""
        kind = self.rng.choice(("word", "word", "value", "interval", "interval with point", "none"))
        if kind == "word":
            return {name: self.rng.choice(WORDS)}
        low, point, high = sorted(Decimal(self.rng.randint(0, 100)) / 100 for _ in range(3))
        if kind == "value":
            return {f"{name}_value": point}
        ends = {f"{name}_low": low, f"{name}_high": high}
        return {} if kind == "none" else ends | ({f"{name}_value": point} if kind == "interval with point" else {})

    def weights(self, count: int, most: Decimal = Decimal(1)) -> list[Decimal | None]:
        """Weights that add up to ``most`` or less, of which some or all may be unstated."""
        kind = self.rng.choice(("none", "none", "some", "some", "part", "all", "all", "zero", "rounded", "thirds", "nearly"))
        cuts = sorted(Decimal(self.rng.randint(0, 20)) / 20 * most for _ in range(count - 1))
        stated = [after - before for before, after in zip([Decimal(0), *cuts], [*cuts, most], strict=True)]
        if kind == "none":
            return [None] * count
        if kind == "some":
            return [weight if self.chance(0.5) else None for weight in stated]
        if kind == "part":
            return [weight * Decimal("0.8") for weight in stated]
        if kind == "zero":
            return [self.rng.choice([Decimal(0), None]) for _ in stated]
        if kind == "nearly":
            return [stated[0] - Decimal("0.0000005") if stated[0] > 0 else stated[0], *stated[1:]]
        if kind == "rounded" and most == 1:
            return [stated[0] + Decimal("0.01") if stated[0] < 1 else stated[0], *stated[1:]]
        if kind == "thirds" and most == 1 and count == 3:
            return [Decimal("0.333333")] * 3
        return list(stated)

    def combination(self, count: int, name: str) -> dict[str, object]:
        kind = self.rng.choice((None, None, None, "Shares", "AnyOf", "AllOf", "AtLeast"))
        at_least = {"at_least": self.rng.randint(1, count)} if kind == "AtLeast" else {}
        return {name: kind, **at_least} if kind else {}

    def others(self, dependant: Entity) -> list[Entity]:
        """What an entity may need: rarely itself too, which is left out."""
        return [entity for entity in self.entities if entity.id != dependant.id or self.chance(0.05)]

    def needs_of(self, dependant: Entity, measures: Sequence[Measure]) -> None:
        targets = [*self.others(dependant), *measures]
        needs = self.rng.sample(targets, min(len(targets), self.rng.choice((0, 1, 1, 2, 2, 3))))
        parts = self.chance(0.4)
        portions = self.weights(len(needs)) if needs else []
        for need, portion in zip(needs, portions, strict=True):
            is_part = parts and self.chance(0.8)
            portion_given = {"portion": "unknown" if portion is None else portion} if is_part else None
            self.dependency(dependant, need, portion_given)
            if self.chance(0.15):
                self.dependency(dependant, need, portion_given, again=True)
            elif self.chance(0.25 if is_part else 0.05):
                self.disagreeing(dependant, need, portion)

    def dependency(self, dependant: Entity, need: Statement, portion: dict[str, object] | None, *, again: bool = False) -> None:
        candidates = self.others(dependant)
        supplies = self.rng.sample(candidates, min(len(candidates), self.rng.choice((0, 0, 1, 2, 2, 3))))
        combination = self.combination(len(supplies), "combination") if supplies else {}
        as_shares = combination.get("combination") in (None, "Shares")
        weights = self.weights(len(supplies)) if supplies and as_shares else [None] * len(supplies)
        supply = [
            {"provider": entity.id, **({} if weight is None else {"share": weight}), **self.when()}
            for entity, weight in zip(supplies, weights, strict=True)
        ]
        given = {
            "id": iri(f"{dependant.name}-needs-{need.name}{'-again' if again else ''}"),
            "dependant": dependant.id,
            "need": need.id,
            "supply": supply,
            **combination,
            **(self.strength("criticality") if portion is None else portion),
            **self.when(),
        }
        self.dependencies.append(Dependency.model_validate(given))

    def disagreeing(self, dependant: Entity, need: Statement, portion: Decimal | None) -> None:
        """Another record of a need: with another portion that fits (less than the first), a criticality, or a stock alone."""
        kind = self.rng.choice(("portion", "portion", "unknown", "criticality", "details"))
        if kind == "details":
            given = {"id": iri(f"{dependant.name}-needs-{need.name}-stock"), "dependant": dependant.id, "need": need.id}
            self.dependencies.append(Dependency.model_validate({**given, "buffer": "P30D", **self.when()}))
            return
        less = Decimal(self.rng.randint(0, 20)) / 20 * (portion or 0)
        given = {"portion": "unknown" if kind == "unknown" else less} if kind != "criticality" else None
        self.dependency(dependant, need, given, again=True)

    def provisions_of(self, entity: Entity) -> None:
        others = [other for other in self.others(entity) if other.id != entity.id]
        if not others:
            return
        providers = self.rng.sample(others, min(len(others), self.rng.choice((1, 1, 2, 3))))
        combination = self.combination(len(providers), "provision_combination")
        if combination:
            place = self.entities.index(entity)
            given = {"id": entity.id, "label": entity.label, "evidence": entity.evidence}
            self.entities[place] = type(entity).model_validate({**given, **combination})
        as_shares = combination.get("provision_combination") in (None, "Shares")
        periods = self.rng.sample(PERIODS, self.rng.choice((1, 2))) if self.chance(0.35) else []
        most = Decimal("0.5") if len(periods) > 1 else Decimal(1)
        for period in periods or [None]:
            weights = self.weights(len(providers), most) if as_shares else [None] * len(providers)
            for provider, weight in zip(providers, weights, strict=True):
                own_period = None if self.chance(0.2) else period
                self.provision(entity, provider, weight, own_period)

    def provision(self, entity: Entity, provider: Entity, weight: Decimal | None, period: str | None) -> None:
        name = iri(f"{provider.name}-provides-{entity.name}" + (f"-{period}" if period else ""))
        if any(other.id == name for other in self.provided):
            return
        given = {"id": name, "provider": provider.id, "provided": entity.id, "share": weight, "period": period, **self.when()}
        self.provided.append(Provision.model_validate(given))

    def divided(self, shared: Sequence[Statement]) -> tuple[tuple[Statement, ...], ...]:
        """The records as one data set, or with a second one that adds records of its own to the same entities."""
        first = (*shared, *self.entities, *self.dependencies, *self.provided)
        if not self.chance(0.2):
            return (first,)
        # What a second data set adds disagrees with the first, also in that weights add up to more than 1 together.
        extra: list[Statement] = []
        if self.provided:
            theirs = self.rng.choice(self.provided)
            share = None if theirs.share is None else Decimal(self.rng.randint(0, 20)) / 20
            provided = next(entity for entity in self.entities if entity.id == theirs.provided)
            provider = self.rng.choice([e.id for e in self.others(provided) if e.id != provided.id])
            theirs_but = {"provided": theirs.provided, "period": theirs.period, "share": share, "provider": provider}
            extra.append(Provision.model_validate({"id": iri("second-provision"), **theirs_but}))
        if graded := [record for record in self.dependencies if record.portion is None]:
            record = self.rng.choice(graded)
            more = {"id": iri("second-dependency"), "dependant": record.dependant, "need": record.need}
            extra.append(Dependency.model_validate(more | self.strength("criticality")))
        if parts := [record for record in self.dependencies if record.portion is not None]:
            record = self.rng.choice(parts)
            portion = "unknown" if self.chance(0.2) else Decimal(self.rng.randint(0, 20)) / 20
            theirs_but = {"dependant": record.dependant, "need": record.need, "portion": portion}
            extra.append(Dependency.model_validate({"id": iri("second-portion"), **theirs_but}))
        return (first, tuple(extra)) if extra else (first,)

    def shock(self, targets: Sequence[Statement]) -> tuple[Shock, tuple[TargetHit, ...]]:
        """A shock to some entities and sometimes to records, and the hits of its query: some are hit once more by that."""
        parts = [part for record in self.dependencies for part in (record, *record.supply)]
        records = [*parts, *self.provided]
        chosen = self.rng.sample(list(targets), self.rng.choice((1, 1, 2)))
        chosen += self.rng.sample(records, min(len(records), self.rng.choice((0, 0, 1, 2))))
        hits: list[dict[str, object]] = [{"target": target.id, **self.strength("severity")} for target in chosen]
        by_query: tuple[TargetHit, ...] = ()
        if self.chance(0.2):
            target = self.rng.choice(chosen).id
            query = f"SELECT ?target {{ VALUES ?target {{ <{target}> }} }}"
            hits.append({"target_query": query, **self.strength("severity")})
            by_query = (TargetHit(target, interval(Hit.model_validate(hits[-1]), "severity")),)
        return Shock.model_validate({"id": SHOCK, "label": "Shock", "hit": hits}), by_query
