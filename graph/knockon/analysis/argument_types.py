"""Arguments of the Python interface held against the types that signatures name, so that a wrong one is said by its name."""

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
    """What a part of an annotation admits, and how a message calls it."""

    admits: Callable[[Any], bool]
    words: str


def _instance(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types) and not isinstance(value, bool)


_KINDS: Mapping[str, _Kind] = {
    "None": _Kind(lambda value: value is None, "None"),
    "str": _Kind(_instance(str), "a text"),
    # Numbers of numpy are numbers, too.
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
    # What is no class that may be imported here is known by its name.
    "Limits": _Kind(lambda value: type(value).__name__ == "Limits", "knockon.Limits(...)"),
    "ReadOptions": _Kind(lambda value: type(value).__name__ == "ReadOptions", "knockon.ReadOptions(...)"),
}  # fmt: skip

#: Checked where they are used, by a message that shows both ways to name a shock.
_OWN = frozenset({"shock", "hit"})


def checks_types(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that refuses arguments of other types than its signature names.

    Annotations of types that are not built in are passed over, and so is what ``**options`` takes.

    Raises
    ------
    UsageError
        When the function is called: an argument is of another type; the message names it.

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
    def wanted() -> tuple[inspect.Signature, dict[str, tuple[_Kind, ...]]]:
        signature = inspect.signature(function)
        checked = {name: p for name, p in signature.parameters.items() if name not in _OWN and p.kind is not p.VAR_KEYWORD}
        kinds = {name: _kinds(p.annotation) for name, p in checked.items()}
        return signature, {name: several for name, several in kinds.items() if several}

    @functools.wraps(function)
    def called(*args: P.args, **options: P.kwargs) -> T:
        signature, kinds = wanted()
        try:
            given = signature.bind(*args, **options).arguments
        except TypeError:
            # An argument is missing, or there is one too many: Python says it best itself.
            return function(*args, **options)
        for name, several in kinds.items():
            values = given.get(name, ())
            various = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            for value in values if various else (values,) if name in given else ():
                _check(name, value, several)
        return function(*args, **options)

    return called


def checks_all_types(cls: C) -> C:
    """Return a class whose public methods refuse arguments of other types than their signatures name."""
    for name, method in list(vars(cls).items()):
        if not name.startswith("_") and inspect.isfunction(method):
            setattr(cls, name, checks_types(method))
    return cls


def check_type(name: str, value: Any, annotation: str) -> None:
    """Refuse a value of another type than an annotation names.

    Raises
    ------
    UsageError
        It is of another type.

    Examples
    --------
    >>> check_type("eps", "small", "float")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: eps must be a number, not 'small'
    """
    _check(name, value, _kinds(annotation))


#: How values of some arguments are written.
_FORMS = {"as_of": "; write 2025-07-01"}


def _check(name: str, value: Any, kinds: tuple[_Kind, ...]) -> None:
    if kinds and not any(kind.admits(value) for kind in kinds):
        words = " or ".join(kind.words for kind in kinds if kind.words != "None")
        raise UsageError(f"{name} must be {words or 'None'}, not {shortened(value)}{_FORMS.get(name, '')}")


def _kinds(annotation: Any) -> tuple[_Kind, ...]:
    """What an annotation admits; nothing where one of its parts is not known here, so that nothing is checked."""
    if not isinstance(annotation, str):
        return ()
    names = [part.split("[")[0] for part in _parts(annotation)]
    return tuple(_KINDS[name] for name in names) if all(name in _KINDS for name in names) else ()


def _parts(annotation: str) -> list[str]:
    """The parts of a union.

    >>> _parts("Mapping[str, int | str] | None")
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
