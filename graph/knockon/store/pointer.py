"""The pointer file of a store folder: the current revision, the earlier ones that are kept, and the checksums of their files.

The file is JSON and is replaced atomically, so a reader sees the state before a
change or the state after it. Its own checksum covers everything it says.
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

from knockon.errors import InvalidData, KnockonError
from knockon.model.dates import now
from knockon.store.durable import write_durably
from knockon.vocabulary import local_name

POINTER = "knockon-store.json"
#: Format 1 had one revision with its sources inside and no checksums; it is read, and written as format 2 at the next change.
FORMAT = 2
#: How many earlier revisions are kept at most.
MOST_KEPT = 10

_DATABASE = re.compile(r"revision-[0-9A-Za-z_]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class InvalidStore(InvalidData):
    """A store folder that is damaged, or that a newer version has written; the message names the file."""

    def __init__(
        self, path: Path, fault: str = "is missing or damaged", remedy: str = "load the data into a new folder"
    ) -> None:
        KnockonError.__init__(self, f"{path}: {fault}; {remedy or 'load the data into a new folder'}")
        self.problems = []


@dataclass(frozen=True, slots=True)
class StoredDataSet:
    """One data set of a revision.

    ``source`` is the SHA-256 of its N-Quads, which are kept compressed under
    that name; ``size`` is their length in bytes. ``origin`` is the place it was
    loaded from and ``loaded`` the time (UTC); both are empty where nobody knows.
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

    ``action`` is ``load``, ``remove`` or ``undo``; ``names`` are the data sets
    that it was about; ``restored`` is the number of the revision whose content
    an undo brought back (0: the empty store). ``added``, ``changed`` and
    ``removed`` count records.
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
        """What made it, in words.

        >>> Revision(2, "", "load", ("suppliers", "orders"), ()).change
        'load suppliers, orders'
        """
        if self.action != "undo":
            return f"{self.action} {', '.join(self.names)}"
        return f"undo, back to {f'revision {self.restored}' if self.restored else 'the empty store'}"

    @property
    def records(self) -> int:
        """How many records its data sets hold, one by one."""
        return sum(data_set.records for data_set in self.data_sets)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON, with the change in words."""
        data_sets = [{"name": one.name, **asdict(one), "id": local_name(one.id), "iri": one.id} for one in self.data_sets]
        return {**asdict(self), "data_sets": data_sets, "change": self.change, "records": self.records}


@dataclass(frozen=True, slots=True)
class Database:
    """The database of the current revision: its folder, and the SHA-256 of each of its files by name."""

    folder: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pointer:
    """What the pointer file says; ``revisions`` begin with the current one and go back in time.

    Without revisions the store is empty. In format 1 there are none either: ``database`` names the only one.
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
    """Read the pointer file of a store folder; None where there is none yet.

    Raises
    ------
    InvalidStore
        It is damaged, or a newer version of Knock-on has written it.
    """
    path = folder / POINTER
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InvalidStore(path, f"cannot be read ({error.strerror})") from None
    try:
        return _parsed(path, json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidStore(path) from None


def _parsed(path: Path, document: dict[str, Any]) -> Pointer:
    form = document.get("format", 1)
    if isinstance(form, int) and form > FORMAT:
        fault = f"is of format {form}, written by a newer version of Knock-on; this one reads formats 1 to {FORMAT}"
        raise InvalidStore(path, fault, "use the newer version")
    if form == 1 and "revisions" not in document:
        return Pointer(Database(_matching(_DATABASE, document["current"]), {}), format=1)
    if form != FORMAT or document.pop("sha256") != _checksum(document):
        raise ValueError("the checksum does not fit")
    database = document["database"]
    return Pointer(
        None if database is None else Database(_matching(_DATABASE, database["folder"]), dict(database["files"])),
        tuple(_revision(one) for one in document["revisions"]),
        int(document["keep"]),
    )


def _revision(document: dict[str, Any]) -> Revision:
    data_sets = tuple(StoredDataSet(**one) for one in document.pop("data_sets"))
    for data_set in data_sets:
        _matching(_SHA256, data_set.source)
    return Revision(**{**document, "names": tuple(document["names"]), "data_sets": data_sets})


def _matching(pattern: re.Pattern[str], text: str) -> str:
    # Names become paths: nothing may lead out of the folder.
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer file; on return the new one is on the disk."""
    document = asdict(pointer)
    document["sha256"] = _checksum(document)
    write_durably(folder / POINTER, json.dumps(document, indent=1).encode() + b"\n")


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def timestamp(time: datetime | None = None) -> str:
    """A time in UTC to the second, by default that of now; the environment variable ``SOURCE_DATE_EPOCH`` pins it."""
    return (time or now()).strftime("%Y-%m-%dT%H:%M:%SZ")
