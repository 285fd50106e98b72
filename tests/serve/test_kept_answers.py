"""Answers that every reader gets: made once for each state, by one worker, and within a number of bytes."""

from __future__ import annotations

import asyncio

import pytest

from knockon.analysis.answer import JsonObject
from knockon.errors import NotFound
from knockon.serve.kept_answers import KeptAnswers
from knockon.serve.query_request import ClientGone, Gone


class Questions:
    """A worker that writes down what it is asked, and answers with ten bytes, or when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ready = asyncio.Event()
        self.ready.set()

    async def ask(self, name: str, _values: JsonObject, gone: Gone) -> bytes:
        self.asked.append(name)
        while not self.ready.is_set():
            await asyncio.sleep(0)
            if await gone():
                raise ClientGone
        if name == "unknown":
            raise NotFound("shock", name)
        return name.ljust(10).encode()


def test_an_answer_is_made_once_for_each_state() -> None:
    """Also for those that ask at the same moment; errors are not kept."""

    async def test() -> None:
        worker = Questions()
        kept = KeptAnswers(worker.ask)
        answers = await asyncio.gather(*(kept.get("1", "matrix", {}) for _ in range(5)), kept.get("1", "matrix", {"top": 1}))
        assert set(answers) == {b"matrix    "}
        await kept.get("1", "matrix", {"top": 1})
        assert worker.asked == ["matrix", "matrix"]
        await kept.get("2", "matrix", {})
        assert worker.asked == ["matrix"] * 3
        for _ in range(2):
            with pytest.raises(NotFound):
                await kept.get("2", "unknown", {})
        assert worker.asked[3:] == ["unknown", "unknown"]

    asyncio.run(test())


def test_what_was_asked_last_is_kept() -> None:
    """Within the bytes that all may have; what is larger is not kept at all."""

    async def test() -> None:
        worker = Questions()
        kept = KeptAnswers(worker.ask, most=25)
        for name in ("a", "b", "a", "c", "a", "b"):
            await kept.get("1", name, {})
        assert worker.asked == ["a", "b", "c", "b"]
        small = KeptAnswers(worker.ask, most=5)
        for _ in range(2):
            await small.get("1", "d", {})
        assert worker.asked[4:] == ["d", "d"]

    asyncio.run(test())


def test_an_answer_ends_with_the_last_client_that_waits() -> None:
    """One of several that hangs up changes nothing for the others."""

    async def test() -> None:
        worker, left = Questions(), set[int]()
        kept = KeptAnswers(worker.ask)

        def gone(number: int) -> Gone:
            async def has_left() -> bool:
                return number in left

            return has_left

        worker.ready.clear()
        waiting = [asyncio.create_task(kept.get("1", "explorer", {}, gone(number))) for number in range(3)]
        await asyncio.sleep(0.01)
        left.update({0, 1})
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in waiting)
        left.add(2)
        assert all(isinstance(error, ClientGone) for error in await asyncio.gather(*waiting, return_exceptions=True))
        worker.ready.set()
        assert await kept.get("1", "explorer", {}, gone(3)) == b"explorer  "
        assert worker.asked == ["explorer", "explorer"]

    asyncio.run(test())
