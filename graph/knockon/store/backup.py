"""Copy a store folder while other processes read and change it: one revision as it was at one moment, each file compared."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from knockon.errors import LimitReached, UsageError
from knockon.store.archive import check_source, source_path
from knockon.store.atomic_write import sync, sync_folder, temporary_folder
from knockon.store.database import database_path
from knockon.store.disk_space import free_bytes
from knockon.store.folder import FolderStore, require
from knockon.store.invalid_store import InvalidStore
from knockon.store.locking import write_lock
from knockon.store.markers import POINTER, is_store
from knockon.store.output_paths import check_output_folder
from knockon.store.pointer import FORMAT, Pointer, read_pointer, write_pointer
from knockon.store.regular_files import open_regular
from knockon.store.replaced_folder import move_into_place, restore
from knockon.store.verified_files import VerifiedFiles
from knockon.store.write_errors import disk_error, full_disk_message, is_full
from knockon.text import format_bytes

#: How often the files of a store are looked for again, where a change removed one before it was opened.
_ATTEMPTS = 100
#: How many bytes are copied at once.
_BLOCK = 1 << 20
#: Open files that the process has besides those of the store.
_OTHER_FILES = 128


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup copied.

    Attributes
    ----------
    store
        The folder of the store.
    folder
        The folder of the copy, which is a store itself.
    revision
        The number of its current revision.
    earlier
        How many earlier revisions it has.
    records
        The number of records of its data sets.
    files
        How many files were copied and compared with their checksums.
    bytes
        Their size in bytes.
    """

    store: str
    folder: str
    revision: int
    earlier: int
    records: int
    files: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


def back_up(
    store: FolderStore, target: Path, *, replace: bool = False, progress: Callable[[int, int], None] | None = None
) -> BackupReport:
    """Copy a store folder as it is at one moment; the copy appears whole or not at all.

    All files of the current revision and of the earlier ones are opened before the first is copied. So a change that another
    process makes meanwhile, and the files that it removes, do not matter, and nobody waits. What is kept to answer sooner
    (``kept/``) is not copied: the first question makes it anew.

    Parameters
    ----------
    store
        A store folder.
    target
        A folder that does not exist, or an empty one.
    replace
        Also replace a store at ``target``, which stays complete until then.
    progress
        Called with the bytes that are copied, and the bytes in all.

    Raises
    ------
    NotFound
        Nothing was loaded into the store.
    InvalidStore
        A file of the store is damaged or missing: there is no copy.
    UsageError
        Something else is at ``target``, or it cannot be written.
    StoreBusy
        Another process is writing to the store that is to be replaced.
    LimitReached
        The disk is full, or the system does not allow to open so many files.
    """
    show = progress or (lambda _done, _every: None)
    folder = require(store).folder
    _check_target(folder, target, replace=replace)
    with ExitStack() as stack:
        pointer, files = stack.enter_context(_opened(folder))
        size = sum(os.fstat(file.fileno()).st_size for _, _, file in files)
        with _disk_errors(target, size):
            restore(target)
            with temporary_folder(target) as beside:
                _copy(folder, files, beside, size, show)
                _check_sources(folder, beside, pointer)
                write_pointer(beside, pointer)
                if is_store(target):
                    stack.enter_context(write_lock(target))
                elif target.is_dir():
                    target.rmdir()
                move_into_place(beside, target)
                sync(target.absolute().parent)
    current = pointer.revisions[0]
    return BackupReport(
        str(folder), str(target), current.number, len(pointer.revisions) - 1, current.records, len(files) + 1, size
    )


def _check_target(folder: Path, target: Path, *, replace: bool) -> None:
    """Refuse a target that is, contains or is inside of the store, or that has something else in it."""
    check_output_folder(target)
    store, place = folder.resolve(), target.resolve()
    if place == store or store in place.parents or place in store.parents:
        raise UsageError(f"{target} and the store {folder} are in each other; name a folder outside of the store")
    if not os.path.lexists(target) or (target.is_dir() and not target.is_symlink() and not any(target.iterdir())):
        return
    if not (target.is_dir() and is_store(target)):
        raise UsageError(f"{target} exists already and is not a store of Knock-on; name a new folder")
    if not replace:
        raise UsageError(f"{target} is a store already; --replace replaces it, or name a new folder")


