"""Start a worker process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph

from knockon.errors import UsageError

# The folders of imported packages come after those of Python itself, so that no file of a user can replace a standard module.
_CODE = "import sys; sys.path += sys.argv[1:]; from knockon.worker.child import main; main()"
#: Of Linux: the system kills the process when the thread that started it ends, even while it is suspended.
_WITH_PARENT = "import ctypes; ctypes.CDLL(None).prctl(1, 9); "
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
_WITHOUT_WORKER = "limits=None answers in this process, without limits"


def start_with_socket(module: str, stdin: socket.socket, folders: Iterable[str]) -> subprocess.Popen[bytes]:
    """Start a process that calls ``main`` of a module, with a socket as its standard input, and its messages as ours.

    Parameters
    ----------
    module
        The module.
    stdin
        The socket.
    folders
        Folders of packages that it can import.

    Raises
    ------
    OSError
        No process can be started.
    """
    known = dict.fromkeys(folder for folder in (_PACKAGE_FOLDER, *folders) if Path(folder).is_dir())
    code = f"{_ends_with_parent()}import sys; sys.path += sys.argv[1:]; from {module} import main; main()"
    return subprocess.Popen(  # noqa: S603 - this Python, our own code
        [sys.executable, *_options(), "-c", code, *known],
        stdin=stdin.fileno(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _ends_with_parent() -> str:
    return _WITH_PARENT if sys.platform == "linux" else ""


def _options() -> list[str]:
    return ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]


def start_process(folders: Iterable[str] = (), *, with_thread: bool = False) -> subprocess.Popen[bytes]:
    """Start a worker process with pipes to its standard streams.

    Parameters
    ----------
    folders
        Folders of packages that it can import besides this one and pyoxigraph.
    with_thread
        Let it end with the thread that starts it, where the system can, even while it is suspended. Without that it ends with
        its parent, but only once it runs.

    Raises
    ------
    UsageError
        No Python process can be started.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise UsageError(f"queries run in a separate process, and no Python can be started for it; {_WITHOUT_WORKER}")
    known = dict.fromkeys((_PACKAGE_FOLDER, str(Path(pyoxigraph.__file__).resolve().parents[1]), *folders))
    code = (_ends_with_parent() if with_thread else "") + _CODE
    try:
        return subprocess.Popen(  # noqa: S603 - this Python, our own code
            [sys.executable, *_options(), "-c", code, *known],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # In a forked copy of this process, the lock of a buffer that another thread holds would never be released.
            bufsize=0,
            # Ctrl-C must reach only this process, which then ends the worker.
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"the process for queries cannot be started: {error.strerror}; {_WITHOUT_WORKER}") from None
