"""impact on a network as tables, or on a Parquet file of money flows: losses by id, without a graph behind them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.analysis.options import DEFAULTS, Options
from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import CAPPED
from knockon.cli.options.page import PageOf, check_page
from knockon.cli.row_stream import write_rows
from knockon.cli.writer import Writer
from knockon.errors import UsageError
from knockon.present.rows.table_impact import findings_of, notes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knockon.analysis.engine_choice import EngineChoice
    from knockon.analysis.table_impact import TableImpact

#: The number of rows of a table without --top.
_SHOWN = 20


def is_table_source(store: str | None) -> bool:
    """Return whether ``--store`` names a network as tables, or a Parquet file."""
    if store is None:
        return False
    path = Path(store)
    if path.suffix.lower() == ".parquet":
        return path.is_file()
    # Only a folder is asked further: opening a graph must not load what reads tables.
    if not path.is_dir():
        return False
    from knockon.network.tables import is_tables

    return is_tables(path)


def impact_of_tables(
    store: str,
    hit: Mapping[str, Any] | None,
    options: Options,
    engine: EngineChoice,
    out: Writer,
    refused: Mapping[str, bool],
    page: Path | None = None,
) -> int:
    """Write the losses that ``--hit`` causes on tables; ``refused`` says which options that need a graph are given."""
    given = [name for name, is_given in refused.items() if is_given] + _world(options)
    if given:
        raise UsageError(f"{given[0]} needs a graph; {store} holds a network as tables")
    if not hit:
        raise UsageError("a network as tables has no shocks: say what is hit by id, --hit ID=SEVERITY")
    from knockon.analysis.table_impact import table_impact

    check_page(page)
    model = None if options["model"] == DEFAULTS["model"] else options["model"]
    known = {*DEFAULTS, "model"}
    parameters = {name: value for name, value in options.items() if name not in known or name in ("eps", "cap")}
    with (
        working("the network as tables"),
        table_impact(
            Path(store),
            {name: str(severity) for name, severity in hit.items()},
            engine=engine,
            model=model,
            parameters=parameters,
        ) as answer,
    ):
        if page is not None:
            _write_page(PageOf(page, {"Table": Path(store)}), answer)
        _write(answer, out)
        return CAPPED if answer.stopped_by == "cap" else 0


def _world(options: Options) -> list[str]:
    """Return the options that select records of a graph and are given."""
    flags = {name: options.get(name) for name in ("facts_only", "financing", "stances", "according_to", "without")}
    return [f"--{name.replace('_', '-').replace('stances', 'stance')}" for name, value in flags.items() if value]


def _write(answer: TableImpact, out: Writer) -> None:
    columns = answer.columns
    if out.for_people and not out.has_selection:
        rows: list[dict[str, object]] = list(islice(answer.rows(), _SHOWN))
        out.rows(rows, columns)
        if answer.affected > len(rows):
            note(f"{answer.affected - len(rows):,} more; -o FILE.csv has them")
    else:
        write_rows(out, _rows(answer), columns)
    note_lines(notes_of(answer))


def _write_page(page: PageOf, answer: TableImpact) -> None:
    from knockon.present.rows.ranking import BARS, MOST
    from knockon.present.rows.table import Table

    table = Table(list(islice(answer.rows(), MOST)), answer.columns)
    page.write(answer, [table], findings_of(answer, MOST), BARS, result=answer.wording.result)


def _rows(answer: TableImpact) -> Iterator[dict[str, object]]:
    yield from answer.rows()


__all__ = ["impact_of_tables", "is_table_source"]
