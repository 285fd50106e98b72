"""Names on the command line: across the files of a store, in bundled data, alike and addressed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two tables that speak of one supplier, and one that speaks of bundled data."""
    (tmp_path / "suppliers.csv").write_text("dependant,need,provider\nShop,Glass,Lumen Glass\nShop,Steel,Mill Ltd\n", "utf-8")
    (tmp_path / "factories.yaml").write_text(
        "Dependency: {f: {dependant: lumen-glass, need: glass, alternative: [mill-ltd]}}\n", "utf-8"
    )
    (tmp_path / "chips.csv").write_text("dependant,need,provider\nShop,Cards,NVIDIA\nShop,Rods,Mill Limited\n", "utf-8")
    return tmp_path


def test_a_second_file_speaks_of_what_the_store_has_and_is_compared_with_it(knockon: Run, files: Path) -> None:
    assert knockon("validate", "factories.yaml").code == 4
    assert knockon("load", "suppliers.csv", "--store", "work").code == 0
    done = knockon("load", "factories.yaml", "--store", "work")
    assert done.code == 0
    joined = "glass: also in suppliers; lumen-glass: also in suppliers; mill-ltd: also in suppliers"
    assert f"note: factories.yaml: 3 names joined other data sets: {joined}" in done.err
    for versions in (("factories.yaml", "--store", "work"), ("work", "factories.yaml"), ("factories.yaml", "work")):
        done = knockon("diff", *versions, "--format", "json")
        assert done.code == 0, done.err
        assert done.json["records"] == []


def test_bundled_names_take_uses_everywhere_a_file_is_given(knockon: Run, files: Path) -> None:
    alone = knockon("impact", "--store", "chips.csv", "--hit", "nvidia=high", "--format", "json")
    used = knockon("impact", "--store", "chips.csv", "--uses", "sensetime", "--hit", "nvidia=high", "--format", "json")
    assert (alone.code, used.code) == (0, 0)
    assert {"sensetime", "shop"} <= {row["id"] for row in used.json["impacts"]}
    assert "sensetime" not in {row["id"] for row in alone.json["impacts"]}
    done = knockon("load", "chips.csv", "--uses", "sensetime", "--store", "work")
    assert "note: chips.csv: 1 name found in sensetime: NVIDIA = id:nvidia" in done.err
    assert knockon("ls", "--store", "work", "--format", "json").out.count('"name": "sensetime"') == 1
    done = knockon("impact", "--store", "work", "--uses", "sensetime", "--hit", "nvidia=high")
    assert (done.code, "work is not one" in done.err) == (2, True)
    assert knockon("validate", "chips.csv", "--uses", "sensetme").code == 4


def test_look_alikes_are_listed_by_validate_and_the_first_few_by_load(knockon: Run, files: Path) -> None:
    done = knockon("validate", "suppliers.csv", "chips.csv")
    assert "1 group of names looks alike and is kept apart: Mill Limited / Mill Ltd (legal form)" in done.err
    assert any(
        "Mill Ltd" in n["message"] for n in knockon("validate", "suppliers.csv", "chips.csv", "-f", "json").json["notices"]
    )
    knockon("load", "suppliers.csv", "--store", "work")
    done = knockon("load", "chips.csv", "--store", "work")
    # Few are named at once: to see that Mill is there twice nobody should need a second command.
    assert (
        "1 group of names looks alike and is kept apart: Mill Limited / Mill Ltd (legal form) (spell names that mean"
        in done.err
    )
    assert "looks alike" not in knockon("validate", "sensetime").err


def test_exact_names_keep_spellings_apart(knockon: Run) -> None:
    table = str(CASES / "names_merge2.csv")
    assert "7 spellings taken as 2 names" in knockon("validate", table).err
    rows = knockon("validate", table, "--exact-names", "--format", "json").json["records"]
    assert {row["class"]: row["records"] for row in rows} == {"Dependency": 7, "Entity": 14}


def test_labels_with_spaces_and_without_language_are_addressed(knockon: Run) -> None:
    done = knockon(
        "impact", "--store", str(CASES / "label_trailing_space.ttl"), "--hit", "Alcoa Corporation=high", "-f", "json"
    )
    assert [row["id"] for row in done.json["impacts"]] == ["r1"]
    assert knockon("validate", str(CASES / "label_no_lang.ttl")).code == 0


def test_names_may_be_implied_where_others_are_declared(knockon: Run) -> None:
    done = knockon("validate", str(CASES / "mixed"))
    assert done.code == 0
    assert "1 name is not declared and became an entity: Steel" in done.err


def test_a_name_of_the_other_bundled_data_set_comes_with_the_option_that_opens_it(knockon: Run, tmp_path: Path) -> None:
    """Where bundled data are open, by default or by name; the exit code stays 3, and JSON has the same words."""
    for command in (("impact", "euv-export-stop"), ("exposure", "tsmc")):
        done = knockon(*command)
        assert (done.code, "(the bundled data set chips has one: add --store chips)" in done.err) == (3, True)
        assert "(the bundled data set chips has one: use --store chips)" in knockon(*command, "--store", "sensetime").err
    assert "has one: use --store sensetime" in knockon("impact", "sensetime-stops", "-s", "chips").err
    assert "(the bundled data set chips has the Company asml: add --store chips)" in knockon("impact", "asml").err
    assert "(the bundled data set chips has one: add --store chips)" in knockon("show", "asml").err
    assert "add --store" not in knockon("impact", "nosuch").err
    done = knockon("impact", "euv-export-stop", "-f", "json")
    assert "add --store chips" in done.json["error"]["message"]
    (tmp_path / "knockon.toml").write_text('store = "sensetime"\n', "utf-8")
    assert "add --store chips" in knockon("impact", "euv-export-stop").err
    assert knockon("impact", "euv-export-stop", "--store", "chips").code == 0
    (tmp_path / "a.yaml").write_text("Company:\n  acme: {label: Acme}\n", "utf-8")
    assert "--store chips" not in knockon("impact", "euv-export-stop", "--store", "a.yaml").err
