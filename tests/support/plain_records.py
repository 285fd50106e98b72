"""A plain interpreter of records: the equations of the models on graphs, one by one, without arrays or hidden nodes.

It shares nothing with the engine but the records, so that it can stand against the compiled network.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from hypothesis import strategies as st

from knockon.model import Dependency, Entity, Provision, Statement
from support.small_records import iri

#: The day on which the records are read.
DAY = date(2025, 6, 30)
ENDED = {"until": "2024-12-31"}
LATER = {"from": "2026-01-01"}
EIGHTHS = [None, "0", "0.125", "0.25", "0.5"]

#: What a shock hits, by IRI, with the low end, the point and the high end.
Severities = Mapping[str, tuple[float, float, float]]


def weighted_sum(
    counting: Mapping[str, float | None], passing: Sequence[float | None], lost: Mapping[str, float], reading: int
) -> float:
    """Return a sum of losses by the one rule for weights."""
    stated = {key: weight for key, weight in counting.items() if weight is not None}
    open_ones = [key for key in counting if key not in stated]
    known, passed = sum(stated.values()), sum(weight for weight in passing if weight is not None)
    remainder = max(0.0, 1 - known - passed) if open_ones or None in passing else 0.0
    if not open_ones:
        passed, remainder = passed + remainder, 0.0
    total = min(1.0, known + remainder + passed)
    if known + remainder > 0:
        factor = total / (known + remainder)
        stated, remainder = {key: weight * factor for key, weight in stated.items()}, remainder * factor
    elif open_ones:
        remainder = total
    result = sum(weight * lost[key] for key, weight in stated.items())
    if open_ones:
        losses = [lost[key] for key in open_ones]
        result += remainder * (min(losses), sum(losses) / len(losses), max(losses))[reading]
    return result


def combined(
    records: Sequence[tuple[str, float | None]],
    passing: Sequence[tuple[str, float | None]],
    kind: str | None,
    at_least: int | None,
    lost: Mapping[str, float],
    reading: int,
) -> float:
    """Return how far suppliers (provider and share) fail to meet a need."""
    providers = {provider for provider, _ in records}
    losses = sorted(lost[provider] for provider in providers)
    if not losses:
        return 0.0
    if kind == "AllOf":
        return losses[-1]
    if kind == "AnyOf":
        return losses[0]
    if kind == "AtLeast":
        return losses[min(at_least or 1, len(losses)) - 1]
    absent = [pair for pair in passing if pair[0] not in providers]
    return weighted_sum(_greatest(records), list(_greatest(absent).values()), lost, reading)


def _greatest(pairs: Sequence[tuple[str, float | None]]) -> dict[str, float | None]:
    weights: dict[str, float | None] = {}
    for key, weight in pairs:
        known = [w for w in (weights.get(key), weight) if w is not None]
        weights[key] = max(known, default=None)
    return weights


class Interpreter:
    """The losses of a set of records under one shock at one reading (0 low, 1 point, 2 high)."""

    def __init__(self, records: Sequence[Statement], severities: Severities, reading: int) -> None:
        self.reading = reading
        self.hit = {name: ends[reading] for name, ends in severities.items()}
        self.entities = {r.id: r for r in records if isinstance(r, Entity)}
        self.provisions: dict[str, list[Provision]] = defaultdict(list)
        self.groups: dict[str, dict[str, list[Dependency]]] = defaultdict(lambda: defaultdict(list))
        for record in records:
            if isinstance(record, Provision):
                self.provisions[record.provided].append(record)
            if isinstance(record, Dependency):
                self.groups[record.dependant][record.need].append(record)
        self.loss = {name: self.hit.get(name, 0.0) for name in self.entities}
        self.own = dict(self.loss)

    def losses(self) -> dict[str, float]:
        """Return the loss of each entity: rounds until nothing rises."""
        for _ in range(50_000):
            own = {name: max(self.hit.get(name, 0.0), self._dependencies(name)) for name in self.entities}
            loss = {name: max(own[name], self._provided(name)) for name in self.entities}
            rise = max(abs(loss[name] - self.loss[name]) + abs(own[name] - self.own[name]) for name in self.entities)
            self.loss, self.own = loss, own
            if rise <= 1e-16:
                return loss
        raise AssertionError("the equations do not come to rest")

    def _provided(self, name: str) -> float:
        records, entity = self.provisions[name], self.entities[name]
        counting = [r for r in records if _counts(r)]
        states = entity.provision_combination is not None or any(r.share is not None for r in records)
        if self.reading == 0 and not states:
            return 0.0
        lost = self._supplies(counting)
        passing = [_pair(r) for r in records if not _counts(r) and not _later(r)]
        kind = entity.provision_combination and entity.provision_combination.value
        return combined([_pair(r) for r in counting], passing, kind, entity.at_least, lost, self.reading)

    def _supplies(self, records: Sequence[object]) -> dict[str, float]:
        lost: dict[str, float] = {}
        for record in records:
            value = max(self.hit.get(record.id, 0.0), self.loss[record.provider])
            lost[record.provider] = max(lost.get(record.provider, 0.0), value)
        return lost

    def _short(self, record: Dependency, group: Sequence[Dependency]) -> float:
        counting = [s for s in record.supply if _counts(s) and s.provider != record.dependant]
        need = (self.own if counting else self.loss)[record.need]
        passing = [_pair(s) for s in record.supply if s not in counting and not _later(s)]
        kind = record.combination and record.combination.value
        lost = self._supplies(counting)
        meet = combined([_pair(s) for s in counting], passing, kind, record.at_least, lost, self.reading)
        return max(need, meet, *(self.hit.get(r.id, 0.0) for r in group))

    def _dependencies(self, name: str) -> float:
        terms, parts, portions = [0.0], {}, {}
        passing = []
        for need, records in self.groups[name].items():
            group = [r for r in records if _counts(r) and need != name]
            gone = [r.portion for r in records if r not in group and not _later(r) and r.portion is not None]
            if gone and not any(r.portion is not None for r in group):
                passing.append(max((float(p) for p in gone if p != "unknown"), default=None))
            values = [r.interval[self.reading] * self._short(r, group) for r in group if r.portion is None]
            if values:
                terms.append(min(values) if self.reading == 0 else max(values))
            whole = [r for r in group if r.portion is not None]
            if whole:
                portions[need] = max((float(r.portion) for r in whole if r.portion != "unknown"), default=None)
                relative = [
                    1.0 if r.portion == "unknown" or not portions[need] else float(r.portion) / portions[need] for r in whole
                ]
                values = [part * self._short(r, group) for part, r in zip(relative, whole, strict=True)]
                parts[need] = min(values) if self.reading == 0 else max(values)
        return max(*terms, weighted_sum(portions, passing, parts, self.reading))


def _counts(record: Statement) -> bool:
    stances = {evidence.stance.value for evidence in record.evidence}
    ended = record.until is not None and record.until < DAY
    return not ended and not _later(record) and (not stances or "Asserts" in stances)


def _later(record: Statement) -> bool:
    return record.from_ is not None and record.from_ > DAY


def _pair(record: object) -> tuple[str, float | None]:
    return record.provider, None if record.share is None else float(record.share)


# Records to try


@st.composite
def record_sets(draw: st.DrawFn) -> tuple[list[Statement], dict[str, tuple[float, float, float]]]:
    """Up to six entities with provisions, portions, records that disagree and records that do not count, and a shock."""
    names = [f"e{k}" for k in range(draw(st.integers(2, 6)))]
    records: list[Statement] = [draw(_entity(name)) for name in names]
    for name in names:
        providers = draw(st.lists(st.sampled_from([n for n in names if n != name]), max_size=3, unique=True))
        kind = records[names.index(name)].provision_combination
        left = 1.0
        for provider in providers:
            share = draw(st.sampled_from(EIGHTHS)) if kind is None or kind.value == "Shares" else None
            share = share if share is None or float(share) <= left else None
            left -= float(share or 0)
            ids = {"id": iri(f"{name}-by-{provider}"), "provider": iri(provider), "provided": iri(name)}
            records.append(Provision.model_validate({**ids, "share": share, **draw(_dates())}))
    room = dict.fromkeys(names, 1.0)
    for number in range(draw(st.integers(0, 8))):
        dependant, need = draw(st.permutations(names))[:2]
        loss = draw(
            st.sampled_from([{}, {"criticality": "High"}, {"criticality_value": "0.5"}, {"criticality": "Essential"}, "part"])
        )
        if loss == "part":
            portion = draw(st.sampled_from(["unknown", "0", "0.125", "0.25", "0.5"]))
            portion = portion if portion == "unknown" or float(portion) <= room[dependant] else "unknown"
            room[dependant] -= 0 if portion == "unknown" else float(portion)
            loss = {"portion": portion}
        dependency = {"id": iri(f"d{number}"), "dependant": iri(dependant), "need": iri(need), **loss, **draw(_dates())}
        same_pair = [r for r in records if isinstance(r, Dependency) and (r.dependant, r.need) == (iri(dependant), iri(need))]
        if any((r.portion is None) != ("portion" not in dependency) for r in same_pair):
            continue
        records.append(Dependency.model_validate(dependency | draw(_supplies(names))))
    targets = [part.id for record in records for part in (record, *record.parts())]
    shock = {}
    for target in draw(st.lists(st.sampled_from(targets), min_size=1, max_size=3, unique=True)):
        shock[target] = tuple(sorted(draw(st.tuples(*[st.sampled_from([0.25, 0.5, 0.75, 1.0])] * 3))))
    return records, shock


@st.composite
def _entity(draw: st.DrawFn, name: str) -> Entity:
    kind = draw(st.sampled_from([None, None, "AnyOf", "AllOf", "Shares", "AtLeast"]))
    extra = {"at_least": draw(st.integers(1, 3))} if kind == "AtLeast" else {}
    return Entity.model_validate({"id": iri(name), "label": name, "provision_combination": kind, **extra})


@st.composite
def _dates(draw: st.DrawFn) -> dict[str, str]:
    return draw(st.sampled_from([{}, {}, {}, ENDED, LATER]))


@st.composite
def _supplies(draw: st.DrawFn, names: Sequence[str]) -> dict[str, object]:
    providers = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    kind = draw(st.sampled_from([None, "AnyOf", "AllOf", "Shares", "AtLeast"])) if providers else None
    left, supply = 1.0, []
    for provider in providers:
        share = draw(st.sampled_from(EIGHTHS)) if kind in (None, "Shares") else None
        share = share if share is None or float(share) <= left else None
        left -= float(share or 0)
        supply.append({"provider": iri(provider), "share": share, **draw(_dates())})
    extra = {"at_least": draw(st.integers(1, len(providers)))} if kind == "AtLeast" else {}
    return {"supply": supply, "combination": kind, **extra}
