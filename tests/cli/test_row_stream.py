"""Many rows are written while they are computed, as the same bytes as few, and whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.analysis import context
from knockon.cli import row_stream, spool
from knockon.present.tables import tables
from support.short_form import some_of

Run = Callable[..., Any]
_ALL = ("impact", "--all", "--as-of", "all")


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of one shock, parts of two rows, and no answer that stays in memory."""
    monkeypatch.setattr(context, "BLOCK", 1)
    monkeypatch.setattr(tables, "_PART", 2)
    monkeypatch.setattr(spool, "SMALL", 10)


@pytest.mark.parametrize("form", some_of(["csv", "json", "table", "jsonl", "md"], 2))
def test_parts_are_the_bytes_of_the_whole(knockon: Run, form: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """An answer in parts is that in one piece, on standard output and in a file."""
    whole = knockon(*_ALL, "-f", form)
    request.getfixturevalue("in_parts")
    parts = knockon(*_ALL, "-f", form)
    assert (parts.code, parts.out, parts.err) == (0, whole.out, whole.err)
    file = tmp_path / f"all.{form}"
    done = knockon(*_ALL, "-f", form, "-o", str(file))
    assert done.code == 0
    assert f"wrote {file}" in done.err
    assert file.read_text() == whole.out


def test_no_shocks_are_an_empty_list(knockon: Run, tmp_path: Path, in_parts: None) -> None:
    """JSON of no rows is a list of none, CSV a header."""
    (tmp_path / "c.csv").write_text("id,class,label\na,Company,A\n")
    done = knockon("impact", "--all", "--store", str(tmp_path / "c.csv"), "-f", "json")
    assert (done.code, done.json) == (0, [])
    done = knockon("impact", "--all", "--store", str(tmp_path / "c.csv"))
    assert done.out.splitlines() == ["shock,entity,shock_id,id,label,class,loss,loss_low,loss_high,step,dependency,provider"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--sort", "-loss"), "cannot be sorted"),
        (("-f", "md"), "are too many for md"),
        (("-f", "xlsx"), "are too many for xlsx"),
    ],
)
def test_too_many_rows_to_hold(
    knockon: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    """Where all rows are needed at once there is a limit: exit 5, its message, and no file."""
    monkeypatch.setattr(row_stream, "MOST_ROWS", 3)
    file = tmp_path / ("all.csv" if "-f" not in options else f"all.{options[1]}")
    done = knockon(*_ALL, *options, "-o", str(file))
    assert done.code == 5
    assert f"more than 3 rows {message}" in done.err
    assert not file.exists()


def test_a_temporary_file_that_cannot_be_written(knockon: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full temporary folder is a message that names the way out."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    done = knockon(*_ALL)
    assert done.code == 5
    assert "is full: a temporary file cannot be written; name another folder for it with TMPDIR" in done.err
