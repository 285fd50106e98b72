"""How long an import takes, and how much memory: rows of an edge list, by the shipped mapping `edges`.

    python benchmarks/imports.py [ROWS]

Goal: a million rows to records in 60 s, with at most 500 MB and 1 KB a row.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from knockon.readers.import_files import import_files

#: How many names the rows have: a tenth of the rows.
_SHARE_OF_NAMES = 10


def main(rows: int) -> None:
    """Write a table with rows of suppliers and customers, import it, and print the seconds and the memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "edges.csv")
        names = max(rows // _SHARE_OF_NAMES, 2)
        with path.open("w", encoding="utf-8") as stream:
            stream.write("source,target\n")
            # Pairs do not repeat: the step is larger for each round through the names.
            stream.writelines(f"Firm {i % names},Firm {(i + 1 + i // names * 7) % names}\n" for i in range(rows))
        before = _megabytes()
        start = time.process_time()
        imported = import_files([path], "edges")
        seconds = time.process_time() - start
    records = imported.report.total
    print(
        f"{rows:,} rows, {records:,} records: {seconds:.1f} s of the processor ({seconds / rows * 1e6:.0f} us a row), ", end=""
    )
    print(f"{_megabytes() - before:,.0f} MB more than {before:,.0f} MB ({(_megabytes() - before) / rows * 1e3:.2f} KB a row)")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 200_000)
