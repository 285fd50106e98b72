"""The pointer file of a store folder: the current revision, the earlier ones that are kept, and the checksums of their files.

The file is JSON and is replaced atomically, so a reader sees the state before a
change or the state after it. A checksum of the file covers its whole content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knockon.model.dates import now
from knockon.store.atomic_write import write_durably
from knockon.store.invalid_store import REMEDY, InvalidStore
from knockon.store.markers import POINTER
from knockon.store.regular_files import read_regular
from knockon.vocabulary import local_name

#: Format 1 had one revision with its sources inside and no checksums; the next change of such a store converts it to format 2.
FORMAT = 2
#: The most earlier revisions that are kept.
MOST_KEPT = 10

#: The name of the folder of a database; it becomes part of a path, so it must not lead to another folder.
DATABASE = re.compile(r"revision-[0-9A-Za-z_]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]*")
_TIME = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ACTIONS = ("load", "remove", "undo", "update")
#: The largest pointer file in bytes and the largest number in it: far more than a store of millions of records needs.
_LONGEST, _LARGEST = 1 << 28, 1 << 48


@dataclass(frozen=True, slots=True)
class StoredDataSet:
    """One data set of a revision.

    Attributes
    ----------
    id
        Its IRI. In JSON ``id`` is its local name, and ``iri`` its IRI.
    title
        Its title.
    source
        The SHA-256 of its N-Quads, which are kept compressed under that name.
    size
        The length of its N-Quads, in bytes.
    records
        How many records it has.
    origin
        The place that it was loaded from; empty if it is not known.
    loaded
        The time at which it was loaded (UTC); empty if it is not known.
    """

    id: str
    title: str
    source: str
    size: int
    records: int
    origin: str = ""
    loaded: str = ""

    @property
    def name(self) -> str:
        """The short name: ``suppliers`` of ``https://w3id.org/knockon/id/data-suppliers``."""
        return local_name(self.id).removeprefix("data-")


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a store, and the change that made it.

    ``knockon history`` adds the key ``current``: whether it is the current revision.

    Attributes
    ----------
    number
        The number of the revision, from 1.
    made
        The time at which it was made (UTC).
    action
        The kind of change: ``load``, ``remove``, ``undo`` or ``update``.
    names
        The short names of the data sets that were loaded or removed.
    data_sets
        The data sets of the store after the change.
    added, changed, removed
        How many records were added, changed and removed.
    restored
        The number of the revision that an undo restored (0: the empty store); None for other actions.
    """

    number: int
    made: str
    action: str
    names: tuple[str, ...]
    data_sets: tuple[StoredDataSet, ...]
    added: int = 0
    changed: int = 0
    removed: int = 0
    restored: int | None = None

    @property
    def change(self) -> str:
        """Describe the change that made the revision.

        >>> Revision(2, "", "load", ("suppliers", "orders"), ()).change
        'load suppliers, orders'
        """
        if self.action != "undo":
            return f"{self.action} {', '.join(self.names)}"
        return f"undo, back to {f'revision {self.restored}' if self.restored else 'the empty store'}"

    @property
    def records(self) -> int:
        """The number of records of its data sets."""
        return sum(data_set.records for data_set in self.data_sets)

    def to_dict(self) -> dict[str, Any]:
        """Return the revision as plain values for JSON, with a description of the change."""
        data_sets = [
            {"name": data_set.name, **asdict(data_set), "id": local_name(data_set.id), "iri": data_set.id}
            for data_set in self.data_sets
        ]
        return {**asdict(self), "data_sets": data_sets, "change": self.change, "records": self.records}


@dataclass(frozen=True, slots=True)
class Database:
    """The database of the current revision: its folder, and the SHA-256 of each of its files by name."""

    folder: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content of the pointer file; ``revisions`` are ordered from the current one back in time.

    Without revisions the store is empty, except in format 1, where ``database`` is the only revision.
    """

    database: Database | None = None
    revisions: tuple[Revision, ...] = ()
    keep: int = MOST_KEPT
    format: int = FORMAT

    @property
    def sources(self) -> Iterator[StoredDataSet]:
        """Every data set of every revision, newest first."""
        return (data_set for revision in self.revisions for data_set in revision.data_sets)


