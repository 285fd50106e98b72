"""Import files of other formats as one data set: choose the mapping or reader, read, and reject what is invalid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from knockon.authoring.files import printable_path
from knockon.authoring.names import iri_fault
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.rejects import check_named_columns
from knockon.authoring.stored_names import known_names
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.garbage_collection import without_garbage_collection
from knockon.model import DataSet
from knockon.model.addresses import to_address
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_report import Imported, ImportReport, NothingImported, RejectedPlace
from knockon.readers.import_target import ImportTarget
from knockon.readers.input_files import foreign_files
from knockon.readers.mapping.load import load_mapping
from knockon.readers.mapping.reader import MappingReader
from knockon.readers.mapping.rejects_file import read_rejects
from knockon.readers.mapping.shipped import shipped, shipped_names
from knockon.readers.other_forms import other_forms
from knockon.readers.recognition import recognise
from knockon.readers.registry import READERS, Head
from knockon.readers.rejected_places import PlaceKey
from knockon.store.files import slug
from knockon.text import counted
from knockon.vocabulary import MY

#: A rejected row may invalidate another row that refers to it; the most passes over the files.
_MAX_PASSES = 50


class RecordReader(Protocol):
    """What reads files: a mapping, or the reader of a format."""

    def __call__(self, files: Sequence[ForeignFile], collector: RecordCollector) -> None:
        """Read the files, and add their records to the collector."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """The mapping or reader that was chosen, and what it says of the data set."""

    name: str
    read: RecordReader
    data_set: str = ""
    base: str = ""
    title: str = ""
    license: str = ""


def import_files(
    paths: Sequence[str | Path],
    mapping: str | Path | None = None,
    *,
    name: str = "",
    base: str = "",
    options: ReadOptions = DEFAULTS,
    facts: Mapping[str, str] | None = None,
    present: Sequence[DataSet] = (),
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Import files of other formats as one data set.

    Parameters
    ----------
    paths
        Files, folders of files, zip archives.
    mapping
        The name of a shipped mapping or of a reader, or the path of a mapping; None to recognise the format.
    name, base
        The name of the data set, and the base of the ids of its records, in place of those of the mapping.
    options
        How tables are read, and the file for rejected rows.
    facts
        What is known of the files: ``url``, ``retrieved`` (a day) and ``license`` of their documents.
    present
        The data sets of the store, whose records the new ones may refer to.
    progress
        Called with the number of rows read so far.

    Raises
    ------
    NotFound
        There is no such file or mapping.
    UsageError
        Several mappings fit the files, a name or base is invalid, or an option names a column that no file has.
    InvalidData
        No mapping fits; or a row is invalid, and ``options`` name no file for rejected rows; or no record is left
        (``NothingImported``).
    """
    files = [file for path in paths for file in foreign_files(Path(path), options.encoding)]
    if not files:
        raise InvalidData([Problem(printable_path(Path(path)), None, "holds no files") for path in paths] or [_NO_FILES])
    choice = _choose(files, mapping, options)
    target = _target(choice, _stem(paths, files), name, base, facts or {}, present)
    imported, rejected = _read(files, choice, target, options, progress)
    if rejected and options.rejects is None:
        raise InvalidData([_problem(place) for place in rejected.values()])
    report = replace(imported.report, rejected=tuple(sorted(rejected.values(), key=_order)))
    if not report.rows or not _has_content(imported.data_set):
        raise NothingImported([_no_records(report), *_passed_over(report), *map(_problem, report.rejected)], report)
    data_set = replace(imported.data_set, origin=_origin(paths), rejected=len(rejected))
    return Imported(data_set, report)


_NO_FILES = Problem("", None, "no file was named")


def _read(
    files: Sequence[ForeignFile],
    choice: _Choice,
    target: ImportTarget,
    options: ReadOptions,
    progress: Callable[[int], None] | None,
) -> tuple[Imported, dict[PlaceKey, RejectedPlace]]:
    """Read the files, again without the rejected places until nothing more is rejected."""
    rejected: dict[PlaceKey, RejectedPlace] = {}
    for _ in range(_MAX_PASSES):
        collector = RecordCollector(target, choice.name, options=options, skip=rejected.keys(), progress=progress)
        with without_garbage_collection():
            try:
                choice.read(files, collector)
            except InvalidData:
                # An option that names a missing column may be the cause.
                _check_options(collector)
                raise
            _check_options(collector)
            imported = collector.finish()
        repeat = collector.has_rejected_records
        rejected = {**collector.rejected, **rejected}
        for key, rows in collector.rejected_rows.items():
            # A later pass sees all rows of a place, where an earlier one stopped at the first.
            rejected[key] = replace(rejected[key], rows=rows)
        if not repeat or (rejected and options.rejects is None):
            return imported, rejected
    problem = Problem(files[0].name, None, f"rows are still rejected after {_MAX_PASSES} passes, each since one before it is")
    raise InvalidData([problem, *map(_problem, rejected.values())])


