"""The documents are true: every command and every block of Python and SPARQL runs, and every link leads somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import knockon
from knockon.cli import run
from knockon.cli.app import create_app
from support.bundled_once import open_bundled_once

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KNOCKON_SHARED", ROOT.parent / "shared")).resolve()
PAGES = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

#: The commands that take as long as ten others, and on which no later one of their page depends. What they do has tests of its
#: own: their options are read, and `make test-all` runs them.
LONG = {
    "knockon load chips-quads --store again",
    "knockon import chips.graphml --store imported",
    "knockon load sensetime chips suppliers.csv --store all",
    "knockon schema --store all",
    "knockon load factories.csv --store both --uses sensetime",
    "knockon exposure sensetime --store kept",
    "knockon compare gpu-export-ban entity-list-chips --store kept",
    "knockon exposure sensefoundry --model timeline",
    "knockon mitigate procurement-withdrawal --protect recurring-licensing-revenue",
    "knockon query --name threats-to --param entity=sensetime",
    "knockon import purchases.csv --mapping edges --store one",
    "knockon query --name facts-by-document --store one",
    "knockon load decided.yaml --store one",
    "knockon explain --hit euv-lithography-systems=essential algorithm-development --store one",
    "knockon impact --list cloud-list --store one",
    "knockon explain --list cloud-list sensetime --store one",
    "knockon load minority.csv --as owners --replace --store one",
    "knockon remove owners --store one",
    "knockon explore --store my-store --hit volt-cells=essential -o page.html",
    "knockon backtest",
    "knockon impact entity-list-chips --model chance --given sensefoundry",
    "knockon impact entity-list-chips --model chance",
    "knockon explain entity-list-chips recurring-licensing-revenue --model chance --paths 5",
    "knockon explore --shock data-reclassification -o page.html",
    "knockon report entity-list-chips -o report.html",
    "knockon explore --portfolio mine.csv --store chips -o mine.html",
    "knockon explore --shock data-reclassification --compare entity-list-chips -o page.html",
    "knockon explore --shock data-reclassification --compare entity-list-chips",
    "knockon explore --hit nvidia=high -o hit.html",
    "knockon explore --centre nvidia --depth 2 -o nvidia.html",
    "knockon explore -o sensetime.html",
    "knockon report procurement-withdrawal --protect recurring-licensing-revenue -o procurement.html",
    "knockon report zeiss-fire --portfolio mine.csv --store chips -o zeiss-fire.html",
    "knockon resolve --evaluate",
    "knockon importance entity-list-chips sensefoundry --exact",
    "knockon importance entity-list-chips sensefoundry --exact --top 5",
    "knockon report data-reclassification",
    "knockon report --hit nvidia=high --facts-only -o nvidia.html",
    "knockon diff sensetime chips --impact --shock hbm-export-control",
    "knockon diff chips --as-of 2023-07-31 --and 2023-08-01 --impact",
    "knockon impact --hit euv-lithography-systems=essential --store one --top 20",
    "knockon diff one@2 one --impact --shock euv-export-stop",
    "knockon explain --hit euv-lithography-systems=essential acme-vision --store one",
    "knockon rank country/synthetic-flows.csv --firms country/synthetic-firms.csv"
    " --essentiality country/synthetic-essentiality.csv --top 5",
    "knockon price industries.csv --firms demand.csv --duty one=0.25 --passed-on two=0.5 --page prices.html",
}


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def lines(page: Path) -> list[str]:
    """Return the commands of the console blocks without their comments."""
    commands = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+#.*$", "", line) for line in commands]


@pytest.fixture
def work_folder(tmp_path: Path) -> Path:
    """A folder with the tables of the README and of the how-to, and the source documents if they exist."""
    (tmp_path / "suppliers.csv").write_text(blocks(ROOT / "README.md", "csv")[0], "utf-8")
    tables = ("list.csv", "factories.csv", "mine.csv", "rules.csv", "owners.csv", "measures.csv")
    for name, text in zip(tables, blocks(ROOT / "docs" / "how-to.md", "csv"), strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    importing = ROOT / "docs" / "importing.md"
    for name, table, mapping in zip(("parts", "plant"), blocks(importing, "csv"), blocks(importing, "yaml"), strict=True):
        (tmp_path / f"{name}.csv").write_text(table, "utf-8")
        (tmp_path / f"{name}.yaml").write_text(mapping, "utf-8")
    write_named_files(ROOT / "docs" / "which-model.md", tmp_path)
    reading = ROOT / "docs" / "how-to" / "read-documents.md"
    (tmp_path / "note.txt").write_text(blocks(reading, "text")[0], "utf-8")
    (tmp_path / "lines.jsonl").write_text(blocks(reading, "json")[0], "utf-8")
    if (SHARED / "seeds").is_dir():
        (tmp_path / "DOCUMENTS").symlink_to(SHARED / "seeds")
    return tmp_path


def write_named_files(page: Path, folder: Path) -> None:
    """Write the blocks of a page that have the name of a file above them; other pages may have other files of these names."""
    named = re.findall(r"^`([\w.]+)`:\n\n```(?:csv|yaml)\n(.*?)^```", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for name, content in named:
        (folder / name).write_text(content, "utf-8")


def calls(page: Path, work_folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page, with its arguments; without those of make, and of documents that are not there."""
    for line in lines(page):
        if line.startswith("make ") or ("DOCUMENTS" in line and not (work_folder / "DOCUMENTS").exists()):
            continue
        program, *arguments = shlex.split(line)
        assert program == "knockon", line
        yield line, arguments


