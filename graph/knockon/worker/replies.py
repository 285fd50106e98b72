"""What the parent makes of the messages of a worker: replies to its requests, its errors, and why it ended."""

from __future__ import annotations

import json
import signal
from array import array
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from knockon import errors
from knockon.errors import InvalidData, KnockonError, LimitReached, NotFound, Problem
from knockon.sparql.answers import memory_limit, time_limit
from knockon.sparql.limits import Limits
from knockon.worker.frames import Frame

if TYPE_CHECKING:
    from knockon.sparql.losses import LossFunctions
    from knockon.worker.store_content import StoreContent

#: How the last message of a worker begins if memory ran out; advice of its runtime may follow.
OUT_OF_MEMORY = ("memory allocation of", "MemoryError")


def reply_frame(values: Mapping[str, Any], data: StoreContent, functions: LossFunctions | None) -> Frame | None:
    """Return the frame that the worker requests; None if it requests the quads, which are sent in chunks.

    Parameters
    ----------
    values
        The values of its request.
    data
        The content that the query runs on.
    functions
        The functions that the query may call.

    Raises
    ------
    EOFError
        The worker requests losses for a query without functions.
    """
    what = values["what"]
    if what == "database" and data.folder is not None:
        return Frame("open", {"folder": str(data.folder)})
    if what in {"database", "quads"}:
        return None
    if functions is None:
        raise EOFError
    losses = functions.losses
    if what == "losses":
        if losses.key == values["cached"]:
            return Frame("losses")
        names = {name: list(getattr(losses, name)) for name in ("shocks", "nodes", "others", "unsettled")}
        return Frame(
            "losses", content=json.dumps({**names, "key": losses.key, "cap": losses.cap, "shown": dict(losses.shown)}).encode()
        )
    loss, step = losses.row(int(values["row"]))
    return Frame("row", content=array("d", loss).tobytes() + array("i", step).tobytes())


def error_values(error: KnockonError) -> dict[str, Any]:
    """Return what ``to_error`` makes an error of in another process.

    >>> to_error(error_values(NotFound("entity", "nvida", ["nvidia"]))).nearest
    ['nvidia']
    """
    # Classes of other modules, which the other process may not know, are subclasses of those of ``errors``.
    known = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == errors.__name__)
    values: dict[str, Any] = {"error": known, "message": str(error)}
    if isinstance(error, NotFound):
        values |= {"what": error.what, "name": error.name, "nearest": error.nearest}
    if isinstance(error, InvalidData):
        values["problems"] = [[each.file, each.line, each.message, each.hint] for each in error.problems]
        values["outcome"] = error.outcome
    return values


def to_error(values: Mapping[str, Any]) -> KnockonError:
    """Create the error that the worker reports, of the class of ``errors`` that it would have in this process."""
    kind = getattr(errors, str(values.get("error")), KnockonError)
    error: KnockonError = kind.__new__(kind)
    KnockonError.__init__(error, str(values.get("message")))
    if isinstance(error, NotFound):
        error.what, error.name, error.nearest = values["what"], values["name"], list(values["nearest"])
    if isinstance(error, InvalidData):
        error.problems = [Problem(*each) for each in values["problems"]]
        error.outcome = str(values["outcome"])
    return error


class WorkerLost(Exception):
    """The worker ended before it started the query."""


def exit_error(code: int | None, last: str, reason: str, limits: Limits, *, started: bool) -> Exception:
    """Return the error for a worker that ended during a query: which limit was exceeded, or how the process ended.

    Parameters
    ----------
    code
        Its exit code.
    last
        The last message that it printed.
    reason
        The limit for which the parent ended it, ``time`` or ``memory``; empty if it ended by itself.
    limits
        The limits of the query.
    started
        Whether the worker had started the query; if not, and no limit was exceeded, this is ``WorkerLost``.
    """
    if (reason == "memory" or last.startswith(OUT_OF_MEMORY)) and limits.memory is not None:
        return memory_limit(limits.memory)
    timed_out = reason == "time" or (hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU)
    if timed_out and limits.seconds is not None:
        return time_limit(limits.seconds)
    if not started:
        return WorkerLost(last or exit_name(code))
    how = exit_name(code) + (f": {last}" if last else "")
    if code is None or code >= 0:
        return KnockonError(f"the process for queries failed: {how}")
    return LimitReached(
        f"the query ended the process that answered it ({how}): it is too long or too deep for the engine; simplify it"
    )


def last_message(lines: Iterable[str]) -> str:
    """Return the line of a worker's output that explains why it ended: that memory ran out, or else the last line.

    >>> last_message(["memory allocation of 8589934592 bytes failed", "stack backtrace:", "note: Some details are omitted"])
    'memory allocation of 8589934592 bytes failed'
    """
    messages = [line for line in lines if line and not line.startswith("note:")]
    return next((line for line in messages if line.startswith(OUT_OF_MEMORY)), messages[-1] if messages else "")


def exit_name(code: int | None) -> str:
    """Return the name of the signal that ended a process, or its exit code.

    >>> exit_name(-15), exit_name(1)
    ('SIGTERM', 'exit code 1')
    """
    try:
        return signal.Signals(-(code or 0)).name
    except ValueError:
        return f"exit code {code}"
