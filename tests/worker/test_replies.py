"""Errors pass from a worker to its parent with their class, message and details."""

from __future__ import annotations

import json

import pytest

from knockon.analysis.explain.explain import Unreached
from knockon.errors import (
    ForbiddenQuery,
    InvalidData,
    KnockonError,
    LimitReached,
    NotFound,
    Problem,
    QuerySyntaxError,
    StoreBusy,
    UsageError,
)
from knockon.query.names import WrongClass
from knockon.worker.replies import error_values, to_error

ERRORS: list[KnockonError] = [
    KnockonError("x"), UsageError("x"), QuerySyntaxError("line 1, column 2: x"), ForbiddenQuery("x"), LimitReached("x"),
    StoreBusy("x"), NotFound("entity", "nvida", ["nvidia"]), InvalidData([Problem("a.csv", 3, "wrong", "mend it")]),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_over_as_it_is(error: KnockonError) -> None:
    """Class, message, names and problems are the same after JSON."""
    received = to_error(json.loads(json.dumps(error_values(error))))
    assert type(received) is type(error)
    assert str(received) == str(error)
    assert vars(received) == vars(error)


@pytest.mark.parametrize("error", [WrongClass("shock", "nvidia", "Company"), Unreached("a shock", "nvidia", ["nvidia"])])
def test_an_error_of_another_module_comes_over_as_what_it_is_based_on(error: NotFound) -> None:
    """A subclass that ``errors`` does not have is the class there, with the same message and names."""
    received = to_error(json.loads(json.dumps(error_values(error))))
    assert type(received) is NotFound
    assert (str(received), received.nearest) == (str(error), error.nearest)
