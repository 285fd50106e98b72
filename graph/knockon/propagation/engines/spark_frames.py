"""A network as tables in Spark, and what the models need to read and add them up in one order.

Sums of numbers depend on their order, and Spark adds in the order in which machines answer. :func:`ordered_sum` adds in the
order of a key, which is that of the models in memory, so that the same input gives the same bits however it was divided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knockon.errors import EngineFailed
from knockon.network.arrays import NONE, Mode
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import Network
from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT
from knockon.propagation.engines.spark_checkpoint import Checkpoint, Checkpoints
from knockon.propagation.engines.spark_output import Outputs, write_output
from knockon.propagation.engines.spark_rows import write_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from knockon.propagation.engines.spark_session import Session

#: The most rows of a table that is sent to every executor as a whole.
MOST_SENT = 1_000_000
#: The number of links for each part that a shuffle is divided into.
_LINKS_A_PART = 400_000
#: How many rows are added up in order before the sums are.
_PIECE = 1 << 16


class Frames:
    """The tables of a network in Spark, with the checkpoints of a run.

    Parameters
    ----------
    session
        The running Spark.
    tables
        The network.
    """

    def __init__(self, session: Session, tables: NetworkTables) -> None:
        self.session, self.tables = session, tables
        self.checkpoints = Checkpoints(session)
        parts = max(session.cores, -(-tables.links // _LINKS_A_PART))
        session.spark.conf.set("spark.sql.shuffle.partitions", str(parts))
        self._folder = session.put_folder(tables.folder)
        self._files: dict[str, DataFrame] = {}

    def file(self, name: str, columns: Mapping[str, str]) -> DataFrame:
        """Return some columns of a file, as SQL types by name."""
        return self._file(name).selectExpr(*[f"CAST(`{column}` AS {kind}) AS `{column}`" for column, kind in columns.items()])

    def _file(self, name: str) -> DataFrame:
        """Return a file; its rows are counted as it is opened, once in a run. One that goes later is an error of Spark."""
        if name not in self._files:
            frame = self.session.spark.read.parquet(f"{self._folder}/{name}.parquet")
            if name in self.tables.rows and frame.count() != self.tables.rows[name]:
                raise EngineFailed(
                    f"{self.tables.path(name)} has not the {self.tables.rows[name]:,} rows that it had; there is no answer"
                )
            self._files[name] = frame
        return self._files[name]

    def sql(self, query: str, **frames: DataFrame | Checkpoint) -> DataFrame:
        """Return the table of a query, in which ``{name}`` stands for a table; one that is small is sent to all executors."""
        from pyspark.sql.functions import broadcast

        given = {}
        for name, frame in frames.items():
            if isinstance(frame, Checkpoint):
                given[name] = broadcast(frame.frame) if frame.rows <= MOST_SENT else frame.frame
            else:
                given[name] = frame
        return self.session.spark.sql(query, **given)

    def sent(self, frame: DataFrame, rows: int) -> DataFrame:
        """Return a table that is sent to all executors where it has few rows: ``rows`` at most."""
        from pyspark.sql.functions import broadcast

        return broadcast(frame) if rows <= MOST_SENT else frame

    def united(self, frames: Sequence[DataFrame]) -> DataFrame:
        """Return the rows of several tables with the same columns, which are read from different files."""
        from functools import reduce

        return reduce(lambda one, other: one.unionByName(other), frames)

    def ids(self) -> DataFrame:
        """Return the id of each node, and the entity that it stands for."""
        if self.tables.kind == "graph":
            return self.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT", "id": "STRING"})
        firm = self.file("firms", {"firm": "BIGINT", "id": "STRING"})
        return firm.selectExpr("firm AS node", "firm AS entity", f"CAST({NONE} AS BIGINT) AS part", "id")

    def write_losses(self, losses: DataFrame, node: str, bounds: Sequence[int], outputs: Outputs) -> None:
        """Write the losses of visible nodes: one table of shock, node, id, low, loss, high, and the rows of one shock.

        Parameters
        ----------
        losses
            ``lane`` (3 * shock + bound), the node, and ``loss``.
        node
            The name of the column of the node.
        bounds
            The bounds that were run.
        outputs
            The address of the new folder, and the file.
        """
        ends = ((bounds[0], "low"), (POINT, "loss"), (bounds[-1], "high"))
        columns = ", ".join(f"max(CASE WHEN lane % 3 = {bound} THEN loss ELSE 0D END) AS {name}" for bound, name in ends)
        table = self.sql(
            f"""SELECT shock, l.{node}, id, least(low, loss) AS low, loss, greatest(high, loss) AS high
                FROM (SELECT lane DIV 3 AS shock, {node}, {columns} FROM {{losses}} WHERE loss > 0
                      GROUP BY lane DIV 3, {node}) l
                JOIN {{ids}} n ON n.node = l.{node} WHERE l.{node} < {self.tables.entities}""",
            losses=losses, ids=self.ids(),
        )  # fmt: skip
        if outputs.folder is not None:
            write_output(self.checkpoints, table.orderBy("shock", node), outputs.folder)
        if outputs.rows is not None:
            rows = table.selectExpr(f"{node} AS node", "id", "low", "loss", "high", "-1 AS step")
            write_rows(self.checkpoints, rows, outputs.rows)

    def local(self, columns: Mapping[str, npt.NDArray[Any]], kinds: Mapping[str, str]) -> DataFrame:
        """Return a table of arrays (BIGINT or DOUBLE by name), which is sent to all executors."""
        import pyarrow as pa
        from pyspark.sql.functions import broadcast

        types = {"BIGINT": pa.int64(), "DOUBLE": pa.float64()}
        table = pa.table({name: pa.array(columns[name], types[kind]) for name, kind in kinds.items()})
        return broadcast(self.session.spark.createDataFrame(table))

    def arrays(self, frame: DataFrame) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of a table without gaps."""
        table = frame.toArrow()
        return {name: np.asarray(table.column(name).to_numpy()) for name in table.column_names}

    def ordered_total(self, query: str, by: str = "", **frames: DataFrame | Checkpoint) -> dict[Any, float]:
        """Return sums in the order of rows: ``query`` has the columns ``key`` (whole numbers) and ``amount``, and ``by``.

        Returns
        -------
        dict
            The sum by the value of the column ``by``; without one, by None.
        """
        group = f"{by}, " if by else ""
        pieces = self.sql(
            f"SELECT {group}key DIV {_PIECE} AS piece, {ordered_sum('amount', 'key')} AS amount FROM ({query}) "
            f"GROUP BY {group}piece",
            **frames,
        ).collect()
        sums: dict[Any, list[float]] = {} if by else {None: []}
        for row in pieces:
            sums.setdefault(row[by] if by else None, []).append(row["amount"])
        return {name: math.fsum(amounts) for name, amounts in sums.items()}


