"""Read dataset.yaml: the name of a data set, the base of its IRIs, its title, and how its names are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from knockon.authoring.files import DATASET_FILE, printable_path
from knockon.authoring.names import iri_fault
from knockon.authoring.raw import Raw
from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_mapping
from knockon.errors import InvalidData, Problem
from knockon.model import DataSetInfo
from knockon.model.validation_errors import did_you_mean, faults
from knockon.store.files import slug
from knockon.vocabulary import KO, MY

FIELDS = ("name", "base", "title", "description", "license", "issued", "example", "comment", "uses", "strict")
#: Fields that control how the files are read, and are not part of the data.
_READ_SETTINGS = ("name", "uses", "strict")


class Description(NamedTuple):
    """The content of dataset.yaml.

    ``uses`` are data sets whose records may be named without a prefix; with ``strict`` tables may only name declared
    records. ``file`` and ``line`` are the place of ``uses``.
    """

    info: DataSetInfo
    uses: tuple[str, ...] = ()
    strict: bool = False
    file: str = ""
    line: int | None = None


def read_description(folder: Path, problems: list[Problem], name: str | None = None) -> Description:
    """Read the description of the data set in a folder; if it has problems, return a placeholder.

    ``name`` replaces the name in dataset.yaml.

    Raises
    ------
    InvalidData
        The folder has no dataset.yaml.
    """
    path = folder / DATASET_FILE
    if not path.exists() and not path.is_symlink():
        # The other files of such a folder may have nothing to do with Knock-on.
        raise InvalidData([Problem(printable_path(folder), None, f"has no {DATASET_FILE}", _missing_hint(folder))])
    before = len(problems)
    mapping = read_mapping(Source.of(path), problems)
    if mapping is None:
        return _placeholder(MY)
    raw = Raw("DataSetInfo", "", mapping[0], printable_path(path), 1, mapping[1])
    for field in [field for field in raw.data if field not in FIELDS]:
        hint = did_you_mean(field, FIELDS, f"known are {', '.join(FIELDS)}")
        problems.append(raw.problem((field,), f"unknown field {field}", hint))
    base, stated_name = _base(raw, problems), _name(raw, problems)
    name = name or stated_name
    uses, strict = _uses(raw, problems), _strict(raw, problems)
    data = {field: raw.data[field] for field in FIELDS if field not in _READ_SETTINGS and raw.data.get(field) is not None}
    try:
        info = DataSetInfo.model_validate({"title": name, **data, "base": base, "id": f"{base}data-{name}"})
    except ValidationError as error:
        problems += [raw.problem(fault.path, fault.message, fault.hint) for fault in faults(error, FIELDS)]
        return _placeholder(base)
    if len(problems) > before:
        return _placeholder(base)
    return Description(info, uses, strict, raw.file, raw.line_of(("uses",)))


def _placeholder(base: str) -> Description:
    return Description(DataSetInfo(id=f"{base}data-invalid", title="invalid", base=base))


def _uses(raw: Raw, problems: list[Problem]) -> tuple[str, ...]:
    value = raw.data.get("uses")
    names = value if isinstance(value, list) else [] if value is None else [value]
    for name in names:
        if not isinstance(name, str) or slug(name) != name:
            message = f"uses {name!r}, which is not the name of a data set"
            problems.append(raw.problem(("uses",), message, "e.g. `uses: [sensetime]`"))
            return ()
    return tuple(names)


def _strict(raw: Raw, problems: list[Problem]) -> bool:
    value = str(raw.data.get("strict") or "false").lower()
    if value not in {"true", "false"}:
        problems.append(raw.problem(("strict",), f"strict {value!r} is neither true nor false", "write `strict: true`"))
    return value == "true"


def _missing_hint(folder: Path) -> str:
    others = [path for path in folder.iterdir() if path.stem.lower() == "dataset" and path.suffix.lower() in {".yaml", ".yml"}]
    if others:
        return f"rename {printable_path(others[0])} to {DATASET_FILE}"
    return "create one that contains at least `name: acme-suppliers`"


def _base(raw: Raw, problems: list[Problem]) -> str:
    base: Any = raw.data.get("base")
    if base is None:
        return MY
    message = ""
    if not isinstance(base, str):
        message = "base must be an IRI"
    elif not base.endswith(("/", "#", ":")):
        message = f"base {base!r} must end in / or # or :"
    elif fault := iri_fault(base + "x"):
        message = f"base {base!r} is not an IRI: {fault}"
    elif base == KO:
        message = f"base {base!r} is the namespace of the vocabulary"
    if message:
        problems.append(raw.problem(("base",), message, "e.g. `base: https://example.org/id/`"))
        return MY
    return str(base)


def _name(raw: Raw, problems: list[Problem]) -> str:
    name: Any = raw.data.get("name")
    if isinstance(name, str) and slug(name) == name:
        return name
    problems.append(raw.problem(("name",), "name must be a short lower-case word", "e.g. `name: acme-suppliers`"))
    return "invalid"
