"""report on the command line."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.present.report.pdf import BROWSERS

Run = Callable[..., Any]


def test_it_writes_the_page(knockon: Run, tmp_path: Path) -> None:
    """To the file that is named, else to exports; the same question gives the same bytes."""
    done = knockon("report", "entity-list-chips", "-o", "report.html")
    assert (done.code, done.out) == (0, "")
    assert "wrote report.html" in done.err
    assert knockon("report", "entity-list-chips").code == 0
    first, second = tmp_path / "report.html", tmp_path / "exports" / "entity-list-chips-report.html"
    assert first.read_bytes() == second.read_bytes()


def test_it_takes_the_options_of_impact(knockon: Run, tmp_path: Path) -> None:
    """A shock of one's own, a world, a model, whom to protect: all show on the page."""
    done = knockon(
        "report", "--hit", "nvidia=high", "--protect", "sensefoundry", "--facts-only", "--as-of", "2024-01-01", "-o", "a.html"
    )
    assert done.code == 0, done.err
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "the graph has no record of it" in page
    assert "2024-01-01" in page
    assert "with facts only" in page
    assert "knockon chokepoints sensefoundry" in page
    assert knockon("report", "entity-list-chips", "--model", "reach", "-o", "b.html").code == 0
    assert "the model of this page is reach" in (tmp_path / "b.html").read_text("utf-8")


def test_it_writes_markdown_and_a_cover(knockon: Run, tmp_path: Path) -> None:
    """By --format or the ending of the file; with title, author, date and classification."""
    cover = ("--title", "Chips", "--author", "A. Smith", "--date", "2026-03-09", "--classification", "Internal")
    done = knockon("report", "entity-list-chips", *cover, "-o", "a.md")
    assert (done.code, done.out) == (0, "")
    text = (tmp_path / "a.md").read_text("utf-8")
    assert text.startswith(
        "# Chips\n\nImpact report · Internal · A. Smith · 9 March 2026 · Entity List limits on advanced chips"
    )
    assert knockon("report", "entity-list-chips", *cover, "-f", "md", "-o", "-").out == text
    assert knockon("report", "entity-list-chips", "-f", "md").code == 0
    assert (tmp_path / "exports" / "entity-list-chips-report.md").is_file()


def test_it_tells_which_documents_are_quoted(knockon: Run, tmp_path: Path) -> None:
    """On standard error, control characters escaped; a folder that is not there is not found."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "doc-newsletter\x1b[31m.txt").write_text("not the newsletter", "utf-8")
    (tmp_path / "papers" / "podcast.txt").write_text("not the podcast", "utf-8")
    done = knockon("report", "entity-list-chips", "--documents", "papers", "-o", "a.html")
    assert done.code == 0
    assert "no document of this graph is in papers; nothing is quoted" in done.err
    assert "podcast.txt is not the doc-podcast that was cited: its SHA-256 differs; it is not quoted" in done.err
    assert "\x1b[31m" not in done.err
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "Podcast.txt is not the doc-podcast" in page
    explored = knockon("explore", "--documents", "papers", "--title", "Two words", "-o", "b.html")
    assert "podcast.txt is not the doc-podcast that was cited" in explored.err
    assert "<title>Two words" in (tmp_path / "b.html").read_text("utf-8")


def test_a_capped_run_exits_5(knockon: Run, tmp_path: Path) -> None:
    """The page is written and says so, and the exit code says so."""
    done = knockon("report", "data-reclassification", "--cap", "2", "-o", "capped.html")
    assert done.code == 5
    assert "STOPPED BY ITS CAP" in done.err
    assert "Stopped by its cap." in (tmp_path / "capped.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["report", "data-reclasification"], 3, "data-reclassification"),
        (["report", "entity-list-chips", "--protect", "sensefoundri"], 3, "sensefoundry"),
        (["report"], 2, "one of the two"),
        (["report", "entity-list-chips", "--hit", "nvidia=high"], 2, "one of the two"),
        (["report", "entity-list-chips", "--model", "esri"], 2, "does not run on a graph"),
        (["report", "entity-list-chips", "-o", "a.html", "--pdf", "a.html"], 2, "the same file"),
        (["report", "entity-list-chips", "--store", "nowhere"], 3, "nowhere"),
        (["report", "entity-list-chips", "--documents", "nowhere"], 3, "nowhere"),
        (["report", "entity-list-chips", "--date", "tomorrow"], 2, "write it as 2026-11-30"),
        (["report", "entity-list-chips", "--title", "x" * 300], 2, "at most 200"),
        (["report", "entity-list-chips", "-f", "pdf"], 2, "-o FILE.pdf"),
        (["report", "entity-list-chips", "-f", "docx"], 2, "html, md, pdf"),
        (["explore", "--documents", "nowhere"], 3, "nowhere"),
    ],
)
def test_what_makes_no_sense(knockon: Run, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    """An error of ours with its exit code, and no file."""
    done = knockon(*arguments)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written(knockon: Run, tmp_path: Path) -> None:
    """An error of ours, and nothing left behind: the folder is a file, the file is a folder."""
    (tmp_path / "taken").write_text("mine", "utf-8")
    done = knockon("report", "entity-list-chips", "-o", "taken/report.html")
    assert (done.code, "cannot write" in done.err) == (2, True)
    (tmp_path / "folder").mkdir()
    done = knockon("report", "entity-list-chips", "-o", "folder")
    assert (done.code, "cannot write" in done.err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "taken"]
    assert (tmp_path / "taken").read_text("utf-8") == "mine"


def test_without_chromium_there_is_no_pdf(knockon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found, before anything is computed; the message says how to print without it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    done = knockon("report", "entity-list-chips", "-o", "a.html", "--pdf", "a.pdf")
    assert done.code == 3
    assert "print it from any browser" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("script", "said"), [("exit 1", "printed no PDF"), ("echo broken >&2", "broken")])
def test_a_browser_that_prints_nothing(
    knockon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    """An error that passes on what it said, and no file."""
    program = tmp_path / "bin" / BROWSERS[0]
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    done = knockon("report", "entity-list-chips", "--pdf", "a.pdf")
    assert done.code == 1
    assert said in done.err
    assert not (tmp_path / "a.pdf").exists()


def test_a_browser_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that it has started, after its time."""
    from knockon.errors import LimitReached
    from knockon.present.report.pdf import printed

    program = tmp_path / BROWSERS[0]
    program.write_text("#!/bin/sh\nsleep 60 & sleep 60\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(LimitReached, match=r"after 0\.2 seconds"):
        printed("<p>", timeout=0.2)
