"""Names in objects of JSON, each of which may be there once."""

from __future__ import annotations

import json
from collections import Counter
from json.scanner import py_make_scanner  # type: ignore[attr-defined] # its stubs lack it
from typing import Any


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


def place_of_repeated(text: str) -> int:
    """Return where the first object that has a name twice begins in a value of JSON; 0 where none is found.

    The scanner in C, which reads everything else, does not say where an object begins; that of Python is slower.

    Examples
    --------
    >>> place_of_repeated('[{"a": 1}, {"a": 1, "a": 2}]')
    11
    """
    decoder: Any = json.JSONDecoder(object_pairs_hook=named_once)
    read, found = decoder.parse_object, [0]

    def parse(text_and_start: tuple[str, int], *more: Any) -> Any:
        try:
            return read(text_and_start, *more)
        except RepeatedName:
            # Objects around this one come later.
            found[0] = found[0] or text_and_start[1] - 1
            raise

    decoder.parse_object = parse
    decoder.scan_once = py_make_scanner(decoder)
    try:
        decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return found[0]
    return 0


__all__ = ["RepeatedName", "named_once", "place_of_repeated"]
