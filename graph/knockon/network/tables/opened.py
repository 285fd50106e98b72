"""Open a network as tables: check that the folder is complete, and that its columns hold what they must."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knockon.authoring.files import as_path
from knockon.errors import NotFound
from knockon.network.tables.columns import FILES, Kind, check_types, check_values, faulty, present_columns
from knockon.store.regular_files import read_regular, sha256_of

VERSION = 1
MANIFEST = "tables.json"
#: The largest manifest, in bytes.
_MAX_MANIFEST = 1 << 20


@dataclass(frozen=True)
class NetworkTables:
    """A network as tables, as :func:`open_tables` has checked it.

    Parameters
    ----------
    folder
        The folder with the files.
    kind
        ``graph`` or ``flows``.
    rows
        The number of rows of each file by its name: ``nodes``, ``slots`` and ``supplies``, or ``firms``, ``flows`` and
        ``essentiality``.
    entities
        The number of entities or firms: results have a number for each of these.
    origin
        The hash of what the network was compiled from; empty where it is not known.
    network_hash
        The hash of the network; empty where it is not known.
    equity
        Whether the firms have a column ``equity``.
    """

    folder: Path
    kind: Kind
    rows: Mapping[str, int]
    entities: int
    origin: str = ""
    network_hash: str = ""
    equity: bool = False

    @property
    def nodes(self) -> int:
        """The number of nodes, hidden ones included."""
        return self.rows["firms" if self.kind == "flows" else "nodes"]

    @property
    def links(self) -> int:
        """The number of supplies or flows."""
        return self.rows["flows" if self.kind == "flows" else "supplies"]

    @property
    def slots(self) -> int:
        """The number of slots; 0 of money flows, where they follow from the sectors."""
        return self.rows.get("slots", 0)

    @property
    def supplies(self) -> int:
        """The number of supplies; 0 of money flows."""
        return self.rows.get("supplies", 0)

    def path(self, file: str) -> Path:
        """Return the path of a file, such as ``slots`` or ``flows``."""
        return self.folder / f"{file}.parquet"


def is_tables(path: Path) -> bool:
    """Return whether a folder holds a network as tables; one that may not be read holds none."""
    try:
        return path.is_dir() and any((path / f"{file}.parquet").is_file() for file in ("supplies", "flows"))
    except PermissionError:
        return False


def open_tables(folder: str | Path, *, origin: str | None = None) -> NetworkTables:
    """Open a network as tables, and check all of it: columns, types, every value, and the checksums of the manifest.

    Parameters
    ----------
    folder
        A folder that :func:`knockon.network.tables.write_tables` wrote, or one with the same files (the manifest may be
        missing).
    origin
        The hash of what the network must have been compiled from, for tables that are kept; None: of anything.

    Returns
    -------
    NetworkTables
        The paths and numbers of rows.

    Raises
    ------
    NotFound
        The folder does not exist, or is not a network as tables.
    InvalidData
        A file or column is missing or of another type, a value is missing or out of range, a file is not the one that was
        written, or the tables are of another origin. Errors name file, column and row.
    UsageError
        pyarrow is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network import Network
    >>> from knockon.network.tables import write_tables
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(Network.from_flows([0], [1], [2.0]), f"{folder}/tables")
    ...     tables = open_tables(f"{folder}/tables")
    >>> tables.kind, tables.entities, tables.links
    ('flows', 2, 1)
    """
    path = as_path(folder)
    if not is_tables(path):
        hint = "a folder with slots.parquet, supplies.parquet and nodes.parquet, or flows.parquet and firms.parquet"
        raise NotFound("network as tables", str(path), hint=f"({hint})")
    manifest = _read_manifest(path)
    kind: Kind = manifest["kind"] if manifest else ("flows" if (path / "flows.parquet").is_file() else "graph")
    files = {name: present_columns(path / f"{name}.parquet", columns) for name, columns in FILES[kind].items()}
    rows = {name: check_types(path / f"{name}.parquet", columns) for name, columns in files.items()}
    for name, columns in files.items():
        if manifest and rows[name] != manifest["files"][name]["rows"]:
            raise faulty(path / f"{name}.parquet", f"has {rows[name]:,} rows, {manifest['files'][name]['rows']:,} were written")
        check_values(path / f"{name}.parquet", columns, rows)
    equity = "equity" in {column.name for column in files.get("firms", ())}
    entities = manifest["entities"] if manifest else _entities(path, kind, rows)
    if manifest:
        _check_files(path, manifest, origin)
    elif origin is not None:
        raise faulty(path, "has no tables.json, which would say what it was made of")
    if not 0 <= entities <= rows["firms" if kind == "flows" else "nodes"]:
        raise faulty(path / MANIFEST, f"states {entities:,} entities, more than there are nodes")
    origin, network_hash = (manifest["origin"], manifest["network"]) if manifest else ("", "")
    return NetworkTables(path, kind, rows, entities, origin, network_hash, equity)


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest as JSON, with its own checksum."""
    return json.dumps({**manifest, "sha256": _checksum(manifest)}, indent=1, sort_keys=True).encode() + b"\n"


