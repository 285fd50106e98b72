"""Commands run as a user runs them: a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def knockon(tmp_path: Path) -> Callable[..., Ran]:
    """Run a command in an empty folder."""

    def run(*arguments: str, cwd: Path = tmp_path, stdin: str = "") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "knockon", *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            input=stdin,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

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