#: A file of a store: its path in the folder, its SHA-256 (empty: the archive compares its text), and the file, open.
_OpenFile = tuple[Path, str, BufferedReader]


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Pointer, list[_OpenFile]]]:
    """Open all files that the pointer file lists, at a moment when it lists all of them."""
    for _ in range(_ATTEMPTS):
        with ExitStack() as stack:
            pointer = _current_pointer(folder)
            listed = list(_listed(folder, pointer))
            _allow_open_files(len(listed) + _OTHER_FILES)
            try:
                files = [(path, checksum, _open(stack, path)) for path, checksum in listed]
            except FileNotFoundError as error:
                if read_pointer(folder) == pointer:
                    raise InvalidStore.unread(Path(error.filename), error) from None
                continue
            yield pointer, files
            return
    raise LimitReached(f"{folder} changed {_ATTEMPTS} times while its files were being opened; try again")


def _current_pointer(folder: Path) -> Pointer:
    """Return the content of the pointer file of a store that has data, in the current format."""
    pointer = read_pointer(folder)
    if pointer is None or pointer.database is None:
        raise InvalidStore(folder / POINTER)
    if pointer.format != FORMAT:
        raise UsageError(
            f"{folder} is of format {pointer.format}, without checksums; any change converts it, e.g. `knockon load`"
        )
    return pointer


def _listed(folder: Path, pointer: Pointer) -> Iterator[tuple[Path, str]]:
    """Yield the path and the checksum of each file but the pointer file itself."""
    if pointer.database is not None:
        for name, checksum in sorted(pointer.database.files.items()):
            yield database_path(folder, pointer.database) / name, checksum
    for source in dict.fromkeys(data_set.source for data_set in pointer.sources):
        yield source_path(folder, source), ""


def _allow_open_files(count: int) -> None:
    """Raise the limit on open files of this process, as far as the system allows; opening says where that is not enough."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        most = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _open(stack: ExitStack, path: Path) -> BufferedReader:
    try:
        return stack.enter_context(open_regular(path))
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise LimitReached(f"{path} cannot be opened: too many open files; raise the limit (`ulimit -n`)") from None
        raise InvalidStore.unread(path, error) from None


def _copy(folder: Path, files: list[_OpenFile], beside: Path, size: int, show: Callable[[int, int], None]) -> None:
    """Copy open files into a new folder, compare those that have a checksum, and wait until they are on the disk."""
    if (free := free_bytes(beside)) is not None and free < size:
        raise OSError(errno.ENOSPC, "too little space", str(beside))
    done = 0
    for path, checksum, file in files:
        copy = beside / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        seen = hashlib.sha256()
        with copy.open("xb") as stream:
            while block := file.read(_BLOCK):
                seen.update(block)
                stream.write(block)
                done += len(block)
                show(done, size)
        if checksum and seen.hexdigest() != checksum:
            raise InvalidStore(path)
    for place in sorted({(beside / path.relative_to(folder)).parent for path, _, _ in files}):
        sync_folder(place)


def _check_sources(folder: Path, beside: Path, pointer: Pointer) -> None:
    """Compare the data sets in the copy with their checksums; the message names the file of the store."""
    for stored in {data_set.source: data_set for data_set in pointer.sources}.values():
        try:
            check_source(beside, stored, VerifiedFiles(beside / "nothing-is-verified"))
        except InvalidStore as error:
            raise InvalidStore(source_path(folder, stored.source)) from error


@contextmanager
def _disk_errors(target: Path, size: int) -> Iterator[None]:
    """Say of an error of the disk that nothing was written."""
    try:
        yield
    except OSError as error:
        number, reason = disk_error(error)
        if is_full(number):
            need = f"the backup takes {format_bytes(size)}"
            raise LimitReached(f"{full_disk_message(target.absolute().parent, number)}: nothing was written ({need})") from None
        raise UsageError(f"cannot write {target}: {reason}; nothing was written") from None
