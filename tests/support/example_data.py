"""A small invented data set with a dependency of every kind, for tests that ask what is in it."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "example"
