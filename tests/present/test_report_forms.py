"""A report with a cover and with quotations, as HTML and as Markdown: any text stays text, and the two say the same."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from itertools import takewhile
from pathlib import Path

import pytest

import knockon
from knockon.analysis.report.report import gather
from knockon.analysis.report.shock_report import ShockReport
from knockon.errors import NotFound, UsageError
from knockon.present.report.cover import cover_of
from knockon.present.report.first_page import first_page
from knockon.present.report.lines import Cited, text_of
from knockon.present.report.markdown_report import markdown
from knockon.present.report.page import page
from support.document_sample import NOTE, WORDS, cited_graph, write_documents
from support.markdown_rendering import links_by_themselves, tokens
from support.report_sample import HOSTILE, hostile_graph

SHORT = [text for text in HOSTILE if len(text) <= 80]
#: What a report in Markdown may consist of.
MARKS = frozenset(
    {"inline", "text", "softbreak", "strong", "em", "code_inline", "heading", "paragraph", "bullet_list", "list_item", "table",
     "thead", "tbody", "tr", "th", "td", "blockquote"}
)  # fmt: skip


def kinds(text: str) -> set[str]:
    """The kinds of marks that a renderer of Markdown finds in a text."""
    return {re.sub("_(open|close)$", "", token.type) for token in tokens(text)}


def words_of(text: str) -> str:
    """What a reader sees of a page, in one line."""
    bare = re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


@pytest.fixture(scope="module")
def content() -> ShockReport:
    """The content of a report on the sample with documents."""
    return gather(cited_graph().impact("fire"))


@pytest.mark.parametrize("text", SHORT)
def test_a_cover_is_text(content: ShockReport, text: str) -> None:
    """Title, author and classification of any characters: no markup in HTML, none in Markdown, none in the style sheet."""
    cover = cover_of(title=text, author=text, classification=text, date="2026-03-09")
    shown, plain = page(content, cover), page(content)
    (style,), (plain_style,) = (re.findall(r"<style>(.*?)</style>", one, re.DOTALL) for one in (shown, plain))
    assert {*re.findall(r"<(/?[a-z0-9]+)", shown)} - {*re.findall(r"<(/?[a-z0-9]+)", plain)} == {"time", "/time"}
    assert f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}" in html.unescape(shown)
    assert style.count('"') == plain_style.count('"')
    assert "9 March 2026" in shown
    written = markdown(content, cover)
    assert kinds(written) <= MARKS
    assert links_by_themselves(written) == []


def test_hostile_data_is_text_in_markdown() -> None:
    """Labels, titles, comments and mechanisms with markup of HTML and of Markdown, and a label of 10,000 characters."""
    written = hostile_graph().report("blow", form="md")
    assert kinds(written) <= MARKS
    assert links_by_themselves(written) == []
    assert "\u202e" not in written
    assert len(written) < 60_000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"date": "soon"}, "'soon' is not a date; write it as 2026-11-30"),
        ({"date": "2026-02-30"}, "is not a date"),
        ({"title": "x" * 201}, "the title has 201 characters; at most 200 are allowed"),
        ({"author": "x" * 81}, "the author has 81 characters"),
        ({"classification": "x" * 81}, "the classification has 81 characters"),
        ({"form": "docx"}, "a report is 'html' or 'md'"),
    ],
)
def test_fields_that_make_no_sense(fields: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        cited_graph().report("fire", **fields)


def test_the_classification_is_on_every_printed_page(content: ShockReport) -> None:
    """In the margin of the page, as characters of CSS that cannot end the string."""
    shown = page(content, cover_of(classification='Secret "A"</style>'))
    assert r'content: "Secret \000022A\000022\00003C\00002Fstyle\00003E"' in shown
    assert "Knock-on impact report" not in shown


def test_html_and_markdown_have_the_same_words(graph: knockon.Graph) -> None:
    """The lines of the first page are those of both."""
    content = gather(graph.impact("entity-list-chips"))
    first = first_page(content)
    seen = words_of(page(content))
    rendered = "".join(token.content for token in tokens(markdown(content)) if token.type in {"text", "code_inline"})
    for line in (*first.finding, first.likelihood, first.impact, *first.known, *first.unknown, *first.helps, *first.watch):
        # Up to the first citation, since these are written as numbers.
        text = text_of(tuple(takewhile(lambda part: not isinstance(part, Cited), line))).strip()
        assert text in seen
        assert text in " ".join(rendered.split())
    for group in content.groups:
        assert group.labels[0] in rendered


def test_nothing_is_quoted_unless_asked_for(tmp_path: Path) -> None:
    """Off by default; with a folder the words of spans, rows and values, in the chain and beside their document."""
    graph = cited_graph()
    assert "buys all of its" not in graph.report("fire")
    shown = graph.report("fire", documents=write_documents(tmp_path))
    said = words_of(shown)
    assert said.count("The bakery buys all of its <b>flour</b> from & through the mill. </script><script>") == 2
    assert "name: <img src=x onerror=alert(1)>; share: 0" in said
    assert "<img" not in shown
    assert "<script" not in shown
    assert "\\u202e" in said
    assert "\u202e" not in shown
    assert "page 7, asserts" in said
    assert "4 documents of" not in said.partition("Sources")[0]


def test_addresses_are_links_only_to_the_web(tmp_path: Path) -> None:
    """A web address is a link that tells nothing to where it leads."""
    shown = cited_graph().report("fire", documents=write_documents(tmp_path))
    links = re.findall(r'<a href="(http[^"]*)"([^>]*)>', shown)
    assert ("https://example.org/list.csv?a=1&amp;b=2", ' rel="noopener noreferrer"') in links
    assert {rest for _, rest in links} == {' rel="noopener noreferrer"'}
    assert not re.search(r'href="(?!#|https?:)', shown + hostile_graph().report("blow"))


def test_a_changed_document_is_told_and_not_quoted(tmp_path: Path) -> None:
    """On the page and in Markdown; its words are nowhere."""
    graph = cited_graph()
    folder = write_documents(tmp_path, note=NOTE + b" ")
    for form in ("html", "md"):
        text = graph.report("fire", documents=folder, form=form)
        assert "buys all of its" not in text
        assert "is not the doc-note that was cited" in html.unescape(text).replace("\\", "")
    with pytest.raises(NotFound, match="nowhere"):
        graph.report("fire", documents=tmp_path / "nowhere")


def test_quotations_in_markdown_are_text(tmp_path: Path) -> None:
    """As block quotes, with all their marks escaped."""
    written = cited_graph().report("fire", form="md", documents=write_documents(tmp_path))
    assert kinds(written) <= MARKS
    assert "blockquote" in kinds(written)
    shown = "".join(token.content for token in tokens(written) if token.type == "text")
    assert WORDS.replace("\n", " ") in shown


def test_the_same_question_gives_the_same_bytes(tmp_path: Path) -> None:
    """With a cover and quotations too."""
    fields = {"author": "A", "date": "2026-01-02", "documents": write_documents(tmp_path)}
    for form in ("html", "md"):
        assert cited_graph().report("fire", form=form, **fields) == cited_graph().report("fire", form=form, **fields)
