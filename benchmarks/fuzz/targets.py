"""What is fuzzed: each target takes bytes, and may end in no other error than one of ours."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from seeds import ADDRESS_SEEDS, CELLS, LOAD_SEEDS, MAPPING, MRIO_SEEDS, QUERY_SEEDS, READER_SEEDS, REQUEST_SEEDS, TABLE
from served import send

import knockon
from knockon.authoring.flow_tables import is_table, read_flows
from knockon.authoring.options import ReadOptions
from knockon.errors import KnockonError
from knockon.readers.foreign_file import foreign_files
from knockon.readers.import_files import import_files
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.shipped import shipped, shipped_names
from knockon.readers.mapping.suggest import suggest_mapping
from knockon.serve.query_text import form_of, with_base
from knockon.serve.questions import QUESTIONS
from knockon.serve.sparql_request import parse_parameters
from knockon.sparql.update_text import guard_update, operations
from knockon.sparql.validation import query_fault

#: The endings of files with any content, for the reader of tables: a byte of the input chooses one.
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".yaml", ".xlsx", ".parquet", ".gz", ".zip", "")
#: Those of what ``load`` reads.
_ENDINGS_OF_LOAD = (".csv", ".yaml", ".jsonl", ".json", ".ttl", ".nq", ".trig", ".rdf", ".xlsx", "")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is fuzzed: what runs on an input, and the inputs to begin with."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def targets() -> Mapping[str, Target]:
    """Return the targets by name: the readers and shipped mappings, and the other doors."""
    found: dict[str, Target] = {}
    for name, files in READER_SEEDS.items():
        endings = tuple(dict.fromkeys(ending for ending, _ in files))
        # The first byte chooses the ending.
        seeds = tuple(bytes([endings.index(ending)]) + text.encode() for ending, text in files)
        found[name] = Target(partial(_import, name, endings), seeds)
    table = b"\0" + TABLE.encode()
    for name in shipped_names():
        tables = list(_tables_of(shipped(name)))
        names = (*dict.fromkeys(file for file, _ in tables), "a.json")
        seeds = (bytes([names.index(file)]) + text.encode() for file, text in tables)
        found[name] = Target(partial(_import, name, names), tuple(seeds))
    return found | {
        "tables": Target(partial(_import, MAPPING, _ENDINGS), (table,)),
        "recognition": Target(
            partial(_import, None, _ENDINGS), (table, *(b"\2" + t.encode() for _, t in READER_SEEDS["bods"]))
        ),
        "load": Target(_load, tuple(bytes([_ENDINGS_OF_LOAD.index(end)]) + text.encode() for end, text in LOAD_SEEDS)),
        "flows": Target(_read_flows, tuple(text.encode() for text in MRIO_SEEDS)),
        "served": Target(send, tuple(text.encode() for text in REQUEST_SEEDS)),
        "mapping-file": Target(_read_mapping, (MAPPING.encode(),)),
        "query": Target(_check_query, tuple(text.encode() for text in QUERY_SEEDS)),
        "address": Target(_read_address, tuple(text.encode() for text in ADDRESS_SEEDS)),
    }


def _tables_of(mapping: MappingSpec) -> Iterator[tuple[str, str]]:
    """Yield a small file for each table of a mapping: its name, and rows for the columns that the mapping reads."""
    for table in mapping.tables.values():
        file = table.file[0].replace("*", "a") if table.file else "a.csv"
        columns = [*table.names] or [*(names[0] for names in table.columns), *(names[0] for names in table.optional)] or ["id"]
        rows = [[CELLS[(row + place) % len(CELLS)] for place in range(len(columns))] for row in range(len(CELLS))]
        yield file, "".join(",".join(row) + "\n" for row in ([] if table.names else [columns]) + rows)


def _import(mapping: str | None, names: tuple[str, ...], content: bytes) -> None:
    """Import a file, without and with a file for rejected rows, and draft a mapping for it."""
    if not content:
        return
    with tempfile.TemporaryDirectory() as folder:
        name = names[content[0] % len(names)]
        path = Path(folder, f"a{name}" if not name or name.startswith(".") else name)
        path.write_bytes(content[1:])
        chosen: str | Path | None = mapping
        if mapping is not None and "\n" in mapping:
            chosen = Path(folder, "m.yaml")
            chosen.write_text(mapping)
        for options in (ReadOptions(), ReadOptions(rejects=Path(folder, "r.csv"))):
            with contextlib.suppress(KnockonError):
                report = import_files([path], chosen, options=options).report
                if report.rows < len({place.line for place in report.rejected}):
                    raise AssertionError("more rows are rejected than were read")
        if mapping is None:
            with contextlib.suppress(KnockonError):
                suggest_mapping(foreign_files(path)[0], ReadOptions())


def _load(content: bytes) -> None:
    """Open a file of any content, as ``load`` and ``--store`` do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{_ENDINGS_OF_LOAD[content[0] % len(_ENDINGS_OF_LOAD)]}" if content else "a")
        path.write_bytes(content[1:])
        with contextlib.suppress(KnockonError):
            knockon.open(path).close()


def _read_flows(content: bytes) -> None:
    """Read a table of flows: a matrix, or a row for each flow."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(content)
        for options in (ReadOptions(), ReadOptions(decimal=",")):
            with contextlib.suppress(KnockonError):
                if is_table(path, options):
                    read_flows(path, options=options)


def _read_mapping(content: bytes) -> None:
    """Import a table with a mapping of any content."""
    with tempfile.TemporaryDirectory() as folder:
        path, mapping = Path(folder, "a.csv"), Path(folder, "m.yaml")
        path.write_text(TABLE)
        mapping.write_bytes(content)
        with contextlib.suppress(KnockonError):
            import_files([path], mapping)


def _check_query(content: bytes) -> None:
    """Read a query or an update as the server does before it runs it."""
    text = content.decode("utf-8", "replace")
    query_fault(text)
    form_of(text)
    with_base(text, lambda: "http://localhost/sparql")
    with contextlib.suppress(KnockonError):
        guard_update(text)
        operations(text, "urn:x:g")


def _read_address(content: bytes) -> None:
    """Read the query part of an address as parameters of the protocol, and of each question."""
    with contextlib.suppress(KnockonError):
        parse_parameters(content)
    # Text that is not in an address (a byte beyond ASCII) is refused before.
    pairs = parse_qsl(content.decode("ascii", "replace"), keep_blank_values=True)
    for question in QUESTIONS.values():
        with contextlib.suppress(KnockonError):
            question.read_query(pairs)
