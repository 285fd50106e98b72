"""Lists of the page's data as they are written: in the shortest of several forms.

Most entities have no other names, most facts no dates, and most rows of a table follow one another: written out, such
columns are a third of the page. A list is written as

- ``{"#": text}``: integers, each a group of digits as in source maps (base 64, five bits a digit, the sign in the lowest bit);
- ``{"+": list}``: the differences between integers;
- ``{"=": value, "but": [[row, other], ...], "rows": n}``: a value that most rows have;
- ``{"|": widths, "items": list}``: lists of integers, one after another;
- ``{"^": text, "words": text}``: texts, as their words: the words come behind the character that separates them, the most
  frequent first, and each text is the groups of digits of its words, from 1, and a 0 that ends it;

and these in each other. ``web/src/model/packing.js`` reads what is written here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice, pairwise
from typing import Any

from knockon.present.page.long_columns import MANY, lengths_of_lists, shortest

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
#: Shorter lists stay as they are: the form would be longer.
_SHORT = 5
_FEW_TEXTS = 50
#: The types of values that have no shorter form.
_SCALARS = frozenset({int, float, bool, str, type(None)})
#: A word and the character before it; every other character by itself. ASCII alone, so that the page need not know them.
_WORD = re.compile(r"[^A-Za-z0-9]?[A-Za-z0-9]+|[^A-Za-z0-9]")
#: What may separate the words; where all of them occur in the texts the list stays as it is.
_SEPARATORS = "|~^`@$"
# Encoders that are made once: json.dumps makes one for each call that has options.
_compact = json.JSONEncoder(separators=(",", ":")).encode
_compact_unicode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_sorted = json.JSONEncoder(sort_keys=True).encode


def packed(value: Any) -> Any:
    """Return data with each list in the shortest form.

    >>> packed({"since": [0] * 40 + [7], "x": [1, 2]})
    {'since': {'=': 0, 'but': [[40, 7]], 'rows': 41}, 'x': [1, 2]}
    >>> packed([12, -3, 400, 0, 1, 7, 19])
    {'#': 'YHgZACOmB'}
    >>> packed(list(range(100, 130)))
    {'+': {'=': 1, 'but': [[0, 100]], 'rows': 30}}
    """
    if isinstance(value, dict):
        return {name: packed(part) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    # Long lists have few types.
    types = {*map(type, value)}
    if len(value) >= _FEW_TEXTS and all(issubclass(cls, str) for cls in types):
        return _by_words(value)
    if len(value) < _SHORT or any(issubclass(cls, dict | str) for cls in types):
        # Most lists of a page are a few numbers.
        return list(value) if types <= _SCALARS else [packed(part) for part in value]
    if len(value) >= MANY:
        form = shortest(value) if types == {int} else _shortest_of_lists(value) if types == {list} else None
        if form is not None:
            return form
    # Of equally long ones the first.
    return min(_forms(value), key=lambda form: len(_compact(form)))


def _shortest_of_lists(column: Sequence[list[Any]]) -> Any | None:
    """Return many lists of few integers in the shortest form, of equally long ones the first; None where that takes more."""
    widths = [*map(len, column)]
    items = [*chain.from_iterable(column)]
    if max(widths) >= _SHORT or not _are_integers(items) or (lengths := lengths_of_lists(widths, items)) is None:
        return None
    joined = {"|": packed(widths), "items": packed(items)}
    keys = [*map(tuple, column)]
    most = Counter(keys).most_common(1)[0][0]
    others = [row for row, key in enumerate(keys) if key != most]
    whole, mostly = lengths.whole(), lengths.mostly(keys.index(most), others)
    if min(whole, mostly) > len(_compact(joined)):
        return joined
    if whole <= mostly:
        return [list(part) for part in column]
    return {"=": list(most), "but": [[row, column[row]] for row in others], "rows": len(column)}


def unpacked(value: Any) -> Any:
    """Return the data that ``packed`` was given.

    >>> unpacked({"label": {"+": {"#": "KCC"}}, "x": {"|": [1, 0, 2], "items": {"#": "CEG"}}})
    {'label': [5, 6, 7], 'x': [[1], [], [2, 3]]}
    >>> unpacked({"^": "BCABAA", "words": "|chip| maker"})
    ['chip maker', 'chip', '']
    """
    if isinstance(value, list):
        return [unpacked(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "#" in value:
        return list(_integers(value["#"]))
    if "+" in value:
        return list(accumulate(unpacked(value["+"])))
    if "=" in value:
        others = dict(value["but"])
        return [unpacked(others.get(row, value["="])) for row in range(value["rows"])]
    if "^" in value:
        return _texts(value["^"], value["words"])
    if "|" in value:
        items = iter(unpacked(value["items"]))
        return [list(islice(items, width)) for width in unpacked(value["|"])]
    return {name: unpacked(part) for name, part in value.items()}


def _forms(column: Sequence[Any]) -> Iterator[Any]:
    integers = _are_integers(column)
    yield list(column) if integers else [packed(part) for part in column]
    yield _mostly(column)
    if integers:
        steps = [column[0], *(after - before for before, after in pairwise(column))]
        yield {"#": "".join(map(_digits, column))}
        yield {"+": _mostly(steps)}
        yield {"+": {"#": "".join(map(_digits, steps))}}
    elif all(isinstance(part, list) and _are_integers(part) for part in column):
        yield {"|": packed([len(part) for part in column]), "items": packed(list(chain.from_iterable(column)))}


def _by_words(texts: Sequence[str]) -> Any:
    """Return texts as the words that they are made of, or as they are where that is shorter."""
    words = [_WORD.findall(text) for text in texts]
    counts = Counter(chain.from_iterable(words))
    separator = next((mark for mark in _SEPARATORS if not any(mark in word for word in counts)), None)
    if separator is None:
        return list(texts)
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    digits = {word: _numeral(row) for row, word in enumerate(ordered, 1)}
    form = {
        "^": "".join("".join(map(digits.__getitem__, text)) + _numeral(0) for text in words),
        "words": "".join(separator + word for word in ordered),
    }
    return min([list(texts), form], key=lambda form: len(_compact_unicode(form)))


def _texts(digits: str, words: str) -> list[str]:
    table, texts, text = words.split(words[:1]) if words else [""], [], ""
    for number in _numerals(digits):
        text += table[number]
        if not number:
            texts.append(text)
            text = ""
    return texts


def _are_integers(values: Sequence[Any]) -> bool:
    return {*map(type, values)} <= {int}


def _mostly(column: Sequence[Any]) -> dict[str, Any]:
    """Return the value that most rows have, and the others by row."""
    # Integers are what they are compared by; a list of them, or true beside 1, is not.
    texts = column if _are_integers(column) else _keys(column)
    most = Counter(texts).most_common(1)[0][0]
    return {
        "=": most if texts is column else list(most) if isinstance(most, tuple) else json.loads(most),
        "but": [[row, value] for row, value in enumerate(column) if texts[row] != most],
        "rows": len(column),
    }


def _keys(column: Sequence[Any]) -> Sequence[Any]:
    """Return what values of any type are compared by: lists of integers as tuples, which take a tenth of the time of JSON."""
    if all(isinstance(value, list) and _are_integers(value) for value in column):
        return [*map(tuple, column)]
    return [_sorted(value) for value in column]


@lru_cache(maxsize=4096)
def _digits(number: int) -> str:
    """Return the digits of an integer.

    >>> _digits(0), _digits(-1), _digits(15), _digits(16)
    ('A', 'D', 'e', 'gB')
    """
    return _numeral(-2 * number + 1 if number < 0 else 2 * number)


def _numeral(number: int) -> str:
    """Return the digits of an integer that is not negative: five bits each, the lowest first, all but the last marked."""
    text = ""
    while number > 31:
        text += _DIGITS[number & 31 | 32]
        number >>= 5
    return text + _DIGITS[number]


def _integers(text: str) -> Iterator[int]:
    for number in _numerals(text):
        yield -(number >> 1) if number & 1 else number >> 1


def _numerals(text: str) -> Iterator[int]:
    number = shift = 0
    for digit in text:
        value = _VALUE[digit]
        number += (value & 31) << shift
        shift += 5
        if value < 32:
            yield number
            number = shift = 0


__all__ = ["packed", "unpacked"]
