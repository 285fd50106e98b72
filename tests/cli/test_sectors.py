"""price, extraction and ghosh on a table of two industries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knockon.cli import run

LETTERS = Path(__file__).parents[1] / "support" / "letters"
TABLE = [str(LETTERS / "industries.csv")]
FULL = [*TABLE, "--firms", str(LETTERS / "demand.csv")]


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (["price", *FULL, "--cost", "one=0.1"], {"one": 0.1254, "two": 0.033}),
        (["price", *FULL, "--cost", "one=0.1", "--passed-on", "two=0.5"], {"one": 0.1213, "two": 0.0156}),
        (["price", *FULL, "--cost", "one=0.1", "--passed-on", "0", "--passed-on", "one=1"], {"one": 0.1176, "two": 0.0}),
        (["price", *FULL, "--price", "one=0.1"], {"one": 0.1, "two": 0.0263}),
        (["extraction", *FULL, "--extract", "one=1"], {"one": 1.0, "two": 0.1053}),
        (["extraction", *FULL, "--extract", "two=1"], {"one": 0.5882, "two": 1.0}),
        (["ghosh", *FULL, "--fall", "one=0.1"], {"one": 0.1254, "two": 0.033}),
    ],
)
def test_answers(arguments: list[str], changes: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    """The table of two sectors of Miller and Blair (2009, chapter 2; outputs 1000 and 2000), each change solved by hand."""
    assert run([*arguments, "--format", "json", "-q"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {each["sector"]: round(each["change"], 4) for each in answer["sectors"]} == changes
    assert answer["model"] == arguments[0]
    assert answer["equation"]
    assert answer["reference"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["price", *TABLE, "--cost", "one=0.1"], 4, "industries.csv: two buys 600, and its output is 300"),
        (["ghosh", *TABLE, "--fall", "one=0.1"], 4, "industries.csv: two buys 600, and its output is 300"),
        (["extraction", *TABLE, "--extract", "one=1"], 4, "no sector sells to final demand"),
        (["price", *FULL, "--cost", "tow=0.1"], 3, "did you mean two?"),
        (["price", *FULL, "--cost", "one=nan"], 2, "finite"),
        (["price", *FULL, "--cost", "one=-1"], 2, "0 or more"),
        (["price", *FULL, "--cost", "one=1e308"], 2, "at most 1,000,000"),
        (["price", *FULL, "--cost", "one"], 2, "--cost is SECTOR=RISE"),
        (["price", *FULL, "--cost", "one=1", "--cost", "one=2"], 2, "given twice"),
        (["price", *FULL, "--cost", "one=1", "--duty", "one=2"], 2, "one of --cost, --price or --duty"),
        (["price", *FULL, "--cost", "one=0.1", "--passed-on", "two=1.5"], 2, "--passed-on two=1.5: the number must be in 0..1"),
        (["price", str(LETTERS / "demand.csv"), "--cost", "one=0.1"], 4, "no column 'customer'"),
        (["extraction", *FULL], 2, "say which sector is hit: --extract"),
        (["extraction", *FULL, "--extract", "one=2"], 2, "in 0..1"),
        (["extraction", *FULL, "--extract", "one=1", "--kind", "x"], 2, "--kind is complete, forward or backward"),
    ],
)
def test_bad_input_is_refused(arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be computed is refused, with its place and a hint."""
    assert run([*arguments, "-q"]) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert not captured.out


@pytest.mark.parametrize(
    "model", [["price", "--cost", "one=0.1"], ["extraction", "--extract", "one=1"], ["ghosh", "--fall", "one=0.1"]]
)
def test_a_table_of_firms_without_final_demand_is_named(
    model: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column of another name is not read without a word: the file is named, and what its columns are called."""
    firms = tmp_path / "firms.csv"
    firms.write_text("firm,demand\none,350\ntwo,1700\n", "utf-8")
    name, *others = model
    assert run([name, str(LETTERS / "industries.csv"), "--firms", str(firms), *others, "-q"]) == 4
    assert "firms.csv: no firm has final demand above 0 (name its columns firm and final_demand)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("model", "single"),
    [
        (["price"], "--cost"), (["price", "--rises", "price"], "--price"), (["price", "--rises", "duty"], "--duty"),
        (["price", "--passed-on", "two=0.5"], "--cost"), (["extraction"], "--extract"),
        (["extraction", "--kind", "backward"], "--extract"), (["ghosh"], "--fall"),
    ],
)  # fmt: skip
def test_a_table_of_shocks_gives_the_answer_of_each(
    model: list[str], single: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one call what a call for each shock gives, in the order of the table."""
    shocks = {"later": {"two": 0.3, "one": 0.05}, "first": {"one": 0.1}}
    table = tmp_path / "shocks.csv"
    rows = [f"{name},{sector},{share}" for name, hits in shocks.items() for sector, share in hits.items()]
    table.write_text("\n".join(["shock,sector,share", *rows]), "utf-8")
    name, *options = model
    assert run([name, *FULL, *options, "--shocks", str(table), "-f", "json", "-q"]) == 0
    together = json.loads(capsys.readouterr().out)
    assert [shock["shock_id"] for shock in together["shocks"]] == list(shocks)
    plain = [option for option in options if option not in ("--rises", "price", "duty")]
    for shock, hits in zip(together["shocks"], shocks.values(), strict=True):
        given = [part for sector, share in hits.items() for part in (single, f"{sector}={share}")]
        assert run([name, *FULL, *plain, *given, "-f", "json", "-q"]) == 0
        alone = json.loads(capsys.readouterr().out)
        assert (shock["total"], shock["sectors"]) == (alone["total"], alone["sectors"])
        assert together["equation"] == alone["equation"]
    assert run([name, *FULL, *options, "--shocks", str(table), "-f", "csv", "-q"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["price", "--cost", "one=1"], 2, "--shocks and --cost exclude each other"),
        (["price", "--rises", "wage"], 2, "--rises is cost, price or duty"),
        (["ghosh", "--fall", "one=0.1"], 2, "leave out --fall"),
        (["ghosh"], 4, "shocks.csv:2: has share 1.5"),
        (["extraction"], 4, "shocks.csv:2: has share 1.5"),
        (["price"], 0, "1 shock"),
    ],
)
def test_tables_of_shocks_are_checked(
    arguments: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prices may rise by more than 1; shares may not."""
    table = tmp_path / "shocks.csv"
    table.write_text("shock,sector,share\nx,one,1.5\n", "utf-8")
    name, *others = arguments
    assert run([name, *FULL, *others, "--shocks", str(table)]) == code
    assert message in capsys.readouterr().err
    assert run(["price", *FULL, "--cost", "one=1", "--rises", "duty"]) == 2


def test_sectors_without_a_flow_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted and named; they are no silent rows."""
    firms = tmp_path / "firms.csv"
    firms.write_text((LETTERS / "demand.csv").read_text("utf-8").rstrip() + "\nghost,3\n", "utf-8")
    assert run(["price", TABLE[0], "--firms", str(firms), "--cost", "one=0.1"]) == 0
    assert "no flow names 1 of the table of firms, which neither sell nor buy: ghost" in capsys.readouterr().err