def test_long_commands_are_in_the_documents() -> None:
    """Each is the command of a page, so that its whole form is run by `make test-all`."""
    assert {line for page in PAGES for line in lines(page)} >= LONG


@pytest.mark.parametrize(
    ("page", "whole"),
    # The examples of the reference are those of the commands' own tests, more or less.
    [
        pytest.param(page, whole, marks=[pytest.mark.slow] if whole or page.name == "commands.md" else [], id=f"{name}{form}")
        for page in PAGES
        if lines(page)
        for name in [str(page.relative_to(ROOT))]
        for whole, form in ((False, ""), *([(True, " whole")] if LONG & {*lines(page)} else []))
    ],
)
def test_every_command_of_a_page_runs(
    page: Path, whole: bool, work_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands run in the order of the page, in one folder and in this process; of long ones only the options are read."""
    monkeypatch.chdir(work_folder)
    write_named_files(page, work_folder)
    open_bundled_once(monkeypatch)
    program: Any = get_command(create_app())
    for line, (name, *options) in calls(page, work_folder):
        if line in LONG and not whole:
            program.commands[name].make_context(name, options)
            continue
        code = run([name, *options])
        assert code == 0, f"{line}\n{capsys.readouterr().err}"


@pytest.mark.slow
def test_every_command_of_the_readme_runs_as_its_readers_run_it(work_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command runs in a process of its own."""
    for line, arguments in calls(ROOT / "README.md", work_folder):
        code = in_a_process(arguments, work_folder)
        assert code == 0, f"{line}\n{capsys.readouterr().err}"


def in_a_process(arguments: list[str], folder: Path) -> int:
    program = str(Path(sys.executable).with_name("knockon"))
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    sys.stderr.write(done.stderr)
    return done.returncode


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_python_block_runs(
    page: Path, every: int, work_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block runs by itself; of a page with many, each third one, and the others are compiled."""
    monkeypatch.chdir(work_folder)
    whole = blocks(page, "python")
    for place, block in enumerate(whole):
        if len(whole) > 5 and place % every:
            compile(block, str(page), "exec")
            continue
        exec(compile(block, str(page), "exec"), {})  # noqa: S102 - our own pages
    capsys.readouterr()


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "sparql")], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_sparql_block_finds_something(page: Path, graph: knockon.Graph) -> None:
    """Each query has results on the bundled data."""
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
    its_anchors = cache(anchors)
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"
            assert not heading or heading in its_anchors(page.parent / target if target else page), (
                f"{page}: {target}#{heading}"
            )


def test_named_targets_of_make_exist() -> None:
    """Every `make TARGET` that a page names is in the Makefile."""
    rules = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:`|^\$ )make ([a-z-]+)", page.read_text("utf-8"), flags=re.MULTILINE))
        assert named <= targets, f"{page}: {named - targets}"
