"""Who is told of work that takes long and that nobody asked for, such as deriving again what a large store keeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar

#: Returns a context that shows a message, and yields a function that shows how many of how many steps are done.
Watch = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]

#: What shows such work; a program may set it. By default nothing does.
long_work: ContextVar[Watch] = ContextVar("long_work", default=lambda _message: nullcontext(lambda _done, _every: None))

__all__ = ["Watch", "long_work"]
