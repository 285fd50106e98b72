"""What happened in a case of a backtest: a table with a row for each fact, read after the network was computed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knockon.analysis.backtest.case import OUTCOMES, BacktestCase
from knockon.authoring.source import Source
from knockon.errors import InvalidData, Problem

#: The columns of outcomes; the first two and the last are required.
COLUMNS = ("entity", "happened", "measure", "low", "high", "day", "order", "confounded", "note", "source")
#: What an outcome measures. A share of the first is compared with the range of the loss; others count for who is hit and in
#: what order.
SHARES = ("output", "deliveries", "customers")
MEASURES = (*SHARES, "revenue", "price", "return", "other")
HAPPENED: Mapping[str, bool] = {"hit": True, "spared": False}


@dataclass(frozen=True)
class Outcome:
    """What happened to one entity.

    Attributes
    ----------
    entity
        The local name of the entity in the network; what the network does not have counts as predicted to be spared.
    hit
        Whether it was hit.
    measure
        What ``low`` and ``high`` measure.
    low, high
        The loss as a share (0..1), the least and the most that is stated; None if it is not.
    day
        How many days after the shock it was hit; None if that is not known.
    order
        Its place among those that were hit, 1 for the worst; None if that is not known.
    confounded
        Whether another cause was at work: shown, and not counted.
    note
        What to know about it.
    source
        The address of the figure.
    """

    entity: str
    hit: bool
    measure: str
    low: float | None
    high: float | None
    day: float | None
    order: float | None
    confounded: bool
    note: str
    source: str

    @property
    def is_share(self) -> bool:
        """Whether it can be compared with the range of a loss."""
        return self.low is not None and self.measure in SHARES


def read_outcomes(case: BacktestCase, local_names: Mapping[str, str] | None = None) -> tuple[Outcome, ...]:
    """Read what happened.

    Parameters
    ----------
    case
        The case.
    local_names
        The local name of an entity by what it may be called; what is not among them keeps its name.

    Raises
    ------
    InvalidData
        The file is missing, or rows have missing, unknown or wrong values; with their lines.
    """
    source = Source.of(case.folder / OUTCOMES)
    text = source.text()
    if isinstance(text, Problem):
        raise InvalidData([text], "nothing was computed")
    reader = csv.DictReader(io.StringIO(text), restkey="", strict=True)
    problems: list[Problem] = []
    outcomes: list[Outcome] = []
    try:
        names = tuple(reader.fieldnames or ())
        problems += [Problem(source.name, 1, *fault) for fault in _column_faults(names)]
        for row in () if problems else reader:
            faults = list(_faults(row))
            if not faults:
                outcomes.append(outcome := _outcome(row, local_names or {}))
                faults += _repeated(outcome, outcomes[:-1])
            problems += [Problem(source.name, reader.line_num, message, hint) for message, hint in faults]
    except csv.Error as error:
        problems.append(Problem(source.name, reader.line_num, f"is not CSV: {error}"))
    if not problems and not outcomes:
        problems.append(Problem(source.name, 1, "has no outcomes"))
    if problems:
        raise InvalidData(problems, "nothing was computed")
    return tuple(outcomes)


def _column_faults(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the first line."""
    columns = f"columns are {', '.join(COLUMNS)}"
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        yield "columns are not separated by commas", columns
        return
    for name in ("entity", "happened", "source"):
        if name not in names:
            yield f"no column {name}", columns
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            yield f"unknown column {name[:60]!r}", columns
        elif names.count(name) > 1:
            yield f"column {name} occurs twice", "leave one of them out"


def _faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in a row, and how to fix it."""
    if "" in row or None in row.values():
        yield "has another number of cells than the first line", "quote cells with commas"
        return
    for name in ("entity", "source"):
        if not row[name].strip():
            yield f"{name} is missing", ""
    for name, words in _WORDS.items():
        if _word(row, name) not in words:
            yield f"{name}: {row[name][:60]!r}", f"write {' or '.join(word or 'nothing' for word in words)}"
    for name, hint in _NUMBERS.items():
        if not _is_number(row.get(name, "")):
            yield f"{name}: {row[name][:60]!r} is not a number", hint
            return
    yield from _value_faults(row)


def _value_faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the numbers of a row."""
    low, high, day, order = (_number(row.get(name, "")) for name in _NUMBERS)
    yield from _range_faults(low, high, _word(row, "measure"))
    if HAPPENED.get(_word(row, "happened")) and high == 0:
        yield "hit, with a loss of 0", "write spared, or leave low and high empty"
    if day is not None and day < 0:
        yield f"day {day:g} is before the shock", _NUMBERS["day"]
    if order is not None and order < 1:
        yield f"order {order:g}", _NUMBERS["order"]


def _repeated(outcome: Outcome, earlier: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Return what is wrong with a second row of one entity."""
    same = [each for each in earlier if each.entity == outcome.entity]
    if any(each.hit != outcome.hit for each in same):
        return [(f"{outcome.entity[:60]} is both hit and spared", "an entity has one of them")]
    if any(each.measure == outcome.measure for each in same):
        measured = outcome.measure or "nothing measured"
        return [(f"a second row of {outcome.entity[:60]} ({measured})", "an entity has a row for each measure")]
    return []


def _range_faults(low: float | None, high: float | None, measure: str) -> Iterator[tuple[str, str]]:
    if low is None or high is None:
        if low is not high:
            yield "low and high belong together", "repeat one number where one is stated"
        return
    if not measure:
        yield "low and high measure something", f"give a measure: {', '.join(MEASURES)}"
    if not 0 <= low <= high <= 100:
        yield f"low {low:g} and high {high:g}", "percent that are lost: 0 <= low <= high <= 100"


#: The words that cells may have, and the columns with numbers.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "happened": tuple(HAPPENED),
    "measure": (*MEASURES, ""),
    "confounded": ("yes", "no", ""),
}
_PERCENT = "write percent that are lost, with a point, such as 12.5"
_NUMBERS: Mapping[str, str] = {
    "low": _PERCENT,
    "high": _PERCENT,
    "day": "write how many days after the shock it was hit, such as 4",
    "order": "write 1 for the worst, 2 for the next",
}


def _word(row: Mapping[str, Any], name: str) -> str:
    """Return the word of a cell, in small letters; where the column is missing, the last of its words."""
    return str(row.get(name, _WORDS[name][-1])).strip().lower()


def _is_number(text: str) -> bool:
    try:
        number = _number(text)
    except ValueError:
        return False
    return number is None or abs(number) < 1e9


def _number(text: str) -> float | None:
    return float(text.strip().removesuffix("%")) if text.strip() else None


def _outcome(row: Mapping[str, str], local_names: Mapping[str, str]) -> Outcome:
    low, high, day, order = (_number(row.get(name, "")) for name in _NUMBERS)
    return Outcome(
        entity=local_names.get(row["entity"].strip(), row["entity"].strip()),
        hit=HAPPENED[_word(row, "happened")],
        measure=_word(row, "measure"),
        low=None if low is None else low / 100,
        high=None if high is None else high / 100,
        day=day,
        order=order,
        confounded=_word(row, "confounded") == "yes",
        note=row.get("note", "").strip(),
        source=row["source"].strip(),
    )


__all__ = ["COLUMNS", "MEASURES", "SHARES", "Outcome", "read_outcomes"]
