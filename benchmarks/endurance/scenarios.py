"""What is killed: commands that write, their folders, and what tells the state before from the one after."""

from __future__ import annotations

import io
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import knockon.cli.app
import knockon.graph
import knockon.identity.candidates
import knockon.network
import knockon.propagation
import knockon.propagation.engines
import knockon.proposals.queue
import knockon.readers.registry
import knockon.store.folder
import knockon.store.verification
from knockon.cli.app import create_app
from knockon.propagation.engines import duckdb_session
from knockon.store.leftovers import leftovers

#: Firms of the network of the scenario ``spill``, and what DuckDB may manage there: so little that it writes temporary files.
_FIRMS, _MANAGED = 20_000, 24_000_000
#: Companies of the store of the scenario ``linked``, of which those of one file change.
_STORED, _CHANGED = 2_200, 60
#: Rows of the table of the scenario ``columns``, each of a firm of its own, and the needs and suppliers that these share.
_TABLE, _PARTS, _MAKERS = 300, 7, 31
#: Firms and rows of the table that is imported; each firm buys from one other.
_FIRMS_NAMED, _ROWS = 90, 400


class Scenario(NamedTuple):
    """A command that is killed.

    ``prepare`` fills a folder; ``run`` runs the command in it and returns its exit code; ``state`` returns 0 before it was
    done, 1 after it, and anything else if what is there is neither, or damaged. ``finish`` is what the command says to do when
    it is run again and was killed between its file and the load; None: nothing but to run it again.
    """

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path], int]
    state: Callable[[Path], int]
    finish: Callable[[Path], int] | None = None
    litter: Callable[[Path], Sequence[Path]] = lambda folder: leftovers(folder / "store")


def command(folder: Path, *arguments: str, stdin: str = "") -> int:
    """Run a command of Knock-on in a folder; return its exit code."""
    os.chdir(folder)
    sys.stdin = io.StringIO(stdin)
    return knockon.cli.run(list(arguments))


def records_of(folder: Path) -> set[str]:
    """Return the local names of the records of a store that is whole: each file compared, records and database alike."""
    store_folder = folder / "store"
    if knockon.store.verification.verify_folder(store_folder).damaged:
        raise SystemExit(4)
    with knockon.open(store_folder) as graph:
        records = list(graph.store.records)
        names = {record.id.rpartition("/")[2] for record in records}
        rows = graph.query("SELECT DISTINCT ?s WHERE { ?s a ?c . FILTER(?c IN (ko:Company, ko:Dependency)) }", limits=None)
        if len(rows) != sum(1 for record in records if type(record).__name__ in {"Company", "Dependency"}):
            raise SystemExit(5)
    return names


def _store(folder: Path, *files: str) -> None:
    for file in files:
        if code := command(folder, "load", file, "--store", "store"):
            raise SystemExit(code)


# --- import: a table into a store with a data set


def _prepare_import(folder: Path) -> None:
    (folder / "first.yaml").write_text("Company:\n  acme: {label: Acme Works}\n", "utf-8")
    rows = "".join(f"Firm {number % _FIRMS_NAMED},Firm {(number * 7 + 1) % _FIRMS_NAMED}\n" for number in range(_ROWS))
    (folder / "list.csv").write_text("Buyer,Seller\n" + rows, "utf-8")
    _store(folder, "first.yaml")


def _run_import(folder: Path) -> int:
    renamed = ("--rename", "Buyer=customer", "--rename", "Seller=supplier")
    return command(folder, "import", "list.csv", *renamed, "--store", "store", "--replace")


def _state_of_import(folder: Path) -> int:
    # All rows or none.
    return {1: 0, 2 * _FIRMS_NAMED + 2: 1}.get(len(records_of(folder)), 9)


# --- judgement: decisions on which entities are one, written after each and loaded at the end


