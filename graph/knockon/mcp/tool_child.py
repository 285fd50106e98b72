"""The process that answers calls of tools: see ``tool_process``."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

from knockon.mcp.assistant import Assistant
from knockon.mcp.snapshots import GraphSnapshots
from knockon.mcp.tool_process import read_frames
from knockon.serve.held_graph import read_options
from knockon.sparql.limits import Limits
from knockon.worker.frames import Frame, send
from knockon.worker.memory import bound_memory


def main() -> NoReturn:
    """Answer calls until the parent closes the pipe."""
    commands, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    # What is printed must not disturb the frames.
    os.dup2(2, 1)
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    frames: queue.Queue[Frame | None] = queue.Queue()
    threading.Thread(target=_end_with_parent, args=(commands, frames), daemon=True).start()
    try:
        _serve(frames, answers)
    except (EOFError, BrokenPipeError):
        os._exit(0)


def _end_with_parent(commands: IO[bytes], frames: queue.Queue[Frame | None]) -> None:
    """Pass on what the parent asks, and end with it, also in the middle of an answer."""
    read_frames(commands, frames)
    os._exit(0)


def _serve(frames: queue.Queue[Frame | None], answers: IO[bytes]) -> NoReturn:
    opened = _next(frames).values
    documents = None if opened["documents"] is None else Path(opened["documents"])
    assistant = Assistant(GraphSnapshots(opened["source"], read_options(opened["read"])), documents)
    with suppress(Exception):  # the first call says what is wrong with the data
        assistant.snapshots.current()
    bound_memory(Limits(**opened["limits"]))
    send(answers, Frame("ready"))
    while True:
        frame = _next(frames)
        answer, is_error = assistant.answer_here(frame.kind, frame.values)
        send(answers, Frame("answer", {"answer": answer, "is_error": is_error}))


def _next(frames: queue.Queue[Frame | None]) -> Frame:
    frame = frames.get()
    if frame is None:
        raise EOFError
    return frame


__all__ = ["main"]
