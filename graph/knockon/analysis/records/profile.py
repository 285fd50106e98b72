"""Eight questions about one entity, each line cited; where nothing is known, it says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.exposure import exposure
from knockon.analysis.impact.impact import spans
from knockon.analysis.structure.loops import dependency_loops
from knockon.model import Dependency, Entity, Measure, Observation, Relation, RevenueStream, Statement, Vulnerability
from knockon.vocabulary import Alternatives, local_name

#: The questions, by their key in JSON.
QUESTIONS: dict[str, str] = {
    "revenue": "How does it make money?",
    "lock_in": "What makes it hard to replace?",
    "limits": "What limits it?",
    "depends_on": "What does it depend on?",
    "dependants": "Who depends on it?",
    "scaling": "How does it scale?",
    "forces": "Which forces bear on it?",
    "vulnerabilities": "Where is it vulnerable?",
}
_MONEY_WORDS = ("revenue", "profit", "margin", "loss", "fee", "sales", "income")

Line = dict[str, Any]


def profile(context: Context, name: str) -> dict[str, Any]:
    """The answers for an entity and its parts; NotFound where there is none of that name."""
    entity = context.entity(name)
    asked = _Profile(context, entity)
    answers = {key: list(getattr(asked, key)()) for key in QUESTIONS}
    return {
        "entity": entity.id,
        "id": entity.name,
        "label": getattr(entity, "label", entity.name),
        "class": entity.rdf_class,
        "parts": sorted(asked.parts - {entity.id}),
        "parameters": context.options.parameters(),
        "not_holding": context.not_holding,
        **answers,
        "unknown": [key for key, lines in answers.items() if not lines],
    }


class _Profile:
    def __init__(self, context: Context, entity: Statement) -> None:
        self.context, self.entity = context, entity
        self.records = context.store.records
        admits = context.options.record_filter.admits
        self.dependencies = [r for r in self.records if isinstance(r, Dependency) and not admits(r)]
        self.parts = _closure({entity.id}, self._parts_of())
        self.tiers = self._tiers()

    def _parts_of(self) -> dict[str, set[str]]:
        below: dict[str, set[str]] = {}
        for record in self.records:
            for above in record.part_of if isinstance(record, Entity) else ():
                below.setdefault(above, set()).add(record.id)
        return below

    def _tiers(self) -> dict[str, int]:
        """How many dependencies lie between the entity (its parts included) and each that depends on it."""
        tiers = dict.fromkeys(self.parts, 0)
        frontier, tier = set(self.parts), 0
        while frontier:
            tier += 1
            frontier = {d.dependant for d in self.dependencies if _sources(d) & frontier and d.dependant not in tiers}
            tiers.update(dict.fromkeys(frontier, tier))
        return tiers

    def revenue(self) -> Iterator[Line]:
        for stream in self._mine(RevenueStream):
            needs = [d for d in self.dependencies if d.dependant == stream.id]
            what = ", ".join(self._label(d.need) for d in needs)
            cited = [e for r in (stream, *needs) for e in r.evidence]
            yield self._line(stream, f"{self._label(stream.id)}" + (f": needs {what}" if what else ""), cited)
        for record in self.records:
            if (
                isinstance(record, Observation)
                and record.about in self.parts
                and any(w in record.metric.lower() for w in _MONEY_WORDS)
            ):
                yield self._line(record, self._figure(record))

    def _functions(self) -> set[str]:
        """The parts, and the functions that do nothing but pass them on (links that only decompose)."""
        plain = [d for d in self.dependencies if d.criticality_value == 1]
        above: dict[str, set[str]] = {}
        for d in plain:
            for source in _sources(d):
                above.setdefault(source, set()).add(d.dependant)
        return _closure(self.parts, above)

    def lock_in(self) -> Iterator[Line]:
        passed = self._functions()
        users = {d.dependant for d in self.dependencies if _sources(d) & passed}
        for d in self._by_weight(self.dependencies):
            if d.switching_cost and d.dependant not in self.parts and _sources(d) & passed:
                cost = d.switching_cost.value.removeprefix("Switching").lower()
                yield self._line(d, f"{self._label(d.dependant)}: needs {self._label(d.need)}; switching cost {cost}")
        yield from self._relations("lockedInBy", "locked in by", passed | users)

    def limits(self) -> Iterator[Line]:
        yield from self._relations("limitedBy", "limited by", self.parts)
        for d in self._by_weight(self.dependencies):
            if d.dependant in self.parts and d.alternatives is Alternatives.NONE:
                yield self._line(d, f"{self._label(d.dependant)}: no alternative to {self._label(d.need)}")

    def depends_on(self) -> Iterator[Line]:
        for d in self._by_weight(self.dependencies):
            if d.dependant in self.parts and d.need not in self.parts:
                yield self._line(d, self._need(d))

    def dependants(self) -> Iterator[Line]:
        outside = [d for d in self.dependencies if d.dependant not in self.parts and any(s in self.tiers for s in _sources(d))]
        for d in sorted(self._by_weight(outside), key=lambda d: self.tiers[d.dependant]):
            yield {**self._line(d, self._need(d)), "tier": self.tiers[d.dependant]}

    def scaling(self) -> Iterator[Line]:
        yield from self._relations("scalesBy", "scales by", self.parts)
        for loop in dependency_loops(self.dependencies):
            if any(d.dependant in self.parts for d in loop):
                text = " needs ".join(self._label(iri) for iri in (*(d.dependant for d in loop), loop[0].dependant))
                yield self._line(loop[0], f"Loop: {text}", [e for d in loop for e in d.evidence])

    def forces(self) -> Iterator[Line]:
        for record in self.records:
            if isinstance(record, Measure) and self.parts & {*record.applies_to, *record.covers}:
                status = f" ({record.status.value})" if record.status else ""
                yield self._line(record, f"{record.label}{status}: bears on {self._named(record)}")
        for row in exposure(self.context, self.entity.id)["exposures"]:
            shock = self.context.records[row["shock"]]
            loss = f"loses {_lost(row, 'loss')}" if row["loss"] else "loses nothing itself"
            part = f"; worst part {self._label(row['worst_part'])} {_lost(row, 'worst_part_loss')}" if row["worst_part"] else ""
            support = row["support"] or row["worst_part_support"]
            yield {**self._line(shock, f"{row['label']}: {loss}{part}"), "computed": True, "support": support}

    def vulnerabilities(self) -> Iterator[Line]:
        for record in self.records:
            if isinstance(record, Vulnerability) and self.parts & set(record.of):
                yield self._line(record, record.label)
        for d in self._by_weight(self.dependencies):
            if d.dependant in self.parts and len(d.supply) == 1 and d.alternatives in (None, Alternatives.NONE):
                provider = self._label(d.supply[0].provider)
                text = f"{self._label(d.dependant)}: one named provider of {self._label(d.need)}, {provider}"
                yield self._line(d, text)

    def _mine(self, cls: type[Entity]) -> Iterator[Entity]:
        return (r for r in self.records if isinstance(r, cls) and r.id in self.parts)

    def _relations(self, kind: str, verb: str, subjects: set[str]) -> Iterator[Line]:
        for record in self.records:
            if isinstance(record, Relation) and record.relation_type == kind and record.subject in subjects:
                yield self._line(record, f"{self._label(record.subject)}: {verb} {self._label(record.object)}")

    def _by_weight(self, dependencies: Iterable[Dependency]) -> list[Dependency]:
        return sorted(dependencies, key=lambda d: (-d.interval.point, d.id))

    def _need(self, d: Dependency) -> str:
        providers = ", ".join(self._label(s.provider) for s in d.supply)
        word = d.criticality.value if d.criticality else "not given"
        weight = word if d.criticality_value is None else str(d.criticality_value)
        how = f" ({d.combined})" if d.combined else ""
        by = f", provided by {providers}{how}" if providers else ""
        return f"{self._label(d.dependant)}: needs {self._label(d.need)}{by}; criticality {weight}"

    def _figure(self, record: Observation) -> str:
        return f"{self._label(record.about)}: {record.metric} {record.figure}{f', {record.period}' if record.period else ''}"

    def _named(self, record: Measure) -> str:
        return ", ".join(self._label(iri) for iri in sorted({*record.applies_to, *record.covers} & self.parts))

    def _label(self, iri: str) -> str:
        return str(getattr(self.context.records.get(iri), "label", None) or local_name(iri))

    def _line(self, record: Any, text: str, cited: Iterable[Any] | None = None) -> Line:
        evidence = record.evidence if cited is None else cited
        stance = record.stance.value if record.stance else None
        return {
            "text": text,
            "record": record.id,
            "stance": stance,
            "inferred": record.inferred,
            "judged": list(record.judged),
            "evidence": spans(evidence),
        }


def _lost(row: dict[str, Any], key: str) -> str:
    """A loss with its range, where it has one."""
    low, point, high = (f"{row[one]:.0%}" for one in (f"{key}_low", key, f"{key}_high"))
    return point if low == high else f"{point} ({low} to {high})"


def _sources(d: Dependency) -> set[str]:
    return {d.need, *(s.provider for s in d.supply)}


def _closure(start: set[str], below: dict[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for iri in below.get(todo.pop(), ()):
            if iri not in found:
                found.add(iri)
                todo.append(iri)
    return found
