"""Calls of tools in processes of their own: what takes too long or ends its process costs one call."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from knockon.errors import LimitReached
from knockon.mcp.assistant import Assistant
from knockon.mcp.snapshots import GraphSnapshots
from knockon.mcp.tool_process import ToolProcess, ToolProcesses
from knockon.sparql.limits import Limits
from support.assistant_client import call, failure

SHOCKS = {"name": "list_shocks", "values": {}}


@pytest.fixture(scope="module")
def process() -> Iterator[ToolProcess]:
    """A process that may take five minutes for a call."""
    process = ToolProcess(None, limits=Limits(seconds=300, memory=None))
    yield process
    process.close()


def test_answers_and_errors_are_those_of_the_server_itself(process: ToolProcess, assistant: Assistant) -> None:
    """Of tools and of resources; the kinds of errors and what to try next are kept."""
    server = Assistant(GraphSnapshots(None), processes=ToolProcesses(process))
    for name, arguments in (("list_shocks", {}), ("get_entity", {"entity": "nvidia"})):
        assert call(server, name, **arguments) == call(assistant, name, **arguments)
    for name, arguments in (
        ("explain_impact", {"shock": "entity-list-chips", "entity": "xu-li"}),
        ("get_entity", {"entity": "nvda"}),
        ("get_entity", {"entity": "nvidia", "limit": 0}),
    ):
        assert failure(server, name, **arguments) == failure(assistant, name, **arguments)
    first = call(server, "list_shocks", limit=1)
    assert call(server, "list_shocks", limit=1, cursor=first["next"])["data"]["shocks"] != first["data"]["shocks"]
    answer, is_error = process.ask("resource", {"uri": "knockon://nothing"})
    assert (answer["error"], is_error) == ("NotFound", True)


def test_a_process_that_ends_costs_one_call(process: ToolProcess) -> None:
    """The next call has a new process."""
    process.ask("tool", SHOCKS)
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGKILL)
    with pytest.raises(LimitReached, match="SIGKILL"):
        process.ask("tool", SHOCKS)
    assert process.ask("tool", SHOCKS)[1] is False


def test_a_call_that_takes_too_long_is_stopped(process: ToolProcess) -> None:
    """Also one that nothing inside the process would end; its process is gone afterwards."""
    process.ask("tool", SHOCKS)
    running = process._process
    assert running is not None
    os.kill(running.pid, signal.SIGSTOP)
    limits, process._limits = process._limits, Limits(seconds=0.2, memory=None)
    try:
        with pytest.raises(LimitReached, match=r"more than 0.2 s"):
            process.ask("tool", SHOCKS)
    finally:
        process._limits = limits
    assert running.poll() is not None
    assert process.ask("tool", SHOCKS)[1] is False


class Slow:
    """Stands for a process: it writes down what it is asked, and waits where it is told to."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.free = threading.Event()
        self.free.set()

    def ask(self, _kind: str, values: dict[str, object]) -> tuple[dict[str, object], bool]:
        self.asked.append(values["name"])
        assert self.free.wait(600)
        return {}, False


@pytest.mark.slow
def test_a_long_call_delays_no_other_and_a_list_goes_on_where_it_began() -> None:
    """Of two processes, the idle one answers; the rest of a list comes from the one that has it."""
    first, second = Slow(), Slow()
    processes = ToolProcesses(first, second)  # type: ignore[arg-type] # they answer as processes do
    processes.ask("tool", {"name": "a"}, "question a")
    first.free.clear()
    long = threading.Thread(target=processes.ask, args=("tool", {"name": "long"}, "question long"))
    long.start()
    while len(first.asked) < 2:
        time.sleep(0.001)
    processes.ask("tool", {"name": "b"}, "question b")
    first.free.set()
    long.join()
    processes.ask("tool", {"name": "the rest of b"}, "question b")
    processes.ask("tool", {"name": "the rest of a"}, "question a")
    assert first.asked == ["a", "long", "the rest of a"]
    assert second.asked == ["b", "the rest of b"]
