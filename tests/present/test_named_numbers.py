"""What shows a number names its equations and source, from the one registry."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from knockon.analysis.methods import IMPORTANCE, METHODS, REGISTRY
from knockon.cli import run
from knockon.present.caveats import given as conditions
from knockon.present.page.plain_finding import finding_texts
from knockon.present.rows.importance import importance_meanings

LETTERS = Path(__file__).parent.parent / "support" / "letters"
_RANK = ("rank", "flows.csv", "--firms", "firms.csv")
#: Calls by what their numbers are: a method, and its forms.
TABLES: dict[str, tuple[tuple[str, ...], Sequence[str]]] = {
    "price": (
        ("price", "industries.csv", "--firms", "demand.csv", "--duty", "one=0.1", "--passed-on", "0.5"),
        ("duty", "passed_on"),
    ),
    "extraction": (("extraction", "industries.csv", "--firms", "demand.csv", "--extract", "one=1"), ("complete",)),
    "ghosh": (("ghosh", "industries.csv", "--firms", "demand.csv", "--fall", "one=0.1"), ()),
    "inoperability": (("inoperability", "part.csv", "--hit", "steel=0.5"), ("given",)),
    "dynamic_inoperability": (("inoperability", "part.csv", "--hit", "steel=0.5", "--recovery", "9", "--horizon", "9"), ()),
    "fdna": (("fdna", "links.csv", "--hit", "radar=0.5"), ()),
    "time_to_survive": (("survive", "parts.csv", "--firms", "stocks.csv"), ()),
    "esri": ((*_RANK, "--shocks", "firm-shocks.csv", "--weights", "weights.csv", "--by-sector"), ("weights", "by_sector")),
}
_MEASURES = [text for each in IMPORTANCE.values() for text in (each.equations[0], each.reference)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(LETTERS, tmp_path / "letters", ignore=shutil.ignore_patterns("answers"))
    monkeypatch.chdir(tmp_path / "letters")
    (tmp_path / "letters" / "part.csv").write_text("supplier,customer,value\nsteel,cars,0.5\n")
    return tmp_path / "letters"


def words(text: str) -> str:
    """A text without line ends and the escapes of HTML and Markdown, in which what it names can be looked for."""
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", '"'), ("&amp;", "&")):
        text = text.replace(escape, character)
    return re.sub(r"\s+", " ", text.replace("\\", ""))


@pytest.mark.parametrize("name", TABLES)
def test_commands_on_tables_and_their_pages(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The notes and the page name every equation of the method and of the forms in use, and the source."""
    call, forms = TABLES[name]
    assert run([*call, "--page", "page.html"]) == 0, capsys.readouterr().err
    method = REGISTRY[name]
    wanted = [method.reference, *(line for form in forms for line in method.forms[form].equations)]
    for text in (capsys.readouterr().err, (folder / "page.html").read_text("utf-8")):
        assert [line for line in wanted if words(line) not in words(text)] == []


def test_words_on_importance_and_conditions() -> None:
    """The lines that commands, reports and pages share name every measure with its source, and the condition with its own."""
    given = METHODS["chance"].forms["given"]
    lines = [*importance_meanings(), *conditions({"given": ["urn:x:a"], "given_probability": 0.5})]
    assert [text for text in (*_MEASURES, *given.equations, given.reference) if not any(text in line for line in lines)] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (("importance", "maker-a-stops", "device-d", "--exact"), _MEASURES),
        (("explain", "maker-a-stops", "sales-d", "--model", "chance", "--set", "exact=true"), _MEASURES),
        (
            ("explain", "maker-a-stops", "sales-d", "--model", "chance", "--set", "exact=true", "--given", "device-d"),
            [METHODS["chance"].forms["given"].reference, *METHODS["chance"].forms["given"].equations],
        ),
        (
            ("report", "maker-a-stops", "--set", "exact=true", "--model", "chance", "-o", "r.md"),
            _MEASURES,
        ),
    ],
)  # fmt: skip
def test_commands_on_graphs(call: tuple[str, ...], wanted: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Importance and conditions are named by what prints them, and by the report."""
    assert run([*call, "--store", "data"]) == 0, capsys.readouterr().err
    printed = "".join(capsys.readouterr())
    text = words(printed + ((folder / "r.md").read_text("utf-8") if "report" in call else ""))
    assert [line for line in wanted if words(line) not in text] == []


@pytest.mark.slow
def test_the_explorer_page_names_them(folder: Path) -> None:
    """The page of a run of the model chance, with and without a condition."""
    import knockon

    with knockon.open("data") as graph:
        chance = {"model": "chance", "exact": True}
        assert all(
            method.reference in "".join(finding_texts(graph.impact("maker-a-stops", **chance)))
            for method in IMPORTANCE.values()
        )
        page = str(graph.explore("maker-a-stops", given=["device-d"], **chance))
    assert METHODS["chance"].forms["given"].reference.split(" (")[0] in page
