"""Where Spark writes a result: a folder that is there as a whole, verified, or not at all.

Spark writes the files of a table one by one into the folder that it was given, so that a driver which is killed leaves some of
them there, under the name of the result. Here they are written beside it, read back as checkpoints are, and the folder gets
its name at the end, in one step.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from knockon.errors import EngineFailed, UsageError
from knockon.store.atomic_write import temporary_folder
from knockon.store.write_errors import disk_error, full_disk_message, is_full

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from knockon.propagation.engines.spark_checkpoint import Checkpoints
    from knockon.propagation.engines.spark_session import Session


class Outputs(NamedTuple):
    """Where a run writes losses beside what it returns.

    Attributes
    ----------
    folder
        The address of the folder for one table of all losses; None: there is none.
    rows
        The file of this machine for the losses of one shock; None: there is none.
    """

    folder: str | None = None
    rows: Path | None = None


def check_output(session: Session, path: str) -> str:
    """Return the address of a new folder for a result: a path of this machine, or that of another file system.

    Parameters
    ----------
    session
        The running Spark.
    path
        What the user named.

    Raises
    ------
    UsageError
        Something is at that path already, its parent is missing, or Spark would take it for a pattern.
    """
    here = _folder_of(session, path)
    if here is not None:
        if here.exists() or here.is_symlink():
            raise UsageError(f"{path} exists already; nothing was computed")
        if not here.parent.is_dir():
            raise UsageError(f"cannot write {path}: there is no folder {here.parent}; nothing was computed")
        return path
    url = path if "://" in path else f"file://{Path(path).absolute()}"
    if any(character in url for character in "{}*?[]\\"):
        raise UsageError(f"Spark cannot write to {path}: choose a folder without brackets, *, ? and \\ in its name")
    system, place = session.file_system(url)
    if system.exists(place):
        raise UsageError(f"{path} exists already; nothing was computed")
    return url


def write_output(checkpoints: Checkpoints, table: DataFrame, output: str) -> None:
    """Write a table into a new folder of its own, verified; where that fails, or is cut off, there is no such folder.

    Parameters
    ----------
    checkpoints
        Those of the run: a result is verified as they are.
    table
        The table.
    output
        What :func:`check_output` returned.

    Raises
    ------
    EngineFailed
        Rows were lost on their way, or the folder cannot get its name.
    """
    session, here = checkpoints.session, _folder_of(checkpoints.session, output)
    if here is None:
        _write_elsewhere(checkpoints, table, output)
        return
    try:
        # Those of runs that were killed are removed as a new one is created.
        with temporary_folder(here) as partial:
            # A link, since Spark takes some characters of a path for a pattern.
            link = session.folder / f"output-{uuid.uuid4().hex}"
            link.symlink_to(partial)
            checkpoints.verified(table, f"{session.work}/{link.name}/table", f"the table {output}")
            (partial / "table").rename(here)
    except OSError as error:
        number, reason = disk_error(error)
        what = full_disk_message(output, number) if is_full(number) else f"cannot write {output}: {reason}"
        raise EngineFailed(f"{what}; there is no result") from None


def _write_elsewhere(checkpoints: Checkpoints, table: DataFrame, url: str) -> None:
    """Write into a hidden folder beside the one asked for, on a file system that several machines see, and rename it."""
    session = checkpoints.session
    parent, _, name = url.rstrip("/").rpartition("/")
    partial = f"{parent}/.{name}.{uuid.uuid4().hex}"
    try:
        checkpoints.verified(table, partial, f"the table {url}")
        system, place = session.file_system(partial)
        _, target = session.file_system(url)
        # Hadoop moves a folder into one that exists.
        if system.exists(target) or not system.rename(place, target):
            raise EngineFailed(f"cannot write {url}: something else was written there meanwhile; there is no result")
    finally:
        session.remove(partial)


def _folder_of(session: Session, path: str) -> Path | None:
    """Return the folder of this machine that a path names; None where other machines, or another file system, write it."""
    return Path(path).absolute() if session.is_local and "://" not in path else None


__all__ = ["Outputs", "check_output", "write_output"]
