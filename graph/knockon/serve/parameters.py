"""The parameters of questions: read from signatures and docstrings, parsed and checked when they arrive."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from knockon.analysis import options
from knockon.analysis.answer import JsonObject, JsonValue, as_json
from knockon.analysis.argument_types import check_type
from knockon.analysis.methods import METHODS
from knockon.docstrings import described
from knockon.errors import UsageError, nearest
from knockon.vocabulary import Stance

#: What a question is asked with: plain values of JSON by the names of its parameters.
Values: TypeAlias = Mapping[str, JsonValue]

#: The greatest whole number that every reader of JSON keeps as it is (RFC 8259, section 6).
_MOST = 2**53 - 1
_SEVERITY: JsonObject = {"type": ["string", "number"]}
#: The schemas of annotations. A parameter of another type cannot be sent.
_SCHEMAS: Mapping[str, JsonObject] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "minimum": -_MOST, "maximum": _MOST},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "Iterable[str]": {"type": "array", "items": {"type": "string"}},
    "list[JsonObject]": {"type": "array", "items": {"type": "object"}},
    "Mapping[str, Severity]": {"type": "object", "additionalProperties": _SEVERITY},
    "Mapping[str, str]": {"type": "object", "additionalProperties": {"type": "string"}},
}
#: Parameters that take one of some words.
_WORDS: Mapping[str, Sequence[str]] = {
    "model": tuple(METHODS), "stances": tuple(stance.value for stance in Stance),
}  # fmt: skip
#: Parameters that cannot be sent: a portfolio, another graph, a folder; and what the machine of the server may spend.
_NOT_SENT = frozenset(
    {"self", "graph", "portfolio", "before", "documents", "engine", "memory", "spill", "spill_limit", "master"}
)
_KEYWORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question.

    Attributes
    ----------
    name
        Its name.
    annotation
        Its type in Python, as the method of ``Graph`` or the options have it.
    schema
        The JSON Schema of its value.
    description
        What it means.
    required
        Whether it must be given.
    default
        What it is where it is not given; None also where the method decides.
    """

    name: str
    annotation: str
    schema: JsonObject
    description: str
    required: bool
    default: JsonValue

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times in the query of an address: a list, or NAME=VALUE pairs."""
        return self.schema["type"] in ("array", "object")

    def parse(self, texts: Sequence[str]) -> JsonValue:
        """Return the value that texts in the query of an address mean: one, or several where the parameter ``repeats``.

        Raises
        ------
        UsageError
            A text is not of the type of the parameter.

        Examples
        --------
        >>> {option.name: option for option in OPTIONS}["stances"].parse(["Alleges", "Asks"])
        ['Alleges', 'Asks']
        """
        if self.schema["type"] == "array":
            return list(texts)
        if self.schema["type"] == "object":
            return self._pairs(texts)
        if len(texts) > 1:
            raise UsageError(f"{self.name} is given {len(texts)} times; give it once")
        return _parse(self.schema, texts[0])

    def texts(self, value: JsonValue) -> list[str]:
        """Return the texts that ``parse`` reads as a value.

        >>> {option.name: option for option in OPTIONS}["facts_only"].texts(True)
        ['true']
        """
        if isinstance(value, dict):
            return [f"{name}={_text(item)}" for name, item in value.items()]
        return [_text(item) for item in (value if isinstance(value, list) else [value])]

    def _pairs(self, texts: Sequence[str]) -> JsonObject:
        pairs: JsonObject = {}
        inner = self.schema.get("properties")
        # A severity has no = in it, and the IRI of what is hit may have one.
        split = str.rpartition if self.schema.get("additionalProperties") == _SEVERITY else str.partition
        for text in texts:
            name, equals, value = split(text, "=")
            if not equals or not name or name in pairs:
                raise UsageError(f"{self.name}={text!r}: write NAME=VALUE, each name once")
            schema = inner.get(name) if isinstance(inner, dict) else None
            pairs[name] = _parse(schema, value) if isinstance(schema, dict) else value
        return pairs

    def check(self, value: JsonValue) -> None:
        """Refuse a value of another type.

        Raises
        ------
        UsageError
            The value is of another type, or too large a number.
        """
        check_type(self.name, value, self.annotation)
        if isinstance(value, dict) and "properties" in self.schema:
            check_values(f"{self.name}=", OPTIONS, value)
        elif isinstance(value, dict) or self.repeats:
            self._check_items(value)
        for number in value.values() if isinstance(value, dict) else (value,):
            if (isinstance(number, float) and not math.isfinite(number)) or (isinstance(number, int) and abs(number) > _MOST):
                raise UsageError(f"{self.name}: a number that is too large")

    def _check_items(self, value: JsonValue) -> None:
        numbers = self.schema.get("additionalProperties") == _SEVERITY
        kinds = (str, int, float) if numbers else (str,)
        items = list(value.values()) if isinstance(value, dict) else value
        if self.schema.get("items") == {"type": "object"}:
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise UsageError(f"{self.name} must be a list of objects")
            return
        if not isinstance(items, list) or not all(isinstance(item, kinds) and not isinstance(item, bool) for item in items):
            texts = f"texts{' or numbers' if numbers else ''} by name" if isinstance(value, dict) else "a list of texts"
            raise UsageError(f"{self.name} must be {texts}")


def check_values(asked: str, parameters: Sequence[Parameter], values: Values) -> None:
    """Refuse values of unknown names, those of other types than their parameters, and a call that lacks one.

    Parameters
    ----------
    asked
        What takes the parameters, for messages.
    parameters
        The parameters that it takes.
    values
        The values by name.

    Raises
    ------
    UsageError
        A value is refused, or a required parameter is missing or None.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for parameter in parameters:
        if parameter.required and values.get(parameter.name) is None:
            raise UsageError(f"{asked} needs {parameter.name}: {parameter.description}".removesuffix(": "))
    for name in values:
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean {', '.join(close)}?" if close else f"it takes {', '.join(known) or 'none'}"
            raise UsageError(f"{asked} has no parameter {name[:80]!r}; {hint}")
        known[name].check(values[name])