def read_pointer(folder: Path) -> Pointer | None:
    """Read the pointer file of a store folder; None if it does not exist.

    Raises
    ------
    InvalidStore
        It is damaged, or was written by a newer version of Knock-on.
    """
    path = folder / POINTER
    try:
        content = read_regular(path, _LONGEST)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise InvalidStore(path) from None
        return None
    except OSError as error:
        raise InvalidStore.unread(path, error) from None
    try:
        return _parse_document(path, json.loads(content, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidStore(path) from None


def _parse_document(path: Path, document: dict[str, Any]) -> Pointer:
    form = document.get("format", 1)
    if type(form) is not int or not 1 <= form <= FORMAT:
        is_newer = type(form) is int and form > FORMAT
        origin = "written by a newer version of Knock-on" if is_newer else "which is not a format of Knock-on"
        fault = f"is of format {json.dumps(form)[:40]}, {origin}; this version reads formats 1 to {FORMAT}"
        raise InvalidStore(path, fault, "use the newer version" if is_newer else REMEDY)
    if form == 1 and "revisions" not in document:
        return Pointer(Database(_check_pattern(DATABASE, document["current"]), {}), format=1)
    if form != FORMAT or document.pop("sha256") != _checksum(document):
        raise ValueError("wrong checksum")
    database, revisions = document["database"], tuple(map(_revision, document["revisions"]))
    numbers = [revision.number for revision in revisions]
    if numbers != sorted(set(numbers), reverse=True) or (database is None) != (not revisions):
        raise ValueError("the revisions are not in descending order")
    return Pointer(None if database is None else _database(database), revisions, _check_integer(document["keep"], 0, MOST_KEPT))


def _database(document: dict[str, Any]) -> Database:
    files = {_check_pattern(_FILE_NAME, name): _check_pattern(_SHA256, sha256) for name, sha256 in document["files"].items()}
    return Database(_check_pattern(DATABASE, document["folder"]), files)


def _revision(document: dict[str, Any]) -> Revision:
    document = {**document}
    data_sets = tuple(map(_data_set, document.pop("data_sets")))
    if len({data_set.id for data_set in data_sets}) < len(data_sets) or document["action"] not in _ACTIONS:
        raise ValueError("duplicate data set or unknown action")
    for name, least in (("number", 1), ("added", 0), ("changed", 0), ("removed", 0)):
        _check_integer(document[name], least)
    if document["restored"] is not None:
        _check_integer(document["restored"])
    _check_pattern(_TIME, document["made"])
    return Revision(**{**document, "names": tuple(map(_check_text, document["names"])), "data_sets": data_sets})


def _data_set(document: dict[str, Any]) -> StoredDataSet:
    for name in ("id", "title", "origin", "loaded"):
        _check_text(document[name])
    for name in ("size", "records"):
        _check_integer(document[name])
    _check_pattern(_SHA256, document["source"])
    return StoredDataSet(**document)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _check_integer(value: object, least: int = 0, most: int = _LARGEST) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(value)
    return value


def _check_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # raises an error for a lone surrogate, which cannot be written
    return value


def _check_pattern(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer file, and wait until the new one is on the disk."""
    document = asdict(pointer)
    document["sha256"] = _checksum(document)
    write_durably(folder / POINTER, json.dumps(document, indent=1).encode() + b"\n")


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def timestamp(time: datetime | None = None) -> str:
    """Format a time in UTC to the second; the default is now, or the time in the environment variable ``SOURCE_DATE_EPOCH``."""
    return (time or now()).strftime("%Y-%m-%dT%H:%M:%SZ")
