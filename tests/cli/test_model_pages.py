"""The pages of models on tables: each number has its equation and source from the registry, and no text of data acts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from knockon.analysis.methods import REGISTRY
from knockon.analysis.sector_answers import SectorAnswer, SectorChange
from knockon.present.model_page import MOST, model_page
from knockon.present.rows.sectors import BARS, sector_tables

Run = Callable[..., Any]
LETTERS = Path(__file__).parents[1] / "support" / "letters"
CALLS = {
    "price": ("price", "industries", "--firms", "demand", "--cost", "one=0.1", "--passed-on", "0.5"),
    "extraction": ("extraction", "industries", "--firms", "demand", "--extract", "one=1"),
    "ghosh": ("ghosh", "industries", "--firms", "demand", "--shocks", "industry-shocks"),
    "inoperability": ("inoperability", "grid", "--hit", "water=0.5"),
    "dynamic_inoperability": ("inoperability", "grid", "--start", "water=0.5", "--recovery", "9", "--horizon", "20"),
    "fdna": ("fdna", "links", "--hit", "radar=0.5"),
    "time_to_survive": ("survive", "parts", "--firms", "stocks"),
    "esri": ("rank", "flows", "--firms", "firms", "--shocks", "firm-shocks", "--weights", "weights", "--by-sector"),
    "debtrank": ("rank", "flows", "--firms", "firms", "--model", "debtrank"),
}
FILES = {path.stem for path in LETTERS.glob("*.csv")}


def page_of(knockon: Run, folder: Path, call: tuple[str, ...]) -> str:
    words = [str(LETTERS / f"{word}.csv") if word in FILES and word != "mine" else word for word in call]
    done = knockon(*words, "--page", str(folder / "page.html"))
    assert done.code == 0, done.err
    assert "wrote" in done.err
    return (folder / "page.html").read_text("utf-8")


@pytest.mark.parametrize("model", CALLS)
def test_a_page_has_the_equations_of_the_registry(knockon: Run, tmp_path: Path, model: str) -> None:
    """Title, meaning, caveat, every equation, and the source; the numbers of the answer; no script, and no load."""
    page = page_of(knockon, tmp_path, CALLS[model])
    text, method = unescape(page), REGISTRY[model]
    for part in (method.title, method.question, method.caveat, method.reference, method.result[1:]):
        assert part.replace("`", "") in text
    assert all(f"<li>{part}</li>" in text for equation in method.equations for part in equation.split("; "))
    assert "<script" not in page
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert not re.search(r"""(src|href)=["']""", page)


def test_the_same_call_writes_the_same_bytes(knockon: Run, tmp_path: Path) -> None:
    """A page has no date and no folder."""
    page = page_of(knockon, tmp_path, CALLS["fdna"])
    assert page_of(knockon, tmp_path, CALLS["fdna"]) == page
    assert str(LETTERS) not in page


def test_options_add_their_equations(knockon: Run, tmp_path: Path) -> None:
    """What a form of the registry adds is on the page where the call asks for it."""
    page = unescape(page_of(knockon, tmp_path, CALLS["esri"]))
    for form in ("weights", "by_sector", "replaceability"):
        assert REGISTRY["esri"].forms[form].equations[0] in page
    assert REGISTRY["price"].forms["passed_on"].equations[0] in unescape(page_of(knockon, tmp_path, CALLS["price"]))


def test_hostile_names_and_many_rows() -> None:
    """Names are escaped, bars are of the greatest, and rows beyond the limit are counted."""
    sectors = tuple(SectorChange(f"<b>{row}</b>\x1b", 0.0, 1 / (row + 1), None, None) for row in range(MOST + 3))
    answer = SectorAnswer("ghosh", "q = A* q", "A. Ghosh", None, sectors, ())
    page = model_page(answer, sector_tables(answer), ["<i>"], BARS, {"Table": "<u>.csv"})
    assert "&lt;b&gt;0&lt;/b&gt;\\x1b" in page
    assert not re.search("<(b|i|u)>", page)
    assert "<li>q = A* q</li>" in page
    assert "3 more rows; --format csv has them all." in page.replace("three", "3")
    assert 'width="50"' in page


def test_a_page_of_an_impact_on_flows(knockon: Run, tmp_path: Path) -> None:
    """ESRI, and rationing, which has no low and no high, with the equations of the form; a graph has its report."""
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    flows = str(tmp_path / "flows.parquet")
    parquet.write_table(arrow.table({"supplier": ["a", "b"], "customer": ["b", "c"], "value": [5.0, 2.0]}), flows)
    call = ("impact", "--store", flows, "--hit", "a=0.5")
    page = unescape(page_of(knockon, tmp_path, call))
    assert all(f"<li>{part}</li>" in page for part in REGISTRY["esri"].equations)
    knockon(
        *call, "--model", "timeline", "--set", "rationing=true", "--set", "horizon=5", "--page", str(tmp_path / "page.html")
    )
    page = unescape((tmp_path / "page.html").read_text("utf-8"))
    form = REGISTRY["timeline"].forms["rationing"]
    assert all(f"<li>{part}</li>" in page for equation in form.equations for part in equation.split("; "))
    assert form.caveat in page
    assert "with exact low and high" not in page
    done = knockon("impact", "entity-list-chips", "--page", str(tmp_path / "x.html"))
    assert (done.code, "knockon report SHOCK" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("file", "message"), [("page.txt", "the page is HTML: name it .html"), ("no/page.html", "does not exist; create it first")]
)
def test_a_page_that_cannot_be_written(knockon: Run, tmp_path: Path, file: str, message: str) -> None:
    """Nothing is computed and nothing printed."""
    done = knockon("fdna", str(LETTERS / "links.csv"), "--hit", "radar=0.5", "--page", str(tmp_path / file))
    assert (done.code, done.out) == (2, "")
    assert message in done.err
