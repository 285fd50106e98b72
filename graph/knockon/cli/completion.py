"""Shell completion: the names of shocks, entities, documents and queries of the store that the line names.

A completion must be fast and must never write to the terminal: YAML folders are read by their indentation instead of
being loaded, and after any error nothing is completed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import typer

#: The classes of records that are not entities.
NOT_ENTITIES = frozenset({
    "CausalChain", "Dependency", "Designation", "Discrepancy", "Document", "Event", "Measure", "Observation",
    "Ownership", "OwnershipRule", "Provision", "Relation", "Shock", "Vulnerability",
})  # fmt: skip
_CLASS = re.compile(r"([A-Z]\w*):")
_RECORD = re.compile(r"  ([\w.-]+):")
#: The local name of a record, and its class.
Named = tuple[str, str]


def shocks(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a shock."""
    return _matching(ctx, incomplete, {"Shock"})


def entities(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of an entity."""
    return _matching(ctx, incomplete, {"Entity", "Measure"})


def measures(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a measure."""
    return _matching(ctx, incomplete, {"Measure"})


def documents(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a document."""
    return _matching(ctx, incomplete, {"Document"})


def records(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of any record."""
    return _matching(ctx, incomplete, NOT_ENTITIES | {"Entity"})


def hits(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete ENTITY=SEVERITY: first the entity, then the severity."""
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
        names = {name for name, kind in _records(store) if kind in kinds and name.startswith(incomplete)}
    except Exception:  # a completion writes nothing to the terminal
        return []
    return sorted(names)


def _records(store: str | None) -> Iterable[Named]:
    """Return the local name and the class of each record; the class of every entity is Entity."""
    from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names

    name = store or DEFAULT_DATA_SET
    path = data_set_folder(name) if name in data_set_names() else Path(name)
    if path.is_dir() and (path / "dataset.yaml").is_file() and not list(path.glob("*.csv")):
        return [record for file in sorted(path.glob("*.yaml")) for record in yaml_records(file.read_text("utf-8"))]
    if path.suffix in {".yaml", ".yml"}:
        return yaml_records(path.read_text("utf-8"))
    return _store_records(store)


def yaml_records(text: str) -> list[Named]:
    r"""Return the records of a YAML file by its indentation: classes at the margin, local names two spaces in.

    >>> yaml_records("Shock:\n  fire:\n    label: Fire\nCompany:\n  acme: {}\n")
    [('fire', 'Shock'), ('acme', 'Entity')]
    """
    names, cls = [], ""
    for line in text.splitlines():
        if match := _CLASS.match(line):
            cls = match.group(1) if match.group(1) in NOT_ENTITIES else "Entity"
        elif cls and (match := _RECORD.match(line)):
            names.append((match.group(1), cls))
    return names


def _store_records(store: str | None) -> list[Named]:
    from knockon.cli.options.store import open_graph
    from knockon.vocabulary import local_name

    kinds = " ".join(f"ko:{kind}" for kind in sorted(NOT_ENTITIES | {"Entity"}))
    rows: Any = open_graph(store).store.query(f"SELECT ?record ?kind {{ VALUES ?kind {{ {kinds} }} ?record a ?kind }}")
    return [(local_name(row["record"].value), local_name(row["kind"].value)) for row in rows]