def parameters_of(method: Callable[..., Any], *documented_by: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the parameters of a method that can be sent, those of its ``**options`` among them.

    Parameters
    ----------
    method
        The method.
    documented_by
        Others whose docstrings describe parameters that its own does not describe.
    """
    described_by = [described(each.__doc__, "Parameters") for each in (*documented_by, method)]
    meanings = {name: meaning for each in described_by for name, meaning in each.items()}
    found: list[Parameter] = []
    for parameter in inspect.signature(method).parameters.values():
        annotation = str(parameter.annotation)
        if parameter.kind is parameter.VAR_KEYWORD:
            found += options_of(getattr(options, annotation.removeprefix("Unpack[").removesuffix("]")))
        elif parameter.name not in _NOT_SENT:
            missing = parameter.default is parameter.empty
            default = None if missing else as_json(parameter.default)
            required = missing and not may_be_none(annotation)
            found.append(_parameter(parameter.name, annotation, meanings.get(parameter.name, ""), default, required=required))
    return tuple(found)


def options_of(taken: Any) -> tuple[Parameter, ...]:
    """Return the options of a TypedDict of ``knockon.analysis.options`` as parameters."""
    meanings = described(taken.__doc__, "Attributes")
    defaults: Mapping[str, object] = {**options.DEFAULTS}
    return tuple(
        _parameter(name, options.annotation(name), meanings.get(name, ""), as_json(defaults.get(name)), required=False)
        for name in taken.__annotations__
    )


def may_be_none(annotation: str) -> bool:
    """Return whether None is a value of a type.

    >>> may_be_none("str | None"), may_be_none("Mapping[str, None]")
    (True, False)
    """
    return "None" in annotation.split(" | ")


def _parameter(name: str, annotation: str, description: str, default: JsonValue, *, required: bool) -> Parameter:
    # A day is sent as text.
    (kind,) = (kind for kind in annotation.split(" | ") if kind not in ("None", "date"))
    if kind == "Options":
        inner: JsonObject = {option.name: option.schema for option in OPTIONS}
        schema: JsonObject = {"type": "object", "properties": inner, "additionalProperties": False}
    else:
        schema = dict(_SCHEMAS[kind])
    if name in _WORDS:
        words: JsonObject = {"enum": list(_WORDS[name])}
        schema |= {"items": {"type": "string", **words}} if schema["type"] == "array" else words
    return Parameter(name, annotation, schema, description, required, default)


def _text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse(schema: JsonObject, text: str) -> JsonValue:
    """Return a text as a value of the type of a schema; the text itself where it is none, which ``check`` refuses."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "boolean" in kinds:
        return _KEYWORDS.get(text.lower(), text)
    for kind, number in (("integer", int), ("number", float)):
        if kind in kinds and text.isascii() and "_" not in text:
            try:
                return number(text)
            except ValueError:
                continue
    return text


#: The parameters that questions about shocks have in common.
OPTIONS = options_of(options.Options)

__all__ = ["OPTIONS", "Parameter", "Values", "check_values", "may_be_none", "options_of", "parameters_of"]
