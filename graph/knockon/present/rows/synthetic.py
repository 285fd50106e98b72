"""A synthetic country that was written, as rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.present.rows.table import Row, Table

if TYPE_CHECKING:
    from knockon.synthetic import Country

#: The columns of the counts of a country.
COUNTRY_COLUMNS = ("count", "of", "file")


def country_table(country: Country) -> Table:
    """Return the counts of a synthetic country, with the files that hold them.

    >>> from knockon.synthetic import Country
    >>> files = ("synthetic-flows.csv",)
    >>> country = Country("c", files, firms=10, sectors=1, flows=9, money=4.0, seed=0, table="", difference=0.0)
    >>> [tuple(row.values()) for row in country_table(country).rows]
    [(10, 'synthetic firms', ''), (1, 'sectors', ''), (9, 'synthetic flows', 'synthetic-flows.csv')]
    """
    rows: list[Row] = [
        {"count": count, "of": of, "file": next((name for name in country.files if name.startswith(start)), "")}
        for count, of, start in (
            (country.firms, "synthetic firms", "synthetic-firms."),
            (country.sectors, "sectors", "synthetic-table."),
            (country.flows, "synthetic flows", "synthetic-flows."),
        )
    ]
    return Table(rows, COUNTRY_COLUMNS)


def country_notes(country: Country) -> Iterator[str]:
    """Return where the country is, that it is synthetic, and how it can be used."""
    table = country.table or "an invented table"
    yield f"wrote a synthetic country to {country.folder}: nothing in it is real"
    yield f"its flows add up to {table}; greatest relative difference {country.difference:.0e}"
    flows, firms = (
        next(name for name in country.files if name.startswith(f"synthetic-{kind}.")) for kind in ("flows", "firms")
    )
    yield f"rank its firms: knockon rank {country.folder}/{flows} --firms {country.folder}/{firms}"


__all__ = ["COUNTRY_COLUMNS", "country_notes", "country_table"]
