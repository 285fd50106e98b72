"""rank: the loss that follows when a firm closes, for every firm in turn."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from knockon.analysis.options import Options
from knockon.cli.configuration import configuration
from knockon.cli.messages import note, note_lines
from knockon.cli.options import CAPPED, FLOWS, WORLD, Cap, Eps, open_graph, question_options, reading_options
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.streams import bare_stderr
from knockon.errors import InvalidData, Problem, UsageError

if TYPE_CHECKING:
    from knockon.analysis.rank.ranking import Ranking
    from knockon.authoring.flow_tables import FlowTable
    from knockon.authoring.options import ReadOptions
    from knockon.network.network import Network

#: From this many firms on, the engine without compiled kernels takes minutes.
_SLOW = 3_000
#: The number of rows of a table without --top.
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rank)


@writes(*ROWS)
@question_options(*WORLD)
@reading_options(*FLOWS)
def rank(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE_OR_STORE",
            help="A Parquet or CSV table of flows (supplier, customer, value), a network snapshot, or a graph as for --store.",
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="esri, debtrank or leontief; default: esri on flows.")] = None,
    firms: Annotated[
        Path | None, typer.Option("--firms", help="A table of firms: firm, and any of sector, final_demand, costs, equity.")
    ] = None,
    essentiality: Annotated[
        Path | None,
        typer.Option("--essentiality", help="A table: supplier_sector, customer_sector, essentiality (0, 1 or 2; else 1)."),
    ] = None,
    drop_self_flows: Annotated[
        bool, typer.Option("--drop-self-flows", help="Leave out, and count, what firms sell to themselves.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", help="Save the progress in this file and continue from it; default: beside -o."),
    ] = None,
    eps: Eps = None,
    cap: Cap = None,
    replaceability: Annotated[
        bool, typer.Option("--replaceability/--no-replaceability", help="esri: weigh suppliers by their share of the sector.")
    ] = True,
    precision: Annotated[int, typer.Option("--precision", help="Bits of a number in the compiled kernels: 64 or 32.")] = 64,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use; default: all.")] = None,
    variant: Annotated[str, typer.Option("--variant", help="debtrank: linear or original.")] = "linear",
    *,
    options: Options,
    read: Any,
    out: Writer,
) -> int:
    """Close every firm in turn and rank firms by the loss that follows; a table shows 20 rows, or as many as --top."""
    network, equity, as_of = _network(source, firms, essentiality, drop_self_flows, options, read)
    from knockon.propagation.kernels import available

    chosen = model or ("esri" if network.flows is not None else "leontief")
    parameters = _parameters(chosen, network, eps, cap, replaceability, precision, threads, variant, equity)
    saved = checkpoint or (out.path.with_name(out.path.name + ".checkpoint") if out.path else None)
    if not network.size:
        note("the network has no entities: nothing to rank")
    elif network.flows is not None and network.size > _SLOW and not available():
        note("without the compiled kernels this takes a hundred times as long; install them: pip install 'knockon[fast]'")
    if saved is not None and saved.exists():
        note(f"continuing from {saved}")
    from knockon.analysis.rank.rank import rank as close_all

    try:
        with _sigterm_as_ctrl_c(), _progress_bar(network.size) as progress:
            ranking = close_all(network, chosen, checkpoint=saved, progress=progress, as_of=as_of, **parameters)
    except KeyboardInterrupt:
        note(
            f"stopped; the same command continues from {saved}"
            if saved
            else "stopped; with -o or --checkpoint it could continue"
        )
        raise
    _write(ranking, out)
    if precision == 32 and ranking.parameters.get("dtype") == "float64":
        note("--precision 32 is for the compiled kernels, which a table of this size does not use; this run used 64 bits")
    return CAPPED if ranking.truncated else 0


def _network(
    source: str | None,
    firms: Path | None,
    essentiality: Path | None,
    drop: bool,
    options: Options,
    read: ReadOptions,
) -> tuple[Network, Any, str | None]:
    """Return the network of a source, the equity of its firms if a table has it, and its day (None: no dates)."""
    from knockon.authoring.flow_tables import is_table, read_flows
    from knockon.model.dates import day_of, written
    from knockon.network import Network
    from knockon.network.snapshot import META

    path = Path(source) if source else None
    if path is not None and (is_table(path, read) or path.suffix.lower() == ".parquet"):
        _refuse_world(options, "a table of flows")
        table = read_flows(path, firms, essentiality, read)
        is_self = table.supplier == table.customer
        if drop and is_self.any():
            note(f"flows of firms to themselves left out: {int(is_self.sum())}")
        if is_self.any() and not drop:
            raise _self_flows(path, table, is_self)
        if essentiality and table.sector is None:
            raise UsageError("--essentiality needs sectors: give every firm one, in --firms or in the table of flows")
        keep = ~is_self if drop else slice(None)
        network = Network.from_flows(
            table.supplier[keep], table.customer[keep], table.value[keep],
            table.sector, table.essentiality, table.final_demand, costs=table.costs, names=table.names,
        )  # fmt: skip
        return network, table.equity, None
    if (read.encoding, read.decimal, tuple(read.rename), tuple(read.sheets)) != ("", ".", (), ()):
        raise UsageError("--encoding, --decimal, --rename and --sheet say how a table of flows is read; this source is not one")
    if firms or essentiality:
        raise UsageError("--firms and --essentiality belong to a table of flows (supplier, customer, value)")
    if path is not None and (path / META).is_file():
        _refuse_world(options, "a network snapshot")
        return Network.open(path), None, None
    as_of = written(day_of(options.get("as_of")))
    return open_graph(source).network(**cast("Options", {**options, "as_of": as_of})), None, as_of


def _refuse_world(options: Options, source: str) -> None:
    """Refuse options that select records of a graph if the source has no records: they would change nothing."""
    names = [name for name in ("facts_only", "financing", "stances", "according_to", "without") if options.get(name)]
    names += ["as_of"] if options.get("as_of") not in (None, configuration().as_of) else []
    if names:
        listed = ", ".join({"stances": "--stance"}.get(name, f"--{name.replace('_', '-')}") for name in names)
        raise UsageError(f"{listed}: {source} has no records with dates, documents or stances; leave it out")


def _self_flows(path: Path, table: FlowTable, is_self: Any) -> InvalidData:
    rows = is_self.nonzero()[0]
    hint = "leave the row out, or use --drop-self-flows"
    problems = [
        Problem(str(path), table.line_of(int(row)), f"{table.names[table.supplier[row]]} is its own customer", hint)
        for row in rows[:5]
    ]
    if len(rows) > len(problems):
        problems.append(Problem(str(path), None, f"{len(rows)} rows of this kind in all"))
    return InvalidData(problems)


def _parameters(
    model: str, network: Network, eps: float | None, cap: int | None, replaceability: bool, precision: int,
    threads: int | None, variant: str, equity: Any,
) -> dict[str, Any]:  # fmt: skip
    if precision not in (64, 32):
        raise UsageError(f"--precision is 64 or 32, not {precision}")
    if variant not in ("linear", "original"):
        raise UsageError(f"--variant is linear or original, not {variant!r}")
    parameters: dict[str, Any] = {name: value for name, value in (("eps", eps), ("cap", cap)) if value is not None}
    if network.flows is not None and model in ("esri", "leontief"):
        parameters |= {"dtype": f"float{precision}", "threads": threads}
    if model == "esri":
        parameters["replaceability"] = replaceability
    if model == "debtrank":
        if network.flows is not None and equity is None:
            raise UsageError("debtrank needs the equity of each firm: --firms FILE with the columns firm and equity")
        parameters |= {"variant": variant, "equity": equity}
    return parameters


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Handle SIGTERM as Ctrl-C, so that the progress is saved."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress_bar(total: int) -> Iterator[Callable[[int], None] | None]:
    """Show a progress bar; only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("closing firms"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=bare_stderr())) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _write(ranking: Ranking, out: Writer) -> None:
    from knockon.present.rows.ranking import ranking_notes, ranking_rows, ranking_table

    if out.form == "json":
        out.json(ranking.to_dict())
    elif out.form == "parquet" and not out.shaped:
        out.content(_parquet(ranking))
    elif out.for_people:
        total = ranking.firms - len(ranking.sole)
        top = _SHOWN if out.top is None else out.top or total
        out = replace(out, top=top if out.sort else None)
        out.tables(ranking_table(ranking, None if out.sort else top))
        if total > top:
            note(f"{total - top:,} more; --top {total} or -o FILE.csv has them")
    else:
        out.tables(ranking_rows(ranking))
    note_lines(ranking_notes(ranking))


def _parquet(ranking: Ranking) -> bytes:
    from knockon.present.tables.parquet import parquet_file

    parameters = json.dumps(dict(ranking.parameters), default=str)
    about = {"model": ranking.model, "meaning": ranking.meaning, "parameters": parameters}
    columns = {name: column.tolist() if column.dtype == object else column for name, column in ranking.table().items()}
    return parquet_file(columns, {**about, "network_hash": ranking.network_hash})
