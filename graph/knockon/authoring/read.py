"""Read a folder of YAML files and tables, or one file, as a data set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from knockon.authoring.dataset_yaml import Description, read_description
from knockon.authoring.files import DATASET_FILE, ENDINGS, TABLES, data_files, printable_path
from knockon.authoring.known_names import KnownNames
from knockon.authoring.name_notices import missing_uses, name_notices
from knockon.authoring.names import to_local_name
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.raw import Sheet
from knockon.authoring.records import RecordBuilder
from knockon.authoring.rejects import Journal, RejectedRows
from knockon.authoring.source import Source
from knockon.authoring.stored_names import known_names
from knockon.authoring.yaml_files import read_yaml
from knockon.errors import InvalidData, NotFound, Problem, UsageError, sort_unique
from knockon.model import DataSet, DataSetInfo, Shock, Statement
from knockon.model.share_notices import share_notices
from knockon.store.files import slug
from knockon.vocabulary import MY

#: What is wrong with a file of which no row is left.
_ALL_REJECTED = "0 records: every row was rejected"


class DataSetReading:
    """A data set whose files are read and whose names are not resolved yet, so that others can be read with it.

    Parameters
    ----------
    path
        A folder with dataset.yaml, or one table, YAML or JSON Lines file.
    name
        A name that replaces that of dataset.yaml or the file; the base stays.
    options
        How its files are read.
    checked
        Skip the checks between records (bundled data sets are checked by the tests).
    by_columns
        Read plain rows of tables of dependencies by columns; then the records of the data set are ``PlainRecords``.

    Raises
    ------
    NotFound
        The path does not exist.
    UsageError
        The name is not a short lower-case word.
    InvalidData
        The folder has no dataset.yaml.
    """

    def __init__(
        self,
        path: Path | Source,
        *,
        name: str | None = None,
        options: ReadOptions = DEFAULTS,
        checked: bool = False,
        by_columns: bool = False,
    ) -> None:
        if name is not None and slug(name) != name:
            raise UsageError(f"{name!r} cannot be the name of a data set; write it like {slug(name)}")
        self.options, self.checked, self.by_columns = options, checked, by_columns
        self.form_problems: list[Problem] = []
        described, self.sources = _find_files(path, self.form_problems, name)
        self.is_folder = _is_folder(path)
        self.description = described._replace(uses=tuple(dict.fromkeys([*described.uses, *options.uses])))
        self.rejected = RejectedRows()
        #: Every problem, those of rejected rows included.
        self.all_problems: list[Problem] = []
        self.read_files()

    def read_files(self) -> None:
        """Read the files, without the rows rejected so far."""
        self.problems = list(self.form_problems)
        self.sheets = [sheet for source in self.sources for sheet in _sheets(source, self.options, self.rejected.lines)]
        if not self.options.keeps_rejects:
            # They are not read again, and their bytes take as much memory as a tenth of the records.
            for source in self.sources:
                source.forget()
        exact, language = self.options.exact_names, self.options.language
        self.builder = RecordBuilder(
            self.description, self.sheets, self.problems, exact=exact, language=language, by_columns=self.by_columns
        )
        self.builder.withheld = {self.builder.base + name for name in self.rejected.ids}

    def check(self, elsewhere: KnownNames) -> None:
        """Check the records against those of other data sets."""
        if self.problems or not self.checked:
            self.builder.check(elsewhere.classes)
        if not self.problems and not self.builder.records and not self.builder.plain and not self.is_folder:
            self.problems.append(_no_records_problem(self.sheets, self.sources[0].name, self.rejected))

    def reject_rows(self) -> bool:
        """Reject the rows that have problems; return False if that is not allowed or does not remove all problems."""
        self.all_problems += self.problems
        return not self.problems or (self.options.keeps_rejects and self.rejected.reject(self.problems, self.sheets))

    @property
    def is_all_rejected(self) -> bool:
        """Whether nothing is wrong but that every row was rejected."""
        return [problem.message for problem in self.problems] == [_ALL_REJECTED]

    def data_set(self, elsewhere: KnownNames, earlier: KnownNames) -> DataSet:
        """Return the data set after names are resolved; for ``elsewhere`` and ``earlier`` see ``name_notices``."""
        notices = [notice for sheet in self.sheets for notice in sheet.notices]
        notices += [*self.rejected.notices(self.options), *name_notices(self.builder, elsewhere, earlier)]
        notices += share_notices(self.builder.records_with_shares(), self.builder.where)
        records = self.builder.plain or tuple(sorted(self.builder.records, key=lambda record: record.id))
        places = {record.id: self.builder.where(record.id) for record in self.builder.records if _has_query(record)}
        rejected = len(self.rejected.rows)
        return DataSet(self.description.info, records, notices=sort_unique(notices), places=places, rejected=rejected)


def _has_query(record: Statement) -> bool:
    """Return whether a record contains a query, which may fail when it runs."""
    return isinstance(record, Shock) and any(hit.target_query for hit in record.hit)


def read_data_set(
    path: Path | Source, *, checked: bool = False, name: str | None = None, options: ReadOptions = DEFAULTS
) -> DataSet:
    """Read the data set in a folder with dataset.yaml, or in one table, YAML or JSON Lines file; see ``DataSetReading``.

    Tables may name entities without declaring them: each becomes a new entity.

    Raises
    ------
    InvalidData
        The data is invalid; every problem is listed, with file and line.
    """
    return create_data_sets([DataSetReading(path, checked=checked, name=name, options=options)])[0]


def create_data_sets(
    readings: Sequence[DataSetReading], others: Sequence[DataSet] = (), journal: Journal | None = None
) -> tuple[DataSet, ...]:
    """Create the records of data sets that are read together; each may refer to records of the rest and of ``others``.

    Parameters
    ----------
    readings
        The data sets to create.
    others
        Data sets that are loaded already, or loaded with them, except those that ``readings`` replace.
    journal
        Receives the rejected rows.

    Raises
    ------
    InvalidData
        A data set is invalid, or uses one that is not loaded.
    """
    new = {reading.description.info.id for reading in readings}
    known = known_names(data_set for data_set in others if data_set.info.id not in new)
    while True:
        elsewhere = _create_records(readings, known)
        if not any(reading.problems for reading in readings):
            break
        if not all(list(map(DataSetReading.reject_rows, readings))):
            if journal is not None:
                for reading in readings:
                    journal.add(reading.sheets, reading.rejected)
                journal.is_all_rejected = all(reading.is_all_rejected or not reading.problems for reading in readings)
            raise InvalidData([problem for reading in readings for problem in reading.all_problems])
        for reading in readings:
            reading.read_files()
    if journal is not None:
        for reading in readings:
            journal.add(reading.sheets, reading.rejected)
    data_sets = []
    for reading, names in zip(readings, elsewhere, strict=True):
        data_sets.append(reading.data_set(names, known))
        known = known.combine(reading.builder.names()) if len(readings) > 1 else known
    return tuple(data_sets)


def _create_records(readings: Sequence[DataSetReading], known: KnownNames) -> list[KnownNames]:
    """Create the records of each data set with the names of the others; return these names for each."""
    loaded = {*known.data_sets, *(reading.description.info.short_name for reading in readings)}
    declared = _names_of_others(readings, RecordBuilder.declared, known)
    for reading, names in zip(readings, declared, strict=True):
        reading.problems += missing_uses(reading.description, loaded)
        reading.builder.resolve(names)
    elsewhere = _names_of_others(readings, RecordBuilder.names, known)
    for reading, names in zip(readings, elsewhere, strict=True):
        reading.check(names)
    return elsewhere


def _names_of_others(
    readings: Sequence[DataSetReading], names_of: Callable[[RecordBuilder], KnownNames], known: KnownNames
) -> list[KnownNames]:
    """Return, for each data set, the known names together with those of the others."""
    if len(readings) == 1:
        return [known]
    names = [names_of(reading.builder) for reading in readings]
    return [known.combine(*names[:place], *names[place + 1 :]) for place in range(len(names))]


def _find_files(path: Path | Source, problems: list[Problem], name: str | None) -> tuple[Description, list[Source]]:
    """Return the description of a data set, and its files."""
    if isinstance(path, Path):
        path = path.parent if path.name == DATASET_FILE else path
        _check_path(path)
        if path.is_dir():
            return read_description(path, problems, name), [Source.of(file) for file in data_files(path)]
        path = Source.of(path)
    info = DataSetInfo(
        id=f"{MY}data-{name or to_local_name(path.stem)}", title=name or printable_path(Path(path.stem)), base=MY
    )
    return Description(info, file=path.name), [path]


def _is_folder(path: Path | Source) -> bool:
    return isinstance(path, Path) and (path.is_dir() or path.name == DATASET_FILE)


def _no_records_problem(sheets: Sequence[Sheet], name: str, rejected: RejectedRows) -> Problem:
    """Return the problem with a single file without records; only folders may be empty."""
    if rejected.lines:
        return Problem(name, None, _ALL_REJECTED, "correct the rows")
    if any(sheet.table for sheet in sheets):
        return Problem(name, None, "0 records: it has a header and no rows", "write a row below the names of the columns")
    return Problem(name, None, "0 records: the file contains none", "write a record into it, or delete it")


def _check_path(path: Path) -> None:
    try:
        exists = path.exists()
        if path.is_dir():
            next(path.iterdir(), None)
    except OSError as error:
        raise InvalidData([Problem(printable_path(path), None, f"cannot be read: {error.strerror}")]) from None
    if not exists:
        raise NotFound("data set", printable_path(path))
    if not path.is_dir() and path.suffix.lower() not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        raise UsageError(f"{printable_path(path)}: a data set is a folder with {DATASET_FILE}, or a file that ends in {known}")


def _sheets(source: Source, options: ReadOptions, without: Mapping[str, Collection[int]]) -> list[Sheet]:
    if source.ending in TABLES:
        from knockon.authoring.csv_tables import read_tables

        return read_tables(source, options, without)
    if source.ending == ".jsonl":
        from knockon.authoring.json_lines import read_json_lines

        return [read_json_lines(source, options, without.get(source.name, ()))]
    return [read_yaml(source)]
