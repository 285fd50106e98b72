r"""The rounds of ``leontief`` in DuckDB: the slots behind nodes that have just lost more are read again, and no others.

The equations are those of :mod:`knockon.propagation.leontief`, and the rule by which rounds end is that of
:mod:`knockon.propagation.fixed_point`. Low, point and high are columns of one table, so that each round reads the edges once.
No loss falls from one round to the next, so that the new loss of a node is the greatest of its old one and of the slots that
were read again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Floats, Ints, Mode
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.engines.duckdb_graph import nodes_alone
from knockon.propagation.engines.duckdb_part import losses_in, part_of
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.engines.network_part import Part
from knockon.propagation.fixed_point import EPS, FIRST_SOLVE, Convergence
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.leontief import SLACK
from knockon.propagation.limit import MAX_SOLVED, ROUNDING_ERROR, Limit, distance_to_limit, limit_from
from knockon.propagation.result import Result, stop_reasons
from knockon.propagation.trace import TracedRound, find_bindings

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
    kept = _Kept(tables, hits.count, bounds) if keep else None
    ended = []
    for shock in range(hits.count):
        rounds = _Rounds(session, graph)
        rounds.start(hits, shock)
        ended.append(rounds.run())
        if kept is not None:
            kept.read(session, graph, shock)
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
        session.run(f"CREATE OR REPLACE TEMP TABLE unmet AS {unmet_needs(bounds, self.graph)}")
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


def load_hits(session: Session, hits: Hits, shock: int) -> None:
    """Make the tables of what a shock hits: ``hit_node``, ``hit_slot`` and ``hit_supply``, with a column for each bound.

    What stands for the same thing is hit as well: an entity without its provisions, and the records that dispute a need.
    """
    rows = hits.of_shock(shock)
    for kind, name in ((NODE, "node"), (SLOT, "slot"), (SUPPLY, "supply")):
        chosen = rows[hits.kind[rows] == kind]
        index, place = np.unique(hits.index[chosen], return_inverse=True)
        columns: dict[str, Any] = {name: index.astype(np.int32)}
        for bound in range(3):
            # Several hits on one target: the greatest.
            severity = np.zeros(len(index))
            np.maximum.at(severity, place, hits.severity[bound, chosen])
            columns[f"hit_{bound}"] = severity
        session.load(f"hit_{name}", columns)
    session.run(f"""
        INSERT INTO hit_node SELECT node.node, hit_0, hit_1, hit_2 FROM node JOIN hit_node h ON h.node = entity
        WHERE node.node <> entity AND part = {NONE}
    """)
    session.run("""
        CREATE OR REPLACE TEMP TABLE hit_slot AS
        SELECT slot.slot AS slot, max(hit_0) AS hit_0, max(hit_1) AS hit_1, max(hit_2) AS hit_2
        FROM slot JOIN (SELECT hit_with, hit_0, hit_1, hit_2 FROM slot JOIN hit_slot USING (slot)) h
        ON h.hit_with = slot.hit_with GROUP BY slot.slot
    """)


def unmet_needs(bounds: list[int], graph: _Graph) -> str:
    """Return the query of the slots in ``affected`` that have supplies: the part of each need that these fail to meet."""
    lost = ", ".join(f"greatest(coalesce(hit_{bound}, 0.0), coalesce(p.loss_{bound}, 0.0)) AS lost_{bound}" for bound in bounds)
    unmet = ", ".join(f"{_unmet(bound, graph)} AS unmet_{bound}" for bound in bounds)
    return f"""
        SELECT slot, {unmet} FROM (
            SELECT supply.slot AS slot, share, unstated, mode, at_least, rest, {lost}
            FROM supply SEMI JOIN affected ON affected.slot = supply.slot
            LEFT JOIN state p ON p.node = provider LEFT JOIN hit_supply h ON h.supply = supply.supply
        ) GROUP BY slot
    """


def slot_values(bounds: list[int]) -> str:
    """Return the query of slots in ``affected``: ``owner``, and for each bound ``value``, their shortage by their weight."""
    values = ", ".join(
        f"""weight_{bound} * greatest(coalesce(unmet_{bound}, 0.0), coalesce(n.loss_{bound}, 0.0),
            coalesce(hit_{bound}, 0.0)) AS value_{bound}"""
        for bound in bounds
    )
    return f"""
        SELECT slot.owner AS owner, {values}
        FROM slot SEMI JOIN affected ON affected.slot = slot.slot LEFT JOIN unmet u ON u.slot = slot.slot
        LEFT JOIN state n ON n.node = slot.need LEFT JOIN hit_slot t ON t.slot = slot.slot
    """


def _unmet(bound: int, graph: _Graph) -> str:
    """Return the expression of the part of a need that its supplies fail to meet, over the supplies of a slot."""
    lost = f"lost_{bound}"
    total = f"fsum(share * {lost})"
    if graph.split and bound != POINT:
        fixed = f"fsum(CASE WHEN unstated THEN 0.0 ELSE share * {lost} END)"
        harmed = f"{'min' if bound < POINT else 'max'}(CASE WHEN unstated THEN {lost} END)"
        # Rounding must not move a bound past the point.
        end = f"{'least' if bound < POINT else 'greatest'}({fixed} + any_value(rest) * {harmed}, {total})"
        total = f"CASE WHEN any_value(rest) IS NULL THEN {total} ELSE {end} END"
    kth = f"list_sort(list({lost}) FILTER (WHERE mode = {int(Mode.AT_LEAST)}))[greatest(any_value(at_least), 1)]"
    return f"""CASE any_value(mode)
        WHEN {int(Mode.ALL_OF)} THEN max({lost})
        WHEN {int(Mode.ANY_OF)} THEN min({lost})
        WHEN {int(Mode.SHARES)} THEN least({total}, max(CASE WHEN share > 0 THEN {lost} ELSE 0.0 END))
        WHEN {int(Mode.DISPUTED)} THEN {"min" if bound < POINT else "max"}({lost})
        ELSE {kth if graph.kth else "0.0"} END"""


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


class _Kept:
    """Losses by bound, steps, bindings and shortages of all shocks."""

    def __init__(self, tables: NetworkTables, shocks: int, bounds: tuple[int, ...]) -> None:
        self.tables, self.bounds = tables, bounds
        self.loss = np.zeros((len(bounds), shocks, tables.nodes))
        self.step, self.slot, self.supply, self.source = (np.full((shocks, tables.nodes), NONE, np.int64) for _ in range(4))
        self.short = np.zeros((shocks, tables.slots))

    def read(self, session: Session, graph: _Graph, shock: int) -> None:
        """Read the losses of a shock, and find its bindings at the point."""
        columns = ", ".join(f"loss_{bound}" for bound in graph.bounds)
        losses = session.arrays(f"SELECT node, {columns} FROM state")
        for place, bound in enumerate(graph.bounds):
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
        part = part_of(session, POINT, graph.entities)
        state = losses_in(session, part, "state", f"loss_{POINT}")
        has_risen = losses_in(session, part, "before_last", "1.0::DOUBLE") > 0
        before = np.where(has_risen, losses_in(session, part, "before_last", "loss"), state)
        last = part.equations(POINT, before, split=graph.split).values(before[:, None])
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


__all__ = ["bounds_of", "run"]
