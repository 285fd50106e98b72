"""generate country: synthetic data for benchmarks and teaching."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from knockon.cli.groups import Subcommands
from knockon.cli.messages import note
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer

Folder = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="The folder to write; an older synthetic country there is replaced.")
]
Firms = Annotated[int, typer.Option("--firms", metavar="N", help="The number of firms, 10 to 10,000,000.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed gives the same bytes.")]
Table = Annotated[
    Path | None,
    typer.Option(
        "--table",
        metavar="FILE",
        help="A wide input-output table, or a list of flows between sectors; default: an invented one.",
    ),
]
Sectors = Annotated[
    int | None,
    typer.Option(
        "--sectors", metavar="N", help="The number of sectors of the invented table (20, at most a tenth of the firms)."
    ),
]
Links = Annotated[float, typer.Option("--links", metavar="N", help="The mean number of suppliers of a firm, 1 to 100.")]
Tables = Annotated[str, typer.Option("--tables", help="Write the tables as parquet or csv.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    generate = Subcommands("Generate synthetic data for benchmarks and teaching; nothing in it is real.")
    # With a callback a group of one command stays a group.
    generate.callback()(_generate)
    generate.command("country")(generate_country)
    app.add_typer(generate, name="generate")


def _generate() -> None:
    """Generate synthetic data for benchmarks and teaching; nothing in it is real."""


@writes(*ROWS)
def generate_country(
    firms: Firms,
    folder: Folder,
    seed: Seed = 0,
    table: Table = None,
    sectors: Sectors = None,
    links: Links = 7.0,
    tables: Tables = "parquet",
    *,
    out: Writer,
) -> None:
    """Write a synthetic country: tables of firms and of the flows between them, which `rank` takes.

    Sizes of firms follow a power law, numbers of suppliers and values follow the sizes, and the flows between sectors add up to
    an input-output table: one that the seed invents, or that of --table. Nothing in it is real.
    """
    from knockon.present.rows.synthetic import COUNTRY_COLUMNS, country_notes, country_table
    from knockon.synthetic import generate_country as generate

    out.check(COUNTRY_COLUMNS)
    form = cast("Literal['parquet', 'csv']", tables)
    country = generate(folder, firms, seed, table=table, sectors=sectors, links=links, tables=form)
    if out.form == "json":
        out.json(country.to_dict())
    else:
        out.tables(country_table(country))
    for line in country_notes(country):
        note(line)
