"""A folder of YAML and CSV files, or one CSV table, as a data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from knockon.authoring.csv_tables import local, read_csv
from knockon.authoring.expand import expand, iri
from knockon.authoring.raw import Raw
from knockon.authoring.yaml_files import read_mapping, read_yaml
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model import STATEMENTS, DataSet, DataSetInfo, Entity, Statement
from knockon.model.faults import faults
from knockon.rdf.check import check
from knockon.rdf.fields import by_alias
from knockon.store.files import slug
from knockon.vocabulary import ID

DESCRIPTION = "dataset.yaml"


def is_data_set(path: Path) -> bool:
    """Whether a path is a folder of ours or a CSV table."""
    return (path / DESCRIPTION).is_file() or (path.is_file() and path.suffix.lower() in {".csv", ".tsv", ".yaml", ".yml"})


def read_data_set(path: Path) -> DataSet:
    """The data set in a folder with dataset.yaml, or in one CSV or YAML file.

    A single dependency table may name things without declaring them: each
    becomes an entity of its own.

    Raises
    ------
    NotFound
        Nothing is there.
    InvalidData
        Every problem, with file and line; nothing is read by halves.
    """
    if not path.exists():
        raise NotFound("data set", str(path))
    problems: list[Problem] = []
    if path.is_dir():
        info = _description(path / DESCRIPTION, problems)
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in {".yaml", ".yml", ".csv", ".tsv"} and f.name != DESCRIPTION)
    else:
        name = slug(path.stem)
        info, files = DataSetInfo(id=f"{ID}data-{name}", title=path.stem), [path]
    raws, implied = _raws(files, problems)
    if not any(issubclass(STATEMENTS[raw.cls], Entity) for raw in raws):
        raws += implied
    records, origins = _records(raws, info.base, problems)
    _twice(raws, problems)
    # A record that is broken itself is there all the same: who names it is not at fault.
    broken = {info.base + raw.id: "" for raw in raws} if problems else {}
    for found in check(records, broken):
        origin = origins[found.record]
        problems.append(origin.problem(found.fault.path, found.fault.message, found.fault.hint))
    if problems:
        raise InvalidData(problems)
    return DataSet(info, tuple(sorted(records, key=lambda r: r.id)))


def _description(path: Path, problems: list[Problem]) -> DataSetInfo:
    if not path.is_file():
        raise UsageError(f"{path.parent} has no {DESCRIPTION}; write one with `name:` and `title:`")
    data, lines, wrong = read_mapping(path, str(path))
    problems += wrong
    name = data.pop("name", None)
    base = data.get("base") or ID
    if not wrong and (not isinstance(name, str) or slug(name) != name):
        problems.append(Problem(str(path), lines.get(("name",), 1), "name must be a short lower-case word", "e.g. `name: acme-suppliers`"))
    if not str(base).endswith(("/", "#", ":")):
        problems.append(Problem(str(path), lines.get(("base",), 1), f"base {base!r} must end in / or # or :"))
    raw = Raw("DataSetInfo", "", data, str(path), 1, lines)
    try:
        return DataSetInfo.model_validate({"title": name, **data, "id": f"{base}data-{name}"})
    except ValidationError as error:
        for fault in faults(error, ("name", "base", "title", "description", "license", "example")):
            problems.append(raw.problem(fault.path, fault.message, fault.hint))
    return DataSetInfo(id=f"{ID}data-invalid", title="invalid")


def _raws(files: Iterable[Path], problems: list[Problem]) -> tuple[list[Raw], list[Raw]]:
    raws: list[Raw] = []
    implied: dict[str, Raw] = {}
    for file in files:
        if file.suffix.lower() in {".csv", ".tsv"}:
            table = read_csv(file, str(file))
            raws += table.raws
            problems += table.problems
            for entity in table.implied:
                implied.setdefault(entity.id, entity)
        else:
            found, wrong = read_yaml(file, str(file))
            raws += found
            problems += wrong
    return raws, list(implied.values())


def _records(raws: Sequence[Raw], base: str, problems: list[Problem]) -> tuple[list[Statement], dict[str, Raw]]:
    records: list[Statement] = []
    origins: dict[str, Raw] = {}
    for raw in raws:
        record = _record(raw, base, problems)
        if record is not None and record.id not in origins:
            origins[record.id] = raw
            records.append(record)
    return records, origins


def _record(raw: Raw, base: str, problems: list[Problem]) -> Statement | None:
    if raw.cls not in STATEMENTS:
        problems.append(raw.problem((), f"unknown class {raw.cls!r}"))
        return None
    cls, loose = STATEMENTS[raw.cls], raw.file.lower().endswith((".csv", ".tsv"))
    try:
        data = expand(cls, raw.data, base, loose=loose)
        return cls.model_validate({**data, "id": iri(local(raw.id) if loose else raw.id, base)})
    except UsageError as error:
        problems.append(raw.problem((), str(error)))
    except ValidationError as error:
        for fault in faults(error, by_alias(cls)):
            problems.append(raw.problem(fault.path, fault.message, fault.hint))
    return None


def _twice(raws: Sequence[Raw], problems: list[Problem]) -> None:
    first: dict[str, Raw] = {}
    for raw in raws:
        earlier = first.setdefault(raw.id, raw)
        if earlier is not raw:
            problems.append(raw.problem((), f"stands twice, first in {earlier.file}:{earlier.line}", "each record needs an id of its own"))
