"""Compile the network of a store that keeps its records as rows: most of them never become record objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from knockon.model import Dependency, Document, Entity, Provision, is_a
from knockon.network.arrays import Bools
from knockon.network.compile import Compiled, Compiler, compile_network
from knockon.network.lone_slots import LoneSlotReader, LoneSlots, Row
from knockon.network.record_filter import FINANCE, NEVER_DEPENDANT, RecordFilter
from knockon.store.kept_records import KeptRecords
from knockon.store.long_work import long_work

#: Of fewer dependencies nothing is said, and after how many that were read their number is shown.
LEAST_SHOWN, _STEP = 20_000, 10_000


def compile_rows(
    records: KeptRecords, record_filter: RecordFilter | None = None, extra_entities: Iterable[str] = (), origin: str = ""
) -> Compiled:
    """Compile the network of the kept records of a store, as ``compile_network`` does where no entities are the same.

    Parameters
    ----------
    records
        The records.
    record_filter, extra_entities, origin
        As in :func:`knockon.network.compile.compile_network`.

    Raises
    ------
    InvalidStore
        A row is damaged.
    """
    selected = record_filter or RecordFilter(), list(extra_entities), origin
    count = records.count_of(Dependency)
    if count < LEAST_SHOWN:
        return _compile(records, *selected, _show_nothing)
    with long_work.get()(f"compiling the network of {count:,} dependencies") as show:
        return _compile(records, *selected, lambda done: show(done, count))


def _compile(
    records: KeptRecords,
    record_filter: RecordFilter,
    extra_entities: list[str],
    origin: str,
    show: Callable[[int], None],
) -> Compiled:
    """Return the network; ``show`` is told how many dependencies have been read."""
    provisions = records.of_class(Provision)
    entities = [each for each in records.having({each.provided for each in provisions}) if isinstance(each, Entity)]
    ends = {end for each in provisions for end in (each.provided, each.provider)}
    numbered = {number: cls for number, cls in enumerate(records.classes) if issubclass(cls, Dependency)}
    reader = LoneSlotReader(numbered, record_filter)
    try:
        lone = reader.read(_shown(records.rows_of((Dependency,)), show))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise records.rows.damaged(error) from None
    ends.update(lone.names, *(names for _, *names in reader.others))
    compiler = Compiler([*provisions, *entities], record_filter, [], _classes(records, ends))
    left_out = _not_alone(lone, reader, compiler, record_filter)
    iris = [iri for iri, *_ in reader.others] + [lone.records[place] for place in np.flatnonzero(left_out).tolist()]
    planned = [record for record in records.having(iris) if isinstance(record, Dependency)]
    compiler.classes.update(_classes(records, {supply.provider for record in planned for supply in record.supply}))
    for record in planned:
        compiler.add(record, ())
    return compiler.compiled(
        extra_entities,
        origin,
        lone.without(left_out),
        lambda: compile_network(records, record_filter, extra_entities, origin).plans,
    )


def _shown(rows: Iterator[Row], show: Callable[[int], None]) -> Iterator[Row]:
    for done, row in enumerate(rows):
        if done % _STEP == 0:
            show(done)
        yield row


def _show_nothing(done: int) -> None:
    """Show no progress of what takes less than seconds."""


def _not_alone(lone: LoneSlots, reader: LoneSlotReader, compiler: Compiler, record_filter: RecordFilter) -> Bools:
    """Return which slots depend on other records, or on the classes of what they name, (slots,)."""
    classes = [compiler.classes.get(name, "Entity") for name in lone.names]
    money = set() if record_filter.financing else FINANCE
    never = {cls for cls in set(classes) if any(is_a(cls, each) for each in NEVER_DEPENDANT)}
    provided = compiler.selection.provided
    special = np.array([cls in money or name in provided for cls, name in zip(classes, lone.names, strict=True)], bool)
    dependants = np.array([cls in never for cls in classes], bool)
    itself = lone.dependant == lone.need
    return np.asarray(
        lone.sharing_a_need([(dependant, need) for _, dependant, need in reader.others])
        | lone.of_entities(special)
        | dependants[lone.dependant]
        | itself
    )


def _classes(records: KeptRecords, iris: set[str]) -> Mapping[str, str]:
    """Return the class of each of some records."""
    names = records.rows.classes
    few = (Dependency, Document)
    found = {iri: names[number] for iri, number in records.classes_of(few, among=False) if iri in iris}
    others = iris - found.keys()
    return found | {iri: names[number] for iri, number in records.rows.with_iris(others, "iri, class")}


__all__ = ["compile_rows"]
