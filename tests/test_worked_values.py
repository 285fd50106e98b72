"""Printed values beside ours, and the models beside numpy on random tables: what ``benchmarks/worked_values.py`` prints."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "worked_values.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("worked_values", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("tables", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_everything_agrees(
    script: ModuleType, tables: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each printed value within its own digits, each random table within rounding; the command says so and ends with 0."""
    assert script.TABLES == 200
    monkeypatch.setattr(script, "TABLES", tables)
    assert script.main() == 0
    printed = capsys.readouterr().out
    assert "DIFFERS" not in printed
    assert "1210.5" in printed
    assert f"{tables} random tables" in printed


def test_a_difference_is_seen(script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong flow in the example is not passed over, so the comparison can fail."""
    flows = script.FLOWS.copy()
    flows[0, 1] = 510.0
    monkeypatch.setattr(script, "FLOWS", flows)
    monkeypatch.setattr(script, "TABLES", 1)
    assert script.main() == 1
    assert "DIFFERS" in capsys.readouterr().out


def test_the_page_has_the_values(script: ModuleType) -> None:
    """The table of the explanation has each group of values as it is printed there."""
    page = (SCRIPT.parents[1] / "docs" / "explanation.md").read_text("utf-8")
    for value in ("0.1254", "0.0330", "1.518152", "1.452145", "0.660", "1210.5", "2588.2", "0.1062", "0.0162", "0.077", "0.92"):
        assert value in page
    assert {f"{value.printed:g}" for value in script.printed_values()} >= {"1210.5", "2588.2", "0.1062", "0.0162"}
