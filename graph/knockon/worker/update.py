"""Run an update in a process of its own, which is killed at its limits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import KnockonError, LimitReached
from knockon.sparql.answers import memory_limit, time_limit
from knockon.sparql.database import in_memory
from knockon.sparql.limits import Limits
from knockon.sparql.update import GraphChanges, run_update
from knockon.worker.frames import Frame, receive, send
from knockon.worker.memory import TimeBound, bound_memory
from knockon.worker.replies import OUT_OF_MEMORY, error_values, exit_name, last_message, to_error
from knockon.worker.store_content import StoreContent

_CODE = "import sys; sys.path += sys.argv[1:]; from knockon.worker.update import main; main()"
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
#: The stack size in bytes, since deep texts recurse in the engine; only address space until it is used.
_STACK = 2**28


def changes_of(
    content: StoreContent,
    text: str,
    target: str,
    graphs: tuple[Sequence[str] | None, Sequence[str]] = (None, ()),
    limits: Limits | None = None,
) -> GraphChanges:
    """Return what an update changes; see ``sparql.update.run_update``.

    Parameters
    ----------
    content
        The content of the store.
    text
        The update.
    target
        The graph of what is inserted without a graph.
    graphs
        The default and the named graphs that the request names.
    limits
        Its limits on time and memory.

    Raises
    ------
    LimitReached
        It exceeds a limit.
    KnockonError
        See ``run_update``.
    """
    limits = limits or Limits()
    values = {"text": text, "target": target, "default": graphs[0], "named": list(graphs[1]), "limits": asdict(limits)}
    message = BytesIO()
    if content.folder is None:
        quads = BytesIO()
        content.write(quads)
        send(message, Frame("update", values, quads.getvalue()))
    else:
        send(message, Frame("update", {**values, "folder": str(content.folder)}))
    folders = dict.fromkeys((_PACKAGE_FOLDER, str(Path(pyoxigraph.__file__).resolve().parents[1])))
    with subprocess.Popen(  # noqa: S603 - this Python, our own code
        [sys.executable, "-I", "-S", *(["-B"] if sys.dont_write_bytecode else []), "-c", _CODE, *folders],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            out, errors = process.communicate(message.getvalue(), timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise time_limit(limits.seconds or 0) from None
        finally:
            process.kill()
    return _read(out, errors, process.returncode, limits)


def _read(out: bytes, errors: bytes, code: int, limits: Limits) -> GraphChanges:
    """Return the changes that the process wrote, or raise its error."""
    try:
        stream = BytesIO(out)
        answer = receive(stream)
        if answer.kind == "error":
            raise to_error(answer.values)
        removed = receive(stream)
    except EOFError:
        last = last_message(line.strip() for line in errors.decode(errors="replace").split("\n"))
        if last.startswith(OUT_OF_MEMORY) and limits.memory is not None:
            raise memory_limit(limits.memory) from None
        raise LimitReached(f"the update ended the process that ran it ({exit_name(code)}): simplify it") from None
    added_quads, removed_quads = (
        frozenset(pyoxigraph.parse(content, RdfFormat.N_QUADS)) for content in (answer.content, removed.content)
    )
    return GraphChanges(added_quads, removed_quads, answer.values["kept"])


def main() -> NoReturn:
    """Run the update on the standard input, and write its changes to the standard output."""
    threading.stack_size(_STACK)
    thread = threading.Thread(target=_serve, daemon=True)
    thread.start()
    thread.join()
    os._exit(0)


def _serve() -> None:
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    try:
        frame = receive(sys.stdin.buffer)
        values: dict[str, Any] = dict(frame.values)
        limits = Limits(**values["limits"])
        TimeBound().set(limits.seconds)
        folder = values.get("folder")
        database = in_memory(frame.content) if folder is None else pyoxigraph.Store.read_only(folder)
        bound_memory(limits)
        changes = run_update(database, values["text"], values["target"], values["default"], values["named"])
        for kind, quads in (("added", changes.added), ("removed", changes.removed)):
            content = pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) or b""
            send(out, Frame(kind, {"kept": changes.kept}, content))
    except KnockonError as error:
        send(out, Frame("error", error_values(error)))
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)
