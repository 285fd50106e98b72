"""What pydantic found, said in the words of the field: which property, what is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knockon.errors import nearest


class Fault(NamedTuple):
    """One thing wrong with one record; ``path`` leads to the value (``("supply", 0, "share")``)."""

    path: tuple[int | str, ...]
    message: str
    hint: str = ""


_SIMPLE = {
    "missing": "is missing",
    "date_from_datetime_parsing": "is no date",
    "date_parsing": "is no date",
    "decimal_parsing": "is no number",
    "finite_number": "must be a finite number",
    "int_parsing": "is no whole number",
    "float_parsing": "is no number",
    "bool_parsing": "is neither true nor false",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "model_type": "must have fields of its own",
    "too_short": "is empty",
}
_HINTS = {
    "date_from_datetime_parsing": "write 2021-12-10",
    "date_parsing": "write 2021-12-10",
    "bool_parsing": "write true or false",
}


def faults(error: ValidationError, names: Iterable[str]) -> Iterator[Fault]:
    """The faults of one record whose fields are called ``names``.

    >>> from knockon.model import Company
    >>> try:
    ...     Company.model_validate({"id": "urn:x:a", "label": "A", "altlabel": "B"})
    ... except ValidationError as error:
    ...     print(*faults(error, ["altLabel"]), sep="\\n")
    Fault(path=('altlabel',), message='unknown field altlabel', hint='did you mean altLabel?')
    """
    known = list(names)
    for detail in error.errors(include_url=False):
        yield _fault(detail, known)


def _fault(detail: ErrorDetails, known: list[str]) -> Fault:
    path = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    field = ".".join(str(part) for part in path)
    kind, given = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        close = nearest(str(path[-1]), known)
        return Fault(path, f"unknown field {field}", f"did you mean {', '.join(close)}?" if close else "")
    if kind == "value_error":
        message = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
        return Fault(path, f"{field}: {message}" if field else message)
    shown = "" if kind in {"missing", "model_type"} or not isinstance(given, str | int | float) else f" {given!r}"
    if kind == "enum":
        options = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
        return Fault(path, f"{field}{shown} is no word of its list", f"one of {options}")
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = detail.get("ctx", {})
        limit = f"at least {bound['ge']}" if "ge" in bound else f"at most {bound['le']}"
        return Fault(path, f"{field}{shown} must be {limit}")
    if kind == "string_pattern_mismatch":
        return Fault(path, f"{field}{shown} does not have the form {detail['ctx']['pattern']}")
    return Fault(path, f"{field}{shown} {_SIMPLE.get(kind, detail['msg'])}", _HINTS.get(kind, ""))
