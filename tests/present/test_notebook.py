"""What a notebook shows: frames that are closed off, text that is text, and no files."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import knockon
from knockon.errors import UsageError
from knockon.present.notebook import ROWS, Page, frame, impact_html
from knockon.present.page.explorer import page
from knockon.present.page.page_data import drawing
from support.explorer_sample import sample_records
from support.hostile_records import HOSTILE, hostile_records
from support.impact_reports import impact_report, impact_row


def held(text: str) -> str:
    """The page inside a frame, as a browser reads the attribute."""
    return html.unescape(re.search(r"srcdoc='([^']*)'></iframe>$", text)[1])


def test_a_page_is_its_text(graph: knockon.Graph) -> None:
    """Whoever took it for a string still can."""
    shown = graph.explore()
    assert isinstance(shown, str)
    assert shown.encode().startswith(b"<!doctype html>")
    assert shown.heading == "SenseTime, from five documents"
    assert shown.left_out is None


def test_a_page_is_framed_whole_and_closed_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame holds every character of the page; it may run scripts and save files, and has no origin."""
    monkeypatch.chdir(tmp_path)
    shown = Page(page(drawing(hostile_records(), title=HOSTILE[0])), HOSTILE[0])
    text = shown._repr_html_()
    assert held(text) == shown
    opening = text[: text.index("srcdoc=")]
    assert 'sandbox="allow-scripts allow-downloads"' in opening
    assert re.findall("<[^>]*>", opening + ">") == ["<p>", "</p>", opening[opening.index("<iframe") :] + ">"]
    assert text.count("<") == 4
    assert HOSTILE[0] not in opening
    assert list(tmp_path.iterdir()) == []


def test_pages_are_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    shown = Page("<p>\u00fc</p>", "t")
    (tmp_path / "there").mkdir()
    shown.save(tmp_path / "there" / "page.html")
    assert (tmp_path / "there" / "page.html").read_bytes() == "<p>ü</p>".encode()
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        shown.save(tmp_path / "folder.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.html", "there"]


def test_a_page_has_a_line_before_its_frame_and_a_short_repr(graph: knockon.Graph) -> None:
    """A notebook that is not trusted drops the frame and keeps the line; text output has one line, not the whole page."""
    shown = Page("<p>x</p>", "a <b>\x1b[31m")
    assert shown._repr_html_().startswith("<p>a &lt;b&gt;\\x1b[31m: if no page follows, trust this notebook")
    assert repr(shown) == "<Page 'a <b>\\\\x1b[31m', 8 bytes; save(PATH) writes it>"


def test_an_impact_is_a_bare_table(graph: knockon.Graph) -> None:
    """No frame, style, script or attribute, which a notebook that is not trusted would drop."""
    text = graph.impact("entity-list-chips")._repr_html_()
    assert set(re.findall("<[^>]*>", text)) == {
        f"<{end}{tag}>"
        for tag in ("div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td")
        for end in ("", "/")
    }  # fmt: skip
    assert "Entity List limits on advanced chips" in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_impact_shows_hostile_text_as_text(hostile: str) -> None:
    """In every field that is text."""
    rows = [impact_row(f"urn:x:{name}", hostile, cls=hostile) for name in "abc"]
    text = impact_html(impact_report(hostile, rows, model=hostile, stopped_by=hostile))
    plain = impact_html(impact_report("S", [impact_row("urn:x:a", "A")]))
    assert set(re.findall("<[^>]*>", text)) == set(re.findall("<[^>]*>", plain))
    if re.search("[<&]", hostile):
        assert hostile not in text
    assert html.escape(hostile) in text


def test_long_runs_are_cut_and_counted() -> None:
    """A notebook shows the worst, and says how many more there are."""
    text = impact_html(impact_report("S", [impact_row("urn:x:a", "A")] * (ROWS + 7)))
    assert text.count("<tr>") == ROWS + 1
    assert "7 more" in text


def test_a_graph_says_what_it_has(graph: knockon.Graph) -> None:
    """Its repr has counts, and ``shocks`` lists each shock as the command does, in plain values too."""
    assert repr(graph) == "<knockon.Graph sensetime: 240 entities, 107 dependencies, 19 shocks, 5 documents>"
    rows = {row.name: row for row in graph.shocks()}
    row = rows["entity-list-chips"]
    assert (row.label, row.status, row.truncated) == ("Entity List limits on advanced chips", "InForce", False)
    assert row.affected == len(graph.impact("entity-list-chips")) >= row.reached > 0
    assert row.to_dict()["id"] == "entity-list-chips"
    assert len(rows) == 19


def test_frames_say_what_they_are() -> None:
    """A title for those who do not see the frame."""
    assert 'title="a &quot;b&quot;"' in frame("x", title='a "b"', height=1)


def test_drawings_of_other_records_are_pages_too() -> None:
    assert "Acme" in held(Page(page(drawing(sample_records(), title="Acme")), "Acme")._repr_html_())
