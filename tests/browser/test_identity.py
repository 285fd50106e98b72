"""Judging on the page which entities are one, the lists on the panel of an entity, and the star of the reader's list."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.identity.judgement_file import JudgementFile
from support.axe import serious
from support.browser_page import MARKS, open_page, search_for

pytestmark = MARKS


@pytest.fixture
def address(unasked: str) -> str:
    """Address of a page with entities that may be one, and with lists."""
    return unasked


def test_each_pair_is_one_keystroke_and_the_judgements_are_a_file(chromium, address: str, tmp_path: Path) -> None:
    """Undo takes the last one back; the address has them; the saved file reads back with who judged."""
    with open_page(chromium, address) as page:
        page.click("#view-identity")
        page.locator("#identity .pair-card").wait_for()
        pairs = page.locator("#identity tbody tr")
        for key in "sduz":
            page.keyboard.press(key)
        verdicts = [pairs.nth(place).locator("td").last.inner_text() for place in range(pairs.count())]
        assert verdicts == ["Same", "Different", *[""] * (pairs.count() - 2)]
        assert serious(page) == []
        link = page.evaluate("knockon.link()")
        page.goto("about:blank")
        page.goto(f"{address}#{link}")
        page.fill("#judged-by", "Ann")
        page.keyboard.press("d")
        with page.expect_download() as saving:
            page.click("#save-judgements")
        saving.value.save_as(tmp_path / "judgements.yaml")
        judged = JudgementFile.read(tmp_path / "judgements.yaml").judged.values()
        assert sorted(one.verdict.value for one in judged) == ["Different", "Same"]
        assert {one.judged_by for one in judged} == {"Annd"}


@pytest.mark.slow
def test_the_panel_says_which_lists_cover_an_entity(chromium, graph: knockon.Graph, address: str) -> None:
    """In the words of covered; what is part of it is covered with it, and says of what it is a part."""
    sentences = {
        party.text for one in graph.covered(entity="sensetime").lists for party in one.parties if party.verdict == "covered"
    }
    with open_page(chromium, address) as page:
        search_for(page, "sensetime")
        shown = page.locator("#lists li > p:first-of-type").all_inner_texts()
        assert set(shown) == sentences
        search_for(page, "SenseAuto")
        assert "SenseAuto is part of SenseTime, and SenseTime is covered." in page.locator("#lists").inner_text()
        search_for(page, "NVIDIA")
        assert page.locator("#lists").count() == 0
        page.click("#panel .star")
        page.click("#view-map")
        page.locator("#stars").wait_for()
        assert "Star: on my list" in page.locator("#legend").inner_text()
