"""Compile kernels without the interpreter's lock, and keep them on disk where there is a place for it."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache

# No C function has a kernel as its argument, so none needs an address for one.
_EXACT_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_OPTIONS: dict[str, Any] = {**_EXACT_OPTIONS, "fastmath": {"contract"}}
#: For what is only called by other compiled functions.
_PART: dict[str, Any] = {"no_cpython_wrapper": True}


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
    return _kept_on_disk(function, njit(**_OPTIONS)(function))


def compiled_part(function: Callable[..., Any]) -> Any:
    """Return a function that is compiled with the :func:`compiled` ones that call it.

    It has no entry from Python, since unpacking arguments of 40 arrays there took a third of the time of compiling. A call from
    Python would end the process.

    Examples
    --------
    >>> double = compiled_part(lambda number: 2 * number)
    >>> compiled(lambda number: double(number) + 1)(21)
    43
    """
    return _kept_on_disk(function, njit(**_OPTIONS, **_PART)(function))


def compiled_exactly(function: Callable[..., Any]) -> Any:
    """Return a function that is compiled so that each product and each sum is rounded by itself, as numpy rounds them.

    Examples
    --------
    >>> compiled_exactly(lambda share, part: share[0] * part[0] + share[1] * part[1])((0.1, 0.2), (0.3, 0.7))
    0.16999999999999998
    """
    return _kept_on_disk(function, njit(**_EXACT_OPTIONS)(function))


def compiled_exactly_part(function: Callable[..., Any]) -> Any:
    """Return a function that is compiled with the :func:`compiled_exactly` ones that call it, as :func:`compiled_part`.

    Examples
    --------
    >>> third = compiled_exactly_part(lambda number: number / 3)
    >>> compiled_exactly(lambda number: third(number) + 1)(6)
    3.0
    """
    return _kept_on_disk(function, njit(**_EXACT_OPTIONS, **_PART)(function))


def _kept_on_disk(function: Callable[..., Any], dispatcher: Any) -> Any:
    with suppress(RuntimeError):  # neither the package nor the home of the user can be written to
        dispatcher._cache = _Cache(function)
    return dispatcher
