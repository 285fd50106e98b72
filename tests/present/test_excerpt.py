"""Part of a large graph: what matters is there, what is missing is counted, nothing is left out silently."""

from __future__ import annotations

import html
import re

import pytest

import knockon
from knockon.errors import NotFound, UsageError
from knockon.model import Company, Dependency, Entity, Measure
from knockon.present.page.excerpt import excerpt
from knockon.present.page.explorer import page
from knockon.present.page.page_data import drawing
from support.explorer_sample import iri, sample_records, sample_report
from support.hostile_records import data_in_page
from support.impact_reports import impact_report, impact_row
from support.large_graph import NS, large_records, large_report

#: How many entities a page cannot show at once; many times more is slow.
HUGE = [6_000, pytest.param(50_000, marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=HUGE)
def size(request) -> int:
    """The number of entities."""
    return request.param


@pytest.fixture(scope="module")
def huge(size):
    return large_records(size)


def labels(data: dict) -> set[str]:
    return {data["strings"][row] for row in data["nodes"]["label"]}


def chain(count: int) -> list:
    """Company n needs company n + 1."""
    records: list = [Company(id=f"urn:x:{n}", label=f"Company {n}") for n in range(count)]
    return records + [Dependency(id=f"urn:x:d{n}", dependant=f"urn:x:{n}", need=f"urn:x:{n + 1}") for n in range(count - 1)]


def test_a_list_is_in_the_middle():
    """Without a shock or a centre, what is near the listed entities; those that the graph lacks do not matter."""
    part = excerpt(chain(20), listed=["urn:x:2", "urn:x:9", "urn:x:none"], depth=1, limit=10)
    assert sorted(part.kept) == [f"urn:x:{n}" for n in (1, 10, 2, 3, 8, 9)]
    assert part.why == "This page shows what lies within 1 step of the 2 entities of the portfolio."
    assert excerpt(chain(20), listed=["urn:x:2"], depth=1, limit=10).why.endswith("1 step of Company 2.")
    assert excerpt(chain(5), listed=["urn:x:2"]) is None
    with pytest.raises(UsageError, match="a --portfolio"):
        excerpt(chain(20), listed=["urn:x:none"], limit=10)


def test_what_fits_is_drawn_whole():
    assert excerpt(sample_records()) is None
    assert excerpt([], limit=1) is None
    whole = drawing(sample_records(), sample_report(), title="t")
    assert "left_out" not in whole


def test_too_large_without_a_choice_names_ways_out(huge, size):
    """Centre, shock and limit are named, and the best connected entities to begin with."""
    with pytest.raises(UsageError) as raised:
        excerpt(huge)
    said = str(raised.value)
    for word in (f"{size:,}", "5,000", "--centre", "--shock", "--limit", "c0"):
        assert word in said


@pytest.fixture(scope="module", params=[(3_000, 1_000), pytest.param((50_000, None), marks=pytest.mark.slow)])
def cut(request) -> tuple[int, int | None]:
    """A number of entities and a limit that is far less; without one the limit is 5,000."""
    return request.param


@pytest.mark.slow
def test_the_hardest_hit_of_many_thousands(cut):
    """As many as the limit are kept, those who lose most among them, each with the way the harm took."""
    size, limit = cut
    huge, most = large_records(size), limit or 5_000
    report = large_report(huge, size * 2 // 5)
    part = excerpt(huge, [report], limit=limit) if limit else excerpt(huge, [report])
    assert len(part.kept) == most
    assert {f"{NS}c{n}" for n in range(most // 2)} <= part.kept
    data = drawing(huge, report, title="t", part=part)
    impacts = data["cascade"]["impacts"]
    assert len(data["nodes"]["id"]) == len(impacts["loss"]) == most
    assert all(cause >= 0 or step == 0 for cause, step in zip(impacts["cause"], impacts["x"], strict=True))
    left = data["left_out"]
    assert left["entities"] == size - most
    assert f"{size * 2 // 5:,}" in left["why"]
    assert f"{left['links']:,} links" in left["why"]
    assert len(set(zip(data["nodes"]["x"], data["nodes"]["y"], strict=True))) == most


def test_around_one_of_many_thousands(huge, size):
    """The excerpt contains what lies within a number of steps, and nothing else."""
    far = size * 4 // 5
    part = excerpt(huge, centre=f"{NS}c{far}", depth=1)
    needs = {one.need for one in huge if isinstance(one, Dependency) and one.dependant == f"{NS}c{far}"}
    dependants = {one.dependant for one in huge if isinstance(one, Dependency) and one.need == f"{NS}c{far}"}
    assert part.kept == {f"{NS}c{far}", *needs, *dependants}
    wider = excerpt(huge, centre=f"{NS}c{far}", depth=2)
    assert part.kept < wider.kept


def test_what_is_left_out_is_counted_exactly():
    """Entities, links and facts of the part and those that are missing add up to those of the whole."""
    records, whole = sample_records(), drawing(sample_records(), title="t")
    for depth in range(4):
        part = excerpt(records, centre=iri("face-login"), depth=depth)
        data = drawing(records, title="t", part=part)
        assert part.entities == len(whole["nodes"]["id"]) - len(data["nodes"]["id"])
        assert part.links == len(whole["edges"]["from"]) - len(data["edges"]["from"])
        assert part.facts == len(whole["facts"]["kind"]) - len(data["facts"]["kind"])
    everything = frozenset(one.id for one in records if isinstance(one, Entity | Measure))
    assert excerpt(records, centre=iri("acme-vision"), depth=0, limit=1).kept == {iri("acme-vision")}
    assert part.kept < everything


def test_names_of_what_is_not_drawn_are_known():
    """A fact of a drawn entity names its other end, drawn or not."""
    data = drawing(chain(3), title="t", part=excerpt(chain(3), centre="urn:x:0", depth=0))
    assert labels(data) == {"Company 0"}
    assert [data["strings"][row] for row in data["facts"]["headline"]] == ["Company 1"]


def test_the_limit_holds_around_a_centre():
    """Nearest first, then best connected; the notice says that the limit cut."""
    part = excerpt(chain(30), centre="urn:x:10", depth=9, limit=5)
    assert len(part.kept) == 5
    assert {"urn:x:9", "urn:x:10", "urn:x:11"} <= part.kept
    assert "the 5 nearest" in part.notice()["why"]


def test_losers_come_with_what_they_hang_on():
    """Where all who lose fit, their needs follow; nothing else does."""
    losses = [impact_row("urn:x:3", "3", loss=1.0, step=0), impact_row("urn:x:2", "2", cause="urn:x:3")]
    report = impact_report("S", losses)
    part = excerpt(chain(30), [report], limit=10)
    assert part.kept == {"urn:x:2", "urn:x:3", "urn:x:4"}
    assert excerpt(chain(30), [report], limit=1).kept == {"urn:x:3"}


def test_a_shock_that_hits_nothing_still_shows_something():
    part = excerpt(chain(30), [impact_report("S", [])], limit=4)
    assert len(part.kept) == 4
    assert "Nothing is lost" in part.notice()["why"]


def test_a_centre_that_reaches_everything_leaves_nothing_to_say():
    part = excerpt(chain(4), centre="urn:x:0", depth=3)
    assert part.notice() is None
    assert "left_out" not in drawing(chain(4), title="t", part=part)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"depth": -1}])
def test_numbers_that_make_no_sense(wrong):
    with pytest.raises(UsageError):
        excerpt(chain(3), centre="urn:x:0", **wrong)


def test_a_run_is_cut_to_the_part():
    """It shows the drawn entities only."""
    records, report = sample_records(), sample_report()
    part = excerpt(records, [report], limit=5)
    data = drawing(records, report, title="t", part=part)
    assert len(data["cascade"]["impacts"]["loss"]) == 5
    assert data["cascade"]["run"]["affected"] == len(report) > 5
    assert -1 not in data["cascade"]["impacts"]["node"]


def test_through_the_graph(graph: knockon.Graph):
    """The same from the face of the package, with names instead of IRIs."""
    shown = graph.explore(centre="sensefoundry", depth=1)
    assert "within 1 step of SenseFoundry" in shown.left_out["why"]
    with pytest.raises(UsageError, match="--centre"):
        graph.explore(limit=20)
    with pytest.raises(NotFound, match="entity"):
        graph.explore(centre="nobody-at-all")
    cut = graph.explore("entity-list-chips", limit=20)
    data = data_in_page(cut)
    assert len(data["nodes"]["id"]) == 20
    assert data["left_out"] == cut.left_out


def test_without_scripts_the_notice_and_the_ranges_are_there():
    """The table that stands in says what is left out, and from where to where a loss may lie."""
    records, report = sample_records(), sample_report()
    text = page(drawing(records, report, title="t", part=excerpt(records, [report], limit=5)))
    fallback = html.unescape(re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)[1])
    assert "Left out:" in fallback
    assert re.search(r"\d+% \(\d+% to \d+%\)", fallback)


def test_a_depth_beyond_everything_ends() -> None:
    """Steps from the centre are taken as long as they lead anywhere, whatever number of them is asked for."""
    part = excerpt(chain(30), centre="urn:x:0", depth=10**15)
    assert part is not None
    assert len(part.kept) == 30