def _check_options(collector: RecordCollector) -> None:
    """Check that options name columns and sheets of the files; a reader that has none takes no such option."""
    check_named_columns(collector.options, collector.columns)
    if collector.options.array_delimiter and collector.reader != "neo4j":
        raise UsageError(f"--array-delimiter is for CSV files of Neo4j, and {collector.reader} reads these")
    if collector.options.sheets and not collector.sheets:
        raise UsageError("--sheet names a sheet of a workbook, and none was read")


def _choose(files: Sequence[ForeignFile], mapping: str | Path | None, options: ReadOptions) -> _Choice:
    if mapping is None:
        return _choose(files, recognise(files, options), options)
    name = str(mapping)
    if others := other_forms({file: Head(file) for file in files if file.named}, name):
        raise InvalidData(others)
    if name in READERS:
        if kept := next((file for file in files if read_rejects(file) is not None), None):
            raise kept.fail(
                None, f"holds rejected rows, which {name} does not read", "correct them in the files that they are from"
            )
        return _Choice(name, READERS[name].read)
    if name in shipped_names():
        spec = shipped(name)
    elif Path(name).suffix.lower() in (".yaml", ".yml"):
        spec = load_mapping(Path(name))
    elif Path(name).suffix.lower() == ".rq":
        from knockon.readers.foreign_rdf import reader_of

        return _Choice(printable_path(Path(name)), reader_of(Path(name)))
    else:
        hint = "(`knockon mapping ls` lists them; a mapping of your own is a .yaml file, or a .rq file for RDF)"
        raise NotFound("mapping", name, [*shipped_names(), *READERS], hint)
    read = MappingReader(spec).read
    return _Choice(printable_path(Path(name)), read, spec.name or "", spec.base or "", spec.title, spec.license or "")


def _stem(paths: Sequence[str | Path], files: Sequence[ForeignFile]) -> str:
    """Return what a data set is named after: the folder or archive, if there is only one, else the first file."""
    return files[0].stem if len(paths) > 1 or files[0].named else Path(paths[0]).resolve().stem


def _target(
    choice: _Choice,
    stem: str,
    name: str,
    base: str,
    facts: Mapping[str, str],
    present: Sequence[DataSet],
) -> ImportTarget:
    for wanted in (name, choice.data_set):
        if wanted and slug(wanted) != wanted:
            raise UsageError(f"{wanted[:100]!r} cannot be the name of a data set; write it like {slug(wanted)}")
    name = name or choice.data_set or slug(stem)
    stated = f"--base {base}" if base else f"the base {choice.base} of the mapping"
    base = base or choice.base or f"{MY}{name}/"
    if not base.endswith(("/", "#", ":")) or iri_fault(base + "x"):
        raise UsageError(f"{stated}: write an address that ends in / or #, e.g. https://example.org/{name}/")
    _check_facts(facts)
    id_ = f"{MY}data-{name}"
    others = [data_set for data_set in present if data_set.info.id != id_]
    known: Mapping[str, str] = known_names(others).classes if others else {}
    return ImportTarget(name, base, id_, choice.title or stem, facts.get("license") or choice.license, known, facts)


def _check_facts(facts: Mapping[str, str]) -> None:
    """Refuse a day or an address that the documents could not have."""
    retrieved, url = facts.get("retrieved", ""), facts.get("url", "")
    try:
        if retrieved:
            date.fromisoformat(retrieved)
    except ValueError:
        raise UsageError(f"--retrieved {retrieved[:100]!r} is not a day; write 2025-07-01") from None
    try:
        if url:
            to_address(url)
    except ValueError as error:
        raise UsageError(f"--url says where the files were read: {error}") from None


def _origin(paths: Sequence[str | Path]) -> str:
    """Return the place that the data set is read from: the file, or the folder of several."""
    resolved = [Path(path).resolve() for path in paths]
    return printable_path(resolved[0] if len(resolved) == 1 else resolved[0].parent)


def _has_content(data_set: DataSet) -> bool:
    return bool(data_set.extra) or any(record.rdf_class != "Document" for record in data_set.records)


def _no_records(report: ImportReport) -> Problem:
    left_out = "; ".join(f"{count:,} left out: {reason}" for reason, count in report.left_out)
    message = f"0 records of {counted(report.rows, 'row')}"
    if report.rejected:
        message += f", {len(report.rejected):,} rejected"
    return Problem(", ".join(report.files) or report.name, None, message, left_out or "is it the right mapping?")


def _passed_over(report: ImportReport) -> list[Problem]:
    """Return the files that were not read: they may be those that hold the rows."""
    notices = [notice for notice in report.notices if notice.file in report.passed_over]
    return [Problem(notice.file, notice.line, notice.message, notice.hint) for notice in notices]


def _problem(place: RejectedPlace) -> Problem:
    return Problem(place.file, place.line, place.located_reason)


def _order(place: RejectedPlace) -> tuple[str, int, str]:
    return place.file, place.line or 0, place.selector


__all__ = ["RecordReader", "import_files"]
