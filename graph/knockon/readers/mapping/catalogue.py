"""What ``--mapping`` can name: the shipped mappings and the readers, each with how it is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.shipped import shipped, shipped_names
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.registry import READERS

#: The most columns by which a table is described.
_MAX_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Importable:
    """A mapping or reader.

    Attributes
    ----------
    name
        What ``--mapping`` takes.
    kind
        ``mapping`` or ``reader``.
    title
        The format or the data.
    license
        The licence of the data, where all data of the format have one.
    recognised
        How a file of it is recognised.
    documented
        Where its columns are documented.
    """

    name: str
    kind: str
    title: str
    license: str
    recognised: str
    documented: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


def importables() -> tuple[Importable, ...]:
    """Return every mapping and reader, in the order of their names.

    >>> [(entry.kind, entry.recognised) for entry in importables() if entry.name == "eto"]
    [('mapping', 'stages.csv, inputs.csv, providers.csv, provision.csv, sequence.csv')]
    """
    return tuple(sorted([*_mappings(), *_readers()], key=lambda entry: entry.name))


def _mappings() -> Iterator[Importable]:
    for name in shipped_names():
        spec = shipped(name)
        yield Importable(name, "mapping", spec.title, spec.license or "", _recognised(spec), spec.documented or "")


def _readers() -> Iterator[Importable]:
    for name, reader in READERS.items():
        endings = ", ".join(reader.endings)
        yield Importable(name, "reader", reader.title, "", f"{reader.recognised} ({endings})", "")


def _recognised(spec: MappingSpec) -> str:
    """Return the files of the tables, or their columns where the files have no fixed name."""
    return ", ".join(dict.fromkeys(filter(None, (_table(table) for table in spec.tables.values()))))


def _table(table: TableSpec) -> str:
    if table.file:
        return ", ".join(table.file)
    columns = table.required_columns[:_MAX_COLUMNS]
    more = " ..." if len(table.columns) > len(columns) else ""
    return f"columns {' + '.join(columns)}{more}" if columns else ""


__all__ = ["Importable", "importables"]
