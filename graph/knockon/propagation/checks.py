"""Check the arguments that several models share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.network import Floats, Network

#: The most draws: more would run for hours, and the estimates are exact enough.
MAX_DRAWS = 10_000_000


def require_network(value: Any, model: str) -> Network:
    """Return the argument if it is a Network.

    Raises
    ------
    UsageError
        Something else was given; the message says what makes a Network of it.
    """
    if not isinstance(value, Network):
        type_name = type(value).__name__
        hint = "Network.from_flows(supplier, customer, value), or graph.network() of a graph"
        raise UsageError(f"{model} runs on a Network, not on a {type_name}: make one by {hint}")
    return value


def check_stopping(eps: Any, cap: Any) -> None:
    """Raise UsageError unless ``eps`` is in 0..1 (1 excluded) and ``cap`` a whole number of rounds, 1 or more.

    >>> check_stopping(0.01, 100)
    >>> check_stopping(-1, 100)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: eps must be a number in 0..1, not -1
    """
    if not _is_number(eps) or not 0 <= eps < 1:
        raise UsageError(f"eps must be a number in 0..1, not {eps!r}")
    if not isinstance(cap, int | np.integer) or isinstance(cap, bool) or not 1 <= cap < 2**62:
        raise UsageError(f"cap must be a whole number of rounds, from 1 to {2**62 - 1}, not {cap!r}")


def row_values(name: str, value: npt.ArrayLike, count: int, *, infinite: bool = False) -> Floats:
    """Return a number of 0 or more for each of ``count`` rows, from one number for all or an array of one for each.

    >>> row_values("stock", 2, 3).tolist()
    [2.0, 2.0, 2.0]
    """
    try:
        values = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} must be a number, or {count} of them") from None
    if values.shape not in ((), (count,)):
        raise UsageError(f"{name} must be one number or {count}, not an array of shape {values.shape}")
    if not (values >= 0).all() or (not infinite and not np.isfinite(values).all()):
        raise UsageError(f"{name} must be 0 or more{'' if infinite else ' and finite'}")
    return np.broadcast_to(values, count)


def check_whole_number(name: str, value: Any, least: int) -> None:
    """Raise UsageError unless the value is a whole number of ``least`` or more.

    >>> check_whole_number("draws", 10, 1)
    >>> check_whole_number("draws", 0, 1)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: draws must be a whole number, 1 or more, not 0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} must be a whole number, {least} or more, not {value}")


def check_draws_and_seed(draws: Any, seed: Any, *, least: int) -> None:
    """Raise UsageError unless draws are in ``least``..:data:`MAX_DRAWS` and the seed is a whole number of 0 or more.

    >>> check_draws_and_seed(10**12, 0, least=2)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: draws must be at most 10,000,000, not 1000000000000: an estimate is then off by less than 0.0002
    """
    check_whole_number("draws", draws, least)
    check_whole_number("seed", seed, 0)
    if draws > MAX_DRAWS:
        limit = f"draws must be at most {MAX_DRAWS:,}, not {draws}"
        raise UsageError(f"{limit}: an estimate is then off by less than 0.0002")


def check_flag(name: str, value: Any) -> None:
    """Raise UsageError unless the value is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise UsageError(f"{name} must be True or False, not {value!r}")


def _is_number(value: Any) -> bool:
    """Return whether a value is a real number other than NaN."""
    is_real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return is_real and not math.isnan(value)
