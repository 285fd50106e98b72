"""Seeded tables of money flows for the benchmarks: power-law numbers of customers, everything else uniform."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MEAN, SECTORS = 7, 50
#: Of how many firms have more than x customers, as a power of x; ``heavy``: the exponent of the density is 2.3 instead.
TAILS = {"2.3": 2.3, "heavy": 1.3}


class Table(NamedTuple):
    """What ``Network.from_flows`` takes."""

    supplier: npt.NDArray[np.int64]
    customer: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    sector: npt.NDArray[np.int64]
    essentiality: npt.NDArray[np.int64]


def table(firms: int, tail: str = "2.3", seed: int = 1) -> Table:
    """Flows of firms whose numbers of customers have a power-law tail and the mean 7.

    "Exponent 2.3" can be read in two ways, and the two are different networks:
    with the heavy tail many firms have two customers, of whom a lost one is
    worth half of them, and a cascade upstream runs two or three rounds further.
    Customers are uniform, values U(0, 1), sectors uniform, and a coin for each
    sector says whether what it sells is essential to everybody.
    """
    random = np.random.default_rng(seed)
    count = _scaled((1 - random.random(firms)) ** (-1 / TAILS[tail]), firms)
    supplier = np.repeat(np.arange(firms), count)
    customer = random.integers(0, firms, len(supplier))
    real = supplier != customer
    value = random.random(len(supplier))
    sector = random.integers(0, SECTORS, firms)
    coin = np.where(random.random(SECTORS) < 0.5, 2, 1)
    return Table(supplier[real], customer[real], value[real], sector, np.repeat(coin[:, None], SECTORS, axis=1))


def _scaled(tail: npt.NDArray[np.float64], firms: int) -> npt.NDArray[np.int64]:
    """Whole numbers in proportion to the tail, with the mean that is asked for."""
    low, high = 0.0, float(MEAN)
    for _ in range(60):
        middle = (low + high) / 2
        mean = np.minimum(np.rint(middle * tail), firms - 1).mean()
        low, high = (middle, high) if mean < MEAN else (low, middle)
    return np.minimum(np.rint(high * tail), firms - 1).astype(np.int64)
