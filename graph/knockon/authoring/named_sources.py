"""Read the data sets of named sources: a bundled name, a data set, an RDF file, a store folder, standard input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from knockon.authoring.bundled_data import add_bundled_hint, read_bundled
from knockon.authoring.files import DATASET_FILE, ENDINGS, check_readable, is_data_set, printable_path
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.read import DataSetReading, create_data_sets
from knockon.authoring.rejects import Journal
from knockon.authoring.revisions import parse_revision, read_revision
from knockon.authoring.source import STDIN, read_standard_input
from knockon.bundled import data_set_names
from knockon.errors import InvalidData, NotFound, Notice, UsageError
from knockon.model import DataSet
from knockon.store.files import FORMATS, read_bytes, read_file, slug
from knockon.store.folder import FolderStore
from knockon.store.markers import is_store
from knockon.store.parts_manifest import is_parts_folder
from knockon.vocabulary import namespace

#: The endings of files that can be read.
FILES = {f".{name}" for name in FORMATS} | {".owl", ".xml", ".json", ".turtle", *ENDINGS}


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
        The source does not exist.
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


def _open_source(source: str | Path, name: str, options: ReadOptions, *, by_columns: bool = False) -> _Opened:
    if str(source) in data_set_names():
        bundled = read_bundled(str(source))
        return _Opened((_rename(bundled, name, from_file=False) if name else bundled,))
    if str(source) == STDIN:
        stream = read_standard_input(options.form)
        if stream.ending in ENDINGS:
            return _Opened((), DataSetReading(stream, name=name or None, options=options, by_columns=by_columns), stream.name)
        result = read_bytes(stream.content, stream.ending, stream.name, stream.stem)
        return _Opened((replace(_rename(result, name, from_file=True) if name else result, origin=stream.name),))
    if revision := parse_revision(str(source)):
        return _Opened(_from_store(revision[0], read_revision(revision), name))
    path = Path(source)
    check_readable(path)
    if not path.exists():
        hint = f"(bundled are {', '.join(data_set_names())}; else a folder with dataset.yaml, a .csv, .yaml or RDF file)"
        raise NotFound("data set", str(source), data_set_names(), hint)
    if path.is_dir() and is_store(path):
        return _Opened(_read_store(path, name))
    if path.is_dir() and is_parts_folder(path):
        from knockon.store.parts_reader import read_parts

        return _Opened(_from_store(path, read_parts(path), name))
    origin = printable_path((path.parent if path.name == DATASET_FILE else path).resolve())
    if path.is_dir() or is_data_set(path):
        return _Opened((), DataSetReading(path, name=name or None, options=options, by_columns=by_columns), origin)
    if path.suffix.lower() not in FILES:
        ending = f"the ending {path.suffix}" if path.suffix else "a name without an ending"
        known = ", ".join(sorted(FILES))
        raise UsageError(f"{path}: {ending} is not one of {known}; `knockon import` reads files of other formats")
    result = read_file(path)
    return _Opened((replace(_rename(result, name, from_file=True) if name else result, origin=origin),))


def _read_store(path: Path, name: str) -> tuple[DataSet, ...]:
    with FolderStore(path) as store:
        data_sets = store.data_sets
    return _from_store(path, data_sets, name)


def _from_store(path: Path, data_sets: Sequence[DataSet], name: str) -> tuple[DataSet, ...]:
    """Return the data sets of a store with their origin, the only one renamed if a name is given."""
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
    by_columns: bool = False,
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
    by_columns
        Read large tables of one source by columns, for a store folder: see ``PlainRecords``.

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
    by_columns = by_columns and len(source_list) == 1
    opened = [_open_source(source, name, options, by_columns=by_columns) for source in source_list]
    ready = [dataset for source in opened for dataset in source.ready]
    readings = [source.reading for source in opened if source.reading]
    new = {dataset.info.id for dataset in ready}
    loaded = [*(dataset for dataset in present if dataset.info.id not in new), *ready]
    used = [_load_bundled(short, readings) for short in _missing_bundled(readings, loaded)]
    shared = journal is not None
    journal = journal or Journal(options)
    try:
        finished = iter(create_data_sets(readings, [*used, *loaded], journal))
    except InvalidData as error:
        if not shared:
            # An option that names a missing column may be the cause of the problems.
            journal.check()
        raise InvalidData([add_bundled_hint(problem) for problem in error.problems], error.outcome) from None
    if not shared:
        journal.close()
    by_source = [(replace(next(finished), origin=source.origin),) if source.reading else source.ready for source in opened]
    return (*used, *(dataset for group in by_source for dataset in group))


def _missing_bundled(readings: Sequence[DataSetReading], loaded: Sequence[DataSet]) -> list[str]:
    """Return the bundled data sets that the readings use and that are not loaded or read yet."""
    names = {data_set.info.short_name for data_set in loaded} | {reading.description.info.short_name for reading in readings}
    used = {short for reading in readings for short in reading.description.uses}
    return sorted(short for short in used - names if short in data_set_names())


def _load_bundled(short: str, readings: Sequence[DataSetReading]) -> DataSet:
    """Return a bundled data set that others use, with a notice for each of them."""
    users = (reading.description for reading in readings if short in reading.description.uses)
    notices = tuple(Notice(user.file, user.line, f"uses {short}, which is loaded with it") for user in users)
    return replace(read_bundled(short), notices=notices)
