"""Compile the network of a store that keeps its records as rows: most of them never become record objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack

import numpy as np

from knockon.model import Dependency, Entity, Provision, Statement, Supply, is_a
from knockon.network.arrays import Bools
from knockon.network.compile import Compiled, Compiler, compile_network
from knockon.network.dependency_columns import DependencyColumns
from knockon.network.kept_columns import class_numbers, columns_of
from knockon.network.lone_slots import lone_slots
from knockon.network.name_arrays import PackedIndex
from knockon.network.planned import SlotPlan
from knockon.network.record_filter import FINANCE, NEVER_DEPENDANT, RecordFilter
from knockon.rdf.sameness import Sameness
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.lazy_records import LazyRecords
from knockon.store.long_work import long_work
from knockon.store.replaced_records import ReplacedRecords

#: Of fewer dependencies that are read nothing is said, and after how many that were read their number is shown.
LEAST_SHOWN, _STEP = 20_000, 10_000


def compile_rows(
    records: LazyRecords,
    record_filter: RecordFilter | None = None,
    extra_entities: Iterable[str] = (),
    origin: str = "",
    files: KeptFiles | None = None,
    absent_supplies: Mapping[str, Sequence[Supply]] | None = None,
    absent_records: Iterable[Statement] = (),
) -> Compiled:
    """Compile the network of the kept records of a store, as ``compile_network`` does where no entities are the same.

    Parameters
    ----------
    records
        The records: those of the rows, or these with some that are replaced or gone.
    record_filter, extra_entities, origin, absent_supplies, absent_records
        As in :func:`knockon.network.compile.compile_network`.
    files
        The kept files of the revision, where the columns of a large store are kept; None keeps none.

    Raises
    ------
    InvalidStore
        A row is damaged.
    """
    record_filter, extra_entities = record_filter or RecordFilter(), list(extra_entities)
    absent_supplies, absent_records = absent_supplies or {}, list(absent_records)
    kept, replaced = _kept_and_replaced(records)
    with _Progress(kept.count_of(Dependency)) as progress:
        columns = columns_of(kept, files, progress.show)
    columns, is_replaced = _now(columns, kept, replaced)
    provisions = records.of_class(Provision)
    entities = [each for each in records.having({each.provided for each in provisions}) if isinstance(each, Entity)]
    ends = {end for each in provisions for end in (each.provided, each.provider)}
    compiler = Compiler([*provisions, *entities], record_filter, absent_records, _classes(kept, ends))
    names = kept.rows.classes
    special = _special(columns, names, compiler, record_filter)
    lone, others = lone_slots(columns, names, record_filter, *special, is_replaced)
    planned = [record for record in records.having(others) if isinstance(record, Dependency)]
    compiler.classes.update(_classes(kept, {end for record in planned for end in _ends(record)}))
    for record in planned:
        compiler.add(record, absent_supplies.get(record.id, ()))

    def plans() -> tuple[SlotPlan, ...]:
        none_same = Sameness()
        return compile_network(records, record_filter, extra_entities, origin, absent_supplies, absent_records, none_same).plans

    return compiler.compiled(extra_entities, origin, lone, plans)


def _kept_and_replaced(records: LazyRecords) -> tuple[KeptRecords, Mapping[str, Statement | None]]:
    """Return the records of the rows, and what is in place of some of them: None where one is gone."""
    replaced: dict[str, Statement | None] = {}
    while isinstance(records, ReplacedRecords):
        # What was replaced first may be replaced again, but for what is gone.
        gone = {iri for iri, record in records.replaced.items() if record is None}
        replaced = {**records.replaced, **{iri: record for iri, record in replaced.items() if iri not in gone}}
        records = records.before
    assert isinstance(records, KeptRecords)  # noqa: S101 - for types: what is kept is of this class
    return records, replaced


def _now(
    columns: DependencyColumns, kept: KeptRecords, replaced: Mapping[str, Statement | None]
) -> tuple[DependencyColumns, Bools]:
    """Return the dependencies without those that are gone, and which of them are replaced, (dependencies,)."""
    if not replaced:
        return columns, np.zeros(len(columns.form), bool)
    numbers: dict[bool, list[int]] = {True: [], False: []}
    for iri, number in kept.rows.with_iris(replaced, "iri, number"):
        numbers[replaced[iri] is None].append(number)
    gone, others = (np.isin(columns.numbers, np.array(numbers[is_gone], np.int64)) for is_gone in (True, False))
    return columns.chosen(~gone), others[~gone]


class _Progress:
    """Shows how many of many dependencies have been read, from the first on.

    Parameters
    ----------
    count
        How many dependencies there are.
    """

    def __init__(self, count: int) -> None:
        self._count, self._context = count, ExitStack()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._context.close()

    def show(self, done: int) -> None:
        """Show how many have been read."""
        if self._count < LEAST_SHOWN or done % _STEP:
            return
        if done == 0:
            watch = long_work.get()(f"compiling the network of {self._count:,} dependencies")
            self._show = self._context.enter_context(watch)
        self._show(done, self._count)


def _special(
    columns: DependencyColumns, names: list[str], compiler: Compiler, record_filter: RecordFilter
) -> tuple[Bools, Bools]:
    """Return the names about which dependencies are not alone, and those that depend on nothing, (names,) each."""
    money = () if record_filter.financing else FINANCE
    never = [any(is_a(cls, each) for each in NEVER_DEPENDANT) for cls in names]
    # What has no record is an entity. Its number, -1, is the last place.
    special = np.array([*(cls in money for cls in names), False])[columns.classes]
    index = PackedIndex(columns.names)
    for provided in compiler.selection.provided:
        if (place := index.get(provided)) is not None:
            special[place] = True
    return special, np.array([*never, False])[columns.classes]


def _ends(record: Dependency) -> Iterable[str]:
    return record.dependant, record.need, *(supply.provider for supply in record.supply)


def _classes(records: KeptRecords, iris: Iterable[str]) -> Mapping[str, str]:
    """Return the class of each of some records."""
    return {iri: records.rows.classes[number] for iri, number in class_numbers(records, iris).items()}


__all__ = ["compile_rows"]
