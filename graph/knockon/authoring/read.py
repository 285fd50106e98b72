"""A folder of YAML and CSV files, or one of them, as a data set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from knockon.authoring.describe import DESCRIPTION, describe
from knockon.authoring.expand import Expander
from knockon.authoring.names import Names, Refused, fault_of_id, iri, local
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.raw import Raw, Route, Sheet
from knockon.authoring.rejects import Journal, Rejected
from knockon.authoring.source import Source
from knockon.authoring.supplies import meet
from knockon.authoring.text import shown
from knockon.authoring.yaml_files import read_yaml
from knockon.errors import InvalidData, NotFound, Problem, UsageError, in_order
from knockon.model import STATEMENTS, DataSet, DataSetInfo, Entity, Statement, is_a
from knockon.model.faults import did_you_mean, faults
from knockon.rdf.check import Draft, Found, check
from knockon.rdf.fields import by_alias
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


def read_data_set(
    path: Path | Source,
    *,
    checked: bool = False,
    name: str | None = None,
    options: ReadOptions = PLAIN,
    journal: Journal | None = None,
) -> DataSet:
    """The data set in a folder with dataset.yaml, or in one table, YAML or JSON Lines file.

    ``name`` is what to call it instead of what dataset.yaml or the file says; its base stays.

    ``checked`` says that what must hold between the records is known to hold
    (the bundled sets: the tests look at them). ``journal`` gets the rows that
    ``options`` allow to leave out.

    Dependency tables may name things without declaring them, where nothing
    declares an entity: each becomes an entity of its own.

    Raises
    ------
    NotFound
        Nothing is there.
    UsageError
        The name is no short lower-case word.
    InvalidData
        Every problem, with file and line; nothing is read by halves.
    """
    if name is not None and slug(name) != name:
        raise UsageError(f"{name!r} cannot name a data set; use a short lower-case word, e.g. {slug(name)}")
    found: list[Problem] = []
    info, sources = _described(path, found, name)
    journal = journal or Journal(options)
    rejected = Rejected()
    refused: list[Problem] = []
    while True:
        problems = list(found)
        sheets = [sheet for source in sources for sheet in _sheets(source, options, rejected.lines)]
        reader = _Reader(info, sheets, problems)
        records = reader.records(checked=checked)
        if not problems and not records and not _is_folder(path):
            problems = [_holds_nothing(sheets, sources[0].name, rejected)]
        if not problems:
            break
        refused += problems
        if not options.allow_rejects or not rejected.take(problems, sheets):
            raise InvalidData(refused)
    journal.add(sheets, rejected)
    notices = in_order([*reader.notices, *rejected.notices(options)])
    return DataSet(info, tuple(sorted(records, key=lambda record: record.id)), notices=notices)


def _described(path: Path | Source, problems: list[Problem], name: str | None) -> tuple[DataSetInfo, list[Source]]:
    """What a data set says of itself, and its files."""
    if isinstance(path, Path):
        path = path.parent if path.name == DESCRIPTION else path
        _must_be_there(path)
        if path.is_dir():
            return describe(path, problems, name), [Source.of(file) for file in _files(path)]
        path = Source.of(path)
    info = DataSetInfo(id=f"{MY}data-{name or local(path.stem)}", title=name or shown(Path(path.stem)), base=MY)
    return info, [path]


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


class _Placed(NamedTuple):
    """A record as written, and its IRI; where it may not have the one it wants, ``sound`` is False and it is looked at only."""

    raw: Raw
    iri: str
    sound: bool


class _Reader:
    """From what the files of one data set hold to its records."""

    def __init__(self, info: DataSetInfo, sheets: Sequence[Sheet], problems: list[Problem]) -> None:
        self.info, self.problems = info, problems
        self.notices = [notice for sheet in sheets for notice in sheet.notices]
        self.drafts: list[Draft] = []
        self.whole = all(sheet.whole for sheet in sheets)
        for sheet in sheets:
            problems += sheet.problems
        raws = [raw for sheet in sheets for raw in sheet.raws]
        implied = self._implied(sheets)
        self.lone = not any(issubclass(STATEMENTS[raw.cls], Entity) for raw in raws)
        self.placed = self._place([*raws, *implied] if self.lone else raws)
        if not self.lone:
            self._classes_agree(implied)
        self.lost = {info.base + name for sheet in sheets for name in sheet.lost}
        self.names = Names(info.base, {one.iri for one in self.placed if one.sound} | self.lost)

    def records(self, *, checked: bool) -> list[Statement]:
        """The records, all of them only if there are no problems afterwards."""
        origins = {one.iri: one.raw for one in self.placed}
        records = [record for one in self.placed if (record := self._record(one)) is not None]
        if checked and not self.problems:
            return records
        # A record that is broken itself is there all the same: who names it is not at fault.
        lost = dict.fromkeys(self.lost, "")
        for found in check(records, lost, complete=self.whole, drafts=self.drafts):
            raw = origins[found.record]
            problem = raw.problem(self._route(raw, found), found.fault.message, found.fault.hint)
            self.problems.append(replace(problem, cause=found.cause))
        return records

    def _implied(self, sheets: Sequence[Sheet]) -> list[Raw]:
        found: dict[str, Raw] = {}
        for entity in (entity for sheet in sheets for entity in sheet.implied):
            earlier = found.setdefault(entity.id, entity)
            if earlier is not entity and (clash := meet(earlier, entity)):
                hint = f"give it one class; {earlier.file}:{earlier.line} has the other"
                self.problems.append(entity.problem((), clash, hint))
        for entity in list(found.values()):
            if entity.cls not in STATEMENTS or not is_a(entity.cls, "Entity"):
                known = (name for name in STATEMENTS if is_a(name, "Entity"))
                hint = did_you_mean(entity.cls, known, "e.g. Company, Product, Material")
                self.problems.append(entity.problem((), f"{entity.cls!r} is no class of entities", hint))
                entity.cls = "Entity"
        return list(found.values())

    def _place(self, raws: Sequence[Raw]) -> list[_Placed]:
        """The IRI of each record; one that stands twice, or has no possible name, is a problem."""
        first: dict[str, Raw] = {}
        placed: list[_Placed] = []
        for raw in raws:
            wrong, full = "", self.info.base
            try:
                full = iri(raw.id, self.info.base)
            except Refused as refused:
                wrong = refused.message
                self.problems.append(Problem(raw.file, raw.line, f"id {wrong}", refused.hint))
            else:
                if wrong := self._fault_of_id(full, first.setdefault(full, raw), raw):
                    self.problems.append(raw.problem((), wrong, "give it another id"))
            # Nothing can be called so: two hyphens at the front are no name.
            placed.append(_Placed(raw, f"{self.info.base}--{len(placed)}" if wrong else full, not wrong))
        return placed

    def _fault_of_id(self, full: str, first: Raw, raw: Raw) -> str:
        if first is not raw:
            return f"stands twice, first in {first.file}:{first.line}"
        return "its id is that of the data set" if full == self.info.id else fault_of_id(full)

    def _classes_agree(self, implied: Sequence[Raw]) -> None:
        """Where entities are declared, what a dependency table says of their class must be no other one."""
        classes = {one.iri: one.raw for one in self.placed if one.sound}
        for entity in implied:
            declared = classes.get(iri(entity.id, self.info.base))
            if declared is not None and not is_a(declared.cls, entity.cls):
                message = f"is a {entity.cls} here and a {declared.cls} in {declared.file}:{declared.line}"
                self.problems.append(entity.problem((), message, "leave its class out here"))

    def _record(self, placed: _Placed) -> Statement | None:
        raw, cls = placed.raw, STATEMENTS[placed.raw.cls]
        expander = Expander(self.names, loose=raw.loose)
        data = expander.expand(cls, raw.data)
        own = {fault.path for fault in expander.faults}
        self.problems += [raw.problem(*fault) for fault in expander.faults]
        try:
            record = cls.model_validate({**data, "id": placed.iri})
        except ValidationError as error:
            # What was refused above is wrong for the model too: once is enough.
            again = (fault for fault in faults(error, by_alias(cls)) if not _within(fault.path, own))
            self.problems += [raw.problem(*fault) for fault in again]
        else:
            if placed.sound and not expander.faults:
                return record
        self.drafts.append(Draft(placed.iri, raw.cls, expander.references))
        return None

    def _route(self, raw: Raw, found: Found) -> Route:
        """The way to the value that is at fault: the record has its lists sorted, the file as they were written."""
        path = _named(found.fault.path)
        for route, text in raw.texts() if found.value else ():
            mine = _named(route)
            if path[: len(mine)] == mine and found.value in (text, *self._meant(raw, text)):
                return route
        return found.fault.path

    def _meant(self, raw: Raw, text: str) -> list[str]:
        meant = []
        for name in {text, *text.split()}:
            try:
                meant.append(self.names.iri(name, loose=raw.loose))
            except Refused:
                continue
        return meant


def _named(route: Route) -> Route:
    return tuple(part for part in route if isinstance(part, str))


def _within(path: Route, known: set[Route]) -> bool:
    """Whether a path, or one it lies in, is among those known; a list of one may be written without its place."""
    return any(path[:end] in known or _named(path[:end]) in {_named(one) for one in known} for end in range(1, len(path) + 1))
