"""What pydantic found, said in the words of the field: which property, what is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knockon.errors import nearest
from knockon.model.base import LONGEST_NAME


class Fault(NamedTuple):
    """One thing wrong with one record; ``path`` leads to the value (``("supply", 0, "share")``)."""

    path: tuple[int | str, ...]
    message: str
    hint: str = ""


_SIMPLE = {
    "missing": "is missing",
    "date_from_datetime_parsing": "is not a date",
    "date_from_datetime_inexact": "is not a date",
    "date_parsing": "is not a date",
    "date_type": "is not a date",
    "decimal_parsing": "is no number",
    "decimal_type": "must be a number",
    "finite_number": "must be a finite number",
    "int_parsing": "is no whole number",
    "int_parsing_size": "is no whole number in reach",
    "int_from_float": "is no whole number",
    "int_type": "must be a whole number",
    "float_parsing": "is no number",
    "float_type": "must be a number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "must be text",
    "string_unicode": "holds a broken surrogate",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "model_type": "must have fields of its own",
    "too_short": "is empty",
}
_DATE = "write 2021-12-10"
#: So many characters of what a model says of a value stand in a message: it may hold the value.
_MESSAGE = 400
_BOOLEAN = "write true or false"
_PERCENT = "a percentage is written 45% or 0.45; a column of plain percentages is declared, e.g. --percent share"
_HINTS = {
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "decimal_parsing": "write 0.5",
    "bool_parsing": _BOOLEAN,
    "bool_type": _BOOLEAN,
}


#: After so many problems of a file no more names are compared with others: nobody reads what was meant by the next one.
HINTS = 1_000


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The hint for a name that does not exist.

    >>> did_you_mean("lable", ["label", "identifier"])
    'did you mean label?'
    """
    close = nearest(name, known)
    return f"did you mean {', '.join(close)}?" if close else otherwise


def faults(error: ValidationError, names: Iterable[str], within: tuple[str, ...] = ()) -> Iterator[Fault]:
    r"""The faults of one record whose fields are called ``names``, or of one value that stands ``within`` one.

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
    subject = field + _shown(kind, detail.get("input"))
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
        return Fault(path, f"{subject} is no word of its list", f"one of {options}{number}")
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return Fault(path, f"{subject} must be {limit}", _PERCENT if _is_percentage(detail.get("input"), context) else "")
    if kind == "string_too_long":
        return Fault(path, f"{subject} is longer than {context['max_length']:,} characters", _shorter(context["max_length"]))
    if kind == "string_pattern_mismatch":
        return Fault(path, f"{subject} does not have the form {context['pattern']}")
    if isinstance(detail.get("input"), list) and kind not in {"model_type", "too_short"}:
        return Fault(path, f"{field} must be one value, not a list")
    return Fault(path, f"{subject} {_SIMPLE.get(kind, detail['msg'])}", _HINTS.get(kind, ""))


def _shorter(limit: int) -> str:
    return "shorten it; longer texts go into comment" if limit == LONGEST_NAME else "shorten it"


def _shown(kind: str, given: Any) -> str:
    # Where a field is missing, pydantic gives the whole record; a long text says no more than its beginning.
    if kind in {"missing", "model_type"} or not isinstance(given, str | int | float):
        return ""
    return f" {given if len(repr(given)) <= 100 else str(given)[:97] + '...'!r}"


def _is_percentage(given: object, context: Mapping[str, Any]) -> bool:
    """Whether a number that is too large for a part of a whole would be right as a percentage."""
    return context.get("le") == 1 and _is_number(given) and 1 < float(str(given)) <= 100


def _is_number(given: object) -> bool:
    try:
        float(str(given))
    except ValueError:
        return False
    return True
