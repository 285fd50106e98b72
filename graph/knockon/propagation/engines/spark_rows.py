"""Write what one shock does as one Parquet file on this machine: a row for each entity that loses something."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.errors import EngineFailed
from knockon.propagation.engines.table_engine import rows_schema
from knockon.store.write_errors import write_error

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from knockon.propagation.engines.spark_checkpoint import Checkpoints

#: The number of rows that are in the memory of this process at a time.
_BATCH = 1 << 16


def write_rows(checkpoints: Checkpoints, losses: DataFrame, path: Path) -> None:
    """Write ``id``, ``loss``, ``low``, ``high`` and ``step`` of entities, as the engine duckdb writes them.

    The greatest loss comes first, then the nearest step, then the order of the tables.

    Parameters
    ----------
    checkpoints
        Those of the run: what was computed is verified as they are.
    losses
        The entities that lose something: ``node``, ``id``, ``low``, ``loss``, ``high``, ``step`` (-1: not computed).
    path
        The file to write.

    Raises
    ------
    EngineFailed
        Rows were lost on their way.
    LimitReached
        The disk is full.
    UsageError
        The file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet

    computed = checkpoints.write(losses.where("high > 0"))
    schema = rows_schema()
    ordered = computed.frame.orderBy("loss", "step", "node", ascending=[False, True, True]).select(*schema.names)
    written = 0
    try:
        with pa.parquet.ParquetWriter(path, schema) as writer:
            for columns in _batches(ordered.toLocalIterator(), schema.names):
                writer.write_batch(pa.RecordBatch.from_pydict(columns, schema))
                written += len(columns["id"])
    except OSError as error:
        raise write_error(path, error) from None
    if written != computed.rows:
        raise EngineFailed(f"{written:,} rows of {computed.rows:,} came back from Spark; there is no answer")


def _batches(rows: Iterator[Any], names: list[str]) -> Iterator[dict[str, list[Any]]]:
    while batch := list(islice(rows, _BATCH)):
        yield {name: [row[place] for row in batch] for place, name in enumerate(names)}


__all__ = ["write_rows"]
