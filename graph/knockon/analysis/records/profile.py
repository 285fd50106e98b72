"""The profile of one entity: the answers to eight questions, each line with its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from knockon.analysis.answer_parts import cite, in_order
from knockon.analysis.context import Context
from knockon.analysis.impact.exposure import exposure
from knockon.analysis.impact.support import Support
from knockon.analysis.labels import label_of
from knockon.analysis.lists.covered import connected_parties, measure_lists
from knockon.analysis.lists.covered_answer import NAMED, NOT_COVERED
from knockon.analysis.lists.reasons import reasons_of
from knockon.analysis.records.near_records import NearRecords, near_records
from knockon.analysis.records.profile_answer import ComputedLine, DependantLine, Profile, ProfileLine
from knockon.analysis.structure.loops import dependency_loops
from knockon.model import (
    Dependency,
    Entity,
    Evidence,
    Measure,
    Observation,
    Provision,
    Relation,
    RevenueStream,
    Statement,
    Vulnerability,
    is_a,
)
from knockon.model.records import ListedRecords
from knockon.propagation.traversal import steps_from
from knockon.vocabulary import Alternatives

#: The classes of those who buy and use: people and organizations, known or not.
_PARTIES = ("Organization", "Group", "Person")
#: In a store of more records only those that have to do with the entity are read, by at most so many links of others to it.
LEAST_RECORDS, MOST_DEPENDENCIES = 50_000, 1_000
_MONEY_WORDS = ("revenue", "profit", "margin", "loss", "fee", "sales", "income")


def profile(context: Context, name: str) -> Profile:
    """Return the answers to eight questions about an entity and its parts.

    Parameters
    ----------
    context
        The world of the question.
    name
        The entity by IRI, local name or label.

    Raises
    ------
    NotFound
        No entity has this name.
    """
    entity = context.entity(name)
    sections = _Sections(context, entity)
    return Profile(
        entity=entity.id,
        label=str(getattr(entity, "label", entity.name)),
        cls=entity.rdf_class,
        parts=tuple(sorted(sections.parts - {entity.id})),
        parameters=context.options.parameters(),
        not_holding=context.not_holding,
        confidence=context.confidence,
        same_as=context.same.others(entity.id) or None,
        revenue=tuple(sections.revenue()),
        lock_in=tuple(sections.lock_in()),
        limits=tuple(sections.limits()),
        depends_on=tuple(sections.depends_on()),
        dependants=tuple(sections.dependants()),
        scaling=tuple(sections.scaling()),
        forces=tuple(sections.forces()),
        vulnerabilities=tuple(sections.vulnerabilities()),
        limited=None if sections.complete else MOST_DEPENDENCIES,
    )


class _Sections:
    """The lines of each section of the profile of an entity."""

    def __init__(self, context: Context, entity: Statement) -> None:
        self.context, self.entity = context, entity
        self.records = context.held
        self.reason_to_leave_out = context.options.record_filter.admits
        below = self._parts_of()
        self.parts = set(steps_from([entity.id], lambda iri: below.get(iri, ())))
        near = self._near_records()
        self.dependencies, self.provisions, self.complete = near
        #: Who provides what to everyone; several figures of one provider are one.
        self.provided_by: dict[str, dict[str, None]] = {}
        for record in self.provisions:
            self.provided_by.setdefault(record.provided, {})[record.provider] = None
        self.tiers = self._tiers()

    def _near_records(self) -> NearRecords:
        """Return the dependencies and provisions that count; of a large store those that have to do with the entity."""

        def counts(record: Statement) -> bool:
            return not self.reason_to_leave_out(record)

        if not isinstance(self.records, ListedRecords) and len(self.context.whole.records) > LEAST_RECORDS:
            from knockon.store.lazy_records import LazyRecords

            assert isinstance(self.records, LazyRecords)  # noqa: S101 - for types: there are no others
            return near_records(self.records, self.parts, counts, MOST_DEPENDENCIES)
        dependencies, provisions = self.records.of_class(Dependency), self.records.of_class(Provision)
        return NearRecords([*filter(counts, dependencies)], [*filter(counts, provisions)], complete=True)

    def _parts_of(self) -> dict[str, set[str]]:
        """Return the direct parts of each entity, by IRI."""
        below: dict[str, set[str]] = {}
        for record in self.records.parts_of_wholes:
            for above in record.part_of if isinstance(record, Entity) else ():
                below.setdefault(above, set()).add(record.id)
        return below

    def _tiers(self) -> dict[str, int]:
        """Return the number of dependencies between the entity (its parts included) and each that depends on it."""
        dependants: dict[str, set[str]] = {}
        for dependency in self.dependencies:
            for source in self._sources(dependency):
                dependants.setdefault(source, set()).add(dependency.dependant)
        return steps_from(self.parts, lambda iri: dependants.get(iri, ()))

    def revenue(self) -> Iterator[ProfileLine]:
        """Yield the revenue streams with what they need, and figures about money."""
        streams = [stream for stream in self.records.of_class(RevenueStream) if stream.id in self.parts]
        for stream in streams:
            needs = [d for d in self.dependencies if d.dependant == stream.id]
            names = ", ".join(self._label(d.need) for d in needs)
            evidence = [e for r in (stream, *needs) for e in r.evidence]
            yield self._line(stream, self._label(stream.id) + (f": needs {names}" if names else ""), evidence)
        figures = [figure for figure in self.records.of_class(Observation) if figure.about in self.parts]
        for figure in figures:
            if any(word in figure.metric.lower() for word in _MONEY_WORDS):
                yield self._line(figure, self._figure(figure))

    def _functions(self) -> set[str]:
        """Return the parts, and what passes them on to people and organizations: products and functions made of them."""
        above: dict[str, set[str]] = {}
        for d in self.dependencies:
            if not self._belongs_to_others(d.dependant):
                for source in self._sources(d):
                    above.setdefault(source, set()).add(d.dependant)
        return set(steps_from(self.parts, lambda iri: above.get(iri, ())))

    def _belongs_to_others(self, iri: str) -> bool:
        """Return whether it is a person or an organization, or a part of something else than the entity."""
        record = self.context.records.get(iri)
        if record is None:
            return False
        whole = record.part_of if isinstance(record, Entity) else ()
        return any(is_a(record.rdf_class, name) for name in _PARTIES) or not set(whole) <= self.parts

    def _sources(self, d: Dependency) -> set[str]:
        """Return what a dependency rests on: its need, and who meets it."""
        return {d.need, *self._providers(d)}

    def _providers(self, d: Dependency) -> list[str]:
        """Return the suppliers of a dependency or, where it names none, those who provide its need to everyone."""
        return list(dict.fromkeys(supply.provider for supply in d.supply)) or list(self.provided_by.get(d.need, ()))

    def lock_in(self) -> Iterator[ProfileLine]:
        """Yield the dependants with a recorded switching cost, and stated lock-ins."""
        functions = self._functions()
        users = {d.dependant for d in self.dependencies if self._sources(d) & functions}
        for d in self._by_weight(self.dependencies):
            if d.switching_cost and d.dependant not in self.parts and self._sources(d) & functions:
                cost = d.switching_cost.value.removeprefix("Switching").lower()
                yield self._line(d, f"{self._label(d.dependant)}: needs {self._label(d.need)}; switching cost {cost}")
        yield from self._relations("lockedInBy", "locked in by", functions | users)

    def limits(self) -> Iterator[ProfileLine]:
        """Yield stated limits, and needs without an alternative."""
        yield from self._relations("limitedBy", "limited by", self.parts)
        for d in self._by_weight(self.dependencies):
            if d.dependant in self.parts and d.alternatives is Alternatives.NONE:
                yield self._line(d, f"{self._label(d.dependant)}: no alternative to {self._label(d.need)}")

    def depends_on(self) -> Iterator[ProfileLine]:
        """Yield what its parts need from outside, the most critical first, and who else provides them to everyone."""
        for d in self._by_weight(self.dependencies):
            if d.dependant in self.parts and d.need not in self.parts:
                yield self._line(d, self._need(d))
        for p in self.provisions:
            if p.provided in self.parts and p.provider not in self.parts:
                yield self._line(p, self._provision(p))

    def dependants(self) -> Iterator[DependantLine]:
        """Yield by what others depend on it, directly or indirectly, and what it provides to everyone; the nearest first."""
        outside = [
            d for d in self.dependencies if d.dependant not in self.parts and any(s in self.tiers for s in self._sources(d))
        ]
        lines = [(self.tiers[d.dependant], self._line(d, self._need(d))) for d in self._by_weight(outside)]
        provided = [p for p in self.provisions if p.provided not in self.parts and p.provider in self.tiers]
        lines += [(self.tiers[p.provider] + 1, self._line(p, self._provision(p))) for p in provided]
        for tier, line in sorted(lines, key=lambda pair: pair[0]):
            yield DependantLine(**vars(line), tier=tier)

    def scaling(self) -> Iterator[ProfileLine]:
        """Yield stated effects of scale, and loops of dependencies."""
        yield from self._relations("scalesBy", "scales by", self.parts)
        for loop in dependency_loops(self.dependencies, self.parts):
            text = " needs ".join(self._label(iri) for iri in (*(d.dependant for d in loop), loop[0].dependant))
            yield self._line(loop[0], f"Loop: {text}", [e for d in loop for e in d.evidence])

    def forces(self) -> Iterator[ProfileLine]:
        """Yield measures, and the computed loss under each shock."""
        affected = self._affected_by()
        for record in self.records.of_class(Measure):
            if borne := {*record.applies_to, *record.covers, *affected[record.id]} & self.parts:
                status = f" ({record.status.value})" if record.status else ""
                names = ", ".join(self._label(iri) for iri in sorted(borne))
                yield self._line(record, f"{record.label}{status}: bears on {names}")
        yield from self._lists()
        shocks = {shock.id: shock for shock in self.context.shocks}
        for row in exposure(self.context, self.entity.id).exposures:
            loss = f"loses {_loss_text(row.loss, row.loss_low, row.loss_high)}" if row.loss else "loses nothing itself"
            part = ""
            if row.worst_part:
                lost = _loss_text(row.worst_part_loss or 0.0, row.worst_part_loss_low or 0.0, row.worst_part_loss_high or 0.0)
                part = f"; worst part {self._label(row.worst_part)} {lost}"
            line = self._line(shocks[row.shock], f"{row.label}: {loss}{part}")
            yield ComputedLine(**vars(line), support=row.support or row.worst_part_support or Support(None))

    def _lists(self) -> Iterator[ProfileLine]:
        """Yield the lists that cover the entity, by a designation or by who owns it, and those of which it cannot be told."""
        lists = measure_lists(self.context, self.context.lists)
        for record in self.records.of_class(Measure):
            if self.entity.id in record.applies_to or record.id not in lists:
                continue
            measure_list = lists[record.id]
            certain, possible = measure_list.readings
            coverage = measure_list.coverage(self.entity.id) if possible else None
            if coverage is None or coverage.verdict == NOT_COVERED:
                continue
            reasons = reasons_of(self.context, record.id, self.entity.id)
            evidence = [citation for reason in reasons for citation in reason.evidence]
            if reasons or self.entity.id in connected_parties(measure_list, possible.keys() - certain.keys()):
                list_name = "" if coverage.why == NAMED else f"{record.label}: "
                line = self._line(record, f"{list_name}{coverage.text.removesuffix('.')}")
                yield replace(line, evidence=in_order(dict.fromkeys(evidence)) if reasons else line.evidence)

    def vulnerabilities(self) -> Iterator[ProfileLine]:
        """Yield stated weaknesses, and needs with one named provider."""
        for record in self.records.of_class(Vulnerability):
            if self.parts & set(record.of):
                yield self._line(record, record.label)
        for d in self._by_weight(self.dependencies):
            providers = self._providers(d)
            if d.dependant in self.parts and len(providers) == 1 and d.alternatives in (None, Alternatives.NONE):
                provider = self._label(providers[0])
                text = f"{self._label(d.dependant)}: one named provider of {self._label(d.need)}, {provider}"
                yield self._line(d, text)

    def _relations(self, kind: str, verb: str, subjects: set[str]) -> Iterator[ProfileLine]:
        for record in self.records.of_class(Relation):
            if record.relation_type == kind and record.subject in subjects:
                yield self._line(record, f"{self._label(record.subject)}: {verb} {self._label(record.object)}")

    def _by_weight(self, dependencies: Iterable[Dependency]) -> list[Dependency]:
        def weight(d: Dependency) -> float:
            return d.interval.point if d.portion in (None, "unknown") else float(d.portion)

        return sorted(dependencies, key=lambda d: (-weight(d), d.id))

    def _need(self, d: Dependency) -> str:
        """Return a dependency as a sentence: who needs what, from whom, and how critical it is."""
        providers = ", ".join(map(self._label, self._providers(d)))
        how = f" ({d.combined})" if d.combined else ""
        by = f", provided by {providers}{how}" if providers else ""
        return f"{self._label(d.dependant)}: needs {self._label(d.need)}{by}; {_weight(d)}"

    def _provision(self, p: Provision) -> str:
        """Return a provision as a sentence: who provides what, which share of it, and when that was measured."""
        share = f"; share {p.share}" if p.share is not None else ""
        return f"{self._label(p.provided)}: provided by {self._label(p.provider)}{share}{f', {p.period}' if p.period else ''}"

    def _figure(self, record: Observation) -> str:
        return f"{self._label(record.about)}: {record.metric} {record.figure}{f', {record.period}' if record.period else ''}"

    def _affected_by(self) -> dict[str, set[str]]:
        """Return what each record affects (IRI), by the relations that say so."""
        affected: dict[str, set[str]] = defaultdict(set)
        for record in self.records.of_class(Relation):
            if record.relation_type == "affects" and not self.reason_to_leave_out(record):
                affected[record.subject].add(record.object)
        return affected

    def _label(self, iri: str) -> str:
        return label_of(self.context.records, iri)

    def _line(self, record: Statement, text: str, evidence: Iterable[Evidence] | None = None) -> ProfileLine:
        """Return a line that cites a record, with its evidence or with other evidence."""
        return ProfileLine(
            text=text,
            record=record.id,
            stance=record.stance.value if record.stance else None,
            inferred=record.inferred,
            judged=tuple(record.judged),
            evidence=cite(record.evidence if evidence is None else evidence, self.context.records),
        )


def _loss_text(loss: float, loss_low: float, loss_high: float) -> str:
    """Return a loss in percent, with its range where the bounds differ."""
    low, point, high = (f"{number:.0%}" for number in (loss_low, loss, loss_high))
    return point if low == high else f"{point} ({low} to {high})"


def _weight(d: Dependency) -> str:
    """Return how much rests on a need, in words."""
    if d.portion is not None:
        return f"portion {d.portion}"
    if d.criticality_value is not None:
        return f"criticality {d.criticality_value}"
    if d.criticality_low is not None:
        return f"criticality {d.criticality_low} to {d.criticality_high}"
    return f"criticality {d.criticality.value if d.criticality else 'not given'}"
