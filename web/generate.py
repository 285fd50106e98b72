"""Writes the rules about characters that the page shares with ``knockon``; with ``--check`` it only compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from knockon.controls import HARMFUL
from knockon.text import FORMULA, NUMBER

TARGET = Path(__file__).resolve().parent / "src" / "model" / "text-rules.js"
HEAD = "// Made by web/generate.py from graph/knockon/controls.py and text.py; never edited by hand."
RULES = (
    ("HARMFUL", HARMFUL, "[{}]", "gu", "Characters that show another text than is there, or nothing."),
    ("FORMULA", FORMULA, "^(?:{})", "u", "What a spreadsheet may run."),
    ("NUMBER", NUMBER, "^(?:{})$", "u", "Text that is a number, which a spreadsheet may read as one."),
)


def script() -> str:
    """Return the module: each rule as a regular expression of JavaScript that matches the same texts.

    >>> print(script().splitlines()[0])
    // Made by web/generate.py from graph/knockon/controls.py and text.py; never edited by hand.
    """
    lines = [HEAD]
    for name, rule, frame, flags, comment in RULES:
        inner = pattern(rule)
        source = inner if frame == "[{}]" else frame.format(inner)
        lines += [f"/** {comment} */", f"export const {name} =", f"  /{source}/{flags};"]
    return "\n".join(lines) + "\n"


def pattern(rule: re.Pattern[str]) -> str:
    r"""Return the pattern for JavaScript with flag u: every character that is not plain ASCII by its number.

    >>> pattern(re.compile("[\x00\"-\U000e0041]\\d"))
    '[\\u{0}"-\\u{e0041}]\\p{Nd}'
    """
    text = rule.pattern.replace(r"\"", '"').replace(r"\d", r"\p{Nd}").replace("/", r"\/")
    return "".join(one if " " <= one <= "~" else f"\\u{{{ord(one):x}}}" for one in text)


def main() -> int:
    """Write the module, or say whether it is up to date."""
    made = script()
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text("utf-8") != made)
    TARGET.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
