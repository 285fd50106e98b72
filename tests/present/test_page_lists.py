"""The page says of each entity which lists cover it, and why, in the words of ``covered``."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.analysis.lists.everybody import listed_parties
from knockon.present.page.page_data import drawing

CASE = Path(__file__).resolve().parents[1] / "cases" / "new_listing"


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    """A graph in which a listed company owns half of others."""
    return knockon.open(CASE)


def test_the_lists_of_a_page_are_those_of_covered(graph: knockon.Graph) -> None:
    """Word for word, with the verdict, the measure, the owners whose stakes count, and where it is written."""
    context = graph._context()
    data = drawing(context.base_statements, title="T", on_lists=listed_parties(context))
    lists, strings = data["lists"], data["strings"]
    names = [data["base"] + strings[row] if ":" not in strings[row] else strings[row] for row in data["nodes"]["id"]]
    shown = {
        (names[measure], names[node]): (bool(covered), strings[text], {names[owner] for owner in owners}, len(evidence))
        for measure, node, covered, text, owners, evidence in zip(
            *(lists[key] for key in ("measure", "node", "covered", "text", "owners", "evidence")), strict=True
        )
    }
    expected = {
        (one.measure, party.entity): party
        for one in graph.covered().lists
        for party in one.parties
    }  # fmt: skip
    assert shown.keys() == expected.keys()
    for key, party in expected.items():
        covered, text, owners, cited = shown[key]
        assert (covered, text) == (party.verdict == "covered", party.text)
        assert owners == {stake.owner for stake in party.stakes if stake.counts != "no"}
        assert cited >= bool(party.listings and party.listings[0].evidence)
    assert any(owners for _, _, owners, _ in shown.values())
