"""Check the weights of several records of one whole: provisions of an entity, portions of a dependant, shareholdings.

Weights may add up to more than 1 across data sets, since sources disagree; then they are scaled when a network is compiled.
Within one data set that is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from knockon.model import Dependency, Entity, Ownership, Provision, Statement
from knockon.model.dependency import share_fault
from knockon.model.validation_errors import Fault
from knockon.model.weights import ROUNDED, PartyWeight, Span, first_excess, totals_by_day
from knockon.rdf.references import Violation
from knockon.vocabulary import ASSERTED, local_name


def excess_weights(records: Sequence[Statement]) -> Iterator[Violation]:
    """Yield the records of one data set whose weights add up to more than 1, or do not go with a combination.

    Records that rest on no assertion do not count.

    >>> from knockon.model import Provision
    >>> halves = [Provision(id=f"urn:x:{name}", provider=f"urn:x:p{name}", provided="urn:x:c", share="0.6") for name in "ab"]
    >>> [violation.fault.message for violation in excess_weights(halves)][0]
    'the shares of the provisions of c add up to 1.2, more than 1'
    """
    asserted = [record for record in records if _states_weight(record) and record.rests_on(ASSERTED)]
    yield from _excess_provisions(asserted)
    yield from _excess_portions(asserted)
    yield from _shares_beside_combinations(records)


def _states_weight(record: Statement) -> bool:
    """Return whether a record states a share of a provision, or a portion."""
    if isinstance(record, Dependency):
        return isinstance(record.portion, Decimal)
    return isinstance(record, Provision) and record.share is not None


def _excess_provisions(records: Iterable[Statement]) -> Iterator[Violation]:
    by_entity: dict[str, list[Provision]] = defaultdict(list)
    for record in records:
        if isinstance(record, Provision) and record.share is not None:
            by_entity[record.provided].append(record)
    for provided, provisions in by_entity.items():
        without_period = [provision for provision in provisions if provision.period is None]
        periods = sorted({provision.period for provision in provisions if provision.period is not None})
        for period in periods or [""]:
            # Provisions without a period belong to every period.
            members = [*without_period, *(p for p in provisions if p.period == period)]
            excess = first_excess(PartyWeight.of(p.provider, p.share or Decimal(0), p.from_, p.until) for p in members)
            if excess is not None:
                day, total = excess
                when = f" in {period}" if period else ""
                message = f"the shares of the provisions of {local_name(provided)}{when} add up to {total}, more than 1"
                hint = "correct a share, or state the period or the dates of those that do not hold together"
                fault = Fault(("share",), message, hint)
                yield from (Violation(p.id, fault, cause=f"{provided} {period}") for p in members if _is_valid(p, day))


def _excess_portions(records: Iterable[Statement]) -> Iterator[Violation]:
    by_dependant: dict[str, list[Dependency]] = defaultdict(list)
    for record in records:
        if isinstance(record, Dependency) and isinstance(record.portion, Decimal):
            by_dependant[record.dependant].append(record)
    for dependant, parts in by_dependant.items():
        weights = [(part, part.portion) for part in parts if isinstance(part.portion, Decimal)]
        excess = first_excess(PartyWeight.of(part.need, portion, part.from_, part.until) for part, portion in weights)
        if excess is not None:
            day, total = excess
            message = f"the portions of {local_name(dependant)} add up to {total}, more than 1"
            fault = Fault(("portion",), message, "correct a portion, or state the dates of those that do not hold together")
            yield from (Violation(part.id, fault, cause=f"portions {dependant}") for part in parts if _is_valid(part, day))


def _shares_beside_combinations(records: Sequence[Statement]) -> Iterator[Violation]:
    provisions = [record for record in records if isinstance(record, Provision) and record.share is not None]
    combinations = {r.id: r.provision_combination for r in records if isinstance(r, Entity)} if provisions else {}
    for record in provisions:
        if fault := share_fault(combinations.get(record.provided), "provisionCombination"):
            yield Violation(record.id, Fault(("share",), f"{fault} (stated of {local_name(record.provided)})"))


def _is_valid(record: Statement, day: date) -> bool:
    return (record.from_ or date.min) <= day and (record.until is None or day <= record.until)


def excess_holdings(records: Iterable[Statement]) -> Iterator[Violation]:
    """Yield the ownerships of an organization whose direct shareholdings add up to more than 1 on some day.

    Of a range of shares the low end counts.
    """
    holdings: dict[str, list[Ownership]] = defaultdict(list)
    for record in records:
        if isinstance(record, Ownership) and record.least_share is not None and record.is_part_of_whole:
            holdings[record.owned].append(record)
    for owned, ownerships in holdings.items():
        if len(ownerships) == 1:
            continue  # A share is at most 1.
        # Holdings of different times may add up to more than one.
        spans = (Span(h.least_share or Decimal(0), h.from_ or date.min, h.until) for h in ownerships)
        day = next((day for day, total in totals_by_day(spans) if total > ROUNDED), None)
        if day is not None:
            on_day = [h for h in ownerships if (h.from_ or date.min) <= day and (h.until is None or day < h.until)]
            total = sum((h.least_share for h in on_day if h.least_share is not None), Decimal(0))
            hint = ""
            if any(holding.direct is None for holding in on_day):
                hint = "only direct holdings are summed: mark an indirect one with direct: false (in tables, a column direct)"
            for holding in on_day:
                field = "share" if holding.share is not None else "shareLow"
                message = f"the shares of {local_name(owned)} come to {total}, more than 1"
                yield Violation(holding.id, Fault((field,), message, hint))


__all__ = ["excess_holdings", "excess_weights"]
