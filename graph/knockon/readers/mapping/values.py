"""Compute the values of a row: find, split, replace, look up, read numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from knockon.authoring.names import InvalidName
from knockon.authoring.numbers import normalize_number, parse_number
from knockon.errors import nearest
from knockon.readers.mapping.conditions import Condition, Conditions
from knockon.readers.mapping.dates import date_parser
from knockon.readers.mapping.paths import getter
from knockon.readers.mapping.patterns import Pattern
from knockon.readers.mapping.templates import LONGEST, Template, TemplateError
from knockon.readers.mapping.value_spec import Value

#: A step from one text to the next; None is an empty value.
Step = Callable[[str], Any]


class RowError(ValueError):
    """A row that cannot be used, with the reason and how to fix it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class ComputedValue:
    """The compiled steps of one value.

    Parameters
    ----------
    name
        The name of the value, for messages.
    spec
        Its steps.
    decimal, thousands
        How numbers are written, where the value itself does not say it.

    Examples
    --------
    >>> share = ComputedValue("share", Value(of="{part}", number="percent", decimal=","))
    >>> share.compute({"part": "12,5"}), share.compute({"part": "40 %"}), share.compute({})
    ('0.125', '0.4', None)
    >>> ComputedValue("names", Value(of="{names}", split="; ", nulls="-0-")).compute({"names": "A; -0-; B"})
    ['A', 'B']
    """

    def __init__(self, name: str, spec: Value, *, decimal: str = ".", thousands: str = "") -> None:
        self.name, self.spec = name, spec
        self.template = Template.parse(spec.of)
        self.default = Template.parse(spec.default) if spec.default is not None else None
        self.steps = [step for step in self._steps(spec.decimal or decimal, spec.thousands or thousands) if step is not None]
        self.is_simple = spec.split is None and spec.find_all is None and spec.join is None and not spec.first

    def compute(self, row: dict[str, Any]) -> Any:
        """Return the value for a row: a text, a list, or None.

        Raises
        ------
        RowError
            The text of the row is not such a value.
        """
        try:
            value = self.template.fill(row)
            if value is not None:
                value = self._apply(value) if self.is_simple and isinstance(value, str) else self._apply_to_items(value)
            if value is None and self.default is not None:
                value = self.default.fill(row)
        except TemplateError as error:
            raise RowError(f"{self.name}: {error}") from None
        return value

    def _apply_to_items(self, value: Any) -> Any:
        many = isinstance(value, list)
        items = [_plain(item) for item in (value if many else [value])]
        spec = self.spec
        if spec.split is not None:
            items, many = [piece for item in items for piece in _split(item, spec.split)], True
        if spec.find_all is not None:
            pattern = Pattern.compile(spec.find_all)
            items, many = [piece for item in items for piece in pattern.find_all(item)], True
        # The same item twice says nothing more.
        results = list(dict.fromkeys(result for item in items if (result := self._apply(item)) is not None))
        if spec.join is not None:
            return spec.join.join(map(str, results)) or None
        if spec.first or not many:
            return results[0] if results else None
        return results or None

    def _apply(self, text: str) -> Any:
        # A value without steps is kept as it is: pieces of a text may be joined again.
        value: Any = text.strip() if self.steps else text
        try:
            for step in self.steps:
                if value is None or value == "":
                    return None
                value = step(value)
        except InvalidName as error:
            raise RowError(f"{self.name}: {error.message}", error.hint) from None
        except RowError:
            raise
        except ValueError as error:
            raise RowError(f"{self.name}: {error}") from None
        return None if value == "" else value

    def _steps(self, decimal: str, thousands: str) -> list[Step | None]:
        """Return the steps that this value has, in their order."""
        spec = self.spec
        return [
            _finder(spec.find) if spec.find else None,
            _replacer(spec.replace) if spec.replace else None,
            (lambda text: text.strip(spec.strip)) if spec.strip is not None else None,
            _without(spec.nulls) if spec.nulls else None,
            {"upper": str.upper, "lower": str.lower, "title": str.title}[spec.case] if spec.case else None,
            _lookup(self.name, spec) if spec.lookup is not None else None,
            _number(spec.number, decimal, thousands) if spec.number else None,
            date_parser(spec.date) if spec.date else None,
        ]


def _plain(value: Any) -> str:
    """Return a value of JSON as text; an object is none."""
    if isinstance(value, dict | list):
        raise TemplateError("an object or list of JSON is not a text; write the path to a text in it, e.g. owner.name")
    return str(value)


def _split(text: str, separators: Sequence[str]) -> list[str]:
    pieces = [text]
    for separator in separators:
        pieces = [part for piece in pieces for part in piece.split(separator)]
    return [piece.strip() for piece in pieces if piece.strip()]


def _finder(pattern: str) -> Step:
    return Pattern.compile(pattern).find


