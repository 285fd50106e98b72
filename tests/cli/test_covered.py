"""The commands covered and loops --ownership on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OWN50 = str(Path(__file__).parents[1] / "cases" / "own50")
Run = Callable[..., Any]


def test_a_list_in_every_form(knockon: Run) -> None:
    """Tables for people, rows for programs, and the whole answer as JSON."""
    ran = knockon("covered", "sdn", "--rule", "0.5", "--store", OWN50)
    assert ran.code == 0
    assert "A holds 50% of B" in ran.out
    assert "sdn names 2 parties, and covers 3 more by ownership" in ran.err
    assert "of 4 organizations less than the whole is recorded" in ran.err
    assert "5 stakes do not state whether direct" in ran.err
    rows = knockon("covered", "sdn", "--rule", "0.5", "--store", OWN50, "--format", "csv").out.splitlines()
    assert rows[0] == "list,id,label,class,verdict,why,known,possible,decides_at,rule,whole,round,from,until,text"
    assert [row.split(",")[1] for row in rows[1:]] == ["x", "y", "a", "c", "b"]
    strictly = ("covered", "sdn", "d", "--rule", "0.5", "--strict", "--store", OWN50)
    answer = knockon(*strictly, "--format", "json").json
    assert answer["verdict"] == "cannot tell"
    assert "| cannot tell |" in knockon(*strictly, "--format", "md").out
    assert knockon(*(word for word in strictly if word != "--strict"), "--format", "json").json["verdict"] == "not covered"


def test_one_entity_with_its_proof(knockon: Run) -> None:
    """The owners stand below what they own, down to the entry of the list."""
    out = knockon("covered", "sdn", "b", "--rule", "0.5", "--store", OWN50).out
    tree = [
        line.split("  counts")[0].rstrip() for line in out.partition("Why B")[2].splitlines() if "of" in line or "named" in line
    ]
    assert [line.split()[0] for line in tree] == ["a", "x", "x"]
    assert [len(line) - len(line.lstrip()) for line in tree] == [0, 2, 4]


def test_every_list(knockon: Run) -> None:
    """Without a list: each measure that names somebody, with what extends it."""
    ran = knockon("covered", "--store", "sensetime")
    assert ran.code == 0
    assert "us-entity-list" in ran.out


@pytest.mark.parametrize(
    ("entity", "fail_on", "code"),
    [("b", "covered", 6), ("d", "covered", 0), ("d", "cannot-tell", 0), ("b", "cannot-tell", 6)],
)
def test_fail_on(knockon: Run, entity: str, fail_on: str, code: int) -> None:
    """Exit 6 where the entity is covered, or where that is open."""
    assert knockon("covered", "all", entity, "--rule", "0.5", "--store", OWN50, "--fail-on", fail_on).code == code


def test_wrong_calls(knockon: Run) -> None:
    """Exit 2 and 3 with what to write."""
    assert knockon("covered", "sdn", "--store", OWN50, "--fail-on", "covered").code == 2
    assert knockon("covered", "sdn", "d", "--store", OWN50, "--fail-on", "blocked").code == 2
    assert knockon("covered", "sdn", "--rule", "50", "--store", OWN50).code == 2
    assert knockon("covered", "nobody", "--store", OWN50).code == 3
    assert knockon("loops", "--ownership", "--if", "a=b", "--store", OWN50).code == 2


def test_circles_of_ownership(knockon: Run, tmp_path: Path) -> None:
    """It lists who owns itself, and says where nobody does."""
    assert "nobody owns itself" in knockon("loops", "--ownership", "--store", OWN50).err
    table = tmp_path / "owners.csv"
    table.write_text("owner,owned,share\nA,B,0.5\nB,A,0.25\n", "utf-8")
    ran = knockon("loops", "--ownership", "--store", str(table))
    assert (ran.code, "a owns b owns a" in ran.out.lower()) == (0, True)
    assert knockon("loops", "--ownership", "--store", str(table), "--format", "json").json["loops"][0]["share_low"] == 0.125


def test_a_shock_of_a_list(knockon: Run, tmp_path: Path) -> None:
    """--list cuts what covered parties supply, with a severity if one is given; --save-as keeps it as a policy."""
    table = tmp_path / "mine"
    table.mkdir()
    (table / "dataset.yaml").write_text("name: mine\n", "utf-8")
    (table / "measures.csv").write_text("id,label,appliesTo\nban,Ban,holding\n", "utf-8")
    (table / "rules.csv").write_text("id,label,extends,threshold\nhalf,Half,ban,0.5\n", "utf-8")
    (table / "owners.csv").write_text("owner,owned,share\nholding,cloud,0.5\n", "utf-8")
    (table / "needs.csv").write_text("dependant,need,provider,criticality\nshop,hosting,cloud,high\n", "utf-8")
    (table / "companies.csv").write_text("id,label\nholding,Holding\ncloud,Cloud\nshop,Shop\n", "utf-8")
    (table / "services.csv").write_text("class,id,label\nService,hosting,Hosting\n", "utf-8")
    store = str(tmp_path / "store")
    assert knockon("load", str(table), "--store", store).code == 0
    rows = knockon("impact", "--list", "ban=0.5", "--store", store, "--format", "csv").out
    assert "shop" in rows
    assert ",0.375," in rows
    assert knockon("impact", "--list", "ban", "--save-as", "Blocked", "--store", store).code == 0
    shown = knockon("show", "blocked", "--store", store, "--format", "json").json
    assert "ko:coveredBy" in str(shown)
    assert "because Holding holds 50% of Cloud" in knockon("explain", "blocked", "shop", "--store", store).out
    assert knockon("impact", "--list", "=high", "--store", store).code == 2
    assert knockon("impact", "--list", "ban", "--list", "ban=high", "--store", store).code == 2
    assert knockon("impact", "--list", "bann", "--store", store).code == 3


def test_lists_without_a_rule_are_told_once(knockon: Run) -> None:
    """Of an entity and all lists one line says how many no rule extends, and what has happened is not called existing."""
    notes = knockon("covered", "all", "tsmc", "--store", "chips").err
    assert notes.count("no rule of ownership in force extends") == 1
    assert " lists: each covers whom it names alone; --rule 0.5 supposes one" in notes
    assert "japan-materials-licences-2019 happened from 2019-07-04" in notes


def test_a_shock_of_the_question_has_no_name_in_notes(knockon: Run) -> None:
    """A list whose parties supply nothing finds nothing to hit; the id that the shock of the question got is not printed."""
    notes = knockon("impact", "--list", "cmic-designation", "--store", "sensetime").err
    assert "The query of a hit finds nothing to hit here." in notes
