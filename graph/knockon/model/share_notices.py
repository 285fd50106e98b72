"""Notices about shares of suppliers and provisions, and about portions: what was scaled, stated in part, or not stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from knockon.errors import Notice, shortened
from knockon.model.base import Statement
from knockon.model.dataset import DataSet
from knockon.model.dependency import READINGS, Dependency
from knockon.model.entity import Entity
from knockon.model.provision import Provision
from knockon.model.records import about, each
from knockon.model.weights import EXACT, PartyWeight, greatest_total, joint_totals
from knockon.vocabulary import local_name

#: Return where a record was read: its file, and its line if the file has lines.
Where = Callable[[str], tuple[str, int | None]]
#: Up to this many records of one kind get a notice each; more of them share one notice.
_MAX_SINGLE_NOTICES = 3


class _Kind(NamedTuple):
    """One kind of weights that make a whole, with its words in messages: of one record, and of many records."""

    weights: str
    many: str
    whole: str


_SUPPLIES = _Kind("the shares of its suppliers", "the shares of the suppliers", "needs")
_PROVISIONS = _Kind("the shares of its provisions", "the shares of the provisions", "entities")
_PORTIONS = _Kind("the portions of its parts", "the portions of the parts", "dependants")
_COMBINATION_HINT = "give a combination (AllOf, AnyOf, AtLeast) or shares where you know them"


class _Whole(NamedTuple):
    """Weights that make a whole: what they are, whose they are, a record to name the place, and their greatest sum."""

    kind: _Kind
    name: str
    record: str
    total: Decimal
    stated: int
    unstated: Sequence[str]
    combined: bool


def share_notices(records: Iterable[Statement], where: Where) -> Iterator[Notice]:
    """Yield the notices on suppliers, provisions and portions of one data set, grouped by kind.

    >>> shop = Dependency(id="urn:x:d", dependant="urn:x:shop", need="urn:x:stock", supply=[
    ...     {"provider": "urn:x:a", "share": "0.6"}, {"provider": "urn:x:b"}])
    >>> [str(notice) for notice in share_notices([shop], lambda iri: ("a.csv", 2))]
    ['a.csv:2: d: a share is given for some of its suppliers; the rest belongs to the others (b 0.4)']
    """
    members_by_kind: dict[tuple[str, str, str], list[tuple[_Whole, str]]] = defaultdict(list)
    for whole in _wholes(records):
        for single, many, detail in _remarks(whole):
            hint = "" if detail else _COMBINATION_HINT
            members_by_kind[single, many, hint].append((whole, detail))
    for (single, many, hint), members in members_by_kind.items():
        if len(members) <= _MAX_SINGLE_NOTICES:
            for whole, detail in members:
                yield Notice(*where(whole.record), f"{whole.name}: {single}", detail or hint)
        else:
            names = ", ".join(shortened([f"{w.name} ({detail})" if detail else w.name for w, detail in members]))
            first = members[0][0]
            message = f"for {len(members):,} {first.kind.whole} {many}: {names}"
            yield Notice(where(first.record)[0], None, message, hint)


def _remarks(whole: _Whole) -> Iterator[tuple[str, str, str]]:
    """Yield the message for one whole, the message for many, and the detail of this one."""
    kind, total = whole.kind, whole.total
    if total > 1 + EXACT:
        scaled = "add up to more than 1 and are scaled to 1"
        yield f"{kind.weights} {scaled}", f"{kind.many} {scaled}", f"{total.normalize():f}"
    if kind is _PORTIONS:
        return  # A portion is a number, or stated to be unknown.
    parties, many = (text.removeprefix("the shares of ") for text in (kind.weights, kind.many))
    if whole.unstated and whole.stated:
        rest = f"{max(Decimal(0), 1 - total).normalize():f}"
        partly = "a share is given for some of {}; the rest belongs to the others"
        yield partly.format(parties), partly.format(many), f"{', '.join(shortened(whole.unstated))} {rest}"
    elif len(whole.unstated) > 1 and not whole.combined:
        unknown = "it is not stated how {} combine: " + READINGS
        yield unknown.format(parties), unknown.format(many), ""


def _wholes(records: Iterable[Statement]) -> Iterator[_Whole]:
    """Yield the supplies of each dependency, the provisions of each entity and period, and the portions of each dependant."""
    provisions: dict[tuple[str, str], list[Provision]] = defaultdict(list)
    parts: dict[str, list[Dependency]] = defaultdict(list)
    combined: set[str] = set()
    for record in records:
        if isinstance(record, Dependency):
            if record.supply:
                unstated = [local_name(supply.provider) for supply in record.supply if supply.share is None]
                stated = len(record.supply) - len(unstated)
                total, is_combined = greatest_total(record.supply), record.combination is not None
                yield _Whole(_SUPPLIES, local_name(record.id), record.id, total, stated, unstated, is_combined)
            if isinstance(record.portion, Decimal):
                parts[record.dependant].append(record)
        elif isinstance(record, Provision):
            provisions[record.provided, record.period or ""].append(record)
        elif isinstance(record, Entity) and record.provision_combination is not None:
            combined.add(record.id)
    for (provided, period), members in provisions.items():
        # Provisions without a period belong to every period.
        jointly = [*members, *(provisions.get((provided, ""), ()) if period else ())]
        shares = {p.provider for p in jointly if p.share is not None}
        unstated = sorted({local_name(p.provider) for p in jointly} - set(map(local_name, shares)))
        total, name = _greatest_provision_total(jointly), _whole_name(provided, period)
        yield _Whole(_PROVISIONS, name, members[0].id, total, len(shares), unstated, provided in combined)
    for dependant, dependencies in parts.items():
        total = _greatest_portion_total(dependencies)
        yield _Whole(_PORTIONS, local_name(dependant), dependencies[0].id, total, len(dependencies), (), combined=True)


def _greatest_provision_total(provisions: Iterable[Provision]) -> Decimal:
    return _greatest(PartyWeight.of(p.provider, p.share, p.from_, p.until) for p in provisions if p.share is not None)


def _greatest_portion_total(parts: Iterable[Dependency]) -> Decimal:
    return _greatest(PartyWeight.of(d.need, d.portion, d.from_, d.until) for d in parts if isinstance(d.portion, Decimal))


def _greatest(weights: Iterable[PartyWeight]) -> Decimal:
    return max((total for _, total in joint_totals(weights)), default=Decimal(0))


def shares_across(data_sets: Sequence[DataSet], new: Collection[str]) -> Iterator[Notice]:
    """Yield a notice for each whole whose weights in several data sets add up to more than 1 on some day.

    Supplies of one need in several data sets are no whole: their dependencies are disputed, and each is computed by itself.

    Parameters
    ----------
    data_sets
        The data sets of a store.
    new
        The IRIs of the data sets to check: wholes that are only in other data sets are skipped.
    """
    if len(data_sets) < 2:
        return
    chosen = (data_set for data_set in data_sets if data_set.info.id in new)
    stating = (record for data_set in chosen for record in each(data_set.records, Provision, Dependency))
    wholes = {_whole_of(record) for record in stating if _states_weight(record)}
    if not wholes:
        return
    records = [
        (data_set.info.id, record)
        for data_set in data_sets
        for record in about(data_set.records, wholes)
        if _states_weight(record) and _whole_of(record) in wholes
    ]
    for text, sources, total in (*_provisions_across(records), *_portions_across(records)):
        if len(sources) > 1 and set(sources) & set(new) and total > 1 + EXACT:
            names = ", ".join(sorted(local_name(iri).removeprefix("data-") for iri in sources))
            yield Notice(names, None, f"{text} add up to {total.normalize():f} and are scaled to 1")


def _states_weight(record: Statement) -> bool:
    """Return whether a record states a weight that may add up with those of other records."""
    if isinstance(record, Provision):
        return record.share is not None
    return isinstance(record, Dependency) and isinstance(record.portion, Decimal)


def _whole_of(record: Statement) -> str:
    """Return the entity whose weights are compared, of a record that states one."""
    return record.provided if isinstance(record, Provision) else record.dependant if isinstance(record, Dependency) else ""


#: A whole in messages, the data sets that state its weights, and their greatest sum on one day.
_Across = tuple[str, Collection[str], Decimal]
_Placed = Iterable[tuple[str, Statement]]


def _provisions_across(records: _Placed) -> Iterator[_Across]:
    wholes: dict[tuple[str, str], dict[str, list[Provision]]] = defaultdict(dict)
    for data_set, record in records:
        if isinstance(record, Provision) and record.share is not None:
            wholes[record.provided, record.period or ""].setdefault(data_set, []).append(record)
    for (provided, period), by_set in sorted(wholes.items()):
        total = _greatest_provision_total(p for provisions in by_set.values() for p in provisions)
        yield f"the shares of the provisions of {_whole_name(provided, period)}", by_set, total


def _portions_across(records: _Placed) -> Iterator[_Across]:
    wholes: dict[str, dict[str, list[Dependency]]] = defaultdict(dict)
    for data_set, record in records:
        if isinstance(record, Dependency) and isinstance(record.portion, Decimal):
            wholes[record.dependant].setdefault(data_set, []).append(record)
    for dependant, by_set in sorted(wholes.items()):
        total = _greatest_portion_total(part for parts in by_set.values() for part in parts)
        yield f"the portions of {local_name(dependant)}", by_set, total


def _whole_name(provided: str, period: str) -> str:
    return f"{local_name(provided)} in {period}" if period else local_name(provided)


__all__ = ["Where", "share_notices", "shares_across"]
