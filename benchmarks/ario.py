"""Compare rationing with BoARIO on the test table of pymrio, step by step.

``pip install boario pymrio progressbar2``, then run this.

BoARIO is an implementation of the ARIO model by others, and no dependency. Its own example takes this table, with a shock
to mining and manufactoring in one region; here the shock takes half of their capacity for 30 days, and heals over 40.

What differs, and why:

- BoARIO adapts capacity to what production lacks of the orders of the next day, the published equation to what it lacks of
  the day's own. With spare capacity losses differ by up to 2e-4 because of this; without it by rounding alone.
- In BoARIO a shock that occurs at step 1 lowers production from step 2 on, and holds a step longer than here.
- Only losses are compared: what an industry makes beyond its level before the shock counts as no loss here.
- The default of BoARIO for shocks to capital also has a demand for rebuilding, which this model has not.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from knockon.network import Network
from knockon.network.network import Floats
from knockon.propagation.rationing import Rationing
from knockon.propagation.timeline import timeline

STEPS, STOCK, LOSS, DURATION, RECOVERY = 200, 90.0, 0.5, 30, 40
HIT = (("reg1", "manufactoring"), ("reg1", "mining"))


class Row(NamedTuple):
    """A comparison of levels of production, all industries and steps: the greatest and the mean difference (0..)."""

    redirect: bool
    spare: float
    greatest: float
    mean: float
    lowest: float


def compare() -> Iterator[Row]:
    """Yield a comparison for each way to place orders, with and without spare capacity."""
    import pymrio

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    table = pymrio.load_test().calc_all()
    for redirect in (True, False):
        for spare in (1.25, 1.0):
            theirs, ours = _theirs(table, redirect, spare), _ours(table, redirect, spare)
            difference = np.abs(theirs - ours)
            yield Row(redirect, spare, float(difference.max()), float(difference.mean()), float(ours.min()))


def _theirs(table: Any, redirect: bool, spare: float) -> Floats:
    """Return the levels of production that BoARIO computes, (steps, industries)."""
    import pandas as pd
    from boario import event
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    model = ARIOPsiModel(table, order_type="alt" if redirect else "noalt", alpha_max=spare, main_inv_dur=int(STOCK))
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(model, n_temporal_units_to_sim=STEPS + 2, boario_output_dir=folder)
        impact = pd.Series(LOSS, index=pd.MultiIndex.from_tuples(HIT))
        simulation.add_event(
            event.from_series(
                impact,
                event_type="arbitrary",
                duration=DURATION,
                recovery_tau=RECOVERY,
                recovery_function="linear",
            )
        )
        simulation.loop()
        made = np.array(simulation.production_realised)
    # A loss is at least 0: what is made beyond the level before the shock is not compared.
    return np.minimum(made[2:] / made[0], 1.0)


def _ours(table: Any, redirect: bool, spare: float) -> Floats:
    """Return the levels of production of :func:`timeline` with rationing, (steps, industries), in the order of BoARIO."""
    flows = table.Z.sort_index().sort_index(axis=1)
    demand = table.Y.sum(axis=1).reindex(flows.index).to_numpy()
    names, sector = np.unique(flows.index.get_level_values(1), return_inverse=True)
    values = flows.to_numpy()
    seller, buyer = np.nonzero(values > 0)
    network = Network.from_flows(
        seller, buyer, values[seller, buyer], sector, np.full((len(names), len(names)), 2), demand, self_flows=True
    )
    shock = np.array([[LOSS * (industry in HIT) for industry in flows.index]])
    result = timeline(
        network, shock, horizon=STEPS - 1, duration=DURATION + 1, recovery=RECOVERY, buffer=STOCK, paths=True,
        rationing=Rationing(spare=spare, redirect=redirect),
    )  # fmt: skip
    return 1.0 - result.path[0]


def main() -> None:
    """Print the differences."""
    try:
        import boario  # noqa: F401 # whether it is there
    except ImportError:
        raise SystemExit("BoARIO is not installed: pip install boario pymrio") from None
    print(f"{'orders':>10} {'spare':>6} {'greatest':>10} {'mean':>10} {'lowest level':>13}")
    for row in compare():
        orders = "redirected" if row.redirect else "as before"
        print(f"{orders:>10} {row.spare:6g} {row.greatest:10.2g} {row.mean:10.2g} {row.lowest:13.4g}")


if __name__ == "__main__":
    main()