def ordered_sum(amount: str, key: str) -> str:
    """Return the SQL of a sum over the rows of a group, in the order of a key.

    >>> ordered_sum("a", "k")
    'aggregate(array_sort(collect_list(struct(k AS k, a AS a))), 0D, (total, row) -> total + row.a)'
    """
    return f"aggregate(array_sort(collect_list(struct({key} AS k, {amount} AS a))), 0D, (total, row) -> total + row.a)"


def links_of_graph(frames: Frames) -> Checkpoint:
    """Write the table of all links of a graph: from the need and the providers of each slot to its owner.

    ``edge`` numbers needs by their slot and supplies behind all slots; of a need ``supply`` is -1. ``width`` is the number of
    supplies of the slot, ``open`` that of those that state no share, ``rest`` what is left to them. ``inner`` links lead
    to a node of the same entity.
    """
    tables = frames.tables
    slot = frames.file(
        "slots",
        {
            "slot": "BIGINT", "owner": "BIGINT", "need": "BIGINT", "mode": "INT", "at_least": "BIGINT", "weight_low": "DOUBLE",
            "weight": "DOUBLE", "weight_high": "DOUBLE", "hit_with": "BIGINT",
        },
    )  # fmt: skip
    kinds = {"supply": "BIGINT", "slot": "BIGINT", "provider": "BIGINT", "share": "DOUBLE", "unstated": "BOOLEAN"}
    supply = frames.file("supplies", kinds)
    node = frames.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT"})
    about = _supplies_by_slot(frames, supply)
    columns = "s.slot, owner, mode, at_least, weight_low, weight, weight_high, coalesce(width, 0) AS width"
    columns += ", coalesce(open, 0) AS open, coalesce(rest, 0D) AS rest"
    united = frames.sql(
        f"""
        SELECT s.slot AS edge, need AS source, CAST(-1 AS BIGINT) AS supply, 0D AS share, false AS unstated, {columns}
        FROM {{slot}} s LEFT JOIN {{about}} a ON a.slot = s.slot WHERE need <> {NONE}
        UNION ALL
        SELECT {tables.rows["slots"]} + supply, provider, supply, share, unstated, {columns}
        FROM {{supply}} p JOIN {{slot}} s ON s.slot = p.slot JOIN {{about}} a ON a.slot = s.slot
        """,
        slot=slot, about=about, supply=supply,
    )  # fmt: skip
    inner = "false"
    if tables.nodes > tables.entities:
        united = frames.sql(
            f"""SELECT e.*, e.source >= {tables.entities} AND s.entity = o.entity AS inner FROM {{united}} e
                JOIN {{node}} s ON s.node = e.source JOIN {{node}} o ON o.node = e.owner""",
            united=united, node=node,
        )  # fmt: skip
    else:
        united = united.selectExpr("*", f"{inner} AS inner")
    numbers = {
        "split": f"coalesce(bool_or(open > 0 OR mode = {int(Mode.DISPUTED)}), false)",
        "listed": f"coalesce(bool_or(mode IN ({int(Mode.SHARES)}, {int(Mode.AT_LEAST)})), false)",
    }
    return frames.checkpoints.write(united, numbers=numbers)


