"""The memory of a load grows with its rows by no more than names and records as small tuples take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
#: The rows of two tables, beyond those where buffers of a fixed size fill up.
FEW, MANY = 20_000, 60_000
#: The most bytes for each further row: it takes 1,400 to 1,800, most of it buffers of the database that still fill up, and took
#: 10,000 as record objects. What the rows themselves take is bounded in ``tests/authoring/test_plain_memory.py``.
MOST = 2_500


def peak_of_load(folder: Path, rows: int) -> int:
    """The greatest memory in bytes of a process that loads a table of cited dependencies into a new store."""
    table = folder / f"{rows}.csv"
    firms = rows // 3
    with table.open("w", encoding="utf-8") as file:
        file.write("dependant,need,provider,criticality,evidence\n")
        for row in range(rows):
            names = f"firm {row % firms},need {row // firms},firm {row * 7 % firms}"
            file.write(f"{names},High,https://example.org/{row}\n")
    command = [sys.executable, "-m", "knockon", "load", str(table), "--store", str(folder / str(rows))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        messages = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, messages.decode()
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell the memory of a process")
def test_memory_for_each_further_row(tmp_path: Path) -> None:
    """Three times as many rows: the greatest memory differs by a bounded number of bytes a row."""
    few, many = (peak_of_load(tmp_path, rows) for rows in (FEW, MANY))
    assert (many - few) / (MANY - FEW) < MOST
