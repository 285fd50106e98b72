r"""Characters that act on a terminal, or make a screen show another text than is there: shown instead of sent.

They are the controls (C0 but tab and line feed, DEL, C1), marks that turn the direction of writing (Unicode Standard
Annex 9), separators of lines, what takes no room and is no part of any script's spelling (joiners of letters are),
tags, and surrogates, which have no UTF-8. A form with escapes of its own gets these, and reads back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
#: Those of them that the names of Turtle may not hold, so that they stand where it knows escapes.
_NO_NAME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]")


def shown(text: str) -> str:
    r"""Return a text for a form without escapes, the harmful characters by their numbers.

    >>> print(shown("red\x1b[31m \u202eevil"))
    red\x1b[31m \u202eevil
    """
    return HARMFUL.sub(lambda found: _number(found[0]), text)


def _number(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def in_json(text: str) -> str:
    r"""Return JSON that says the same without a harmful character; those of a text are in its strings alone.

    >>> print(in_json('{"label": "red\x9b31m\U000e0041"}'))
    {"label": "red\u009b31m\udb40\udc41"}
    """
    return HARMFUL.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place] << 8 | units[place + 1]:04x}" for place in range(0, len(units), 2))


def in_rdf(text: str) -> str:
    r"""Return Turtle, N-Triples or N-Quads that says the same with escapes, where it may have one.

    >>> print(in_rdf('<urn:x:a> <urn:x:b> "red\x9b31m" .'))
    <urn:x:a> <urn:x:b> "red\u009B31m" .
    """
    return _NO_NAME.sub(_rdf_escape, text)


def _rdf_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


#: How each form writes a character by its number; the others show it as Python does.
_ESCAPES: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("json", "jsonl", "jsonld"), in_json),
    **dict.fromkeys(("ttl", "nt", "nq", "trig"), lambda text: HARMFUL.sub(_rdf_escape, text)),
    **dict.fromkeys(("rdf", "html"), lambda text: HARMFUL.sub(lambda found: f"&#x{ord(found[0]):X};", text)),
}  # fmt: skip


def for_terminal(text: str, form: str = "") -> str:
    r"""Return a text for a terminal, where nothing of it may act, with the escapes of its form.

    >>> print(for_terminal('"red\x9b31m"'), for_terminal('"red\x9b31m"', "nt"), for_terminal("red\x9b31m", "rdf"))
    "red\x9b31m" "red\u009B31m" red&#x9B;31m
    """
    return shown(_ESCAPES.get(form, shown)(text))
