"""A folder of YAML and CSV files, or one of them, as a data set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from knockon.authoring.dataset_yaml import DESCRIPTION, Description, describe
from knockon.authoring.files import shown
from knockon.authoring.known_names import KnownNames
from knockon.authoring.name_notices import missing_uses, name_notices
from knockon.authoring.names import local
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.raw import Sheet
from knockon.authoring.records import RecordBuilder
from knockon.authoring.rejects import Journal, Rejected
from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_yaml
from knockon.errors import InvalidData, NotFound, Problem, UsageError, sort_unique
from knockon.model import DataSet, DataSetInfo, Shock, Statement
from knockon.model.share_notices import share_notices
from knockon.store.files import slug
from knockon.vocabulary import MY

_TABLES = {".csv", ".tsv", ".txt", ".xlsx"}
ENDINGS = {".yaml", ".yml", ".jsonl", *_TABLES}
#: In a folder a text file is a note or a licence.
_IN_FOLDERS = ENDINGS - {".txt"}


def is_data_set(path: Path) -> bool:
    """Whether a path is a folder of ours, or one file.

    >>> is_data_set(Path("no-such-folder"))
    False
    """
    return (path / DESCRIPTION).is_file() or (path.is_file() and path.suffix.lower() in ENDINGS)


class DataSetReading:
    """One data set whose files are read and whose names are not looked up yet: others may be read with it.

    Parameters
    ----------
    path
        A folder with dataset.yaml, or one table, YAML or JSON Lines file.
    name
        What to call it instead of what dataset.yaml or the file says; its base stays.
    options
        How its files are read where they do not say it themselves.
    checked
        What must hold between the records is known to hold (the bundled sets: the tests look at them).

    Raises
    ------
    NotFound
        Nothing is there.
    UsageError
        The name is no short lower-case word.
    InvalidData
        The folder has no dataset.yaml.
    """

    def __init__(
        self, path: Path | Source, *, name: str | None = None, options: ReadOptions = PLAIN, checked: bool = False
    ) -> None:
        if name is not None and slug(name) != name:
            raise UsageError(f"{name!r} cannot be the name of a data set; write it like {slug(name)}")
        self.options, self.checked = options, checked
        self.found: list[Problem] = []
        described, self.sources = _described(path, self.found, name)
        self.is_folder = _is_folder(path)
        self.description = described._replace(uses=tuple(dict.fromkeys([*described.uses, *options.uses])))
        self.rejected = Rejected()
        #: Every problem, those of rows that were left out included.
        self.refused: list[Problem] = []
        self.start()

    def start(self) -> None:
        """Read the files, without the rows that are rejected so far."""
        self.problems = list(self.found)
        self.sheets = [sheet for one in self.sources for sheet in _sheets(one, self.options, self.rejected.lines)]
        self.builder = RecordBuilder(self.description, self.sheets, self.problems, exact=self.options.exact_names)
        self.builder.withheld = {self.builder.base + name for name in self.rejected.ids}

    def look(self, elsewhere: KnownNames) -> None:
        """Hold what was made against what there is elsewhere."""
        if self.problems or not self.checked:
            self.builder.check(elsewhere.classes)
        if not self.problems and not self.builder.records and not self.is_folder:
            self.problems.append(_holds_nothing(self.sheets, self.sources[0].name, self.rejected))

    def reject(self) -> bool:
        """Leave out the rows that have problems, where that is allowed and enough."""
        self.refused += self.problems
        return not self.problems or (self.options.allow_rejects and self.rejected.take(self.problems, self.sheets))

    def data_set(self, elsewhere: KnownNames, earlier: KnownNames) -> DataSet:
        """The data set, once its names are looked up; for ``elsewhere`` and ``earlier`` see ``name_notices``."""
        notices = [notice for sheet in self.sheets for notice in sheet.notices]
        notices += [*self.rejected.notices(self.options), *name_notices(self.builder, elsewhere, earlier)]
        notices += share_notices(self.builder.records, self.builder.where)
        records = tuple(sorted(self.builder.records, key=lambda record: record.id))
        places = {record.id: self.builder.where(record.id) for record in records if _is_asked(record)}
        return DataSet(self.description.info, records, notices=sort_unique(notices), places=places)


def _is_asked(record: Statement) -> bool:
    """Whether a record holds a query, which may go wrong when it is asked."""
    return isinstance(record, Shock) and any(hit.target_query for hit in record.hit)


def read_data_set(
    path: Path | Source, *, checked: bool = False, name: str | None = None, options: ReadOptions = PLAIN
) -> DataSet:
    """The data set in a folder with dataset.yaml, or in one table, YAML or JSON Lines file; see ``DataSetReading``.

    Tables may name things without declaring them: each becomes an entity of its own.

    Raises
    ------
    InvalidData
        Every problem, with file and line; nothing is read by halves.
    """
    return finish([DataSetReading(path, checked=checked, name=name, options=options)])[0]


def finish(
    readings: Sequence[DataSetReading], others: Sequence[DataSet] = (), journal: Journal | None = None
) -> tuple[DataSet, ...]:
    """Make the records of data sets that are read together; each may speak of what the rest and ``others`` declare.

    Parameters
    ----------
    readings
        The data sets to be made.
    others
        What is there already, or is loaded with them; those that ``readings`` replace are passed over.
    journal
        Gets the rows that are left out.

    Raises
    ------
    InvalidData
        The problems of all of them, or a data set that one uses and that is not there.
    """
    new = {reading.description.info.id for reading in readings}
    known = KnownNames.of(one for one in others if one.info.id not in new)
    while True:
        elsewhere = _made_together(readings, known)
        if not any(reading.problems for reading in readings):
            break
        if not all(list(map(DataSetReading.reject, readings))):
            if journal is not None:
                for reading in readings:
                    journal.add(reading.sheets, reading.rejected)
            raise InvalidData([problem for reading in readings for problem in reading.refused])
        for reading in readings:
            reading.start()
    if journal is not None:
        for reading in readings:
            journal.add(reading.sheets, reading.rejected)
    made = []
    for reading, names in zip(readings, elsewhere, strict=True):
        made.append(reading.data_set(names, known))
        known = known.and_also(reading.builder.names()) if len(readings) > 1 else known
    return tuple(made)


def _made_together(readings: Sequence[DataSetReading], known: KnownNames) -> list[KnownNames]:
    """Make the records of each, with what the others declare; the names that there are beside those of each."""
    there = {*known.data_sets, *(reading.description.info.short_name for reading in readings)}
    declared = _beside(readings, RecordBuilder.declared, known)
    for reading, names in zip(readings, declared, strict=True):
        reading.problems += missing_uses(reading.description, there)
        reading.builder.resolve(names)
    elsewhere = _beside(readings, RecordBuilder.names, known)
    for reading, names in zip(readings, elsewhere, strict=True):
        reading.look(names)
    return elsewhere


def _beside(
    readings: Sequence[DataSetReading], names_of: Callable[[RecordBuilder], KnownNames], known: KnownNames
) -> list[KnownNames]:
    """For each of several data sets: what is known, and the names of the others."""
    if len(readings) == 1:
        return [known]
    names = [names_of(reading.builder) for reading in readings]
    return [known.and_also(*names[:place], *names[place + 1 :]) for place in range(len(names))]


def _described(path: Path | Source, problems: list[Problem], name: str | None) -> tuple[Description, list[Source]]:
    """What a data set says of itself, and its files."""
    if isinstance(path, Path):
        path = path.parent if path.name == DESCRIPTION else path
        _must_be_there(path)
        if path.is_dir():
            return describe(path, problems, name), [Source.of(file) for file in _files(path)]
        path = Source.of(path)
    info = DataSetInfo(id=f"{MY}data-{name or local(path.stem)}", title=name or shown(Path(path.stem)), base=MY)
    return Description(info, file=path.name), [path]


def _is_folder(path: Path | Source) -> bool:
    return isinstance(path, Path) and (path.is_dir() or path.name == DESCRIPTION)


def _holds_nothing(sheets: Sequence[Sheet], name: str, rejected: Rejected) -> Problem:
    """What is said of a single file without a record: only a folder may be empty on purpose."""
    if rejected.lines:
        return Problem(name, None, "0 records: every row was rejected", "correct the rows")
    if any(sheet.table for sheet in sheets):
        return Problem(name, None, "0 records: it has a header and no rows", "write a row below the names of the columns")
    return Problem(name, None, "0 records: nothing in it is one", "write a record into it, or delete it")


def _must_be_there(path: Path) -> None:
    try:
        there = path.exists()
        if path.is_dir():
            next(path.iterdir(), None)
    except OSError as error:
        raise InvalidData([Problem(shown(path), None, f"cannot be read: {error.strerror}")]) from None
    if not there:
        raise NotFound("data set", shown(path))
    if not path.is_dir() and path.suffix.lower() not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        raise UsageError(f"{shown(path)}: a data set is a folder with {DESCRIPTION}, or a file that ends in {known}")


def _files(folder: Path) -> list[Path]:
    # A name that begins with a dot is hidden: editors, spreadsheets (~$) and file systems leave such files behind.
    found = (file for file in folder.iterdir() if file.suffix.lower() in _IN_FOLDERS and not file.name.startswith((".", "~$")))
    return sorted(file for file in found if file.name != DESCRIPTION)


def _sheets(source: Source, options: ReadOptions, without: Mapping[str, Collection[int]]) -> list[Sheet]:
    if source.ending in _TABLES:
        from knockon.authoring.csv_tables import read_tables

        return read_tables(source, options, without)
    if source.ending == ".jsonl":
        from knockon.authoring.json_lines import read_json_lines

        return [read_json_lines(source, options, without.get(source.name, ()))]
    return [read_yaml(source)]
