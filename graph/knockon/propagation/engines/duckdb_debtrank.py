r"""DebtRank in DuckDB: only nodes whose distress has just risen pass something on.

The equations are those of :mod:`knockon.propagation.debtrank`. Of the linear variant the sum of what a node has taken from its
exposures is kept, unbounded, so that a round adds what the rises of the last round add: the first form of its equation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import Hits
from knockon.network.tables import NetworkTables
from knockon.network.tables.equity import check_equity
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.debtrank import DebtRankResult
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.result import stop_reasons


class Exposed(NamedTuple):
    """The parameters of a run, and the shocks."""

    hits: Hits
    variant: Variant
    eps: float
    cap: int
    keep: bool


def prepare(session: Session, tables: NetworkTables, equity: Floats | None, value: Floats | None, variant: Variant) -> None:
    """Make the tables ``exposure`` (lender, borrower, weight), by borrower, and ``worth`` (firm, part of all value).

    Parameters
    ----------
    session
        A session with the tables of flows: suppliers are the lenders.
    tables
        The network, for messages.
    equity, value
        The equity and the economic weight of each firm, (n,); None: the column of the tables, and all that it has lent.
    variant
        ``linear`` or ``original``.

    Raises
    ------
    UsageError
        No equity is given.
    InvalidData
        Equity of a firm is not known or not above 0.
    """
    firm = "SELECT firm, equity, sales AS value FROM firm"
    if equity is not None:
        session.load("given_equity", {"firm": np.arange(len(equity), dtype=np.int32), "equity": equity})
        firm = "SELECT firm, g.equity AS equity, sales AS value FROM firm JOIN given_equity g USING (firm)"
    else:
        check_equity(tables)
    if value is not None:
        session.load("given_value", {"firm": np.arange(len(value), dtype=np.int32), "value": value})
        firm = f"SELECT firm, equity, g.value AS value FROM ({firm}) f JOIN given_value g USING (firm)"
    session.run(f"CREATE TEMP TABLE owned AS {firm}")
    most = "1.0" if variant == "original" else repr(float(np.finfo(float).max))
    session.run(f"""
        CREATE TEMP TABLE exposure AS
        SELECT supplier AS lender, customer AS borrower, least(value / equity, {most}) AS weight
        FROM (SELECT supplier, customer, flow.value AS value, equity FROM flow JOIN owned ON owned.firm = supplier)
        ORDER BY borrower
    """)
    session.run("DROP TABLE flow")
    # Scaled first: a sum of large values must not overflow.
    most_valued = session.number("SELECT coalesce(max(value), 0.0) FROM owned") or 1.0
    total = session.number("SELECT coalesce(fsum(value / ?), 0.0) FROM owned", (most_valued,)) or 1.0
    session.run("CREATE TEMP TABLE worth AS SELECT firm, value / ? / ? AS part FROM owned", (most_valued, total))


def run(session: Session, tables: NetworkTables, exposed: Exposed) -> DebtRankResult:
    """Run the shocks one by one.

    Parameters
    ----------
    session
        A session that :func:`prepare` has prepared.
    tables
        The network.
    exposed
        The shocks and parameters.
    """
    hits = exposed.hits
    bounds = bounds_to_run(hits.severity)
    index, residual = np.zeros((3, hits.count)), np.zeros((len(bounds), hits.count))
    iterations = np.zeros((len(bounds), hits.count), np.int64)
    losses = np.zeros((len(bounds), hits.count if exposed.keep else 0, tables.entities))
    for shock in range(hits.count):
        totals = []
        for place, bound in enumerate(bounds):
            start = hits.node_losses("debtrank", bound)
            rows = slice(start.start[shock], start.start[shock + 1])
            iterations[place, shock], residual[place, shock] = _run_shock(session, exposed, start.node[rows], start.loss[rows])
            state = session.arrays("SELECT firm, least(loss, 1.0) AS loss FROM state") if exposed.keep else {}
            if exposed.keep:
                losses[place, shock, state["firm"]] = state["loss"]
            totals.append(_totals(session))
        low, point, high = totals if len(totals) == 3 else totals * 3
        # A node that loses more to the shock itself has less to lose to distress, so the ends are crossed.
        crossed = [max(end.loss - other.hit, 0.0) for end, other in ((low, high), (point, point), (high, low))]
        index[:, shock] = min(crossed[0], crossed[1]), crossed[1], max(crossed[2], crossed[1])
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if exposed.keep:
        loss = losses[bounds.index(POINT)]
        least, most = enclose(losses[0], loss, losses[-1])
        by_node |= {"loss": loss, "low": least, "high": most}
    last = residual.max(axis=0, initial=0.0)
    return DebtRankResult(
        model="debtrank", **by_node, iterations=_most(iterations), residual=last,
        stopped_by=stop_reasons(last, exposed.eps if exposed.variant == "linear" else 0.0),
        parameters={"variant": exposed.variant, "eps": exposed.eps, "cap": exposed.cap, "engine": "duckdb"},
        index=index[1], index_low=index[0], index_high=index[2],
    )  # fmt: skip


class _Totals(NamedTuple):
    """The value lost in the end, and by the shock itself, as parts of all value."""

    loss: float
    hit: float


def _totals(session: Session) -> _Totals:
    return _Totals(
        *session.rows("""
        SELECT coalesce(fsum(part * least(loss, 1.0)), 0.0), coalesce(fsum(part * hit), 0.0) FROM state JOIN worth USING (firm)
    """)[0]
    )


def _most(numbers: Ints) -> Ints:
    most: Ints = numbers.max(axis=0, initial=0)
    return most


def _run_shock(session: Session, exposed: Exposed, node: Ints, loss: Floats) -> tuple[int, float]:
    """Run one shock, and leave ``state`` (firm, hit, loss without a bound at 1, sent); return rounds and residual."""
    session.load("hit", {"firm": node.astype(np.int32), "hit": loss})
    session.run("CREATE OR REPLACE TEMP TABLE state AS SELECT firm, hit, hit AS loss, 0.0::DOUBLE AS sent FROM hit")
    rounds = 0
    while True:
        rounds += 1
        rise = (_linear_round if exposed.variant == "linear" else _original_round)(session)
        if rise <= (exposed.eps if exposed.variant == "linear" else 0.0) or rounds >= exposed.cap:
            return rounds, rise


def _add_taken(session: Session, passed: str) -> None:
    """Add to ``state`` what lenders take from borrowers, ``passed`` (firm, amount), and make ``taken`` of the amounts."""
    session.run(f"""
        CREATE OR REPLACE TEMP TABLE taken AS
        SELECT lender AS firm, fsum(weight * amount) AS amount
        FROM exposure JOIN ({passed}) p ON p.firm = borrower GROUP BY lender
    """)
    session.run("UPDATE state SET loss = loss + amount FROM taken WHERE taken.firm = state.firm")
    session.run("INSERT INTO state SELECT firm, 0.0, amount, 0.0 FROM taken WHERE firm NOT IN (SELECT firm FROM state)")


def _linear_round(session: Session) -> float:
    """Pass on what has not been passed on yet, and return the greatest rise."""
    session.run("""
        CREATE OR REPLACE TEMP TABLE rising AS
        SELECT firm, least(loss, 1.0) AS loss, least(loss, 1.0) - sent AS amount FROM state WHERE least(loss, 1.0) <> sent
    """)
    session.run("UPDATE state SET sent = rising.loss FROM rising WHERE rising.firm = state.firm")
    _add_taken(session, "SELECT firm, amount FROM rising")
    return float(session.number("SELECT coalesce(max(least(loss, 1.0) - sent), 0.0) FROM state"))


def _original_round(session: Session) -> float:
    """Pass on the losses of nodes that have passed on nothing yet, and return the most that is left to be passed on."""
    session.run("CREATE OR REPLACE TEMP TABLE rising AS SELECT firm, loss FROM state WHERE sent = 0 AND loss > 0")
    session.run("UPDATE state SET sent = rising.loss FROM rising WHERE rising.firm = state.firm")
    _add_taken(session, "SELECT firm, loss AS amount FROM rising")
    session.run("UPDATE state SET loss = 1.0 WHERE loss > 1.0")
    return float(session.number("SELECT coalesce(max(loss), 0.0) FROM state WHERE sent = 0"))


__all__ = ["Exposed", "prepare", "run"]
