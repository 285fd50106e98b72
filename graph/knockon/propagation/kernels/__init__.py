"""Compiled kernels for large networks; they need numba (extra ``fast``) and are imported when first used."""

from __future__ import annotations

from importlib.util import find_spec


def available() -> bool:
    """Whether the compiler is installed."""
    return find_spec("numba") is not None
