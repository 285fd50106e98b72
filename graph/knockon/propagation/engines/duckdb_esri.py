r"""ESRI in DuckDB: each round joins the firms that lose with what they sell and buy.

The equations and constants are those of :mod:`knockon.propagation.esri`. Firms that lose nothing are in no table: a round
reads the flows of the firms reached, and adds up what their customers and suppliers lose.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Floats
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.esri_task import FLOOR, NO_SALES, CascadeHits, EngineResult, EsriTask

#: Remaining sales of a sector below this share of its sales are summed anew: a small difference of large numbers would
#: be exact to nine digits only.
_RESUM_BELOW = 1e-4


class _Sums(NamedTuple):
    """The sums of the network: all weight, and the sales and the weight of each sector, (sectors,)."""

    weight: float
    of_sector: Floats
    weight_of_sector: Floats


def prepare(session: Session, weight: Floats, *, single: bool = False) -> None:
    """Make the tables of both cascades from those of the flows: ``input``, in the order of suppliers.

    Parameters
    ----------
    session
        A session with the tables of :mod:`knockon.propagation.engines.duckdb_flows`.
    weight
        What each firm counts in the index, (n,); empty: its sales.
    single
        Store shares in 32 bits: half the space, and results are exact to about 1e-6.
    """
    real = "FLOAT" if single else "DOUBLE"
    if len(weight):
        session.load("counted", {"firm": np.arange(len(weight), dtype=np.int32), "weight": weight})
    else:
        session.run("CREATE TEMP VIEW counted AS SELECT firm, sales AS weight FROM firm")
    # Inputs that are not essential are one group, whatever their sector; negligible ones are in no group.
    session.run(f"""
        CREATE TEMP TABLE grouped AS
        SELECT supplier, customer, value, s.sector AS supplier_sector, c.costs AS costs, s.sales + s.final_demand AS turnover,
               coalesce(essentiality, {NON_ESSENTIAL}) AS level
        FROM flow JOIN firm s ON s.firm = supplier JOIN firm c ON c.firm = customer
        LEFT JOIN essentiality e ON e.supplier_sector = s.sector AND e.customer_sector = c.sector
    """)
    if session.number(f"SELECT count(*) FROM essentiality WHERE essentiality = {ESSENTIAL}"):
        total = f"""CASE WHEN level = {ESSENTIAL}
                    THEN sum(value) OVER (PARTITION BY customer, CASE WHEN level = {ESSENTIAL} THEN supplier_sector ELSE -1 END)
                    ELSE costs END"""
    else:
        total = "costs"
    session.run(f"""
        CREATE TEMP TABLE input AS
        SELECT supplier, customer, CASE WHEN level = {ESSENTIAL} THEN supplier_sector ELSE -1 END AS input_group,
               (CASE WHEN level = {NEGLIGIBLE} THEN 0.0 ELSE value / ({total}) END)::{real} AS down,
               (value / turnover)::{real} AS up
        FROM grouped ORDER BY supplier
    """)
    session.run("DROP TABLE grouped")
    session.run("DROP TABLE flow")


def run(session: Session, task: EsriTask, size: int) -> EngineResult:
    """Run the shocks of a task one by one.

    Parameters
    ----------
    session
        A session that :func:`prepare` has prepared.
    task
        The input of all engines of ESRI.
    size
        The number of firms.
    """
    numbers = np.zeros((5, task.shocks))
    keep = (task.shocks, size) if task.keep else (0, size)
    down, up = np.zeros(keep), np.zeros(keep)
    sums = _sums(session)
    sector = np.zeros((task.shocks if task.by_sector else 0, len(sums.of_sector)))
    hits = task.cascade_hits()
    for shock in range(task.shocks):
        numbers[3, shock], numbers[4, shock] = _run_shock(session, task, _columns(hits, shock), sums)
        numbers[:3, shock] = indices(session, sums.weight)
        if task.by_sector:
            sector[shock] = _sector_loss(session, sums)
        if task.keep:
            losses = session.arrays("SELECT firm, down, up FROM state")
            down[shock, losses["firm"]], up[shock, losses["firm"]] = losses["down"], losses["up"]
    return EngineResult(
        numbers[0], numbers[1], numbers[2], numbers[3].astype(np.int64), numbers[4],
        down if task.keep else None, up if task.keep else None, sector if task.by_sector else None,
    )  # fmt: skip


def _sums(session: Session) -> _Sums:
    """Return the sums of the network."""
    sectors = session.arrays("""
        SELECT sector, fsum(sales) AS sales, fsum(weight) AS weight FROM firm JOIN counted USING (firm) GROUP BY sector
    """)
    last = session.number("""
        SELECT coalesce(greatest((SELECT max(sector) FROM firm), (SELECT max(supplier_sector) FROM essentiality),
                                 (SELECT max(customer_sector) FROM essentiality)), 0)
    """)
    sales, weight = np.zeros((2, int(last) + 1))
    sales[sectors["sector"]], weight[sectors["sector"]] = sectors["sales"], sectors["weight"]
    return _Sums(float(session.number("SELECT coalesce(fsum(weight), 0.0) FROM counted")), sales, weight)


def _sector_loss(session: Session, sums: _Sums) -> Floats:
    """Return the share of its weight that each sector loses, (sectors,); NaN where it has none."""
    lost = session.arrays("""
        SELECT sector, fsum(weight * greatest(down, up)) AS lost
        FROM state JOIN firm USING (firm) JOIN counted USING (firm) GROUP BY sector
    """)
    losses = np.zeros(len(sums.weight_of_sector))
    losses[lost["sector"]] = lost["lost"]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums.weight_of_sector > 0, losses / sums.weight_of_sector, np.nan)


def _columns(hits: CascadeHits, shock: int) -> dict[str, npt.NDArray[Any]]:
    """Return the losses that a shock sets itself, as columns."""
    rows = slice(hits.start[shock], hits.start[shock + 1])
    return {"firm": hits.node[rows].astype(np.int32), "hit_down": hits.down[rows], "hit_up": hits.up[rows]}


def _run_shock(session: Session, task: EsriTask, hits: dict[str, npt.NDArray[Any]], sums: _Sums) -> tuple[int, float]:
    """Run one shock until it stops, and leave its losses in ``state``; return the rounds and the last rise."""
    session.load("hit", hits)
    session.run("CREATE OR REPLACE TEMP TABLE state AS SELECT firm, hit_down AS down, hit_up AS up FROM hit")
    rounds, rise = 0, np.inf
    while rounds == 0 or (rise > task.eps and rounds < task.cap):
        lost = _lost_inputs(session, task, sums) if task.down else "SELECT NULL::INTEGER AS firm, 0.0 AS lost LIMIT 0"
        lost_sales = _LOST_SALES if task.up else "SELECT NULL::INTEGER AS firm, 0.0 AS lost LIMIT 0"
        # What a firm loses is at least its hit.
        session.run(f"""
            CREATE OR REPLACE TEMP TABLE next AS
            SELECT firm, least(greatest(coalesce(hit_down, 0.0), coalesce(i.lost, 0.0)), 1.0) AS down,
                   least(greatest(coalesce(hit_up, 0.0), coalesce(o.lost, 0.0)), 1.0) AS up,
                   coalesce(state.down, 0.0) AS down_before, coalesce(state.up, 0.0) AS up_before
            FROM ({lost}) i FULL JOIN ({lost_sales}) o USING (firm) FULL JOIN state USING (firm) LEFT JOIN hit USING (firm)
        """)
        rise = float(
            session.number("SELECT coalesce(greatest(max(down - down_before), max(up - up_before), 0.0), 0.0) FROM next")
        )
        session.run("DROP TABLE state")
        session.run("ALTER TABLE next RENAME TO state")
        rounds += 1
    return rounds, rise


#: The lost sales of each supplier.
_LOST_SALES = f"""
    SELECT supplier AS firm, fsum(up * loss) AS lost
    FROM input JOIN (SELECT firm, up AS loss FROM state WHERE up >= {FLOOR}) ON firm = customer
    GROUP BY supplier
