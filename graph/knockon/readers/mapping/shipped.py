"""The mappings that are shipped with Knock-on, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knockon.bundled import mapping_folder
from knockon.readers.mapping.load import load_mapping
from knockon.readers.mapping.model import MappingSpec


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped mappings, in order."""
    return tuple(sorted(path.stem for path in mapping_folder().glob("*.yaml")))


@cache
def shipped(name: str) -> MappingSpec:
    """Return a shipped mapping, which is read once."""
    return load_mapping(mapping_folder() / f"{name}.yaml")


def mapping_path(name: str) -> Path:
    """Return the file of a shipped mapping."""
    return mapping_folder() / f"{name}.yaml"


__all__ = ["mapping_path", "shipped", "shipped_names"]
