"""The documents run: every command, every Python block, every name."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import knockon
from knockon.cli import run

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KNOCKON_SHARED", ROOT.parent / "shared")).resolve()
PAGES = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def lines(page: Path) -> list[str]:
    """The commands of the console blocks, their remarks left out."""
    said = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+#.*$", "", line) for line in said]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the lists of the README and of the how-to, and the documents where they are there."""
    (tmp_path / "suppliers.csv").write_text(blocks(ROOT / "README.md", "csv")[0], "utf-8")
    for name, text in zip(("list.csv", "factories.csv"), blocks(ROOT / "docs" / "how-to.md", "csv"), strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    if (SHARED / "seeds").is_dir():
        (tmp_path / "DOCUMENTS").symlink_to(SHARED / "seeds")
    return tmp_path


def calls(page: Path, desk: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page, with its arguments; without those of make, and of documents that are not there."""
    for line in lines(page):
        if line.startswith("make ") or ("DOCUMENTS" in line and not (desk / "DOCUMENTS").exists()):
            continue
        program, *arguments = shlex.split(line)
        assert program == "knockon", line
        yield line, arguments


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_runs(
    page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the page, in an empty folder with the supplier list of the README; in this process."""
    monkeypatch.chdir(desk)
    for line, arguments in calls(page, desk):
        code = run(arguments)
        assert code == 0, f"{line}\n{capsys.readouterr().err}"


@pytest.mark.slow
def test_every_command_of_the_readme_runs_as_its_readers_run_it(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each in a process of its own."""
    for line, arguments in calls(ROOT / "README.md", desk):
        code = in_a_process(arguments, desk)
        assert code == 0, f"{line}\n{capsys.readouterr().err}"


def in_a_process(arguments: list[str], folder: Path) -> int:
    program = str(Path(sys.executable).with_name("knockon"))
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    sys.stderr.write(done.stderr)
    return done.returncode


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_python_block_runs(
    page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block on its own."""
    monkeypatch.chdir(desk)
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})  # noqa: S102 - our own pages
    capsys.readouterr()


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "sparql")], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_sparql_block_finds_something(page: Path, graph: knockon.Graph) -> None:
    """On the bundled data."""
    for block in blocks(page, "sparql"):
        assert list(graph.query(block)), block


def test_the_reference_is_what_the_code_says() -> None:
    """The reference pages equal what `make docs` writes: so every command, public name, query and term is documented."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, in the form in which Markdown pages name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    """Relative links of the pages name files that exist, and headings of these."""
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"
            assert not heading or heading in anchors(page.parent / target if target else page), f"{page}: {target}#{heading}"


def test_named_targets_of_make_exist() -> None:
    """Every `make TARGET` that a page names is in the Makefile."""
    rules = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:`|^\$ )make ([a-z-]+)", page.read_text("utf-8"), flags=re.MULTILINE))
        assert named <= targets, f"{page}: {named - targets}"
