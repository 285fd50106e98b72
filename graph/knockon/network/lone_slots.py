"""Slots of dependencies that are alone, made from their columns without record objects.

A dependency is alone if no other record is about the same dependant and need, and nothing of it is left out, scaled or
completed. Most of a large store are. Beside the names, their slots follow from their forms, so that the slot of each form is
planned once, by the same code as all other slots.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from knockon.model import CLASSES, Dependency, Evidence
from knockon.network.arrays import Bools, Ints
from knockon.network.chosen_names import take_names
from knockon.network.dependency_columns import DependencyColumns, Form
from knockon.network.name_arrays import PackedNames
from knockon.network.planned import Member, Node, SlotPlan
from knockon.network.record_filter import RecordFilter
from knockon.network.slot_plans import plan_slots
from knockon.rdf.record_json import from_json


class LoneSlots(NamedTuple):
    """The slots of dependencies that are alone, in no order.

    Parameters
    ----------
    names
        The IRIs of all entities that they name, and perhaps of others, in order.
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

    names: PackedNames
    dependant: Ints
    need: Ints
    form: Ints
    forms: list[SlotPlan]
    records: PackedNames
    provider: Ints
    supply_records: PackedNames

    @property
    def supply_count(self) -> Ints:
        """The number of supplies of each slot, (slots,)."""
        return np.array([len(form.supplies) for form in self.forms], np.int64)[self.form]


def lone_slots(
    columns: DependencyColumns,
    classes: list[str],
    record_filter: RecordFilter,
    special: Bools,
    never_dependant: Bools,
    replaced: Bools,
) -> tuple[LoneSlots, PackedNames]:
    """Return the slots of the dependencies that are alone, and the IRIs of the records of all others.

    Parameters
    ----------
    columns
        The dependencies.
    classes
        The names of classes by their numbers.
    record_filter
        The conditions that records must meet.
    special
        The names about which no dependency is alone, as provisions have a say, (names,).
    never_dependant
        The names that never depend on anything, (names,).
    replaced
        The dependencies that state something else than their columns, (dependencies,).
    """
    plans = [_plan(Form(*json.loads(text)), classes, record_filter) for text in columns.forms]
    # One more for those without a form.
    is_planned = np.array([*(plan is not None for plan in plans), False])
    key = columns.dependant * max(len(columns.names), 1) + columns.need
    alone = (
        is_planned[columns.form]
        & _is_once(key)
        & ~(special[columns.dependant] | special[columns.need] | never_dependant[columns.dependant])
        & (columns.dependant != columns.need)
        & ~replaced
    )
    if special.any():
        slot_of_supply = np.repeat(np.arange(len(columns.form)), columns.supply_count)
        alone[slot_of_supply[special[columns.provider]]] = False
    chosen = columns.chosen(alone)
    lone = LoneSlots(
        chosen.names,
        chosen.dependant,
        chosen.need,
        chosen.form,
        [plan or SlotPlan(Node(""), (0, "")) for plan in plans],
        chosen.records,
        chosen.provider,
        chosen.supply_records,
    )
    return lone, take_names(columns.records, np.flatnonzero(~alone))


def _is_once(key: Ints) -> Bools:
    """Return whether each key is that of no other row."""
    order = np.argsort(key, kind="stable")
    same = np.concatenate([[False], np.diff(key[order]) == 0, [False]])
    once = np.empty(len(key), bool)
    once[order] = ~(same[1:] | same[:-1])
    return once


def _plan(form: Form, classes: list[str], record_filter: RecordFilter) -> SlotPlan | None:
    """Return the slot of the dependencies of a form; None where something of them does not count as stated."""
    if not all(_is_asserted(stances, record_filter) for stances in (form.stances, *form.supply_stances)):
        return None
    iri, dependant, need = "urn:x:d", "urn:x:a", "urn:x:b"
    parts = [{"id": f"{iri}--{place}", "provider": f"urn:x:{place:09}", **part} for place, part in enumerate(form.supplies)]
    cls: Any = CLASSES[classes[form.number]]
    record: Dependency = from_json(cls, {"id": iri, "dependant": dependant, "need": need, **form.own, "supply": parts})
    if record_filter.admits(record) or any(map(record_filter.admits, record.supply)):
        return None
    plans = plan_slots(Node(dependant), {need: [Member(record, (), details=False)]}, (), frozenset())
    return plans.slots[0] if len(plans.slots) == 1 and not plans.scaled and not plans.completed else None


def _is_asserted(stances: list[str | None] | None, record_filter: RecordFilter) -> bool:
    """Return whether a record has evidence of a stance that counts, or none at all."""
    return stances is None or any(_stance(word) in record_filter.stances for word in stances)


@cache
def _stance(word: str | None) -> Any:
    """Return the stance of evidence that states a word, or none."""
    return from_json(Evidence, {} if word is None else {"stance": word}).stance


__all__ = ["LoneSlots", "lone_slots"]
