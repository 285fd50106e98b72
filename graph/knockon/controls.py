r"""Replace characters that control a terminal, or make it display a different text, by visible escapes.

They are the controls (C0 but tab and line feed, DEL, C1), marks that turn the direction of writing (Unicode Standard
Annex 9), line separators, zero-width characters that no script's spelling needs (letter joiners are kept),
tags, and surrogates, which have no UTF-8. Formats with escapes of their own get those, and read back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
#: Those of them that cannot occur in names of Turtle: they are in strings or IRIs, where escapes are allowed.
_NOT_IN_NAMES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]")


def escape_controls(text: str) -> str:
    r"""Replace harmful characters by their code points, for output formats without escapes of their own.

    >>> print(escape_controls("red\x1b[31m \u202eevil"))
    red\x1b[31m \u202eevil
    """
    return HARMFUL.sub(lambda match: _python_escape(match[0]), text)


def _python_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape_json(text: str) -> str:
    r"""Escape the harmful characters of JSON text; they can only occur inside its strings.

    >>> print(escape_json('{"label": "red\x9b31m\U000e0041"}'))
    {"label": "red\u009b31m\udb40\udc41"}
    """
    return HARMFUL.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place] << 8 | units[place + 1]:04x}" for place in range(0, len(units), 2))


def escape_rdf(text: str) -> str:
    r"""Escape the harmful characters of Turtle, N-Triples or N-Quads where the syntax allows an escape.

    >>> print(escape_rdf('<urn:x:a> <urn:x:b> "red\x9b31m" .'))
    <urn:x:a> <urn:x:b> "red\u009B31m" .
    """
    return _NOT_IN_NAMES.sub(_rdf_escape, text)


def _rdf_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


#: How each format escapes a character; other formats use Python's notation.
_ESCAPES: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("json", "jsonl", "jsonld"), escape_json),
    **dict.fromkeys(("ttl", "nt", "nq", "trig"), lambda text: HARMFUL.sub(_rdf_escape, text)),
    **dict.fromkeys(("rdf", "html"), lambda text: HARMFUL.sub(lambda match: f"&#x{ord(match[0]):X};", text)),
}  # fmt: skip


def for_terminal(text: str, form: str = "") -> str:
    r"""Make a text safe to print on a terminal, with the escapes of its format where it has any.

    >>> print(for_terminal('"red\x9b31m"'), for_terminal('"red\x9b31m"', "nt"), for_terminal("red\x9b31m", "rdf"))
    "red\x9b31m" "red\u009B31m" red&#x9B;31m
    """
    return escape_controls(_ESCAPES.get(form, escape_controls)(text))
