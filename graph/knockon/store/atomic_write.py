"""Atomic writes: a file or folder is written beside its place, reaches the disk, and is then moved there.

There is one way for each kind of writer:

- :func:`write_all` (and :func:`write_bytes`, :func:`write_stream` for one file) for files that a user names: several change
  together or not at all, links stay links, and permissions are those of a new file.
- :func:`write_durably` for files inside a store, whose one writer holds its lock: the name of the half-written file is
  fixed, so that the next writer finds it, and on return the file and its name are on the disk.
- :func:`folder_beside` for folders.

Whoever writes a file or folder beside its place holds a lock on it, which the system lets go of when the process ends: so the
next writer of the same place knows what nobody will finish, and removes it. Where the system has no such locks, nothing is
removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from knockon.errors import UsageError
from knockon.model.base import digest
from knockon.store.output_paths import check_output_file

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Bytes of a name that still leave room for what is put around it.
_LONGEST_NAME = 200


def write_bytes(path: Path, content: bytes) -> None:
    """A file, whole or not at all; see ``write_all``."""
    write_all({path: content})


def write_stream(path: Path, content: IO[bytes]) -> None:
    """A file with what a stream has from its present place on, whole or not at all; see ``write_all``."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes | IO[bytes]]) -> None:
    """All of these files or, on any error, none; links stay links, and what is no file, such as a pipe, is written into.

    A loss of power leaves the old file or the new one, too. Where it takes back a new one, the command can be given again.

    Raises
    ------
    UsageError
        One of them cannot be written.
    """
    ready: list[tuple[Path, Path]] = []
    into: list[tuple[Path, bytes | IO[bytes]]] = []
    path = Path()
    try:
        with ExitStack() as written:
            for path, content in files.items():
                check_output_file(path)
                target = path.resolve()
                if target.exists() and not target.is_file():
                    into.append((target, content))
                else:
                    ready.append((written.enter_context(file_beside(target)), target))
                    with ready[-1][0].open("wb") as stream:
                        _write_synced(stream, content)
            for path, content in into:
                with path.open("wb", buffering=0) as stream:
                    _put(stream, content)
            for beside, path in ready:
                beside.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def _write_synced(stream: IO[bytes], content: bytes | IO[bytes]) -> None:
    """Write content and return once it is on the disk."""
    _put(stream, content)
    stream.flush()
    os.fsync(stream.fileno())


def _put(stream: IO[bytes], content: bytes | IO[bytes]) -> None:
    if hasattr(content, "read"):
        shutil.copyfileobj(content, stream, 1 << 20)
    else:
        stream.write(content)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and return once it and its name are on the disk."""
    beside = path.with_name(path.name + ".new")
    # What is there is the leaving of a writer that was killed, or a link that must not be followed.
    beside.unlink(missing_ok=True)
    try:
        with beside.open("xb") as file:
            _write_synced(file, content)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the files of a folder, their names and the name of the folder itself are on the disk."""
    for path in sorted(folder.iterdir()):
        sync(path)
    sync(folder)
    sync(folder.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, and return once their names are on the disk."""
    missing = []
    place = folder.absolute()
    while not place.exists():
        missing.append(place)
        place = place.parent
    folder.mkdir(parents=True, exist_ok=True)
    for one in reversed(missing):
        sync(one.parent)


@contextmanager
def file_beside(target: Path) -> Iterator[Path]:
    """Make an empty file in the folder of ``target``, with the permissions of a new one; at the end it is gone if still there.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    sweep_beside(target)
    held = False
    while not held:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target))
        path = Path(name)
        held = _hold(handle, path)
    try:
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Make an empty folder in the folder of ``target``; at the end it is gone if it is still there.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    sweep_beside(target)
    handle, held = None, False
    while not held:
        path = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target)))
        if fcntl is None:
            break
        handle = os.open(path, os.O_RDONLY)
        held = _hold(handle, path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def abandoned_beside(target: Path) -> list[Path]:
    """Return what writers of ``target`` that were killed have left beside it."""
    with suppress(OSError):
        found = [path for path in target.parent.iterdir() if path.name.startswith(_prefix(target))]
        return sorted(path for path in found if not path.is_symlink() and _abandoned(path))
    return []


def sweep_beside(target: Path) -> None:
    """Remove the temporary files that killed writers of ``target`` left behind."""
    for path in abandoned_beside(target):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _prefix(target: Path) -> str:
    name = target.name if len(os.fsencode(target.name)) <= _LONGEST_NAME else digest(target.name)
    return f".{name}.knockon-"


def _hold(handle: int, path: Path) -> bool:
    """Lock what was just made; False, and closed, if another writer took it for abandoned in between."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    except OSError:  # a file system without locks
        return True
    if path.exists():
        return True
    os.close(handle)
    return False


def _abandoned(path: Path) -> bool:
    """Return whether no process holds the lock."""
    if fcntl is None:
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)
