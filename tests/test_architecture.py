"""docs/architecture.md is true: what it names exists, and the walk of one shock calls these functions in this order."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import knockon
from knockon.cli import run

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(knockon.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
#: An invented data set with a shock like that of the page.
DATA = ROOT / "tests" / "support" / "letters" / "data"
#: The rows of the table of the walk: module and function.
WALK = re.findall(r"^\| `([^`]+\.py)` \| `([^`]+)` \|", PAGE, flags=re.MULTILINE)
NAMES = sorted(set(re.findall(r"`([^`\n ]+)`", PAGE)))


@pytest.mark.parametrize("path", [name for name in NAMES if name.endswith((".py", "/"))])
def test_each_file_and_folder_exists(path: str) -> None:
    """A path is in the package, or in the project; a name of a module without its folder is in one of the package."""
    assert (PACKAGE / path).exists() or (ROOT / path).exists() or any(PACKAGE.glob(f"*/{path}")), path


def test_each_name_is_in_the_code() -> None:
    """Functions, classes and constants that the page names are written in the code, the tests or what makes the pages."""
    sources = [*PACKAGE.rglob("*.py"), *(ROOT / "docs").glob("*.py"), *(ROOT / "tests").rglob("*.py")]
    words = set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in sources if path != Path(__file__))))
    identifiers = [name for name in NAMES if re.fullmatch(r"[A-Za-z_]+(\.[A-Za-z_]+)?", name) and not name.endswith(".md")]
    assert len(identifiers) > len(WALK)
    assert not [name for name in identifiers if not set(name.split(".")) <= words]


@pytest.mark.parametrize(("name", "path"), sorted(set(re.findall(r"`([A-Za-z_]+)`(?:,? the class)? in\s`([^`]+\.py)`", PAGE))))
def test_each_name_is_where_the_page_says(name: str, path: str) -> None:
    """A module is said to have a class or constant: it defines it."""
    (source,) = (folder / path for folder in (PACKAGE, ROOT) if (folder / path).is_file())
    assert re.search(rf"^(class |def )?{name}\b", source.read_text("utf-8"), flags=re.MULTILINE), path


def in_package(entered: Mapping[CodeType, int]) -> Iterator[tuple[Path, str, int]]:
    """Yield the module, the name and the place of each code that is ours."""
    for code, place in entered.items():
        if Path(code.co_filename).is_relative_to(PACKAGE):
            yield Path(code.co_filename).relative_to(PACKAGE), code.co_qualname, place


def test_the_walk_calls_these_functions_in_this_order(capsys: pytest.CaptureFixture[str]) -> None:
    """A shock that is hit through a query calls each function of the table, and first calls are in the order of the table.

    The data are small, since the calls are recorded, and are read from their folder: bundled data come from a prebuilt form.
    """
    entered: dict[CodeType, int] = {}

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code not in entered:
            entered[frame.f_code] = len(entered)

    command = ["impact", "material-controlled", "--store", str(DATA)]
    # Modules are imported without recording, which would take most of the time.
    assert run(command) == 0, capsys.readouterr().err
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run(command)
    finally:
        sys.setprofile(before)
    calls = {(path.as_posix(), name): place for path, name, place in in_package(entered)}
    assert len(WALK) > 20
    assert [call for call in WALK if call not in calls] == []
    assert sorted(WALK, key=lambda call: calls[call]) == WALK


def test_no_repeated_group_is_possessive() -> None:
    """Python 3.11.2 does not go back from a part of one that does not match; ``(?>(?:...)*)`` means the same there."""
    possessive = re.compile(r"(?<!\()\)(?:[*?+]|\{[^ ]*\})\+")
    lines = [(path.name, line.strip()) for path in PACKAGE.rglob("*.py") for line in path.read_text("utf-8").splitlines()]
    assert [found for found in lines if possessive.search(found[1])] == []
