"""The content that the server answers from: a read-only snapshot of the store, which follows its changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knockon import __version__
from knockon.authoring.open import open_store
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.bundled import DEFAULT_DATA_SET, data_set_names
from knockon.errors import KnockonError, UsageError
from knockon.serve.held_quads import with_quads
from knockon.store.base import Store
from knockon.store.folder import FolderStore
from knockon.worker.store_content import StoreContent


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the store.

    Parameters
    ----------
    revision
        A name that is equal for equal content, also after a restart: part of every ETag.
    content
        The content for the workers.
    store
        The open store, for questions that the server's own process answers; read-only.
    """

    revision: str
    content: StoreContent
    store: Store


class Snapshots:
    """The current snapshot of a source; ``refresh`` follows the changes of other processes.

    Parameters
    ----------
    source
        What ``knockon.open`` accepts.
    read
        How it is read if it is a file.
    write
        Let a path that does not exist be a new store.
    hold
        Have the quads of a small content at hand, so that processes hold them in memory.

    Raises
    ------
    UsageError, NotFound, InvalidData
        It cannot be opened.

    Examples
    --------
    >>> snapshots = Snapshots("chips")
    >>> snapshots.refresh(), len(snapshots.current.revision)
    (False, 16)
    """

    def __init__(
        self, source: str | Path | None, read: ReadOptions = DEFAULTS, *, write: bool = False, hold: bool = False
    ) -> None:
        self._hold = hold
        self.current = self._snapshot(_open_folder(source) if write else open_store(source, options=read))
        #: Called after each change, before ``refresh`` returns.
        self.on_change: Callable[[], None] = _nothing

    def refresh(self) -> bool:
        """Read the store again if its folder has changed; return whether it has.

        Raises
        ------
        KnockonError
            It cannot be read, or is gone; the current snapshot stays as it is.
        """
        store = self.current.store
        if not isinstance(store, FolderStore) or not store.has_changed():
            return False
        # Requests that still run keep the old store, whose database another process may remove but not change.
        fresh = self._snapshot(opened := FolderStore(store.folder))
        if store.history and not opened.history:  # even an undo to the beginning is a revision
            raise KnockonError(f"{store.folder} was removed while it was in use")
        before, self.current = self.current, fresh
        if fresh.content.key != before.content.key:
            self.on_change()
        return fresh.revision != before.revision

    def _snapshot(self, store: Store) -> Snapshot:
        content = with_quads(store.content()) if self._hold else store.content()
        # A folder gives the same rows in another order, so answers from there have other tags.
        return Snapshot(revision_of(store, held=content.quads is not None), content, store)


def _open_folder(source: str | Path | None) -> FolderStore:
    if source is None or str(source) in data_set_names():
        name = source or DEFAULT_DATA_SET
        raise UsageError(
            f"{name} is bundled and cannot be written: `knockon load {name} --store my-store`, then serve my-store"
        )
    return FolderStore(Path(source))


def _nothing() -> None:
    """Tell nobody of a change."""


def revision_of(store: Store, *, held: bool = False) -> str:
    """Return a hash of the content, and of whether processes hold it in memory.

    Derived triples and answers also depend on the version of the package.
    """
    if isinstance(store, FolderStore):
        sets = store.history[0].data_sets if store.history else ()
        parts = sorted(f"{data_set.id} {data_set.source}" for data_set in sets)
    else:
        parts = [store.revision]
    return hashlib.sha256("\n".join([__version__, *(["held"] if held else []), *parts]).encode()).hexdigest()[:16]
