"""price, extraction, ghosh: what a shock does to the sectors of an input-output table, or to firms of a table of flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from knockon.analysis.methods import REGISTRY
from knockon.cli.messages import note_lines, working
from knockon.cli.options import FLOWS, reading_options
from knockon.cli.options.page import ModelPage, PageOf, check_page
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.sector_answers import SectorAnswer, SectorShocks
    from knockon.present.rows.table import Table

#: How a number of a sector is written, by option.
FORMS = {
    "--cost": "SECTOR=RISE",
    "--price": "SECTOR=RISE",
    "--duty": "SECTOR=RATE",
    "--passed-on": "[SECTOR=]SHARE",
    "--extract": "SECTOR=SHARE",
    "--fall": "SECTOR=SHARE",
    "--hit": "SECTOR=SHARE",
    "--recovery": "[SECTOR=]TIME",
    "--start": "SECTOR=SHARE",
}
#: How the share of a system is written.
SYSTEM_FORM = "SYSTEM=SHARE"
_Computed = TypeVar("_Computed", "SectorAnswer", "SectorShocks")

Flows = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE", help="A table (Parquet, CSV, Excel) of flows: supplier, customer, value; the diagonal counts."
    ),
]
FinalDemand = Annotated[
    Path | None, typer.Option("--firms", help="A table with the columns firm (or sector of the table) and final_demand.")
]
ShockTable = Annotated[
    Path | None,
    typer.Option("--shocks", help="Run each shock of a table instead: shock, sector, share (the number of the sector)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (price, extraction, ghosh):
        app.command(epilog=REGISTRY[command.__name__].guide)(command)


@writes(*ROWS)
@reading_options(*FLOWS)
def price(
    table: Flows,
    firms: FinalDemand = None,
    cost: Annotated[
        list[str] | None,
        typer.Option("--cost", metavar=FORMS["--cost"], help="Costs rise, for each unit of output (repeatable)."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--price", metavar=FORMS["--price"], help="The price is set from outside, and rises (repeatable)."),
    ] = None,
    duty: Annotated[
        list[str] | None,
        typer.Option("--duty", metavar=FORMS["--duty"], help="A duty on what it sells to others: 0.25 is 25 % (repeatable)."),
    ] = None,
    passed_on: Annotated[
        list[str] | None,
        typer.Option(
            "--passed-on",
            metavar=FORMS["--passed-on"],
            help="The share of higher costs that is passed on, of one sector or of all others (default 1; repeatable).",
        ),
    ] = None,
    rises: Annotated[
        str | None, typer.Option("--rises", help="What rises in the table of --shocks: cost, price or duty [default: cost].")
    ] = None,
    shocks: ShockTable = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Pass rises of costs, prices or duties on to all prices, by the Leontief price model.

    One of --cost, --price and --duty in a call, or --shocks and --rises.
    """
    given = {"cost": cost, "price": set_, "duty": duty}
    kinds = [kind for kind, texts in given.items() if texts]
    if shocks is None and len(kinds) != 1:
        raise UsageError("name what rises: one of --cost, --price or --duty SECTOR=NUMBER")
    if shocks is not None and kinds:
        raise UsageError(f"--shocks and --{kinds[0]} exclude each other; --rises says what rises in the table of shocks")
    if shocks is None and rises is not None:
        raise UsageError("--rises says what rises in the table of --shocks")
    if rises not in (None, *given):
        raise UsageError(f"--rises is cost, price or duty, not {rises!r}")
    shares = numbers_by_sector("--passed-on", passed_on, FORMS["--passed-on"])
    kind = kinds[0] if kinds else rises or "cost"
    _answer(
        out,
        table,
        firms,
        read,
        "price",
        numbers_by_sector(f"--{kind}", given[kind], FORMS[f"--{kind}"]),
        shares,
        kind,
        shocks,
        page,
    )


