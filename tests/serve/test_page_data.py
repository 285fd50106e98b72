"""What a page of the server is made of, and how much of a store that takes."""

from __future__ import annotations

from pathlib import Path

import knockon
from knockon.serve.page_data import entity
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from support.large_graph import NS, large_records
from support.small_records import data_set


def test_the_page_of_an_entity_reads_what_it_shows(tmp_path: Path) -> None:
    """Of a store folder it is that of memory, and most records are not read."""
    records = large_records(120)
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("large", records))
    values = {"name": f"{NS}c7"}
    graph = knockon.open(tmp_path / "store")
    stored = graph.store.records
    assert isinstance(stored, KeptRecords)
    shown = entity(graph, values, None)
    assert shown["record"]
    assert f"{NS}c7" in shown["labels"]
    assert len(stored._read) < len(stored) / 2
