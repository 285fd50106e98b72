"""The program that builds releases, which is no part of the package."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[2] / "deploy" / "release.py"


def _load() -> Any:
    spec = spec_from_file_location("knockon_release", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = _load()
