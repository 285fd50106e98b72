"""Read a mapping file; every problem has its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from knockon.authoring.raw import Route
from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_mapping
from knockon.errors import InvalidData, NotFound, Problem
from knockon.model.validation_errors import faults
from knockon.readers.mapping import model
from knockon.readers.mapping.model import MappingSpec


def load_mapping(path: Path) -> MappingSpec:
    """Read a mapping.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidData
        It is not a mapping; every problem is listed with its line.
    """
    if not path.is_file():
        raise NotFound("mapping", str(path), hint="(`knockon mapping ls` lists those that are shipped)")
    return parse_mapping(Source.of(path))


def parse_mapping(source: Source) -> MappingSpec:
    """Return the mapping in a source; see ``load_mapping``."""
    problems: list[Problem] = []
    read = read_mapping(source, problems)
    if read is None or problems:
        raise InvalidData(problems, "the mapping was not read")
    values, lines = read
    try:
        return MappingSpec.model_validate(_without_nulls(values))
    except ValidationError as error:
        known = _known_names()
        found = [Problem(source.name, _line(lines, fault.path), fault.message, fault.hint) for fault in faults(error, known)]
        raise InvalidData(found, "the mapping was not read") from None


def _without_nulls(value: Any) -> Any:
    """Return a value without fields that have nothing written after them."""
    if isinstance(value, dict):
        # In a table of replacements an empty value means that nothing takes the place of a text.
        return {
            name: item if name in ("lookup", "replace") else _without_nulls(item)
            for name, item in value.items()
            if item is not None
        }
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _line(lines: Mapping[Route, int], path: Route) -> int | None:
    """Return the line of a value, or of the nearest one that contains it."""
    known = [part for part in path if not (isinstance(part, str) and part.startswith("function-"))]
    for end in range(len(known), -1, -1):
        if tuple(known[:end]) in lines:
            return lines[tuple(known[:end])]
    return None


def _known_names() -> set[str]:
    """Return the names of all fields of a mapping, for suggestions."""
    classes = [
        value for name in model.__all__ if isinstance(value := getattr(model, name), type) and issubclass(value, BaseModel)
    ]
    return {info.alias or name for cls in classes for name, info in cls.model_fields.items()}


__all__ = ["load_mapping", "parse_mapping"]
