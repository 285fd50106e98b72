"""watch: what changed for a portfolio since the last run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli.messages import note_lines, working
from knockon.cli.options import CAPPED, RUN, STOP, WORLD, Store, open_graph, question_options
from knockon.cli.options.fail_on import BROKEN
from knockon.cli.options.portfolio import PortfolioSource, portfolio_options
from knockon.cli.output import writes
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knockon.analysis.impact.change_rules import ChangeRule
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.analysis.portfolio.watch_answer import WatchReport
    from knockon.graph import Graph


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


@writes("jsonl", "table", "json", "csv", "md")
@portfolio_options
@question_options(*RUN, *WORLD, *STOP)
def watch(
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="What the last run saw.  [default: PORTFOLIO.state.json, beside it]"),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="CHANGE",
            help="Exit 6 on a kind of change: any, new, vanished, worse, better, range, coverage, covered, designation, "
            "record, holding, added, removed, begins, ends, changed; or loss>X, rise>X or ENTITY>X of a loss that rose "
            "(repeatable).",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare, and leave the state as it is.")] = False,
    store: Store = None,
    *,
    portfolio: PortfolioSource | None,
    options: Options,
    out: Writer,
) -> int:
    """Print what changed for the entities of a portfolio since the last run, as JSON lines, and end; a scheduler repeats it.

    Changes are losses (new, vanished, worse, better, or range where the low or high end alone differs) of each entity and of
    the worst part of each company, under every shock; what lists cover, by name or by ownership; designations and other
    records that name an entity, and what of them begins or ends; and the entities of the portfolio themselves. The first run
    has nothing to compare with, and says so.
    """
    if portfolio is None:
        raise UsageError("name what is watched: --portfolio FILE")
    file = state or portfolio.path.with_name(f"{portfolio.path.name}.state.json")
    graph = open_graph(store)
    held = portfolio.of(graph)
    rules = _rules(fail_on, graph, held)

    def write(answer: WatchReport) -> None:
        _write(answer, out, file, kept=dry_run)

    with working("every shock") as progress:
        answer = graph.watch(held, file, save=not dry_run, emit=write, progress=progress, **options)
    return _exit_code(answer, rules)


def _write(answer: WatchReport, out: Writer, file: Path, *, kept: bool) -> None:
    from knockon.authoring.files import printable_path
    from knockon.present.rows.watch import watch_notes, watch_rows, watch_table

    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.tables(watch_table(answer) if out.for_people else watch_rows(answer))
    note_lines(watch_notes(answer, printable_path(file), kept=kept))


def _rules(texts: Sequence[str] | None, graph: Graph, portfolio: Portfolio) -> list[ChangeRule]:
    from knockon.analysis.impact.change_rules import parse_change_rule
    from knockon.analysis.impact.loss_change import LossKind
    from knockon.analysis.lists.covered_answer import COVERED
    from knockon.analysis.portfolio.watch_answer import COVERAGE, DESIGNATION, HOLDING, RECORD, RECORD_CHANGES

    def find(name: str) -> str:
        if holding := portfolio.find(name):
            return holding.entity
        iri = graph.entity(name, as_of="all").id
        if iri not in portfolio.by_entity:
            raise UsageError(f"--fail-on: {name} is not in {portfolio.file}, so that nothing is watched of it")
        return iri

    words = [*LossKind, COVERAGE, COVERED, DESIGNATION, RECORD, HOLDING, *RECORD_CHANGES]
    return [parse_change_rule(text, words, find) for text in texts or ()]


def _exit_code(answer: WatchReport, rules: Sequence[ChangeRule]) -> int:
    """Write which rules the changes break, and return the exit code."""
    from knockon.analysis.impact.change_rules import broken_rules
    from knockon.present.rows.rules import rule_notes

    changes = answer.changes
    broken = broken_rules(rules, [*changes.losses, *changes.part_losses], changes.counts())
    note_lines(rule_notes(broken, [], untrusted=f"{CAPPED}, not {BROKEN}" if answer.truncated else ""))
    return CAPPED if answer.truncated else BROKEN if broken else 0
