"""A child process that parses, plans and asks queries on an empty store, so that a crash of the engine is seen and survived."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Self

_CHILD = """
import json, resource, sys, threading
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
import pyoxigraph
from knockon.vocabulary import PREFIXES
store = pyoxigraph.Store()

def main():
    for line in sys.stdin:
        try:
            answer = store.query(json.loads(line), prefixes=PREFIXES, use_default_graph_as_union=True)
            if not isinstance(answer, pyoxigraph.QueryBoolean):
                next(iter(answer), None)
        except (SyntaxError, RuntimeError, ValueError) as error:
            print(type(error).__name__, flush=True)
        else:
            print("answer", flush=True)

# As much as the main thread has on Linux and macOS.
threading.stack_size(8 << 20)
thread = threading.Thread(target=main)
thread.start()
thread.join()
"""


class Engine:
    """The child process; it is started again after a crash."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def ask(self, text: str) -> str:
        """Return ``answer``, the class of the error, or ``signal`` with the number of the signal that ended the child."""
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        child = self._child
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(text) + "\n")
        child.stdin.flush()
        line = child.stdout.readline().strip()
        return line or f"signal {-self._end()}"

    def _end(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        assert child.stdin
        assert child.stdout
        child.stdin.close()
        child.stdout.close()
        return child.wait()
