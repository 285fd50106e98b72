"""Defaults of a user: ``KNOCKON_STORE``, and ``knockon.toml`` in the working folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knockon.errors import UsageError

FILE = "knockon.toml"
VARIABLE = "KNOCKON_STORE"
_LEAST_WIDTH = 20
#: The formats that several commands know.
FORMATS = ("table", "json", "jsonl", "csv", "md", "parquet", "xlsx", "ttl")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The values of ``knockon.toml``; None where it has none.

    Parameters
    ----------
    store
        The store that is read where no ``--store`` is given: a bundled data set, or a path relative to the file.
    format
        The format where neither ``--format`` nor the ending of ``--output`` names one, if the command knows it.
    as_of
        The day for ``--as-of``, as it would be typed.
    width
        The width of tables and of wrapped text, in characters.
    """

    store: str | None = None
    format: str | None = None
    as_of: str | None = None
    width: int | None = None


def configuration() -> Configuration:
    """Return the values of ``knockon.toml`` in the working folder.

    Raises
    ------
    UsageError
        It is not TOML, or it has an unknown key or a value of the wrong kind.
    """
    path = Path(FILE)
    if not path.is_file():
        return Configuration()
    import tomllib

    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{FILE}: {error}") from None
    known: dict[str, Callable[[str, Any], Any]] = {"store": _text, "format": _format, "as-of": _day, "width": _width}
    for key in values:
        if key not in known:
            raise UsageError(f"{FILE}: unknown key {key!r}; known are {', '.join(known)}")
    read: dict[str, Any] = {key.replace("-", "_"): known[key](key, value) for key, value in values.items()}
    return Configuration(**read)


def default_store(store: str | None) -> str | None:
    """Return the store to read: that of the option, else of the environment, else of the file, else None."""
    return store or os.environ.get(VARIABLE) or configuration().store


def written_store(store: str | None) -> str | None:
    """Return the store to write: that of the option, else of the environment; ``knockon.toml`` names no store to write."""
    return store or os.environ.get(VARIABLE) or None


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise UsageError(f'{FILE}: {key} is a text, such as {key} = "..."')
    return value


def _format(key: str, value: Any) -> str:
    if (text := _text(key, value)) not in FORMATS:
        raise UsageError(f"{FILE}: unknown format {text!r}; known are {', '.join(FORMATS)}")
    return text


def _day(key: str, value: Any) -> str:
    if isinstance(value, str) or type(value) is date:
        return str(value)
    raise UsageError(f"{FILE}: {key} is a day; write {key} = 2025-07-01")


def _width(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < _LEAST_WIDTH:
        raise UsageError(f"{FILE}: {key} is a whole number of characters, {_LEAST_WIDTH} or more")
    return value
