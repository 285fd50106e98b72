"""Prices, extraction and Ghosh against plain numpy on random tables."""

from __future__ import annotations

import numpy as np
import pytest

from knockon.propagation.extraction import extraction
from knockon.propagation.ghosh import ghosh
from knockon.propagation.price import price


def greatest_difference(tables: int) -> float:
    """The greatest difference from dense algebra on random tables, in parts of 1."""
    random = np.random.default_rng(5)
    worst = 0.0
    for _ in range(tables):
        size = int(random.integers(2, 30))
        flows = random.random((size, size)) * (random.random((size, size)) < 0.6)
        output = np.maximum(flows.sum(axis=0), flows.sum(axis=1)) * random.uniform(1.05, 2, size) + 0.1
        inputs = flows / output
        share, shock = random.random(size), random.random(size) * (random.random(size) < 0.3)
        identity = np.eye(size)
        costs = shock * 0.1
        rise = np.linalg.solve(identity - share[:, None] * inputs.T, share * costs)
        worst = max(worst, np.abs(price(flows, costs, output=output, pass_through=share).rise[0] - rise).max())
        duties = inputs.T @ costs - np.diag(inputs) * costs
        rise = np.linalg.solve(identity - inputs.T, duties)
        worst = max(worst, np.abs(price(flows, costs, output=output, rises="duty").rise[0] - rise).max())
        demand = output - flows.sum(axis=1)
        kept = 1 - shock
        left = {
            "complete": np.linalg.solve(identity - kept[:, None] * inputs, kept * demand),
            "forward": np.linalg.solve(identity - kept[:, None] * inputs, demand),
            "backward": np.linalg.solve(identity - inputs * kept, demand),
        }
        for kind, outputs in left.items():
            loss = extraction(flows, shock[None, :], extracted=kind, output=output).loss[0]
            worst = max(worst, np.abs(loss - (1 - outputs / output)).max())
        fall = shock * 0.01
        allocation = flows / output[:, None]
        change = np.linalg.solve((identity - allocation).T, fall * output) / output
        if change.max() < 1:
            worst = max(worst, np.abs(ghosh(flows, fall[None, :], output=output).loss[0] - change).max())
    return worst


@pytest.mark.parametrize("tables", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_random_tables_give_what_numpy_gives(tables: int) -> None:
    """Prices, duties, the three extractions and Ghosh are those of dense algebra."""
    assert greatest_difference(tables) < 1e-8
