"""A case of a backtest: a real shock, the network of the day before, and in a file apart what happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_mapping
from knockon.bundled import backtest_folder, backtest_names
from knockon.errors import InvalidData, NotFound, Problem

CASE, NETWORK, OUTCOMES = "case.yaml", "network", "outcomes.csv"
#: The keys of a case; the first three are required.
_KEYS = ("title", "day", "shock", "model", "duration", "confounded", "later_accounts", "changes")
_MODELS = ("leontief", "reach", "timeline")


@dataclass(frozen=True)
class BacktestCase:
    """A case.

    Attributes
    ----------
    name
        The name of its folder.
    folder
        The folder.
    title
        What happened, in a line.
    day
        The first day of the shock. What is evidence for the network was known before.
    shock
        The shock of the network, by its local name.
    model
        ``leontief``, ``reach`` or ``timeline``.
    duration
        How many days the shock lasts, for ``timeline``; None: it stays.
    confounded
        Which other cause was at work; empty if none is known. Such a case is not counted among all.
    later_accounts
        Documents of a later day that tell what was so before.
    changes
        What was changed in the network after its outcomes had been read, and when.
    """

    name: str
    folder: Path
    title: str
    day: date
    shock: str
    model: str = "leontief"
    duration: int | None = None
    confounded: str = ""
    later_accounts: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


def find_cases(name: str | None) -> list[BacktestCase]:
    """Return the bundled cases; with a name that one, or the case of a folder.

    Raises
    ------
    NotFound
        There is no such case or folder, or no description of a case in it.
    InvalidData
        A case is not in the form that docs/how-to/backtest.md describes.
    """
    if name is None:
        return [read_case(backtest_folder(one)) for one in backtest_names()]
    if name in backtest_names():
        return [read_case(backtest_folder(name))]
    folder = Path(name)
    if (folder / CASE).is_file():
        return [read_case(folder)]
    if folder.is_dir():
        raise NotFound("file", str(folder / CASE), hint=f"(a backtest is a folder with {CASE}, {NETWORK}/ and {OUTCOMES})")
    hint = f"(bundled are {', '.join(backtest_names())}; else a folder with {CASE}, {NETWORK}/ and {OUTCOMES})"
    raise NotFound("backtest", name, backtest_names(), hint)


def read_case(folder: Path) -> BacktestCase:
    """Read the description of a case.

    Raises
    ------
    InvalidData
        A key is missing, unknown, or has a wrong value; with the line.
    """
    problems: list[Problem] = []
    source = Source.of(folder / CASE)
    content = read_mapping(source, problems)
    if content is not None:
        values, lines = content
        problems += [
            Problem(source.name, lines.get((key,)), f"{key[:60]}: {message}", hint) for key, message, hint in _faults(values)
        ]
    if problems or content is None:
        raise InvalidData(problems, "nothing was computed")
    texts = {key: str(values.get(key, "")) for key in ("title", "shock", "confounded")}
    return BacktestCase(
        folder.resolve().name, folder, day=date.fromisoformat(values["day"]), model=values.get("model", _MODELS[0]),
        duration=int(values["duration"]) if "duration" in values else None,
        later_accounts=tuple(values.get("later_accounts", ())), changes=tuple(values.get("changes", ())), **texts,
    )  # fmt: skip


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the key of each fault in a case, what is wrong, and how to fix it."""
    for key in values:
        if key not in _KEYS:
            yield str(key), "unknown key", f"known are {', '.join(_KEYS)}"
    for key in _KEYS[:3]:
        if not values.get(key):
            yield key, "is missing", ""
    for key, (is_right, what) in _CHECKS.items():
        if values.get(key) and not is_right(values[key]):
            yield key, f"{str(values[key])[:60]!r} is not {what}", ""
    if "duration" in values and values.get("model") != "timeline":
        yield "duration", "belongs to the model timeline", "write model: timeline, or leave it out"


def _is_day(value: object) -> bool:
    try:
        return date.fromisoformat(str(value)) <= date.today()
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


#: What is checked of the value of each key, and what it must be.
_CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "title": (_is_text, "a text"),
    "shock": (_is_text, "a text"),
    "confounded": (
        lambda value: _is_text(value) and value.strip().lower() not in {"yes", "no", "true", "false"},
        "the name of another cause that was at work; leave it out where none is known",
    ),
    "day": (_is_day, "a day such as 2018-04-16, today or before"),
    "model": (_MODELS.__contains__, f"a model of backtests: {', '.join(_MODELS)}"),
    "duration": (lambda value: re.fullmatch("[1-9][0-9]{0,5}", str(value)) is not None, "a whole number of days above 0"),
    "later_accounts": (_is_list, "a list such as [doc-one, doc-two]"),
    "changes": (_is_list, 'a list of texts, such as ["2 May 2019: two customers added"]'),
}

__all__ = ["CASE", "NETWORK", "OUTCOMES", "BacktestCase", "find_cases", "read_case"]
