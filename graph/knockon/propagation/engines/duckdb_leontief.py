r"""The rounds of ``leontief`` in DuckDB: the slots behind nodes that have just lost more are read again, and no others.

The equations are those of :mod:`knockon.propagation.leontief`, and the rule by which rounds end is that of
:mod:`knockon.propagation.fixed_point`. Low, point and high are columns of one table, so that each round reads the edges once.
No loss falls from one round to the next, so that the new loss of a node is the greatest of its old one and of the slots that
were read again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints, Mode
from knockon.network.hits import Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT, bounds_to_run
from knockon.propagation.engines.duckdb_hits import load_hits
from knockon.propagation.engines.duckdb_kept_losses import KeptLosses
from knockon.propagation.engines.duckdb_part import losses_in, part_of
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.engines.duckdb_unmet_needs import slot_values, unmet_needs
from knockon.propagation.engines.network_part import Part
from knockon.propagation.fixed_point import EPS, FIRST_SOLVE, Convergence
from knockon.propagation.limit import MAX_SOLVED, ROUNDING_ERROR, Limit, distance_to_limit, limit_from
from knockon.propagation.result import Result, stop_reasons

#: The most supplies of a part of the network that is solved for in memory, or whose bindings are found there.
_MAX_PART = 20_000_000


class _Graph(NamedTuple):
    """What the rounds have to know of the network, and when they end."""

    entities: int
    bounds: tuple[int, ...]
    split: bool
    kth: bool
    eps: float
    cap: int


class _Ended(NamedTuple):
    """The rounds, the last rise and the stopping error of each bound."""

    iterations: Ints
    residual: Floats
    error: Floats


def bounds_of(session: Session, hits: Hits, *, split: bool) -> tuple[int, ...]:
    """Return the bounds that need a run of their own; ``split`` says whether any slot has several readings."""
    uneven = session.number("SELECT count(*) FROM slot WHERE weight_0 <> weight_1 OR weight_1 <> weight_2")
    return bounds_to_run(hits.severity, split=split or bool(uneven))


def run(
    session: Session,
    tables: NetworkTables,
    hits: Hits,
    bounds: tuple[int, ...],
    *,
    split: bool,
    eps: float,
    cap: int,
    keep: bool,
) -> Result:
    """Run the shocks one by one, and return the result as :func:`knockon.propagation.leontief.leontief` does.

    Parameters
    ----------
    session
        A session with the tables of a graph, its edges and remainders.
    tables, hits
        The network and the shocks.
    bounds
        The bounds to run, as :func:`bounds_of` returns them.
    split
        Whether any slot has several readings.
    eps, cap
        When rounds end.
    keep
        Keep losses, steps and bindings of each node.
    """
    kth = bool(session.number(f"SELECT count(*) FROM slot WHERE mode = {int(Mode.AT_LEAST)}"))
    graph = _Graph(tables.entities, bounds, split, kth, eps, cap)
    kept = KeptLosses(tables, hits.count, bounds) if keep else None
    ended = []
    for shock in range(hits.count):
        rounds = _Rounds(session, graph)
        rounds.start(hits, shock)
        ended.append(rounds.run())
        if kept is not None:
            kept.read(session, shock, entities=tables.entities, split=split)
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    residual = np.array([one.residual.max(initial=0.0) for one in ended])
    return Result(
        model="leontief",
        **(by_node if kept is None else kept.fields(session)),
        iterations=np.array([one.iterations.max(initial=0) for one in ended], np.int64),
        residual=residual,
        stopped_by=stop_reasons(residual, eps),
        parameters={"eps": eps, "cap": cap, "engine": "duckdb"},
        error=np.array([one.error.max(initial=0.0) for one in ended]),
    )


class _Rounds:
    """The rounds of one shock, on the tables ``state``, ``changed`` and ``mark`` of the session."""

    def __init__(self, session: Session, graph: _Graph) -> None:
        self.session, self.graph = session, graph
        self.columns = ", ".join(f"loss_{bound}" for bound in graph.bounds)

    def start(self, hits: Hits, shock: int) -> None:
        """Set the losses that the shock itself sets."""
        load_hits(self.session, hits, shock)
        columns = ", ".join(f"hit_{bound} AS loss_{bound}" for bound in self.graph.bounds)
        self.session.run(f"CREATE OR REPLACE TEMP TABLE state AS SELECT node, {columns} FROM hit_node")
        self.session.run("CREATE OR REPLACE TEMP TABLE changed AS SELECT node FROM hit_node")
        self.session.run("CREATE OR REPLACE TEMP TABLE before_last (node INTEGER, loss DOUBLE)")
        self._mark()

    def run(self) -> _Ended:
        """Run rounds until every bound has ended."""
        graph = self.graph
        width = len(graph.bounds)
        ended = _Ended(np.zeros(width, np.int64), np.zeros(width), np.zeros(width))
        lanes, convergence = np.arange(width), Convergence.of(np.zeros((0, width)))
        rounds, next_solve = 0, FIRST_SOLVE
        while lanes.size:
            rounds += 1
            moving = [graph.bounds[lane] for lane in lanes]
            rise = self._round(moving, first=rounds == 1)
            convergence.record_rise(rise, rounds)
            done = convergence.at_rest(rise, graph.eps) | (rounds >= graph.cap)
            if done.any():
                self._end(ended, lanes, done, convergence, rise, rounds)
                lanes, convergence = lanes[~done], convergence.select(~done)
            if 2 * rounds == next_solve:
                self._mark()
            if rounds == next_solve:
                self._solve(lanes, convergence)
                self._mark()
                next_solve *= 2
        return ended

    def _end(self, ended: _Ended, lanes: Ints, done: Any, convergence: Convergence, rise: Floats, rounds: int) -> None:
        """Record how the bounds that end with this round have ended."""
        finished = lanes[done]
        error = convergence.error_bound(rise)[done]
        for place, lane in enumerate(finished.tolist()):
            bound = self.graph.bounds[lane]
            if error[place] > EPS and self.graph.eps > EPS:
                error[place] = self._distance(bound)
            if bound == POINT:
                # Bindings are read off the last round, so the state before it is kept.
                self.session.run(f"""
                    CREATE OR REPLACE TEMP TABLE before_last AS
                    SELECT node, old_{bound} AS loss FROM risen WHERE new_{bound} > old_{bound}
                """)
        ended.iterations[finished], ended.error[finished] = rounds, error
        # Near a solution rounds change by rounding alone.
        ended.residual[finished] = np.where(convergence.solved & (rise <= ROUNDING_ERROR), 0.0, rise)[done]

    def _mark(self) -> None:
        """Keep the losses of now, to see later which of them move."""
        self.session.run("CREATE OR REPLACE TEMP TABLE mark AS SELECT * FROM state")

    def _round(self, bounds: list[int], *, first: bool) -> Floats:
        """Run one round of some bounds, and return the greatest rise of each."""
        session = self.session
        hit = (
            """UNION SELECT slot FROM hit_slot
               UNION SELECT supply.slot FROM supply SEMI JOIN hit_supply ON hit_supply.supply = supply.supply"""
            if first
            else ""
        )
        session.run(f"""
            CREATE OR REPLACE TEMP TABLE affected AS
            SELECT slot FROM edge SEMI JOIN changed ON changed.node = source {hit or "GROUP BY slot"}
        """)
        session.run(f"CREATE OR REPLACE TEMP TABLE unmet AS {unmet_needs(bounds, split=self.graph.split, kth=self.graph.kth)}")
        # One after another: joins and sums of one statement would all need their memory at once.
        session.run(f"CREATE OR REPLACE TEMP TABLE valued AS {slot_values(bounds)}")
        greatest = ", ".join(f"max(value_{bound}) AS value_{bound}" for bound in bounds)
        session.run(f"CREATE OR REPLACE TEMP TABLE owned AS SELECT owner, {greatest} FROM valued GROUP BY owner")
        session.run("DROP TABLE valued")
        new = ", ".join(
            f"greatest(value_{bound}, coalesce(loss_{bound}, 0.0)) AS new_{bound}, coalesce(loss_{bound}, 0.0) AS old_{bound}"
            for bound in bounds
        )
        rises = " OR ".join(f"new_{bound} > old_{bound}" for bound in bounds)
        session.run(f"""
            CREATE OR REPLACE TEMP TABLE risen AS
            SELECT * FROM (
                SELECT owner AS node, state.node IS NOT NULL AS known, {new} FROM owned LEFT JOIN state ON state.node = owner
            ) WHERE {rises}
        """)
        most = ", ".join(f"coalesce(max(new_{bound} - old_{bound}), 0.0)" for bound in bounds)
        rise = session.rows(f"SELECT {most} FROM risen")[0]
        if max(rise) > 0:
            values = ", ".join(f"loss_{bound} = new_{bound}" for bound in bounds)
            session.run(f"UPDATE state SET {values} FROM risen WHERE known AND risen.node = state.node")
            columns = ", ".join(f"new_{bound}" if bound in bounds else "0.0" for bound in self.graph.bounds)
            session.run(f"INSERT INTO state SELECT node, {columns} FROM risen WHERE NOT known")
        session.run("CREATE OR REPLACE TEMP TABLE changed AS SELECT node FROM risen")
        return np.array(rise, np.float64)

    def _solve(self, lanes: Ints, convergence: Convergence) -> None:
        """Solve for the limits of bounds that converge slowly, where that can be done for certain."""
        for place, lane in enumerate(lanes.tolist()):
            bound = self.graph.bounds[lane]
            part = None if convergence.solved[place] else self._moving_part(bound)
            if part is None:
                continue
            state, mark = self._states(part, bound)
            limit = limit_from(part.equations(bound, state, split=self.graph.split), 0, state, mark)
            if limit is not None:
                convergence.solution_error[place] = limit.error
                self._set(part, bound, state, limit)

    def _distance(self, bound: int) -> float:
        """Return how far below their limits the losses of a bound may be; 1 where that cannot be solved for."""
        part = self._moving_part(bound)
        if part is None:
            return 1.0
        state, mark = self._states(part, bound)
        return distance_to_limit(part.equations(bound, state, split=self.graph.split), 0, state, mark)

    def _moving_part(self, bound: int) -> Part | None:
        """Return the part of the nodes whose losses have moved since the mark; None where there are too many, or none."""
        session = self.session
        session.run(f"""
            CREATE OR REPLACE TEMP TABLE chosen AS
            SELECT state.node AS node FROM state LEFT JOIN mark ON mark.node = state.node
            WHERE state.loss_{bound} <> coalesce(mark.loss_{bound}, 0.0) LIMIT {MAX_SOLVED + 1}
        """)
        count = session.number("SELECT count(*) FROM chosen")
        if not 0 < count <= MAX_SOLVED or _supplies_around(session) > _MAX_PART:
            return None
        return part_of(session, bound, self.graph.entities)

    def _states(self, part: Part, bound: int) -> tuple[Floats, Floats]:
        return (
            losses_in(self.session, part, "state", f"loss_{bound}"),
            losses_in(self.session, part, "mark", f"loss_{bound}"),
        )

    def _set(self, part: Part, bound: int, state: Floats, limit: Limit) -> None:
        """Set the losses of a part to their limits."""
        moved = np.flatnonzero(limit.state != state)
        self.session.load("limits", {"node": part.nodes[moved].astype(np.int32), "loss": limit.state[moved]})
        self.session.run(f"UPDATE state SET loss_{bound} = limits.loss FROM limits WHERE limits.node = state.node")
        self.session.run("INSERT INTO changed SELECT node FROM limits")


def _supplies_around(session: Session) -> int:
    """Return the number of supplies of the nodes in ``chosen`` and of those that depend on them."""
    return int(
        session.number("""
            SELECT count(*) FROM supply SEMI JOIN (
                SELECT slot FROM slot WHERE owner IN (
                    SELECT node FROM chosen UNION SELECT owner FROM edge SEMI JOIN chosen ON chosen.node = source
                )
            ) s ON s.slot = supply.slot
        """)
    )


__all__ = ["bounds_of", "run"]
