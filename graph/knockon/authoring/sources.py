"""What `--store` and ``knockon.open`` may be given: a bundled name, a data set, an RDF file, a store folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from knockon.authoring.describe import DESCRIPTION
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.read import ENDINGS, is_data_set, read_data_set
from knockon.authoring.rejects import Journal
from knockon.authoring.source import STDIN, standard_input
from knockon.authoring.text import shown
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names
from knockon.errors import NotFound, UsageError
from knockon.model import DataSet
from knockon.store.base import Store
from knockon.store.files import FORMATS, read_bytes, read_file, slug
from knockon.store.folder import FolderStore, is_store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import namespace

_FILES = {f".{name}" for name in FORMATS} | {".owl", ".xml", ".json", ".turtle", *ENDINGS}

_MAKING = "`knockon load`, or write=True in Python, makes a store"


def data_set(source: str | Path, *, name: str = "", options: ReadOptions = PLAIN, journal: Journal | None = None) -> DataSet:
    """One data set: a bundled name, a folder with dataset.yaml, a table, YAML, JSON Lines or RDF file, or ``-``.

    Parameters
    ----------
    source
        The bundled name, or the path.
    name
        Another name for the data set; its base, and so the names of its records, stay as they are.
    options
        How tables are read where they do not say it themselves, and what ``-`` holds.
    journal
        What gets the rows that ``options`` allow to leave out.

    Raises
    ------
    NotFound
        Nothing is called so.
    InvalidData
        It breaks the model; every problem is listed.
    UsageError
        ``name`` cannot be a name.
    """
    found = _read(source, options, journal)
    from_file = str(source) == STDIN or Path(source).suffix.lower() in _FILES
    return _renamed(found, name, from_file=from_file) if name else found


def _read(source: str | Path, options: ReadOptions, journal: Journal | None) -> DataSet:
    if str(source) in data_set_names():
        bundled = read_data_set(data_set_folder(str(source)), checked=True)
        return replace(bundled, origin=f"bundled data set {source}")
    if str(source) == STDIN:
        given = standard_input(options.form)
        if given.ending in ENDINGS:
            found = read_data_set(given, options=options, journal=journal)
        else:
            found = read_bytes(given.content, given.ending, given.name, given.stem)
        return replace(found, origin=given.name)
    path = Path(source)
    if not path.exists():
        hint = f"(bundled are {', '.join(data_set_names())}; else a folder with dataset.yaml, a .csv, .yaml or RDF file)"
        raise NotFound("data set", str(source), data_set_names(), hint)
    ours = path.is_dir() or is_data_set(path)
    found = read_data_set(path, options=options, journal=journal) if ours else read_file(path)
    return replace(found, origin=shown((path.parent if path.name == DESCRIPTION else path).resolve()))


def _renamed(given: DataSet, name: str, *, from_file: bool) -> DataSet:
    if slug(name) != name:
        raise UsageError(f"{name!r} cannot be the name of a data set; write it like {slug(name)}")
    iri = f"{namespace(given.info.id)}data-{name}"
    if any(record.id == iri for record in given.records):
        raise UsageError(f"a record is called data-{name} already; choose another name")
    # A description of its own has its own title; a file alone is called after the file.
    title = given.info.title if not from_file or slug(given.info.title) != given.info.short_name else name
    old, new = NamedNode(given.graph), NamedNode(iri)
    extra = tuple(
        Quad(quad.subject, quad.predicate, quad.object, new) if quad.graph_name == old else quad for quad in given.extra
    )
    return replace(given, info=given.info.model_copy(update={"id": iri, "title": title}), extra=extra)


def data_sets(
    source: str | Path, *, name: str = "", options: ReadOptions = PLAIN, journal: Journal | None = None
) -> tuple[DataSet, ...]:
    """The data sets in a source: all of a store's, or one, which may get another name (see ``data_set``)."""
    path = Path(source)
    if str(source) not in data_set_names() and path.is_dir() and is_store(path):
        with FolderStore(path) as store:
            found = store.data_sets
        if name and len(found) != 1:
            raise UsageError(f"{source} holds {len(found)} data sets, and one name is for one of them")
        origin = shown(path.resolve())
        return tuple(
            replace(_renamed(one, name, from_file=False) if name else one, origin=one.origin or origin) for one in found
        )
    return (data_set(source, name=name, options=options, journal=journal),)


def read_sources(sources: Iterable[str | Path], options: ReadOptions = PLAIN, *, name: str = "") -> tuple[DataSet, ...]:
    """The data sets in several sources; rows that ``options`` allow to leave out are written to their file.

    Raises
    ------
    UsageError
        Standard input is named twice, or an option names a column that no table has.
    """
    given = list(sources)
    if sum(str(source) == STDIN for source in given) > 1:
        raise UsageError("- is standard input: it can be read once")
    journal = Journal(options)
    found = tuple(one for source in given for one in data_sets(source, name=name, options=options, journal=journal))
    journal.close()
    return found


class Version(NamedTuple):
    """One version of data to compare with another: its name, its data sets, and whether they are all of a store."""

    name: str
    data_sets: tuple[DataSet, ...]
    whole: bool


def version(source: str | Path) -> Version:
    """The version that a source names: a store, a revision of one (``store@2``), or one data set (see ``data_set``).

    Raises
    ------
    NotFound
        Nothing is called so, or the store keeps no such revision.
    InvalidData
        It breaks the model.
    """
    text = str(source)
    folder, at, number = text.rpartition("@")
    if at and number.isdecimal() and not Path(text).exists() and is_store(Path(folder)):
        with FolderStore(Path(folder)) as store:
            return Version(text, store.at(int(number)), True)
    whole = text not in data_set_names() and Path(text).is_dir() and is_store(Path(text))
    return Version(text, data_sets(source), whole)


def paired(old: Version, new: Version) -> tuple[Version, Version]:
    """The two versions as they are compared: a store beside one data set is that data set of the store, if it has it."""
    if old.whole == new.whole:
        return old, new
    names = {one.info.id for one in (new if old.whole else old).data_sets}
    shared = [one._replace(data_sets=tuple(d for d in one.data_sets if d.info.id in names), whole=False) for one in (old, new)]
    return (shared[0], shared[1]) if all(one.data_sets for one in shared) else (old, new)


def open_store(source: str | Path | None = None, *, write: bool = False, options: ReadOptions = PLAIN) -> Store:
    """The store for a source; with ``write``, a path where nothing is yet becomes a store with the first load."""
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
        if not write and not is_store(path):
            raise UsageError(f"{path} holds neither a store nor a dataset.yaml; {_MAKING}")
        return FolderStore(path, write=write)
    there = str(given) == STDIN or path.exists()
    if not (there or write):
        ways = f"a data set folder, a table, YAML, JSON Lines or RDF file, a store folder; {_MAKING}"
        hint = f"(bundled are {', '.join(data_set_names())}; else {ways})"
        raise NotFound("store or data set", str(given), data_set_names(), hint)
    if there or path.suffix.lower() in _FILES:
        return MemoryStore(
            *read_sources([given], options), checked=path.suffix.lower() in {"", *ENDINGS} and str(given) != STDIN
        )
    return FolderStore(path, write=write)
