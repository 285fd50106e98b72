"""Snapshots: a network as a folder of arrays that are mapped into memory, not read.

``network.json`` names the version, the hash of the network and of what it was
compiled from, and the SHA-256 of each array and of itself; beside it lies one
``.npy`` file an array. The folder is written beside its place and then moved
there, so that no half of one is ever found; one that a killed process had moved
out of the way is moved back.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.network.flows import Flows
from knockon.network.name_arrays import Grouped, Numbered, Stored
from knockon.network.network_arrays import NetworkArrays
from knockon.network.validate import whole
from knockon.store.atomic_write import abandoned_files, create_folder, sync, temporary_folder, write_durably
from knockon.store.regular_files import read_regular, sha256_of

#: Version 2 had no checksums of files, and its hash left out marks, origin and numbers about flows.
VERSION = 3
META = "network.json"
_GROUPS = ("slot_records", "supply_records")
_ARRAYS = (
    "slot_owner", "slot_need", "weights", "mode", "at_least", "supply_start", "supply_provider", "supply_share",
    "unknown", "disputed", "unstated", "buffer", "delay",
)  # fmt: skip
_FLOWS = tuple(f.name for f in fields(Flows) if f.name not in {"merged", "dropped", "other_costs"})

_NAMES = {
    *_ARRAYS, *(f"flows_{name}" for name in _FLOWS), "nodes_text", "nodes_ends",
    *(f"{group}_{part}" for group in _GROUPS for part in ("text", "names", "ends")),
}  # fmt: skip

#: What a snapshot is called while a new one takes its place.
_OLD = "old"
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Bytes of a description, at most.
_LONGEST_META = 1 << 20
#: One value may be seen so often: row numbers have 32 bits.
_LONGEST = 2**31

#: The class of network that is opened.
N = TypeVar("N", bound=NetworkArrays)
Arrays = dict[str, npt.NDArray[Any]]


def save(network: NetworkArrays, path: Path) -> None:
    """Write a snapshot to a folder that is not there yet, or is a snapshot itself.

    Raises
    ------
    UsageError
        Something else is there, or nothing can be written.
    """
    try:
        _restore(path)
        if path.exists() and not (path / META).is_file():
            raise UsageError(f"{path} exists already and is not a snapshot; nothing was written")
        create_folder(path.parent)
        with temporary_folder(path) as beside:
            files = {name: _written(beside / f"{name}.npy", array) for name, array in _arrays(network).items()}
            write_durably(beside / META, _sealed({**_meta(network), "files": files}))
            _swap(beside, path)
            sync(path.parent)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def open_snapshot(kind: type[N], path: Path) -> N:
    """Open the network of a snapshot folder, mapped into memory, as ``kind``.

    Raises
    ------
    NotFound
        There is no such folder.
    InvalidData
        It is not a snapshot, or of another version, or not what was saved: every file is compared with its checksum.
    """
    try:
        _restore(path)
        if not path.exists():
            raise NotFound("network snapshot", str(path))
        meta = _description(path)
        _compare(path, meta)
        arrays = {name: _mapped(path / f"{name}.npy", shape) for name, shape in meta["arrays"].items()}
        network = _network(kind, meta, arrays)
        sound = whole(network)
        for array in arrays.values():
            _leave(array)
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, MemoryError, RecursionError) as error:
        raise _damaged(path, f"no whole snapshot: {error}") from None
    if not sound:
        raise _damaged(path, "row numbers lead outside their arrays, or numbers outside their range")
    # Of the same files, so of the same network: reading all names and arrays again would say nothing more.
    network.__dict__["hash"] = meta["hash"]
    return network


def _description(path: Path) -> dict[str, Any]:
    """Read ``network.json``: its version first, then its checksum."""
    try:
        meta: dict[str, Any] = json.loads(read_regular(path / META, _LONGEST_META))
        version = meta["version"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _damaged(path / META, f"no whole snapshot: {error}") from None
    if type(version) is not int or version != VERSION:
        raise _damaged(path / META, f"has version {version!r:.40}, this is for version {VERSION}")
    if meta.pop("sha256", None) != _checksum(meta):
        raise _damaged(path / META, "is not what was saved: its checksum is another one")
    sha256, origin, nodes = (meta.get(name) for name in ("hash", "origin", "nodes"))
    if not (isinstance(sha256, str) and _SHA256.fullmatch(sha256) and isinstance(origin, str) and type(nodes) is int):
        raise _damaged(path / META, "has a hash, an origin or a number of nodes that cannot be")
    return meta


def _compare(path: Path, meta: dict[str, Any]) -> None:
    """Compare each array with its checksum; the message names the first that is missing or damaged."""
    if meta["files"].keys() != meta["arrays"].keys() or not meta["files"].keys() <= _NAMES:
        raise _damaged(path / META, "names arrays that no network has")
    for name, checksum in sorted(meta["files"].items()):
        file = path / f"{name}.npy"
        try:
            same = sha256_of(file) == checksum
        except OSError as error:
            raise _damaged(file, f"cannot be read ({error.strerror})") from None
        if not same:
            raise _damaged(file, "is not what was saved: its checksum is another one")


def _written(path: Path, array: npt.NDArray[Any]) -> str:
    """Write an array; its SHA-256. One that is one value seen everywhere is stored as that value."""
    np.save(path, _condensed(array), allow_pickle=False)
    sync(path)
    return sha256_of(path)


def _sealed(meta: dict[str, Any]) -> bytes:
    return json.dumps({**meta, "sha256": _checksum(meta)}, indent=1).encode() + b"\n"


def _checksum(meta: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()


def _arrays(network: NetworkArrays) -> Arrays:
    found: Arrays = {name: getattr(network, name) for name in _ARRAYS}
    if not isinstance(network.nodes, Numbered):
        nodes = Stored.of(network.nodes)
        found |= {"nodes_text": nodes.text, "nodes_ends": nodes.ends}
    for name in _GROUPS:
        groups = Grouped.of(getattr(network, name))
        found |= {f"{name}_text": groups.names.text, f"{name}_names": groups.names.ends, f"{name}_ends": groups.ends}
    if network.flows is not None:
        found |= {f"flows_{name}": getattr(network.flows, name) for name in _FLOWS}
    return found


def _meta(network: NetworkArrays) -> dict[str, Any]:
    flows = network.flows
    return {
        "version": VERSION,
        "hash": network.hash,
        "origin": network.origin,
        "nodes": network.size,
        "flows": None if flows is None else {name: getattr(flows, name) for name in ("merged", "dropped", "other_costs")},
        "arrays": {name: list(array.shape) for name, array in _arrays(network).items()},
    }


def _leave(array: npt.NDArray[Any]) -> None:
    """Let go of the pages that were read to be checked: models need only some of them."""
    file: Any = array
    while isinstance(file, np.ndarray):
        file = file.base
    if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)


def _condensed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    whole = array.size > 0 and not any(array.strides)
    return array[(slice(0, 1),) * array.ndim] if whole else array


def _mapped(path: Path, shape: list[int]) -> npt.NDArray[Any]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (TokenError, SyntaxError, Warning) as error:  # a header that is no Python
        raise ValueError(f"{path.name} has no header of an array: {error}") from None
    # As a plain array: the subclass for files is slow at every slice.
    plain = np.asarray(array)
    if list(plain.shape) == shape:
        return plain
    if not all(type(length) is int and 0 <= length <= _LONGEST for length in shape):
        raise ValueError(f"{path.name} cannot have the shape {shape}")
    return np.broadcast_to(plain, tuple(shape))


def _network(kind: type[N], meta: dict[str, Any], arrays: Arrays) -> N:
    def groups(name: str) -> Grouped:
        return Grouped(Stored(arrays[f"{name}_text"], arrays[f"{name}_names"]), arrays[f"{name}_ends"])

    flows = None
    if meta["flows"] is not None:
        money: dict[str, Any] = {name: arrays[f"flows_{name}"] for name in _FLOWS}
        flows = Flows(**money, **meta["flows"])
    named = "nodes_text" in arrays
    return kind(
        nodes=Stored(arrays["nodes_text"], arrays["nodes_ends"]) if named else Numbered(int(meta["nodes"])),
        slot_records=groups("slot_records"),
        supply_records=groups("supply_records"),
        origin=str(meta["origin"]),
        flows=flows,
        **{name: arrays[name] for name in _ARRAYS},
    )


def _swap(beside: Path, path: Path) -> None:
    """Put a finished folder in place; what was there stays whole until then."""
    beside.chmod(0o755)
    if not path.exists():
        beside.rename(path)
        return
    with temporary_folder(path) as old:
        path.rename(old / _OLD)
        try:
            os.replace(beside, path)  # noqa: PTH105 - the target is free, and replace says so where it is not
        except BaseException:
            (old / _OLD).rename(path)
            raise


def _restore(path: Path) -> None:
    """Move a snapshot back that a process had moved out of the way of a new one before it was killed."""
    if path.exists():
        return
    for old in abandoned_files(path):
        with suppress(OSError):
            (old / _OLD).rename(path)
            return


def _damaged(path: Path, what: str) -> InvalidData:
    return InvalidData([Problem(str(path), None, what, "compile the network again and save it")])
