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
        (["price", *FULL, "--cost", "one"], 2, "SECTOR=NUMBER"),
        (["price", *FULL, "--cost", "one=1", "--cost", "one=2"], 2, "given twice"),
        (["price", *FULL, "--cost", "one=1", "--duty", "one=2"], 2, "one of --cost, --price or --duty"),
        (["price", *FULL, "--cost", "one=0.1", "--passed-on", "two=1.5"], 2, "--passed-on two=1.5: the number must be in 0..1"),
        (["price", str(LETTERS / "demand.csv"), "--cost", "one=0.1"], 4, "no column 'customer'"),
        (["extraction", *FULL], 2, "say which sector is hit"),
        (["extraction", *FULL, "--extract", "one=2"], 2, "in 0..1"),
        (["extraction", *FULL, "--extract", "one=1", "--kind", "x"], 2, "complete, forward, backward"),
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
