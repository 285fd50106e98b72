"""Compile kernels without the interpreter's lock, and keep them on disk where there is a place for it."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}


class _Cache(FunctionCache):
    """The compiled code of one function on disk; code that another version of this package left there is discarded."""

    def load_overload(self, sig, target_context):
        """Return the compiled code for argument types, or None."""
        try:
            return super().load_overload(sig, target_context)
        except (AttributeError, ImportError):  # the file names a class that is no longer there
            self.flush()
            return None


def compiled(function: Callable[..., Any]) -> Any:
    """Return a function that numba compiles when it is first called.

    Examples
    --------
    >>> twice = compiled(lambda number: 2 * number)
    >>> twice(21)
    42
    """
    dispatcher = njit(**_OPTIONS)(function)
    with suppress(RuntimeError):  # neither the package nor the home of the user can be written to
        dispatcher._cache = _Cache(function)
    return dispatcher
