"""The layout of a large page, computed in a process of its own.

The forces are computed by compiled code that ignores signals and lets no other thread run: in the process of the command
neither Ctrl-C nor the clock on the screen would work for seconds.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys

from knockon.errors import KnockonError
from knockon.present.page.layout import positions

#: Up to this many entities the layout takes less time than the start of a process.
SMALL = 1_500

Links = list[tuple[int, int]]
Places = list[tuple[int, int]]


def arrange(count: int, links: Links) -> Places:
    """Return the places of ``present.page.layout.positions``; those of many entities are computed in a separate process.

    Raises
    ------
    KnockonError
        The process was killed, for instance because memory ran out.
    """
    return positions(count, links) if count <= SMALL else in_own_process(count, links)


def in_own_process(count: int, links: Links) -> Places:
    """Return the layout from a new process, which has ended when this function returns or is interrupted."""
    # It looks for modules where this process does, and nowhere else.
    code = f"import sys; sys.path[:] = {sys.path!r}; from knockon.cli.layout_process import answer; answer()"
    # In a session of its own it gets no Ctrl-C: the parent process ends it.
    process = subprocess.Popen(  # noqa: S603 # our own code
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(json.dumps([count, links]).encode())
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise KnockonError("the process that lays out the page was killed; is there enough memory?")
    return [(x, y) for x, y in json.loads(output)]


def answer() -> None:
    """Read entities and links from stdin, and write their places to stdout; runs in the separate process."""
    if sys.platform == "linux":
        # This process ends with its parent (prctl, PR_SET_PDEATHSIG): it could not notice itself that the parent has ended.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    json.dump(positions(*json.load(sys.stdin)), sys.stdout)
