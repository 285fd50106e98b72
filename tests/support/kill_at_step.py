"""Kill a change of a store at each of its steps: a program for test_kills.py, run in a process of its own.

Usage: kill_at_step.py WHOLE FOLDER ACTION STRIDE|SEED:COUNT. With a stride, the store WHOLE is copied to FOLDER/1, FOLDER/2,
..., and a forked process makes the change in copy N and ends before its step N * STRIDE with exit code 9; the last
one takes the whole change and ends with 0. With a seed and a count, so many forked processes are killed by SIGKILL at random
moments instead. Each exit code is printed; a process that has made its change ends with 0, however late the kill comes.

A step is a file opened for writing, renamed, removed or synchronised with the disk, half of a file written, a folder made or
removed, and within RocksDB: opened, a part of the quads handed over, all of them written, flushed, closed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pyoxigraph

from knockon.store import atomic_write, changed_database, database, local_change
from knockon.store.folder import FolderStore
from support.small_records import data_set, entities

FIRST = (data_set("x", entities("a", "b")), data_set("y", entities("z")))
SECOND = data_set("x", entities("a", "c"))

#: What the store says before each change and after it.
STATES = {"load": ("abz", "acz"), "remove": ("acz", "z"), "undo": ("acz", "abz"), "linked": ("abz", "acz")}
WRITING = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}


def always_linked(applies: bool = True) -> Any:
    """A context in which small stores, too, are changed by linking the files of their database."""
    limits = {"LEAST_RECORDS": 0, "_LARGEST_SHARE": 0, "_LARGEST_KEPT_SHARE": 0}
    return patch.multiple(local_change, **(limits if applies else {"LEAST_RECORDS": local_change.LEAST_RECORDS}))


def prepare(folder: Path, action: str) -> None:
    """Bring a store into the state before a change, with the leavings of one that was killed."""
    with always_linked(action == "linked"), FolderStore(folder) as store:
        store.load(*FIRST)
        if action not in ("load", "linked"):
            store.load(SECOND)
    (folder / "revision-0123456789" / "db").mkdir(parents=True)
    (folder / "revision-0123456789" / "db" / "CURRENT").write_text("MANIFEST-000005\n")
    (folder / "knockon-store.json.new").write_text("{")


def change(folder: Path, action: str) -> None:
    """Make the change."""
    with always_linked(action == "linked"), FolderStore(folder) as store:
        if action in ("load", "linked"):
            store.load(SECOND)
        elif action == "remove":
            store.remove("x")
        else:
            store.undo()


def kill_at(folder: Path, step: int) -> None:
    """End this process before its nth step in the folder."""
    steps = 0

    def pass_step() -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            os._exit(9)

    def seen(event: str, arguments: tuple[object, ...]) -> None:
        flags = arguments[2] if event == "open" else None
        writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        if (writing or event in WRITING) and isinstance(arguments[0], str | os.PathLike):
            path = Path(arguments[0])
            # Inside an old revision one file removed is as good as another.
            if folder in path.parents and (path.parent.name != "db" or path.name == "CURRENT"):
                pass_step()

    sys.addaudithook(seen)
    at_each_call(pass_step)


def at_each_call(pass_step: Callable[[], None]) -> None:  # noqa: C901 - one small function for each step
    """Count what no audit event tells of: fsync, half-written files, and the steps of a database."""
    fsync, write = os.fsync, atomic_write.write_durably

    def fsync_step(handle: int) -> None:
        pass_step()
        fsync(handle)

    def half_written(path: Path, content: bytes) -> None:
        # As a kill in the middle of the writing leaves it.
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(content[: len(content) // 2])
        pass_step()
        beside.unlink()
        write(path, content)

    class Steps:
        """A database that counts what is done with it."""

        read_only = staticmethod(pyoxigraph.Store.read_only)

        def __init__(self, path: str) -> None:
            self.db = pyoxigraph.Store(path)
            pass_step()

        def bulk_extend(self, quads: Iterable[Any]) -> None:
            self._add(quads, self.db.bulk_extend)

        def extend(self, quads: Iterable[Any]) -> None:
            self._add(quads, self.db.extend)

        def _add(self, quads: Iterable[Any], add: Callable[[Iterable[Any]], None]) -> None:
            given = list(quads)

            def handed_over() -> Iterator[Any]:
                for number, quad in enumerate(given):
                    if number == len(given) // 2:
                        pass_step()
                    yield quad

            add(handed_over())
            pass_step()

        def __contains__(self, quad: Any) -> bool:
            return quad in self.db

        def remove(self, quad: Any) -> None:
            self.db.remove(quad)
            pass_step()

        def flush(self) -> None:
            self.db.flush()
            pass_step()

    os.fsync = fsync_step
    for module in ("archive", "pointer"):
        sys.modules[f"knockon.store.{module}"].write_durably = half_written  # type: ignore[attr-defined]

    class Module:
        Store = Steps
        __version__ = pyoxigraph.__version__

    database.pyoxigraph = changed_database.pyoxigraph = Module  # type: ignore[attr-defined]


def forked(place: Path, action: str, step: int | None) -> int:
    """Make the change in a process of its own; its number."""
    # No store was opened in this process, so it has one thread and may be forked.
    process = os.fork()
    if process == 0:
        if step is not None:
            kill_at(place, step)
        change(place, action)
        os._exit(0)
    return process


def ended(process: int) -> int:
    """Wait for a process; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(whole: Path, folder: Path, action: str, how: str) -> None:
    """Kill at each step, until the change is through before it is killed, or at random moments."""
    first, _, count = how.partition(":")
    draw, number, code, longest = random.Random(first), 0, 9, 0.0  # noqa: S311 - a moment is no secret
    while number < int(count) if count else code == 9:
        number += 1
        place = folder / str(number)
        shutil.copytree(whole, place)
        begun = time.monotonic()
        process = forked(place, action, None if count else number * int(first))
        if count and number > 1:  # the first one says how long a change takes
            time.sleep(draw.uniform(0, longest))
            os.kill(process, signal.SIGKILL)
        code = ended(process)
        longest = longest or time.monotonic() - begun
        print(code, flush=True)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
