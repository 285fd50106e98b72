"""Answer whom lists cover: by name, and by the ownership rules that extend them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation, Overflow

from knockon.analysis.answer_parts import cite
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.lists.covered_answer import COVERED, VERDICTS, Covered, ListCoverage, PartyCoverage, RuleInForce
from knockon.analysis.lists.party import MeasureList, by_party
from knockon.analysis.lists.wording import standing_text
from knockon.errors import UsageError
from knockon.model import Designation, Measure, Organization, OwnershipRule
from knockon.model.dates import absence_text
from knockon.model.lists import Lists
from knockon.vocabulary import Status

#: The IRI of a rule that a question supposes.
SUPPOSED = "urn:knockon:rule:supposed"
#: The options of a run that do not matter here.
_OTHER_OPTIONS = {"eps", "cap", "financing"}


def covered(
    context: Context,
    measure: str | None = None,
    entity: str | None = None,
    *,
    rule: Decimal | str | float | None = None,
    strict: bool = False,
    every: bool = False,
) -> Covered:
    """Return whom lists cover.

    Parameters
    ----------
    context
        The world of the question.
    measure
        The measure by IRI, local name or label; None for every measure that names somebody or that a rule extends.
    entity
        Only whether this entity is covered, with what that rests on.
    rule
        Suppose a rule from this share (0..1) on, in place of those that are recorded.
    strict
        Take nothing for granted about what no record states: whether stakes are direct, who holds the rest, and who
        owns what has no owner.
    every
        List also organizations of which too little is recorded, though nothing leads to them from the list.

    Raises
    ------
    NotFound
        There is no such measure or entity.
    UsageError
        The share of the rule is not in 0..1, or is 0.
    """
    # The list first: somebody may have named the two the other way round.
    asked = context.measure(measure).id if measure is not None else None
    party = context.entity(entity).id if entity is not None else None
    lists = context.read_lists(strict=True) if strict else context.lists
    supposed = None
    if rule is not None:
        supposed = _supposed(rule, [asked] if asked else sorted(lists.named))
        lists = Lists(lists.named, (supposed,), lists.stakes, lists.unknown_owners)
    found = measure_lists(context, lists)
    names = (
        [asked]
        if asked
        else sorted(iri for iri in found if lists.named.get(iri) or any(iri in rule.extends for rule in _all_rules(context)))
    )
    coverages = [_coverage(context, found[iri], party, every=every, supposed=supposed) for iri in names]
    if party is not None:
        coverages.sort(key=_rank)
    return Covered(
        lists=tuple(coverages),
        entity=party,
        label=label_of(context.records, party) if party else None,
        strict=strict,
        supposed=float(supposed.threshold) if supposed else None,
        presumed_direct=lists.stakes.presumed_direct,
        presumed_complete=len(lists.stakes.complete),
        presumed_unowned=_presumed_unowned(context, lists),
        parameters={name: value for name, value in context.options.parameters().items() if name not in _OTHER_OPTIONS},
        not_holding=context.not_holding,
        confidence=context.confidence,
    )


def _rank(coverage: ListCoverage) -> tuple[int, bool]:
    """Return by which an answer on one entity is sorted: lists that cover it come first, of these those in force."""
    in_force = coverage.not_in_force is None and coverage.status in (None, Status.IN_FORCE.value)
    return VERDICTS.index(coverage.parties[0].verdict), not in_force


def measure_lists(context: Context, lists: Lists) -> Mapping[str, MeasureList]:
    """Return the list of each measure, by IRI."""
    admits = context.options.record_filter.admits
    designations = by_party(r for r in context.held.of_class(Designation) if not admits(r))
    measures = {record.id for record in context.base_statements.of_class(Measure)}
    return {iri: MeasureList(iri, lists, context.records, designations, context.named) for iri in sorted(measures)}


def _supposed(share: Decimal | str | float, measures: Iterable[str]) -> OwnershipRule:
    text = str(share).strip()
    try:
        threshold = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (InvalidOperation, Overflow):
        threshold = Decimal(0)
    if not threshold.is_finite() or not 0 < threshold <= 1:
        written = repr(text[:100]) if isinstance(share, str) else text
        raise UsageError(f"the share of a rule is a number above 0 and at most 1, such as 0.5 or 50%, not {written}")
    return OwnershipRule(id=SUPPOSED, label="a rule that the question supposes", extends=tuple(measures), threshold=threshold)


def _all_rules(context: Context) -> list[OwnershipRule]:
    """Return the rules of the world, those that are not in force on the day included."""
    return list(context.base_statements.of_class(OwnershipRule))


def _presumed_unowned(context: Context, lists: Lists) -> int:
    """Return how many owners of which no owner is recorded are taken not to be owned by listed parties."""
    if lists.unknown_owners or not lists.rules:
        return 0
    stakes, named = lists.stakes, {party for parties in lists.named.values() for party in parties}
    owners = (owner for owner in stakes.by_owner if owner not in stakes.recorded and owner not in named)
    return sum(isinstance(context.records.get(owner), Organization) for owner in owners)


def _coverage(
    context: Context, measure_list: MeasureList, party: str | None, *, every: bool, supposed: OwnershipRule | None
) -> ListCoverage:
    """Return whom one list covers, or whether it covers one party."""
    iri = measure_list.measure
    measure = context.base_records[iri]
    assert isinstance(measure, Measure)  # noqa: S101 - measure_lists has measures alone
    day = context.options.record_filter.as_of
    lapsed = absence_text(measure, day) if day is not None and iri in context.world.absent else ""
    certain, possible = measure_list.readings
    undecided = possible.keys() - certain.keys()
    connected = connected_parties(measure_list, undecided)
    if party is not None:
        parties = [measure_list.coverage(party)]
    else:
        open_parties = sorted(undecided if every else connected)
        parties = [measure_list.coverage(name) for name in (*sorted(certain, key=lambda p: (certain[p], p)), *open_parties)]
    return ListCoverage(
        measure=iri,
        label=measure_list.label,
        kind=measure.measure_kind.value if measure.measure_kind else None,
        status=measure.status.value if measure.status else None,
        standing=standing_text(measure),
        not_in_force=lapsed or None,
        rules=tuple(_rule(context, rule) for rule in ([supposed] if supposed else _all_rules(context)) if iri in rule.extends),
        named=len(measure_list.lists.named.get(iri, ())),
        owned=sum(p not in measure_list.lists.named.get(iri, ()) for p in certain),
        undecided=len(connected),
        unconnected=len(undecided) - len(connected),
        parties=tuple(parties),
        proof=_proof(measure_list, parties[0]) if party is not None else (),
    )


def _rule(context: Context, rule: OwnershipRule) -> RuleInForce:
    record_filter = context.options.record_filter
    day = record_filter.as_of
    reason = absence_text(rule, day) if day is not None else ""
    reason = reason or (record_filter.admits(rule) if rule.id != SUPPOSED else "")
    return RuleInForce(
        rule=rule.id,
        label=rule.label,
        extends=rule.extends,
        threshold=float(rule.threshold),
        above_threshold=rule.above_threshold,
        in_force=not reason,
        reason=reason,
        from_=rule.from_,
        until=rule.until,
        evidence=cite(rule.evidence, context.records),
    )


def connected_parties(measure_list: MeasureList, undecided: Iterable[str]) -> set[str]:
    """Return those of the parties of which it cannot be told to which records of any interest lead from the list."""
    left, stakes = set(undecided), measure_list.lists.stakes
    owned: dict[str, set[str]] = {}
    for name, others in stakes.others.items():
        for record in others:
            owned.setdefault(record.owner, set()).add(name)
    found: set[str] = set()
    queue = list(measure_list.readings.certain)
    while queue and left:
        owner = queue.pop()
        held = {stake.owned for stake in stakes.by_owner.get(owner, ()) if stake.high} | owned.get(owner, set())
        for name in held & left:
            left.discard(name)
            found.add(name)
            queue.append(name)
    return found


def _proof(measure_list: MeasureList, party: PartyCoverage) -> tuple[PartyCoverage, ...]:
    """Return the parties that a verdict rests on: owners whose stakes count or may count, and what it is part of.

    A covered party rests on those of its owners that are covered in an earlier round, so that a circle proves nothing.
    """
    steps: dict[str, PartyCoverage] = {party.entity: party}
    queue = [party]
    for step in queue:
        names = [step.whole] if step.whole else []
        names += [stake.owner for stake in step.stakes if stake.counts != "no" and _supports(stake.owner, step, measure_list)]
        for name in names:
            if name not in steps:
                steps[name] = measure_list.coverage(name)
                queue.append(steps[name])
    return tuple(queue[1:])


def _supports(owner: str, step: PartyCoverage, measure_list: MeasureList) -> bool:
    if step.verdict != COVERED:
        return True
    before = measure_list.round(owner, step.rule)
    return step.round is not None and before is not None and before < step.round


__all__ = ["SUPPOSED", "connected_parties", "covered", "measure_lists"]
