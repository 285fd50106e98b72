"""Notices about the shares of suppliers: what was scaled, what is stated in part, and what is not stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from knockon.errors import Notice, shortened
from knockon.model.dataset import DataSet
from knockon.model.dependency import READINGS, Dependency, Supply
from knockon.model.weights import EXACT, greatest_total
from knockon.vocabulary import local_name

#: Return where a record was read: its file, and its line if the file has lines.
Where = Callable[[str], tuple[str, int | None]]
#: Up to this many records of one kind get a notice each; more of them share one notice.
_MAX_SINGLE_NOTICES = 3

_SCALED = "the shares of its suppliers add up to more than 1 and are scaled to 1"
_PARTLY = "a share is given for some of its suppliers; the rest belongs to the others"
_UNKNOWN = f"it is not stated how its suppliers combine: {READINGS}"
_HINTS = {_UNKNOWN: "give a combination (AllOf, AnyOf, AtLeast) or shares where you know them"}


def share_notices(records: Iterable[object], where: Where) -> Iterator[Notice]:
    """Yield the notices on the suppliers of the dependencies of one data set, grouped by kind.

    >>> shop = Dependency(id="urn:x:d", dependant="urn:x:shop", need="urn:x:stock", supply=[
    ...     {"provider": "urn:x:a", "share": "0.6"}, {"provider": "urn:x:b"}])
    >>> [str(notice) for notice in share_notices([shop], lambda iri: ("a.csv", 2))]
    ['a.csv:2: d: a share is given for some of its suppliers; the rest belongs to the others (b 0.4)']
    """
    members_by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        if isinstance(record, Dependency) and record.supply:
            for kind, detail in _share_remarks(record):
                members_by_kind[kind].append((record.id, detail))
    for kind, members in members_by_kind.items():
        if len(members) <= _MAX_SINGLE_NOTICES:
            for iri, detail in members:
                yield Notice(*where(iri), f"{local_name(iri)}: {kind}", detail or _HINTS.get(kind, ""))
        else:
            names = ", ".join(
                shortened([f"{local_name(iri)} ({detail})" if detail else local_name(iri) for iri, detail in members])
            )
            message = f"for {len(members):,} needs {kind.replace(' its ', ' the ')}: {names}"
            yield Notice(where(members[0][0])[0], None, message, _HINTS.get(kind, ""))


def _share_remarks(record: Dependency) -> Iterator[tuple[str, str]]:
    total = greatest_total(record.supply)
    if total > 1 + EXACT:
        yield _SCALED, f"{total.normalize():f}"
    unstated = [local_name(supply.provider) for supply in record.supply if supply.share is None]
    stated = len(record.supply) - len(unstated)
    if unstated and stated:
        rest = max(Decimal(0), 1 - total)
        yield _PARTLY, f"{', '.join(shortened(unstated))} {rest.normalize():f}"
    elif len(unstated) > 1 and record.combination is None:
        yield _UNKNOWN, ""


def shares_across(data_sets: Sequence[DataSet], new: Collection[str]) -> Iterator[Notice]:
    """Yield a notice for each need whose suppliers in several data sets have shares of more than 1 on some day.

    Parameters
    ----------
    data_sets
        The data sets of a store.
    new
        The IRIs of the data sets to check: needs that are only in other data sets are skipped.
    """
    slots: dict[tuple[str, str], dict[str, list[Supply]]] = defaultdict(dict)
    for data_set in data_sets:
        for record in data_set.records:
            if isinstance(record, Dependency) and any(supply.share is not None for supply in record.supply):
                slots[record.dependant, record.need].setdefault(data_set.info.id, []).extend(record.supply)
    for (dependant, need), by_set in sorted(slots.items()):
        if len(by_set) < 2 or not by_set.keys() & set(new):
            continue
        # Several data sets may name one provider: its greatest share counts.
        total = greatest_total(_largest_by_provider(supply for supplies in by_set.values() for supply in supplies))
        if total > 1 + EXACT:
            names = ", ".join(sorted(local_name(iri).removeprefix("data-") for iri in by_set))
            message = (
                f"the shares of the suppliers of {local_name(need)} for {local_name(dependant)} add up to {total.normalize():f}"
            )
            yield Notice(names, None, f"{message} and are scaled to 1")


def _largest_by_provider(supplies: Iterable[Supply]) -> Iterator[Supply]:
    best: dict[str, Supply] = {}
    for supply in supplies:
        earlier = best.get(supply.provider)
        if earlier is None or (supply.share or 0) > (earlier.share or 0):
            best[supply.provider] = supply
    yield from best.values()


__all__ = ["Where", "share_notices", "shares_across"]
