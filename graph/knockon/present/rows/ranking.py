"""Firms ranked by the loss that follows when they close, as people read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from knockon.present.rows.table import Table
from knockon.text import counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.answer import JsonValue
    from knockon.analysis.rank.ranking import Ranking

#: The most rows of a page, and what bars are drawn of.
MOST = 300
BARS = {"index": "index, the greatest is full", "loss": "loss, the greatest is full"}
#: The columns of a ranking without rows.
_NO_ROWS = ("rank", "firm", "index")
_DROP = ("residual", "iterations", "stopped_by")


def ranking_table(ranking: Ranking, first: int | None = None) -> Table:
    """Return the first rows of a ranking for people: all where no number is given; entities by their local names."""
    rows = [{name: _short(name, value) for name, value in row.items()} for row in ranking.rows(first)]
    title = f"{ranking.model}: {ranking.meaning} when each is closed alone"
    return Table(rows, list(rows[0]) if rows else _NO_ROWS, title, _DROP)


def ranking_rows(ranking: Ranking) -> Table:
    """Return every row of a ranking, for programs."""
    rows = ranking.rows()
    return Table(rows, list(rows[0]) if rows else _NO_ROWS)


def _short(name: str, value: JsonValue) -> JsonValue:
    is_iri = name in ("firm", "sole_supplier") and isinstance(value, str) and ":" in value
    return local_name(str(value)) if is_iri else value


def ranking_parquet(ranking: Ranking) -> bytes:
    """Return a ranking as Parquet, column by column, with the model and its parameters in the metadata."""
    from knockon.present.tables.parquet import parquet_file

    parameters = json.dumps(dict(ranking.parameters), default=str)
    metadata = {"model": ranking.model, "meaning": ranking.meaning, "equation": ranking.equation, "parameters": parameters}
    columns = {name: column.tolist() if column.dtype == object else column for name, column in ranking.table().items()}
    return parquet_file(columns, {**metadata, "network_hash": ranking.network_hash})


def start_notes(firms: int, checkpoint: object = None, *, is_slow: bool = False) -> Iterator[str]:
    """Return what to know before a ranking starts.

    Parameters
    ----------
    firms
        How many firms are closed.
    checkpoint
        The file with the progress of an earlier run; None if there is none.
    is_slow
        Whether it takes long because the compiled kernels are not installed.
    """
    if not firms:
        yield "the network has no entities: nothing to rank"
    if is_slow:
        yield "without the compiled kernels this takes a hundred times as long; install them: pip install 'knockon[fast]'"
    if checkpoint is not None:
        yield f"continuing from {checkpoint}"


def stopped_note(checkpoint: object = None) -> str:
    """Return how to continue a ranking that was interrupted."""
    if checkpoint is not None:
        return f"stopped; the same command continues from {checkpoint}"
    return "stopped; with -o or --checkpoint it could continue"


def dropped_flows_note(count: int) -> str:
    """Return how many flows of firms to themselves were left out."""
    return f"flows of firms to themselves left out: {count}"


def more_note(total: int, shown: int) -> str:
    """Return how many firms a table leaves out."""
    return f"{total - shown:,} more; --top {total} or -o FILE.csv has them"


def precision_note(precision: int, ranking: Ranking) -> Iterator[str]:
    """Return a note if 32 bits were asked for and 64 used."""
    if precision == 32 and ranking.parameters.get("dtype") == "float64":
        yield "--precision 32 is for the compiled kernels, which a table of this size does not use; this run used 64 bits"


def ranking_findings(ranking: Ranking, shown: int) -> Iterator[str]:
    """Return how many firms were closed, how many a page with the first rows leaves out, and what the index does not say."""
    yield f"{counted(ranking.firms, 'entity', 'entities')} closed one by one: the {ranking.meaning} when each is closed alone"
    total = ranking.firms - len(ranking.sole)
    if total > shown:
        yield f"the first {shown:,} of {total:,} are shown"
    yield from _limits(ranking)


def ranking_notes(ranking: Ranking) -> Iterator[str]:
    """Return how it was computed, its equations, what the index does not say, and whether a cap stopped a closure."""
    yield f"{ranking.firms:,} closed one by one; {ranking.model}: {ranking.meaning}; {parameters_text(ranking.parameters)}"
    yield f"{ranking.equation} ({ranking.reference})"
    yield from _limits(ranking)


def parameters_text(parameters: Mapping[str, object]) -> str:
    """Return the parameters of a model that have a value.

    >>> parameters_text({"eps": 0.01, "cap": 100, "threads": None})
    'eps 0.01, cap 100'
    """
    return ", ".join(f"{name} {value}" for name, value in parameters.items() if value is not None)


def _limits(ranking: Ranking) -> Iterator[str]:
    for caveat in ranking.caveats:
        yield f"beware: {caveat}"
    if ranking.truncated:
        yield f"STOPPED BY THE CAP: {ranking.stopped_by_cap:,} of them, their index may be too low; raise --cap"


__all__ = [
    "BARS",
    "MOST",
    "dropped_flows_note",
    "more_note",
    "parameters_text",
    "precision_note",
    "ranking_findings",
    "ranking_notes",
    "ranking_parquet",
    "ranking_rows",
    "ranking_table",
    "start_notes",
    "stopped_note",
]
