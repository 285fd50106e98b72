"""Write the tables of a synthetic country, as Parquet or CSV, each marked as synthetic."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np

from knockon.errors import UsageError
from knockon.markdown import Markdown, code, document, heading, inline, joined, paragraph, table
from knockon.network.arrays import Floats
from knockon.store.atomic_write import create_folder, sync, temporary_folder
from knockon.store.replaced_folder import move_into_place, restore
from knockon.store.write_errors import write_error
from knockon.synthetic.economy import Economy
from knockon.synthetic.firms import Firms
from knockon.synthetic.fitting import LinkValues
from knockon.text import cell, csv_lines

#: The file that makes a folder a synthetic country.
MANIFEST = "synthetic-country.json"
_README = "README.md"
#: The flows that are in memory as texts at a time.
_PART = 1 << 18
#: How likely a coin of the seed makes inputs of one sector essential (2) to another, and negligible (0); else 1.
_ESSENTIAL, _NEGLIGIBLE = 0.35, 0.1
_ESSENTIALITY = ("supplier_sector", "customer_sector", "essentiality")
_INVENTED = inline("the table of sectors (", code("synthetic-table.csv"), ") is invented as well.")
_GIVEN = "the flows between sectors add up to the table that was given."


class CountryTables(NamedTuple):
    """What is written."""

    economy: Economy
    firms: Firms
    values: LinkValues
    seed: int


def write_country(folder: Path, tables: CountryTables, form: str) -> tuple[str, ...]:
    """Write the files of a country into a folder, which takes the place of an older country at once.

    Parameters
    ----------
    folder
        The folder.
    tables
        What to write.
    form
        ``parquet`` or ``csv``.

    Returns
    -------
    tuple of str
        The names of the files.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        Something else is there, it cannot be written, or pyarrow is not installed.
    """
    writer = _ParquetWriter() if form == "parquet" else _CsvWriter()
    try:
        restore(folder)
        if folder.exists() and not (folder / MANIFEST).is_file():
            raise UsageError(f"{folder} exists already and is not a synthetic country; nothing was written")
        create_folder(folder.parent)
        with temporary_folder(folder) as beside:
            _write(beside, tables, writer)
            names = tuple(sorted(path.name for path in beside.iterdir()))
            for name in names:
                sync(beside / name)
            move_into_place(beside, folder)
            sync(folder.parent)
    except OSError as error:
        raise write_error(folder, error) from None
    return names


def _write(folder: Path, tables: CountryTables, writer: _ParquetWriter | _CsvWriter) -> None:
    economy, firms, values = tables.economy, tables.firms, tables.values
    width = max(6, len(str(len(firms))))
    names = [f"Firm {number:0{width}}" for number in range(1, len(firms) + 1)]
    writer.write(folder / "synthetic-flows", _flows(names, values))
    columns = _firm_columns(economy, firms, values)
    sectors = [economy.sectors[sector] for sector in firms.sector.tolist()]
    writer.write(folder / "synthetic-firms", iter([{"firm": names, "sector": sectors, **columns}]))
    writer.write(folder / "synthetic-essentiality", iter([_essentiality(economy, tables.seed)]))
    if not economy.source:
        (folder / "synthetic-table.csv").write_text(_wide_table(economy), "utf-8")
    (folder / _README).write_text(_note(economy, [name for name in ("costs", "inventories") if name in columns]), "utf-8")
    manifest = {
        "synthetic": True, "seed": tables.seed, "firms": len(firms), "flows": len(values.pair), "table": economy.source,
        "files": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")


def _note(economy: Economy, more: list[str]) -> str:
    """Return what the folder says of itself; ``more`` are further columns of firms."""
    names = [code(name) for name in ("firm", "sector", "final_demand", *more)]
    rows = [
        (code("synthetic-flows"), inline(_codes("supplier", "customer", "value"), ": who sells to whom for how much")),
        (
            code("synthetic-firms"),
            inline(joined(", ", names), ", ", code("employees"), " (the size), ", code("synthetic"), " (always true)"),
        ),
        (code("synthetic-essentiality"), inline(_codes(*_ESSENTIALITY), ", of the seed: 0 or 2, else 1")),
    ]
    invented = inline(
        "Nothing in this folder is real. A program invented every firm and every flow between firms by a random seed (",
        code("knockon generate country"), "); ", _GIVEN if economy.source else _INVENTED,
        " Use it to test programs and to teach, and for nothing that is said about an economy.",
    )  # fmt: skip
    return document(heading(1, "Synthetic country"), paragraph(invented), table(["File", "Columns"], rows)) + "\n"


def _codes(*names: str) -> Markdown:
    return joined(", ", [code(name) for name in names])


def _flows(names: Sequence[str], values: LinkValues) -> Iterator[dict[str, Any]]:
    """Yield the flows in parts."""
    listed = np.array(names, object)
    for start in range(0, len(values.pair), _PART):
        end = min(start + _PART, len(values.pair))
        yield {
            "supplier": listed[values.supplier[start:end]].tolist(),
            "customer": listed[values.customer[start:end]].tolist(),
            "value": values.part(start, end),
        }


def _firm_columns(economy: Economy, firms: Firms, values: LinkValues) -> dict[str, Any]:
    """Return the amounts of firms; those of a sector add up to its amount in the table."""
    shares = firms.shares()
    columns: dict[str, Any] = {"final_demand": economy.final_demand[firms.sector] * shares}
    if economy.value_added is not None:
        bought = values.sums(values.customer, len(firms))
        columns["costs"] = bought + economy.value_added[firms.sector] * shares
    if economy.inventories is not None:
        columns["inventories"] = economy.inventories[firms.sector] * shares
    columns["employees"] = np.maximum(1, np.rint(firms.size)).astype(np.int64)
    columns["synthetic"] = np.ones(len(firms), bool)
    return columns


def _essentiality(economy: Economy, seed: int) -> dict[str, Any]:
    """Return the pairs of sectors whose inputs are essential or negligible."""
    coin = np.random.default_rng([seed, 3]).random(len(economy.value))
    level = np.where(coin < _ESSENTIAL, 2, np.where(coin < _ESSENTIAL + _NEGLIGIBLE, 0, 1))
    some = np.flatnonzero(level != 1)
    return {
        "supplier_sector": [economy.sectors[sector] for sector in economy.supplier[some].tolist()],
        "customer_sector": [economy.sectors[sector] for sector in economy.customer[some].tolist()],
        "essentiality": level[some],
    }


def _wide_table(economy: Economy) -> str:
    """Return an invented table in the layout that is read as an input-output table."""
    size = len(economy.sectors)
    matrix = np.zeros((size, size))
    matrix[economy.supplier, economy.customer] = economy.value
    rows = [
        [name, *map(repr, matrix[row].tolist()), repr(float(economy.final_demand[row]))]
        for row, name in enumerate(economy.sectors)
    ]
    added = np.zeros(size) if economy.value_added is None else economy.value_added
    return csv_lines([["", *economy.sectors, "final demand"], *rows, ["value added", *map(repr, added.tolist()), "0"]])


class _CsvWriter:
    """Writes tables as CSV; a cell that a spreadsheet would evaluate is marked as text."""

    def write(self, path: Path, parts: Iterator[dict[str, Any]]) -> None:
        with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
            for number, part in enumerate(parts):
                if not number:
                    file.write(csv_lines([list(part)]))
                self._write_rows(file, list(part.values()))

    def _write_rows(self, file: TextIO, columns: Sequence[Any]) -> None:
        texts = [_texts(column) for column in columns]
        file.writelines(",".join(row) + "\n" for row in zip(*texts, strict=True))


def _texts(column: Sequence[str] | Floats) -> list[str]:
    """Return the cells of a column: numbers with every digit, names quoted where they must be."""
    if isinstance(column, np.ndarray):
        return ["true" if value is True else repr(value) for value in column.tolist()]
    written: dict[str, str] = {}
    for name in column:
        if name not in written:
            written[name] = csv_lines([[cell(name)]])[:-1]
    return [written[name] for name in column]


class _ParquetWriter:
    """Writes tables as Parquet, which are marked as synthetic in the metadata too."""

    def __init__(self) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise UsageError("Parquet needs pyarrow: pip install 'knockon[parquet]'; or write the tables as csv") from None
        self._pa, self._parquet = pyarrow, parquet

    def write(self, path: Path, parts: Iterator[dict[str, Any]]) -> None:
        writer = None
        try:
            for part in parts:
                table = self._pa.table({name: self._pa.array(column) for name, column in part.items()})
                table = table.replace_schema_metadata({"synthetic": "true", "generator": "knockon generate country"})
                if writer is None:
                    writer = self._parquet.ParquetWriter(path.with_suffix(".parquet"), table.schema, compression="zstd")
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["MANIFEST", "CountryTables", "write_country"]
