"""Snapshots: a network as a folder of arrays that are mapped into memory instead of read.

``network.json`` holds the version, the hash of the network and of what it was
compiled from, and the SHA-256 of each array and of itself; each array is one
``.npy`` file. The folder is written beside its place and then moved there, so
that an incomplete snapshot never appears. A snapshot that a killed process had
moved aside is moved back.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.network.array_files import write_array
from knockon.network.flows import Flows
from knockon.network.name_arrays import NumberedNames, PackedGroups, PackedNames
from knockon.network.network_arrays import NetworkArrays
from knockon.network.substitutes import Substitutes
from knockon.network.validate import is_valid
from knockon.store.atomic_write import create_folder, sync, temporary_folder, write_durably
from knockon.store.regular_files import read_regular, sha256_of
from knockon.store.replaced_folder import move_into_place, restore
from knockon.store.write_errors import write_error

#: Version 2 had no checksums of files, and its hash did not include flags, origin and counts of flows; version 3 had no
#: hidden nodes.
VERSION = 4
META = "network.json"
_GROUPS = ("slot_records", "supply_records")
_ARRAYS = (
    "slot_owner", "slot_need", "weights", "mode", "at_least", "supply_start", "supply_provider", "supply_share",
    "unknown", "disputed", "unstated", "buffer", "delay", "hidden_entity", "hidden_slot", "hit_with",
)  # fmt: skip
_SUBSTITUTES = tuple(f.name for f in fields(Substitutes))
_FLOWS = tuple(f.name for f in fields(Flows) if f.name not in {"merged", "dropped", "other_costs"})

_NAMES = {
    *_ARRAYS, *(f"flows_{name}" for name in _FLOWS), *(f"substitutes_{name}" for name in _SUBSTITUTES),
    "nodes_text", "nodes_ends",
    *(f"{group}_{part}" for group in _GROUPS for part in ("text", "names", "ends")),
}  # fmt: skip

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: The largest description, in bytes.
_MAX_META_BYTES = 1 << 20
#: The longest array that repeats one value: row numbers have 32 bits.
_MAX_LENGTH = 2**31

#: The class of the network to open.
N = TypeVar("N", bound=NetworkArrays)
Arrays = dict[str, npt.NDArray[Any]]


def save(network: NetworkArrays, path: Path) -> None:
    """Write a snapshot to a folder that does not exist yet, or is a snapshot itself.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        Something else is at that path, or it cannot be written.
    """
    try:
        restore(path)
        if path.exists() and not (path / META).is_file():
            raise UsageError(f"{path} exists already and is not a snapshot; nothing was written")
        create_folder(path.parent)
        with temporary_folder(path) as beside:
            write_snapshot(network, beside)
            move_into_place(beside, path)
            sync(path.parent)
    except OSError as error:
        raise write_error(path, error) from None


def write_snapshot(network: NetworkArrays, folder: Path, *, durable: bool = True) -> None:
    """Write the files of a snapshot into an empty folder; OSError if they cannot be written.

    With ``durable`` they are on the disk on return; else the power may fail before, which their checksums show.
    """
    files = {name: _write_array(folder / f"{name}.npy", array, durable=durable) for name, array in _arrays(network).items()}
    content = _with_checksum({**_describe_snapshot(network), "files": files})
    if durable:
        write_durably(folder / META, content)
    else:
        (folder / META).write_bytes(content)


def _has_checksum(path: Path, checksum: str) -> bool:
    return sha256_of(path) == checksum


def open_snapshot(
    kind: type[N],
    path: Path,
    matches: Callable[[Path, str], bool] = _has_checksum,
    check: Callable[[N], bool] = is_valid,
) -> N:
    """Open the network of a snapshot folder, mapped into memory, as ``kind``.

    Parameters
    ----------
    kind
        The class of the network.
    path
        The folder.
    matches
        Compares a file with its checksum.
    check
        Returns whether the arrays fit together.

    Raises
    ------
    NotFound
        The folder does not exist.
    InvalidData
        It is not a snapshot, is of another version, or a file does not have its checksum.
    """
    try:
        restore(path)
        if not path.exists():
            raise NotFound("network snapshot", str(path))
        meta = _read_meta(path)
        _check_files(path, meta, matches)
        arrays = {name: _map_array(path / f"{name}.npy", shape) for name, shape in meta["arrays"].items()}
        network = _network(kind, meta, arrays)
        valid = check(network)
        for array in arrays.values():
            _release_pages(array)
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, MemoryError, RecursionError) as error:
        raise _damaged(path, f"not a complete snapshot: {error}") from None
    if not valid:
        raise _damaged(path, "row numbers lead outside their arrays, or numbers outside their range")
    # All files have their checksums, so the hash is the saved one: computing it would read all names and arrays again.
    network.__dict__["hash"] = meta["hash"]
    return network


def _read_meta(path: Path) -> dict[str, Any]:
    """Read ``network.json``: its version first, then its checksum."""
    try:
        meta: dict[str, Any] = json.loads(read_regular(path / META, _MAX_META_BYTES))
        version = meta["version"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _damaged(path / META, f"not a complete snapshot: {error}") from None
    if type(version) is not int or version != VERSION:
        raise _damaged(path / META, f"has version {version!r:.40}, this is for version {VERSION}")
    if meta.pop("sha256", None) != _checksum(meta):
        raise _damaged(path / META, "is not what was saved: its checksum is another one")
    sha256, origin, nodes = (meta.get(name) for name in ("hash", "origin", "nodes"))
    if not (isinstance(sha256, str) and _SHA256.fullmatch(sha256) and isinstance(origin, str) and type(nodes) is int):
        raise _damaged(path / META, "has an invalid hash, origin or number of nodes")
    return meta


def _check_files(path: Path, meta: dict[str, Any], matches: Callable[[Path, str], bool]) -> None:
    """Raise InvalidData that names the first array that is missing or does not have its checksum."""
    if meta["files"].keys() != meta["arrays"].keys() or not meta["files"].keys() <= _NAMES:
        raise _damaged(path / META, "names arrays that no network has")
    for name, checksum in sorted(meta["files"].items()):
        file = path / f"{name}.npy"
        try:
            same = matches(file, checksum)
        except OSError as error:
            raise _damaged(file, f"cannot be read ({error.strerror})") from None
        if not same:
            raise _damaged(file, "is not what was saved: its checksum is another one")


def _write_array(path: Path, array: npt.NDArray[Any], *, durable: bool) -> str:
    """Write an array and return its SHA-256; an array that repeats one value is stored as that value."""
    write_array(path, _without_repetition(array))
    if durable:
        sync(path)
    return sha256_of(path)


def _with_checksum(meta: dict[str, Any]) -> bytes:
    """Return the description as JSON, with its own checksum."""
    return json.dumps({**meta, "sha256": _checksum(meta)}, indent=1).encode() + b"\n"


def _checksum(meta: dict[str, Any]) -> str:
    """Return the SHA-256 of the description."""
    return hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()


def _arrays(network: NetworkArrays) -> Arrays:
    """Return the arrays to write, by the names of their files."""
    arrays: Arrays = {name: getattr(network, name) for name in _ARRAYS}
    if not isinstance(network.nodes, NumberedNames):
        nodes = PackedNames.of(network.nodes)
        arrays |= {"nodes_text": nodes.text, "nodes_ends": nodes.ends}
    for name in _GROUPS:
        groups = PackedGroups.of(getattr(network, name))
        arrays |= {f"{name}_text": groups.names.text, f"{name}_names": groups.names.ends, f"{name}_ends": groups.ends}
    if network.flows is not None:
        arrays |= {f"flows_{name}": getattr(network.flows, name) for name in _FLOWS}
    if network.substitutes is not None:
        arrays |= {f"substitutes_{name}": getattr(network.substitutes, name) for name in _SUBSTITUTES}
    return arrays


def _describe_snapshot(network: NetworkArrays) -> dict[str, Any]:
    """Return the description of a snapshot."""
    flows = network.flows
    return {
        "version": VERSION,
        "hash": network.hash,
        "origin": network.origin,
        "nodes": network.entities,
        "flows": None if flows is None else {name: getattr(flows, name) for name in ("merged", "dropped", "other_costs")},
        "arrays": {name: list(array.shape) for name, array in _arrays(network).items()},
    }


def _release_pages(array: npt.NDArray[Any]) -> None:
    """Release the memory of pages that were read for the check: models need only some of them."""
    file: Any = array
    while isinstance(file, np.ndarray):
        file = file.base
    if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)


def _without_repetition(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the first value alone of an array that repeats it by broadcasting, else the array."""
    repeats = array.size > 0 and not any(array.strides)
    return array[(slice(0, 1),) * array.ndim] if repeats else array


