"""Shocks of lists: what covered parties supply and provide is cut, as data and by hand, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.store.oxigraph import MemoryStore

CASE = Path(__file__).parents[1] / "cases" / "new_listing"
BY_HAND = {"covered-by:new-list": "essential"}
Graphs = Callable[..., knockon.Graph]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Graphs:
    """The scenario of a listing of the holding of two clouds, with changes to its text, beside the bundled data.

    Each is loaded once: ask it, and load nothing into it.
    """
    graphs: dict[tuple[tuple[str, str], ...], knockon.Graph] = {}

    def opened(**changes: str) -> knockon.Graph:
        key = tuple(sorted(changes.items()))
        if key not in graphs:
            graphs[key] = load(**changes)
        return graphs[key]

    def load(**changes: str) -> knockon.Graph:
        folder = tmp_path_factory.mktemp("scenario")
        for path in CASE.iterdir():
            text = path.read_text("utf-8")
            for before, after in changes.items():
                text = text.replace(before, after)
            (folder / path.name).write_text(text, "utf-8")
        graph = knockon.Graph(MemoryStore())
        graph.load("sensetime", folder)
        return graph

    return opened


def losses(report: Any) -> dict[str, float]:
    return {impact.id: impact.loss for impact in report.impacts}


def test_a_listing_of_the_parent_of_the_clouds_reaches_sensetime_through_hosting(scenario: Graphs) -> None:
    """Under the 50 percent rule the holding of half of both clouds takes their hosting with it; the policy and --list agree."""
    graph = scenario()
    report = graph.impact("new-listing")
    assert report.loss("sensetime") > 0.2
    assert {target.iri.rsplit("/")[-1] for target in report.cause.outcome.resolved[0].targets} == {
        f"{need}-hosting--{cloud}-cloud" for need in ("sensetime", "ai-as-a-service") for cloud in ("alibaba", "tencent")
    }
    by_hand = graph.impact(hit=BY_HAND)
    assert losses(by_hand) == losses(report)
    assert by_hand.shock.label == "What New blocking list covers no longer supplies (90–100%)"


def test_not_when_the_share_is_49(scenario: Graphs) -> None:
    """49 % does not cover: the list then names the holding alone, which supplies nothing, and the rest cannot be told."""
    graph = scenario(**{"share: 0.5": "share: 0.49"})
    assert not graph.impact("new-listing").impacts
    assert not graph.impact(hit=BY_HAND).impacts
    assert graph.covered("new-list", "alibaba-cloud").verdict == "cannot tell"


def test_not_before_the_listing_nor_without_the_rule(scenario: Graphs) -> None:
    """The policy sees the day: before the entry, or on a day without the rule, it hits nothing."""
    assert not scenario().impact("new-listing", as_of="2025-12-31").impacts
    graph = scenario(**{"threshold: 0.5": "threshold: 0.5\n    until: 2026-06-30"})
    assert graph.impact("new-listing", as_of="2026-06-30").impacts
    assert not graph.impact("new-listing", as_of="2026-07-01").impacts
    lapsed = scenario(**{"measureKind: AssetFreeze": "measureKind: AssetFreeze\n    until: 2026-06-30"})
    assert lapsed.impact(hit=BY_HAND, as_of="2026-07-01").not_in_force == "its legal basis new-list ended on 2026-06-30"


def test_a_part_of_a_covered_party_is_cut_as_well(scenario: Graphs) -> None:
    """A provider that is part of a covered party supplies no more than it."""
    records = """\
BusinessUnit:
  my-unit: {label: Unit, partOf: cloud-holding}
Dependency:
  my-need: {dependant: my-buyer, need: cloud-hosting, supply: [my-unit], criticality: High}
Company:
  my-buyer: {label: Buyer}
"""
    graph = scenario(**{"Company:\n": records})
    assert graph.impact("new-listing").loss("my-buyer") > 0.5
    explanation = graph.explain("new-listing", "my-buyer")
    assert [reason.text for reason in explanation.origin.covered or ()] == [
        "Unit is part of A holding of clouds, and A holding of clouds is covered.",
        "New blocking list names A holding of clouds (since 2026-01-01).",
    ]


def test_explain_names_the_reason_with_its_sources(scenario: Graphs) -> None:
    """From the provider down to whom the list names, each with what it rests on; in every form."""
    graph = scenario(**{"direct: true": "direct: true\n    evidence: https://example.org/register"})
    explanation = graph.explain("new-listing", "ai-as-a-service")
    texts = [reason.text for reason in explanation.origin.covered or ()]
    assert texts == [
        "A holding of clouds holds 50% of Alibaba Cloud, and 50% or more is enough (50 percent rule).",
        "New blocking list names A holding of clouds (since 2026-01-01).",
    ]
    assert [c.address for c in (explanation.origin.covered or ())[0].evidence] == ["https://example.org/register"]
    assert any(document.rsplit("/")[-1].startswith("doc-") for document in explanation.document_titles)
    assert "holds 50% of Alibaba Cloud" in explanation.to_markdown()
    assert "example\\.org/register" in explanation.to_markdown()
    assert "holds 50% of Alibaba Cloud" in graph.report("new-listing", form="md")
    # Both supplies are cut: the other supplier is not said to lose nothing.
    assert [other.loss for link in explanation.links for other in link.others] == [1.0]


def test_what_cannot_be_told_is_not_hit_and_counted(scenario: Graphs) -> None:
    """The notes of an impact say of how many parties it is open whether the list covers them."""
    from knockon.present.rows.impact import impact_notes

    notes = impact_notes(scenario(**{"share: 0.5": "share: 0.49"}).impact(hit=BY_HAND))
    assert any(note.startswith("of 2 parties it cannot be told whether New blocking list covers them") for note in notes)


def test_a_list_beside_other_hits(scenario: Graphs) -> None:
    """A shock may hit what a list covers and something else; a list that does not exist is an error with near names."""
    graph = scenario()
    report = graph.impact(hit={**BY_HAND, "nvidia": "high"})
    assert report.loss("nvidia") == 0.75
    assert report.loss("sensetime") > 0.2
    assert not report.shock.legal_basis
    with pytest.raises(knockon.NotFound, match="new-list"):
        graph.impact(hit={"covered-by:new-lst": "high"})


def test_the_profile_names_the_list_that_covers_the_entity(scenario: Graphs) -> None:
    """Among its forces, with the reason; also where it cannot be told but records lead from the list to it."""
    covered = scenario().profile("alibaba-cloud").forces
    reason = "A holding of clouds holds 50% of Alibaba Cloud, and 50% or more is enough (50 percent rule)"
    assert f"New blocking list: {reason}" in [line.text for line in covered]
    undecided = scenario(**{"share: 0.5": "share: 0.49"}).profile("alibaba-cloud").forces
    assert any(line.text.startswith("New blocking list: Cannot tell: 51% of Alibaba Cloud is unknown") for line in undecided)
    assert not any("New blocking list" in line.text for line in scenario().profile("sensetime").forces)
