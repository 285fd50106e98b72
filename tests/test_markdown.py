"""Markdown: what is handed to the writer is shown as it is, and nobody else writes Markdown."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import knockon
from knockon.markdown import bullets, code, code_block, document, emphasis, escape, heading, inline, paragraph, strong, table
from knockon.text import plain
from support.markdown_rendering import RENDERER, links_by_themselves, shown

PACKAGE = Path(knockon.__file__).parent
SIGNS = "\\`*_{}[]()#+-.!<>&~$^|@:/=%;'\" \t\n1aw\u202e\x9b"
PIECES = ("<b>", "[x](y)", "![x](y)", "1. ", "- ", "+ ", "# ", "---", "===", "```", "~~~", "~~x~~", "&lt;", "&#64;", "$x$",
          "http://a.b", "www.a.b", "a@b.c", "<http://a.b>", "|", "\n", "    ", "> ", ":--", "<!--", "*", "\\")  # fmt: skip
TEXTS = st.one_of(
    st.text(st.sampled_from(SIGNS), max_size=12),
    st.text(max_size=12).filter(lambda text: text.isprintable()),
    st.lists(
        st.sampled_from(PIECES),
        max_size=4,
    ).map("".join),
)


def squeezed(text: str) -> str:
    """A text as a renderer of HTML shows it: spaces in a row are one."""
    return re.sub(" +", " ", text).strip(" ")


KINDS: list[tuple[Callable[[str], str], list[str]]] = [
    (paragraph, ["paragraph_open"]),
    (lambda text: heading(2, text), ["heading_open"]),
    (lambda text: bullets([text]), ["bullet_list_open", "list_item_open", "paragraph_open"]),
    (
        lambda text: table(["x"], [[text]]),
        ["table_open", "thead_open", "tr_open", "th_open", "tbody_open", "tr_open", "td_open"],
    ),
]


@pytest.mark.parametrize(("write", "kinds"), KINDS, ids=["paragraph", "heading", "bullets", "table"])
@given(text=TEXTS)
@example(text="1) x")
@example(text="    code")
@example(text="*\\")
@example(text="# a #")
def test_text_is_shown_as_it_is(write: Callable[[str], str], kinds: list[str], text: str) -> None:
    """In every block a text makes that block, nothing else, and reads as it was given."""
    seen, found = shown(write(text))
    wanted = plain(text).strip(" ")
    assert squeezed(seen.removeprefix("x") if write is KINDS[3][0] else seen) == squeezed(wanted)
    assert found == kinds if wanted else set(found) <= set(kinds)
    assert not links_by_themselves(write(text))


@given(text=TEXTS)
@example(text="`` a `")
@example(text="a\\|b")
def test_code_holds_nothing_but_its_text(text: str) -> None:
    """A piece of code ends where it was meant to, in a table as well."""
    for written in (inline("see ", code(text), "!"), table(["see !"], [[code(text)]])):
        seen, kinds = shown(written)
        assert squeezed(plain(text)) in squeezed(seen)
        assert {"html_inline", "link_open", "image", "em_open", "strong_open", "s_open"}.isdisjoint(kinds)


@given(text=TEXTS)
@example(text="```\n<b>\n````")
def test_a_block_of_code_ends_where_its_text_does(text: str) -> None:
    (block,) = RENDERER.parse(code_block(text))
    assert (block.type, block.content.split()) == ("fence", " ".join(map(plain, text.split("\n"))).split())


@given(text=TEXTS)
def test_bold_and_italics_hold_nothing_but_their_text(text: str) -> None:
    """Marks that are ours never let those of data in."""
    for mark, kind in ((strong, "strong_open"), (emphasis, "em_open")):
        seen, kinds = shown(inline("see ", mark(text), " here"))
        assert squeezed(plain(text)) in squeezed(seen)
        assert set(kinds) <= {"paragraph_open", kind}


def test_what_is_markdown_already_stays_and_what_python_mixed_is_escaped() -> None:
    """A slip shows marks; it never lets data write them."""
    assert escape(strong("a")) == "**a**"
    assert inline("see ", strong("*")) == "see **\\***"
    assert inline(f"see {strong('a')}") == "see \\*\\*a\\*\\*"
    assert document(paragraph("---"), bullets([]), paragraph("x")) == "\\---\n\nx"


def test_nothing_else_writes_markdown() -> None:
    """No other module makes ``Markdown`` itself, or has rules, headings, bold or links of it in its texts."""
    marks = re.compile(r"\| ?-{3}|-{3} ?\||^#{1,6} $|\]\($|^\*\*$|^\*\*(?=\W?$)|`{3}")
    # What the source has where a text has one of them: most files have none, and need not be parsed.
    quick = re.compile(
        r"""Markdown\(|\| ?-{3}|-{3} ?\||["'}]#{1,6} (?:\\n)?["'{]|\]\((?:\\n)?["'{]|["'}]\*\*\W?(?:\\n)?["'{]|`{3}"""
    )
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "markdown.py" or "_bundled" in path.parts:
            continue
        source = path.read_text("utf-8")
        if not quick.search(source):
            continue
        tree = ast.parse(source)
        docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Markdown":
                wrong.append(f"{path}:{node.lineno} makes Markdown")
            elif isinstance(node, ast.Constant) and node not in docs and marks.search(str(node.value)):
                wrong.append(f"{path}:{node.lineno} {node.value!r}")
    assert not wrong, "\n".join(wrong)
