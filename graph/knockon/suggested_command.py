"""Commands that messages suggest, with the options by which the running command was told which data to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from shlex import join

#: The words of these options, and of those that choose the records which count.
_TYPED: ContextVar[tuple[Sequence[str], Sequence[str]]] = ContextVar("typed", default=((), ()))


@contextmanager
def typed_options(source: Sequence[str], world: Sequence[str] = ()) -> Iterator[None]:
    """Let commands that are suggested meanwhile read the same data.

    Parameters
    ----------
    source
        The options that name the data, as they were typed: ``["--store", "my-store"]``.
    world
        Those that choose the records which count: ``["--as-of", "2024-01-01"]``.
    """
    token = _TYPED.set((tuple(source), tuple(world)))
    try:
        yield
    finally:
        _TYPED.reset(token)


def suggested(command: str, *, same_world: bool = False) -> str:
    """Return a command to be typed, between backticks.

    Parameters
    ----------
    command
        The command without ``knockon``, its arguments quoted where they need it.
    same_world
        Whether it is true of the same records alone, so that it also gets the options that choose them.

    Examples
    --------
    >>> suggested("impact SHOCK")
    '`knockon impact SHOCK`'
    >>> with typed_options(["--store", "my store"], ["--facts-only"]):
    ...     print(suggested("impact SHOCK"), suggested("paths a b", same_world=True))
    `knockon impact SHOCK --store 'my store'` `knockon paths a b --store 'my store' --facts-only`
    """
    source, world = _TYPED.get()
    options = join([*source, *(world if same_world else ())])
    return f"`knockon {command}{' ' if options else ''}{options}`"


__all__ = ["suggested", "typed_options"]
