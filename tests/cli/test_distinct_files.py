"""No call overwrites what it reads, or writes two answers to one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
FLOWS = "supplier,customer,value\none,one,150\none,two,500\ntwo,one,200\ntwo,two,100\n"
DEMAND = "firm,final_demand\none,350\ntwo,1700\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A table of industries with its final demand, and a link to the latter."""
    (tmp_path / "flows.csv").write_text(FLOWS)
    (tmp_path / "demand.csv").write_text(DEMAND)
    (tmp_path / "link.html").symlink_to("demand.csv")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "flows.csv"), "-o flows.csv: this call reads that file"),
        (("-o", "demand.csv"), "-o demand.csv: this call reads that file"),
        (("--page", "link.html"), "--page link.html: this call reads that file"),
        (("-o", "a.html", "--page", "./a.html", "-f", "csv"), "-o and --page are the same file"),
    ],
    ids=["table", "final demand", "link", "twice"],
)
def test_a_call_that_would_overwrite_is_refused(knockon: Run, tables: Path, options: tuple[str, ...], message: str) -> None:
    """Before anything is computed or written, directly or through a link."""
    done = knockon("price", "flows.csv", "--firms", "demand.csv", "--cost", "one=0.1", *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert (tables / "flows.csv").read_text() == FLOWS
    assert (tables / "demand.csv").read_text() == DEMAND
    assert not (tables / "a.html").exists()


def test_rejects_go_to_no_file_that_is_read(knockon: Run, tables: Path) -> None:
    """Neither the source nor the mapping."""
    (tables / "m.yaml").write_text("records: []\n")
    for name in ("flows.csv", "m.yaml"):
        before = (tables / name).read_text()
        done = knockon("import", "flows.csv", "--mapping", "m.yaml", "--store", "s", "--rejects", name)
        assert done.code == 2
        assert f"--rejects {name}: this call reads that file" in done.err
        assert (tables / name).read_text() == before


def test_a_broken_line_of_json_is_told_with_its_line(knockon: Run, tables: Path) -> None:
    """With a mapping whose columns may be inside another object."""
    (tables / "ed.jsonl").write_text('{"supplier":"a","customer":"b"}\n{"supplier":"c","cus')
    done = knockon("import", "ed.jsonl", "--mapping", "edges", "--store", "s")
    assert done.code == 4
    assert "ed.jsonl:2: is not valid JSON" in done.err


def test_each_share_out_of_range_is_told_as_it_is(knockon: Run, tables: Path) -> None:
    """Also beside one that is not a number."""
    (tables / "shocks.csv").write_text("shock,sector,share\na,one,nan\nc,one,2\n")
    done = knockon("extraction", "flows.csv", "--firms", "demand.csv", "--shocks", "shocks.csv")
    assert done.code == 4
    assert "shocks.csv:3: has share 2" in done.err


def test_a_page_that_cannot_be_written_leaves_one_document(knockon: Run, tables: Path) -> None:
    """Of JSON: the error alone."""
    done = knockon("price", "flows.csv", "--firms", "demand.csv", "--cost", "one=0.1", "--page", "/proc/x.html", "-f", "json")
    assert done.code == 2
    assert set(done.json) == {"error"}
