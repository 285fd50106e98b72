"""The memory that reading a table by columns takes for each row: that of a load of a million rows grows by it."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.read import DataSetReading, create_data_sets
from knockon.authoring.source import Source

#: The rows of two tables; with three rows a firm, as many documents as rows.
FEW, MANY = 1_200, 2_400
#: The most bytes for each further row: while it is read, and of the records. They take about 840 and 440.
MOST_READING, MOST_RECORDS = 930, 500


class Memory(NamedTuple):
    """Bytes of Python objects: the most while a table is read, and those of its records."""

    peak: int
    records: int


def memory_of(path: Path, rows: int) -> Memory:
    """The memory that reading a table of cited dependencies takes."""
    firms = rows // 3
    lines = (
        f"firm {row % firms:06},need {row // firms},firm {row * 7 % firms:06},High,https://example.org/{row:06}\n"
        for row in range(rows)
    )
    path.write_text("".join(["dependant,need,provider,criticality,evidence\n", *lines]))
    tracemalloc.start()
    try:
        data_sets = create_data_sets([DataSetReading(Source.of(path), by_columns=True)])
        gc.collect()
        now, peak = tracemalloc.get_traced_memory()
        assert len(data_sets[0].records) == 2 * rows + firms + 3
        return Memory(peak, now)
    finally:
        tracemalloc.stop()


def test_memory_for_each_further_row(tmp_path: Path) -> None:
    """Twice as many rows: the memory differs by a bounded number of bytes a row."""
    memory_of(tmp_path / "first.csv", 9)  # what is made once and kept
    few, many = (memory_of(tmp_path / f"{rows}.csv", rows) for rows in (FEW, MANY))
    assert (many.peak - few.peak) / (MANY - FEW) < MOST_READING
    assert (many.records - few.records) / (MANY - FEW) < MOST_RECORDS
