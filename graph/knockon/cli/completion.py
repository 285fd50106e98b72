"""What a shell completes: the names of shocks, entities, documents and queries of the store that the line names.

A completion must be there before the finger leaves the key, and must never write to the terminal: YAML folders are read by
their indentation instead of being loaded, and whatever goes wrong completes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import typer

#: The classes of records that are no entities.
NO_ENTITIES = frozenset({
    "CausalChain", "Dependency", "Discrepancy", "Document", "Event", "Measure", "Observation", "Ownership", "Relation", "Shock",
    "Vulnerability",
})  # fmt: skip
_CLASS = re.compile(r"([A-Z]\w*):")
_RECORD = re.compile(r"  ([\w.-]+):")
Named = tuple[str, str]


def shocks(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a shock."""
    return _matching(ctx, incomplete, {"Shock"})


def entities(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of an entity."""
    return _matching(ctx, incomplete, {"Entity", "Measure"})


def documents(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a document."""
    return _matching(ctx, incomplete, {"Document"})


def records(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of any record."""
    return _matching(ctx, incomplete, NO_ENTITIES | {"Entity"})


def hits(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete ENTITY=SEVERITY: first the entity, then the word."""
    name, equals, start = incomplete.rpartition("=")
    if equals:
        return [f"{name}={word}" for word in ("essential", "high", "medium", "low") if word.startswith(start)]
    return [f"{name}=" for name in entities(ctx, incomplete)]


def queries(incomplete: str) -> list[str]:
    """Complete the name of a query of the library."""
    from knockon.bundled import ontology_folder

    try:
        names = sorted(path.stem for path in (ontology_folder() / "queries").glob("*.rq"))
    except OSError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def _matching(ctx: typer.Context, incomplete: str, kinds: Collection[str]) -> list[str]:
    from knockon.cli.configuration import default_store

    try:
        store = default_store(ctx.params.get("store"))
        found = {name for name, kind in _records(store) if kind in kinds and name.startswith(incomplete)}
    except Exception:  # a completion says nothing on the terminal, whatever is wrong
        return []
    return sorted(found)


def _records(store: str | None) -> Iterable[Named]:
    """The local name of each record, and its class; those of entities are all Entity."""
    from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names

    name = store or DEFAULT_DATA_SET
    path = data_set_folder(name) if name in data_set_names() else Path(name)
    if path.is_dir() and (path / "dataset.yaml").is_file() and not list(path.glob("*.csv")):
        return [one for file in sorted(path.glob("*.yaml")) for one in in_yaml(file.read_text("utf-8"))]
    if path.suffix in {".yaml", ".yml"}:
        return in_yaml(path.read_text("utf-8"))
    return _of_store(store)


def in_yaml(text: str) -> list[Named]:
    r"""Return the records of a YAML file by its indentation: classes at the margin, local names two spaces in.

    >>> in_yaml("Shock:\n  fire:\n    label: Fire\nCompany:\n  acme: {}\n")
    [('fire', 'Shock'), ('acme', 'Entity')]
    """
    found, cls = [], ""
    for line in text.splitlines():
        if match := _CLASS.match(line):
            cls = match.group(1) if match.group(1) in NO_ENTITIES else "Entity"
        elif cls and (match := _RECORD.match(line)):
            found.append((match.group(1), cls))
    return found


def _of_store(store: str | None) -> list[Named]:
    from knockon.cli.options.store import open_graph
    from knockon.vocabulary import local_name

    kinds = " ".join(f"ko:{kind}" for kind in sorted(NO_ENTITIES | {"Entity"}))
    rows: Any = open_graph(store).store.query(f"SELECT ?one ?kind {{ VALUES ?kind {{ {kinds} }} ?one a ?kind }}")
    return [(local_name(row["one"].value), local_name(row["kind"].value)) for row in rows]
