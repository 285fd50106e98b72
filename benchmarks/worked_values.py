"""Compare models with printed values, and with numpy on 200 random tables: ``python benchmarks/worked_values.py``.

Each printed value is one that its source states for the example, at the digits that it has there. On the random tables
the textbook equations are solved by ``numpy.linalg`` on whole matrices, with none of the code of the models.
``benchmarks/ario.py`` compares rationing with BoARIO. The command ends with 1 if a value differs by more than its rounding.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from knockon.network import Network
from knockon.network.network import Floats
from knockon.propagation import cut_set_importance, extraction, ghosh, price

#: The two sectors of Miller and Blair: agriculture and manufacturing; flows and outputs.
FLOWS, OUTPUT, DEMAND = np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0]), np.array([350.0, 1700.0])
TWO_SECTORS = (
    "table of two sectors of Miller and Blair (2009), in the documentation of MacroEconometricModels.jl, Classical I-O"
)
BRIDGE = "bridge of five components at 0.9, vignette Importance measures of the R package dist.structure"
TREE = "three cut sets, FTA Studio, glossary, Fussell-Vesely importance"
TABLES, SECTORS, SEED = 200, 12, 20261127
#: The greatest difference between solutions of one table that counts as rounding.
ROUNDING = 1e-9


class Value(NamedTuple):
    """A printed value and ours.

    Attributes
    ----------
    model
        The function of ``knockon.propagation``.
    what
        What the value says.
    printed, ours
        The two numbers.
    within
        The difference that the digits of the source allow.
    source
        Where it is printed.
    """

    model: str
    what: str
    printed: float
    ours: float
    within: float
    source: str

    @property
    def agrees(self) -> bool:
        """Whether they differ by no more than the digits of the source."""
        return abs(self.printed - self.ours) <= self.within


class Comparison(NamedTuple):
    """The greatest difference between a model and numpy on random tables."""

    model: str
    equation: str
    tables: int
    greatest: float


def printed_values() -> Iterator[Value]:
    """Yield each printed value beside the one that a model computes."""
    yield from _two_sectors()
    bridge = cut_set_importance([(1, 2), (1, 3, 5), (2, 3, 4), (4, 5)], dict.fromkeys(range(1, 6), 0.1))
    birnbaum = dict(zip(bridge.nodes.tolist(), bridge.birnbaum.tolist(), strict=True))
    for component in range(1, 6):
        stated = 0.0162 if component == 3 else 0.1062
        yield Value("cut_set_importance", f"Birnbaum, component {component}", stated, birnbaum[component], 5e-5, BRIDGE)
    # The source adds up the cut sets, which counts twice what two of them share; here the probability is exact.
    tree = cut_set_importance([(0, 1), (0, 2), (3,)], {0: 0.01, 1: 0.02, 2: 0.005, 3: 0.003})
    vesely = dict(zip(tree.nodes.tolist(), tree.fussell_vesely.tolist(), strict=True))
    yield Value("cut_set_importance", "probability of the top event", 3.25e-3, tree.probability, 5e-6, TREE)
    yield Value("cut_set_importance", "Fussell-Vesely of a, in two cut sets", 0.077, vesely[0], 1e-3, TREE)
    yield Value("cut_set_importance", "Fussell-Vesely of d, a cut set alone", 0.92, vesely[3], 5e-3, TREE)


def _two_sectors() -> Iterator[Value]:
    costs = price(FLOWS, [0.1, 0.0], output=OUTPUT).rise[0]
    for sector, stated, ours in (("agriculture", 0.1254, costs[0]), ("manufacturing", 0.0330, costs[1])):
        yield Value("price", f"costs of agriculture + 0.10: price of {sector}", stated, float(ours), 5e-5, TWO_SECTORS)
    inverse = price(FLOWS, output=OUTPUT).rise  # row k: what a cost of 1 in k adds, that is, row k of the Leontief inverse
    for what, stated, ours, within in (
        ("Leontief inverse, 1 from 1", 1.254, inverse[0, 0], 5e-4),
        ("Leontief inverse, 2 from 1", 0.264, inverse[1, 0], 5e-4),
        ("Leontief inverse, 1 from 2", 0.330, inverse[0, 1], 5e-4),
        ("output multiplier of agriculture", 1.518152, inverse[:, 0].sum(), 5e-7),
        ("output multiplier of manufacturing", 1.452145, inverse[:, 1].sum(), 5e-7),
    ):
        yield Value("price", what, stated, float(ours), within, TWO_SECTORS)
    allocated = ghosh(FLOWS, [0.1, 0.0], output=OUTPUT).loss[0] * OUTPUT / (0.1 * OUTPUT[0])
    yield Value("ghosh", "Ghosh inverse, 1 to 2", 0.660, float(allocated[1]), 5e-4, TWO_SECTORS)
    taken = extraction(FLOWS, np.eye(2), output=OUTPUT)
    lost = taken.loss * OUTPUT
    for what, stated, ours, within in (
        ("without agriculture: output lost", 1210.5, lost[0].sum(), 0.05),
        ("without agriculture: of manufacturing", 210.5, lost[0, 1], 0.05),
        ("without agriculture: share of all output", 0.404, taken.index[0], 5e-4),
        ("without manufacturing: output lost", 2588.2, lost[1].sum(), 0.05),
        ("without manufacturing: share of all output", 0.863, taken.index[1], 5e-4),
    ):
        yield Value("extraction", what, stated, float(ours), within, TWO_SECTORS)


def compare_with_numpy() -> Iterator[Comparison]:
    """Yield the greatest difference of each model from the textbook equation on random tables."""
    random = np.random.default_rng(SEED)
    worst = dict.fromkeys(EQUATIONS, 0.0)
    for _ in range(TABLES):
        flows = random.random((SECTORS, SECTORS)) * (random.random((SECTORS, SECTORS)) < 0.4)
        # Output above purchases and sales by a random part: some value is added, and some is sold to final demand.
        output = np.maximum(flows.sum(axis=0), flows.sum(axis=1)) * (1 + 0.1 + random.random(SECTORS)) + 0.1
        for name, difference in _differences(flows, output, random.random(SECTORS) * 0.1).items():
            worst[name] = max(worst[name], difference)
    for name, greatest in worst.items():
        yield Comparison(name, EQUATIONS[name], TABLES, greatest)


EQUATIONS = {
    "price": "(I - A')^-1 c",
    "price, set": "the same for the sectors whose price is not set",
    "price, passed on": "(I - diag(s) A')^-1 diag(s) c",
    "extraction": "1 - (I - (I - E) A)^-1 (I - E) f / x",
    "ghosh": "v' (I - B)^-1 / x, at most 1",
}


def _differences(flows: Floats, output: Floats, shock: Floats) -> dict[str, float]:
    """Return the greatest difference of each model on one table."""
    unit = np.eye(SECTORS)
    inputs = flows / output
    demand = output - flows.sum(axis=1)
    supplier, customer = np.nonzero(flows)
    network = Network.from_flows(supplier, customer, flows[supplier, customer], final_demand=demand, self_flows=True)
    share = np.linspace(0.2, 1.0, SECTORS)
    some = np.where(np.arange(SECTORS) < 3, shock, 0.0)
    others = np.arange(SECTORS) >= 3
    rises = some.copy()
    rises[others] = np.linalg.solve(
        (unit - inputs.T)[np.ix_(others, others)], inputs.T[np.ix_(others, ~others)] @ some[~others]
    )
    kept = np.diag(1 - np.minimum(10 * some, 1.0))
    left = np.linalg.solve(unit - kept @ inputs, kept @ demand)
    supplied = np.linalg.solve(unit - (flows / output[:, None]).T, shock * output) / output
    pairs = {
        "price": (price(network, shock).rise[0], np.linalg.solve(unit - inputs.T, shock)),
        "price, set": (price(network, some, rises="price").rise[0], rises),
        "price, passed on": (
            price(network, shock, pass_through=share).rise[0],
            np.linalg.solve(unit - np.diag(share) @ inputs.T, share * shock),
        ),
        "extraction": (extraction(network, np.minimum(10 * some, 1.0)[None, :]).loss[0], 1 - left / output),
        "ghosh": (ghosh(network, shock[None, :]).loss[0], np.minimum(supplied, 1.0)),
    }
    return {name: float(np.abs(ours - theirs).max()) for name, (ours, theirs) in pairs.items()}


def main() -> int:
    """Print both tables; return 1 if anything differs."""
    print(f"{'model':19} {'what':45} {'printed':>10} {'ours':>12}")
    faults = 0
    for value in printed_values():
        faults += not value.agrees
        print(f"{value.model:19} {value.what:45} {value.printed:10g} {value.ours:12.7g}{'' if value.agrees else '  DIFFERS'}")
    print()
    for source in (TWO_SECTORS, BRIDGE, TREE):
        print(source)
    print(f"\n{TABLES} random tables of {SECTORS} sectors, greatest difference from numpy")
    for comparison in compare_with_numpy():
        faults += comparison.greatest > ROUNDING
        print(f"{comparison.model:19} {comparison.equation:45} {comparison.greatest:.1e}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
