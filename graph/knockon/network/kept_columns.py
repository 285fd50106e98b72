"""The columns of the dependencies of a store folder: kept for the file of all records, with what changed since read anew.

They are arrays in a file beside that one, mapped into memory where they are used, and carried over with it to each revision
that is a change of it. See docs/decisions/0072-columns-of-dependencies.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from knockon.model import Dependency, Document
from knockon.network.arrays import Ints
from knockon.network.dependency_columns import UNKNOWN_CLASS, DependencyColumns, Row, described, read_columns
from knockon.network.name_arrays import PackedNames
from knockon.store import forms
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import RECORD
from knockon.store.record_files import COLUMNS

#: Fewer dependencies are read in less time than it takes to keep their columns.
LEAST_KEPT = 20_000
#: If more names than one of so many are looked for, all are gone through.
_FEW = 100
_ROW = f"{RECORD}, number"
#: The columns that are names, and the others that are numbers; with ``forms`` they are all.
_NAMES = ("names", "records", "supply_records")
_NUMBERS = ("classes", "dependant", "need", "form", "form_supplies", "numbers", "provider")
#: The kinds of numbers in a file, the bytes at which each array begins, and the longest description.
_KINDS, _ALIGNED, _LONGEST = ("|u1", "<i4", "<i8"), 64, 1 << 16
#: Is told how many dependencies have been read.
Show = Callable[[int], None]


def columns_of(records: KeptRecords, files: KeptFiles | None, show: Show) -> DependencyColumns:
    """Return the columns of the dependencies of a revision.

    Parameters
    ----------
    records
        The records of the revision.
    files
        The kept files of the revision, where columns may be kept; None of a store that has none.
    show
        Is told how many dependencies have been read, where they are.

    Raises
    ------
    InvalidStore
        A row is damaged.
    """
    rows = records.rows
    whole = records if rows.base is None else KeptRecords(rows.of_base())
    if files is None or not rows.checksum or whole.count_of(Dependency) < LEAST_KEPT:
        return _read(records, _dependencies(records), show)
    key = f"{hashlib.sha256(f'form {forms.COLUMNS} {described()}'.encode()).hexdigest()} {rows.checksum}"
    columns = _opened(files, key)
    if columns is None:
        columns = _read(whole, _dependencies(whole), show)
        with suppress(OSError):
            files.write(COLUMNS, key, partial(_write, columns=columns))
    return columns if rows.base is None else _changed(columns, records, show)


def _changed(columns: DependencyColumns, records: KeptRecords, show: Show) -> DependencyColumns:
    """Return the columns of the file of all records with what changed since."""
    gone = list(records.rows.before_changes("number, iri"))
    new = list(records.rows.after_changes(_ROW))
    stays = ~np.isin(columns.numbers, np.array([number for number, _ in gone], np.int64))
    added = _read(records, [row for row in new if issubclass(records.classes[row[1]], Dependency)], show)
    now = dict.fromkeys((iri for _, iri in gone), UNKNOWN_CLASS) | {iri: cls for iri, cls, *_ in new}
    return columns.chosen(stays).joined(added).with_classes(now)


def _read(records: KeptRecords, rows: Iterable[Row], show: Show) -> DependencyColumns:
    try:
        return read_columns(_shown(rows, show), partial(class_numbers, records))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise records.rows.damaged(error) from None


def _dependencies(records: KeptRecords) -> Iterator[Row]:
    return records.numbered_rows_of(Dependency)


def _shown(rows: Iterable[Row], show: Show) -> Iterator[Row]:
    for done, row in enumerate(rows):
        show(done)
        yield row


def class_numbers(records: KeptRecords, iris: Iterable[str]) -> Mapping[str, int]:
    """Return the number of the class of each of some records, by IRI."""
    wanted = {*iris}
    found: dict[str, int] = {}
    if len(wanted) * _FEW > len(records):
        # Of dependencies and documents there are many, and few of them are named.
        found = {iri: cls for iri, cls in records.classes_of((Dependency, Document), among=False) if iri in wanted}
    return found | dict(records.rows.with_iris(wanted - found.keys(), "iri, class"))


def _write(path: Path, columns: DependencyColumns) -> None:
    """Write columns into a file: a line that describes its arrays, and the arrays."""
    arrays: dict[str, Any] = {name: _short(getattr(columns, name)) for name in _NUMBERS}
    for name in _NAMES:
        packed: PackedNames = getattr(columns, name)
        arrays |= {f"{name}_text": np.asarray(packed.text), f"{name}_ends": np.asarray(packed.ends)}
    arrays["forms"] = np.frombuffer("\n".join(columns.forms).encode(), np.uint8)
    described = {name: [array.dtype.str, len(array)] for name, array in arrays.items()}
    with path.open("wb") as file:
        file.write(json.dumps(described).encode() + b"\n")
        for array in arrays.values():
            file.write(bytes(-file.tell() % _ALIGNED))
            file.write(array.data)


def _short(numbers: Ints) -> Any:
    """Return numbers in 32 bits where they fit."""
    fits = not len(numbers) or (numbers.min() >= np.iinfo(np.int32).min and numbers.max() <= np.iinfo(np.int32).max)
    return numbers.astype(np.int32) if fits else numbers


def _mapped(path: Path) -> dict[str, Any]:
    """Return the arrays of a file by their names, mapped into memory."""
    with path.open("rb") as file:
        described = json.loads(file.readline(_LONGEST))
        place = file.tell()
    content, arrays = np.asarray(np.memmap(path, np.uint8, "r")), {}
    for name, (kind, length) in described.items():
        if kind not in _KINDS:
            raise ValueError(f"{name} is of the kind {kind:.9}")
        place += -place % _ALIGNED
        end = place + length * np.dtype(kind).itemsize
        arrays[name] = content[place:end].view(kind)
        place = end
    return arrays


def _opened(files: KeptFiles, key: str) -> DependencyColumns | None:
    """Return the columns that were kept; None where they were not, or are not whole."""
    if (path := files.find(COLUMNS, key)) is None:
        return None
    try:
        arrays = _mapped(path)
        values: dict[str, Any] = {name: arrays[name].astype(np.int64) for name in _NUMBERS}
        values |= {name: PackedNames(arrays[f"{name}_text"], arrays[f"{name}_ends"]) for name in _NAMES}
        values["forms"] = bytes(arrays["forms"]).decode().splitlines()
        columns = DependencyColumns(**values)
        return columns if _fit(columns) else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _fit(columns: DependencyColumns) -> bool:
    """Return whether columns have the lengths of each other, and lead to no row outside."""
    count = len(columns.numbers)
    names, forms_count = len(columns.names), len(columns.forms)
    return (
        all(len(each) == count for each in (columns.dependant, columns.need, columns.form, columns.records))
        and len(columns.classes) == names
        and len(columns.form_supplies) == forms_count
        and all(_within(each, 0, names) for each in (columns.dependant, columns.need, columns.provider))
        and _within(columns.form, -1, forms_count)
        and all(_whole(each) for each in (columns.names, columns.records, columns.supply_records))
        and len(columns.provider) == len(columns.supply_records) == columns.supply_count.sum()
    )


def _whole(names: PackedNames) -> bool:
    ends = names.ends
    return len(names.text) == (ends[-1] if len(ends) else 0) and bool((np.diff(ends, prepend=0) >= 0).all())


def _within(numbers: Ints, first: int, end: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= first and numbers.max() < end)


__all__ = ["LEAST_KEPT", "class_numbers", "columns_of"]
