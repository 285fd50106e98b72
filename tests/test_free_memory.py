"""Memory that was freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
from pathlib import Path
from knockon.free_memory import return_free_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

many = [bytes(4_000) for _ in range(20_000)]
last = bytes(4_000)  # above all others, so that nothing is given back by itself
del many
before = resident()
return_free_memory()
print(before - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no malloc_trim")
def test_free_memory_is_given_back() -> None:
    """Of 80 MB that the C library holds on to nearly all goes back."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 4_096 > 60_000_000
