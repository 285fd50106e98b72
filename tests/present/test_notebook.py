"""What a notebook shows: frames that are closed off, text that is text, and no files."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import knockon
from knockon.errors import UsageError
from knockon.present.notebook import ROWS, Page, frame, impact_frame
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
    assert text.count("<") == 2
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


def test_an_impact_is_framed_without_scripts(graph: knockon.Graph) -> None:
    """The table of a run, in a frame that may do nothing at all."""
    text = graph.impact("entity-list-chips")._repr_html_()
    assert 'sandbox=""' in text
    assert "Advanced AI chips" in held(text) or "chips" in held(text)
    assert "<script" not in held(text)
    assert "default-src 'none'" in held(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_impact_shows_hostile_text_as_text(hostile: str) -> None:
    """In every field that is text."""
    rows = [impact_row(f"urn:x:{name}", hostile, cls=hostile) for name in "abc"]
    text = impact_frame(impact_report(hostile, rows, model=hostile, stopped_by=hostile))
    assert text.count("<") == 2
    if re.search("[<&]", hostile):
        assert hostile not in held(text)
    assert html.escape(hostile) in held(text)


def test_long_runs_are_cut_and_counted() -> None:
    """A notebook shows the worst, and says how many more there are."""
    text = held(impact_frame(impact_report("S", [impact_row("urn:x:a", "A")] * (ROWS + 7))))
    assert text.count("<tr>") == ROWS + 1
    assert "7 more" in text


def test_frames_say_what_they_are() -> None:
    """A title for those who do not see the frame."""
    assert 'title="a &quot;b&quot;"' in frame("x", title='a "b"', height=1)


def test_drawings_of_other_records_are_pages_too() -> None:
    assert "Acme" in held(Page(page(drawing(sample_records(), title="Acme")), "Acme")._repr_html_())
