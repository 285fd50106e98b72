"""inoperability, fdna, survive: sectors, systems and firms that depend on each other, by tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.analysis.methods import REGISTRY
from knockon.cli.messages import note_lines, working
from knockon.cli.options import FLOWS, reading_options
from knockon.cli.options.page import ModelPage, PageOf, check_page
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.sectors import FORMS, SYSTEM_FORM, Flows, ShockTable, numbers_by_sector, write_shock, write_shocks
from knockon.cli.writer import Writer
from knockon.errors import UsageError

Table = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE", help="supplier, customer, value: the part of the supplier's inoperability that passes to the customer."
    ),
]
Hit = Annotated[
    list[str] | None, typer.Option("--hit", metavar=FORMS["--hit"], help="What the shock takes, 0..1 (repeatable).")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    both = (REGISTRY["inoperability"].guide, REGISTRY["dynamic_inoperability"].guide)
    app.command(epilog="\n\n".join(both))(inoperability)
    app.command(epilog=REGISTRY["fdna"].guide)(fdna)
    app.command(epilog=REGISTRY["time_to_survive"].guide)(survive)


@writes(*ROWS)
@reading_options(*FLOWS)
def inoperability(
    table: Table,
    firms: Annotated[
        Path | None, typer.Option("--firms", help="firm and final_demand, for a table of flows (--driven-by).")
    ] = None,
    hit: Hit = None,
    driven_by: Annotated[
        str | None,
        typer.Option(
            "--driven-by",
            metavar="demand|supply",
            help="The table has flows of money, of which lost demand or lost inputs are passed on.",
        ),
    ] = None,
    recovery: Annotated[
        list[str] | None,
        typer.Option(
            "--recovery",
            metavar=FORMS["--recovery"],
            help="Over time: how long one sector, or all others, take alone (repeatable).",
        ),
    ] = None,
    start: Annotated[
        list[str] | None,
        typer.Option("--start", metavar=FORMS["--start"], help="Over time: what is lost at the beginning alone (repeatable)."),
    ] = None,
    horizon: Annotated[float | None, typer.Option("--horizon", help="Over time: how far ahead, as --recovery counts.")] = None,
    step: Annotated[float, typer.Option("--step", help="Over time: the length of a step.")] = 1.0,
    shocks: ShockTable = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Compute how inoperable sectors become that need each other, at rest or, with --recovery, over time."""
    from knockon.analysis.sectors import Pace, sector_answer, sector_shocks

    if driven_by not in (None, "demand", "supply"):
        raise UsageError(f"--driven-by is demand or supply, not {driven_by!r}")
    if firms is not None and driven_by is None:
        raise UsageError("--firms has the final demand of a table of flows: say --driven-by demand or --driven-by supply")
    over_time = {"--start": bool(start), "--horizon": horizon is not None, "--step": step != 1.0}
    if not recovery and any(over_time.values()):
        option = next(name for name, is_given in over_time.items() if is_given)
        raise UsageError(f"{option} goes with --recovery TIME, the time that sectors take to recover")
    if recovery and horizon is None:
        raise UsageError("--recovery goes with --horizon TIME: how far ahead time is computed")
    pace = None
    if recovery and horizon is not None:
        times = numbers_by_sector("--recovery", recovery, FORMS["--recovery"])
        initial = numbers_by_sector("--start", start, FORMS["--start"])
        pace = Pace(recovery=times, horizon=horizon, start=initial, step=step)
    asked = PageOf(page, {"Table": table, "Final demand": firms, "Shocks": shocks})
    shock, means = numbers_by_sector("--hit", hit, FORMS["--hit"]), driven_by or "given"
    also = "--hit" if shock else ""
    if shocks is not None:
        write_shocks(out, asked, also, lambda: sector_shocks(table, firms, read, "inoperability", shocks, None, means, pace))
        return
    write_shock(out, asked, lambda: sector_answer(table, firms, read, "inoperability", shock, None, means, pace))


@writes(*ROWS)
@reading_options(*FLOWS)
def fdna(
    links: Annotated[Path, typer.Argument(metavar="LINKS", help="feeder, receiver, strength (0..1), criticality (0..100).")],
    hit: Annotated[
        list[str] | None,
        typer.Option("--hit", metavar=SYSTEM_FORM, help="The share of its operability that it loses, 0..1 (repeatable)."),
    ] = None,
    cycles: Annotated[
        str, typer.Option("--cycles", help="solve, condense (a cycle shares the worst of it) or error (refuse them).")
    ] = "solve",
    shocks: Annotated[
        Path | None,
        typer.Option("--shocks", help="Run each shock of a table instead: shock, sector (the system), share."),
    ] = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Compute what systems lose that feed each other, by strength and criticality of each link (FDNA)."""
    from knockon.analysis.systems import system_answer, system_shocks

    if cycles not in ("solve", "condense", "error"):
        raise UsageError(f"--cycles is solve, condense or error, not {cycles!r}")
    shock = numbers_by_sector("--hit", hit, SYSTEM_FORM)
    asked = PageOf(page, {"Links": links, "Shocks": shocks})
    if shocks is not None:
        write_shocks(out, asked, "--hit" if shock else "", lambda: system_shocks(links, read, shocks, cycles))
        return
    write_shock(out, asked, lambda: system_answer(links, read, shock, cycles))


@writes(*ROWS)
@reading_options(*FLOWS)
def survive(
    table: Flows,
    firms: Annotated[
        Path,
        typer.Option(
            "--firms",
            help="firm, final_demand; optionally sector, stock (days), capacity (1 is as now, inf no limit), recovery.",
        ),
    ],
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="FIRM", help="Take this firm away, instead of each (repeatable).")
    ] = None,
    page: ModelPage = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """Compute for how many days final demand can be met without each firm, least first: its time to survive.

    Where the table of firms has their days to recover, it says which firms take longer than that, and the sales lost.
    """
    from knockon.analysis.survival import survival
    from knockon.present.rows.survival import BARS, survival_findings, survival_notes, survival_rows, survival_tables

    check_page(page)
    with working("solving without each firm") as progress:
        answer = survival(table, firms, read, without or (), progress)
    asked = PageOf(page, {"Table": table, "Firms": firms})
    asked.write(answer, survival_tables(answer), survival_findings(answer), BARS)
    out.answer(answer, survival_tables, survival_rows)
    note_lines(survival_notes(answer))
