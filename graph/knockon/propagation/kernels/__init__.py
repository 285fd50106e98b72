"""Compiled kernels for large networks; they need numba (extra ``fast``) and are imported when first used."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from knockon.errors import UsageError

Engine = Literal["auto", "numpy", "numba"]


def available() -> bool:
    """Return whether numba is installed."""
    return find_spec("numba") is not None


def choose_engine(engine: str, small: bool) -> str:
    """Return the engine to use.

    Parameters
    ----------
    engine
        ``auto``, ``numpy`` or ``numba``.
    small
        Whether the compiler would cost more time than it saves.

    Raises
    ------
    UsageError
        The engine does not exist, or is not installed.

    Examples
    --------
    >>> choose_engine("numpy", small=False), choose_engine("auto", small=True)
    ('numpy', 'numpy')
    """
    if engine not in ("auto", "numpy", "numba"):
        raise UsageError(f"unknown engine {engine!r}; known are auto, numpy, numba")
    if engine == "numpy" or (engine == "auto" and small):
        return "numpy"
    if available():
        return "numba"
    if engine == "numba":
        raise UsageError("the compiled kernels need numba: pip install 'knockon[fast]'")
    return "numpy"
