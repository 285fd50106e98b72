"""Write the result of a step to disk, and go on from there only if all of it is there.

The plan behind a table of Spark grows with every round, and is computed again from the start where a part of it is lost; a
checkpoint cuts it off. What is written is counted and hashed on its way to the disk, and again as it is read back: rows that
got lost, or came twice, stop the run. A file that disappears later is an error of Spark, since files are named when a
checkpoint is opened and missing ones are not left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.errors import EngineFailed

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

    from knockon.propagation.engines.spark_session import Session

#: The seconds to wait for the counts of rows that were written; they are there as soon as the last row is.
_WAIT = 120


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A table that was written and read back.

    Attributes
    ----------
    frame
        The table, read from the files.
    rows
        The number of its rows.
    groups
        The numbers that were asked for, of each group.
    url
        The folder of the files.
    """

    frame: DataFrame
    rows: int
    groups: tuple[Row, ...]
    url: str


class Checkpoints:
    """The checkpoints of one run, each in a folder of its own; :meth:`drop` removes those that are not needed any more.

    Parameters
    ----------
    session
        The running Spark.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.folder = f"{session.work}/checkpoints-{uuid.uuid4().hex}"
        self._count = 0

    def write(self, frame: DataFrame, by: Sequence[str] = (), numbers: Mapping[str, str] | None = None) -> Checkpoint:
        """Write a table, read it back, and check that both are the same rows.

        Parameters
        ----------
        frame
            The table.
        by, numbers
            Aggregates to compute for each group of rows as it is read back: expressions by name, such as ``max(loss)``.

        Raises
        ------
        EngineFailed
            Rows were lost, changed or doubled between writing and reading.
        """
        self._count += 1
        return self.verified(frame, f"{self.folder}/{self._count}", f"checkpoint {self._count} of the run", by, numbers)

    def verified(
        self, frame: DataFrame, url: str, name: str, by: Sequence[str] = (), numbers: Mapping[str, str] | None = None
    ) -> Checkpoint:
        """Write a table to a new folder, and do as :meth:`write` does; ``name`` is for messages."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        hashed = F.xxhash64(*[F.col(f"`{name}`") for name in frame.columns])
        check = {
            "rows": F.count(F.lit(1)), "exclusive_or": F.bit_xor(hashed), "sum": F.sum(F.shiftrightunsigned(hashed, 32)),
        }  # fmt: skip
        observation = Observation()
        observed = frame.observe(observation, *[column.alias(name) for name, column in check.items()])
        observed.write.mode("errorifexists").parquet(url)
        written = _observed(observation)
        self.after_write(url)
        back = self.session.spark.read.schema(frame.schema).parquet(url)
        wanted = [F.expr(expression).alias(name) for name, expression in (numbers or {}).items()]
        own = [column.alias(f"check_{name}") for name, column in check.items()]
        groups = tuple(back.groupBy(*by).agg(*own, *wanted).collect())
        read = (
            sum(group["check_rows"] for group in groups),
            _exclusive_or(group["check_exclusive_or"] for group in groups),
            sum(group["check_sum"] or 0 for group in groups),
        )
        expected = (written["rows"], written["exclusive_or"] or 0, written["sum"] or 0)
        if read != expected:
            what = (
                f"{expected[0]:,} rows were written and {read[0]:,} are there" if read[0] != expected[0] else "its rows changed"
            )
            raise EngineFailed(
                f"{name} is not what was written: {what}; there is no answer. "
                "Is its folder (of a checkpoint: --spill) on a disk that all machines share, and does nobody remove it?"
            )
        return Checkpoint(back, read[0], groups, url)

    def after_write(self, url: str) -> None:
        """Do nothing; tests damage a checkpoint here."""

    def drop(self, *checkpoints: Checkpoint | None) -> None:
        """Remove checkpoints that are not needed any more."""
        for checkpoint in checkpoints:
            if checkpoint is not None:
                self.session.remove(checkpoint.url)

    def close(self) -> None:
        """Remove all that is left."""
        self.session.remove(self.folder)


def _observed(observation: Any) -> Mapping[str, Any]:
    """Return what was counted on the way to the disk; a count that does not come is an error."""
    pool = ThreadPoolExecutor(1)
    try:
        counted: Mapping[str, Any] = pool.submit(lambda: observation.get).result(_WAIT)
    except FutureTimeout:
        counted = {}
    finally:
        pool.shutdown(wait=False)
    if "rows" not in counted:
        raise EngineFailed("Spark did not count the rows of a checkpoint as it wrote them; there is no answer")
    return counted


def _exclusive_or(hashes: Any) -> int:
    total = 0
    for value in hashes:
        total ^= value or 0
    return total


__all__ = ["Checkpoint", "Checkpoints"]
