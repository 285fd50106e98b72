"""backtest: predictions for real shocks beside what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knockon.cli.messages import note_lines, working
from knockon.cli.options.page import check_page, write_page
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backtest)


@writes(*ROWS)
def backtest(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="A bundled case, or the folder of one.  [default: all that are bundled]"),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Also write a page (HTML) that draws predicted and observed losses."),
    ] = None,
    *,
    out: Writer,
) -> None:
    """Predict real shocks from what was known before, and compare with what happened: failures first, beside simple rules.

    Nothing is fitted. What was not known on the day before is refused. docs/how-to/backtest.md says how to write a case.
    """
    from knockon.analysis.backtest.run import backtest as run
    from knockon.present.rows.backtest import backtest_notes, backtest_tables, observation_rows

    check_page(page)
    with working("predicting") as show:
        answer = run(case, show)
    out.answer(answer, backtest_tables, observation_rows)
    if page is not None:
        from knockon.present.backtest_page import backtest_page

        write_page(page, backtest_page(answer))
    note_lines(backtest_notes(answer))
