"""What every model asks of its arguments before it begins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.network import Floats, Network


def network_of(given: Any, model: str) -> Network:
    """A Network, and nothing else.

    Raises
    ------
    UsageError
        Something else was given: said what makes a Network of it.
    """
    if not isinstance(given, Network):
        kind = type(given).__name__
        made = "Network.from_flows(supplier, customer, value), or graph.network() of a graph"
        raise UsageError(f"{model} runs on a Network, not on a {kind}: make one by {made}")
    return given


def until(eps: Any, cap: Any) -> None:
    """When a run stops: ``eps`` in 0..1 (1 left out), ``cap`` a whole number of rounds, 1 or more.

    >>> until(0.01, 100)
    >>> until(-1, 100)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: eps must be a number in 0..1, not -1
    """
    if not _number(eps) or not 0 <= eps < 1:
        raise UsageError(f"eps must be a number in 0..1, not {eps!r}")
    if not isinstance(cap, int | np.integer) or isinstance(cap, bool) or not 1 <= cap < 2**62:
        raise UsageError(f"cap must be a whole number of rounds, 1 or more, not {cap!r}")


def per_row(name: str, given: npt.ArrayLike, count: int, *, infinite: bool = False) -> Floats:
    """A number, 0 or more, for each of ``count`` rows: from one for all, or one for each.

    >>> per_row("stock", 2, 3).tolist()
    [2.0, 2.0, 2.0]
    """
    try:
        values = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} must be a number, or {count} of them") from None
    if values.shape not in ((), (count,)):
        raise UsageError(f"{name} must be one number or {count}, not an array of shape {values.shape}")
    if not (values >= 0).all() or (not infinite and not np.isfinite(values).all()):
        raise UsageError(f"{name} must be 0 or more{'' if infinite else ' and finite'}")
    return np.broadcast_to(values, count)


def flag(name: str, given: Any) -> None:
    """A parameter that is True or False."""
    if not isinstance(given, bool | np.bool_):
        raise UsageError(f"{name} must be True or False, not {given!r}")


def _number(given: Any) -> bool:
    real = isinstance(given, int | float | np.integer | np.floating) and not isinstance(given, bool)
    return real and not math.isnan(given)
