"""Commands run as a user runs them, in this process for speed; test_process.py runs them in one of their own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from knockon.cli import run as run_command
from support.bundled_once import open_bundled_once


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def bundled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each bundled data set once for all tests of commands."""
    open_bundled_once(monkeypatch)


@pytest.fixture
def knockon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in an empty folder, or in another one."""

    def run(*arguments: str, stdin: str = "", folder: Path = tmp_path) -> Ran:
        with monkeypatch.context() as here:
            here.chdir(folder)
            here.setattr(sys, "stdin", io.StringIO(stdin))
            code = run_command(arguments)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def suppliers(tmp_path: Path) -> Path:
    """A list of suppliers as a newcomer writes it."""
    path = tmp_path / "suppliers.csv"
    path.write_text(
        "dependant,need,provider,criticality\n"
        "Acme Phones,displays,Lumen Glass,high\n"
        "Acme Phones,batteries,Volt Cells,essential\n"
        "Volt Cells,lithium,Salar Mining,high\n"
        "City Couriers,phones,Acme Phones,medium\n",
        "utf-8",
    )
    return path
