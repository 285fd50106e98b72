"""Options that several commands share, and how their output is written."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import detail, note
from knockon.cli.streams import write_out
from knockon.errors import NotFound, UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        "-s",
        help="A bundled data set (default: sensetime), a data set folder, a CSV, YAML or RDF file, a store, or - (--from).",
    ),
]
Format = Annotated[str | None, typer.Option("--format", "-f", help="table, json, jsonl, csv or md.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")]
MinLoss = Annotated[float, typer.Option("--min-loss", min=0, max=1, help="Tables leave out smaller losses, and count them.")]


def graph(store: str | None) -> Graph:
    """The graph of ``--store``, else of the environment or of ``knockon.toml``; what is asked of it must be there."""
    from knockon.bundled import DEFAULT_DATA_SET, data_set_names
    from knockon.cli.reading import store_options
    from knockon.graph import open as open_graph
    from knockon.store.folder import FolderStore, is_store

    store = default_store(store)
    if store is not None and store not in (*data_set_names(), "-") and not _there(Path(store)):
        hint = f"(bundled are {', '.join(data_set_names())}; else a data set folder, a CSV, YAML or RDF file, a store folder)"
        raise NotFound("store or data set", store, data_set_names(), hint)
    opened = open_graph(store, options=store_options())
    if isinstance(opened.store, FolderStore) and not is_store(opened.store.folder):
        raise UsageError(f"{store} holds neither a store nor a dataset.yaml")
    detail(f"reading {store or 'the bundled data set ' + DEFAULT_DATA_SET}")
    return opened


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, a NUL, not ours to look at
        return False


def form_of(given: str | None, allowed: Sequence[str] = ("table", "json", "jsonl", "csv", "md")) -> str:
    """The format asked for, a table where none is."""
    form = given or allowed[0]
    if form not in allowed:
        raise UsageError(f"{form!r} is no format here; known are {', '.join(allowed)}")
    return form


def emit(text: str, output: Path | None = None) -> None:
    """Text to a file (whole or not at all) or to the screen."""
    if output is None:
        write_out(text)
        return
    from knockon.store.files import write_bytes

    write_bytes(output, text.encode("utf-8"))
    note(f"wrote {output}")


def emit_json(value: Any, output: Path | None = None) -> None:
    """A value as indented JSON."""
    emit(json.dumps(value, ensure_ascii=False, indent=2), output)


def emit_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, output: Path | None = None, title: str = ""
) -> None:
    """Rows in one of the formats."""
    from knockon.views.tables import render

    emit(render(rows, columns, form, title=title, width=screen_width()), output)


def screen_width() -> int:
    """The width of the terminal; in a pipe a table is as wide as it needs to be."""
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 1000
