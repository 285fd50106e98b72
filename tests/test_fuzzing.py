"""What `benchmarks/fuzz/run.py` fuzzes runs on the inputs that it begins with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent.parent / "benchmarks" / "fuzz"


@pytest.fixture
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FUZZ))


@pytest.mark.usefixtures("_modules")
def test_the_first_inputs_of_each_target() -> None:
    """Every reader is a target, and no target fails on its own inputs, or on one with a changed structure."""
    from knockon.readers.registry import READERS

    targets = __import__("targets").targets()
    mutate = __import__("mutations").mutate_structure
    assert set(READERS) <= set(targets)
    # Its requests are those of the tests of the server.
    del targets["served"]
    for target in targets.values():
        for seed in target.seeds:
            target.run(seed)
            if (changed := mutate(seed[1:], 20_000, 1)) is not None:
                target.run(seed[:1] + changed)
    for name in ("targets", "mutations", "seeds"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("_modules")
def test_a_row_with_two_faults_is_no_finding() -> None:
    """A row with a zero byte and too few cells is rejected again, for whichever of the two."""
    target = __import__("targets").targets()["eto"]
    rows = b"provider_name,provider_id,provider_type,country,\nAcme,P1,Company,FRA,\n0.1,-,A\0B,1\n"
    for ending in range(6):
        target.run(bytes([ending]) + rows)
    for name in ("targets", "mutations", "seeds"):
        sys.modules.pop(name, None)
