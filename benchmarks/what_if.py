"""How long the explorer page takes for "What if this fails?": ``python benchmarks/what_if.py`` (needs node).

Two graphs of each size: a tree, in which each company needs one that was there before it, and a tangle, in which everyone
needs two others that three suppliers bring in parts, so that all depends on all and weights go round in loops.
``knockon`` writes the data of the page, and node computes with the modules of the page, one question after another.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from arguments import whole_number

from knockon.analysis.context import Context
from knockon.model import Company, DataSet, DataSetInfo, Dependency, Statement
from knockon.present.page.network_worlds import NetworkWorld
from knockon.present.page.page_data import drawing
from knockon.store.oxigraph import MemoryStore

NS = "https://w3id.org/knockon/id/"
SIZES = (100, 1_000, 5_000)
#: What is to be reached: milliseconds for a question at 5,000 entities, in the middle and at worst.
MEDIAN, WORST = 50, 50
SCRIPT = Path(__file__).with_name("what_if.js")


def tree(count: int) -> list[Statement]:
    """Companies that need one that was there before them."""
    rng = random.Random(1)  # noqa: S311 - nothing secret
    needs = [(n, int(n * rng.random() ** 2)) for n in range(1, count)]
    return [
        *companies(count),
        *(Dependency(id=f"{NS}d{n}", dependant=f"{NS}c{n}", need=f"{NS}c{m}", criticality="High") for n, m in needs),
    ]


def tangle(count: int) -> list[Statement]:
    """Companies that need two others each, brought by three suppliers of which two state no share."""
    rng = random.Random(2)  # noqa: S311 - nothing secret
    records: list[Statement] = companies(count)
    for n in range(count):
        for k in range(2):
            need, *suppliers = rng.sample([m for m in (rng.randrange(count) for _ in range(9)) if m != n], 4)
            supply = [{"provider": f"{NS}c{m}"} for m in sorted(set(suppliers))]
            supply[0]["share"] = "0.4"
            word = rng.choice(("High", "Medium", "Low"))
            records.append(
                Dependency.model_validate(
                    {
                        "id": f"{NS}d{n}-{k}",
                        "dependant": f"{NS}c{n}",
                        "need": f"{NS}c{need}",
                        "criticality": word,
                        "supply": supply,
                    }
                )
            )
    return records


def companies(count: int) -> list[Statement]:
    """The entities of both."""
    return [Company(id=f"{NS}c{n}", label=f"Company {n}") for n in range(count)]


def page_data(records: list[Statement]) -> dict[str, Any]:
    """What the page of some records holds; where entities lie on the map does not matter here."""
    store = MemoryStore(DataSet(DataSetInfo(id=f"{NS}set", title="Benchmark"), tuple(records)), checked=True)
    context = Context(store)
    worlds = [NetworkWorld("", "", lambda: context)]
    return drawing(records, title="Benchmark", worlds=worlds, arrange=lambda count, _: [(0, 0)] * count, days=False)


def main() -> int:
    """Print the times; 1 where a question takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=whole_number, action="append", help="how many entities; repeatable")
    slow, node = False, shutil.which("node") or "node"
    print(f"{'graph':8}{'entities':>9}{'network':>9}{'median':>9}{'worst':>9}{'affected':>10}{'shown':>9}   (milliseconds)")
    for count in parser.parse_args().size or SIZES:
        for name, records in (("tree", tree(count)), ("tangle", tangle(count))):
            data = json.dumps(page_data(records))
            done = subprocess.run([node, str(SCRIPT)], input=data, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout)
            row = "".join(f"{found[key]:9.1f}" for key in ("network", "median", "worst"))
            print(f"{name:8}{count:9,}{row}{found['affected']:10,}{found['shown']:9.1f}")
            slow |= count == max(SIZES) and (found["median"] > MEDIAN or found["worst"] > WORST)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
