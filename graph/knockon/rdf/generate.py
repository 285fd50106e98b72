"""``python -m knockon.rdf.generate``: write ontology/shapes.ttl and ontology/context.jsonld; ``--check`` only compares."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from knockon.bundled import ontology_folder
from knockon.rdf.context import context
from knockon.rdf.shapes import shapes

#: The generated files, with the functions that generate them.
FILES: dict[str, Callable[[], str]] = {"context.jsonld": context, "shapes.ttl": shapes}


def stale() -> list[str]:
    """Return the names of generated files that are missing or do not match the current models.

    >>> stale()
    []
    """
    return [name for name, make in FILES.items() if _committed(name) != make()]


def write() -> None:
    """Write every generated file."""
    for name, make in FILES.items():
        (ontology_folder() / name).write_text(make(), "utf-8", newline="\n")


def _committed(name: str) -> str | None:
    path = ontology_folder() / name
    return path.read_text("utf-8") if path.is_file() else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` name those that differ; the exit code is 1 if one differs."""
    parser = argparse.ArgumentParser(prog="python -m knockon.rdf.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name each file that differs")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    differing = stale()
    for name in differing:
        sys.stderr.write(f"{name} differs from the models; run python -m knockon.rdf.generate\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
