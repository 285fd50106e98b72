"""Money flows in Spark: what each firm sells and buys, and what its inputs are shares of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.errors import InvalidData, Problem
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL
from knockon.propagation.engines.spark_checkpoint import Checkpoint
from knockon.propagation.engines.spark_frames import Frames, ordered_sum

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Costs that are this much below the inputs, relatively, are the inputs: sums are rounded.
ROUNDING = 1e-9


def flows_of(frames: Frames) -> DataFrame:
    """Return the flows above 0: supplier, customer, value."""
    return frames.file("flows", {"supplier": "BIGINT", "customer": "BIGINT", "value": "DOUBLE"}).where("value > 0")


def firms_of(frames: Frames) -> Checkpoint:
    """Write the table of firms: firm, sector, final_demand, sales, purchases, costs (at least the purchases), turnover.

    Raises
    ------
    InvalidData
        Costs of a firm are below what it buys by more than rounding.
    """
    flow = flows_of(frames)
    kinds = {"firm": "BIGINT", "sector": "BIGINT", "final_demand": "DOUBLE", "costs": "DOUBLE"}
    firm = frames.file("firms", kinds)
    sold = frames.sql(
        f"SELECT supplier AS firm, {ordered_sum('value', 'customer')} AS sales FROM {{flow}} GROUP BY supplier", flow=flow
    )
    bought = frames.sql(
        f"SELECT customer AS firm, {ordered_sum('value', 'supplier')} AS purchases FROM {{flow}} GROUP BY customer", flow=flow
    )
    table = frames.sql(
        f"""
        SELECT *, CASE WHEN sales + final_demand > 0 THEN sales + final_demand ELSE 1D END AS turnover FROM (
            SELECT f.firm, sector, final_demand, coalesce(sales, 0D) AS sales, coalesce(purchases, 0D) AS purchases,
                   greatest(f.costs, coalesce(purchases, 0D)) AS costs,
                   f.costs > 0 AND f.costs < coalesce(purchases, 0D) * {1 - ROUNDING} AS below
            FROM {{firm}} f LEFT JOIN {{sold}} s ON s.firm = f.firm LEFT JOIN {{bought}} b ON b.firm = f.firm
        )""",
        firm=firm, sold=sold, bought=bought,
    )  # fmt: skip
    numbers = {
        "below": "count_if(below)", "last_sector": "coalesce(max(sector), 0)",
        "other_costs": f"coalesce(bool_or(costs > purchases * (1 + {ROUNDING}D)), false)",
    }  # fmt: skip
    firms = frames.checkpoints.write(table, numbers=numbers)
    if firms.groups[0]["below"]:
        path = str(frames.tables.path("firms"))
        rows = firms.frame.where("below").orderBy("firm").limit(5).collect()
        problems = [
            Problem(
                path,
                None,
                f"column 'costs', row {row['firm'] + 1:,}: below what the firm buys in the table",
                "all that it spends",
            )
            for row in rows
        ]
        raise InvalidData(problems, "nothing was computed")
    return firms


def inputs_of(frames: Frames, firms: Checkpoint) -> Checkpoint:
    """Write the table of inputs: supplier, customer, input_group, and the shares ``down`` and ``up`` of the two cascades.

    Inputs of a sector that is essential to a customer are a group, all its other inputs another one (-1); negligible ones
    have a share of 0.
    """
    kinds = {"supplier_sector": "BIGINT", "customer_sector": "BIGINT", "essentiality": "INT"}
    essentiality = frames.file("essentiality", kinds)
    grouped = frames.sql(
        f"""
        SELECT supplier, customer, value, c.costs, s.turnover, coalesce(e.essentiality, {NON_ESSENTIAL}) AS level,
               CASE WHEN e.essentiality = {ESSENTIAL} THEN s.sector ELSE -1 END AS input_group
        FROM {{flow}} f JOIN {{firm}} s ON s.firm = f.supplier JOIN {{firm}} c ON c.firm = f.customer
        LEFT JOIN {{essentiality}} e ON e.supplier_sector = s.sector AND e.customer_sector = c.sector
        """,
        flow=flows_of(frames), firm=firms, essentiality=essentiality,
    )  # fmt: skip
    grouped = frames.checkpoints.write(grouped).frame
    total = frames.sql(
        f"""SELECT customer, input_group, {ordered_sum("value", "supplier")} AS total FROM {{grouped}} WHERE input_group >= 0
            GROUP BY customer, input_group""",
        grouped=grouped,
    )
    return frames.checkpoints.write(
        frames.sql(
            f"""
            SELECT supplier, g.customer, g.input_group, value / turnover AS up,
                   CASE WHEN level = {NEGLIGIBLE} THEN 0D WHEN level = {ESSENTIAL} THEN value / total
                   ELSE value / costs END AS down
            FROM {{grouped}} g LEFT JOIN {{total}} t ON t.customer = g.customer AND t.input_group = g.input_group
            """,
            grouped=grouped,
            total=total,
        )
    )


__all__ = ["ROUNDING", "firms_of", "flows_of", "inputs_of"]
