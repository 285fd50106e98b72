"""Convert validation errors of pydantic to messages about fields: which property, what is wrong, how to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knockon.errors import nearest
from knockon.model.base import LONGEST_NAME
from knockon.text import in_words, with_article


class Fault(NamedTuple):
    """One fault of a record; ``path`` is the path to the value (``("supply", 0, "share")``)."""

    path: tuple[int | str, ...]
    message: str
    hint: str = ""


_SIMPLE = {
    "missing": "is missing",
    "date_from_datetime_parsing": "is not a date",
    "date_from_datetime_inexact": "is not a date",
    "date_parsing": "is not a date",
    "date_type": "is not a date",
    "decimal_parsing": "is not a number",
    "decimal_type": "must be a number",
    "finite_number": "must be a finite number",
    "int_parsing": "is not a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "is not a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "is not a number",
    "float_type": "must be a number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "must be text",
    "string_unicode": "contains a lone surrogate",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "model_type": "must have fields of its own",
    "too_short": "is empty",
}
_DATE = "write 2021-12-10"
#: The longest message of a model that is shown in full: it may contain a long value.
_MESSAGE = 400
_BOOLEAN = "write true or false"
_PERCENT = "a percentage is written 45% or 0.45; a column of plain percentages is declared, e.g. --percent {}"
_HINTS = {
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "decimal_parsing": "write 0.5",
    "bool_parsing": _BOOLEAN,
    "bool_type": _BOOLEAN,
}


#: After this many problems of a file no more suggestions are computed: they take time, and few people read that far.
HINTS = 1_000


def did_you_mean(name: str, known: Iterable[str], default: str = "") -> str:
    """Return the hint for a name that does not exist.

    >>> did_you_mean("lable", ["label", "identifier"])
    'did you mean label?'
    """
    candidates = nearest(name, known)
    return f"did you mean {', '.join(candidates)}?" if candidates else default


def faults(error: ValidationError, names: Iterable[str], within: tuple[str, ...] = ()) -> Iterator[Fault]:
    r"""Yield the faults of one record with fields ``names``, or of one value at the path ``within`` of a record.

    >>> from knockon.model import Company
    >>> try:
    ...     Company.model_validate({"id": "urn:x:a", "label": "A", "altlabel": "B"})
    ... except ValidationError as error:
    ...     print(*faults(error, ["altLabel"]), sep="\n")
    Fault(path=('altlabel',), message='unknown field altlabel', hint='did you mean altLabel?')
    """
    known = list(names)
    for detail in error.errors(include_url=False):
        yield _fault(detail, known, within)


def _fault(detail: ErrorDetails, known: list[str], within: tuple[str, ...]) -> Fault:
    path = within + tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    field = ".".join(str(part) for part in path)
    kind, context = detail["type"], detail.get("ctx", {})
    subject = field + _quoted_value(kind, detail.get("input"))
    if kind == "extra_forbidden":
        return Fault(path, f"unknown field {field}", did_you_mean(str(path[-1]), known))
    if kind == "value_error":
        message = str(context.get("error", detail["msg"]))
        if len(message) > _MESSAGE:
            message = f"{message[: _MESSAGE // 2]} ... {message[-_MESSAGE // 4 :]}"
        return Fault(path, f"{field}: {message}" if field else message)
    if kind == "enum":
        options = str(context.get("expected", "")).replace("'", "")
        number = "; a number goes into criticalityValue or severityValue" if _is_number(detail.get("input")) else ""
        return Fault(path, _not_a_member(path, detail.get("input")), f"use one of {options}{number}")
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return Fault(
            path, f"{subject} must be {limit}", _percent_hint(path) if _is_percentage(detail.get("input"), context) else ""
        )
    if kind == "string_too_long":
        return Fault(
            path, f"{subject} is longer than {context['max_length']:,} characters", _length_hint(context["max_length"])
        )
    if kind == "string_pattern_mismatch":
        return Fault(path, f"{subject} does not have the form {context['pattern']}")
    if isinstance(detail.get("input"), list) and kind not in {"model_type", "too_short"}:
        return Fault(path, f"{field} must be one value, not a list")
    return Fault(path, f"{subject} {_SIMPLE.get(kind, detail['msg'])}", _HINTS.get(kind, ""))


#: The nouns of fields whose name is not one, for messages.
_NOUNS = {"alternatives": "number of alternatives", "judged": "property"}


def _not_a_member(path: tuple[int | str, ...], value: object) -> str:
    """Return the message that a value is not a member of the enumeration of its field."""
    position = next((place for place in reversed(range(len(path))) if isinstance(path[place], str)), 0)
    name = str(path[position])
    noun = _NOUNS.get(name, in_words(name))
    where = ".".join(map(str, path[:position]))
    return f"{f'{where}: ' if where else ''}{_quote(value)} is not {with_article(noun)}"


def _length_hint(limit: int) -> str:
    return "shorten it; longer texts go into comment" if limit == LONGEST_NAME else "shorten it"


def _quoted_value(kind: str, value: Any) -> str:
    # Where a field is missing, pydantic passes the whole record.
    if kind in {"missing", "model_type"} or not isinstance(value, str | int | float):
        return ""
    return f" {_quote(value)}"


def _quote(value: object) -> str:
    return repr(value if len(repr(value)) <= 100 else str(value)[:97] + "...")


def _percent_hint(path: tuple[int | str, ...]) -> str:
    return _PERCENT.format(next((part for part in reversed(path) if isinstance(part, str)), "share"))


def _is_percentage(value: object, context: Mapping[str, Any]) -> bool:
    """Return whether a number that is too large for a fraction would be valid as a percentage."""
    return context.get("le") == 1 and _is_number(value) and 1 < float(str(value)) <= 100


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True
