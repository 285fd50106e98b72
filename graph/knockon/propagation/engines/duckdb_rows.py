"""Write what one shock does as a Parquet file: a row for each entity that loses something, however many there are."""

from __future__ import annotations

from pathlib import Path

from knockon.network.tables import NetworkTables
from knockon.propagation.bounds import POINT
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.engines.table_engine import rows_schema
from knockon.store.write_errors import write_error

#: What each model leaves in its session for the last shock: the node, its losses (0..1) and its step (-1: not computed).
_LOSSES = {
    "reach": "SELECT node, 1.0::DOUBLE AS low, 1.0::DOUBLE AS loss, 1.0::DOUBLE AS high, step FROM reached",
    "leontief": "SELECT node, {low} AS low, {loss} AS loss, {high} AS high, -1 AS step FROM state",
    "esri": "SELECT firm AS node, greatest(down, up) AS low, greatest(down, up) AS loss, greatest(down, up) AS high, "
    "-1 AS step FROM state",
    "debtrank": "SELECT firm AS node, least(loss, 1.0) AS low, least(loss, 1.0) AS loss, least(loss, 1.0) AS high, "
    "-1 AS step FROM state",
}


def write_rows(session: Session, model: str, tables: NetworkTables, path: Path, bounds: tuple[int, ...] = (POINT,)) -> None:
    """Write ``id``, ``loss``, ``low``, ``high`` and ``step`` of the entities that the last shock of a session reaches.

    The greatest loss comes first, then the nearest step, then the order of the tables.

    Parameters
    ----------
    session
        A session that has run the model.
    model
        The name of the model.
    tables
        The network.
    path
        The file to write.
    bounds
        The bounds that ``leontief`` has run.
    """
    import pyarrow as pa
    import pyarrow.parquet

    low, high = (f"loss_{end}" for end in (bounds[0], bounds[-1]))
    loss = f"loss_{POINT}"
    losses = _LOSSES[model].format(low=f"least({low}, {loss})", loss=loss, high=f"greatest({high}, {loss})")
    names = "firm AS node, id FROM firm" if tables.kind == "flows" else "node, id FROM node"
    query = f"""
        SELECT id::VARCHAR AS id, loss, low, high, step FROM ({losses}) l JOIN (SELECT {names}) n USING (node)
        WHERE high > 0 AND node < {tables.entities} ORDER BY loss DESC, step, node
    """
    schema = rows_schema()
    try:
        with pa.parquet.ParquetWriter(path, schema) as writer:
            for batch in session.batches(query):
                writer.write_batch(batch.cast(schema))
    except OSError as error:
        raise write_error(path, error) from None


__all__ = ["write_rows"]
