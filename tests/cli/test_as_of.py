"""--as-of on the command line: on every command that computes, on query, in knockon.toml; each answer says its day."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.short_form import some_of

EARLY = ("--as-of", "2020-01-01")
COMMANDS = [
    "impact entity-list-chips", "impact --all", "exposure sensetime", "explain entity-list-chips sensefoundry", "chains",
    "compare entity-list-chips data-reclassification", "profile sensetime", "loops", "concentration",
    "mitigate entity-list-chips --protect sensefoundry", "chokepoints sensefoundry",
    "uncertainty entity-list-chips --draws 16",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_takes_a_day_and_says_it(knockon, command: str) -> None:  # type: ignore[no-untyped-def]
    """The day asked for; a wrong one is a usage error."""
    assert "As of 2020-01-01" in knockon(*command.split(), *EARLY).err
    wrong = knockon(*command.split(), "--as-of", "2024-13-01")
    assert (wrong.code, wrong.out) == (2, "")
    assert "write 2025-07-01" in wrong.err


@pytest.mark.parametrize("command", some_of(COMMANDS, 4))
def test_without_a_day_each_command_takes_that_of_today(knockon, command: str) -> None:  # type: ignore[no-untyped-def]
    """And says it; with all no day at all."""
    assert "As of 2026-01-01" in knockon(*command.split()).err
    assert "Dates are ignored" in knockon(*command.split(), "--as-of", "all").err


def test_a_shock_that_does_not_hold_hits_nothing_and_says_so(knockon, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Exit code 0, a note, a field of the JSON; in the pages too."""
    label = "US Treasury designation as a military-industrial complex company"
    why = "hits nothing as of 2020-01-01: its legal basis cmic-designation begins on 2021-01-01"
    done = knockon("impact", "treasury-designation", *EARLY, "--format", "json")
    assert (done.code, done.json["impacts"]) == (0, [])
    assert done.json["not_in_force"] == "its legal basis cmic-designation begins on 2021-01-01"
    assert f"{label} {why}" in knockon("impact", "treasury-designation", *EARLY).err
    for command in (["impact", "--all"], ["exposure", "sensetime"]):
        assert f"treasury-designation {why}" in knockon(*command, *EARLY).err  # as in their tables
    sides = knockon("compare", "treasury-designation", "entity-list-chips", *EARLY)
    assert sides.code == 0
    assert "hits nothing as of 2020-01-01" in sides.err
    for command, name in (("report", "r.html"), ("explore", "e.html")):
        shock = ["--shock", "treasury-designation"] if command == "explore" else ["treasury-designation"]
        assert knockon(command, *shock, *EARLY, "-o", name).code == 0
        assert "cmic-designation begins on 2021-01-01" in (tmp_path / name).read_text("utf-8")


def test_query_sees_all_records_or_those_of_a_day(knockon) -> None:  # type: ignore[no-untyped-def]
    """A derived triple of a post that ended is there in a plain query, and gone as of a later day."""
    ask = ("query", "ASK { id:xu-li ko:employedBy id:motorola }", "--format", "csv")
    assert "true" in knockon(*ask).out
    assert "true" in knockon(*ask, "--as-of", "2010-11-30").out
    assert "false" in knockon(*ask, "--as-of", "2010-12-01").out
    assert "true" in knockon(*ask, "--as-of", "all").out
    assert knockon(*ask, "--as-of", "soon").code == 2


def test_an_until_of_a_year_holds_to_its_last_day(knockon, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """From the authored file to the answer."""
    (tmp_path / "s.csv").write_text("dependant,need,criticality,until\nshop,cloud,high,2022\n", "utf-8")

    def lost(day: str) -> int:
        done = knockon("impact", "--store", "s.csv", "--hit", "cloud=high", "--as-of", day, "--format", "json")
        return len(done.json["impacts"])

    assert [lost(day) for day in ("2022-12-31", "2023-01-01", "all")] == [2, 1, 2]


def test_the_configuration_gives_the_day_where_no_option_does(knockon, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """knockon.toml after --as-of, before today."""
    (tmp_path / "knockon.toml").write_text("as-of = 2024-06-01\n", "utf-8")
    assert "As of 2024-06-01" in knockon("loops").err
    assert "As of 2020-01-01" in knockon("loops", *EARLY).err
