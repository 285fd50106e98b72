"""What tables and notes say of a number: its range, its placeholder, of how many it is, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

PLACEHOLDER = "by an amount that no source states (taken as 0.45; 5 to 100 %)"


def test_a_company_is_told_with_ranges(knockon: Run) -> None:
    """The loss of a company and that of its worst part have their ranges, in the notes and in JSON."""
    done = knockon("impact", "short-seller-report")
    assert "SenseTime: 0.00 (0.00-0.00) itself, its worst part SenseTime's listed shares 0.45 (0.05-1.00)" in done.err
    company = knockon("impact", "short-seller-report", "--format", "json").json["companies"][0]
    assert (company["worst_part_loss_low"], company["worst_part_loss_high"]) == (0.05, 1.0)
    assert (company["loss_low"], company["loss_high"]) == (0.0, 0.0)


def test_exposure_shows_the_part_that_is_reached(knockon: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of losses 0 names the part that loses, with its range, and what it rests on is said to be that of the part."""
    monkeypatch.setenv("COLUMNS", "80")
    done = knockon("exposure", "sensetime")
    row = next(line for line in done.out.splitlines() if line.startswith("llm-competition"))
    assert "0.00-0.00" in row
    assert "sensechat 0.45 (0.05-1.00)" in " ".join(done.out.split())
    assert "its part: asserted, 1 judged, 1 unknown (the hit)" in " ".join(done.out.split())
    assert "11 of 19 shocks reach only a part of sensetime, which loses nothing itself" in done.err
    assert f"4 rows rest on a hit that is ungraded: it is {PLACEHOLDER}" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("uncertainty", "short-seller-report", "--draws", "8"),
        ("mitigate", "short-seller-report", "--protect", "sensetime-shares"),
        ("compare", "short-seller-report", "entity-list-chips"),
    ],
)
def test_no_answer_about_a_shock_hides_that_its_hit_is_ungraded(knockon: Run, arguments: tuple[str, ...]) -> None:
    """Notes and JSON of all commands that compute say so."""
    assert f"The hit is ungraded: it hits SenseTime's listed shares {PLACEHOLDER}" in knockon(*arguments).err
    answer = knockon(*arguments, "--format", "json").json
    side = answer.get("first", answer)
    assert side["ungraded_hits"] == ["https://w3id.org/knockon/id/sensetime-shares"]


def test_what_is_judged_is_in_the_tables_of_structure(knockon: Run) -> None:
    """The criticalities that choke points and concentrations rest on are mostly judged, and the tables say so."""
    points = knockon("chokepoints", "recurring-licensing-revenue").out
    assert "rests on" in points
    assert "judged" in next(line for line in points.splitlines() if line.startswith("surveillance-data-access "))
    assert "combination, criticality" in knockon("concentration", "cloud-hosting").out


def test_an_entity_that_is_not_reached_says_what_was_left_out(knockon: Run) -> None:
    """The need for capital is left out unless it is asked for: the error names the record and the option."""
    done = knockon("explain", "ai-bubble-bursts", "sensetime")
    assert done.code == 3
    assert "of its dependencies and their suppliers, 2 were left out: 2 financing" in done.err
    assert "--financing lets them in" in done.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("exposure", "entity-list-chips"), "what it does: `knockon impact entity-list-chips`"),
        (("impact", "value-chain"), "`knockon show value-chain` has its steps"),
        (("profile", "doc-newsletter"), "what it says: `knockon show doc-newsletter`"),
    ],
)
def test_a_thing_of_another_class_comes_with_the_command_about_it(knockon: Run, arguments: tuple[str, ...], hint: str) -> None:
    """Who names a shock, a chain or a document where an entity or shock is meant is told what to type."""
    done = knockon(*arguments)
    assert (done.code, hint in done.err) == (3, True)


def test_chains_count_what_the_day_leaves_out(knockon: Run) -> None:
    """The line on the day is that of the other commands; a cascade of which nothing is reached is in no order."""
    done = knockon("chains")
    assert "left out 3 records that have ended." in done.err
    assert "3 of 6 cascades that can be tested reached in full; the other 13 chains cannot be tested" in done.err
    rows = {row["id"]: row for row in knockon("chains", "--format", "json").json}
    assert rows["valuation-trap"]["in_order"] is None
    assert rows["valuation-trap"]["not_holding"] == {"ended": 3, "not begun": 0}


def test_a_timeline_without_recorded_days_has_no_loss_days(knockon: Run) -> None:
    """Loss-days count links where no buffer or delay is recorded, so they are left out as the times are."""
    answer = knockon("impact", "entity-list-chips", "--model", "timeline", "--format", "json").json
    untimed = [one for one in answer["impacts"] if one["timed"] is False]
    assert untimed
    assert {(one["time_to_impact"], one["area"]) for one in untimed} == {(None, None)}
