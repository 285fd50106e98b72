"""What dataset.yaml says of a data set: its name, the base of its IRIs, its title, and how its names are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from knockon.authoring.files import shown
from knockon.authoring.names import fault_of_iri
from knockon.authoring.raw import Raw
from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_mapping
from knockon.errors import InvalidData, Problem
from knockon.model import DataSetInfo
from knockon.model.faults import did_you_mean, faults
from knockon.store.files import slug
from knockon.vocabulary import KO, MY

DESCRIPTION = "dataset.yaml"
KNOWN = ("name", "base", "title", "description", "license", "example", "comment", "uses", "strict")
#: Fields that say how the files are read, and are not part of the data.
_READING = ("name", "uses", "strict")


class Description(NamedTuple):
    """What dataset.yaml says.

    ``uses`` are data sets whose records may be named without a prefix, ``strict`` says that tables may only name what is
    declared. ``file`` and ``line`` say where ``uses`` stands.
    """

    info: DataSetInfo
    uses: tuple[str, ...] = ()
    strict: bool = False
    file: str = ""
    line: int | None = None


def describe(folder: Path, problems: list[Problem], called: str | None = None) -> Description:
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
    base, name = _base(raw, problems), _name(raw, problems)
    uses, strict = _uses(raw, problems), _strict(raw, problems)
    data = {field: raw.data[field] for field in KNOWN if field not in _READING and raw.data.get(field) is not None}
    try:
        info = DataSetInfo.model_validate({"title": called or name, **data, "base": base, "id": f"{base}data-{called or name}"})
    except ValidationError as error:
        problems += [raw.problem(fault.path, fault.message, fault.hint) for fault in faults(error, KNOWN)]
        return _stopgap(base)
    if len(problems) > before:
        return _stopgap(base)
    return Description(info, uses, strict, raw.file, raw.line_of(("uses",)))


def _stopgap(base: str) -> Description:
    return Description(DataSetInfo(id=f"{base}data-invalid", title="invalid", base=base))


def _uses(raw: Raw, problems: list[Problem]) -> tuple[str, ...]:
    given = raw.data.get("uses")
    names = given if isinstance(given, list) else [] if given is None else [given]
    for name in names:
        if not isinstance(name, str) or slug(name) != name:
            message = f"uses {name!r}, which is not the name of a data set"
            problems.append(raw.problem(("uses",), message, "e.g. `uses: [sensetime]`"))
            return ()
    return tuple(names)


def _strict(raw: Raw, problems: list[Problem]) -> bool:
    given = str(raw.data.get("strict") or "false").lower()
    if given not in {"true", "false"}:
        problems.append(raw.problem(("strict",), f"strict {given!r} is neither true nor false", "write `strict: true`"))
    return given == "true"


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
