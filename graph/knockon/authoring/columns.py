"""Match the columns of a table to known names in any spelling, rename them on request, and suggest names for unknown ones."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knockon.authoring.options import ReadOptions
from knockon.errors import Notice, Problem, nearest

#: Common names of columns that have another name here.
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
#: The most columns that one message lists; the rest are counted.
_MAX_LISTED = 10
#: The most columns of a table that a message lists, and the most characters of each.
_MAX_KNOWN, _MAX_CHARACTERS = 30, 60
#: The most unknown columns that get suggestions; a table with more of them is of another kind.
_MAX_GUESSED = 200


def normalize_column(name: str) -> str:
    """Normalize a column name: without case, spaces, underscores and hyphens.

    >>> normalize_column("Switching Cost") == normalize_column("switching_cost") == normalize_column("switchingCost")
    True
    """
    return re.sub(r"[\s_-]", "", name).lower()


@dataclass(frozen=True, slots=True)
class MatchedColumns:
    """The canonical name of each known column, the unknown columns, and the problems with them."""

    names: Mapping[str, str]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]


def match_columns(
    columns: Sequence[str],
    known: Iterable[str],
    file: str,
    line: int,
    options: ReadOptions,
    synonyms: Mapping[str, str] = SYNONYMS,
) -> MatchedColumns:
    """Match columns to canonical names; duplicates are a problem each, all unknown columns together are one.

    >>> matched = match_columns(["Customer", "Need"], ["dependant", "need"], "a.csv", 1, ReadOptions())
    >>> dict(matched.names), matched.unknown
    ({'Need': 'need'}, ('Customer',))
    >>> matched.problems[0].hint
    'did you mean dependant? --rename Customer=dependant reads it so; --ignore-unknown leaves it out'
    """
    proper = {normalize_column(name): name for name in sorted(known)}
    names: dict[str, str] = {}
    unknown: list[str] = []
    problems: list[Problem] = []
    for column in columns:
        name = proper.get(normalize_column(column))
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
        problems.append(unknown_columns_problem(unknown, free or proper, file, line, synonyms))
    return MatchedColumns(names, tuple(unknown), tuple(problems))


def unknown_columns_problem(
    unknown: Sequence[str],
    proper: Mapping[str, str],
    file: str,
    line: int,
    synonyms: Mapping[str, str] = SYNONYMS,
    *,
    optional: bool = True,
) -> Problem:
    """Return one problem for all unknown columns, with a suggestion for each.

    ``optional`` states that all of them may be left out; otherwise only those without a suggestion may.
    """
    suggestions = _suggestions(unknown, proper, synonyms)
    message = f"unknown column{'s' if len(unknown) > 1 else ''} {_quote_list(unknown)}"
    hint = f"; --ignore-unknown leaves {'them' if len(unknown) > 1 else 'it'} out" if optional else ""
    rest = [column for column in unknown if column not in suggestions]
    if rest and not optional:
        hint = f"; --ignore-unknown leaves {_quote_list(rest)} out"
    hint = (rename_hint(suggestions) if suggestions else f"known are {', '.join(sorted(proper.values()))}") + hint
    return Problem(file, line, message, hint)


def rename_hint(suggestions: Mapping[str, str]) -> str:
    """Return the hint that suggests names for columns, with the options that rename them.

    >>> rename_hint({"Vendor": "provider"})
    'did you mean provider? --rename Vendor=provider reads it so'
    """
    listed = list(suggestions.items())[:_MAX_LISTED]
    renames = " ".join(f"--rename {shlex.quote(f'{column}={name}')}" for column, name in listed)
    verb_form, they = ("read", "them") if len(listed) > 1 else ("reads", "it")
    return f"did you mean {', '.join(name for _, name in listed)}? {renames} {verb_form} {they} so"


def left_out_notice(unknown: Sequence[str], names: Iterable[str], known: Iterable[str], file: str, line: int) -> Notice:
    """Return the notice on columns left out by --ignore-unknown, with suggestions for columns that the table lacks.

    >>> left_out_notice(["Vendor", "Colour"], ["dependant", "need"], ["dependant", "need", "provider"], "a.csv", 1).hint
    '--ignore-unknown; did you mean provider? --rename Vendor=provider reads it so'
    """
    present = set(names)
    suggestions = _suggestions(
        unknown, {normalize_column(name): name for name in sorted(known) if name not in present}, SYNONYMS
    )
    hint = f"; {rename_hint(suggestions)}" if suggestions else ""
    return Notice(file, line, f"columns left out: {list_columns(unknown)}", f"--ignore-unknown{hint}")


def _suggestions(unknown: Sequence[str], proper: Mapping[str, str], synonyms: Mapping[str, str]) -> dict[str, str]:
    """Suggest names for unknown columns, each name at most once; none for names that nobody can type."""
    suggestions: dict[str, str] = {}
    for column in unknown[:_MAX_GUESSED]:
        if can_be_typed(column) and (name := suggest_column(column, proper, synonyms)) and name not in suggestions.values():
            suggestions[column] = name
    return suggestions


def suggest_column(column: str, proper: Mapping[str, str], synonyms: Mapping[str, str] = SYNONYMS) -> str:
    """Return the known column that an unknown name most likely means; empty if none is similar."""
    key = normalize_column(column)
    if name := proper.get(normalize_column(synonyms.get(key, ""))):
        return name
    return next((proper[candidate] for candidate in nearest(key, proper)), "")


def list_columns(columns: Sequence[str]) -> str:
    r"""List the columns of a table in a message: the first ones, each cut and with unprintable characters escaped.

    >>> list_columns(["supplier", "a\nb", "x" * 70])
    'supplier, a\\nb, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'
    """
    first = list(map(_printable, columns[:_MAX_KNOWN]))
    rest = len(columns) - len(first)
    return ", ".join(first) + (f" and {rest:,} more" if rest else "")


def can_be_typed(column: str) -> bool:
    r"""Return whether the name of a column fits a command line, for hints that show one.

    >>> can_be_typed("Vendor name"), can_be_typed("a\nb"), can_be_typed("x" * 100)
    (True, False, False)
    """
    return len(column) <= _MAX_CHARACTERS and column.isprintable()


def _printable(column: str) -> str:
    cut = column if len(column) <= _MAX_CHARACTERS else f"{column[:_MAX_CHARACTERS]}..."
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)


def _quote_list(columns: Sequence[str]) -> str:
    quoted = [repr(column[:60]) for column in columns[:_MAX_LISTED]]
    return ", ".join(quoted) + (f" and {len(columns) - _MAX_LISTED} more" if len(columns) > _MAX_LISTED else "")
