"""Generate a synthetic country: firms in sectors that supply each other, whose flows add up to an input-output table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knockon.errors import InvalidData, Problem, UsageError
from knockon.synthetic.country_files import CountryTables, write_country
from knockon.synthetic.economy import Economy, invent_economy, read_economy
from knockon.synthetic.firms import make_firms
from knockon.synthetic.fitting import LinkValues
from knockon.synthetic.links import draw_links, targets

#: The bounds of what can be asked for.
LEAST_FIRMS, MOST_FIRMS = 10, 10_000_000
MOST_LINKS = 70_000_000
MOST_SECTORS = 500
#: The mean number of suppliers of a firm, and the number of sectors of an invented table.
LINKS, SECTORS = 7.0, 20
#: Rounds of iterative proportional fitting. Pairs of sectors are exact after each; firms get nearer to their sizes.
_ROUNDS = 10
#: The greatest relative difference between the flows of firms and the table.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Country:
    """A synthetic country that was written.

    Attributes
    ----------
    folder
        The folder with its files.
    files
        The names of the files in it.
    firms
        The number of firms.
    sectors
        The number of sectors with firms.
    flows
        The number of flows between firms.
    money
        The sum of amounts of all flows, in the unit of the table.
    seed
        The seed.
    table
        The file of the input-output table; empty if the seed invented it.
    difference
        The greatest relative difference (0..1) between a flow of two sectors in the table and the flows of their firms.
    synthetic
        Always true: nothing of it is real.
    """

    folder: str
    files: tuple[str, ...]
    firms: int
    sectors: int
    flows: int
    money: float
    seed: int
    table: str
    difference: float
    synthetic: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the country as plain values."""
        return {**asdict(self), "files": list(self.files)}


def generate_country(
    folder: str | Path,
    firms: int,
    seed: int = 0,
    *,
    table: str | Path | None = None,
    sectors: int | None = None,
    links: float = LINKS,
    tables: Literal["parquet", "csv"] = "parquet",
) -> Country:
    """Write a synthetic country: tables of flows, firms and essentiality that :meth:`Network.from_table` and ``rank`` take.

    Firm sizes follow Zipf's law; numbers of suppliers and customers, and values, grow with size. What the firms of a sector
    sell to those of another adds up to the input-output table, to 1e-9 and better, and so do final demand, costs and changes
    in inventories. Nothing in it is real: firms are called "Firm 000123", every file and sector of an invented table is
    called synthetic. The same arguments give the same bytes with the same versions of knockon, numpy and pyarrow.

    Parameters
    ----------
    folder
        Where to write; a folder that does not exist, or a synthetic country, which is replaced.
    firms
        The number of firms, 10 to 10,000,000.
    seed
        A number from 0.
    table
        A wide input-output table (OECD ICIO, EXIOBASE, pymrio), or a list of flows between sectors; by default the seed
        invents one.
    sectors
        The number of sectors of an invented table, at most 500; by default 20, and at most a tenth of the firms.
    links
        The mean number of suppliers of a firm, 1 to 100.
    tables
        The format of the tables: ``parquet`` or ``csv``.

    Returns
    -------
    Country
        What was written.

    Raises
    ------
    UsageError
        A number is out of its bounds, there are fewer firms than the sectors need, the folder is something else, or pyarrow
        is not installed.
    NotFound
        The table does not exist.
    InvalidData
        The table cannot be read, or its numbers are too far apart for 64 bits.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network import Network
    >>> with TemporaryDirectory() as folder:
    ...     country = generate_country(f"{folder}/country", firms=100, seed=1, tables="csv")
    ...     network = Network.from_table(f"{folder}/country/synthetic-flows.csv", f"{folder}/country/synthetic-firms.csv")
    >>> network.size, country.difference < 1e-9
    (100, True)
    """
    _check(firms, seed, sectors, links, tables)
    if table is not None and sectors is not None:
        raise UsageError("sectors are those of the table; leave the number out, or the table")
    economy = read_economy(Path(table)) if table is not None else invent_economy(_sector_count(sectors, firms), firms, seed)
    made = make_firms(economy, firms, seed)
    drawn = draw_links(economy, made, links, seed)
    values = LinkValues(*drawn, *targets(economy, made, drawn), economy.value)
    values.fit(_ROUNDS)
    difference = _checked_difference(economy, values)
    files = write_country(Path(folder), CountryTables(economy, made, values, seed), tables)
    return Country(
        folder=str(folder),
        files=files,
        firms=firms,
        sectors=int((np.diff(made.start) > 0).sum()),
        flows=len(drawn.pair),
        money=float(economy.value.sum()),
        seed=seed,
        table=economy.source,
        difference=difference,
    )


def _sector_count(sectors: int | None, firms: int) -> int:
    return min(SECTORS, firms // 10) if sectors is None else sectors


def _check(firms: int, seed: int, sectors: int | None, links: float, tables: str) -> None:
    """Refuse numbers that are out of their bounds."""
    for name, number, low, high in (
        ("firms", firms, LEAST_FIRMS, MOST_FIRMS),
        ("seed", seed, 0, 2**63 - 1),
        ("sectors", 1 if sectors is None else sectors, 1, MOST_SECTORS),
    ):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not low <= number <= high:
            raise UsageError(f"{name} is a whole number from {low:,} to {high:,}, not {number!r:.50}")
    if isinstance(links, bool) or not isinstance(links, int | float) or not 1 <= links <= 100:
        raise UsageError(f"links is a number from 1 to 100, not {links!r:.50}")
    if firms * links > MOST_LINKS:
        raise UsageError(f"{firms:,} firms with {links:g} suppliers each are more than {MOST_LINKS:,} flows; ask for fewer")
    if tables not in ("parquet", "csv"):
        raise UsageError(f"tables are written as parquet or csv, not {tables!r:.50}")


def _checked_difference(economy: Economy, values: LinkValues) -> float:
    """Return the greatest relative difference between the flows and the table; it is at most ``TOLERANCE``."""
    sums = values.sums(values.pair, len(economy.value))
    with np.errstate(invalid="ignore"):
        difference = float(np.max(np.abs(sums - economy.value) / economy.value))
    value = values.all()
    if not difference <= TOLERANCE or not (np.isfinite(value).all() and (value > 0).all()):
        hint = "measure in another unit, or leave out flows that are next to nothing"
        raise InvalidData([Problem(economy.source or "table", None, "has flows too far apart to be divided among firms", hint)])
    return difference


__all__ = ["Country", "generate_country"]
