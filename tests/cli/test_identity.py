"""resolve and review on the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ONE = "Company:\n  acme: {label: Acme Works}\n  bolt: {label: Bolt Makers}\n"
TWO = "Company:\n  acme-ltd: {label: ACME WORKS LTD}\n  bolts: {label: Bolt Makers Inc}\n"


@pytest.fixture
def store(tmp_path: Path, knockon: Callable[..., Any]) -> str:
    """A store with two data sets that name two companies twice."""
    for name, text in (("one", ONE), ("two", TWO)):
        tmp_path.joinpath(f"{name}.yaml").write_text(text)
        assert knockon("load", f"{name}.yaml", "--store", "s").code == 0
    return "s"


def test_candidates_are_written_reviewed_and_loaded(tmp_path: Path, knockon: Callable[..., Any], store: str) -> None:
    """The way from candidates to one entity: resolve, review, load, and undo."""
    ran = knockon("resolve", "--store", store, "--judgements", "j.yaml", "--format", "json")
    assert [(pair["first"][-4:], pair["reason"]) for pair in ran.json["candidates"]] == [
        ("acme", "equal, one with a legal form"),
        ("bolt", "equal, one with a legal form"),
    ]
    assert "2 added, 0 of them accepted" in ran.err
    ran = knockon("review", "--identity", "j.yaml", "--by", "me", stdin="x s d z k q")
    assert ran.code == 0
    assert "s same, d different, u unsure" in ran.err
    assert "1 judged, 1 left" in ran.err
    text = tmp_path.joinpath("j.yaml").read_text()
    assert (text.count("verdict: Same"), text.count("verdict: Unsure"), text.count('judgedBy: "me"')) == (1, 1, 1)
    assert knockon("load", "j.yaml", "--store", store).code == 0
    (group,) = knockon("resolve", "--store", store, "--format", "json").json["same"]
    assert len(group) == 2
    assert knockon("undo", "--store", store).code == 0
    assert knockon("resolve", "--store", store, "--format", "json").json["same"] == []


def test_a_review_of_a_store_loads_what_it_judged(tmp_path: Path, knockon: Callable[..., Any], store: str) -> None:
    """With a store the pairs are its candidates, and the file is loaded at the end; judged pairs do not come again."""
    ran = knockon("review", "mine.yaml", "--identity", "--store", store, stdin="sd")
    assert ran.code == 0, ran.err
    assert "Company, my:acme, in one" in ran.err
    assert "mine: 2 added" in ran.err
    ran = knockon("resolve", "--store", store, "--format", "json")
    assert (ran.json["candidates"], ran.json["judged"], len(ran.json["same"])) == ([], 1, 1)
    assert knockon("review", "mine.yaml", "--identity", "--store", store, stdin="s").err.count("mine: ") == 0


def test_judgements_that_were_not_loaded_are_told(tmp_path: Path, knockon: Callable[..., Any], store: str) -> None:
    """A review that was stopped between its file and the load: the next one names the command that loads it, until it has."""
    shutil.copytree(tmp_path / store, tmp_path / "before")
    assert knockon("review", "mine.yaml", "--identity", "--store", store, stdin="sd").code == 0
    shutil.rmtree(tmp_path / store)
    (tmp_path / "before").rename(tmp_path / store)
    again = ("review", "mine.yaml", "--identity", "--store", store)
    told = "2 records of mine.yaml differ from the store: `knockon load mine.yaml --store s` loads the file"
    assert told in knockon(*again, stdin="").err
    assert knockon("load", "mine.yaml", "--store", store).code == 0
    assert "differ" not in knockon(*again, stdin="").err


def test_an_evaluation_says_what_may_accept(knockon: Callable[..., Any]) -> None:
    """Precision, recall, ties, and the Wilson bound of each rule."""
    ran = knockon("resolve", "--evaluate", "--format", "json")
    assert ran.json["pairs"] >= 1_000
    assert [(rule["rule"], rule["used"]) for rule in ran.json["rules"]] == [("name", False), ("listed-name", True)]
    assert "Wilson 95%" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("resolve", "--accept"), 2, "--judgements FILE"),
        (("resolve", "--pairs", "x.csv"), 2, "--evaluate"),
        (("resolve", "--evaluate", "--pairs", "x.csv"), 3, "x.csv"),
        (("resolve", "--least", "2"), 2, "0..1"),
        (("review", "x.yaml"), 2, "--identity"),
        (("review", "x.yaml", "--identity"), 3, "x.yaml"),
    ],
)
def test_calls_that_make_no_sense_are_refused(
    knockon: Callable[..., Any], arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Each with its exit code, and what to type instead."""
    ran = knockon(*arguments)
    assert (ran.code, message in ran.err) == (code, True), ran.err