@writes(*ROWS)
@reading_options(*FLOWS)
def extraction(
    table: Flows,
    firms: FinalDemand = None,
    extract: Annotated[
        list[str] | None,
        typer.Option("--extract", metavar=FORMS["--extract"], help="The share that is extracted; 1 is all (repeatable)."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--kind", help="complete (all that it sells), forward (to sectors) or backward (what it buys)."),
    ] = "complete",
    shocks: ShockTable = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Take sectors out of a table, in whole or in part, and compute the output that depended on them."""
    if kind not in ("complete", "forward", "backward"):
        raise UsageError(f"--kind is complete, forward or backward, not {kind!r}")
    _answer(
        out,
        table,
        firms,
        read,
        "extraction",
        numbers_by_sector("--extract", extract, FORMS["--extract"]),
        None,
        kind,
        shocks,
        page,
    )


@writes(*ROWS)
@reading_options(*FLOWS)
def ghosh(
    table: Flows,
    firms: FinalDemand = None,
    fall: Annotated[
        list[str] | None,
        typer.Option("--fall", metavar=FORMS["--fall"], help="Primary inputs fall by this share of output (repeatable)."),
    ] = None,
    shocks: ShockTable = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Compute the output lost when primary inputs fall, by the model of Ghosh: inoperability driven by supply."""
    _answer(out, table, firms, read, "ghosh", numbers_by_sector("--fall", fall, FORMS["--fall"]), None, "", shocks, page)


def _answer(
    out: Writer, table: Path, firms: Path | None, read: Any, model: str, shock: dict[str, float],
    passed_on: dict[str, float] | None, choice: str, shocks: Path | None, page: Path | None,
) -> None:  # fmt: skip
    from knockon.analysis.sector_models import hit_option
    from knockon.analysis.sectors import sector_answer, sector_shocks

    asked = PageOf(page, {"Table": table, "Final demand": firms, "Shocks": shocks})
    if shocks is None:
        write_shock(out, asked, lambda: sector_answer(table, firms, read, model, shock, passed_on, choice))
        return
    write_shocks(
        out,
        asked,
        hit_option(model, choice) if shock else "",
        lambda: sector_shocks(table, firms, read, model, shocks, passed_on, choice),
    )


def write_shock(out: Writer, page: PageOf, compute: Callable[[], SectorAnswer]) -> None:
    """Compute what one shock does to sectors or systems, and write it."""
    from knockon.present.rows.sectors import sector_notes, sector_rows, sector_tables

    _write(out, page, compute, sector_tables, sector_rows, sector_notes)


def write_shocks(out: Writer, page: PageOf, also: str, compute: Callable[[], SectorShocks]) -> None:
    """Compute what each shock of a table does to sectors or systems, and write it.

    ``also`` is the option by which the command line names a shock as well; empty if it does not.

    Raises
    ------
    UsageError
        The command line names a shock as well.
    """
    from knockon.present.rows.sectors import sector_shock_notes, sector_shock_rows, sector_shock_tables

    if also:
        raise UsageError(f"the table of --shocks says what is hit: leave out {also}, or --shocks")
    _write(out, page, compute, sector_shock_tables, sector_shock_rows, sector_shock_notes)


def _write(
    out: Writer, page: PageOf, compute: Callable[[], _Computed], tables: Callable[[_Computed], tuple[Table]],
    rows: Callable[[_Computed], Table], notes: Callable[[_Computed], Iterable[str]],
) -> None:  # fmt: skip
    from knockon.present.rows.sectors import BARS, sector_findings

    check_page(page.file)
    with working("solving"):
        answer = compute()
    # The page first: one that cannot be written is an error before anything is printed.
    page.write(answer, tables(answer), sector_findings(answer), BARS)
    out.answer(answer, tables, rows)
    note_lines(notes(answer))


def numbers_by_sector(option: str, texts: Sequence[str] | None, form: str) -> dict[str, float]:
    """Return the numbers of an option like ``SECTOR=NUMBER``; the last = separates, so that names may contain one.

    ``form`` says how one is written; ``[SECTOR=]NUMBER`` may be a number alone, which is that of all others.
    """
    numbers: dict[str, float] = {}
    may_be_all, example = form.startswith("["), "radar=0.1" if form == SYSTEM_FORM else "steel=0.1"
    for text in texts or ():
        name, separator, number = (f"={text}" if may_be_all and "=" not in text else text).rpartition("=")
        usage = UsageError(f"{option} is {form}, such as {example}, not {text!r}")
        if not separator or (not name and not may_be_all):
            raise usage
        try:
            value = float(number)
        except ValueError:
            raise usage from None
        if name in numbers:
            raise UsageError(f"{option}: {name or 'the share of all'} is given twice")
        numbers[name] = value
    return numbers
