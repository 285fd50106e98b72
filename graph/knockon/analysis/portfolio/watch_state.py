"""The state that a watch keeps from run to run: numbers, dates and hashes of what it saw, in a file beside the portfolio.

The file is one JSON document with its version and a checksum. It has no text of the data: values that are not numbers or
dates are kept as hashes, so that it shows that something changed without repeating what was said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from knockon.errors import InvalidData, Problem, StoreBusy, UsageError
from knockon.model.dates import Absence
from knockon.store.atomic_write import write_bytes
from knockon.store.output_paths import check_output_file
from knockon.store.write_errors import is_full, write_error

#: The version of the format.
VERSION = 1
#: The largest state that is read, in bytes.
LARGEST = 500_000_000
#: How long a run waits for another one with the same state, in seconds.
WAITS = 60
#: The beginning of a file: a checksum of the state, which begins with the name and the version of the format.
_FILE = re.compile(
    rb'\{"checksum":"(?P<checksum>[0-9a-f]{64})","state":(?P<state>\{"format":"knockon-watch","version":(?P<version>[0-9]+),)'
)
_START_ANEW = "delete the file to start anew, or name another one with --state"

#: What a state says of a record that holds on the day.
HOLDS: Literal["holds"] = "holds"
#: What ``covered`` says of an entity that a list covers, or may cover.
Verdict = Literal["covered", "cannot tell"]
#: A loss or the end of its range.
Part = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
#: The low end, the point and the high end of a loss.
Range = tuple[Part, Part, Part]
#: A value of a field: a number or date as it is, or the hash of anything else, which begins with ``#``.
Kept = bool | int | float | str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WatchedShock(_Strict):
    """What a shock did: the hash of what it hits, whether a cap stopped it, and the losses by entity (IRI).

    ``parts`` has the loss of the part of each company that loses most, and that part.
    """

    hits: str
    truncated: bool
    losses: dict[str, Range]
    parts: dict[str, tuple[Part, Part, Part, str]]


class WatchedRecord(_Strict):
    """A record that concerns the portfolio: its class, the entities that it is about, and its values.

    ``holds`` says of it and of each of its parts (IRI) whether it holds on the day, and if not, why.
    """

    cls: str
    entities: tuple[str, ...]
    values: dict[str, Kept]
    holds: dict[str, Literal["holds"] | Absence]


class WatchState(_Strict):
    """What a watch saw."""

    format: Literal["knockon-watch"] = "knockon-watch"
    version: int = VERSION
    program: str
    day: str
    model: str
    options: dict[str, JsonValue]
    network: str
    holdings: dict[str, float | None]
    shocks: dict[str, WatchedShock]
    coverage: dict[str, dict[str, Verdict]]
    records: dict[str, WatchedRecord]

    def to_bytes(self) -> bytes:
        """Return the content of the file: the same bytes for the same state."""
        content = self.model_dump_json().encode()
        return b'{"checksum":"%s","state":%s}\n' % (_checksum(content), content)


def read_state(path: Path) -> WatchState | None:
    """Read a state; None if there is no such file.

    Raises
    ------
    InvalidData
        It is no state of a watch, of another version, or damaged; the message says what to do.
    UsageError
        It cannot be read.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise _invalid(path, "is no state of knockon watch")
        file = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the state {path}: {error.strerror}") from None
    match = _FILE.match(file)
    if match is None:
        raise _invalid(path, "is no state of knockon watch")
    if (version := match["version"].decode()) != str(VERSION):
        raise _invalid(path, f"is a state of version {version[:20]}, and this version of Knock-on reads {VERSION}")
    content = file[match.start("state") :].removesuffix(b"}\n")
    if match["checksum"] != _checksum(content):
        raise _invalid(path, "is damaged, or was changed by hand: its checksum is not that of its content")
    try:
        return WatchState.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise _invalid(path, f"is damaged: {place[:100] or 'its content'} has no valid value") from None


def write_state(path: Path, state: WatchState) -> None:
    """Write a state: whole or not at all.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    write_bytes(path, state.to_bytes())


@contextmanager
def locked_state(path: Path) -> Iterator[None]:
    """Hold the state for one run: another run with the same state waits for its end.

    Raises
    ------
    StoreBusy
        Another run holds it for more than a minute.
    UsageError
        The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    check_output_file(path)
    file = path.resolve().with_name(f".{path.name}.lock")
    if file.is_symlink():  # older versions of filelock truncate the file that it leads to
        raise UsageError(f"cannot write {path}: {file} is a link; remove it")
    lock = FileLock(file, timeout=WAITS)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy(f"{path} is in use by another run of knockon watch; try again when it is done") from None
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and is_full(error.errno):
            raise write_error(file, error) from None
        reason = getattr(error, "strerror", None) or "the file system has no locks"
        raise UsageError(f"cannot lock {file}: {reason}; name a state elsewhere with --state") from None
    try:
        yield
    finally:
        lock.release()


def short_hash(text: str) -> str:
    """Return a hash of a text: 16 digits.

    >>> short_hash("a remark")
    '778d84fb7798fa50'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _invalid(path: Path, message: str) -> InvalidData:
    return InvalidData([Problem(str(path), None, message, _START_ANEW)], "nothing was compared")


__all__ = [
    "HOLDS", "VERSION", "Kept", "Verdict", "WatchState", "WatchedRecord", "WatchedShock", "locked_state", "read_state",
    "short_hash", "write_state",
]  # fmt: skip
