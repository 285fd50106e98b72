"""Spark for tests: whether it is there, one session for all tests of a process, and the processes that belong to it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from knockon.network import Network

#: Variables with which Java compiles once and quickly: jobs of a few rows take about half of the processor so.
QUICK_JAVA = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def missing() -> str:
    """What is missing to run Spark; empty where nothing is."""
    if find_spec("pyspark") is None:
        return "no pyspark: pip install 'knockon[spark]'"
    home = os.environ.get("JAVA_HOME")
    return "" if home or shutil.which("java") else "no Java"


def money_flows(firms: int, *, degree: float = 3, seed: int = 5, final_demand: bool = True) -> Network:
    """A network of money flows with sectors, essential inputs, and firms without any flow."""
    random = np.random.default_rng(seed)
    supplier, customer = random.integers(0, firms, (2, int(degree * firms)))
    real = supplier != customer
    value = random.random(int(real.sum())) * 100
    sector, essentiality = random.integers(0, 7, firms), random.integers(0, 3, (7, 7))
    demand = random.random(firms) * 50 if final_demand else None
    return Network.from_flows(supplier[real], customer[real], value, sector, essentiality, demand)


def descendants(process: int) -> Iterator[tuple[int, str]]:
    """The processes that a process started, directly or not, with their command lines."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(path.name))
    waiting = [process]
    while waiting:
        for child in children.get(waiting.pop(), []):
            waiting.append(child)
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            yield child, command


def kill_one(process: int, part: str) -> bool:
    """Kill the newest process below another one whose command line has a part; whether there was one."""
    for found in sorted((pid for pid, command in descendants(process) if part in command), reverse=True):
        os.kill(found, signal.SIGKILL)
        return True
    return False
