"""diff on the command line: losses that differ, two days, and rules that stop a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

SHOCKS = "shock,target,severity\nglass stops,Lumen Glass,high\n"


@pytest.fixture
def versions(suppliers: Path, tmp_path: Path) -> tuple[str, str]:
    """A data set in two versions: glass matters less in the second, and one need ends."""
    for name, word in (("one", "high"), ("two", "low")):
        folder = tmp_path / name
        folder.mkdir()
        rows = suppliers.read_text("utf-8").replace("Glass,high", f"Glass,{word}")
        (folder / "suppliers.csv").write_text(rows, "utf-8")
        (folder / "shocks.csv").write_text(SHOCKS, "utf-8")
        (folder / "dataset.yaml").write_text("title: Work\nname: work\n", "utf-8")
    return "one", "two"


def test_the_losses_that_differ_between_two_versions(knockon: Run, versions: tuple[str, str]) -> None:
    """Whose loss changed, from what to what with its range, by size; the fields that differ beside them."""
    done = knockon("diff", *versions, "--impact", "-f", "json")
    assert done.code == 0
    impacts = done.json["impacts"]
    before, after = (
        {row["entity"]: row for row in knockon("impact", "glass-stops", "-s", name, "-f", "json").json["impacts"]}
        for name in versions
    )
    assert {row["entity"]: (row["loss_old"], row["loss_low_new"]) for row in impacts["changes"]} == {
        entity: (before[entity]["loss"], after[entity]["loss_low"]) for entity in before if before[entity] != after[entity]
    }
    assert impacts["changes"][0]["change"] == "better"
    assert (impacts["shocks_compared"], impacts["same_network"]) == (1, False)
    assert [record["id"] for record in done.json["records"]] == ["acme-phones--needs--displays"]
    people = knockon("diff", *versions, "--impact")
    assert people.out.index("Losses that differ") < people.out.index("criticality")
    assert "2 losses differ under 1 shock: 2 better; leontief, as of 2026-01-01" in people.err
    rows = knockon("diff", *versions, "--impact", "-f", "csv").out.splitlines()
    assert len(rows) == 1 + len(impacts["changes"])
    assert len(knockon("diff", *versions, "--impact", "-f", "jsonl").out.splitlines()) == len(impacts["changes"])
    assert knockon("diff", *versions, "--shock", "glass-stops", "-f", "json").json["impacts"] == impacts
    assert knockon("diff", *versions, "--impact", "--model", "reach", "-f", "json").json["impacts"]["changes"] == []
    assert knockon("diff", "one", "one", "--impact", "-f", "json").json["impacts"]["changes"] == []


def test_what_loading_a_file_would_change(knockon: Run, versions: tuple[str, str]) -> None:
    """A data set compared with a store is computed in that store: with other data sets, in place of its earlier version."""
    knockon("load", versions[0], "--store", "st")
    more = "dependant,need,provider,criticality\nRiders,bicycles,City Couriers,high\n"
    knockon("load", "-", "--from", "csv", "--as", "more", "--uses", "work", "--store", "st", stdin=more)
    planned = knockon("diff", versions[1], "--store", "st", "--impact", "-f", "json")
    assert planned.code == 0, planned.err
    assert knockon("load", versions[1], "--replace", "--store", "st").code == 0
    done = knockon("diff", "st", "--impact", "-f", "json")
    assert planned.json["impacts"]["changes"] == done.json["impacts"]["changes"]
    assert {"riders"} <= {row["entity"].rsplit("/", 1)[1] for row in done.json["impacts"]["changes"]}


def test_two_days_of_one_source(knockon: Run) -> None:
    """What holds on the second day alone begins, and the losses of what came into force are new."""
    days = ("chips", "--as-of", "2023-07-31", "--and", "2023-08-01")
    done = knockon("diff", *days, "--impact", "-f", "json")
    assert done.code == 0
    began = {record["id"]: (record["change"], record["absent"]) for record in done.json["records"]}
    assert began == {"mofcom-23-2023": ("begins", "not begun")}
    (shock,) = (s for s in done.json["impacts"]["shocks"] if s["shock"].endswith("gallium-germanium-control"))
    assert shock["not_in_force_old"] == "its legal basis mofcom-23-2023 begins on 2023-08-01"
    assert (shock["not_in_force_new"], shock["changed"] > 0) == (None, True)
    assert (
        "China licenses no gallium and no germanium hits nothing in the old version" in knockon("diff", *days, "--impact").err
    )
    back = knockon("diff", "--store", "chips", "--as-of", "2023-08-01", "--and", "2023-07-31", "-f", "json").json
    assert (back["ends"], back["begins"], back["day_old"]) == (1, 0, "2023-08-01")
    assert "begins,Measure" in knockon("diff", *days, "-f", "csv").out


def test_each_version_on_its_own_day(knockon: Run, versions: tuple[str, str], tmp_path: Path) -> None:
    """Two sources and two days: what was added, what is changed, and what ended in both."""
    for name in versions:
        with (tmp_path / name / "ends.yaml").open("w", encoding="utf-8") as file:
            file.write("Dependency:\n  ends: {dependant: acme-phones, need: displays, criticality: Low, until: 2024-12-31}\n")
    days = ("--as-of", "2024-12-31", "--and", "2025-01-01")
    answer = knockon("diff", *versions, *days, "-f", "json").json
    assert {(row["id"], row["change"]) for row in answer["records"]} == {
        ("ends", "ends"), ("acme-phones--needs--displays", "changed")
    }  # fmt: skip
    assert (answer["day_old"], answer["day_new"], answer["not_holding"]) == ("2024-12-31", "2025-01-01", 0)
    assert knockon("diff", *versions, "--as-of", "2025-01-01", "-f", "json").json["not_holding"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "any"), 6),
        (("--fail-on", "changed"), 6),
        (("--fail-on", "added"), 0),
        (("--impact", "--fail-on", "better"), 6),
        (("--impact", "--fail-on", "worse", "--fail-on", "loss>0"), 0),
        (("--fail-on", "worse"), 2),
        (("--fail-on", "loss>0.1"), 2),
        (("--fail-on", "acme>0.1"), 2),
        (("--model", "reach"), 2),
        (("--facts-only",), 2),
        (("--and", "2024-01-01"), 2),
        (("--as-of", "yesterday"), 2),
        (("--shock", "nothing-like-it"), 3),
    ],
)
def test_exit_codes(knockon: Run, versions: tuple[str, str], arguments: tuple[str, ...], code: int) -> None:
    """6 where a rule is broken, which is told; 2 where options make no sense together; 3 for a shock of neither version."""
    done = knockon("diff", *versions, *arguments)
    assert done.code == code, done.err
    assert ("BROKEN: " in done.err) == (code == 6)