def _replacer(replacements: Mapping[str, str | None]) -> Step:
    pairs = [(old, new or "") for old, new in replacements.items()]

    def replace(text: str) -> str:
        for old, new in pairs:
            if len(new) > len(old) and len(text) + text.count(old) * (len(new) - len(old)) > LONGEST:
                raise ValueError(f"replacing {old[:100]!r} makes more than {LONGEST:,} characters")
            text = text.replace(old, new)
        return text.strip()

    return replace


def _without(nulls: Sequence[str]) -> Step:
    words = {word.strip() for word in nulls}
    return lambda text: None if text in words else text


def _lookup(name: str, spec: Value) -> Step:
    table = spec.lookup or {}

    def look_up(text: str) -> str | None:
        if text in table:
            return table[text]
        if spec.otherwise is not None:
            return spec.otherwise
        if spec.unknown != "reject":
            return text if spec.unknown == "keep" else None
        close = nearest(text, table)
        hint = f"did you mean {', '.join(close)}?" if close else f"known are {', '.join(list(table)[:20])}"
        raise RowError(f"{name}: {text[:100]!r} is not in the table of the mapping", hint)

    return look_up


def _number(kind: str, decimal: str, thousands: str) -> Step:
    """Return the step that reads a number: as it is, or of 0 to 100 as a part of 1."""

    def read(text: str) -> str:
        plain = text.replace("\u00a0", " ").replace("\u2212", "-")
        if thousands:
            plain = _without_thousands(plain, thousands, decimal)
        plain = normalize_number(plain, comma=decimal == ",", percent=kind == "percent")
        return parse_number(plain, part=kind != "any")

    return read


def _without_thousands(text: str, mark: str, decimal: str) -> str:
    """Remove marks between groups of three digits; elsewhere they are an error.

    >>> _without_thousands("1,234,567.8", ",", "."), _without_thousands("-1 234", " ", ",")
    ('1234567.8', '-1234')
    """
    whole, sign, rest = text.partition(decimal)
    if mark in rest or (mark in whole and not re.fullmatch(rf"[+-]?[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+\s?%?", whole)):
        raise InvalidName(f"{text[:100]!r} is not a number with {mark!r} between thousands")
    return whole.replace(mark, "") + sign + rest


class Filter:
    """Conditions on a row: of several sets of conditions one must hold, all of it.

    >>> Filter([{"type": Condition(is_=("tool", "material"))}]).holds({"type": "tool"})
    True
    >>> Filter([{"end": Condition(present=False)}]).holds({"end": "2020"})
    False
    """

    def __init__(self, where: Sequence[Conditions]) -> None:
        self.where = where
        self.alternatives = [[(name, getter(name), _test(test)) for name, test in conditions.items()] for conditions in where]

    @property
    def names(self) -> set[str]:
        """The columns and values that it looks at."""
        compared = {
            name for where in self.where for test in where.values() for name in (test.same_as, test.not_same_as) if name
        }
        return compared | {name for conditions in self.alternatives for name, _, _ in conditions}

    def holds(self, row: dict[str, Any]) -> bool:
        """Return whether a row fulfils one of the sets of conditions, or there is none."""
        if not self.alternatives:
            return True
        return any(all(test(get(row), row) for _, get, test in conditions) for conditions in self.alternatives)


def _test(condition: Condition) -> Callable[[Any, dict[str, Any]], bool]:
    tests: list[Callable[[list[str]], bool]] = []
    if condition.is_ is not None:
        allowed = frozenset(condition.is_)
        tests.append(lambda items: any(item in allowed for item in items))
    if condition.not_ is not None:
        refused = frozenset(condition.not_)
        tests.append(lambda items: not any(item in refused for item in items))
    if condition.contains is not None:
        parts = condition.contains
        tests.append(lambda items: any(part in item for item in items for part in parts))
    if condition.matches is not None:
        pattern = Pattern.compile(condition.matches)
        tests.append(lambda items: any(pattern.matches(item) for item in items))
    if condition.present is not None:
        wanted = condition.present
        tests.append(lambda items: bool(items) == wanted)
    if condition.at_least is not None or condition.at_most is not None:
        low, high = condition.at_least, condition.at_most
        tests.append(lambda items: any(_is_within(item, low, high) for item in items))

    same = getter(condition.same_as) if condition.same_as else None
    other = getter(condition.not_same_as) if condition.not_same_as else None

    def holds(value: Any, row: dict[str, Any]) -> bool:
        if (same is not None and value != same(row)) or (other is not None and value == other(row)):
            return False
        items = [] if value is None or value == "" else [str(item) for item in (value if isinstance(value, list) else [value])]
        return all(test(items) for test in tests)

    return holds


def _is_within(text: str, low: Decimal | None, high: Decimal | None) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and (low is None or number >= low) and (high is None or number <= high)


def names_in_values(values: Mapping[str, ComputedValue]) -> set[str]:
    """Return the columns that values need: those that are not values computed before."""
    names: set[str] = set()
    done: set[str] = set()
    for name, value in values.items():
        templates = [value.template, *([value.default] if value.default else [])]
        names |= {used for template in templates for used in template.names if used not in done}
        done.add(name)
    return names


__all__ = ["ComputedValue", "Filter", "RowError", "names_in_values"]
