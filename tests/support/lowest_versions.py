"""Print the lowest versions that pyproject.toml allows, as pip reads requirements: one ``name==version`` a line."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def declared() -> Iterator[Requirement]:
    """Yield every requirement of pyproject.toml but the project itself: to build, to run, and of each extra."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = content["project"]
    extras = (line for lines in project["optional-dependencies"].values() for line in lines)
    for line in (*content["build-system"]["requires"], *project["dependencies"], *extras):
        requirement = Requirement(line)
        if requirement.name != project["name"]:
            yield requirement


def minimum(requirement: Requirement) -> str:
    """Return the version behind ``>=``; a range without one is an error, since it states no minimum."""
    versions = [part.version for part in requirement.specifier if part.operator == ">="]
    if len(versions) != 1:
        raise ValueError(f"{requirement} has no minimum: write {requirement.name}>=VERSION in pyproject.toml")
    return versions[0]


def lines() -> list[str]:
    """Return the requirements, each once, in order of their names."""
    return sorted({f"{requirement.name}=={minimum(requirement)}" for requirement in declared()})


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in lines()))
