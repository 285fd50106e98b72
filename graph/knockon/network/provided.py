"""Which provisions of each entity count, and how they combine.

A share measured for a period is carried forward: of the provisions of one
entity that hold, only those of one period count, and those without a period.
The period is the latest that had ended by the day asked for, else the latest
that had begun; without a day, the latest to end. Those of other periods pass
no share on.

Provisions of which none states a share, without a stated combination, may be
incomplete: at the low reading nothing is lost through them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from knockon.model import Entity, Provision
from knockon.model.dates import covered_days
from knockon.network.record_filter import FINANCING, ITSELF, RecordFilter
from knockon.network.suppliers import Suppliers, combine
from knockon.vocabulary import Interval

#: A period that states less than this in sum beside an older one is listed.
NEARLY_WHOLE = 0.99

Days = tuple[date, date]


class Provided(NamedTuple):
    """The provisions of one entity that count.

    ``weight`` is what the entity loses (0..1) when they deliver nothing: 1, and
    at the low reading 0 where they may be incomplete. ``without_share`` are the
    records (IRIs) that state no share, ``without_effect`` the providers (IRIs) whose
    failure passes no loss on.
    """

    suppliers: Suppliers
    weight: Interval
    unknown: bool
    without_share: tuple[str, ...] = ()
    without_effect: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Selection:
    """The provisions that count, by the IRI of what they provide, and what was decided about them.

    ``left_out`` has the reason why each of the others does not count, ``periods``
    the period that counts, ``incomplete`` the sum of the stated shares of a period
    that does not state the whole although an older one is known, ``scaled`` and
    ``completed`` the sums and remainders as :class:`knockon.network.compile.Compiled` has them.
    """

    provided: dict[str, Provided] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    incomplete: dict[str, float] = field(default_factory=dict)


def select_provisions(
    records: Sequence[Provision],
    entities: Mapping[str, Entity],
    record_filter: RecordFilter,
    classes: Mapping[str, str],
    absent: Sequence[Provision] = (),
) -> Selection:
    """Return the provisions that count, by the entity that they provide.

    Parameters
    ----------
    records
        All provisions of the world.
    entities
        The entities, by IRI: they state how their provisions combine.
    record_filter
        The conditions that records must meet.
    classes
        The class of each record, by IRI.
    absent
        Provisions that are not of the world asked for; their shares pass to those that count.

    Examples
    --------
    >>> asml = Provision(id="urn:x:p", provider="urn:x:asml", provided="urn:x:euv", share="0.9", period="2024")
    >>> later = asml.model_copy(update={"id": "urn:x:q", "share": 0.5, "period": "2025"})
    >>> selection = select_provisions([asml, later], {}, RecordFilter(as_of=date(2025, 6, 1)), {})
    >>> selection.periods, selection.left_out
    ({'urn:x:euv': '2024'}, {'urn:x:q': 'of another period'})
    """
    selection = Selection()
    admitted: dict[str, list[Provision]] = defaultdict(list)
    passing: dict[str, list[Provision]] = defaultdict(list)
    states_share: set[str] = set()
    for record in absent:
        if not record_filter.begins_later(record):
            passing[record.provided].append(record)
    for record in (*records, *absent):
        if record.share is not None:
            states_share.add(record.provided)
    for record in records:
        reason = _reason(record, record_filter, classes)
        if not reason:
            admitted[record.provided].append(record)
            continue
        selection.left_out[record.id] = reason
        if not record_filter.begins_later(record):
            passing[record.provided].append(record)
    for iri in sorted(admitted):
        _add(
            selection,
            iri,
            admitted[iri],
            passing[iri],
            entities.get(iri),
            record_filter.as_of,
            frozenset(r.provider for r in admitted[iri] if record_filter.without_effect(iri, r.provider, classes)),
            states_share=iri in states_share,
        )
    return selection


def _reason(record: Provision, record_filter: RecordFilter, classes: Mapping[str, str]) -> str:
    if reason := record_filter.admits(record):
        return reason
    return ITSELF if record.provider == record.provided else record_filter.excludes(record.provided, "", classes)


def _add(
    selection: Selection,
    iri: str,
    admitted: Sequence[Provision],
    passing: Sequence[Provision],
    entity: Entity | None,
    day: date | None,
    without_effect: frozenset[str],
    *,
    states_share: bool,
) -> None:
    """Add the provisions of one entity to a selection."""
    combination, at_least = (entity.provision_combination, entity.at_least) if entity else (None, None)
    periods = {_days(record) for record in admitted} - {None}
    chosen = chosen_period([days for days in periods if days], day)
    counting = [record for record in admitted if record.period is None or _days(record) == chosen]
    if periods:
        _list_other_periods(selection, iri, admitted, counting)
    if not counting:
        return
    selection.left_out.update({record.id: FINANCING for record in counting if record.provider in without_effect})
    same_period = [record for record in passing if record.period is None or _days(record) == chosen]
    suppliers = combine(counting, combination, at_least, same_period)
    if (
        chosen
        and any(days and days[1] < chosen[1] for days in periods)
        and combination is None
        and suppliers.total < NEARLY_WHOLE
    ):
        selection.incomplete[iri] = suppliers.total
    # Which kind a list is goes by its records, whether or not they count on the day.
    incomplete = combination is None and not states_share
    selection.provided[iri] = Provided(
        suppliers,
        Interval(0.0 if incomplete else 1.0, 1.0, 1.0),
        incomplete,
        tuple(record.id for record in counting if record.share is None),
        without_effect,
    )


def _list_other_periods(selection: Selection, iri: str, admitted: Sequence[Provision], counting: Sequence[Provision]) -> None:
    """List the period that counts for an entity, and the provisions of its other periods as left out."""
    names = sorted({record.period for record in counting if record.period})
    reason = "of another period" if names else "its period has not begun"
    selection.left_out.update({record.id: reason for record in admitted if record not in counting})
    if names:
        selection.periods[iri] = names[0]


def _days(record: Provision) -> Days | None:
    return covered_days(record.period) if record.period else None


def chosen_period(periods: Sequence[Days], day: date | None) -> Days | None:
    """Return the period that counts on a day, of the first and last days of several; None where none has begun.

    >>> year = date(2024, 1, 1), date(2024, 12, 31)
    >>> quarter = date(2025, 1, 1), date(2025, 3, 31)
    >>> [chosen_period([year, quarter], day) == year for day in (date(2024, 5, 1), date(2025, 2, 1), date(2025, 3, 31))]
    [True, True, False]
    """
    ended = [days for days in periods if day is None or days[1] <= day]
    if ended:
        return max(ended, key=lambda days: (days[1], days[0]))
    begun = [days for days in periods if day is not None and days[0] <= day]
    return max(begun, default=None)


def period_turns(provisions: Iterable[Provision]) -> frozenset[date]:
    """Return the days on which another period of the provisions of an entity may count, whichever of them are left out.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> share = Provision(id=ns + "p", provider=ns + "asml", provided=ns + "euv", share="0.9", period="2024")
    >>> sorted(map(str, period_turns([share])))
    ['2024-01-01', '2024-12-31']
    """
    return frozenset(day for record in provisions if record.period for day in covered_days(record.period))


__all__ = ["NEARLY_WHOLE", "Provided", "Selection", "chosen_period", "period_turns", "select_provisions"]
