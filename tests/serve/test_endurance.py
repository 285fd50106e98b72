"""The short form of benchmarks/endurance/server.py: ordinary clients have no error beside hostile ones."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark as a module."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = spec_from_file_location("endurance_of_the_server", BENCHMARKS / "endurance/server.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seconds", [0.5, pytest.param(30.0, marks=pytest.mark.slow)])
def test_ordinary_clients_have_no_error(benchmark: ModuleType, folder: Path, seconds: float) -> None:
    """Nor is anything of a hostile query an error of the server; the memory comes back."""
    with benchmark.running(*benchmark.knockon(str(folder), "--timeout", "0.5" if seconds < 2 else "1")) as server:
        result = benchmark.endure(server, seconds, pause=0.5 if seconds < 2 else 6.0, first=min(seconds, 1.0) / 2)
    assert set(result.ordinary.statuses) == {"200"}
    assert len(result.ordinary.latencies) > 30
    assert "500" not in result.hostile.statuses
    assert sum(result.after[:2]) < sum(result.before[:2]) + 200
