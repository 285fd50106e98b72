"""Names in objects of JSON, each of which may be there once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

#: A text, or where an object begins or ends.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}]', re.DOTALL)
#: What stands for no value.
_NOTHING = object()


class RepeatedName(ValueError):
    """An object has a name twice: readers would differ in which of the values they take."""


def named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object from its names and values, for ``json.JSONDecoder(object_pairs_hook=...)``.

    Raises
    ------
    RepeatedName
        A name is there twice (RFC 8259, section 4).

    Examples
    --------
    >>> named_once([("id", "acme"), ("share", 40)])
    {'id': 'acme', 'share': 40}
    >>> named_once([("share", 40), ("share", 60)])
    Traceback (most recent call last):
    knockon.readers.json_names.RepeatedName: has the name 'share' twice
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise RepeatedName(f"has the name {twice[:100]!r} twice")
    return values


class RepeatedObject(dict[str, Any]):
    """An object that has a name twice, with the last of its values, where what is around it is read all the same.

    Attributes
    ----------
    pairs
        All its names and values.
    fault
        Which name it has twice.
    number
        Which object of the text it is, in the order in which they end; the first one is 0.
    """

    def __init__(self, pairs: list[tuple[str, Any]], fault: str, number: int) -> None:
        super().__init__(pairs)
        self.pairs, self.fault, self.number = pairs, fault, number

    def with_values(self, values: Mapping[str, Any]) -> RepeatedObject:
        """Return the same object with further values, which are not written in it."""
        same = RepeatedObject(self.pairs, self.fault, self.number)
        same.update(values)
        return same


class ObjectHook:
    """What makes an object of its names and values where one that has a name twice is read as well.

    Parameters
    ----------
    make
        Makes any other object; it raises ``RepeatedName`` for one that has a name twice.

    Attributes
    ----------
    repeated
        The objects that have a name twice, in the order in which they end.

    Examples
    --------
    >>> hook = ObjectHook(named_once)
    >>> json.loads('[{"a": 1}, {"a": 1, "a": 2}]', object_pairs_hook=hook)
    [{'a': 1}, {'a': 2}]
    >>> [(found.number, found.fault) for found in hook.repeated]
    [(1, "has the name 'a' twice")]
    """

    def __init__(self, make: Callable[[list[tuple[str, Any]]], Any]) -> None:
        self._make = make
        self._count = 0
        self.repeated: list[RepeatedObject] = []

    def restart(self) -> None:
        """Forget the objects so far: the text is read again from its beginning."""
        self._count = 0
        self.repeated.clear()

    def __call__(self, pairs: list[tuple[str, Any]]) -> Any:
        """Return an object."""
        number, self._count = self._count, self._count + 1
        try:
            return self._make(pairs)
        except RepeatedName as error:
            found = RepeatedObject(pairs, str(error), number)
            self.repeated.append(found)
            return found


def repeated_in(value: object) -> list[RepeatedObject]:
    """Return the objects in a value of JSON that have a name twice.

    Examples
    --------
    >>> value = json.loads('{"b": [{"a": 1, "a": 2}]}', object_pairs_hook=ObjectHook(named_once))
    >>> [found.pairs for found in repeated_in(value)]
    [[('a', 1), ('a', 2)]]
    """
    found: list[RepeatedObject] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, RepeatedObject):
            found.append(item)
            waiting += [inner for _, inner in reversed(item.pairs)]
        elif isinstance(item, dict):
            waiting += reversed(item.values())
        elif isinstance(item, list):
            waiting += reversed(item)
    return found


def as_written(value: object) -> str:
    """Return a value as JSON, with all values of a name that is there twice.

    Examples
    --------
    >>> as_written(json.loads('[{"a": 1, "a": "2"}, {}]', object_pairs_hook=ObjectHook(named_once)))
    '[{"a": 1, "a": "2"}, {}]'
    """
    pieces: list[str] = []
    waiting: list[tuple[str, Any]] = [("", value)]  # text, and the value that follows it
    while waiting:
        text, item = waiting.pop()
        pieces.append(text)
        if isinstance(item, dict):
            pairs = item.pairs if isinstance(item, RepeatedObject) else item.items()
            inner = [(f"{', ' if n else '{'}{json.dumps(name)}: ", one) for n, (name, one) in enumerate(pairs)]
            waiting += [("}" if inner else "{}", _NOTHING), *reversed(inner)]
        elif isinstance(item, list):
            inner = [(", " if n else "[", one) for n, one in enumerate(item)]
            waiting += [("]" if inner else "[]", _NOTHING), *reversed(inner)]
        elif item is not _NOTHING:
            pieces.append(json.dumps(item, ensure_ascii=False))
    return "".join(pieces)


def lines_of_objects(text: str, numbers: Collection[int]) -> dict[int, int]:
    r"""Return the lines on which objects of a text of JSON begin, by their numbers in the order in which they end.

    Examples
    --------
    >>> lines_of_objects('[{"a": {}},\n {"b": "}"}]', [0, 1, 2])
    {0: 1, 1: 1, 2: 2}
    """
    lines: dict[int, int] = {}
    line, before, count, begun = 1, 0, 0, list[int]()
    for token in _TOKEN.finditer(text):
        if token[0] == "{":
            line += text.count("\n", before, token.start())
            before = token.start()
            begun.append(line)
        elif token[0] == "}":
            begins = begun.pop()
            if count in numbers:
                lines[count] = begins
            count += 1
    return lines


__all__ = ["ObjectHook", "RepeatedName", "RepeatedObject", "as_written", "lines_of_objects", "named_once", "repeated_in"]
