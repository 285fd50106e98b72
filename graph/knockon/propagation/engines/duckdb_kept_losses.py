"""What a run of ``leontief`` in DuckDB keeps of each shock: losses by bound, steps, bindings and shortages."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.arrays import NONE
from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT, enclose
from knockon.propagation.engines.duckdb_graph import nodes_alone
from knockon.propagation.engines.duckdb_part import losses_in, part_of
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.leontief import SLACK
from knockon.propagation.trace import TracedRound, find_bindings


class KeptLosses:
    """Losses by bound, steps, bindings and shortages of all shocks."""

    def __init__(self, tables: NetworkTables, shocks: int, bounds: tuple[int, ...]) -> None:
        self.tables, self.bounds = tables, bounds
        self.loss = np.zeros((len(bounds), shocks, tables.nodes))
        self.step, self.slot, self.supply, self.source = (np.full((shocks, tables.nodes), NONE, np.int64) for _ in range(4))
        self.short = np.zeros((shocks, tables.slots))

    def read(self, session: Session, shock: int, *, entities: int, split: bool) -> None:
        """Read the losses of a shock, and find its bindings at the point."""
        columns = ", ".join(f"loss_{bound}" for bound in self.bounds)
        losses = session.arrays(f"SELECT node, {columns} FROM state")
        for place, bound in enumerate(self.bounds):
            self.loss[place, shock, losses["node"]] = losses[f"loss_{bound}"]
        # Slots that are hit may be short though their owners lose nothing.
        session.run(f"""
            CREATE OR REPLACE TEMP TABLE chosen AS
            SELECT node FROM state WHERE loss_{POINT} > 0
            UNION SELECT owner FROM slot SEMI JOIN hit_slot ON hit_slot.slot = slot.slot
            UNION SELECT owner FROM slot SEMI JOIN (
                SELECT slot FROM supply SEMI JOIN hit_supply ON hit_supply.supply = supply.supply
            ) s ON s.slot = slot.slot
        """)
        part = part_of(session, POINT, entities)
        state = losses_in(session, part, "state", f"loss_{POINT}")
        has_risen = losses_in(session, part, "before_last", "1.0::DOUBLE") > 0
        before = np.where(has_risen, losses_in(session, part, "before_last", "loss"), state)
        last = part.equations(POINT, before, split=split).values(before[:, None])
        # The loss as this round computes it: that of the session may differ from its terms in the last digit.
        lost, unmet, short, value, after = (values[:, 0] for values in last)
        traced = TracedRound(before, after, lost, part.network.supply_share * lost, unmet, short, value, SLACK)
        step, slot, supply, source = find_bindings(part.network, part.hit, traced)
        self.step[shock, part.nodes] = step
        for array, rows, numbers in (
            (self.slot, slot, part.slots), (self.supply, supply, part.supplies), (self.source, source, part.nodes),
        ):  # fmt: skip
            array[shock, part.nodes[rows != NONE]] = numbers[rows[rows != NONE]]
        self.short[shock, part.slots] = short

    def fields(self, session: Session) -> dict[str, Any]:
        """Return the fields of a result by node."""
        loss = self.loss[self.bounds.index(POINT)]
        low, high = enclose(self.loss[0], loss, self.loss[-1])
        network = nodes_alone(session, self.tables)
        bindings = (self.step, self.slot, self.supply, self.source)
        return {**by_entity(network, (low, loss, high), bindings), "shortage": self.short}


__all__ = ["KeptLosses"]