def _map_array(path: Path, shape: list[int]) -> npt.NDArray[Any]:
    """Open an array, mapped into memory; one that repeats a value is broadcast to its shape."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (TokenError, SyntaxError, Warning) as error:  # a header that does not parse
        raise ValueError(f"{path.name} does not have the header of an array: {error}") from None
    # As a plain array: slices of numpy.memmap are slow.
    plain = np.asarray(array)
    if list(plain.shape) == shape:
        return plain
    if not all(type(length) is int and 0 <= length <= _MAX_LENGTH for length in shape):
        raise ValueError(f"{path.name} cannot have the shape {shape}")
    return np.broadcast_to(plain, tuple(shape))


def _network(kind: type[N], meta: dict[str, Any], arrays: Arrays) -> N:
    """Build the network from its arrays."""

    def groups(name: str) -> PackedGroups:
        return PackedGroups(PackedNames(arrays[f"{name}_text"], arrays[f"{name}_names"]), arrays[f"{name}_ends"])

    flows = None
    if meta["flows"] is not None:
        money: dict[str, Any] = {name: arrays[f"flows_{name}"] for name in _FLOWS}
        flows = Flows(**money, **meta["flows"])
    substitutes = None
    if "substitutes_slot" in arrays:
        substitutes = Substitutes(*(arrays[f"substitutes_{name}"] for name in _SUBSTITUTES))
    named = "nodes_text" in arrays
    return kind(
        nodes=PackedNames(arrays["nodes_text"], arrays["nodes_ends"]) if named else NumberedNames(int(meta["nodes"])),
        slot_records=groups("slot_records"),
        supply_records=groups("supply_records"),
        origin=str(meta["origin"]),
        flows=flows,
        substitutes=substitutes,
        **{name: arrays[name] for name in _ARRAYS},
    )


def _damaged(path: Path, what: str) -> InvalidData:
    """Return the error of a snapshot that is not what was saved."""
    return InvalidData([Problem(str(path), None, what, "compile the network again and save it")])