"""


def _lost_inputs(session: Session, task: EsriTask, sums: _Sums) -> str:
    """Return the query of the lost inputs of each customer: the greatest of its groups."""
    loss = "down"
    if task.replaceability:
        remaining = _remaining_sales(session, sums)
        session.load("remaining", {"sector": np.arange(len(remaining), dtype=np.int32), "sales": remaining})
        loss = "down * least(1.0, firm.sales / remaining.sales)"
    return f"""
        SELECT customer AS firm, max(lost) AS lost FROM (
            SELECT customer, input_group, fsum(input.down * loss) AS lost
            FROM input JOIN (
                SELECT firm, {loss} AS loss FROM state {
        "JOIN firm USING (firm) JOIN remaining USING (sector)" if task.replaceability else ""
    } WHERE {loss} >= {FLOOR}
            ) ON firm = supplier
            GROUP BY customer, input_group
        ) GROUP BY customer
    """


def _remaining_sales(session: Session, sums: _Sums) -> Floats:
    """Return what each sector still sells, (sectors,); 1 where that is nothing, as published."""
    lost = session.arrays("SELECT sector, fsum(sales * down) AS lost FROM state JOIN firm USING (firm) GROUP BY sector")
    remaining: Floats = sums.of_sector.copy()
    remaining[lost["sector"]] -= lost["lost"]
    # Near NO_SALES as well, so that the rounding of the difference does not decide the comparison.
    small = np.flatnonzero(remaining <= np.maximum(sums.of_sector * _RESUM_BELOW, 2 * NO_SALES))
    small = np.intersect1d(small, lost["sector"])
    if small.size:
        session.load("small", {"sector": small.astype(np.int32)})
        again = session.arrays("""
            SELECT sector, fsum(sales * (1.0 - coalesce(down, 0.0))) AS sales
            FROM firm SEMI JOIN small USING (sector) LEFT JOIN state USING (firm) GROUP BY sector
        """)
        remaining[again["sector"]] = again["sales"]
    remaining[remaining <= NO_SALES] = 1.0
    return remaining


def indices(session: Session, weight: float) -> tuple[float, float, float]:
    """Return the shares of all weight lost by both cascades together, downstream, and upstream."""
    both, down, up = session.rows("""
        SELECT coalesce(fsum(weight * greatest(down, up)), 0.0), coalesce(fsum(weight * down), 0.0),
               coalesce(fsum(weight * up), 0.0)
        FROM state JOIN counted USING (firm)
    """)[0]
    total = weight or 1.0
    return both / total, down / total, up / total


__all__ = ["prepare", "run"]
