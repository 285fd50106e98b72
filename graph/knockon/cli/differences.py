"""diff: the differences between two versions of data, or between two days, in records and in losses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

import typer

from knockon.analysis.options import DEFAULTS, Options
from knockon.cli import completion
from knockon.cli.data_sets import store_folder
from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import CAPPED, RUN, STOP, WORLD, Store, open_graph, question_options, reading_options
from knockon.cli.options.fail_on import BROKEN
from knockon.cli.options.question import AsOf
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.impact.change_rules import ChangeRule
    from knockon.analysis.impact.loss_change import LossChange
    from knockon.analysis.records.differences import Differences, VersionDifferences
    from knockon.graph import Graph

FailOnChange = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="CHANGE",
        help="Exit 6 on a kind of change: any, added, removed, begins, ends, changed, evidence; of losses (--impact) new, "
        "vanished, worse, better, range, or loss>X and rise>X of one that rose (repeatable).",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


@writes(*ROWS)
@question_options(*RUN, *(name for name in WORLD if name != "as_of"), *STOP)
@reading_options("encoding", "decimal", "percent", "days", "rename", "ignore_unknown", "sheet", "from_", "uses", "exact_names")
def diff(
    old: Annotated[
        str | None,
        typer.Argument(help="A store, a revision of it (st@2), a folder or file; with --store a revision by number."),
    ] = None,
    new: Annotated[str | None, typer.Argument(help="The same; with --store the default is the current revision.")] = None,
    store: Store = None,
    as_of: AsOf = None,
    and_as_of: Annotated[
        str | None, typer.Option("--and", metavar="DAY", help="Compare with what holds on this day; one source is enough.")
    ] = None,
    impact: Annotated[
        bool, typer.Option("--impact", help="Compare the losses under every shock too: whose changed, and by how much.")
    ] = False,
    shock: Annotated[
        list[str] | None,
        typer.Option("--shock", metavar="NAME", autocompletion=completion.shocks, help="Those of this shock (repeatable)."),
    ] = None,
    fail_on: FailOnChange = None,
    min_difference: Annotated[
        float,
        typer.Option("--min-difference", min=0, max=1, help="Tables leave out smaller changes of losses."),
    ] = 0.01,
    *,
    read: Any,
    options: Options,
    out: Writer,
) -> int:
    """List the differences between two versions, by record and field; two files are two versions of one data set.

    `knockon diff st` shows what the last change of a store did, `knockon diff 3 --store st` what changed since revision 3,
    `knockon diff list.csv --store st` what loading the file would change, `knockon diff st --as-of 2025-09-28 --and 2025-09-29`
    what began and ended between two days. Dates of records matter if a day is given; losses are those of that day, else of
    today. With --impact, csv, jsonl, parquet and xlsx have a row for each loss that differs.
    """
    if and_as_of is not None and as_of is None:
        raise UsageError("--and names the second of two days; name the first as well: --as-of DAY --and DAY")
    as_of = as_of or cast("str | None", options.pop("as_of", None))
    impact = impact or bool(shock)
    rules = _rules(fail_on, impact=impact)
    if not impact:
        _refuse_options_of_losses(options)
    call = _call(old, new, store, two_days=and_as_of is not None)
    if not impact:
        from knockon.model.dates import ALL  # loads all models, of which a list of commands needs none

        plain = call.graph.diff(call.old, call.new, as_of=as_of or ALL, and_as_of=and_as_of, options=read)
        return _write(plain, out, rules)
    with working("every shock") as progress:
        answer = call.graph.diff_impacts(
            call.old, call.new, and_as_of=and_as_of, shocks=shock or (), read=read, progress=progress,
            **cast("Options", {**options, "as_of": as_of}),
        )  # fmt: skip
    return _write_impacts(answer, out, rules, min_difference)


class _Call(NamedTuple):
    """What ``Graph.diff`` is called with."""

    graph: Graph
    old: str | int | None
    new: str | int | None


def _call(old: str | None, new: str | None, store: str | None, *, two_days: bool) -> _Call:
    """Return the graph and the two versions that the arguments name."""
    if store is not None:
        first, second = _number(old), _number(new)
        if isinstance(first, str) and second is None and not two_days:
            first, second = store, first
        return _Call(open_graph(store), first, second)
    if old is None:
        raise UsageError("name two versions, or one store: knockon diff OLD NEW, or knockon diff STORE")
    if new is None and not two_days:
        return _Call(store_folder(old, f"diff {old} NEW"), None, None)
    from knockon.graph import Graph
    from knockon.store.oxigraph import MemoryStore

    return _Call(Graph(MemoryStore()), old, new)


def _number(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isdecimal() else text


def _rules(texts: Sequence[str] | None, *, impact: bool) -> list[ChangeRule]:
    if not texts:
        return []
    # To compare records alone needs nothing of what computes losses.
    from knockon.analysis.impact.change_rules import parse_change_rule
    from knockon.analysis.impact.loss_change import LossKind
    from knockon.analysis.records.differences import ChangeKind

    rules = [parse_change_rule(text, [*ChangeKind, *LossKind]) for text in texts]
    if of_losses := [rule.text for rule in rules if not impact and (rule.limit or rule.word in set(LossKind))]:
        raise UsageError(f"--fail-on {of_losses[0]}: this is a rule about losses; add --impact")
    return rules


def _refuse_options_of_losses(options: Options) -> None:
    """Refuse options of the losses where only records are compared."""
    usual = {**DEFAULTS, "stances": ()}
    if given := [name for name, value in options.items() if value != usual.get(name)]:
        raise UsageError(f"{', '.join(given)}: losses depend on this, records do not; add --impact")


def _write(answer: Differences, out: Writer, rules: Sequence[ChangeRule]) -> int:
    from knockon.present.rows.differences import differences_note, differences_table

    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.tables(differences_table(answer))
    note(differences_note(answer))
    return _exit_code(rules, answer, ())


def _write_impacts(answer: VersionDifferences, out: Writer, rules: Sequence[ChangeRule], least: float) -> int:
    from knockon.present.rows.differences import differences_note, differences_table
    from knockon.present.rows.impact_differences import (
        impact_differences_notes,
        impact_differences_rows,
        impact_differences_table,
    )

    records, impacts = answer.records, answer.impacts
    if out.form == "json":
        out.json(answer.to_dict())
    elif out.for_people:
        out.tables(impact_differences_table(impacts, least), differences_table(records))
    else:
        out.tables(impact_differences_rows(impacts))
    note_lines([differences_note(records), *impact_differences_notes(impacts, least if out.for_people else None)])
    broken = _exit_code(rules, records, impacts.changes)
    return CAPPED if impacts.truncated else broken


def _exit_code(rules: Sequence[ChangeRule], records: Differences, losses: Sequence[LossChange]) -> int:
    """Write which rules the differences break, and return the exit code."""
    if not rules:
        return 0
    from knockon.analysis.impact.change_rules import ANY, broken_rules
    from knockon.present.rows.rules import rule_notes

    kinds = Counter[str]([*(change.kind for change in records.records), *(change.kind for change in losses)])
    counts = {**kinds, ANY: 0 if records.same and not losses else max(1, kinds.total())}
    broken = broken_rules(rules, losses, counts)
    note_lines(rule_notes(broken, [], untrusted=""))
    return BROKEN if broken else 0
