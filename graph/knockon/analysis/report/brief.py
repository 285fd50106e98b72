"""Find what the first page of a report says: who is hurt, what that rests on, what is not known, and what to watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.context import Context
from knockon.analysis.impact.focus import Focus, ends
from knockon.analysis.impact.impact_parts import BriefImpact
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.rows import among, brief_rows, each_loss, row_of
from knockon.analysis.labels import name_of
from knockon.analysis.report.brief_answer import Basis, Brief, DisputedPoint, EndingRecord, Finding, Leading, OpenQuestion
from knockon.analysis.report.hit_groups import CUSTOMERS, MONEY, group_of
from knockon.model import Dependency, Discrepancy, Document, Measure, Provision, Relation, Shock, Statement, Supply
from knockon.vocabulary import Stance

#: Losses that agree to this many digits are equal.
_DIGITS = 6
#: The most entries of each list of a brief.
LISTED = 4
#: The kinds of discrepancies that leave something open; the others are about names and translations.
_OPEN = ("Disagreement", "Tension", "Scope", "NotComparable", "Gap")


def brief_of(report: ImpactReport, focus: Focus | None) -> Brief:
    """Return the first page of a report on a shock; ``focus`` is the entity on which it concentrates.

    The basis is that of the losses of the finding, which names the focus only where the caller asked for it.

    Examples
    --------
    >>> import knockon
    >>> from knockon.analysis.impact.focus import choose_focus, severity_key
    >>> report = knockon.open().impact("data-reclassification")
    >>> brief = brief_of(report, choose_focus(report, sorted(report, key=severity_key)))
    >>> brief.finding.money.group.labels[0], len(brief.basis.documents)
    ('Platform licence fees', 2)
    """
    finding = _finding(report)
    named = [iri for part in finding.leading for iri in part.group.entities] if finding else []
    named += [focus.entity] if focus is not None and focus.requested else []
    way = _Way(report, named)
    return Brief(
        finding=finding,
        basis=way.basis(),
        endings=_endings(report, way),
        questions=_questions(report),
        likelihood=tuple(citation for citation in _shock_citations(report) if citation.confidence is not None),
        command=_command(report.shock),
    )


def _finding(report: ImpactReport) -> Finding | None:
    if not report.impacts:
        return None
    every = list(brief_rows(report.impacts))
    reached = [impact for impact in every if impact.step > 0]
    pool = reached or every
    money = _leading(report, [impact for impact in pool if impact.cls in MONEY])
    customers = _leading(report, [impact for impact in pool if impact.cls in CUSTOMERS])
    rest = None
    if not money and not customers:
        # Classes say nothing: those that nothing else needs are who the harm ends with.
        last = ends(report)
        rest = _leading(report, [impact for impact in reached if impact.entity in last] or pool)
    return Finding(money, customers, rest, only_hit=not reached)


def _leading(report: ImpactReport, impacts: Sequence[Impact | BriefImpact]) -> Leading | None:
    """Return those that lose most of some impacts; None where there are none."""
    if not impacts:
        return None
    worst = round(max(impact.loss for impact in impacts), _DIGITS)
    alike = [impact for impact in impacts if round(impact.loss, _DIGITS) == worst]
    # What they rest on is read of these alone.
    rows = among(report.impacts, {impact.entity for impact in alike})
    return Leading(group_of(rows), len(impacts) - len(alike))


class _Way:
    """The links from the shock to some entities, along the causes of their losses."""

    def __init__(self, report: ImpactReport, named: Iterable[str]) -> None:
        self.report, self.records = report, report.cause.context.records
        self.impacts: dict[str, Impact] = {}
        for iri in named:
            current: Impact | None = row_of(report.impacts, iri)
            while current is not None and current.entity not in self.impacts:
                self.impacts[current.entity] = current
                current = row_of(report.impacts, current.source or "")
        #: The records on the way: of each link the dependency, of each end the hit.
        self.links = sorted({impact.dependency for impact in self.impacts.values() if impact.dependency})

    def basis(self) -> Basis:
        """Return what the losses of the entities rest on."""
        report = self.report
        supports = [impact.support for impact in self.impacts.values()]
        evidence = _one_each(self._evidence())
        links = [self.records.get(iri) for iri in self.links]
        return Basis(
            evidence=evidence,
            undated=tuple(citation.document for citation in evidence if not self._is_dated(citation.document)),
            stance=_weakest([support.stance for support in supports]),
            links=len(links),
            unsourced=sum(isinstance(link, Statement) and not (link.inferred or list(link.all_evidence())) for link in links),
            inferred=len({iri for support in supports for iri in support.inferred}),
            unknown=sum(isinstance(link, Dependency) and _is_unstated(link) for link in links),
            disputed=max((support.disputed for support in supports), default=0),
            split=max((support.split_shares for support in supports), default=0),
            judged=len({judged.record for support in supports for judged in support.judged}),
            ungraded=tuple(name_of(self.records, iri, report.cause.context.named) for iri in report.ungraded_hits),
            not_asserted=report.shock_stance if report.shock_stance is not Stance.ASSERTS else None,
            disputes=self._disputes(),
        )

    def _evidence(self) -> Iterator[Citation]:
        yield from _shock_citations(self.report)
        for impact in self.impacts.values():
            yield from impact.evidence

    def _is_dated(self, iri: str) -> bool:
        """Return whether a document has a date, also one outside the chosen world."""
        record = self.report.cause.context.whole.records.by_iri.get(iri)
        return isinstance(record, Document) and record.issued is not None

    def _disputes(self) -> tuple[DisputedPoint, ...]:
        """Return the discrepancies about the entities on the way and their links, those about most of them first."""
        way = {*self.impacts, *self.links}
        found = [
            (len(way & set(record.about)), record)
            for record in self.report.cause.context.whole.records.of_class(Discrepancy)
            if record.discrepancy_kind.value in _OPEN and way & set(record.about)
        ]
        ranked = sorted(found, key=lambda pair: (pair[1].discrepancy_kind.value != "Disagreement", -pair[0], pair[1].id))
        return tuple(
            DisputedPoint(str(record.label), record.discrepancy_kind.value, tuple(record.between))
            for _, record in ranked[:LISTED]
        )


def _is_unstated(link: Dependency) -> bool:
    return link.ungraded and link.portion is None


def _weakest(stances: Sequence[Stance | None]) -> Stance | None:
    """Return the weakest of some stances; None where there are none, or one is None."""
    order = list(Stance)
    known = [stance for stance in stances if stance is not None]
    return max(known, key=order.index) if known and len(known) == len(stances) else None


def _one_each(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Return the first citation of each document."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.document, citation)
    return tuple(first.values())


def _shock_citations(report: ImpactReport) -> list[Citation]:
    """Return the citations of the shock and of its hits."""
    evidence = [e for record in (report.shock, *report.shock.parts()) for e in record.evidence]
    return list(cite(evidence, report.cause.context.records))


def _endings(report: ImpactReport, way: _Way) -> tuple[EndingRecord, ...]:
    """Return what ends after the day of the report: measures, the shock, the links and supplies on the way."""
    context = report.cause.context
    day = report.run.as_of
    basis = [record for iri in report.shock.legal_basis if (record := context.base_records.get(iri)) is not None]
    links = [record for iri in way.links if isinstance(record := context.records.get(iri), Statement)]
    parts = [part for record in links for part in (record, *record.parts())]
    dated = [record for record in (report.shock, *basis, *parts) if isinstance(record, Statement) and record.until is not None]
    found = {
        record.id: (record.until.isoformat(), record)
        for record in dated
        if record.until is not None and (not day or day == "all" or record.until.isoformat() >= day)
    }
    ranked = sorted(found.values(), key=lambda pair: (pair[0], pair[1].id))
    return tuple(
        EndingRecord(_record_name(context, r), until, cite(r.evidence, context.records)) for until, r in ranked[:LISTED]
    )


def _record_name(context: Context, record: Statement) -> str:
    if isinstance(record, Shock | Measure | Dependency | Supply | Provision):
        return name_of(context.base_records, record.id, context.named)
    return context.named(record.id)


def _questions(report: ImpactReport) -> tuple[OpenQuestion, ...]:
    """Return what documents ask about those that are hit, the hardest hit first."""
    context = report.cause.context
    losses = {each.entity: each.loss for each in each_loss(report.impacts)}
    found: list[tuple[float, str, OpenQuestion]] = []
    for record in context.whole.records.citing_as(Stance.ASKS, Relation, Dependency):
        assert isinstance(record, Relation | Dependency)  # noqa: S101 - for types: no others were asked for
        asks = [evidence for evidence in record.evidence if evidence.stance is Stance.ASKS]
        subject, other = record.subject if isinstance(record, Relation) else record.dependant, _asked(record)
        if asks and (loss := losses.get(subject, 0.0)) > 0:
            labels = context.named(other), context.named(subject)
            found.append((-loss, record.id, OpenQuestion(*labels, cite(asks, context.records))))
    return tuple(question for _, _, question in sorted(found, key=lambda row: row[:2])[:LISTED])


def _asked(record: Relation | Dependency) -> str:
    return record.object if isinstance(record, Relation) else record.need


def _command(shock: Shock) -> tuple[str, ...]:
    """Return the arguments of a command that name a shock, or make one with --hit."""
    if not shock.id.startswith("urn:knockon:shock:"):
        return (shock.name,)
    arguments: list[str] = []
    for hit in shock.hit:
        name = (hit.target or "").rpartition("/")[2]
        severity = hit.severity.value.lower() if hit.severity is not None else f"{hit.interval.point:g}"
        arguments += ["--hit", f"{name}={severity}"]
    return tuple(arguments)


__all__ = ["LISTED", "brief_of"]
