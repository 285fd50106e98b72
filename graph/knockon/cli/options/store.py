"""``--store``: the data that a command reads or changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import detail, note, working
from knockon.errors import InvalidData, NotFound, UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph


def complete_data_set(incomplete: str) -> list[str]:
    """Complete the name of a bundled data set; the shell itself knows the files."""
    from knockon.bundled import data_set_names

    return [name for name in data_set_names() if name.startswith(incomplete)]


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        "-s",
        autocompletion=complete_data_set,
        help="A bundled data set (default: sensetime), a data set folder, a CSV, YAML or RDF file, a store, an earlier "
        "revision of one (st@2), the address of a SPARQL endpoint, or - (--from).",
    ),
]


def open_graph(store: str | None) -> Graph:
    """Open the graph of ``--store``, else of the environment, else of ``knockon.toml``.

    Raises
    ------
    NotFound
        No file, folder or bundled data set has this name.
    UsageError
        The folder is neither a store nor a data set.
    InvalidData
        The data are invalid.
    """
    from knockon.authoring.revisions import parse_revision
    from knockon.bundled import DEFAULT_DATA_SET, data_set_names
    from knockon.cli.options.reading import store_read_options
    from knockon.graph import open as open_store
    from knockon.store.addresses import is_address
    from knockon.store.long_work import long_work

    long_work.set(_show_work)
    store = default_store(store)
    named = store is None or store in (*data_set_names(), "-") or is_address(store)
    if store is not None and not named and not _exists(Path(store)) and not parse_revision(store):
        hint = f"(bundled are {', '.join(data_set_names())}; else a data set folder, a CSV, YAML or RDF file, a store folder)"
        raise NotFound("store or data set", store, data_set_names(), hint)
    try:
        graph = open_store(store, options=store_read_options())
    except InvalidData as error:
        # Options that read a table otherwise belong to the commands that load it.
        if not any("--rename" in problem.hint or "--ignore-unknown" in problem.hint for problem in error.problems):
            raise
        first = f"knockon load {quote(store or '')} OPTIONS --store my-store"
        outcome = f"nothing was read; these are options of `{first}`, then use --store my-store"
        raise InvalidData(error.problems, outcome) from None
    if store is not None and not named:
        _refuse_empty_folder(graph, store)
    detail(f"reading {store or 'the bundled data set ' + DEFAULT_DATA_SET}")
    return graph


@contextmanager
def _show_work(message: str) -> Iterator[Callable[[int, int], None]]:
    """Say what takes long, and show on a terminal how far it is."""
    note(f"note: {message}")
    with working(message) as show:
        yield show


def _refuse_empty_folder(graph: Graph, store: str) -> None:
    from knockon.store.folder import FolderStore
    from knockon.store.markers import is_store

    if isinstance(graph.store, FolderStore) and not is_store(graph.store.folder):
        raise UsageError(f"{store} holds neither a store nor a dataset.yaml")


def open_store_folder(store: str, lacks: str) -> Graph:
    """Open the graph of a store folder.

    Parameters
    ----------
    store
        The folder.
    lacks
        What other data lack, for the message: ``"cannot be written"``.

    Raises
    ------
    UsageError
        It is a file or bundled data; the message has the command to type first.
    """
    from knockon.store.folder import FolderStore

    graph = open_graph(store)
    if not isinstance(graph.store, FolderStore):
        first = f"knockon load {quote(store)} --store my-store"
        raise UsageError(f"{store} is not a store folder and {lacks}; type `{first}` first, then use --store my-store")
    return graph


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, a NUL, or in a folder of another user
        return False
