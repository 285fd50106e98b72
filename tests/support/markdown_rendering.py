"""What a renderer of Markdown makes of a text: CommonMark with HTML allowed, tables and strikethrough of GitHub."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: What GitHub makes a link of without any mark.
LINK = re.compile(r"[a-z]+://|www\.|[\w.+-]@\w", re.IGNORECASE)


def tokens(text: str) -> list[Token]:
    """What a renderer makes of a text, the tokens inside lines too."""
    return [token for block in RENDERER.parse(text) for token in (block, *(block.children or ()))]


def shown(text: str) -> tuple[str, list[str]]:
    """The text that a reader sees, and the kinds of marks around it."""
    parts = tokens(text)
    kinds = [part.type for part in parts if part.type not in {"text", "inline"} and not part.type.endswith("_close")]
    return "".join(part.content for part in parts if part.type in {"text", "code_inline"}), kinds


def links_by_themselves(text: str) -> list[str]:
    """What GitHub makes a link of without any mark: addresses that stand in one piece."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("text_join")
    pieces = (piece for block in renderer.parse(text) for piece in block.children or ())
    return [piece.content for piece in pieces if piece.type == "text" and LINK.search(piece.content)]
