"""What dataset.yaml says of a data set: its name, the base of its IRIs, its title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from knockon.authoring.names import fault_of_iri
from knockon.authoring.raw import Raw
from knockon.authoring.source import Source
from knockon.authoring.text import shown
from knockon.authoring.yaml_files import read_mapping
from knockon.errors import InvalidData, Problem
from knockon.model import DataSetInfo
from knockon.model.faults import did_you_mean, faults
from knockon.store.files import slug
from knockon.vocabulary import KO, MY

DESCRIPTION = "dataset.yaml"
KNOWN = ("name", "base", "title", "description", "license", "example", "comment")


def describe(folder: Path, problems: list[Problem], called: str | None = None) -> DataSetInfo:
    """The description of the data set in a folder; where it is wrong, one to go on with.

    ``called`` is a name to use instead of the one that dataset.yaml gives.

    Raises
    ------
    InvalidData
        There is none.
    """
    path = folder / DESCRIPTION
    if not path.exists() and not path.is_symlink():
        # Whatever else lies in such a folder need not be ours.
        raise InvalidData([Problem(shown(folder), None, f"has no {DESCRIPTION}", _missing_hint(folder))])
    before = len(problems)
    found = read_mapping(Source.of(path), problems)
    if found is None:
        return _stopgap(MY)
    raw = Raw("DataSetInfo", "", found[0], shown(path), 1, found[1])
    for field in [field for field in raw.data if field not in KNOWN]:
        hint = did_you_mean(field, KNOWN, f"known are {', '.join(KNOWN)}")
        problems.append(raw.problem((field,), f"unknown field {field}", hint))
    base = _base(raw, problems)
    name = _name(raw, problems)
    data = {field: value for field, value in raw.data.items() if field in KNOWN and field != "name" and value is not None}
    try:
        info = DataSetInfo.model_validate({"title": name, **data, "base": base, "id": f"{base}data-{called or name}"})
    except ValidationError as error:
        problems += [raw.problem(fault.path, fault.message, fault.hint) for fault in faults(error, KNOWN)]
        return _stopgap(base)
    return info if len(problems) == before else _stopgap(base)


def _stopgap(base: str) -> DataSetInfo:
    return DataSetInfo(id=f"{base}data-invalid", title="invalid", base=base)


def _missing_hint(folder: Path) -> str:
    others = [path for path in folder.iterdir() if path.stem.lower() == "dataset" and path.suffix.lower() in {".yaml", ".yml"}]
    if others:
        return f"rename {shown(others[0])} to {DESCRIPTION}"
    return "write one that holds at least `name: acme-suppliers`"


def _base(raw: Raw, problems: list[Problem]) -> str:
    base: Any = raw.data.get("base")
    if base is None:
        return MY
    wrong = ""
    if not isinstance(base, str):
        wrong = "base must be an IRI"
    elif not base.endswith(("/", "#", ":")):
        wrong = f"base {base!r} must end in / or # or :"
    elif fault := fault_of_iri(base + "x"):
        wrong = f"base {base!r} is no IRI: {fault}"
    elif base == KO:
        wrong = f"base {base!r} is that of the vocabulary"
    if wrong:
        problems.append(raw.problem(("base",), wrong, "e.g. `base: https://example.org/id/`"))
        return MY
    return str(base)


def _name(raw: Raw, problems: list[Problem]) -> str:
    name: Any = raw.data.get("name")
    if isinstance(name, str) and slug(name) == name:
        return name
    problems.append(raw.problem(("name",), "name must be a short lower-case word", "e.g. `name: acme-suppliers`"))
    return "invalid"