def _prepare_judgement(folder: Path) -> None:
    pairs = range(8)
    one = "".join(f"  firm{number}: {{label: Quarry{'abcdefgh'[number] * 3} Works}}\n" for number in pairs)
    two = "".join(f"  other{number}: {{label: QUARRY{'ABCDEFGH'[number] * 3} WORKS LTD}}\n" for number in pairs)
    (folder / "one.yaml").write_text("Company:\n" + one, "utf-8")
    (folder / "two.yaml").write_text("Company:\n" + two, "utf-8")
    _store(folder, "one.yaml", "two.yaml")


def _run_judgement(folder: Path) -> int:
    keys = "s" * 60
    return command(folder, "review", "mine.yaml", "--identity", "--store", "store", "--by", "me", "--most", "1", stdin=keys)


def _load_judgements(folder: Path) -> int:
    return command(folder, "load", "mine.yaml", "--store", "store")


def _state_of_judgement(folder: Path) -> int:
    records_of(folder)
    file = folder / "mine.yaml"
    written = file.read_text("utf-8").count("verdict: Same") if file.exists() else 0
    with knockon.open(folder / "store") as graph:
        groups = graph.resolve().same
    # What the store has was written to the file first.
    if len(groups) > written:
        return 9
    return int(len(groups) == 8)


# --- proposal: proposals of a document become records


def _prepare_proposal(folder: Path) -> None:
    data = "Company:\n" + "".join(f"  firm{n}: {{label: {name} Works}}\n" for n, name in enumerate(_NAMES))
    (folder / "graph.yaml").write_text(data, "utf-8")
    (folder / "papers").mkdir()
    note = "A note.\n\n" + "".join(f"{first} Works depends on {second} Works.\n" for first, second in pairwise(_NAMES))
    (folder / "papers" / "note.txt").write_text(note, "utf-8")
    _store(folder, "graph.yaml")
    if code := command(folder, "propose", "papers/note.txt", "--store", "store"):
        raise SystemExit(code)


_NAMES = ("Acme", "Bolt", "Crane", "Dynamo", "Elm", "Forge", "Gantry")


def _run_proposal(folder: Path) -> int:
    asked = (
        "review",
        "--proposals",
        "proposals.jsonl",
        "--documents",
        "papers",
        "--store",
        "store",
        "--by",
        "me",
        "--no-impacts",
    )
    return command(folder, *asked, stdin="a" * 20)


def _load_accepted(folder: Path) -> int:
    return command(folder, "load", "reviewed.yaml", "--store", "store")


def _state_of_proposal(folder: Path) -> int:
    records_of(folder)
    with knockon.open(folder / "store") as graph:
        stated = len(list(graph.records(knockon.Dependency)))
    # They are loaded together, at the end.
    return {0: 0, len(_NAMES) - 1: 1}.get(stated, 9)


# --- linked: a change of a large store, of which the database takes over the files that stay


