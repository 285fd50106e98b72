"""A full disk is one error for every writer: a limit (exit 5), in one wording, and nothing is left of what was begun."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.cli import run
from knockon.errors import LimitReached, UsageError
from knockon.network import Network
from knockon.network.tables import open_tables, write_tables
from knockon.propagation.engines import engine
from knockon.store.atomic_write import write_bytes
from knockon.store.write_errors import temporary_error, write_error
from knockon.synthetic import generate_country
from support.small_disk import filler, small_disk

RANDOM = np.random.default_rng(2)
FIRMS = 3_000
NETWORK = Network.from_flows(np.zeros(FIRMS - 1, int), np.arange(1, FIRMS), RANDOM.random(FIRMS - 1))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    with small_disk(tmp_path / "disk") as place:
        yield place


def write_rows(path: Path) -> None:
    """The losses of a shock, by DuckDB; tables and temporary files are on another disk."""
    write_tables(NETWORK, path.parents[1] / "tables")
    with engine("duckdb", memory="500MB", spill=path.parents[1]) as running:
        running.run("reach", open_tables(path.parents[1] / "tables"), [0], rows_to=path)


WRITERS: dict[str, Callable[[Path], Any]] = {
    "file": lambda path: write_bytes(path, bytes(200_000)),
    "tables": lambda path: write_tables(NETWORK, path),
    "snapshot": NETWORK.save,
    "country": lambda path: generate_country(path, 300, 1),
    "country in Parquet": lambda path: generate_country(path, 3_000, 1, tables="parquet"),
    "rows": write_rows,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_is_a_limit(disk: Path, writer: str) -> None:
    """Whether it is full from the start or in the middle of a file; the same works once there is space."""
    for left in (0, 4096, 16_384):
        file = filler(disk, left)
        with pytest.raises(LimitReached, match=r"the disk of .*/out is full: nothing was written; free some space"):
            WRITERS[writer](disk / "out")
        assert {path.name for path in disk.iterdir()} <= {"filler", "out"} if writer == "rows" else {"filler"}
        file.unlink()
        (disk / "out").unlink(missing_ok=True)
    WRITERS[writer](disk / "out")
    assert (disk / "out").exists()


def test_the_commands_exit_with_the_code_of_a_limit(disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """rank, generate and an answer with -o."""
    table = tmp_path / "flows.csv"
    table.write_text("supplier,customer,value\n" + "".join(f"a{n},b{n},1\n" for n in range(300)))
    filler(disk, 0)
    for arguments in (
        ["rank", str(table), "-o", str(disk / "out.csv")],
        ["rank", str(table), "-o", str(disk / "out.parquet")],
        ["generate", "country", "--out", str(disk / "country"), "--firms", "300"],
        ["impact", "--hit", "asml=high", "--store", "chips", "-f", "json", "-o", str(disk / "out.json")],
    ):
        assert run(arguments) == 5, arguments
        assert "is full" in capsys.readouterr().err
        assert {path.name for path in disk.iterdir()} == {"filler"}


@pytest.mark.parametrize(
    ("error", "expected", "message"),
    [
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), LimitReached, "the disk quota is used up where out is: nothing"),
        (OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space"), LimitReached, "the disk of out is"),
        (OSError(errno.EFBIG, "Error writing bytes to file. Detail: [errno 27] File"), UsageError, "out: File too large$"),
        (OSError("IO error: No space left on device: While appending"), LimitReached, "the disk of out is full"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), UsageError, "cannot write out: Permission denied$"),
        (OSError("what a library says"), UsageError, "cannot write out: what a library says$"),
    ],
    ids=str,
)
def test_what_a_disk_refuses_is_one_wording(error: OSError, expected: type[Exception], message: str) -> None:
    """With a number, with one in the text of Arrow, or with words alone; of temporary files too."""
    with pytest.raises(expected, match=message):
        raise write_error("out", error)
    with pytest.raises(expected, match=r"temporary file.*TMPDIR"):
        raise temporary_error(error, "out")
