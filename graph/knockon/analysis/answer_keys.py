"""The keys of answers in JSON, with their types and meanings: what references, the JSON API and its schema are made of."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from knockon.analysis.answer import KEYS, Answer
from knockon.analysis.run_info import FromRun, RunInfo
from knockon.docstrings import described, summary

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class AnswerKey(NamedTuple):
    """One entry of ``json_keys``.

    Attributes
    ----------
    key
        The key in JSON.
    attribute
        The attribute of Python.
    owner
        The class whose module knows the names in the annotation.
    annotation
        The type of the attribute, as it is written.
    spread
        Whether the keys of the value are among those of the answer.
    optional
        Whether the key is left out of JSON where the value is None.
    """

    key: str
    attribute: str
    owner: type
    annotation: str
    spread: bool
    optional: bool


def answer_keys(cls: type) -> Iterator[AnswerKey]:
    """Yield the keys of a class of answers in the order of JSON.

    >>> from knockon.analysis.records.search import Match
    >>> [(key.key, key.attribute) for key in answer_keys(Match)][:2]
    [('id', 'name'), ('iri', 'id')]
    """
    names = getattr(cls, "json_keys", ()) or tuple(field.name for field in fields(cast("DataclassInstance", cls)))
    renamed = cls.json_names if issubclass(cls, Answer) else {}
    for name in names:
        attribute = name.strip("*?")
        key = renamed.get(attribute, KEYS.get(attribute, attribute))
        yield AnswerKey(key, attribute, *annotation_of(cls, attribute), name.startswith("*"), name.endswith("?"))


def annotation_of(cls: type, attribute: str) -> tuple[type, str]:
    """Return the class that has an attribute, and the type of the attribute as it is written.

    Raises
    ------
    LookupError
        The class has no such attribute.
    """
    for base in cls.__mro__:
        value = vars(base).get(attribute)
        if isinstance(value, property | cached_property):
            function = value.fget if isinstance(value, property) else value.func
            return base, str(inspect.signature(function).return_annotation)  # type: ignore[arg-type]  # a property has one
        if isinstance(value, FromRun):
            return annotation_of(RunInfo, attribute)
        if attribute in vars(base).get("__annotations__", {}):
            return base, str(base.__annotations__[attribute])
    raise LookupError(f"{cls.__name__} has no attribute {attribute}, which its json_keys name")


def meanings(cls: type) -> dict[str, str]:
    """Return what docstrings say of the attributes of a class: the nearest class first, then properties.

    >>> from knockon.analysis.answer_parts import Range
    >>> meanings(Range)["low"]
    'The lower bound, the value that a single answer uses, and the upper bound (0..1).'
    """
    found: dict[str, str] = {}
    for base in cls.__mro__:
        if base.__module__.startswith("knockon"):
            for name, meaning in described(vars(base).get("__doc__"), "Attributes").items():
                found.setdefault(name, meaning)
        for name, value in vars(base).items():
            if isinstance(value, property | cached_property):
                found.setdefault(name, summary(value.__doc__))
            elif isinstance(value, FromRun):
                found.setdefault(name, meanings(RunInfo).get(name, ""))
    return found


__all__ = ["AnswerKey", "annotation_of", "answer_keys", "meanings"]
