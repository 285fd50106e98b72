"""What is fuzzed: each target takes bytes, and may end in no other error than one of ours."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qsl

from mutations import VALUES
from seeds import ADDRESS_SEEDS, CELLS, LOAD_SEEDS, MAPPING, MRIO_SEEDS, QUERY_SEEDS, READER_SEEDS, REQUEST_SEEDS, TABLE
from served import send

import knockon
from knockon.authoring.flow_tables import is_table, read_flows
from knockon.authoring.options import ReadOptions
from knockon.errors import KnockonError
from knockon.readers.import_files import import_files
from knockon.readers.import_report import ImportReport, NothingImported
from knockon.readers.input_files import foreign_files
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.shipped import shipped, shipped_names
from knockon.readers.mapping.suggest import suggest_mapping
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.registry import READERS
from knockon.readers.written_rejects import write_rejects
from knockon.serve.query_text import form_of, with_base
from knockon.serve.questions import QUESTIONS
from knockon.serve.sparql_request import parse_parameters
from knockon.sparql.update_text import guard_update, operations
from knockon.sparql.validation import query_fault
from knockon.text import csv_lines

#: The endings of files with any content, for the reader of tables: a byte of the input chooses one.
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".yaml", ".xlsx", ".parquet", ".gz", ".zip", "")
#: The cells of rows that are drawn: such as files have, and such as none should.
_POOL = (*CELLS, *(str(value) for value in VALUES if value is not None))
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
        "rows": Target(_import_rows, tuple(bytes([at, at % 4, *range(40)]) for at in range(len(_all_tables())))),
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
        columns = _columns_of(table)
        rows = [[CELLS[(row + place) % len(CELLS)] for place in range(len(columns))] for row in range(len(CELLS))]
        yield file, "".join(",".join(row) + "\n" for row in ([] if table.names else [columns]) + rows)


def _columns_of(table: TableSpec) -> list[str]:
    """Return the columns of a table: those that it always has, and those that it may have."""
    return [*table.names] or [*(names[0] for names in table.columns), *(names[0] for names in table.optional)] or ["id"]


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
        _import_twice(path, chosen)
        if mapping is None:
            with contextlib.suppress(KnockonError):
                suggest_mapping(foreign_files(path)[0], ReadOptions())


def _import_twice(path: Path, mapping: str | Path | None) -> None:
    """Import a file without and with a file for rejected rows, and that file again."""
    with contextlib.suppress(KnockonError):
        import_files([path], mapping)
    rejects = path.with_name("r.csv")
    first = _with_rejects(path, mapping, rejects)
    if not rejects.exists() or mapping in READERS:
        return
    again = _with_rejects(rejects, mapping, path.with_name("r2.csv"))
    if first is None or again is None:
        return
    # Of a row with a column that comes twice, cells that are there are marked as missing behind others.
    said = (" cells, and the header has", " still missing ")
    widths = [sum(any(text in place.reason for text in said) for place in report.rejected) for report in (first, again)]
    # A row with a zero byte may have too few cells as well, and only one of the two is its reason.
    either = sum("contains a zero byte" in place.reason for place in first.rejected)
    # What was rejected for another reason may be of a wrong width too, where columns of the header have no name.
    if widths[0] - widths[1] > either or len(again.rejected) > len(first.rejected):
        raise AssertionError(
            f"{widths[0]} rows of a wrong width are rejected, and {widths[1]} of them again;"
            f" {len(first.rejected)} rows in all, and {len(again.rejected)} of them again"
        )


def _with_rejects(path: Path, mapping: str | Path | None, rejects: Path) -> ImportReport | None:
    """Import a file with a file for rejected rows, which is written; None if nothing can be read."""
    options = ReadOptions(rejects=rejects)
    try:
        report = import_files([path], mapping, options=options).report
    except NothingImported as error:
        report = error.report
    except KnockonError:
        return None
    if report.rows < len({place.line for place in report.rejected}):
        raise AssertionError("more rows are rejected than were read")
    write_rejects(report, options)
    return report


@cache
def _all_tables() -> list[tuple[str, TableSpec]]:
    """Return the tables of all shipped mappings, each with the name of its mapping."""
    return [(name, table) for name in shipped_names() for table in shipped(name).tables.values()]


def _import_rows(content: bytes) -> None:
    """Import rows drawn for a table of a shipped mapping: bytes choose the table, its form, and each cell."""
    if len(content) < 2:
        return
    name, table = _all_tables()[content[0] % len(_all_tables())]
    file, columns = table.file[0].replace("*", "a") if table.file else "a.csv", _columns_of(table)
    rows: list[list[str]] = [[]]
    for byte in content[2:]:
        # A row ends early, or late, for one byte of 32.
        if byte % 32 == 31 or len(rows[-1]) > len(columns):
            rows.append([])
        else:
            rows[-1].append(_POOL[byte % len(_POOL)])
            if len(rows[-1]) == len(columns) and byte % 32 != 30:
                rows.append([])
    with tempfile.TemporaryDirectory() as folder:
        if content[1] % 4 == 3:
            path = Path(folder, file).with_suffix(".jsonl")
            lines = [json.dumps(dict(zip(columns, row, strict=False))) for row in rows]
            path.write_text("\n".join(lines) + "\n", "utf-8", "surrogatepass")
        else:
            path = Path(folder, file)
            header = [] if table.names else [columns]
            path.write_text(csv_lines([*header, *(row for row in rows if row)]), "utf-8", "surrogatepass")
        _import_twice(path, name)


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
