"""Atomic writes: a file or folder is written under a temporary name, synchronised with the disk, and then renamed.

There is one function for each kind of writer:

- :func:`write_all` (and :func:`write_bytes`, :func:`write_stream` for one file) for files that a user names: several are
  written together or not at all, links stay links, and permissions are those of a new file.
- :func:`write_durably` for files inside a store, whose only writer holds the lock: the temporary name is fixed, so that
  the next writer finds the file, and on return the file and its name are on the disk.
- :func:`write_unsynced` for files that can be computed again.
- :func:`temporary_folder` for folders.

A writer holds a lock on its temporary file or folder, which the system releases when the process ends. So the next writer of
the same path recognises abandoned files, and removes them. On systems without such locks nothing is removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from knockon.model.base import digest
from knockon.store.output_paths import check_output_file
from knockon.store.write_errors import write_error

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: The most bytes of a name that becomes part of a temporary name; longer names are replaced by a digest.
_LONGEST_NAME = 200


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file atomically; see ``write_all``."""
    write_all({path: content})


def write_stream(path: Path, content: IO[bytes]) -> None:
    """Write the rest of a stream to a file atomically; see ``write_all``."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes | IO[bytes]]) -> None:
    """Write all of these files or, on any error, none; links stay links, and pipes and devices are written directly.

    After a power failure each file is the old one or the new one, never a part of it.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        A file cannot be written for another reason.
    """
    temporary: list[tuple[Path, Path]] = []
    direct: list[tuple[Path, bytes | IO[bytes]]] = []
    path = Path()
    try:
        with ExitStack() as stack:
            for path, content in files.items():
                check_output_file(path)
                target = path.resolve()
                if target.exists() and not target.is_file():
                    direct.append((target, content))
                else:
                    temporary.append((stack.enter_context(temporary_file(target)), target))
                    with temporary[-1][0].open("wb") as stream:
                        _write_synced(stream, content)
            for path, content in direct:
                with path.open("wb", buffering=0) as stream:
                    _copy_content(stream, content)
            for source, path in temporary:
                source.replace(path)
    except OSError as error:
        raise write_error(path, error) from None


def _write_synced(stream: IO[bytes], content: bytes | IO[bytes]) -> None:
    """Write content, and wait until it is on the disk."""
    _copy_content(stream, content)
    stream.flush()
    os.fsync(stream.fileno())


def _copy_content(stream: IO[bytes], content: bytes | IO[bytes]) -> None:
    if hasattr(content, "read"):
        shutil.copyfileobj(content, stream, 1 << 20)
    else:
        stream.write(content)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file atomically, and wait until the file and its name are on the disk."""
    temporary = path.with_name(path.name + ".new")
    # An existing file was left by a killed writer, or is a link, which must not be followed.
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("xb") as file:
            _write_synced(file, content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_unsynced(path: Path, content: bytes) -> None:
    """Write a file atomically that is not needed, and whose content is checked: it may be lost when the power fails.

    Raises
    ------
    OSError
        It cannot be written.
    """
    with temporary_file(path) as beside:
        beside.write_bytes(content)
        beside.replace(path)


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path, linked: Container[str] = ()) -> None:
    """Wait until the files of a folder, their names and the name of the folder itself are on the disk.

    The content of files that are ``linked``, by their names, is there already: they are links to files that were waited for.
    """
    for path in sorted(folder.iterdir()):
        if path.name not in linked:
            sync(path)
    sync(folder)
    sync(folder.parent)


def create_folder(folder: Path) -> None:
    """Create a folder and its missing parents, and wait until their names are on the disk."""
    missing = []
    ancestor = folder.absolute()
    while not ancestor.exists():
        missing.append(ancestor)
        ancestor = ancestor.parent
    folder.mkdir(parents=True, exist_ok=True)
    for created in reversed(missing):
        sync(created.parent)


@contextmanager
def temporary_file(target: Path) -> Iterator[Path]:
    """Create an empty file beside ``target`` with the permissions of a new file; on exit it is removed unless it was renamed.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    remove_abandoned(target)
    locked = False
    while not locked:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_temporary_prefix(target))
        path = Path(name)
        locked = _lock(handle, path)
    try:
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def temporary_folder(target: Path) -> Iterator[Path]:
    """Create an empty folder beside ``target``; on exit it is removed unless it was renamed.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    remove_abandoned(target)
    handle, locked = None, False
    while not locked:
        path = Path(tempfile.mkdtemp(dir=target.parent, prefix=_temporary_prefix(target)))
        if fcntl is None:
            break
        handle = os.open(path, os.O_RDONLY)
        locked = _lock(handle, path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def abandoned_files(target: Path) -> list[Path]:
    """Return the temporary files and folders that killed writers of ``target`` left behind."""
    with suppress(OSError):
        candidates = [path for path in target.parent.iterdir() if path.name.startswith(_temporary_prefix(target))]
        return sorted(path for path in candidates if not path.is_symlink() and _is_abandoned(path))
    return []


def remove_abandoned(target: Path) -> None:
    """Remove the temporary files that killed writers of ``target`` left behind."""
    for path in abandoned_files(target):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _temporary_prefix(target: Path) -> str:
    name = target.name if len(os.fsencode(target.name)) <= _LONGEST_NAME else digest(target.name)
    return f".{name}.knockon-"


def _lock(handle: int, path: Path) -> bool:
    """Lock a new temporary file; return False and close it if another writer considered it abandoned and removed it."""
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


def _is_abandoned(path: Path) -> bool:
    """Return whether no process holds the lock on a temporary file."""
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
