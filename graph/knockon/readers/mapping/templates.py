"""Templates: texts with the names of columns and values in braces, as in ``{name} ({country})``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from knockon.readers.mapping.paths import Getter, getter

#: The most characters that a template makes: values that are made of each other double with every step.
LONGEST = 1_000_000
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class TemplateError(ValueError):
    """A template that cannot be read, or a row for which it gives no single text."""


class Slot(NamedTuple):
    """A name in braces: the column or value, and whether the text may do without it (``{name?}``)."""

    name: str
    optional: bool
    get: Getter


@dataclass(frozen=True)
class Template:
    """A text with names in braces.

    Examples
    --------
    >>> Template.parse("{name} ({city?})").fill({"name": "Acme", "city": None})
    'Acme ()'
    >>> Template.parse("{names}").fill({"names": ["A", "B"]})
    ['A', 'B']
    >>> Template.parse("{name}, {city}").fill({"name": "Acme", "city": None}) is None
    True
    """

    text: str
    #: Texts and slots in turn.
    parts: Sequence[str | Slot]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Parse a template.

        Raises
        ------
        TemplateError
            A brace is not closed, or there is no name in it.
        """
        parts: list[str | Slot] = []
        position = 0
        literal = ""
        for match in _PART.finditer(text):
            literal += _literal(text[position : match.start()], text)
            position = match.end()
            if match.group(1) is None:
                literal += match.group()[0]
                continue
            name = match.group(1).strip()
            optional = name.endswith("?")
            name = name.removesuffix("?").strip()
            if not name:
                raise TemplateError(f"{text[:100]!r} has braces without the name of a column; write {{{{ for a brace")
            parts += [literal, Slot(name, optional, getter(name))]
            literal = ""
        literal += _literal(text[position:], text)
        return cls(text, [part for part in (*parts, literal) if part != ""])

    @property
    def names(self) -> list[str]:
        """The names in its braces."""
        return [part.name for part in self.parts if isinstance(part, Slot)]

    @cached_property
    def is_slot(self) -> bool:
        """Whether it is one name in braces and nothing else."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Slot)

    @property
    def constant(self) -> str | None:
        """Its text if it has no braces."""
        return None if self.names else "".join(str(part) for part in self.parts)

    def fill(self, row: dict[str, Any], convert: Callable[[str], str] | None = None) -> Any:
        """Return the text for a row; None if a value that it needs is empty.

        If a value is a list, the result is a list with a text for each item; a single slot keeps the type of its value.
        ``convert`` is applied to each value.
        """
        parts = self.parts
        if len(parts) == 1 and isinstance(parts[0], Slot):
            value = parts[0].get(row)
            if value is None or value in ("", []):
                return None
            if convert is None:
                return value
            return convert(value) if value.__class__ is str else _texts(parts[0], value, convert)
        values: list[Any] = []
        for part in parts:
            if isinstance(part, str):
                values.append(part)
                continue
            value = part.get(row)
            if value is None or value in ("", []):
                if not part.optional:
                    return None
                values.append("")
            else:
                values.append(_texts(part, value, convert or str))
        return self._joined(values)

    def _joined(self, values: Sequence[str | list[str]]) -> str | list[str]:
        """Return the texts and lists one after the other: a text, or a list if there is one among them."""
        lengths = {len(value) for value in values if isinstance(value, list)}
        if not lengths:
            self._check_length(sum(map(len, values)))
            return "".join(map(str, values))
        if len(lengths) > 1:
            raise TemplateError(f"{self.text!r} has lists of different lengths ({', '.join(map(str, sorted(lengths)))})")
        count = lengths.pop()
        self._check_length(sum(sum(map(len, value)) if isinstance(value, list) else len(value) * count for value in values))
        return ["".join(value[at] if isinstance(value, list) else value for value in values) for at in range(count)]

    def _check_length(self, length: int) -> None:
        if length > LONGEST:
            raise TemplateError(f"{self.text[:100]!r} makes more than {LONGEST:,} characters")


def template_of(column: str) -> str:
    """Return the template for the value of a column, whose name may end in a question mark itself.

    >>> template_of("Name"), template_of("Critical?")
    ('{Name}', '{Critical??}')
    """
    return f"{{{column}?}}" if column.endswith("?") else f"{{{column}}}"


def _texts(slot: Slot, value: Any, convert: Callable[[str], str]) -> str | list[str]:
    """Return a value as converted text, a list as the converted texts of its items."""
    # Most values are texts: every other check is slower.
    if value.__class__ is str:
        return convert(value)
    return [convert(_text(slot, item)) for item in value] if isinstance(value, list) else convert(_text(slot, value))


def _text(slot: Slot, value: Any) -> str:
    """Return a value as text; an object of JSON is none."""
    if isinstance(value, dict | list):
        kind = "an object" if isinstance(value, dict) else "a list"
        raise TemplateError(f"{slot.name} holds {kind}, not a text; write the path to a text in it, e.g. {slot.name}.name")
    return str(value)


def _literal(text: str, whole: str) -> str:
    if "{" in text or "}" in text:
        raise TemplateError(f"{whole[:100]!r} has a brace that is not closed; write {{{{ for a brace")
    return text


__all__ = ["LONGEST", "Slot", "Template", "TemplateError", "template_of"]