def _checksum(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest; None where there is none."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        manifest: dict[str, Any] = json.loads(read_regular(path, _MAX_MANIFEST))
        version, checksum = manifest["version"], manifest.pop("sha256")
        complete = manifest["kind"] in FILES and manifest["files"].keys() == FILES[manifest["kind"]].keys()
        complete = complete and _has_types(manifest)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise faulty(path, f"is not a manifest of tables: {error}") from None
    if version != VERSION:
        raise faulty(path, f"has version {version!r:.40}, this is for version {VERSION}", "write the tables again")
    if not complete or checksum != _checksum(manifest):
        raise faulty(path, "is not what was written: its checksum is another one", "write the tables again")
    return manifest


def _has_types(manifest: Mapping[str, Any]) -> bool:
    """Return whether the values of a manifest are of their types: who writes another checksum may write anything."""
    files = manifest["files"].values()
    texts = [manifest["origin"], manifest["network"], *(file["sha256"] for file in files)]
    numbers = [manifest["entities"], *(file["rows"] for file in files)]
    return all(isinstance(text, str) for text in texts) and all(type(number) is int for number in numbers)


def _check_files(path: Path, manifest: Mapping[str, Any], origin: str | None) -> None:
    """Raise InvalidData where a file is not the one that the manifest describes, or the tables are of another origin."""
    for name, stated in manifest["files"].items():
        if sha256_of(path / f"{name}.parquet") != stated["sha256"]:
            what = "is not what was written: its checksum is another one"
            raise faulty(path / f"{name}.parquet", what, "write the tables again, or remove tables.json to read it as it is")
    if origin is not None and manifest["origin"] != origin:
        what = f"was made of {manifest['origin'][:12] or 'something unknown'}, not of {origin[:12]}"
        raise faulty(path, f"is of another revision: it {what}", "write the tables again")


def _entities(path: Path, kind: Kind, rows: Mapping[str, int]) -> int:
    """Return the number of entities of tables without a manifest: the nodes that stand for themselves, which come first."""
    if kind == "flows":
        return rows["firms"]
    from knockon.network.tables.columns import batches, numpy_column

    entities = 0
    for batch in batches(path / "nodes.parquet", ("node", "entity")):
        node, entity = (numpy_column(path / "nodes.parquet", name, batch.column(name)) for name in ("node", "entity"))
        visible = node == entity
        if (visible.any() and int(node[visible][0]) != entities) or (visible[1:] & ~visible[:-1]).any():
            raise faulty(path / "nodes.parquet", "column 'entity': an entity comes after a hidden node", "entities come first")
        entities += int(visible.sum())
    return entities


__all__ = ["MANIFEST", "VERSION", "NetworkTables", "is_tables", "manifest_bytes", "open_tables"]
