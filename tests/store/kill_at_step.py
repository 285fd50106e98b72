"""Kill a change of a store at each of its steps: a program for test_kills.py, run in a process of its own.

Usage: kill_at_step.py WHOLE FOLDER load|remove|undo. For each step the store WHOLE is copied to FOLDER/STEP, and a forked
process makes the change there and ends before that step with exit code 9; the exit codes are printed. A step is a change in
the folder: a file opened for writing, renamed or removed, a folder made or removed. The last copy takes the whole change.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from knockon.store.folder import FolderStore
from networks import data_set, entities

FIRST = (data_set("x", entities("a", "b")), data_set("y", entities("z")))
SECOND = data_set("x", entities("a", "c"))

#: What the store says before each change and after it.
STATES = {"load": ("abz", "acz"), "remove": ("acz", "z"), "undo": ("acz", "abz")}


def prepare(folder: Path, action: str) -> None:
    """Bring a store into the state before a change."""
    with FolderStore(folder) as store:
        store.load(*FIRST)
        if action != "load":
            store.load(SECOND)


def change(folder: Path, action: str) -> None:
    """Make the change."""
    with FolderStore(folder) as store:
        if action == "load":
            store.load(SECOND)
        elif action == "remove":
            store.remove("x")
        else:
            store.undo()


def kill_at(folder: Path, step: int) -> None:
    """End this process before its nth step in the folder."""
    steps = 0

    def seen(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        writing = event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}
        if event == "open":
            flags = arguments[2]
            writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        if writing and isinstance(arguments[0], str | os.PathLike):
            path = Path(arguments[0])
            inside = folder in path.parents
            # Inside an old revision one file removed is as good as another.
            if inside and (path.parent.name != "db" or path.name == "CURRENT"):
                steps += 1
                if steps == step:
                    os._exit(9)

    sys.addaudithook(seen)


def main(whole: Path, folder: Path, action: str) -> None:
    """Kill at each step, until the change is through before it is killed."""
    code = step = 0
    while code != 0 or step == 0:
        step += 1
        place = folder / str(step)
        shutil.copytree(whole, place)
        # No store was opened in this process, so it has one thread and may be forked.
        process = os.fork()
        if process == 0:
            kill_at(place, step)
            change(place, action)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print(code, flush=True)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
