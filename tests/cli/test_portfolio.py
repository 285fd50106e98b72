"""--portfolio on the command line: impact, exposure and report of the entities of a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.hostile_records import data_in_page

Run = Callable[..., Any]
CHIPS = ("-s", "chips")


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A portfolio with amounts; an entity without one; a column that is not used."""
    (tmp_path / "mine.csv").write_text("name,amount,note\nNVIDIA,120,x\nASML,50,\nTSMC,,\n", "utf-8")
    return "mine.csv"


def test_the_impact_on_a_portfolio(knockon: Run, mine: str) -> None:
    """Rows, counts and a sentence of its entities alone; the numbers of the whole report stay."""
    whole = knockon("impact", "zeiss-fire", *CHIPS, "-f", "json").json
    done = knockon("impact", "zeiss-fire", *CHIPS, "--portfolio", mine, "-f", "json")
    assert done.code == 0
    held = done.json
    assert held["impacts"] == [row for row in whole["impacts"] if row["id"] in {"nvidia", "asml", "tsmc"}]
    assert (held["affected"], held["unaffected"], held["network_hash"]) == (3, 0, whole["network_hash"])
    loss = {row["id"]: row["loss"] for row in held["impacts"]}
    assert held["portfolio"]["weighted_loss"] == pytest.approx(120 * loss["nvidia"] + 50 * loss["asml"])
    assert (
        "mine.csv: 3 of 3 entities lose something; weighted loss 127.5 ("
        in knockon("impact", "zeiss-fire", *CHIPS, "--portfolio", mine).err
    )
    rows = knockon("impact", "--all", *CHIPS, "--portfolio", mine).out.splitlines()
    assert {row.split(",")[3] for row in rows[1:]} == {"nvidia", "asml", "tsmc"}
    listed = knockon("impact", *CHIPS, "--portfolio", mine, "-f", "json").json
    assert next(row["affected"] for row in listed if row["id"] == "zeiss-fire") == 3
    assert "counts are of the 3 entities of mine.csv" in knockon("impact", *CHIPS, "--portfolio", mine).err


def test_rules_are_about_all_entities(knockon: Run, mine: str) -> None:
    """A rule about an entity that is not in the portfolio is judged by its loss all the same."""
    rule = ("--fail-on", "intel>0.1")
    expected = knockon("impact", "zeiss-fire", *CHIPS, *rule).code
    assert expected == 6
    for call in (("impact", "zeiss-fire"), ("impact", "--all")):
        assert knockon(*call, *CHIPS, *rule, "--portfolio", mine).code == 6


def test_the_exposure_of_a_portfolio(knockon: Run, mine: str) -> None:
    """A row for each entity with its worst shock, one for each shock with the sum, and for programs one for each pair."""
    done = knockon("exposure", *CHIPS, "--portfolio", mine)
    assert done.code == 0
    assert done.out.index("worst shock") < done.out.index("Shocks") < done.out.index("weighted loss")
    assert "mine.csv: columns not used: note" in done.err
    answer = knockon("exposure", *CHIPS, "--portfolio", mine, "-f", "json").json
    sums = [shock["weighted_loss"] for shock in answer["shocks"]]
    assert sums == sorted(sums, reverse=True)
    assert (answer["amount"], answer["shocks"][0]["id"], answer["shocks"][0]["hit"]) == (170.0, "zeiss-fire", 3)
    rows = knockon("exposure", *CHIPS, "--portfolio", mine, "-f", "jsonl").out.splitlines()
    assert len(rows) == sum(len(holding["exposures"]) for holding in answer["holdings"])
    alone = knockon("exposure", "nvidia", *CHIPS, "-f", "json").json["exposures"]
    assert next(h["exposures"] for h in answer["holdings"] if h["id"] == "nvidia") == alone


def test_the_report_on_a_portfolio(knockon: Run, mine: str) -> None:
    """A section of its own on the page and in Markdown, in the same words; the rest is as without one."""
    call = ("report", "zeiss-fire", *CHIPS, "-o", "-")
    markdown = knockon(*call, "-f", "md", "--portfolio", mine).out
    page = knockon(*call, "--portfolio", mine).out
    assert "## Portfolio" in markdown
    assert "| NVIDIA | 75% | 44–90% | 120 | 90 |" in markdown
    for text in (markdown.replace("\\", ""), page):
        assert "mine.csv: 3 of 3 entities lose something; weighted loss 127.5 (" in text
        assert "It is no loss of market value." in text
    before, _, after = markdown.partition("## Portfolio")
    assert before + "## Why" + after.partition("## Why")[2] == knockon(*call, "-f", "md").out


def test_the_page_opens_with_the_portfolio(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """Its entities are the list of the page, in the order of the file; of a large graph, what is near them is drawn."""
    (tmp_path / "names.txt").write_text("Volt Cells\nCity Couriers\n", "utf-8")
    call = ("explore", "-s", str(suppliers), "--portfolio", "names.txt", "-o", "-")
    done = knockon(*call)
    assert done.code == 0
    data = data_in_page(done.out)
    names = [data["strings"][data["nodes"]["label"][row]] for row in data["portfolio"]["nodes"]]
    assert names == ["Volt Cells", "City Couriers"]
    assert (data["portfolio"]["company"], data["portfolio"]["left_out"]) == (-1, 0)
    small = knockon(*call, "--limit", "3", "--depth", "1")
    assert small.code == 0
    assert "of the 2 entities of the portfolio" in small.err
    assert len(data_in_page(small.out)["portfolio"]["nodes"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("impact", "zeiss-fire", "--portfolio", "no.csv"), 3, "no portfolio called"),
        (("impact", "zeiss-fire", "--portfolio", "typo.csv"), 4, "typo.csv:2: no entity called 'NVIDA'; did you mean NVIDIA"),
        (("exposure", "--portfolio", "typo.csv"), 4, "--allow-unknown"),
        (("exposure", "--portfolio", "typo.csv", "--allow-unknown"), 0, "1 row names nothing in the graph: NVIDA (line 2)"),
        (("exposure", "nvidia", "--portfolio", "mine.csv"), 2, "one of the two"),
        (("exposure",), 2, "one of the two"),
        (("impact", "zeiss-fire", "--allow-unknown"), 2, "--portfolio FILE"),
        (("exposure", "nvidia", "--decimal", ","), 2, "--portfolio FILE"),
        (("impact", "zeiss-fire", "--portfolio", "mine.csv", "--rename", "Wert=amount"), 2, "no such column"),
    ],
)  # fmt: skip
def test_what_goes_wrong(knockon: Run, mine: str, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    """A file that is not there, names that nothing has, options without a portfolio."""
    (tmp_path / "typo.csv").write_text("name\nNVIDA\nASML\n", "utf-8")
    done = knockon(*arguments, *CHIPS)
    assert (done.code, words in done.err) == (code, True), done.err
