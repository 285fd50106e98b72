"""Slots of dependencies that are alone, made from their stored rows without record objects.

A dependency is alone if no other record is about the same dependant and need, and nothing of it is left out, scaled or
completed. Most of a large store are. Beside the names, their slots follow from what few of them state otherwise than others, so
that the slot of each such *form* is planned once, by the same code as all other slots.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from knockon.model import Dependency, Evidence, Statement, Supply
from knockon.network.arrays import Bools, Ints
from knockon.network.planned import Member, Node, SlotPlan
from knockon.network.record_filter import RecordFilter
from knockon.network.slot_plans import plan_slots
from knockon.rdf.fields import fields
from knockon.rdf.record_json import from_json

#: The most forms that are remembered.
_MOST_FORMS = 100_000
#: Fields of dependencies of which the slot depends on more than one form can say, by their names in data files.
_NEVER_ALONE = ("portion", "switchingTime")
#: The row of a record: its IRI, the number of its class, and its fields as JSON.
Row = tuple[str, int, str]


class LoneSlots(NamedTuple):
    """The slots of dependencies that are alone, in no order.

    Parameters
    ----------
    names
        The IRIs of all entities that they name.
    dependant, need
        The places in ``names`` of the ends of each, (slots,).
    form
        The place in ``forms`` of what each is beside names and records, (slots,).
    forms
        Slots with the names of no entity.
    records
        The IRI of the record of each, (slots,).
    provider
        The places in ``names`` of the providers, those of one slot after those of another, (supplies,).
    supply_records
        The IRIs of the supplies, (supplies,).
    """

    names: list[str]
    dependant: Ints
    need: Ints
    form: Ints
    forms: list[SlotPlan]
    records: list[str]
    provider: Ints
    supply_records: list[str]

    @property
    def supply_count(self) -> Ints:
        """The number of supplies of each slot, (slots,)."""
        return np.array([len(form.supplies) for form in self.forms], np.int64)[self.form]

    def without(self, left_out: Bools) -> LoneSlots:
        """Return the slots without some of them, (slots,)."""
        if not left_out.any():
            return self
        stays = ~left_out
        supply_stays = np.repeat(stays, self.supply_count)
        return self._replace(
            dependant=self.dependant[stays],
            need=self.need[stays],
            form=self.form[stays],
            records=[self.records[place] for place in np.flatnonzero(stays).tolist()],
            provider=self.provider[supply_stays],
            supply_records=[self.supply_records[place] for place in np.flatnonzero(supply_stays).tolist()],
        )

    def of_entities(self, chosen: Bools) -> Bools:
        """Return which slots name one of some entities as dependant, need or provider, (slots,)."""
        slot_of_supply = np.repeat(np.arange(len(self.form)), self.supply_count)
        by_provider = np.bincount(slot_of_supply[chosen[self.provider]], minlength=len(self.form)) > 0
        return np.asarray(chosen[self.dependant] | chosen[self.need] | by_provider)

    def sharing_a_need(self, others: Iterable[tuple[str, str]]) -> Bools:
        """Return which slots have the dependant and the need of another one, or of some others (IRIs), (slots,)."""
        width = max(len(self.names), 1)
        key = self.dependant * width + self.need
        values, place, count = np.unique(key, return_inverse=True, return_counts=True)
        place_of = {name: place for place, name in enumerate(self.names)} if others else {}
        pairs = [(place_of.get(dependant, -1), place_of.get(need, -1)) for dependant, need in others]
        known = np.array([one * width + other for one, other in pairs if min(one, other) >= 0], np.int64)
        return np.asarray((count[place] > 1) | np.isin(values, known)[place])


class LoneSlotReader:
    """Reader of the rows of dependencies.

    Parameters
    ----------
    classes
        The classes of dependencies by their numbers.
    record_filter
        The conditions that records must meet.

    Attributes
    ----------
    others
        The IRIs, dependants and needs of the records that do not make a slot by themselves.
    """

    def __init__(self, classes: Mapping[int, type[Dependency]], record_filter: RecordFilter) -> None:
        self._classes, self._filter = classes, record_filter
        self._places: dict[str, int] = {}
        self._forms: dict[tuple[Any, ...], int] = {}
        self._planned: list[SlotPlan | None] = []
        self._ends, self._form, self._provider = array("i"), array("i"), array("i")
        self._records: list[str] = []
        self._supply_records: list[str] = []
        self.others: list[tuple[str, str, str]] = []

    def read(self, rows: Iterable[Row]) -> LoneSlots:
        """Return the slots of those of some rows that make one by themselves.

        Raises
        ------
        ValueError, LookupError, TypeError, AttributeError
            A row is not that of a dependency.
        """
        for iri, number, data in rows:
            values = json.loads(data)
            dependant, need = values.pop("dependant"), values.pop("need")
            supplies = sorted(values.pop("supply", ()), key=_provider_of)
            form = self._form_of(number, values, supplies, dependant)
            if form is None:
                self.others.append((iri, dependant, need))
                continue
            self._ends.extend((self._place(dependant), self._place(need)))
            self._form.append(form)
            self._records.append(iri)
            for supply in supplies:
                self._provider.append(self._place(supply["provider"]))
                self._supply_records.append(supply["id"])
        ends = _numbers(self._ends).reshape(-1, 2).T
        forms = [form or SlotPlan(Node(""), (0, "")) for form in self._planned]
        names, records, parts = list(self._places), self._records, self._supply_records
        return LoneSlots(names, ends[0], ends[1], _numbers(self._form), forms, records, _numbers(self._provider), parts)

    def _place(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    def _form_of(self, number: int, values: dict[str, Any], supplies: list[dict[str, Any]], dependant: str) -> int | None:
        """Return the number of the form of a dependency; None where it makes no slot by itself."""
        if not self._is_asserted(values) or not values.keys().isdisjoint(_NEVER_ALONE):
            return None
        providers = {supply["provider"] for supply in supplies}
        if dependant in providers or len(providers) < len(supplies) or not all(map(self._is_asserted, supplies)):
            return None
        stated = [_stated(supply, Supply, ("id", "provider")) for supply in supplies]
        own = _stated(values, Dependency, ("alternative",))
        key = number, str(own), str(stated)
        form = self._forms.get(key)
        if form is None:
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            form = self._forms[key] = len(self._planned)
            self._planned.append(_plan(self._classes[number], own, stated, self._filter))
        return None if self._planned[form] is None else form

    def _is_asserted(self, values: Mapping[str, Any]) -> bool:
        """Return whether a record has evidence of a stance that counts, or none at all."""
        evidence = values.get("evidence")
        if not evidence:
            return True
        for each in evidence:  # noqa: SIM110 - any() takes twice the time of the few places, and there are millions of records
            if _stance(each.get("stance")) in self._filter.stances:
                return True
        return False


def _plan(
    cls: type[Dependency], own: Mapping[str, Any], supplies: Iterable[Mapping[str, Any]], record_filter: RecordFilter
) -> SlotPlan | None:
    """Return the slot of a dependency that states some values; None where something of it does not count as stated."""
    iri, dependant, need = "urn:x:d", "urn:x:a", "urn:x:b"
    parts = [{"id": f"{iri}--{place}", "provider": f"urn:x:{place:09}", **part} for place, part in enumerate(supplies)]
    record = from_json(cls, {"id": iri, "dependant": dependant, "need": need, **own, "supply": parts})
    if record_filter.admits(record) or any(map(record_filter.admits, record.supply)):
        return None
    plans = plan_slots(Node(dependant), {need: [Member(record, (), details=False)]}, (), frozenset())
    return plans.slots[0] if len(plans.slots) == 1 and not plans.scaled and not plans.completed else None


def _stated(values: Mapping[str, Any], cls: type[Statement], names: tuple[str, ...]) -> dict[str, Any]:
    """Return what a record states without its evidence, its texts, and the fields of some names."""
    unread = _unread(cls, names)
    return {name: value for name, value in values.items() if name not in unread}


@cache
def _unread(cls: type[Statement], names: tuple[str, ...]) -> frozenset[str]:
    """Return the fields of a class on whose values no slot depends, texts and evidence, and others, by their names in data."""
    return frozenset(field.alias for field in fields(cls) if field.kind == "text" or field.nested is Evidence) | {*names}


@cache
def _stance(word: str | None) -> Any:
    """Return the stance of evidence that states a word, or none."""
    return from_json(Evidence, {} if word is None else {"stance": word}).stance


def _provider_of(supply: Mapping[str, Any]) -> str:
    return str(supply["provider"])


def _numbers(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32).astype(np.int64) if len(values) else np.zeros(0, np.int64)


__all__ = ["LoneSlotReader", "LoneSlots", "Row"]
