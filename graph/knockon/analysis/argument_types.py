"""Checks of the arguments of the Python interface against the types in signatures, with messages that name the argument."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from numbers import Integral, Real
from reprlib import repr as shortened
from typing import Any, NamedTuple, ParamSpec, TypeVar

from knockon.errors import UsageError

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=type)


class _Kind(NamedTuple):
    """The values that a part of an annotation admits, and its description in messages."""

    admits: Callable[[Any], bool]
    description: str


def _instance(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types) and not isinstance(value, bool)


_KINDS: Mapping[str, _Kind] = {
    "None": _Kind(lambda value: value is None, "None"),
    "str": _Kind(_instance(str), "a text"),
    # The abstract types admit the numbers of numpy as well.
    "int": _Kind(_instance(Integral), "a whole number"),
    "float": _Kind(_instance(Real), "a number"),
    "bool": _Kind(lambda value: isinstance(value, bool), "True or False"),
    "Path": _Kind(_instance(os.PathLike), "a path"),
    "date": _Kind(_instance(date), "a date"),
    "Mapping": _Kind(_instance(Mapping), "a mapping such as {'NAME': 'high'}"),
    "Options": _Kind(_instance(Mapping), "a mapping such as {'facts_only': True}"),
    "Iterable": _Kind(_instance(Iterable), "a list"),
    "type": _Kind(_instance(type), "a class such as knockon.model.Company"),
    "Arrange": _Kind(callable, "a function"),
    # These classes cannot be imported here (they are heavy, or of a higher layer), so their names are compared.
    "Limits": _Kind(lambda value: type(value).__name__ == "Limits", "knockon.Limits(...)"),
    "Portfolio": _Kind(lambda value: type(value).__name__ == "Portfolio", "what Graph.portfolio returns"),
    "ReadOptions": _Kind(lambda value: type(value).__name__ == "ReadOptions", "knockon.ReadOptions(...)"),
}  # fmt: skip

#: Arguments that are checked where they are used, by a message that shows both ways to name a shock.
_CHECKED_ELSEWHERE = frozenset({"shock", "hit"})


def checks_types(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that refuses arguments whose types differ from its signature.

    Arguments whose annotation has a type that is not in ``_KINDS`` are not checked, and neither are ``**options``.

    Raises
    ------
    UsageError
        When the function is called with an argument of another type; the message names the argument.

    Examples
    --------
    >>> @checks_types
    ... def first(names: Iterable[str], count: int | None = None) -> list[str]:
    ...     return list(names)[:count]
    >>> first("ab", count=1.5)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: count must be a whole number, not 1.5
    """

    @functools.cache
    def expected() -> tuple[inspect.Signature, dict[str, tuple[_Kind, ...]]]:
        signature = inspect.signature(function)
        checked = {
            name: p
            for name, p in signature.parameters.items()
            if name not in _CHECKED_ELSEWHERE and p.kind is not p.VAR_KEYWORD
        }
        kinds = {name: _kinds(p.annotation) for name, p in checked.items()}
        return signature, {name: admitted for name, admitted in kinds.items() if admitted}

    @functools.wraps(function)
    def called(*args: P.args, **options: P.kwargs) -> T:
        signature, kinds = expected()
        try:
            arguments = signature.bind(*args, **options).arguments
        except TypeError:
            # An argument is missing or superfluous: the message of Python explains it.
            return function(*args, **options)
        for name in (name for name in kinds if name in arguments):
            is_variadic = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            for value in arguments[name] if is_variadic else (arguments[name],):
                _check(name, value, kinds[name])
        return function(*args, **options)

    return called


def checks_all_types(cls: C) -> C:
    """Return a class whose public methods refuse arguments whose types differ from their signatures."""
    for name, method in list(vars(cls).items()):
        if not name.startswith("_") and inspect.isfunction(method):
            setattr(cls, name, checks_types(method))
    return cls


def check_type(name: str, value: Any, annotation: str) -> None:
    """Refuse a value whose type differs from an annotation.

    Raises
    ------
    UsageError
        The value is of another type.

    Examples
    --------
    >>> check_type("eps", "small", "float")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: eps must be a number, not 'small'
    """
    _check(name, value, _kinds(annotation))


#: What the message adds for some arguments: an example of a value.
_EXAMPLES = {"as_of": "; write 2025-07-01"}


def _check(name: str, value: Any, kinds: tuple[_Kind, ...]) -> None:
    if kinds and not any(kind.admits(value) for kind in kinds):
        expected = " or ".join(kind.description for kind in kinds if kind.description != "None")
        raise UsageError(f"{name} must be {expected or 'None'}, not {shortened(value)}{_EXAMPLES.get(name, '')}")


def _kinds(annotation: Any) -> tuple[_Kind, ...]:
    """Return the kinds of values that an annotation admits; empty (no check) where one of its parts is not in ``_KINDS``."""
    if not isinstance(annotation, str):
        return ()
    names = [part.split("[")[0] for part in _union_members(annotation)]
    return tuple(_KINDS[name] for name in names) if all(name in _KINDS for name in names) else ()


def _union_members(annotation: str) -> list[str]:
    """Return the members of a union type.

    >>> _union_members("Mapping[str, int | str] | None")
    ['Mapping[str, int | str]', 'None']
    """
    parts, depth = [""], 0
    for character in annotation:
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


__all__ = ["check_type", "checks_all_types", "checks_types"]
