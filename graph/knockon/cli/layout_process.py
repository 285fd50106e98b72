"""The layout of a large page, computed in a process of its own, while the rest of the page is put together.

The forces are computed by compiled code that ignores signals and lets no other thread run: in the process of the command
neither Ctrl-C nor the clock on the screen would work for seconds.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from knockon.errors import KnockonError
from knockon.lazy_sequence import LazySequence
from knockon.present.page.layout import positions

#: Up to this many entities the layout takes less time than the start of a process.
SMALL = 1_500

Links = list[tuple[int, int]]
Places = Sequence[tuple[int, int]]


@contextmanager
def layouts() -> Iterator[Callable[[int, Links], Places]]:
    """A context with ``arrange``, at the end of which no process is left, however it is left."""
    running: list[Places] = []

    def arranged(count: int, links: Links) -> Places:
        running.append(arrange(count, links))
        return running[-1]

    try:
        yield arranged
    finally:
        for places in running:
            if isinstance(places, LaidOut):
                places.end()


def arrange(count: int, links: Links) -> Places:
    """Return the places of ``present.page.layout.positions``; those of many entities are computed in a separate process.

    That process is waited for when the first place is looked at.

    Raises
    ------
    KnockonError
        On that look: the process was killed, for instance because memory ran out.
    """
    return positions(count, links) if count <= SMALL else in_own_process(count, links)


def in_own_process(count: int, links: Links) -> Places:
    """Return the layout from a new process, which ends with the places: when they are there, or nobody waits for them."""
    return LaidOut(count, links)


class LaidOut(LazySequence[tuple[int, int]]):
    """The places of some entities, which a process of its own computes until they are looked at."""

    def __init__(self, count: int, links: Links) -> None:
        layout = _Layout(count, links)
        super().__init__(layout.places, count)
        #: Ends the process.
        self.end = layout.end


class _Layout:
    """A process that computes a layout."""

    def __init__(self, count: int, links: Links) -> None:
        # It looks for modules where this process does, and nowhere else.
        code = f"import sys; sys.path[:] = {sys.path!r}; from knockon.cli.layout_process import answer; answer()"
        # In a session of its own it gets no Ctrl-C: the parent process ends it.
        self._process = subprocess.Popen(  # noqa: S603 # our own code
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.end = weakref.finalize(self, _end, self._process)
        self._output: list[bytes] = []
        question = json.dumps([count, links]).encode()
        # Neither refers to this object, which ends the process when nobody refers to it.
        self._thread = threading.Thread(target=_talk, args=(self._process, question, self._output), daemon=True)
        self._thread.start()

    def places(self) -> list[tuple[int, int]]:
        """Wait for the process, and return the places that it answered."""
        try:
            self._thread.join()
        finally:
            self.end()
        if self._process.returncode:
            raise KnockonError("the process that lays out the page was killed; is there enough memory?")
        return [(x, y) for x, y in json.loads(self._output[0])]


def _talk(process: subprocess.Popen[bytes], question: bytes, output: list[bytes]) -> None:
    answered, _ = process.communicate(question)
    output.append(answered)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def answer() -> None:
    """Read entities and links from stdin, and write their places to stdout; runs in the separate process."""
    if sys.platform == "linux":
        # This process ends with its parent (prctl, PR_SET_PDEATHSIG): it could not notice itself that the parent has ended.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    json.dump(positions(*json.load(sys.stdin)), sys.stdout)
