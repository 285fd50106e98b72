"""Open each bundled data set, and folders that tests name, once for many commands in one process, which only read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import knockon.analysis.context_records
import knockon.graph
from knockon.authoring.open import open_store
from knockon.authoring.options import DEFAULTS
from knockon.bundled import DEFAULT_DATA_SET, data_set_names
from knockon.store.base import Store
from knockon.store.worlds import World, world

#: The worlds that are kept: those of two pages.
_MOST_WORLDS = 40

_stores: dict[str, Store] = {}
#: The stores of folders that stay as they are, by their path.
_folders: dict[Path, Store] = {}
_worlds: dict[tuple[Any, ...], World] = {}


def open_bundled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what opens a bundled data set, and selects its records of a day, have what an earlier test made of it.

    Networks and runs are computed anew. Nothing may be loaded into the graphs that are opened then.
    """
    monkeypatch.setattr(knockon.graph, "open_store", _open_store)
    monkeypatch.setattr(knockon.analysis.context_records, "world", _world)


def open_folder_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a data set in a folder, which nothing changes, be opened once for all that opens it by this name."""
    monkeypatch.setitem(_folders, folder, _open_bundled_store(folder, options=DEFAULTS))
    open_bundled_once(monkeypatch)


def _open_store(source: str | Path | None = None, **options: Any) -> Store:
    if _folders and source is not None and not options.get("write") and options.get("options") == DEFAULTS:
        kept = _folders.get(Path(source).absolute())
        if kept is not None:
            return kept
    return _open_bundled_store(source, **options)


def _open_bundled_store(source: str | Path | None = None, **options: Any) -> Store:
    name = str(source or DEFAULT_DATA_SET)
    if name not in data_set_names() or Path(name).exists() or options.get("write") or options.get("options") != DEFAULTS:
        return open_store(source, **options)
    store = _stores.get(name)
    if store is None or not store.trusted:
        _stores[name] = store = open_store(source, **options)
    return store


def _world(store: Store, *, calendar: Any = None, **options: Any) -> World:
    if store not in _stores.values() and store not in _folders.values():
        return world(store, calendar=calendar, **options)
    key = (id(store), *sorted(options.items(), key=str))
    if key not in _worlds:
        while len(_worlds) >= _MOST_WORLDS:
            del _worlds[next(iter(_worlds))]
        _worlds[key] = world(store, calendar=calendar, **options)
    return _worlds[key]


__all__ = ["open_bundled_once", "open_folder_once"]
