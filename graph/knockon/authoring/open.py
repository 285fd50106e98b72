"""What `--store` and ``knockon.open`` may be given: a bundled name, a data set, an RDF file, a store folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from knockon.authoring.dataset_yaml import DESCRIPTION
from knockon.authoring.files import shown
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.read import ENDINGS, DataSetReading, finish, is_data_set, read_data_set
from knockon.authoring.rejects import Journal
from knockon.authoring.source import STDIN, standard_input
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names
from knockon.errors import InvalidData, NotFound, Notice, Problem, UsageError
from knockon.model import DataSet
from knockon.store.base import Store
from knockon.store.files import FORMATS, read_bytes, read_file, slug
from knockon.store.folder import FolderStore, is_store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, MY, namespace

#: Bundled data has its ids below this.
_BUNDLED = ID.removesuffix("id/")
_FILES = {f".{name}" for name in FORMATS} | {".owl", ".xml", ".json", ".turtle", *ENDINGS}

_MAKING = "`knockon load`, or write=True in Python, makes a store"


def data_set(source: str | Path, *, name: str = "", options: ReadOptions = PLAIN) -> DataSet:
    """One data set: a bundled name, a folder with dataset.yaml, a table, YAML, JSON Lines or RDF file, or ``-``.

    Parameters
    ----------
    source
        The bundled name, or the path.
    name
        Another name for the data set; its base, and so the names of its records, stay as they are.
    options
        How tables are read where they do not say it themselves, and what ``-`` holds.

    Raises
    ------
    NotFound
        Nothing is called so.
    InvalidData
        It breaks the model; every problem is listed.
    UsageError
        ``name`` cannot be a name.
    """
    return read_sources([source], options, name=name)[-1]


class _Opened(NamedTuple):
    """One source: the data sets in it, or one whose names are still to be looked up; and where it comes from."""

    ready: tuple[DataSet, ...]
    reading: DataSetReading | None = None
    origin: str = ""


def _opened(source: str | Path, name: str, options: ReadOptions) -> _Opened:
    if str(source) in data_set_names():
        bundled = _bundled(str(source))
        return _Opened((_renamed(bundled, name, from_file=False) if name else bundled,))
    if str(source) == STDIN:
        given = standard_input(options.form)
        if given.ending in ENDINGS:
            return _Opened((), DataSetReading(given, name=name or None, options=options), given.name)
        found = read_bytes(given.content, given.ending, given.name, given.stem)
        return _Opened((replace(_renamed(found, name, from_file=True) if name else found, origin=given.name),))
    if revision := revision_of(str(source)):
        return _Opened(_at(*revision, name))
    path = Path(source)
    _check_readable(path)
    if not path.exists():
        hint = f"(bundled are {', '.join(data_set_names())}; else a folder with dataset.yaml, a .csv, .yaml or RDF file)"
        raise NotFound("data set", str(source), data_set_names(), hint)
    if path.is_dir() and is_store(path):
        return _Opened(_of_store(path, name))
    origin = shown((path.parent if path.name == DESCRIPTION else path).resolve())
    if path.is_dir() or is_data_set(path):
        return _Opened((), DataSetReading(path, name=name or None, options=options), origin)
    if path.suffix.lower() not in _FILES:
        ending = f"the ending {path.suffix}" if path.suffix else "a name without an ending"
        raise UsageError(f"{path}: {ending} does not say what the file holds; use one of {', '.join(sorted(_FILES))}")
    found = read_file(path)
    return _Opened((replace(_renamed(found, name, from_file=True) if name else found, origin=origin),))


def _check_readable(path: Path) -> None:
    """Refuse a folder that may not be looked into, and what lies in one."""
    try:
        if path.is_dir():
            with os.scandir(path):
                os.stat(os.path.join(path, os.curdir))  # noqa: PTH116, PTH118 - a Path would leave the last part out
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


@cache
def _bundled(name: str) -> DataSet:
    """A bundled data set, which does not change while the program runs: it is read once."""
    return replace(read_data_set(data_set_folder(name), checked=True), origin=f"bundled data set {name}")


@cache
def _bundled_ids(name: str) -> frozenset[str]:
    """The ids of the records of a bundled data set."""
    return frozenset(record.id for record in _bundled(name).records)


def _of_store(path: Path, name: str) -> tuple[DataSet, ...]:
    with FolderStore(path) as store:
        found = store.data_sets
    return _from_store(path, found, name)


def _at(path: Path, number: int, name: str) -> tuple[DataSet, ...]:
    with FolderStore(path) as store:
        found = store.at(number)
    return _from_store(path, found, name)


def _from_store(path: Path, found: Sequence[DataSet], name: str) -> tuple[DataSet, ...]:
    if name and len(found) != 1:
        raise UsageError(f"{path} holds {len(found)} data sets, and one name is for one of them")
    origin = shown(path.resolve())
    return tuple(replace(_renamed(one, name, from_file=False) if name else one, origin=one.origin or origin) for one in found)


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


def read_sources(
    sources: Iterable[str | Path],
    options: ReadOptions = PLAIN,
    *,
    name: str = "",
    present: Sequence[DataSet] = (),
    journal: Journal | None = None,
) -> tuple[DataSet, ...]:
    """The data sets in several sources, each of which may speak of what the others declare.

    Bundled data sets that one of them uses come first, unless they are there already. Rows that ``options`` allow to leave
    out are written to their file.

    Parameters
    ----------
    sources
        Bundled names, paths of data sets, RDF files and stores, or ``-``.
    options
        How files are read where they do not say it themselves.
    name
        Another name for the data set of the one source.
    present
        What the store holds for which they are read; what they replace is passed over.
    journal
        Notes which columns there are, and is closed by the caller, where the same options are for other sources too.

    Raises
    ------
    NotFound
        A source is not there.
    InvalidData
        A source breaks the model, or speaks of what nothing declares.
    UsageError
        Standard input is named twice, or an option names a column that no table has.
    """
    given = list(sources)
    if sum(str(source) == STDIN for source in given) > 1:
        raise UsageError("- is standard input: it can be read once")
    opened = [_opened(source, name, options) for source in given]
    ready = [one for source in opened for one in source.ready]
    readings = [source.reading for source in opened if source.reading]
    new = {one.info.id for one in ready}
    there = [*(one for one in present if one.info.id not in new), *ready]
    used = [_loaded_with(short, readings) for short in _used_and_bundled(readings, there)]
    shared = journal is not None
    journal = journal or Journal(options)
    try:
        made = iter(finish(readings, [*used, *there], journal))
    except InvalidData as error:
        if not shared:
            # An option that meets no column may be why the rows make no sense.
            journal.check()
        raise InvalidData([bundled_hint(problem) for problem in error.problems]) from None
    if not shared:
        journal.close()
    found = [(replace(next(made), origin=source.origin),) if source.reading else source.ready for source in opened]
    return (*used, *(one for several in found for one in several))


def _used_and_bundled(readings: Sequence[DataSetReading], there: Sequence[DataSet]) -> list[str]:
    """The bundled data sets that others use and that are neither there nor among them."""
    names = {one.info.short_name for one in there} | {reading.description.info.short_name for reading in readings}
    used = {short for reading in readings for short in reading.description.uses}
    return sorted(short for short in used - names if short in data_set_names())


def _loaded_with(short: str, readings: Sequence[DataSetReading]) -> DataSet:
    """A bundled data set that others use, with a notice that says so."""
    users = (one.description for one in readings if short in one.description.uses)
    notices = tuple(Notice(user.file, user.line, f"uses {short}, which is loaded with it") for user in users)
    return replace(_bundled(short), notices=notices)


def bundled_hint(problem: Problem) -> Problem:
    """A problem with a name of bundled data that is not loaded gets the commands that load it."""
    missing = problem.cause.removeprefix("missing ")
    if problem.cause == missing or not missing.startswith(_BUNDLED) or missing.startswith(MY):
        return problem
    for short in data_set_names():
        if missing in _bundled_ids(short):
            first = f"load it too: knockon load {short} {problem.file} --store STORE"
            return replace(problem, hint=f"it is in the bundled data set {short}; name that with --uses {short}, or {first}")
    return problem


class Version(NamedTuple):
    """One version of data to compare with another: its name, its data sets, and whether they are all of a store."""

    name: str
    data_sets: tuple[DataSet, ...]
    whole: bool


def version(source: str | Path, present: Sequence[DataSet] = (), journal: Journal | None = None) -> Version:
    """The version that a source names: a store, a revision of one (``store@2``), or one data set (see ``data_set``).

    Parameters
    ----------
    source
        A store, a revision, a bundled name or a path.
    present
        The data sets of the store that it is compared with: a file may speak of what these declare.
    journal
        How a file is read, with what was read so far by the same options.

    Raises
    ------
    NotFound
        Nothing is called so, or the store keeps no such revision.
    InvalidData
        It breaks the model.
    """
    text = str(source)
    if revision := revision_of(text):
        with FolderStore(revision[0]) as store:
            return Version(text, store.at(revision[1]), True)
    found = read_sources([source], journal.options if journal else PLAIN, present=present, journal=journal)
    # Before it stand the data sets that it uses.
    return Version(text, found, True) if is_whole(source) else Version(text, found[-1:], False)


def is_whole(source: str | Path) -> bool:
    """Whether a source is a store or a revision of one, and not one data set."""
    text = str(source)
    return bool(revision_of(text)) or (text not in data_set_names() and Path(text).is_dir() and is_store(Path(text)))


def revision_of(text: str) -> tuple[Path, int] | None:
    """The store and the number that ``store@2`` means; None where it means something else."""
    folder, at, number = text.rpartition("@")
    if not (at and number.isascii() and number.isdecimal()):
        return None
    try:
        meant = not Path(text).exists() and is_store(Path(folder))
    except (OSError, ValueError):  # too long, a NUL
        return None
    return (Path(folder), int(number)) if meant else None


def _earlier(text: str, *, write: bool) -> MemoryStore | None:
    """The earlier state of a store that a name like ``store@2`` means, in memory."""
    if write:
        not_a_revision(text)
    revision = revision_of(text)
    if revision is None:
        return None
    with FolderStore(revision[0]) as store:
        return MemoryStore(*store.at(revision[1]), checked=True)


def not_a_revision(text: str) -> None:
    """Refuse an earlier state of a store where something is to be changed.

    Raises
    ------
    UsageError
        ``text`` is the name of one, such as ``store@2``.
    """
    if revision := revision_of(text):
        folder, number = revision
        back = f"`knockon undo --to {number} --store {quote(str(folder))}` goes back to it"
        raise UsageError(f"{text} is an earlier state of {folder}, which nothing changes; {back}")


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
    _check_readable(path)
    if earlier := _earlier(str(given), write=write):
        return earlier
    is_file = str(given) not in data_set_names() and not (path.is_dir() and not is_data_set(path))
    if not is_file and (options.uses or options.exact_names):
        raise UsageError(f"--uses and --exact-names say how a file is read, and {given} is not one")
    if str(given) in data_set_names():
        return MemoryStore(data_set(given), checked=True, trusted=True)
    if not is_file:
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
