"""Send a compiled network to the Python workers of Spark, each of which maps it into memory.

The snapshot's files are sent once to each executor. A worker makes a folder of
them, and opening it checks every file against its checksum. What computes must
be the same program everywhere, or numbers would depend on who computed them:
workers compare versions, and the code of the models, with those of the sender.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import socket
import sys
import tempfile
import uuid
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from knockon.errors import UsageError
from knockon.network.network import Network

if TYPE_CHECKING:
    from knockon.propagation.engines.spark_session import Session

#: The parts of the package that compute losses from networks.
_COMPUTING = ("network", "propagation", "analysis/rank")


class Programs(NamedTuple):
    """What computes: versions, and a digest of the code of the models."""

    knockon: str
    code: str
    python: str
    numpy: str
    scipy: str
    numba: str
    machine: str


class SentNetwork(NamedTuple):
    """A network for the workers of a run: its hash, where they find it, and what computes at the sender.

    ``folder`` is the snapshot, where workers run on this machine; else empty, and ``files`` are the names of what was sent.
    """

    network: str
    folder: str
    files: tuple[str, ...]
    programs: Programs


@cache
def programs() -> Programs:
    """Return what computes in this process."""
    package = Path(__file__).resolve().parents[2]
    code = hashlib.sha256()
    for part in _COMPUTING:
        for path in sorted((package / part).rglob("*.py")):
            code.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return Programs(
        knockon=_version("knockon"),
        code=code.hexdigest(),
        python=".".join(map(str, sys.version_info[:2])),
        numpy=_version("numpy"),
        scipy=_version("scipy"),
        numba=_version("numba"),
        machine=platform.machine(),
    )


def _version(name: str) -> str:
    """Return the version of a package; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def send_network(session: Session, network: Network) -> SentNetwork:
    """Send a network to every executor of a session that will ask for it.

    Parameters
    ----------
    session
        The running Spark.
    network
        The compiled network; it is written to the temporary folder first.

    Returns
    -------
    SentNetwork
        What a worker opens it with; it can be pickled.
    """
    run = uuid.uuid4().hex
    if session.is_one_process:
        folder = session.folder / f"network-{run}"
        network.save(folder)
        return SentNetwork(network.hash, str(folder), (), programs())
    from pyspark import SparkFiles

    # Executors that start later fetch all files of the context, so that these must stay as long as it does. They are sent
    # under their own names, into one folder for all of a context.
    folder = Path(SparkFiles.getRootDirectory()) / f"sent-{run}"
    network.save(folder)
    files = []
    for path in sorted(folder.iterdir()):
        named = path.with_name(f"knockon-{run}-{path.name}")
        path.rename(named)
        session.context.addFile(str(named))
        files.append(named.name)
    return SentNetwork(network.hash, "", tuple(files), programs())


@lru_cache(maxsize=1)
def open_sent(sent: SentNetwork) -> Network:
    """Open, in a worker, a network that was sent; the worker keeps it for its next tasks.

    Raises
    ------
    UsageError
        The worker runs other versions or other code than the sender.
    InvalidData
        A file is missing or is not what was sent.
    """
    _check_programs(sent.programs)
    folder = Path(sent.folder) if sent.folder else _gathered(sent.files)
    network = Network.open(folder)
    if network.hash != sent.network:
        raise UsageError(f"{folder} on {socket.gethostname()} holds another network than the one that was sent")
    return network


def _check_programs(wanted: Programs) -> None:
    """Refuse to compute with other versions than the sender has."""
    own = programs()
    for name, here, there in zip(Programs._fields, own, wanted, strict=True):
        if here != there:
            names = {"code": "the code of knockon", "machine": "the processor"}
            what = names.get(name, name)
            shown = (here[:12] or "none", there[:12] or "none")
            raise UsageError(
                f"{what} is {shown[0]} in the Python of the worker on {socket.gethostname()}, and {shown[1]} where the run was "
                "started: install the same versions on all machines, or send the environment with --archives"
            )


def _gathered(files: tuple[str, ...]) -> Path:
    """Return a snapshot folder of files that were sent; workers of one machine may make it at the same time."""
    from pyspark import SparkFiles

    root = Path(SparkFiles.getRootDirectory())
    folder = root / files[0].rpartition("-")[0]
    if folder.exists():
        return folder
    beside = Path(tempfile.mkdtemp(dir=root))
    try:
        for name in files:
            own_name = name.rpartition("-")[2]
            # The same file under another name, without a copy where the file system can do that.
            try:
                os.link(root / name, beside / own_name)
            except FileNotFoundError:
                continue  # opening names what is missing
            except OSError:
                shutil.copyfile(root / name, beside / own_name)
        try:
            beside.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


__all__ = ["Programs", "SentNetwork", "open_sent", "programs", "send_network"]