def _supplies_by_slot(frames: Frames, supply: DataFrame) -> DataFrame:
    """Return the number of supplies of each slot, that of those that state no share, and what is left to them."""
    return frames.sql(
        f"""
        SELECT slot, width, open,
               CASE WHEN open > 0 AND abs(stated + unknown - 1) < 1e-12 THEN 1 - stated ELSE unknown END AS rest
        FROM (
            SELECT slot, count(*) AS width, count_if(unstated) AS open,
                   {ordered_sum("CASE WHEN unstated THEN 0D ELSE share END", "supply")} AS stated,
                   {ordered_sum("CASE WHEN unstated THEN share ELSE 0D END", "supply")} AS unknown
            FROM {{supply}} GROUP BY slot
        )""",
        supply=supply,
    )


def nodes_alone(frames: Frames) -> Network:
    """Return a network of the nodes of a graph without its slots: which are hidden, and what entities they stand for."""
    none = np.zeros(0, np.int64)
    node = frames.file("nodes", {"node": "BIGINT", "entity": "BIGINT", "part": "BIGINT"})
    hidden = frames.arrays(node.where(f"node >= {frames.tables.entities}").orderBy("node"))
    return Network(
        nodes=NumberedNames(frames.tables.entities), slot_owner=none, slot_need=none, weights=np.zeros((3, 0)), mode=none,
        at_least=none, supply_start=np.zeros(1, np.int64), supply_provider=none, supply_share=np.zeros(0),
        hidden_entity=hidden["entity"].astype(np.int64), hidden_slot=hidden["part"].astype(np.int64),
    )  # fmt: skip


__all__ = ["MOST_SENT", "Frames", "links_of_graph", "nodes_alone", "ordered_sum"]
