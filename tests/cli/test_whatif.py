"""mitigate, compare and --fail-on on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_mitigate_ranks_changes(knockon: Run) -> None:
    """The table reads, marks what is hypothetical and says what a stock is; JSON has every change with its evidence."""
    done = knockon("mitigate", "entity-list-chips", "--protect", "sensefoundry")
    assert done.code == 0, done.err
    first = next(line for line in done.out.splitlines() if "criticality" in line)
    assert all(word in first for word in ("High -> Medium", "sensefoundry-inference", "0.22", "0.34", "hypothetical"))
    assert "1 day " in done.out, "the algorithms that it embeds lose upkeep a link later"
    assert "a stock changes no final loss" in done.err
    assert "6 of 6 name no supplier" in done.err
    answer = knockon("mitigate", "entity-list-chips", "--protect", "SenseFoundry", "-f", "json").json
    assert len(answer["changes"]) == 11
    assert all(row["evidence"] for row in answer["changes"])
    assert {"network_hash", "parameters", "stopped_by", "truncated", "before", "why", "pairs_tried"} <= set(answer)


def test_mitigate_says_so_when_nothing_helps(knockon: Run) -> None:
    """Equally bad ways are named, and the pair that helps is shown; one that is hit itself is told."""
    done = knockon("mitigate", "procurement-withdrawal", "--protect", "recurring-licensing-revenue")
    assert done.code == 0, done.err
    assert "no single change saves Recurring licensing revenue anything" in done.err
    ways = done.err.partition("in 2 equally bad ways: ")[2].partition("\n")[0]
    assert "for Platform deployment (licensing-revenue-deployment), the need of" in ways
    assert ways.endswith("(licensing-revenue-cities)")
    assert "Two changes together" in done.out
    done = knockon("mitigate", "sensetime-stops", "--protect", "sensetime")
    assert "hit itself" in done.err
    done = knockon("mitigate", "entity-list-chips", "--protect", "nvidia")
    assert (done.code, done.out) == (0, "")
    assert "nothing to save" in done.err
    done = knockon("mitigate", "procurement-withdrawal", "--protect", "recurring-licensing-revenue", "--pairs", "3")
    assert "pairs were not tried; raise --pairs" in done.err


def test_mitigate_names_recorded_alternatives(knockon: Run, tmp_path: Path) -> None:
    """A supplier that the list names as alternative is offered by name, as a further one and in place of the old."""
    rows = "phones,screens,lumen,high,vetro\nphones,cells,volt,low,\nkiosk,screens,vetro,low,\n"
    (tmp_path / "list.csv").write_text(f"dependant,need,provider,criticality,alternative\n{rows}", "utf-8")
    done = knockon("mitigate", "--hit", "lumen=essential", "--protect", "phones", "--store", "list.csv")
    assert done.code == 0, done.err
    assert "vetro as a further supplier" in done.out
    assert "vetro in place of lumen" in done.out
    assert "for good" in done.out
    done = knockon("mitigate", "--hit", "volt=1", "--protect", "phones", "--store", "list.csv", "-f", "csv")
    assert done.out.startswith("kind,change,hypothetical,")
    assert "a further supplier (none is named),yes" in done.out.replace("True", "yes")


def test_compare_shocks_and_worlds(knockon: Run) -> None:
    """Two shocks in one world, one shock in two; overlaps are marked, and what fell away is told."""
    done = knockon("compare", "data-reclassification", "entity-list-chips")
    assert done.code == 0, done.err
    line = next(line for line in done.out.splitlines() if "sensefoundry" in line)
    assert line.split() == ["sensefoundry", "+0.41", "+0.02", "to", "+0.77", "0.15", "0.56", "5", ">", "2", "13", ">", "2"]
    assert "the difference may be nothing" in done.err
    done = knockon("compare", "data-reclassification", "--without", "doc-dependency-card")
    assert "second without doc-dependency-card" in " ".join(done.out.split())
    assert "second: 180 records fell away" in done.err
    answer = knockon("compare", "entity-list-chips", "data-reclassification", "--facts-only", "-f", "json").json
    assert [answer[side]["parameters"]["facts_only"] for side in ("first", "second")] == [True, True]
    assert answer["same_network"] is True
    done = knockon("compare", "data-reclassification", "--facts-only", "--min-difference", "0.5")
    assert "4 differences below 0.5 not shown" in done.err
    rows = [
        json.loads(line) for line in knockon("compare", "data-reclassification", "--facts-only", "-f", "jsonl").out.splitlines()
    ]
    assert len(rows) == 29


def test_compare_may_find_nothing(knockon: Run) -> None:
    """The same twice: no table, and it is said; a world that knows nothing."""
    done = knockon("compare", "data-reclassification", "data-reclassification")
    assert (done.code, done.out) == (0, "")
    assert "the same: 29" in done.err
    assert "the two have the same losses" in done.err
    assert done.err.count("As of ") == 1, "what holds of both is told once"


def test_a_broken_rule_exits_6(knockon: Run) -> None:
    """After the answer, with the rule and the numbers on stderr; kept rules exit 0."""
    done = knockon("impact", "entity-list-chips", "--fail-on", "SenseFoundry.high>0.8", "--fail-on", "sensefoundry>0.9")
    assert done.code == 6
    assert "sensefoundry-inference" in done.out
    assert "BROKEN: SenseFoundry.high>0.8: the high end is 0.81" in done.err
    assert "sensefoundry>0.9" not in done.err
    assert knockon("impact", "entity-list-chips", "--fail-on", "sensefoundry>0.6").code == 0
    answer = knockon("impact", "entity-list-chips", "--fail-on", "sensefoundry>0.5", "-f", "json")
    assert (answer.code, answer.json["truncated"]) == (6, False)


def test_rules_hold_over_every_answer(knockon: Run) -> None:
    """Each shock of --all, each side of a comparison, the best change of a mitigation."""
    done = knockon("impact", "--all", "--fail-on", "sensefoundry>=1")
    assert done.code == 6
    # A reclassification costs a running platform its upkeep; only the end of the firm costs it everything.
    assert "BROKEN: sensetime-stops: sensefoundry>=1" in done.err
    done = knockon("compare", "sensetime-stops", "entity-list-chips", "--fail-on", "sensefoundry>0.9")
    assert (done.code, done.err.count("BROKEN"), "BROKEN: first: " in done.err) == (6, 1, True)
    chips = ("mitigate", "entity-list-chips", "--protect", "sensefoundry", "--fail-on")
    assert knockon(*chips, "sensefoundry>0.5").code == 0
    done = knockon(*chips, "sensefoundry>0.3")
    assert (done.code, "with the best single change, sensefoundry>0.3" in done.err) == (6, True)


def test_a_cap_wins_over_a_rule(knockon: Run) -> None:
    """Numbers cut short cannot be trusted: 5, and both are said."""
    done = knockon("impact", "entity-list-chips", "--cap", "1", "--fail-on", "sensefoundry>=0")
    assert done.code == 5
    assert "STOPPED BY ITS CAP" in done.err
    assert "BROKEN" in done.err
    assert "exits 5, not 6" in done.err
    assert knockon("compare", "entity-list-chips", "--facts-only", "--cap", "1").code == 5
    done = knockon("mitigate", "entity-list-chips", "--protect", "sensefoundry", "--cap", "1")
    assert done.code == 5


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["mitigate", "entity-list-chips"], 2, "--protect"),
        (["mitigate", "--protect", "nvidia"], 2, "--hit"),
        (["mitigate", "entity-list-chips", "--hit", "nvidia=1", "--protect", "nvidia"], 2, "one of the two"),
        (["mitigate", "entity-list-chip", "--protect", "nvidia"], 3, "entity-list-chips"),
        (["mitigate", "entity-list-chips", "--protect", "nvida"], 3, "nvidia"),
        (["mitigate", "entity-list-chips", "--protect", "nvidia", "--buffer-days", "-1"], 2, "days"),
        (["mitigate", "entity-list-chips", "--protect", "nvidia", "--criticality-step", "2"], 2, "step"),
        (["mitigate", "entity-list-chips", "--protect", "nvidia", "--fail-on", "sensetime>0"], 2, "alone"),
        (["compare", "entity-list-chips"], 2, "second shock"),
        (["compare", "entity-list-chips", "data-reclassificatio"], 3, "data-reclassification"),
        (["compare", "entity-list-chips", "--without", "doc-x"], 3, "document"),
        (["compare", "entity-list-chips", "--facts-only", "--format", "xml"], 2, "json"),
        (["impact", "entity-list-chips", "--fail-on", "nvidia"], 2, "ENTITY>LOSS"),
        (["impact", "entity-list-chips", "--fail-on", "nvidia>7"], 2, "0..1"),
        (["impact", "entity-list-chips", "--fail-on", "nvida>0.5"], 3, "nvidia"),
        (["impact", "--fail-on", "nvidia>0.5"], 2, "shock"),
    ],
)
def test_wrong_calls_say_how_to_mend_them(knockon: Run, arguments: list[str], code: int, said: str) -> None:
    """The exit code, the word that helps, no table, no traceback."""
    done = knockon(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err