def _prepare_linked(folder: Path) -> None:
    many = "".join(f"  firm{number}: {{label: Firm {number}}}\n" for number in range(_STORED))
    (folder / "many.yaml").write_text("Company:\n" + many, "utf-8")
    for version, first in (("old", 0), ("new", _CHANGED // 2)):
        (folder / version).mkdir()
        numbers = range(first, first + _CHANGED)
        part = "".join(f"  part{number}: {{label: Part {number} {version}}}\n" for number in numbers)
        needs = "".join(f"  need{number}: {{dependant: part{number}, need: firm{number}}}\n" for number in numbers)
        (folder / version / "part.yaml").write_text(f"Company:\n{part}Dependency:\n{needs}", "utf-8")
    _store(folder, "many.yaml", "old/part.yaml")
    tried = folder.with_name("tried")
    shutil.copytree(folder, tried)
    links: list[object] = []
    sys.addaudithook(
        lambda event, arguments: links.append(arguments) if event == "os.link" and str(arguments[0]).endswith(".sst") else None
    )
    if _run_linked(tried) or not links:
        raise SystemExit("the database is built anew, not linked")
    shutil.rmtree(tried)


def _run_linked(folder: Path) -> int:
    return command(folder, "load", "new/part.yaml", "--store", "store", "--replace")


def _state_of_linked(folder: Path) -> int:
    names = records_of(folder)
    for state, first in ((0, 0), (1, _CHANGED // 2)):
        changed = {f"{kind}{number}" for kind in ("part", "need") for number in range(first, first + _CHANGED)}
        if names == changed | {f"firm{number}" for number in range(_STORED)} | {"part", "many"} & names:
            return state
    return 9


# --- columns: a table of dependencies that is read by columns, into a store whose only data set was removed


def _prepare_columns(folder: Path) -> None:
    rows = (f"firm{number},part{number % _PARTS},maker{number % _MAKERS},1\n" for number in range(_TABLE))
    (folder / "list.csv").write_text("dependant,need,provider,share\n" + "".join(rows), "utf-8")
    with patch.object(knockon.store.folder, "build", wraps=knockon.store.folder.build) as build:
        _store(folder, "list.csv")
    if not build.called:
        raise SystemExit("the table is not read by columns")
    if command(folder, "remove", "list", "--store", "store"):
        raise SystemExit("the table cannot be removed")


def _run_columns(folder: Path) -> int:
    return command(folder, "load", "list.csv", "--store", "store", "--replace")


def _state_of_columns(folder: Path) -> int:
    # All rows or none.
    return {0: 0, 2 * _TABLE + _PARTS + _MAKERS: 1}.get(len(records_of(folder)), 9)


# --- spill: a network for which DuckDB writes temporary files


def _prepare_spill(folder: Path) -> None:
    made = ("--firms", str(_FIRMS), "--seed", "1", "--out", "country", "--tables", "parquet")
    if code := command(folder, "generate", "country", *made):
        raise SystemExit(code)
    (folder / "spill").mkdir()
    _lower_memory()
    with _watched(folder / "spill") as seen:
        if code := command(folder, *_SPILLING, "--output", "expected.json"):
            raise SystemExit(code)
    if not seen:
        raise SystemExit("nothing is written to temporary files")


_SPILLING = (
    "impact", "--store", "country/synthetic-flows.parquet", "--hit", "Firm 000001=1", "--model", "reach", "--engine", "duckdb",
    "--memory", "500MB", "--spill", "spill", "--format", "json",
)  # fmt: skip


def _lower_memory() -> None:
    """Let DuckDB manage less than ``--memory`` may say, in this process."""
    duckdb_session._LIBRARIES, duckdb_session._LEAST_MANAGED = 500_000_000, _MANAGED / 500_000_000


@contextmanager
def _watched(folder: Path) -> Iterator[set[str]]:
    """Collect the names of the temporary files of DuckDB that are written meanwhile."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            seen.update(path.name for path in folder.rglob("duckdb_temp_*storage*"))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        done.set()
        watching.join()


def _run_spill(folder: Path) -> int:
    _lower_memory()
    return command(folder, *_SPILLING, "--output", "out.json")


def _state_of_spill(folder: Path) -> int:
    out = folder / "out.json"
    if not out.exists():
        return 0
    same = out.read_bytes() == (folder / "expected.json").read_bytes()
    return 1 if same else 9


def _litter_of_spill(folder: Path) -> list[Path]:
    return [*(folder / "spill").iterdir(), *folder.glob("*out.json?*"), *folder.glob(".out.json*")]


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("import", _prepare_import, _run_import, _state_of_import),
        Scenario("judgement", _prepare_judgement, _run_judgement, _state_of_judgement, _load_judgements),
        Scenario("proposal", _prepare_proposal, _run_proposal, _state_of_proposal, _load_accepted),
        Scenario("linked", _prepare_linked, _run_linked, _state_of_linked),
        Scenario("columns", _prepare_columns, _run_columns, _state_of_columns),
        Scenario("spill", _prepare_spill, _run_spill, _state_of_spill, litter=_litter_of_spill),
    )
}
#: All commands, so that a forked process imports nothing.
APP = create_app()
