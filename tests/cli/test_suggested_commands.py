"""Commands that messages suggest read the data that the command read which suggests them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("call", "suggestion"),
    [
        ("paths lumen-glass city-couriers --store {}", "`knockon paths city-couriers lumen-glass --store {}`"),
        ("paths lumen-glass city-couriers -s {}", "`knockon paths city-couriers lumen-glass --store {}`"),
        (
            "paths lumen-glass city-couriers --facts-only --as-of 2024-01-01 --language de --store={}",
            "`knockon paths city-couriers lumen-glass --store {} --language de --facts-only --as-of 2024-01-01`",
        ),
        ("impact --all --store {}", "`knockon impact --hit NAME=high --store {}`"),
        ("explain lumen-glass lumen-glass --store {}", "--hit lumen-glass=high"),
        ("impact Acme --facts-only --store {}", "no shock called 'Acme'"),
        ("profile zeiss-fire --store chips", "what it does: `knockon impact zeiss-fire --store chips`"),
        ("query 'SELECT * {{ ?x a ko:Qqqqqq }}' --store {}", "see `knockon schema --store {}`"),
    ],
)
def test_a_suggested_command_has_the_store_as_it_was_typed(knockon: Run, suppliers: Path, call: str, suggestion: str) -> None:
    """So do a language and like options; those that choose records are there where the message is true of these alone."""
    assert suggestion.format(suppliers.name) in knockon(*shlex.split(call.format(suppliers.name))).err


def test_a_store_of_the_environment_is_not_repeated(knockon: Run, suppliers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command reads it as well."""
    monkeypatch.setenv("KNOCKON_STORE", suppliers.name)
    assert "`knockon paths city-couriers lumen-glass`" in knockon("paths", "lumen-glass", "city-couriers").err


def test_a_name_that_a_shell_would_read_otherwise_is_quoted(knockon: Run, suppliers: Path) -> None:
    store = suppliers.rename(suppliers.with_name("my list; ls.csv")).name
    message = knockon("paths", "lumen-glass", "city-couriers", "--store", store).err
    assert "`knockon paths city-couriers lumen-glass --store 'my list; ls.csv'`" in message
