"""Compiled networks that a store folder keeps: mapped into memory instead of compiled again.

A kept network is a snapshot with ``compiled.json``, what was decided about its records, and the order of its records by name,
so that the row of one is found without going through all. See store/kept.py for when it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from knockon.errors import KnockonError
from knockon.network.array_files import write_array
from knockon.network.compile import Compiled
from knockon.network.name_arrays import PackedGroups, PackedIndex, PackedNames
from knockon.network.network import Network
from knockon.network.planned import SlotPlan
from knockon.network.snapshot import META, open_snapshot, write_snapshot
from knockon.network.validate import is_valid
from knockon.store.atomic_write import temporary_folder
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.regular_files import read_regular, sha256_of
from knockon.store.replaced_folder import move_into_place

_PREFIX, _COMPILED, _ORDERS = "network-", "compiled.json", ("slot", "supply")
#: The parts of the package that determine what is compiled.
_PROGRAM = ("model", "network", "rdf", "store")
#: A smaller network is compiled in less time than it takes to keep it.
LEAST_SLOTS = 1000
#: The most networks of a revision that are kept, and the most bytes of all but the newest.
MOST_NETWORKS, MOST_BYTES = 12, 1 << 30
#: The largest description, in bytes.
_LONGEST = 1 << 30
#: What was decided, by the names of the fields of ``Compiled``.
_DECIDED = ("left_out", "scaled", "completed", "met_by_provisions", "periods", "incomplete_periods")


class KeptNetworks:
    """The compiled networks that are kept for one revision.

    Parameters
    ----------
    files
        The kept files of the revision.
    """

    def __init__(self, files: KeptFiles) -> None:
        self._files = files

    def compiled(self, key: Mapping[str, Any], compile_anew: Callable[[], Compiled]) -> Compiled:
        """Return a compiled network, kept or compiled anew and then kept, where that pays and the folder can be written.

        Parameters
        ----------
        key
            What the network depends on beside the revision, as values of JSON.
        compile_anew
            Compiles it.
        """
        program = program_digest(*_PROGRAM)
        if program is None:
            return compile_anew()
        digest = hashlib.sha256(json.dumps([program, key], sort_keys=True).encode()).hexdigest()
        own = f"{_PREFIX}{program[:12]}-"
        path = self._files.folder / f"{own}{digest[:32]}"
        if (kept := self._open(path, compile_anew)) is not None:
            return kept
        compiled = compile_anew()
        if compiled.network.slots >= LEAST_SLOTS:
            with suppress(OSError):
                self._write(path, compiled)
                self._sweep(own)
                # As it was kept it is mapped into memory, and rows are found without an index of all.
                return self._open(path, compile_anew) or compiled
        return compiled

    def _open(self, path: Path, compile_anew: Callable[[], Compiled]) -> Compiled | None:
        """Return the network in a folder; None if a file of it is damaged or missing, or the folder may not be read."""
        verified = self._files.verified
        try:
            document = json.loads(read_regular(path / _COMPILED, _LONGEST))
            decided, orders = document["decided"], document["orders"]
            if document["sha256"] != _checksum([decided, orders]):
                return None
            every: dict[str, Any] = {}
            for name in _ORDERS:
                file = path / f"{name}_order.npy"
                if not verified.matches(file, orders[name]):
                    return None
                every[name] = np.load(file, mmap_mode="r", allow_pickle=False)
            described = _checksum([document["sha256"], sha256_of(path / META)])

            def check(network: Network) -> bool:
                return verified.is_valid(path / _COMPILED, described, lambda: is_valid(network) and _are_orders(every))

            network = open_snapshot(Network, path, verified.matches, check)
            for name, order in every.items():
                _index(network, name, order)
            if not isinstance(network.nodes, PackedNames):
                return None
            network.__dict__["index"] = PackedIndex(network.nodes)
            decided["met_by_provisions"] = tuple(decided["met_by_provisions"])

            def plans() -> tuple[SlotPlan, ...]:
                return compile_anew().plans

            compiled = Compiled(network, **decided, make_plans=plans)
        except (KnockonError, OSError, EOFError, ValueError, LookupError, TypeError, RecursionError):
            return None
        verified.save()
        with suppress(OSError):
            os.utime(path)  # the networks that were used last stay
        return compiled

    def _write(self, path: Path, compiled: Compiled) -> None:
        """Keep a network, and remove those that were not used for the longest time beyond the limits."""
        self._files.folder.mkdir(exist_ok=True)
        with temporary_folder(path) as beside:
            write_snapshot(compiled.network, beside, durable=False)
            orders = {}
            for name in _ORDERS:
                file = beside / f"{name}_order.npy"
                names = list(PackedGroups.of(getattr(compiled.network, f"{name}_records")).names)
                order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
                write_array(file, order)
                orders[name] = sha256_of(file)
            decided = {name: getattr(compiled, name) for name in _DECIDED}
            content = {"decided": decided, "orders": orders, "sha256": _checksum([decided, orders])}
            (beside / _COMPILED).write_text(json.dumps(content), "utf-8")
            move_into_place(beside, path)
        self._remember(path, orders)
        self._limit()

    def _remember(self, path: Path, orders: Mapping[str, str]) -> None:
        """Remember the checksums of the files of a network that was just written, so that they are not read for that."""
        files = json.loads(read_regular(path / META, _LONGEST))["files"] | {f"{name}_order": orders[name] for name in orders}
        for name, checksum in files.items():
            self._files.verified.written(path / f"{name}.npy", checksum)

    def _sweep(self, own: str) -> None:
        """Remove the networks that other versions of the program compiled: this one never opens them."""
        for path in self._files.folder.glob(f"{_PREFIX}*"):
            if path.is_dir() and not path.name.startswith(own):
                shutil.rmtree(path, ignore_errors=True)

    def _limit(self) -> None:
        folders = [path for path in self._files.folder.glob(f"{_PREFIX}*") if path.is_dir()]
        folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        total = 0
        for place, path in enumerate(folders):
            total += sum(file.stat().st_size for file in path.iterdir())
            if place and (place >= MOST_NETWORKS or total > MOST_BYTES):
                # Who reads it goes on reading it, where the system allows to remove it.
                shutil.rmtree(path, ignore_errors=True)


def _index(network: Network, name: str, order: Any) -> None:
    """Let the records of slots or supplies be found by their order, which must be one."""
    groups = getattr(network, f"{name}_records")
    if not isinstance(groups, PackedGroups) or order.dtype != np.int64 or order.shape != (len(groups.names),):
        raise ValueError(f"the order of the records of each {name} is not one")
    network.__dict__[f"{name}_index"] = PackedIndex(groups.names, np.asarray(order), np.asarray(groups.ends))


def _are_orders(orders: Mapping[str, Any]) -> bool:
    """Return whether orders lead to no row outside of their own length."""
    return all(not len(order) or (order.min() >= 0 and order.max() < len(order)) for order in orders.values())


def _checksum(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


__all__ = ["KeptNetworks"]
