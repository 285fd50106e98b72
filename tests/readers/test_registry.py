"""Every reader is documented, is found by its name, and has an entry of its own in the reference of formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from knockon.errors import InvalidData, UsageError
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


@pytest.mark.parametrize(("name", "content", "message"), [
    ("long.json", '[{"id": "' + "x" * 8_500_000 + '"}]', "begins with a value of more than 8 MB"),
    ("deep.json", "[" * 100_000 + "]" * 100_000, "has too many levels of nesting"),
    ("broken.json", '{"a": }', "is not valid JSON: Expecting value"),
    ("twice.yaml", "- source: a\n  target: b\n  target: c\n", r"twice\.yaml:3: duplicate field 'target'"),
])  # fmt: skip
def test_a_file_that_cannot_be_looked_at_is_not_called_of_an_unknown_format(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    """Nor said to fit no table of a mapping."""
    (tmp_path / name).write_text(content)
    for mapping in (None, "gleif-csv"):
        with pytest.raises(InvalidData, match=message):
            import_files([tmp_path / name], mapping)


def test_few_common_columns_are_no_format(tmp_path: Path) -> None:
    """Any table may have an id, a name and a product; the name of the file decides."""
    for name in ("parts.csv", "Company.csv"):
        (tmp_path / name).write_text("id,name,product\n1,Acme,bolts\n")
    with pytest.raises(UsageError, match=r"few columns that kag asks for.*--mapping kag"):
        import_files([tmp_path / "parts.csv"])
    assert import_files([tmp_path / "Company.csv"]).report.reader == "kag"


def test_yaml_is_recognised_by_its_columns(tmp_path: Path) -> None:
    (tmp_path / "links.yaml").write_text("- {source: a, target: b}\n")
    assert import_files([tmp_path / "links.yaml"]).report.reader == "edges"


def test_a_table_that_only_adds_to_another_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "alt.csv").write_text('7,1,"aka","ACME ",-0-\n')
    with pytest.raises(InvalidData, match=r"alt\.csv: is the table sdn_alt of the mapping.*name that file as well: sdn\.csv"):
        import_files([tmp_path / "alt.csv"])


def test_wrong_check_digits_are_told(tmp_path: Path) -> None:
    """The identifiers are kept as they are written; right ones, and those of schemes without check digits, are not told."""
    rows = [("LEI", "5493006MHB84DD0ZWV19"), ("LEI", "5493006MHB84DD0ZWV18"), ("isin", "US0378331006"), ("HRB", "1")]
    lines = (
        {"id": f"c{n}", "schema": "Company", "properties": {"name": [f"C{n}"], _PROPERTY[scheme]: [number]}}
        for n, (scheme, number) in enumerate(rows)
    )
    (tmp_path / "a.ftm.json").write_text("\n".join(map(json.dumps, lines)))
    imported = import_files([tmp_path / "a.ftm.json"])
    assert [(notice.line, notice.message) for notice in imported.report.notices] == [
        (3, "1 ISIN has wrong check digits: US0378331006 of c2"),
        (1, "1 LEI has wrong check digits: 5493006MHB84DD0ZWV19 of c0"),
    ]  # fmt: skip


_PROPERTY = {"LEI": "leiCode", "isin": "isinCode", "HRB": "registrationNumber"}
