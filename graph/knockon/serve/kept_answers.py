"""Answers that are the same for every reader: made once for each state of the store and each day."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from knockon.analysis.answer import JsonObject
from knockon.serve.query_request import ClientGone, Gone

#: The most bytes of answers that are kept.
_MOST = 2**26
#: Answers a question by its name; the function tells whether the client has hung up.
Ask = Callable[[str, JsonObject, Gone], Coroutine[Any, Any, bytes]]


class _Making:
    """An answer that is being made, and who waits for it."""

    def __init__(self, ask: Ask, name: str, values: JsonObject) -> None:
        self._waiting: list[Gone | None] = []
        self.answer = asyncio.create_task(ask(name, values, self._all_gone))

    async def wait(self, gone: Gone | None) -> bytes:
        self._waiting.append(gone)
        # One that does not wait any longer does not end it for the others.
        return await asyncio.shield(self.answer)

    async def _all_gone(self) -> bool:
        return all([gone is not None and await gone() for gone in self._waiting])


class KeptAnswers:
    """The latest answers, within a number of bytes; several clients that ask the same at once wait for one worker.

    Parameters
    ----------
    ask
        Answers a question.
    most
        The most bytes that are kept.
    """

    def __init__(self, ask: Ask, most: int = _MOST) -> None:
        self._ask, self._most = ask, most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._making: dict[str, _Making] = {}
        self._state, self._size = "", 0

    async def get(self, state: str, name: str, values: JsonObject, gone: Gone | None = None) -> bytes:
        """Return the answer to a question.

        Parameters
        ----------
        state
            What tells the states of the store apart, and days: answers of another state are dropped.
        name, values
            The question.
        gone
            Returns whether the client has hung up; an answer that nobody waits for any longer is not made.

        Raises
        ------
        KnockonError
            As the question raises it; an error is not kept.
        """
        if state != self._state:
            self._kept.clear()
            self._state, self._size = state, 0
        key = f"{state} {name} {json.dumps(values, sort_keys=True)}"
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        while True:
            making = self._making.get(key)
            if making is None:
                making = self._making[key] = _Making(self._ask, name, values)
                making.answer.add_done_callback(lambda task: self._made(key, state, task))
            try:
                return await making.wait(gone)
            except ClientGone:
                # Those that it was made for have hung up, at the moment when this one came.
                if gone is None or await gone():
                    raise

    def _made(self, key: str, state: str, task: asyncio.Task[bytes]) -> None:
        self._making.pop(key, None)
        if task.cancelled() or task.exception() is not None or state != self._state or len(task.result()) > self._most:
            return
        self._kept[key] = task.result()
        self._size += len(task.result())
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1])


__all__ = ["KeptAnswers"]
