"""The layout of a large page, in a process of its own.

The springs are computed by compiled code that looks at no signal and lets no
other thread run: in the command's own process neither Ctrl-C nor the clock on
the screen would work for seconds.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys

from knockon.errors import KnockonError
from knockon.present.page.layout import positions

#: Up to so many entities the layout is done before a process could start.
APART = 1_500

Links = list[tuple[int, int]]
Places = list[tuple[int, int]]


def arranged(count: int, links: Links) -> Places:
    """The same places as ``present.page.layout.positions``; of many entities, from a process that ends with this call.

    Raises
    ------
    KnockonError
        The process was ended from outside, for instance for want of memory.
    """
    return positions(count, links) if count <= APART else in_own_process(count, links)


def in_own_process(count: int, links: Links) -> Places:
    """The layout from a fresh process, which is gone when this returns or is interrupted."""
    # It looks for modules where this process does, and nowhere else.
    code = f"import sys; sys.path[:] = {sys.path!r}; from knockon.cli.layout_process import answer; answer()"
    # In a session of its own it never hears Ctrl-C: the one who waits decides.
    process = subprocess.Popen(  # noqa: S603 # our own code
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        found, _ = process.communicate(json.dumps([count, links]).encode())
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise KnockonError("the layout of the page was ended from outside; is there memory enough?")
    return [(x, y) for x, y in json.loads(found)]


def answer() -> None:
    """What the other process does: a question on stdin, its places on stdout."""
    if sys.platform == "linux":
        # Whatever ends the one who waits ends this process too (prctl, PR_SET_PDEATHSIG): it could not notice itself.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    json.dump(positions(*json.load(sys.stdin)), sys.stdout)
