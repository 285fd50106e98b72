"""What is left of systems that feed each other, on a table of links (FDNA), by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.analysis.methods import REGISTRY
from knockon.analysis.sector_answers import SectorAnswer, SectorShock, SectorShocks
from knockon.analysis.sector_models import Changes, checked, row_of
from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, Problem, UsageError, failing_with

if TYPE_CHECKING:
    from knockon.authoring.column_table import ColumnTable
    from knockon.authoring.options import ReadOptions
    from knockon.network.network import Floats, Ints

#: The columns of a table of links.
COLUMNS = ("feeder", "receiver", "strength", "criticality")


class _Links(NamedTuple):
    """A table of links: the names of the systems; feeder, receiver, strength and criticality of each link; its rows."""

    names: tuple[str, ...]
    ends: tuple[Ints, Ints]
    strength: Floats
    criticality: Floats
    rows: ColumnTable


def system_answer(links: Path, read: ReadOptions, shock: Mapping[str, float], cycles: str = "solve") -> SectorAnswer:
    """Compute what systems lose when some of them lose operability.

    Parameters
    ----------
    links
        A table with the columns feeder, receiver, strength (0..1) and criticality (0..100).
    read
        How the table is read.
    shock
        The share of its own operability (0..1) that each system loses.
    cycles
        ``solve``, ``condense`` or ``error``, as :func:`knockon.propagation.fdna` takes it.

    Raises
    ------
    NotFound
        There is no such system or file.
    InvalidData
        The table is invalid, or has a cycle where ``cycles`` is ``error``.
    UsageError
        Nothing is hit, or a number is out of range.
    """
    if not shock:
        raise UsageError("say which system is hit: --hit SYSTEM=SHARE, or --shocks FILE")
    with failing_with("nothing was computed"):
        table = _read(links, read)
        given = np.zeros((1, len(table.names)))
        for name, number in shock.items():
            given[0, row_of(name, table.names, "system")] = checked(f"--hit {name}={number:g}", number, share=True)
        changes = _changes(table, given, cycles)
    about = REGISTRY["fdna"].wording(*_forms(cycles))
    return SectorAnswer("fdna", about.equation, about.reference, None, changes.of(0, table.names, given), ())


def system_shocks(links: Path, read: ReadOptions, shocks: Path, cycles: str = "solve") -> SectorShocks:
    """Compute what each shock of a table does to systems that feed each other.

    Parameters
    ----------
    links, read, cycles
        As :func:`system_answer` takes them.
    shocks
        A table with the columns shock, sector (or firm), which is the system, and share.

    Raises
    ------
    NotFound, InvalidData, UsageError
        As :func:`system_answer` raises them.
    """
    from knockon.authoring.share_tables import read_shares

    with failing_with("nothing was computed"):
        table = _read(links, read)
        rows = read_shares(shocks, table.names, read, known_as=("system", "links"))
        given = rows.matrix(len(table.names))
        changes = _changes(table, given, cycles)
    about = REGISTRY["fdna"].wording(*_forms(cycles))
    results = tuple(SectorShock(name, None, changes.of(row, table.names, given)) for row, name in enumerate(rows.names))
    return SectorShocks("fdna", about.equation, about.reference, results, ())


def _forms(cycles: str) -> tuple[str, ...]:
    return (cycles,) if cycles in REGISTRY["fdna"].forms else ()


def _changes(table: _Links, given: Floats, cycles: str) -> Changes:
    from knockon.propagation.fdna import fdna

    # Cycles are refused by the names of their systems, where the model knows numbers.
    refuses, cycles = cycles == "error", "solve" if cycles == "error" else cycles
    result = fdna(
        len(table.names), given, links=table.ends, strength=table.strength, criticality=table.criticality,
        cycles=cycles,  # type: ignore[arg-type] # it refuses unknown ones
    )  # fmt: skip
    if refuses:
        _refuse_cycles(table, result.component)
    changes = Changes(None, result.loss, None, result.source)
    changes.check(table.rows.name)
    return changes


def _refuse_cycles(table: _Links, component: Ints) -> None:
    """Refuse links that form a cycle, each by its line; ``component`` numbers the cycles of the systems."""
    feeder, receiver = table.ends
    rows = np.flatnonzero(component[feeder] == component[receiver])
    if len(rows):
        what = lambda row: f"the link from {table.names[feeder[row]]} to {table.names[receiver[row]]} is on a cycle"  # noqa: E731
        raise table.rows.faulty(rows, what, "solve cycles, or take the worst of each: cycles= solve, or condense")


def _read(links: Path, read: ReadOptions) -> _Links:
    """Read a table of links.

    Raises
    ------
    InvalidData
        A column is missing, a name or a number is missing or out of range, or a link has two rows: all of it together.
    """
    from knockon.authoring.flow_columns import read_columns
    from knockon.authoring.flow_tables import name_column
    from knockon.authoring.name_columns import number_names
    from knockon.authoring.row_checks import check_pairs, check_range, together

    table = read_columns(links, COLUMNS, (), read, name="links", collect=True)
    if not len(table.names["feeder"].code):
        raise InvalidData([Problem(printable_path(links), None, "has no rows", "one for each link: feeder, receiver")])
    columns = [table.names["feeder"], table.names["receiver"]]
    names, (feeder, receiver) = number_names(columns)
    together(
        table,
        *(lambda name=name: name_column(table, name) for name in ("feeder", "receiver")),
        lambda: check_range(table, "strength", 1.0),
        lambda: check_range(table, "criticality", 100.0),
        lambda: check_pairs(table, np.arange(len(feeder)), feeder * len(names) + receiver, "names a link a second time",
                            "one row for each feeder and receiver"),
    )  # fmt: skip
    return _Links(names, (feeder, receiver), table.amounts["strength"], table.amounts["criticality"], table)


__all__ = ["COLUMNS", "system_answer", "system_shocks"]
