"""Which files hold data, their limits (forbidden characters, the largest size), and printable paths."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from knockon.errors import InvalidData, NotFound, Problem, UsageError

#: Characters that models refuse too: XML and Turtle cannot represent them, and a lone surrogate has no UTF-8.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The largest size of a file, in bytes.
SIZE_LIMIT = 100_000_000
#: The file that makes a folder a data set.
DATASET_FILE = "dataset.yaml"
TABLES = {".csv", ".tsv", ".txt", ".xlsx"}
ENDINGS = {".yaml", ".yml", ".jsonl", *TABLES}
#: In a folder a .txt file is a note or a licence, not a table.
_IN_FOLDERS = ENDINGS - {".txt"}


#: What to do with a folder of Parquet files.
PARQUET_PARTS = "the Parquet files in it are read one at a time: write them as one file"
#: How deep the folders of partitions are looked into for Parquet files.
_MOST_PARTITIONS = 5
#: How Parquet begins, the second where its columns are encrypted.
_PARQUET_MARKS = (b"PAR1", b"PARE")

#: The byte order marks, those that begin with another one first, and the encodings that they name.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def check_parquet(beginning: bytes, name: str) -> None:
    """Check that a file begins like Parquet: what is none needs no reader of it.

    Raises
    ------
    InvalidData
        It begins otherwise.
    """
    if beginning not in _PARQUET_MARKS:
        raise InvalidData([Problem(name, None, "cannot be read as a Parquet file: it begins otherwise")])


def encoding_of_mark(content: bytes) -> str:
    r"""Return the encoding that the byte order mark at the start of a text names; empty if it has none.

    >>> encoding_of_mark(b"\xff\xfea\0"), encoding_of_mark(b"\xef\xbb\xbfa"), encoding_of_mark(b"a")
    ('utf-16', 'utf-8-sig', '')
    """
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")


def is_data_set(path: Path) -> bool:
    """Return whether a path is a folder with dataset.yaml, or one data file.

    >>> is_data_set(Path("no-such-folder"))
    False
    """
    return (path / DATASET_FILE).is_file() or (path.is_file() and path.suffix.lower() in ENDINGS)


def data_files(folder: Path) -> list[Path]:
    """Return the data files in a folder by name, without dataset.yaml."""
    # Hidden and temporary files of editors, spreadsheets (~$) and file systems are ignored.
    candidates = (
        file for file in folder.iterdir() if file.suffix.lower() in _IN_FOLDERS and not file.name.startswith((".", "~$"))
    )
    return sorted(file for file in candidates if file.name != DATASET_FILE)


def printable_path(path: Path) -> str:
    r"""Return a path in printable form, with unprintable characters escaped.

    >>> printable_path(Path("a\nb.yaml"))
    'a\\nb.yaml'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))


def as_path(name: object) -> Path:
    """Return what somebody gave as the path of a file or folder, which need not exist.

    Raises
    ------
    UsageError
        It cannot be a path: it is not text, is too long, or has a character that no path has.

    Examples
    --------
    >>> as_path("flows.parquet").name
    'flows.parquet'
    >>> as_path(3)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: a path is text or a Path, not int
    """
    if not isinstance(name, str | os.PathLike):
        raise UsageError(f"a path is text or a Path, not {type(name).__name__}")
    try:
        path = Path(name)
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # who reads or writes it says so
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it has a character that no path has"
        raise UsageError(f"{str(name)[:80]!a} cannot be a path: {reason}") from None
    return path


def missing_file(path: Path) -> NotFound | UsageError:
    """Return the error of a path that is not a file: it does not exist, or is a folder."""
    if not path.is_dir():
        return NotFound("file", printable_path(path))
    parts = f"; {PARQUET_PARTS}" if holds_parquet(path) else ""
    return UsageError(f"{printable_path(path)} is a folder; name a file{parts}")


def holds_parquet(folder: Path) -> bool:
    """Return whether a folder holds Parquet files, also in the folders of partitions (``year=2025``)."""
    for _ in range(_MOST_PARTITIONS):
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError:
            return False
        if any(name.endswith(".parquet") for name in names):
            return True
        partition = next((name for name in names if "=" in name), None)
        if partition is None:
            return False
        folder = folder / partition
    return False


def check_readable(path: Path) -> None:
    """Refuse a folder without read permission, and paths inside one."""
    try:
        if path.is_dir():
            with os.scandir(path):
                os.stat(os.path.join(path, os.curdir))  # noqa: PTH116, PTH118 - a Path would leave the last part out
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
