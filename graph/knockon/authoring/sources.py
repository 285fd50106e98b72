"""What `--store` and ``knockon.open`` may be given: a bundled name, a data set, an RDF file, a store folder."""

from __future__ import annotations

from pathlib import Path

from knockon.authoring.read import is_data_set, read_data_set
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names
from knockon.errors import NotFound, UsageError
from knockon.model import DataSet
from knockon.store.base import Store
from knockon.store.files import FORMATS, read_file
from knockon.store.oxigraph import FolderStore, MemoryStore, is_store

_FILES = {f".{name}" for name in FORMATS} | {".owl", ".xml", ".json", ".turtle", ".csv", ".tsv", ".yaml", ".yml"}


def data_set(source: str | Path) -> DataSet:
    """One data set: a bundled name, a folder with dataset.yaml, a CSV, YAML or RDF file.

    Raises
    ------
    NotFound
        Nothing is called so.
    InvalidData
        It breaks the model; every problem is listed.
    """
    if str(source) in data_set_names():
        return read_data_set(data_set_folder(str(source)), checked=True)
    path = Path(source)
    if not path.exists():
        hint = f"(bundled are {', '.join(data_set_names())}; else a folder with dataset.yaml, a .csv, .yaml or RDF file)"
        raise NotFound("data set", str(source), data_set_names(), hint)
    if path.is_dir() or is_data_set(path):
        return read_data_set(path)
    return read_file(path)


def data_sets(source: str | Path) -> tuple[DataSet, ...]:
    """The data sets in a source: all of a store's, or one."""
    path = Path(source)
    if str(source) not in data_set_names() and path.is_dir() and is_store(path):
        with FolderStore(path) as store:
            return store.data_sets
    return (data_set(source),)


def open_store(source: str | Path | None = None, *, write: bool = False) -> Store:
    """The store for a source; a path where nothing is yet becomes a store on disk with the first load."""
    given = DEFAULT_DATA_SET if source is None else source
    path = Path(given)
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(given)[:80]!r} can be no path: {error.__class__.__name__}") from None
    if str(given) in data_set_names():
        return MemoryStore(data_set(given), checked=True)
    if path.is_dir() and not is_data_set(path):
        return FolderStore(path, write=write)
    if path.exists() or path.suffix.lower() in _FILES:
        return MemoryStore(data_set(path), checked=path.suffix.lower() in {"", ".csv", ".tsv", ".yaml", ".yml"})
    return FolderStore(path, write=write)
