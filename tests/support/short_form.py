"""The short form of tests that have many cases: `make test` runs some of them, `make test-all` each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def some_of(cases: Iterable[Any], every: int, several: bool = False) -> list[Any]:
    """Cases of which the first of each ``every`` is always run, and the others, which are slow together, by `make test-all`.

    ``several`` says that a case is the values of several arguments.

    >>> [len(case.marks) if hasattr(case, "marks") else case for case in some_of("abcde", 3)]
    ['a', 1, 1, 'd', 1]
    """
    return [case if row % every == 0 else _slow(case, several) for row, case in enumerate(cases)]


def _slow(case: Any, several: bool) -> Any:
    if isinstance(case, type(pytest.param())):
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.slow])
    return pytest.param(*case, marks=pytest.mark.slow) if several else pytest.param(case, marks=pytest.mark.slow)
