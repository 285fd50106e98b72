"""Golden answers: what is printed or returned today, kept in files, and how an answer differs from them.

The data set ``letters`` beside this module is invented. Its answers are in ``letters/answers``, one file each, and are
never written by a run of the tests, except when that is asked for::

    KNOCKON_WRITE_GOLDENS=1 python -m pytest tests/cli/test_golden.py      (or: make goldens)

Each test then writes its file and is reported as skipped, with what has changed. Look at ``git diff`` before committing:
a key that is gone or a number that differs is a change of behaviour and needs a reason in the commit message.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

LETTERS = Path(__file__).with_name("letters")
ANSWERS = LETTERS / "answers"
#: The environment variable that has the goldens written anew.
WRITE = "KNOCKON_WRITE_GOLDENS"
#: How far two numbers may differ, relative to the larger: output has 12 significant digits, and where the next digit is
#: about 5, a difference of one unit in the last binary place can change the twelfth.
PRINTED = 1e-11
#: The same for numbers that are returned, not printed.
RETURNED = 1e-12


def plain(answer: Any) -> Any:
    """Reduce an answer to what JSON can hold: a dict, a list, a record, or an object with ``to_dict``.

    >>> plain((1, {"a": date(2026, 1, 1)}))
    [1, {'a': '2026-01-01'}]
    """
    if isinstance(answer, BaseModel):
        return {
            "class": type(answer).__name__,
            "id": getattr(answer, "id", ""),
            **answer.model_dump(mode="json", by_alias=True),
        }
    for method in ("to_dict", "to_dicts"):
        if hasattr(answer, method):
            return plain(getattr(answer, method)())
    if isinstance(answer, Mapping):
        return {str(key): plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(value) for value in answer]
    if isinstance(answer, Enum):
        return answer.value
    if answer is None or isinstance(answer, bool | int | float | str):
        return answer
    if hasattr(answer, "tolist"):  # an array or a number of numpy
        return answer.tolist()
    if isinstance(answer, date) or type(answer).__name__ in {"Decimal", "PosixPath", "WindowsPath"}:
        return str(answer)
    raise TypeError(f"{type(answer).__name__} is no answer: it has no to_dict()")


def differences(old: Any, new: Any, tolerance: float, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield what differs between two JSON values: its kind (key, row, number, text), and where and how.

    >>> list(differences({"a": 1.0, "b": "x"}, {"b": "y", "a": 1.0}, 0))
    [('key', "(top): keys ['a', 'b'], now ['b', 'a']"), ('text', ".b: 'x', now 'y'")]
    >>> list(differences([1.0], [1.0 + 1e-13], 1e-12))
    []
    >>> list(differences([1], [True], 1e-12))
    [('text', '[0]: 1, now True')]
    """
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_objects(old, new, tolerance, place)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield "row", f"{place or '(top)'}: {len(old)} elements, now {len(new)}"
        for position, (first, second) in enumerate(zip(old, new, strict=False)):
            yield from differences(first, second, tolerance, f"{place}[{position}]")
    elif type(old) is type(new) and isinstance(old, int | float) and not isinstance(old, bool):
        if not math.isclose(old, new, rel_tol=tolerance, abs_tol=0):
            yield "number", f"{place}: {old!r}, now {new!r}"
    elif type(old) is not type(new) or old != new:
        yield "text", f"{place or '(top)'}: {old!r}, now {new!r}"


def _of_objects(old: dict[str, Any], new: dict[str, Any], tolerance: float, place: str) -> Iterator[tuple[str, str]]:
    if list(old) != list(new):
        gone, added = [key for key in old if key not in new], [key for key in new if key not in old]
        change = f"without {gone}, and with {added}" if gone or added else f"keys {list(old)}, now {list(new)}"
        yield "key", f"{place or '(top)'}: {change}"
    for key, value in old.items():
        if key in new:
            yield from differences(value, new[key], tolerance, f"{place}.{key}")


def compare(name: str, answer: Any, tolerance: float = RETURNED) -> None:
    """Compare an answer with the golden ``name``: text as it is, anything else as JSON (``name`` ends in ``.json``).

    Raises
    ------
    AssertionError
        There is no such golden, or the answer differs from it; the message lists where.
    """
    path = ANSWERS / name
    is_json = path.suffix == ".json"
    old = path.read_bytes().decode("utf-8") if path.is_file() else None
    changes = [("file", "not there")] if old is None else []
    if old is not None and is_json:
        changes = list(differences(json.loads(old), answer, tolerance))
    elif old is not None and old != answer:
        changes = list(differences(old.splitlines(keepends=True), answer.splitlines(keepends=True), 0))
    if os.environ.get(WRITE):
        text = json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n" if is_json else answer
        if changes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        pytest.skip(f"{name} {'written anew: ' + _summary(changes) if changes else 'is as it was'}")
    listed = "\n".join(f"  {change}" for _, change in changes[:40])
    more = f"\n  and {len(changes) - 40} more" if len(changes) > 40 else ""
    assert not changes, f"{path.name} differs ({_summary(changes)}); `make goldens` accepts this:\n{listed}{more}"


def _summary(changes: list[tuple[str, str]]) -> str:
    kinds = [kind for kind, _ in changes]
    return ", ".join(f"{kinds.count(kind)} of kind {kind}" for kind in dict.fromkeys(kinds))
