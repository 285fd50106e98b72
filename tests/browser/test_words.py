"""The words behind citations, as a reader of the page sees them."""

from __future__ import annotations

from support.browser_page import MARKS, open_page, search_for
from support.document_sample import TABLE, WORDS, cited_graph, write_documents

pytestmark = MARKS


def test_words_are_text_under_each_citation(chromium, tmp_path):
    """In the panel and in the causes; markup in them is text; a file with other contents is told; a web address is a link."""
    folder = write_documents(tmp_path / "papers", list=TABLE + b"x")
    path = tmp_path / "page.html"
    path.write_text(cited_graph().explore("fire", documents=folder), encoding="utf-8")
    with open_page(chromium, path.as_uri()) as page:
        title = page.title()
        search_for(page, "Sales of bread")
        words = " ".join(WORDS.split())
        assert words in [text.strip("“”") for text in page.locator("#why .words").all_inner_texts()]
        assert page.locator("#why .words b, #why .words script, #why .words img").count() == 0
        assert page.title() == title
        assert "SHA-256 differs" in page.locator("#why .changed").first.inner_text()
        link = page.locator("#panel .sources a").first
        assert [link.get_attribute(name) for name in ("rel", "target")] == ["noopener noreferrer", "_blank"]
        search_for(page, "Bakery")
        assert words in [text.strip("“”") for text in page.locator("#panel .fact .words").all_inner_texts()]
