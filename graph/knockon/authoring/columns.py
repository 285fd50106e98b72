"""Columns by their proper names: however they are spelt, renamed on request, with what an unknown one may mean."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knockon.authoring.options import ReadOptions
from knockon.errors import Notice, Problem, nearest

#: What people call columns that have another name here.
SYNONYMS = {
    "supplier": "provider",
    "supply": "provider",
    "vendor": "provider",
    "seller": "provider",
    "customer": "dependant",
    "dependent": "dependant",
    "buyer": "dependant",
    "company": "dependant",
    "product": "need",
    "input": "need",
    "component": "need",
    "item": "need",
    "material": "need",
    "part": "need",
    "service": "need",
    "importance": "criticality",
    "relevance": "criticality",
    "stock": "buffer",
    "inventory": "buffer",
    "name": "label",
    "title": "label",
    "type": "class",
    "kind": "class",
    "note": "comment",
    "notes": "comment",
    "remarks": "comment",
    "source": "evidence",
    "url": "evidence",
    "parent": "owner",
    "shareholder": "owner",
    "subsidiary": "owned",
    "start": "from",
    "validfrom": "from",
    "end": "until",
    "validuntil": "until",
    "validto": "until",
    "percentage": "share",
    "percent": "share",
    "impact": "severity",
    "scenario": "shock",
    "event": "shock",
}
#: The same for tables of flows and of firms.
FLOW_SYNONYMS = {
    "seller": "supplier", "vendor": "supplier", "provider": "supplier", "from": "supplier", "buyer": "customer",
    "client": "customer", "to": "customer", "amount": "value", "sales": "value", "flow": "value", "turnover": "value",
    "company": "firm", "industry": "sector",
}  # fmt: skip
#: So many columns are named in one message; the others are counted.
_SHOWN = 10
#: So many unknown columns are looked at for what they may mean; a table with more of them is of another kind.
_GUESSED = 200


def plain(name: str) -> str:
    """A name without what people spell differently.

    >>> plain("Switching Cost") == plain("switching_cost") == plain("switchingCost")
    True
    """
    return re.sub(r"[\s_-]", "", name).lower()


@dataclass(frozen=True, slots=True)
class Columns:
    """The proper name of each column that is known, those that are not, and what is wrong with them."""

    names: Mapping[str, str]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]


def canonical(
    columns: Sequence[str],
    known: Iterable[str],
    file: str,
    line: int,
    options: ReadOptions,
    synonyms: Mapping[str, str] = SYNONYMS,
) -> Columns:
    """The proper names of columns; a problem for each that is there twice, and one for all that nobody knows.

    >>> found = canonical(["Customer", "Need"], ["dependant", "need"], "a.csv", 1, ReadOptions())
    >>> dict(found.names), found.unknown
    ({'Need': 'need'}, ('Customer',))
    >>> found.problems[0].hint
    'did you mean dependant? --rename Customer=dependant reads it so; --ignore-unknown leaves it out'
    """
    proper = {plain(name): name for name in sorted(known)}
    names: dict[str, str] = {}
    unknown: list[str] = []
    problems: list[Problem] = []
    for column in columns:
        name = proper.get(plain(column))
        if not column:
            continue
        if name is None:
            unknown.append(column)
        elif name in names.values():
            problems.append(Problem(file, line, f"duplicate column {name!r}", "keep one of the two"))
        else:
            names[column] = name
    if unknown and not options.ignore_unknown:
        free = {key: name for key, name in proper.items() if name not in names.values()}
        problems.append(unknown_columns(unknown, free or proper, file, line, synonyms))
    return Columns(names, tuple(unknown), tuple(problems))


def unknown_columns(
    unknown: Sequence[str],
    proper: Mapping[str, str],
    file: str,
    line: int,
    synonyms: Mapping[str, str] = SYNONYMS,
    *,
    optional: bool = True,
) -> Problem:
    """One problem for all columns that nobody knows, with what each may mean.

    ``optional`` says that all of them may be left out; without it only those may that have no likely meaning.
    """
    guesses = _guesses(unknown, proper, synonyms)
    message = f"unknown column{'s' if len(unknown) > 1 else ''} {_listed(unknown)}"
    hint = f"; --ignore-unknown leaves {'them' if len(unknown) > 1 else 'it'} out" if optional else ""
    rest = [column for column in unknown if column not in guesses]
    if rest and not optional:
        hint = f"; --ignore-unknown leaves {_listed(rest)} out"
    hint = (renaming(guesses) if guesses else f"known are {', '.join(sorted(proper.values()))}") + hint
    return Problem(file, line, message, hint)


def renaming(guesses: Mapping[str, str]) -> str:
    """The hint with what some columns may mean, and the options that read them so.

    >>> renaming({"Vendor": "provider"})
    'did you mean provider? --rename Vendor=provider reads it so'
    """
    some = list(guesses.items())[:_SHOWN]
    renames = " ".join(f"--rename {shlex.quote(f'{column}={guess}')}" for column, guess in some)
    verb, they = ("read", "them") if len(some) > 1 else ("reads", "it")
    return f"did you mean {', '.join(guess for _, guess in some)}? {renames} {verb} {they} so"


def left_out(unknown: Sequence[str], names: Iterable[str], known: Iterable[str], file: str, line: int) -> Notice:
    """The notice on columns that --ignore-unknown leaves out; one that may mean a column the table lacks says so.

    >>> left_out(["Vendor", "Colour"], ["dependant", "need"], ["dependant", "need", "provider"], "a.csv", 1).hint
    '--ignore-unknown; did you mean provider? --rename Vendor=provider reads it so'
    """
    taken = set(names)
    guesses = _guesses(unknown, {plain(name): name for name in sorted(known) if name not in taken}, SYNONYMS)
    hint = f"; {renaming(guesses)}" if guesses else ""
    return Notice(file, line, f"columns left out: {', '.join(unknown)}", f"--ignore-unknown{hint}")


def _guesses(unknown: Sequence[str], proper: Mapping[str, str], synonyms: Mapping[str, str]) -> dict[str, str]:
    """What some of the columns may mean, each meaning once."""
    guesses: dict[str, str] = {}
    for column in unknown[:_GUESSED]:
        if (guess := meant(column, proper, synonyms)) and guess not in guesses.values():
            guesses[column] = guess
    return guesses


def meant(column: str, proper: Mapping[str, str], synonyms: Mapping[str, str] = SYNONYMS) -> str:
    """The column that an unknown name most likely means; empty where nothing is near."""
    key = plain(column)
    if name := proper.get(plain(synonyms.get(key, ""))):
        return name
    return next((proper[one] for one in nearest(key, proper)), "")


def _listed(columns: Sequence[str]) -> str:
    quoted = [repr(column[:60]) for column in columns[:_SHOWN]]
    return ", ".join(quoted) + (f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else "")
