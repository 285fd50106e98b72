"""How long an import takes, and how much memory: an edge list as a table or as JSON Lines, FollowTheMoney, or BODS.

    python benchmarks/imports.py [edges|objects|ftm|bods] [ROWS] [--store]

Seconds are those of the processor, by what they are spent on: reading and mapping, building records, checking them against
each other, and with --store writing them into a new store. Others who use the machine make them longer: a loop that always
does the same says by how much.

Goal: a million rows to records in 60 s, with at most 500 MB and 1 KB a row.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from arguments import whole_number

import knockon
from knockon.model import DataSet
from knockon.readers import collector, record_building
from knockon.readers.import_files import import_files

#: How many names the rows of an edge list have: a tenth of the rows.
_SHARE_OF_NAMES = 10


def edges(rows: int) -> Iterator[str]:
    """Yield a table of suppliers and customers, for the shipped mapping of this name."""
    yield "source,target\n"
    names = max(rows // _SHARE_OF_NAMES, 2)
    # Pairs do not repeat: the step is larger for each round through the names.
    yield from (f"Firm {i % names},Firm {(i + 1 + i // names * 7) % names}\n" for i in range(rows))


def objects(rows: int) -> Iterator[str]:
    """Yield the same as JSON Lines."""
    lines = edges(rows)
    names = next(lines).strip().split(",")
    yield from (_line(dict(zip(names, line.strip().split(","), strict=True))) for line in lines)


def ftm(rows: int) -> Iterator[str]:
    """Yield entities of FollowTheMoney: two companies, then what one holds of the other."""
    for i in range(rows):
        if i % 3 < 2:
            properties = {
                "name": [f"Firm {i} GmbH"], "country": ["de"], "registrationNumber": [f"HRB{i}"], "jurisdiction": ["de"],
            }  # fmt: skip
            yield _line({"id": f"ent-{i}", "schema": "Company", "properties": properties})
        else:
            properties = {"owner": [f"ent-{i - 1}"], "asset": [f"ent-{i - 2}"]}
            more = {"percentage": [str(i % 100)], "startDate": ["2020-01-02"]}
            yield _line({"id": f"own-{i}", "schema": "Ownership", "properties": properties | more})


def bods(rows: int) -> Iterator[str]:
    """Yield statements of BODS 0.4: an entity, a person, then what the person holds of it."""
    published = {"publicationDate": "2024-01-02", "bodsVersion": "0.4", "publisher": {"name": "R"}}
    place = {"name": "United Kingdom", "code": "GB"}
    held = {"type": "shareholding", "directOrIndirect": "direct", "startDate": "2020-01-01"}
    held |= {"share": {"minimum": 25, "maximum": 50}}
    for i in range(rows):
        details: dict[str, Any]
        if i % 3 == 0:
            kind, details = "entity", {"entityType": {"type": "registeredEntity"}, "name": f"Firm {i} Ltd"}
            details |= {"jurisdiction": place, "identifiers": [{"scheme": "GB-COH", "id": f"{i:08}"}]}
        elif i % 3 == 1:
            kind, details = "person", {"personType": "knownPerson", "names": [{"type": "legal", "fullName": f"Ann {i}"}]}
            details |= {"nationalities": [place]}
        else:
            kind = "relationship"
            details = {"subject": f"r{i - 2}", "interestedParty": f"r{i - 1}", "interests": [held]}
        statement = {"statementId": f"s{i}", "recordId": f"r{i}", "statementDate": "2024-01-01", "recordStatus": "new"}
        details = {"isComponent": False, **details}
        yield _line(statement | {"publicationDetails": published, "recordType": kind, "recordDetails": details})


#: What writes each format, the name of its file, and the mapping or reader.
_FORMATS: dict[str, tuple[Callable[[int], Iterator[str]], str, str]] = {
    "edges": (edges, "edges.csv", "edges"),
    "objects": (objects, "edges.jsonl", "edges"),
    "ftm": (ftm, "entities.ftm.json", "ftm"),
    "bods": (bods, "statements.jsonl", "bods"),
}


class Stopwatch:
    """The processor seconds that calls of functions take, by their names."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, module: ModuleType, name: str) -> None:
        """Measure each call of a function that a module uses."""
        function = getattr(module, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] = self.seconds.get(name, 0) + time.process_time() - start

        setattr(module, name, watched)


def main(name: str, rows: int, *, with_store: bool) -> None:
    """Write a file of a format, import it, and print the seconds and the memory."""
    write, file, mapping = _FORMATS[name]
    watch = Stopwatch()
    watch.watch(collector, "build_records")
    watch.watch(record_building, "check")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(write(rows))
        before, slower = _megabytes(), [_loop()]
        start = time.process_time()
        imported = import_files([path], mapping)
        seconds = time.process_time() - start
        slower.append(_loop())
        more, records = _megabytes() - before, imported.report.total
        stored = _store(imported.data_set, Path(folder, "store")) if with_store else None
    built, checked = watch.seconds["build_records"], watch.seconds["check"]
    print(f"{name}: {rows:,} rows, {records:,} records: ", end="")
    print(f"{seconds:.1f} s of the processor ({seconds / rows * 1e6:.0f} us a row), ", end="")
    print(f"{more:,.0f} MB more than {before:,.0f} MB ({more / rows * 1e3:.2f} KB a row)")
    parts = {"reading and mapping": seconds - built, "building records": built - checked, "checking": checked}
    parts |= {} if stored is None else {"and then, writing the store": stored}
    print("  " + ", ".join(f"{part} {time_:.1f} s" for part, time_ in parts.items()))
    print(f"  load {os.getloadavg()[0]:.1f}; the same loop took {slower[0]:.2f} s before and {slower[1]:.2f} s after")


def _store(data_set: DataSet, folder: Path) -> float:
    """Write a data set into a new store, and return the processor seconds."""
    start = time.process_time()
    with knockon.open(folder, write=True) as graph:
        graph.store.load(data_set)
    return time.process_time() - start


def _loop() -> float:
    """Return the seconds of a loop that always does the same."""
    start = time.process_time()
    kept: dict[int, tuple[int, str]] = {}
    for number in range(1_000_000):
        kept[number % 5_000] = number, str(number)
    return time.process_time() - start


def _line(value: object) -> str:
    return json.dumps(value) + "\n"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("format", nargs="?", choices=_FORMATS, default="edges", help="of the file (edges)")
    parser.add_argument("rows", nargs="?", type=whole_number, default=200_000, help="(200000)")
    parser.add_argument("--store", action="store_true", help="write a store as well")
    arguments = parser.parse_args()
    main(arguments.format, arguments.rows, with_store=arguments.store)
