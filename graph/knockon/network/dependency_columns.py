"""The dependencies of a store as columns: what each names, and the number of its form, without record objects.

The *form* of a dependency is what it states beside names, texts and the places of its evidence. Of a large store few
differ, so that the slots of all follow from them (lone_slots.py). Columns are the same for all questions: which stances and
days count is asked of the forms.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from knockon.model import Dependency, Evidence, Statement, Supply
from knockon.network.arrays import Bools, Ints
from knockon.network.chosen_names import concatenate_names, merge_names, take_names
from knockon.network.name_arrays import PackedIndex, PackedNames
from knockon.rdf.fields import fields

#: The form of a dependency that never makes a slot by itself.
NEVER_ALONE = -1
#: The class of what has no record.
UNKNOWN_CLASS = -1
#: Fields of dependencies of which the slot depends on more than one form can say, by their names in data files.
SEVERAL_FORMS = ("portion", "switchingTime")
#: The most forms that are remembered while columns are made.
_MOST_FORMS = 100_000
#: The row of a record: its IRI, the number of its class, its fields as JSON, and its number.
Row = tuple[str, int, str, int]
#: Returns the number of the class of each of some IRIs that have a record.
ClassesOf = Callable[[list[str]], Mapping[str, int]]


class DependencyColumns(NamedTuple):
    """Dependencies, in no order.

    Parameters
    ----------
    names
        The IRIs that they name as dependant or need, or by their form as provider, in order.
    classes
        The number of the class of each of these; -1 where there is no record of it, (names,).
    dependant, need
        The places in ``names`` of the ends of each, (dependencies,).
    form
        The place in ``forms`` of each; -1 where it never makes a slot by itself, (dependencies,).
    forms
        What the dependencies of each form state, as JSON (see ``Form``).
    form_supplies
        How many supplies dependencies of each form have, (forms,).
    numbers
        The number of the record of each, (dependencies,).
    records
        The IRI of each, (dependencies,).
    provider
        The places in ``names`` of the providers of those with a form, one dependency after the other, (supplies,).
    supply_records
        The IRIs of the supplies, (supplies,).
    """

    names: PackedNames
    classes: Ints
    dependant: Ints
    need: Ints
    form: Ints
    forms: list[str]
    form_supplies: Ints
    numbers: Ints
    records: PackedNames
    provider: Ints
    supply_records: PackedNames

    @property
    def supply_count(self) -> Ints:
        """The number of supplies of each dependency, (dependencies,); 0 of those without a form."""
        return np.asarray(np.append(self.form_supplies, 0)[self.form])

    def chosen(self, stays: Bools) -> DependencyColumns:
        """Return some of the dependencies, (dependencies,)."""
        if stays.all():
            return self
        rows, supplies = np.flatnonzero(stays), np.flatnonzero(np.repeat(stays, self.supply_count))
        return self.take(rows, supplies)

    def take(self, rows: Ints, supplies: Ints) -> DependencyColumns:
        """Return some dependencies, in the order of their rows, with the supplies that are theirs."""
        return self._replace(
            dependant=self.dependant[rows],
            need=self.need[rows],
            form=self.form[rows],
            numbers=self.numbers[rows],
            records=take_names(self.records, rows),
            provider=self.provider[supplies],
            supply_records=take_names(self.supply_records, supplies),
        )

    def joined(self, other: DependencyColumns) -> DependencyColumns:
        """Return these dependencies and others; what both name has the class that the others have it with."""
        if not len(other.form):
            return self
        names, rows, others = merge_names(self.names, list(other.names))
        classes = np.full(len(names), UNKNOWN_CLASS)
        classes[rows] = self.classes
        classes[others] = other.classes
        form = np.where(other.form == NEVER_ALONE, NEVER_ALONE, other.form + len(self.forms))
        return DependencyColumns(
            names,
            classes,
            np.concatenate([rows[self.dependant], others[other.dependant]]),
            np.concatenate([rows[self.need], others[other.need]]),
            np.concatenate([self.form, form]),
            [*self.forms, *other.forms],
            np.concatenate([self.form_supplies, other.form_supplies]),
            np.concatenate([self.numbers, other.numbers]),
            concatenate_names(self.records, other.records),
            np.concatenate([rows[self.provider], others[other.provider]]),
            concatenate_names(self.supply_records, other.supply_records),
        )

    def with_classes(self, classes: Mapping[str, int]) -> DependencyColumns:
        """Return the same dependencies where some names have records of another class, or none (-1)."""
        new = self.classes.copy()
        for iri, place in zip(classes, _places(self.names, list(classes)), strict=True):
            if place is not None:
                new[place] = classes[iri]
        return self._replace(classes=new)


class Form(NamedTuple):
    """What dependencies of one form state.

    ``number`` is that of the class, ``own`` and ``supplies`` are what the dependency and its supplies state, in the order of
    their providers, by the names of the fields in data files; ``stances`` and ``supply_stances`` are the words for the
    stances of their evidence, null for evidence without one; None where there is no evidence.
    """

    number: int
    own: dict[str, Any]
    supplies: list[dict[str, Any]]
    stances: list[str | None] | None
    supply_stances: list[list[str | None] | None]


def read_columns(rows: Iterable[Row], classes_of: ClassesOf) -> DependencyColumns:
    """Return the columns of dependencies.

    Parameters
    ----------
    rows
        The rows of their records.
    classes_of
        Returns the classes of what they name.

    Raises
    ------
    ValueError, LookupError, TypeError, AttributeError
        A row is not that of a dependency.
    """
    reader = _Reader()
    reader.read(rows)
    return reader.columns(classes_of)


class _Reader:
    """Reader of the rows of dependencies."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._forms: dict[tuple[object, ...], int] = {}
        self._texts: list[str] = []
        self._form_supplies: list[int] = []
        self._ends, self._form, self._numbers, self._provider = array("i"), array("i"), array("q"), array("i")
        self._records, self._supply_records = _Packing(), _Packing()

    def read(self, rows: Iterable[Row]) -> None:
        """Read rows."""
        loads = json.JSONDecoder().decode
        for iri, cls, data, number in rows:
            values = loads(data)
            dependant, need = values.pop("dependant"), values.pop("need")
            supplies = values.pop("supply", ())
            if len(supplies) > 1:
                supplies = sorted(supplies, key=_provider_of)
            form = self._form_of(cls, values, supplies, dependant)
            self._ends.append(self._place(dependant))
            self._ends.append(self._place(need))
            self._form.append(form)
            self._numbers.append(number)
            self._records.add(iri)
            if form != NEVER_ALONE:
                for supply in supplies:
                    self._provider.append(self._place(supply["provider"]))
                    self._supply_records.add(supply["id"])

    def _place(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    def _form_of(self, cls: int, values: dict[str, Any], supplies: list[dict[str, Any]], dependant: str) -> int:
        """Return the number of the form of a dependency."""
        if not values.keys().isdisjoint(SEVERAL_FORMS):
            return NEVER_ALONE
        providers = [supply["provider"] for supply in supplies]
        if dependant in providers or (len(providers) > 1 and len({*providers}) < len(providers)):
            return NEVER_ALONE
        stances, supply_stances = _stances(values), [_stances(supply) for supply in supplies]
        unread, unread_of_supply = _unread()
        own = {name: value for name, value in values.items() if name not in unread}
        stated = [{name: value for name, value in supply.items() if name not in unread_of_supply} for supply in supplies]
        key = cls, str(own), str(stated), str(stances), str(supply_stances)
        form = self._forms.get(key)
        if form is None:
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            form = self._forms[key] = len(self._texts)
            self._texts.append(json.dumps(Form(cls, own, stated, stances, supply_stances)))
            self._form_supplies.append(len(supplies))
        return form

    def columns(self, classes_of: ClassesOf) -> DependencyColumns:
        """Return what was read, the dependencies in the order of what they are about."""
        unordered = list(self._places)
        order = sorted(range(len(unordered)), key=unordered.__getitem__)
        names = [unordered[place] for place in order]
        row = np.empty(len(order), np.int64)
        row[order] = np.arange(len(order))
        known = classes_of(names)
        classes = np.array([known.get(name, UNKNOWN_CLASS) for name in names], np.int64)
        ends = row[_numbers(self._ends)].reshape(-1, 2).T
        columns = DependencyColumns(
            PackedNames.of(names),
            classes,
            ends[0],
            ends[1],
            _numbers(self._form),
            self._texts,
            np.array(self._form_supplies, np.int64),
            _numbers(self._numbers),
            self._records.names(),
            row[_numbers(self._provider)],
            self._supply_records.names(),
        )
        return _in_order(columns)


def _in_order(columns: DependencyColumns) -> DependencyColumns:
    """Return dependencies in the order of their ends, in which slots are: then they are copied in long pieces."""
    order = np.lexsort((columns.need, columns.dependant))
    count = columns.supply_count
    starts = (np.cumsum(count) - count)[order]
    supplies = np.arange(count.sum()) + np.repeat(starts - (np.cumsum(count[order]) - count[order]), count[order])
    return columns.take(order, supplies)


class _Packing:
    """Names that are packed as they come."""

    def __init__(self) -> None:
        self._text, self._ends = bytearray(), array("q")

    def add(self, name: str) -> None:
        """Add a name."""
        self._text += name.encode()
        self._ends.append(len(self._text))

    def names(self) -> PackedNames:
        """Return the names."""
        return PackedNames(np.frombuffer(self._text, np.uint8), _numbers(self._ends))


def _places(names: PackedNames, sought: list[str]) -> list[int | None]:
    """Return the place of each of some names in order; None where it is not among them."""
    index = PackedIndex(names)
    return [index.get(name) for name in sought]


def _stances(values: Mapping[str, Any]) -> list[str | None] | None:
    evidence = values.get("evidence")
    if not evidence:
        return None
    if len(evidence) == 1:
        return [evidence[0].get("stance")]
    return sorted({each.get("stance") for each in evidence}, key=str)


@cache
def _unread() -> tuple[frozenset[str], frozenset[str]]:
    """Return the fields of dependencies and of supplies on whose values no form depends, by their names in data files."""
    return _texts_of(Dependency) | {"alternative"}, _texts_of(Supply) | {"id", "provider"}


def _texts_of(cls: type[Statement]) -> frozenset[str]:
    return frozenset(field.alias for field in fields(cls) if field.kind == "text" or field.nested is Evidence)


def described() -> str:
    """Return what decides the form of a dependency beside the code: the fields that are not read, and those of no form."""
    return json.dumps([*map(sorted, _unread()), SEVERAL_FORMS])


def _provider_of(supply: Mapping[str, Any]) -> str:
    return str(supply["provider"])


def _numbers(values: array[int]) -> Ints:
    return np.array(values, np.int64)


__all__ = ["NEVER_ALONE", "UNKNOWN_CLASS", "DependencyColumns", "Form", "Row", "described", "read_columns"]
