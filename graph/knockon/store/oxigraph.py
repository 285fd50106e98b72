"""Stores on Oxigraph: one in memory, one in a folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Variable

from knockon.errors import InvalidData, KnockonError, NotFound, StoreBusy, UsageError
from knockon.model import DataSet
from knockon.model.base import digest
from knockon.query.guard import syntax_error
from knockon.rdf.plan import TYPE
from knockon.store.base import Answer, Function, Store, assemble, authored, replaced
from knockon.store.files import from_quads
from knockon.vocabulary import KO, PREFIXES

POINTER = "knockon-store.json"
_RUN = NamedNode(KO + "ImpactRun")


class _Oxigraph(Store):
    """What both kinds share: asking."""

    _db: pyoxigraph.Store

    def query(
        self,
        text: str,
        substitutions: Mapping[str, str] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Answer:
        """See Store."""
        runs = {q.graph_name for q in self._db.quads_for_pattern(None, TYPE, _RUN)}
        graphs: Any = {"use_default_graph_as_union": True}
        if runs:
            graphs = {"default_graph": [g for g in self._db.named_graphs() if g not in runs]}
        given: Any = {Variable(name): NamedNode(iri) for name, iri in (substitutions or {}).items()}
        called: Any = {NamedNode(iri): function for iri, function in (functions or {}).items()}
        try:
            return self._db.query(
                text, prefixes=PREFIXES, substitutions=given or None, custom_functions=called or None, **graphs
            )
        except SyntaxError as error:
            raise syntax_error(error, text) from None
        except RuntimeError as error:  # a substituted variable that the query does not project
            raise UsageError(str(error)) from None

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """See Store."""
        return iter(self._db.quads_for_pattern(subject, predicate, value, graph))


class MemoryStore(_Oxigraph):
    """A store that lives as long as the process; ``checked`` data sets were held against the model already.

    >>> from knockon.model import Company, DataSetInfo
    >>> ns = "https://w3id.org/knockon/id/"
    >>> store = MemoryStore()
    >>> store.load(DataSet(DataSetInfo(id=ns + "data-x", title="X"), (Company(id=ns + "acme", label="Acme"),)))
    >>> bool(store.query("ASK { id:acme a ko:Entity }"))
    True
    """

    def __init__(self, *data_sets: DataSet, checked: bool = False) -> None:
        self._db = pyoxigraph.Store()
        self._sets: tuple[DataSet, ...] = ()
        self._put(data_sets, checked=checked)

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        return self._sets

    def load(self, *data_sets: DataSet) -> None:
        """See Store."""
        self._put(data_sets)

    def _put(self, data_sets: tuple[DataSet, ...], *, checked: bool = False) -> None:
        after = replaced(self._sets, data_sets)
        db = pyoxigraph.Store()
        db.bulk_extend(assemble(after, checked=checked))
        self._db, self._sets = db, after
        self.__dict__.pop("_placed", None)

    def close(self) -> None:
        """Nothing to let go of."""


class FolderStore(_Oxigraph):
    """A store in a folder; it survives the process, and a killed load leaves it as it was.

    The folder holds revisions, each a folder of its own with the database and
    the data sets it was built from as N-Quads, and a pointer file that names
    the one in use. A load builds the next revision beside it and then replaces
    the pointer, which is one atomic step.

    Parameters
    ----------
    folder
        Need not exist: it appears with the first load.
    write
        Keep everybody else from writing until ``close``. Without it only ``load`` does, for its own time.

    Raises
    ------
    UsageError
        The folder is there and is no store.
    StoreBusy
        ``write``, and another process is writing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.folder = folder
        if folder.exists() and not is_store(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is there already and is no store of Knock-on; name an empty or new folder")
        self._lock = self._locked() if write else None
        self._open()

    def _open(self) -> None:
        self._sets: tuple[DataSet, ...] | None = None
        self.__dict__.pop("_placed", None)
        while True:
            self._revision = self._current()
            try:
                # Readers never touch a database that anybody writes: a revision is never changed once it is pointed at.
                self._db = pyoxigraph.Store.read_only(str(self._revision / "db")) if self._revision else pyoxigraph.Store()
            except (OSError, RuntimeError):
                self._gone_or_damaged()
            else:
                return

    def _gone_or_damaged(self) -> None:
        # A load may have put another revision in place and swept this one away; anything else is damage.
        if self._current() == self._revision:
            raise InvalidStore(self.folder / POINTER) from None

    def _current(self) -> Path | None:
        pointer = self.folder / POINTER
        named: Path | None = None
        while pointer.exists():
            try:
                name = json.loads(pointer.read_text("utf-8"))["current"]
            except (ValueError, KeyError, TypeError):
                raise InvalidStore(pointer) from None
            revision = self.folder / Path(str(name)).name
            if (revision / "db").is_dir():
                return revision
            # A load may have swept it away just now: then the pointer names another one.
            if revision == named:
                raise InvalidStore(pointer)
            named = revision
        return None

    @property
    def empty(self) -> bool:
        """Whether nothing was ever loaded."""
        return self._revision is None

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        while self._sets is None:
            try:
                sets = self._read_sources()
            except (OSError, SyntaxError):
                self._gone_or_damaged()
                sets = None
            if sets is None or self._current() != self._revision:
                # Replaced by another process, and perhaps half swept away: what is asked next comes from the new one.
                self._open()
            else:
                self._sets = sets
        return self._sets

    def _read_sources(self) -> tuple[DataSet, ...]:
        files = list((self._revision / "sources").iterdir()) if self._revision else []
        found = (from_quads(pyoxigraph.parse(path=f, format=RdfFormat.N_QUADS), str(f)) for f in files)
        return tuple(sorted(found, key=lambda data_set: data_set.info.id))

    def load(self, *data_sets: DataSet) -> None:
        """See Store."""
        lock = self._lock or self._locked()
        try:
            self._open()  # what others loaded meanwhile is kept
            self._swap(self._build(replaced(self.data_sets, data_sets)))
            self._open()
        finally:
            if lock is not self._lock:
                lock.release()

    def _build(self, data_sets: tuple[DataSet, ...]) -> Path:
        quads = assemble(data_sets)
        revision = Path(tempfile.mkdtemp(prefix="revision-", dir=self.folder))
        try:
            (revision / "sources").mkdir()
            for data_set in data_sets:
                placed = [(record, data_set.graph) for record in (data_set.info, *data_set.records)]
                lines = pyoxigraph.serialize([*authored(placed), *data_set.extra], format=RdfFormat.N_QUADS) or b""
                # Short names may repeat under different bases, and need not be file names.
                (revision / "sources" / f"{digest(data_set.info.id)}.nq").write_bytes(lines)
            db = pyoxigraph.Store(str(revision / "db"))
            db.bulk_extend(quads)
            db.flush()
            del db
        except BaseException:
            shutil.rmtree(revision, ignore_errors=True)
            raise
        return revision

    def _swap(self, revision: Path) -> None:
        pointer = self.folder / POINTER
        new = pointer.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"format": 1, "current": revision.name}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(pointer)
        for old in self.folder.glob("revision-*"):
            if old != revision:
                shutil.rmtree(old, ignore_errors=True)

    def _locked(self) -> Any:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "write.lock", timeout=0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise StoreBusy(f"{self.folder} is being written by another process; try again when it is done") from None
        except OSError as error:
            raise UsageError(f"cannot write {self.folder}: {error.strerror}") from None
        return lock

    def close(self) -> None:
        """See Store."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class InvalidStore(InvalidData):
    """A store folder that was damaged."""

    def __init__(self, pointer: Path) -> None:
        KnockonError.__init__(self, f"{pointer}: the revision it names is missing or damaged; load the data into a new folder")
        self.problems = []


def is_store(folder: Path) -> bool:
    """Whether a folder holds a store of ours."""
    return (folder / POINTER).exists() or (folder / "write.lock").exists()


def require(store: FolderStore) -> FolderStore:
    """The store, if anything was loaded into it."""
    if store.empty:
        raise NotFound("store", str(store.folder), hint="(load something first: knockon load DATA --store FOLDER)")
    return store
