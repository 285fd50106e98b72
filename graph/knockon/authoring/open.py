"""Open the sources that `--store` and ``knockon.open`` accept: a bundled name, a data set, an RDF file, a store folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from knockon.authoring.dataset_yaml import DATASET_FILE
from knockon.authoring.files import printable_path
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.read import ENDINGS, DataSetReading, finish, is_data_set, read_data_set
from knockon.authoring.rejects import Journal
from knockon.authoring.source import STDIN, read_standard_input
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names
from knockon.errors import InvalidData, NotFound, Notice, Problem, UsageError
from knockon.model import DataSet
from knockon.store.base import Store
from knockon.store.files import FORMATS, read_bytes, read_file, slug
from knockon.store.folder import FolderStore, is_store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, MY, namespace

#: The namespace of bundled data.
_BUNDLED = ID.removesuffix("id/")
_FILES = {f".{name}" for name in FORMATS} | {".owl", ".xml", ".json", ".turtle", *ENDINGS}

_HOW_TO_CREATE = "`knockon load`, or write=True in Python, makes a store"


def read_source(source: str | Path, *, name: str = "", options: ReadOptions = DEFAULTS) -> DataSet:
    """Read one data set: a bundled name, a folder with dataset.yaml, a table, YAML, JSON Lines or RDF file, or ``-``.

    Parameters
    ----------
    source
        The bundled name, or the path.
    name
        Another name for the data set; its base, and so the names of its records, stay as they are.
    options
        How tables are read, and the format of ``-``.

    Raises
    ------
    NotFound
        There is no such source.
    InvalidData
        The data is invalid; every problem is listed.
    UsageError
        ``name`` cannot be a name.
    """
    return read_sources([source], options, name=name)[-1]


class _Opened(NamedTuple):
    """An opened source: its data sets, or one whose names are still to be resolved, and its origin."""

    ready: tuple[DataSet, ...]
    reading: DataSetReading | None = None
    origin: str = ""


def _open_source(source: str | Path, name: str, options: ReadOptions) -> _Opened:
    if str(source) in data_set_names():
        bundled = _bundled(str(source))
        return _Opened((_rename(bundled, name, from_file=False) if name else bundled,))
    if str(source) == STDIN:
        stream = read_standard_input(options.form)
        if stream.ending in ENDINGS:
            return _Opened((), DataSetReading(stream, name=name or None, options=options), stream.name)
        result = read_bytes(stream.content, stream.ending, stream.name, stream.stem)
        return _Opened((replace(_rename(result, name, from_file=True) if name else result, origin=stream.name),))
    if revision := parse_revision(str(source)):
        return _Opened(_read_revision(*revision, name))
    path = Path(source)
    _check_readable(path)
    if not path.exists():
        hint = f"(bundled are {', '.join(data_set_names())}; else a folder with dataset.yaml, a .csv, .yaml or RDF file)"
        raise NotFound("data set", str(source), data_set_names(), hint)
    if path.is_dir() and is_store(path):
        return _Opened(_read_store(path, name))
    origin = printable_path((path.parent if path.name == DATASET_FILE else path).resolve())
    if path.is_dir() or is_data_set(path):
        return _Opened((), DataSetReading(path, name=name or None, options=options), origin)
    if path.suffix.lower() not in _FILES:
        ending = f"the ending {path.suffix}" if path.suffix else "a name without an ending"
        raise UsageError(f"{path}: {ending} does not say what the file holds; use one of {', '.join(sorted(_FILES))}")
    result = read_file(path)
    return _Opened((replace(_rename(result, name, from_file=True) if name else result, origin=origin),))


def _check_readable(path: Path) -> None:
    """Refuse a folder without read permission, and paths inside one."""
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
    """Return the ids of the records of a bundled data set."""
    return frozenset(record.id for record in _bundled(name).records)


def _read_store(path: Path, name: str) -> tuple[DataSet, ...]:
    with FolderStore(path) as store:
        data_sets = store.data_sets
    return _from_store(path, data_sets, name)


def _read_revision(path: Path, number: int, name: str) -> tuple[DataSet, ...]:
    with FolderStore(path) as store:
        data_sets = store.at(number)
    return _from_store(path, data_sets, name)


def _from_store(path: Path, data_sets: Sequence[DataSet], name: str) -> tuple[DataSet, ...]:
    if name and len(data_sets) != 1:
        raise UsageError(f"{path} holds {len(data_sets)} data sets, and one name is for one of them")
    origin = printable_path(path.resolve())
    return tuple(
        replace(_rename(dataset, name, from_file=False) if name else dataset, origin=dataset.origin or origin)
        for dataset in data_sets
    )


def _rename(original: DataSet, name: str, *, from_file: bool) -> DataSet:
    if slug(name) != name:
        raise UsageError(f"{name!r} cannot be the name of a data set; write it like {slug(name)}")
    iri = f"{namespace(original.info.id)}data-{name}"
    if any(record.id == iri for record in original.records):
        raise UsageError(f"a record is called data-{name} already; choose another name")
    # A dataset.yaml states its own title; the title of a single file is the file name.
    title = original.info.title if not from_file or slug(original.info.title) != original.info.short_name else name
    old, new = NamedNode(original.graph), NamedNode(iri)
    extra = tuple(
        Quad(quad.subject, quad.predicate, quad.object, new) if quad.graph_name == old else quad for quad in original.extra
    )
    return replace(original, info=original.info.model_copy(update={"id": iri, "title": title}), extra=extra)


def read_sources(
    sources: Iterable[str | Path],
    options: ReadOptions = DEFAULTS,
    *,
    name: str = "",
    present: Sequence[DataSet] = (),
    journal: Journal | None = None,
) -> tuple[DataSet, ...]:
    """Read the data sets of several sources, each of which may refer to records of the others.

    Bundled data sets that one of them uses come first, unless they are loaded already. Rows that ``options`` allow to
    reject are written to their file.

    Parameters
    ----------
    sources
        Bundled names, paths of data sets, RDF files and stores, or ``-``.
    options
        How files are read.
    name
        Another name for the data set of the one source.
    present
        The data sets of the store that they are read for, except those that they replace.
    journal
        Collects columns and rejected rows where several calls share the options; the caller closes it.

    Raises
    ------
    NotFound
        A source does not exist.
    InvalidData
        A source is invalid, or refers to an undeclared record.
    UsageError
        Standard input is named twice, or an option names a column that no table has.
    """
    source_list = list(sources)
    if sum(str(source) == STDIN for source in source_list) > 1:
        raise UsageError("- is standard input: it can be read once")
    opened = [_open_source(source, name, options) for source in source_list]
    ready = [dataset for source in opened for dataset in source.ready]
    readings = [source.reading for source in opened if source.reading]
    new = {dataset.info.id for dataset in ready}
    loaded = [*(dataset for dataset in present if dataset.info.id not in new), *ready]
    used = [_load_bundled(short, readings) for short in _missing_bundled(readings, loaded)]
    shared = journal is not None
    journal = journal or Journal(options)
    try:
        finished = iter(finish(readings, [*used, *loaded], journal))
    except InvalidData as error:
        if not shared:
            # An option that names a missing column may be the cause of the problems.
            journal.check()
        raise InvalidData([add_bundled_hint(problem) for problem in error.problems]) from None
    if not shared:
        journal.close()
    by_source = [(replace(next(finished), origin=source.origin),) if source.reading else source.ready for source in opened]
    return (*used, *(dataset for group in by_source for dataset in group))


def _missing_bundled(readings: Sequence[DataSetReading], loaded: Sequence[DataSet]) -> list[str]:
    """Return the bundled data sets that the readings use and that are not loaded or read yet."""
    names = {read_source.info.short_name for read_source in loaded} | {
        reading.description.info.short_name for reading in readings
    }
    used = {short for reading in readings for short in reading.description.uses}
    return sorted(short for short in used - names if short in data_set_names())


def _load_bundled(short: str, readings: Sequence[DataSetReading]) -> DataSet:
    """Return a bundled data set that others use, with notices of who uses it."""
    users = (reading.description for reading in readings if short in reading.description.uses)
    notices = tuple(Notice(user.file, user.line, f"uses {short}, which is loaded with it") for user in users)
    return replace(_bundled(short), notices=notices)


def add_bundled_hint(problem: Problem) -> Problem:
    """Add the commands that load the bundled data to a problem with a name of it."""
    missing = problem.cause.removeprefix("missing ")
    if problem.cause == missing or not missing.startswith(_BUNDLED) or missing.startswith(MY):
        return problem
    for short in data_set_names():
        if missing in _bundled_ids(short):
            first = f"load it too: knockon load {short} {problem.file} --store STORE"
            return replace(problem, hint=f"it is in the bundled data set {short}; name that with --uses {short}, or {first}")
    return problem


class Version(NamedTuple):
    """A version of data to compare with another: its name, its data sets, and whether they are a whole store."""

    name: str
    data_sets: tuple[DataSet, ...]
    whole: bool


def read_version(source: str | Path, present: Sequence[DataSet] = (), journal: Journal | None = None) -> Version:
    """Read the version that a source names: a store, a revision of one (``store@2``), or one data set (see ``read_source``).

    Parameters
    ----------
    source
        A store, a revision, a bundled name or a path.
    present
        The data sets of the store that it is compared with: a file may refer to their records.
    journal
        How a file is read, and what was read so far with the same options.

    Raises
    ------
    NotFound
        There is no such source, or no such revision.
    InvalidData
        The data is invalid.
    """
    text = str(source)
    if revision := parse_revision(text):
        with FolderStore(revision[0]) as store:
            return Version(text, store.at(revision[1]), True)
    data_sets = read_sources([source], journal.options if journal else DEFAULTS, present=present, journal=journal)
    # The data sets that it uses come before it.
    return Version(text, data_sets, True) if is_whole(source) else Version(text, data_sets[-1:], False)


def is_whole(source: str | Path) -> bool:
    """Return whether a source is a store or a revision of one, and not one data set."""
    text = str(source)
    return bool(parse_revision(text)) or (text not in data_set_names() and Path(text).is_dir() and is_store(Path(text)))


def parse_revision(text: str) -> tuple[Path, int] | None:
    """Parse ``store@2`` into the store and the revision number; None if it is not a revision."""
    folder, separator, number = text.rpartition("@")
    if not (separator and number.isascii() and number.isdecimal()):
        return None
    try:
        is_revision = not Path(text).exists() and is_store(Path(folder))
    except (OSError, ValueError):  # too long, a NUL
        return None
    return (Path(folder), int(number)) if is_revision else None


def _open_revision(text: str, *, write: bool) -> MemoryStore | None:
    """Load the earlier state of a store that a name like ``store@2`` means into memory; None if it is not a revision."""
    if write:
        refuse_revision(text)
    revision = parse_revision(text)
    if revision is None:
        return None
    with FolderStore(revision[0]) as store:
        return MemoryStore(*store.at(revision[1]), checked=True)


def refuse_revision(text: str) -> None:
    """Refuse to write to an earlier state of a store.

    Raises
    ------
    UsageError
        ``text`` is the name of one, such as ``store@2``.
    """
    if revision := parse_revision(text):
        folder, number = revision
        back = f"`knockon undo --to {number} --store {quote(str(folder))}` goes back to it"
        raise UsageError(f"{text} is an earlier state of {folder}, which nothing changes; {back}")


def comparable(old: Version, new: Version) -> tuple[Version, Version]:
    """Return two versions in comparable form: a store compared with one data set is reduced to that data set."""
    if old.whole == new.whole:
        return old, new
    names = {item.info.id for item in (new if old.whole else old).data_sets}
    shared = [
        item._replace(data_sets=tuple(d for d in item.data_sets if d.info.id in names), whole=False) for item in (old, new)
    ]
    return (shared[0], shared[1]) if all(item.data_sets for item in shared) else (old, new)


def open_store(source: str | Path | None = None, *, write: bool = False, options: ReadOptions = DEFAULTS) -> Store:
    """Open the store of a source; with ``write``, a path that does not exist becomes a store with the first load."""
    name = DEFAULT_DATA_SET if source is None else source
    path = Path(name)
    try:
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(name)[:80]!r} cannot be a path: {error.__class__.__name__}") from None
    _check_readable(path)
    if earlier := _open_revision(str(name), write=write):
        return earlier
    is_file = str(name) not in data_set_names() and not (path.is_dir() and not is_data_set(path))
    if not is_file and (options.uses or options.exact_names):
        raise UsageError(f"--uses and --exact-names say how a file is read, and {name} is not one")
    if str(name) in data_set_names():
        return MemoryStore(read_source(name), checked=True, trusted=True)
    if not is_file:
        if not write and not is_store(path):
            raise UsageError(f"{path} holds neither a store nor a dataset.yaml; {_HOW_TO_CREATE}")
        return FolderStore(path, write=write)
    exists = str(name) == STDIN or path.exists()
    if not (exists or write):
        kinds = f"a data set folder, a table, YAML, JSON Lines or RDF file, a store folder; {_HOW_TO_CREATE}"
        hint = f"(bundled are {', '.join(data_set_names())}; else {kinds})"
        raise NotFound("store or data set", str(name), data_set_names(), hint)
    if exists or path.suffix.lower() in _FILES:
        return MemoryStore(*read_sources([name], options), checked=path.suffix.lower() in {"", *ENDINGS} and str(name) != STDIN)
    return FolderStore(path, write=write)
