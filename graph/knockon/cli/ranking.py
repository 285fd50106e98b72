"""rank: the loss that follows when a firm closes, for every firm in turn."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

import typer

from knockon.analysis.engine_choice import EngineChoice
from knockon.analysis.methods import REGISTRY
from knockon.analysis.options import Options
from knockon.cli.configuration import configuration
from knockon.cli.messages import note, note_lines
from knockon.cli.options import CAPPED, FLOWS, WORLD, engine_options, open_graph, question_options, reading_options
from knockon.cli.options.page import ModelPage, PageOf, check_page
from knockon.cli.options.ranking import Closures, FlowTables, closure_options, flow_table_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.streams import bare_stderr
from knockon.cli.writer import Writer
from knockon.errors import InvalidData, Problem, UsageError, failing_with
from knockon.present.rows.firm_shocks import (
    firm_shock_findings,
    firm_shock_notes,
    firm_shock_rows,
    firm_shock_tables,
    without_flows_note,
)
from knockon.present.rows.ranking import (
    BARS,
    MOST,
    dropped_flows_note,
    more_note,
    parameters_text,
    precision_note,
    ranking_findings,
    ranking_notes,
    ranking_parquet,
    ranking_rows,
    ranking_table,
    start_notes,
    stopped_note,
)

if TYPE_CHECKING:
    from knockon.analysis.rank.ranking import Ranking
    from knockon.authoring.options import ReadOptions
    from knockon.network.from_table import SelfFlows
    from knockon.network.network import Network

#: From this many firms on, the engine without compiled kernels takes minutes.
_SLOW = 3_000
#: The number of rows of a table without --top.
_SHOWN = 20
Source = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE_OR_STORE",
        help="A Parquet or CSV table of flows (supplier, customer, value), a network snapshot, or a graph as for --store.",
    ),
]


class _RankedNetwork(NamedTuple):
    """The network to rank, the equity and weight of its firms if a table has them, its day (None: it has no dates)."""

    network: Network
    equity: Any = None
    weight: Any = None
    as_of: str | None = None
    sectors: tuple[str, ...] = ()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="\n\n".join(REGISTRY[model].guide for model in ("esri", "debtrank", "leontief")))(rank)


@writes(*ROWS)
@question_options(*WORLD)
@reading_options(*FLOWS)
@closure_options
@engine_options
@flow_table_options
def rank(
    source: Source = None,
    page: ModelPage = None,
    *,
    tables: FlowTables,
    closures: Closures,
    engine: EngineChoice,
    options: Options,
    read: Any,
    out: Writer,
) -> int:
    """Close every firm in turn and rank firms by the loss that follows; a table shows 20 rows, or as many as --top.

    With --shocks FILE each shock of the file is run instead, a row for each.
    """
    check_page(page)
    asked = PageOf(page, {"Table": Path(source) if source else None, "Firms": tables.firms, "Shocks": tables.shocks})
    with failing_with("nothing was computed"):
        ranked = _network(source, tables, options, read)
    from knockon.propagation.kernels import available

    network = ranked.network
    model = closures.model or ("esri" if network.flows is not None else "leontief")
    if model != "esri" and tables.of_esri():
        raise UsageError(f"{tables.of_esri()[0]} belongs to the model esri on a table of flows, not to {model}")
    if tables.shocks or tables.by_sector:
        return _run_shocks(ranked, tables, closures, engine, read, out, asked)
    parameters = _parameters(model, closures, ranked)
    checkpoint = closures.checkpoint or (out.path.with_name(out.path.name + ".checkpoint") if out.path else None)
    is_slow = network.flows is not None and network.entities > _SLOW and not available()
    earlier = checkpoint if checkpoint is not None and checkpoint.exists() else None
    note_lines(start_notes(network.entities, earlier, is_slow=is_slow))
    ranking = _close_all(ranked, model, checkpoint, parameters, engine)
    found, text = ranking_findings(ranking, MOST), parameters_text(ranking.parameters)
    asked.write(ranking, [ranking_table(ranking, MOST)], found, BARS, parameters=text)
    _write(ranking, out)
    note_lines(precision_note(closures.precision, ranking))
    return CAPPED if ranking.truncated else 0


def _close_all(
    ranked: _RankedNetwork, model: str, checkpoint: Path | None, parameters: dict[str, Any], engine: EngineChoice
) -> Ranking:
    """Close every firm; if that is interrupted, write how to continue."""
    from knockon.analysis.rank.rank import rank as close_all

    network = ranked.network
    try:
        with _sigterm_as_ctrl_c(), _progress_bar(network.entities) as progress:
            return close_all(
                network, model, checkpoint=checkpoint, progress=progress, as_of=ranked.as_of, choice=engine, **parameters
            )
    except KeyboardInterrupt:
        note(stopped_note(checkpoint))
        raise


def _network(source: str | None, tables: FlowTables, options: Options, read: ReadOptions) -> _RankedNetwork:
    """Return the network of a table of flows, a snapshot or a graph."""
    from knockon.authoring.flow_tables import is_table
    from knockon.model.dates import day_of, written
    from knockon.network import Network
    from knockon.network.snapshot import META

    path = Path(source) if source else None
    if path is not None and (is_table(path, read) or path.suffix.lower() == ".parquet"):
        _refuse_world(options, "a table of flows")
        return _flow_network(path, tables, read)
    if (read.encoding, read.decimal, tuple(read.rename), tuple(read.sheets)) != ("", ".", (), ()):
        raise UsageError("--encoding, --decimal, --rename and --sheet say how a table of flows is read; this source is not one")
    given = [f"--{name}" for name in ("firms", "essentiality") if getattr(tables, name)] + tables.of_esri()
    if given:
        raise UsageError(f"{given[0]} belongs to a table of flows (supplier, customer, value)")
    if path is not None and (path / META).is_file():
        _refuse_world(options, "a network snapshot")
        return _RankedNetwork(Network.open(path))
    as_of = written(day_of(options.get("as_of")))
    network = open_graph(source)._network_without_origin(**cast("Options", {**options, "as_of": as_of}))
    return _RankedNetwork(network, as_of=as_of)


def _flow_network(path: Path, tables: FlowTables, read: ReadOptions) -> _RankedNetwork:
    """Return the network of a table of flows, and what it states of its firms beside."""
    from knockon.network import Network
    from knockon.network.from_table import read_network

    if tables.drop_self_flows and tables.keep_self_flows:
        raise UsageError("--drop-self-flows and --keep-self-flows exclude each other")
    self_flows: SelfFlows = "drop" if tables.drop_self_flows else "keep" if tables.keep_self_flows else "refuse"
    column = tables.weights if tables.weights and not Path(tables.weights).is_file() else None
    if column and tables.firms is None:
        raise UsageError(f"--weights {column} is a column of --firms FILE, or a file with the columns firm and weight")
    # A column weight beside the chosen one is left out.
    renamed = replace(read, rename=(*read.rename, ("weight", "unused weight"), (column, "weight"))) if column else read
    tabled = read_network(Network, path, tables.firms, tables.essentiality, renamed, self_flows)
    if column and tabled.weight is None:
        raise InvalidData([Problem(str(tables.firms), None, f"has no column {column!r}", "--weights names one of its columns")])
    if tabled.dropped:
        note(dropped_flows_note(tabled.dropped))
    if tabled.without_flows:
        note(without_flows_note(tabled.without_flows))
    weight = tabled.weight
    if tables.weights and column is None:
        from knockon.authoring.share_tables import read_weights

        weight = read_weights(Path(tables.weights), [str(name) for name in tabled.network.nodes], read)
    return _RankedNetwork(tabled.network, tabled.equity, weight, sectors=tabled.sectors)


def _run_shocks(
    ranked: _RankedNetwork, tables: FlowTables, closures: Closures, engine: EngineChoice, read: ReadOptions, out: Writer,
    page: PageOf,
) -> int:  # fmt: skip
    """Run the shocks of a table, or close every firm, with the loss of each sector where it is asked for."""
    if not engine.is_memory:
        raise UsageError(f"--shocks and --by-sector run in memory, not on {engine.name}")
    if closures.checkpoint:
        raise UsageError("--checkpoint is for the closure of every firm; --shocks and --by-sector have none")
    from knockon.analysis.rank.firm_shocks import firm_shocks
    from knockon.authoring.share_tables import read_shares
    from knockon.cli.messages import working

    network = ranked.network
    names = [str(name) for name in network.nodes]
    with failing_with("nothing was computed"):
        shocks = read_shares(tables.shocks, names, read) if tables.shocks else None
    parameters = _parameters("esri", closures, ranked)
    with working("the shocks"):
        answer = firm_shocks(network, shocks, by_sector=tables.by_sector, sectors=ranked.sectors, **parameters)
    page.write(
        answer, firm_shock_tables(answer), firm_shock_findings(answer), BARS, parameters=parameters_text(answer.parameters)
    )
    out.answer(answer, firm_shock_tables, firm_shock_rows)
    note_lines(firm_shock_notes(answer))
    return CAPPED if answer.truncated else 0


def _refuse_world(options: Options, source: str) -> None:
    """Refuse options that select records of a graph if the source has no records: they would change nothing."""
    names = [
        name
        for name in ("facts_only", "financing", "stances", "according_to", "without", "min_confidence")
        if options.get(name)
    ]
    names += ["as_of"] if options.get("as_of") not in (None, configuration().as_of) else []
    if names:
        listed = ", ".join({"stances": "--stance"}.get(name, f"--{name.replace('_', '-')}") for name in names)
        raise UsageError(f"{listed}: {source} has no records with dates, documents, stances or confidence; leave it out")


def _parameters(model: str, closures: Closures, ranked: _RankedNetwork) -> dict[str, Any]:
    """Return the parameters that a model takes."""
    closures.check()
    is_flows = ranked.network.flows is not None
    stop = ("eps", closures.eps), ("cap", closures.cap)
    parameters: dict[str, Any] = {name: value for name, value in stop if value is not None}
    if is_flows and model in ("esri", "leontief"):
        parameters |= {"dtype": f"float{closures.precision}", "threads": closures.threads}
    if model == "esri":
        parameters["replaceability"] = closures.replaceability
        parameters |= {} if ranked.weight is None else {"weights": ranked.weight}
    if model == "debtrank":
        if is_flows and ranked.equity is None:
            raise UsageError("debtrank needs the equity of each firm: --firms FILE with the columns firm and equity")
        parameters |= {"variant": closures.variant, "equity": ranked.equity}
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
    if out.form == "json":
        out.json(ranking.to_dict())
    elif out.form == "parquet" and not out.has_selection:
        out.content(ranking_parquet(ranking))
    elif out.for_people:
        total = ranking.firms - len(ranking.sole)
        top = _SHOWN if out.top is None else out.top or total
        out = replace(out, top=top if out.sort else None)
        out.tables(ranking_table(ranking, None if out.sort else top))
        if total > top:
            note(more_note(total, top))
    else:
        out.tables(ranking_rows(ranking))
    note_lines(ranking_notes(ranking))
