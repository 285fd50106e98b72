"""Hostile data through every command: it comes out as text, in whatever form, and wherever that is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hostile import CALLS, arguments, command_of, commands, hostile_folder
from knockon.text import CONTROL
from rendering import links_by_themselves, tokens

Run = Callable[..., Any]
#: What our own tables, notes and profiles are made of.
OURS = {"table", "thead", "tbody", "tr", "th", "td", "inline", "text", "paragraph", "heading", "bullet_list", "list_item",
        "strong", "em", "code_inline", "fence"}  # fmt: skip
#: Commands that write no rows and no text of data, or a page of HTML, which tests/views look at.
NOT_ROWS = {"demo", "export", "explore", "report"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of hostile data."""
    made = tmp_path_factory.mktemp("hostile")
    hostile_folder(made)
    return made


@pytest.fixture
def hostile(folder: Path, knockon: Run) -> Run:
    """Run a call in the folder of hostile data."""
    return lambda call, form: knockon(*arguments(call, form), folder=folder)


def test_every_command_is_called() -> None:
    """A new command joins the calls."""
    assert {command_of(call)[0] for call in CALLS} | NOT_ROWS == set(commands())


@pytest.mark.parametrize("call", [call for call in CALLS if "md" in command_of(call)[1]])
def test_markdown_holds_no_mark_of_the_data(hostile: Run, call: str) -> None:
    """No element, link, image, heading or code of data: what is shown is ours, and an address stands in no one piece."""
    ran = hostile(call, "md")
    if "CONSTRUCT" in call:
        assert ran.code == 2
        return
    assert ran.code in {0, 4}, ran.err
    kinds = {part.type.removesuffix("_open").removesuffix("_close") for part in tokens(ran.out)}
    assert kinds <= OURS
    marks = {"explain": {"strong", "em", "code_inline"}, "query": {"fence"}}.get(call.split(maxsplit=1)[0], set())
    assert kinds & {"strong", "em", "code_inline", "fence"} <= marks
    assert not links_by_themselves(ran.out)
    assert not CONTROL.search(ran.out)
