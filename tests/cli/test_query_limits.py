"""knockon query --max-seconds, --max-memory, --max-rows, --max-size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from knockon.cli.sizes import bytes_of
from knockon.errors import UsageError

Run = Callable[..., Any]
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-seconds", "0.3", "--max-rows", "0", "--max-size", "0"], "the query took more than 0.3 s"),
        (["--max-rows", "100"], "the answer has more than 100 rows"),
        (["--max-size", "64K"], "the answer is larger than 64 KB"),
    ],
)
def test_a_query_is_stopped_at_a_limit(knockon: Run, options: list[str], message: str) -> None:
    """Exit 5, no rows, a message that says what the limit was and how to raise it; JSON where it was asked for."""
    done = knockon("query", CROSS, *options)
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith(f"error: {message} and was stopped; narrow it")
    assert options[0] in done.err
    done = knockon("query", CROSS, *options, "-f", "json")
    assert (done.code, done.json["error"]["kind"], done.json["error"]["exit_code"]) == (5, "LimitReached", 5)
    assert knockon("query", "ASK {}", *options).out == "true\n"


def test_named_queries_take_limits(knockon: Run) -> None:
    """Like any other query."""
    done = knockon("query", "-n", "who-depends-on", "--max-rows", "3")
    assert (done.code, "more than 3 rows" in done.err) == (5, True)


@pytest.mark.parametrize(
    "options", [["--max-memory", "much"], ["--max-rows", "-1"], ["--max-seconds", "nan"], ["--max-size", "-5"]]
)
def test_a_limit_that_makes_no_sense_is_refused(knockon: Run, options: list[str]) -> None:
    """Exit 2, with its name."""
    done = knockon("query", "ASK {}", *options)
    assert done.code == 2
    assert options[0] in done.err


@pytest.mark.parametrize("name", ["limits", "as_of", "without", "according_to"])
def test_what_is_an_option_is_no_parameter(knockon: Run, name: str) -> None:
    """``--param limits=5`` would reach the option of Python of that name."""
    done = knockon("query", "-n", "who-depends-on", "-p", f"{name}=5")
    assert (done.code, "is not a parameter of a query; write --" in done.err) == (2, True)


def test_the_name_of_a_library_query_is_no_sparql(knockon: Run) -> None:
    """The message says how it is run, with and without parameters; a name that no query has is taken for SPARQL."""
    for more in ([], ["--param", "entity=sensetime"]):
        done = knockon("query", "customers", *more)
        assert (done.code, "write --name customers" in done.err) == (2, True)
    assert "does not begin a query" in knockon("query", "customer").err


@pytest.mark.parametrize(
    ("text", "size"), [("512M", 2**29), ("2g", 2**31), ("1.5 KiB", 1536), ("100", 100), ("100 b", 100), ("1T", 2**40), ("0", 0)]
)
def test_sizes(text: str, size: int) -> None:
    """Units are powers of 1,024, in any case, with or without B."""
    assert bytes_of("--max-memory", text) == size


@pytest.mark.parametrize("text", ["", "G", "-1", "1e9", "2X", "1,5G", "1 2", "9" * 20])
def test_what_is_no_size(text: str) -> None:
    """The message shows how one is written."""
    with pytest.raises(UsageError, match="--max-memory is a size such as 512M or 2G"):
        bytes_of("--max-memory", text)
