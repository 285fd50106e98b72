"""Every reader is documented, is found by its name, and has an entry of its own in the reference of formats."""

from __future__ import annotations

import re
from pathlib import Path

from knockon.readers.registry import READERS

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_every_reader_has_a_section_and_every_section_a_reader() -> None:
    headings = re.findall(r"^## ([\w, -]+):", FORMATS.read_text("utf-8"), re.MULTILINE)
    assert {name for heading in headings for name in heading.split(", ")} == set(READERS)


def test_every_reader_can_be_loaded_and_says_how_it_is_recognised() -> None:
    for name, reader in READERS.items():
        module = reader.load()
        assert callable(module.read), name
        assert callable(module.recognises), name
        assert reader.title
        assert reader.recognised
        assert all(ending.startswith(".") for ending in reader.endings)
