"""The page treats characters as Python does: one definition, of which the page has a generated copy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knockon.controls import escape_controls
from knockon.text import cell

WEB = Path(__file__).resolve().parents[2] / "web"
pytestmark = pytest.mark.skipif(not WEB.is_dir(), reason="the sources of the page are not here")
SCRIPT = """
import {{ legible, textCell }} from {module!r};
import {{ readFileSync }} from "node:fs";
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => [textCell(text), legible(text)])));
"""


def test_the_copy_is_up_to_date():
    """``make generate`` writes it anew."""
    assert subprocess.run([sys.executable, str(WEB / "generate.py"), "--check"], check=False).returncode == 0, (
        "run `make generate`"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
def test_every_character_is_treated_alike():
    """Each character before a sign, alone, and within a number: the page's cells and texts are Python's."""
    points = [*range(0xD800), *range(0xE000, 0x10000), *range(0xE0000, 0xE0080), 0x1F600, 0x10FFFF]
    texts = [f"{chr(point)}{tail}" for point in points for tail in ("", "=1")]
    texts += [
        "-3.5",
        "+1e-9",
        "-1+2",
        "'=1",
        "''-1",
        "'tis",
        "\u0661",
        "-\u0661",
        '"=1"',
        "a=1",
        "1,5",
        "-",
        ".5",
        "-.5.",
        "\n",
    ]
    script = SCRIPT.format(module=(WEB / "src" / "model" / "text.js").as_uri())
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    wrong = [
        (text, cells, texts_)
        for text, (cells, texts_) in zip(texts, json.loads(done.stdout), strict=True)
        if (cells, texts_) != (cell(text), escape_controls(text))
    ]
    assert wrong == []
