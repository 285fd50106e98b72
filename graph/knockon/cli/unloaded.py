"""What a review wrote and the store does not have: the process was stopped before it loaded it, or an undo took it out."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from knockon.cli.messages import note
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.graph import Graph


def note_unloaded(graph: Graph, file: Path, store: str | None, more: str = "") -> None:
    """Say how many records of a file differ from the store folder, and how to load them; nothing if all are there.

    Parameters
    ----------
    graph
        The graph; of one that is no store folder nothing is said.
    file
        The YAML file that the review wrote; it need not exist.
    store
        The store folder, as the command names it.
    more
        What else may be done.
    """
    from knockon.proposals.accepted_records import own_data_set

    if graph._store_folder_or_none() is None or not file.exists():
        return
    differences = graph.diff(file)
    # Without a data set of that name the file is compared with all records.
    of_store = differences.added if own_data_set(graph.store, file) else 0
    if number := differences.removed + differences.changed + differences.evidence + of_store:
        load = f"`knockon load {quote(str(file))} --store {quote(store or 'FOLDER')}` loads the file"
        note(f"{counted(number, 'record')} of {file} differ{'s' * (number == 1)} from the store: {load}{more}")


__all__ = ["note_unloaded"]
