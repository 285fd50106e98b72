"""Every reader is documented, is found by its name, and has an entry of its own in the reference of formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from knockon.errors import InvalidData
from knockon.readers.import_files import import_files
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


def test_a_format_is_recognised_where_the_first_value_is_long(tmp_path: Path) -> None:
    """One entity with texts of more than 64 KB, in JSON Lines and in a list."""
    entity = {"id": "a", "schema": "Company", "properties": {"name": ["A"], "notes": ["é" * 90_000]}}
    for name, content in (("a.jsonl", json.dumps(entity)), ("b.json", json.dumps([entity], ensure_ascii=False, indent=1))):
        (tmp_path / name).write_text(content + "\n", "utf-8")
        assert import_files([tmp_path / name]).report.reader == "ftm"


def test_other_files_of_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "schema": "Company", "properties": {"name": ["A"]}}', "utf-8")
    (tmp_path / "SOURCE.txt").write_text("Where this is from", "utf-8")
    for mapping in (None, "ftm"):
        report = import_files([tmp_path], mapping).report
        assert dict(report.records)["Company"] == 1
        # They are no rows, which alone are counted.
        assert report.left_out == ()
        assert [(notice.file.rpartition("/")[2], notice.message[:8]) for notice in report.notices] == [
            ("SOURCE.txt", "not read")
        ]
    with pytest.raises(InvalidData, match="neither this nor another file here"):
        import_files([tmp_path], "gexf")
    with pytest.raises(InvalidData):  # a file that is named must be of the format
        import_files([tmp_path / "a.jsonl", tmp_path / "SOURCE.txt"], "ftm")
