"""Open the store of what `--store` and ``knockon.open`` accept: a bundled name, a data set, an RDF file, a store folder."""

from __future__ import annotations

from pathlib import Path

from knockon.authoring.bundled_data import read_bundled
from knockon.authoring.files import ENDINGS, PARQUET_PARTS, check_readable, holds_parquet, is_data_set
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.revisions import parse_revision, read_revision, refuse_revision
from knockon.authoring.source import STDIN
from knockon.bundled import DEFAULT_DATA_SET, data_set_names
from knockon.errors import NotFound, UsageError
from knockon.store.addresses import is_address
from knockon.store.base import Store
from knockon.store.markers import is_store
from knockon.store.oxigraph import MemoryStore
from knockon.store.parts_manifest import is_parts_folder

_HOW_TO_CREATE = "`knockon load`, or write=True in Python, makes a store"


def open_store(source: str | Path | None = None, *, write: bool = False, options: ReadOptions = DEFAULTS) -> Store:
    """Open the store of a source; with ``write``, a path that does not exist becomes a store with the first load."""
    if is_address(source):
        return _open_remote(str(source), write=write, options=options)
    name = DEFAULT_DATA_SET if source is None else source
    path = _path(name)
    if earlier := _open_revision(str(name), write=write):
        return earlier
    is_file = str(name) not in data_set_names() and not (path.is_dir() and not is_data_set(path))
    if not is_file and not write and is_parts_folder(path) and not is_store(path):
        from knockon.store.parts_reader import read_parts

        return MemoryStore(*read_parts(path))
    if not is_file and (options.uses or options.exact_names or options.language):
        raise UsageError(f"--uses, --exact-names and --language say how a file is read, and {name} is not one")
    if str(name) in data_set_names():
        data_set = read_bundled(str(name))
        return MemoryStore(data_set, checked=True, trusted=True, targets=data_set.targets)
    if not is_file:
        if not write and not is_store(path):
            how = PARQUET_PARTS if holds_parquet(path) else _HOW_TO_CREATE
            raise UsageError(f"{path} holds neither a store nor a dataset.yaml; {how}")
        return _open_folder(path, write=write)
    exists = str(name) == STDIN or path.exists()
    if not (exists or write):
        kinds = f"a data set folder, a table, YAML, JSON Lines or RDF file, a store folder; {_HOW_TO_CREATE}"
        hint = f"(bundled are {', '.join(data_set_names())}; else {kinds})"
        raise NotFound("store or data set", str(name), data_set_names(), hint)
    from knockon.authoring.named_sources import FILES, read_sources

    if exists or path.suffix.lower() in FILES:
        return MemoryStore(*read_sources([name], options), checked=path.suffix.lower() in {"", *ENDINGS} and str(name) != STDIN)
    return _open_folder(path, write=write)


def _path(name: str | Path) -> Path:
    """Return a name as a path that can be read, if it exists."""
    path = Path(name)
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(name)[:80]!r} cannot be a path: {error.__class__.__name__}") from None
    check_readable(path)
    return path


def _open_remote(address: str, *, write: bool, options: ReadOptions) -> Store:
    from knockon.store.remote import RemoteStore

    if write or options != DEFAULTS:
        raise UsageError(f"{address} is an endpoint, which is only read, and as it is: give no option of files for it")
    return RemoteStore(address)


def _open_folder(path: Path, *, write: bool) -> Store:
    from knockon.store.folder import FolderStore

    return FolderStore(path, write=write)


def _open_revision(text: str, *, write: bool) -> MemoryStore | None:
    """Load the earlier state of a store that a name like ``store@2`` means into memory; None if it is not a revision."""
    if write:
        refuse_revision(text)
    revision = parse_revision(text)
    if revision is None:
        return None
    return MemoryStore(*read_revision(revision), checked=True)
