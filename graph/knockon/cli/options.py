"""Options that several commands share, and the graph that they name."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import detail
from knockon.errors import InvalidData, NotFound, UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph


def data_sets(incomplete: str) -> list[str]:
    """Complete the name of a bundled data set; the shell itself knows the files."""
    from knockon.bundled import data_set_names

    return [name for name in data_set_names() if name.startswith(incomplete)]


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        "-s",
        autocompletion=data_sets,
        help="A bundled data set (default: sensetime), a data set folder, a CSV, YAML or RDF file, a store, an earlier "
        "revision of one (st@2), or - (--from).",
    ),
]
MinLoss = Annotated[float, typer.Option("--min-loss", min=0, max=1, help="Tables leave out smaller losses, and count them.")]


def graph(store: str | None) -> Graph:
    """The graph of ``--store``, else of the environment or of ``knockon.toml``; what is asked of it must be there."""
    from knockon.authoring.open import parse_revision
    from knockon.bundled import DEFAULT_DATA_SET, data_set_names
    from knockon.cli.reading import store_options
    from knockon.graph import open as open_graph
    from knockon.store.folder import FolderStore, is_store

    store = default_store(store)
    if store is not None and store not in (*data_set_names(), "-") and not _there(Path(store)) and not parse_revision(store):
        hint = f"(bundled are {', '.join(data_set_names())}; else a data set folder, a CSV, YAML or RDF file, a store folder)"
        raise NotFound("store or data set", store, data_set_names(), hint)
    try:
        opened = open_graph(store, options=store_options())
    except InvalidData as error:
        # Options that read a table otherwise belong to the commands that load it.
        if not any("--rename" in one.hint or "--ignore-unknown" in one.hint for one in error.problems):
            raise
        first = f"knockon load {quote(store or '')} OPTIONS --store my-store"
        outcome = f"nothing was read; these are options of `{first}`, then use --store my-store"
        raise InvalidData(error.problems, outcome) from None
    if isinstance(opened.store, FolderStore) and not is_store(opened.store.folder):
        raise UsageError(f"{store} holds neither a store nor a dataset.yaml")
    detail(f"reading {store or 'the bundled data set ' + DEFAULT_DATA_SET}")
    return opened


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, a NUL, not ours to look at
        return False
