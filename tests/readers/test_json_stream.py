"""JSON of other programs is read value by value, with the place of each, and refused with the line where it is not JSON."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import InvalidData
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_target import ImportTarget
from knockon.readers.json_stream import json_document, json_values
from support.imports import as_json


def file_with(tmp_path: Path, name: str, content: str) -> ForeignFile:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return ForeignFile(name, path)


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("a.json", '[{"a":1},\n {"b":2}]', [("pointer:/0", 1), ("pointer:/1", 2)]),
        ("a.json", "\n {}", [("", 2)]),
        ("a.json", '{\n"a": 1\n}\n', [("", 1)]),
        ("a.json", '{"a":1}\n\n{"b":2}\n', [("line:1", 1), ("line:3", 3)]),
        ("a.json", '{"a":\n1}\n{"b":2}', [("line:1", 1), ("line:3", 3)]),
        ("a.jsonl", '{"a":1}\n{"b":2}', [("line:1", 1), ("line:2", 2)]),
        ("a.json", "[]", []),
    ],
)
def test_each_value_has_its_place(tmp_path: Path, name: str, content: str, places: list[tuple[str, int]]) -> None:
    assert [tuple(value.place) for value in json_values(file_with(tmp_path, name, content), "doc")] == places


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('[{"a":1}\n{"b":2}]', ":2: is not valid JSON: a comma is missing"),
        ("[1,\n2", ":2: is not valid JSON: the array has no end"),
        ("[1,\n]", "a comma before ]"),
        ("[1]\n[2]", ":2: is not valid JSON: text after the end"),
        ('{"a":\n\n oops}', ":3: is not valid JSON"),
        ("[" * 10_000, "nested too deeply"),
        ('{"a":' * 10_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InvalidData, match=r"a\.json") as error:
        list(json_values(file_with(tmp_path, "a.json", content), "doc"))
    assert message in str(error.value)


#: Values, each with the name that an object in it has twice.
_VALUES = [("", '{"a":\n1}'), ("a", '{"a": 1,\n"a": 2}'), ("c", '{"a": [{"b": "}"},\n\n{"c": 1, "c": 2}]}')]


@given(st.lists(st.sampled_from(_VALUES), min_size=2), st.booleans(), st.integers(1, 99))
def test_a_value_with_a_name_twice_is_rejected_with_its_line_and_the_others_are_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, str]], in_list: bool, chunk: int
) -> None:
    """In a list and in values that follow each other, however the file is cut into pieces."""
    texts = [text for _, text in values]
    content = "[" + ",\n".join(texts) + "]" if in_list else "\n".join(texts)
    file = file_with(tmp_path_factory.mktemp("json"), "a.json", content)
    collector = RecordCollector(ImportTarget("a", "urn:x:", "urn:x:data-a"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knockon.readers.json_stream._CHUNK", chunk)
        read = [value.value for value in json_values(file, "doc", collector)]
    assert read == [{"a": 1} for name, _ in values if not name]
    line, expected = 1, []
    for name, text in values:
        if name:
            expected.append((line + 2 * (name == "c"), f"has the name {name!r} twice"))
        line += text.count("\n") + 1
    assert [(place.line, place.reason) for place in collector.rejected.values()] == expected


def test_one_value_with_a_name_twice_is_an_error_with_its_line(tmp_path: Path) -> None:
    file = file_with(tmp_path, "a.json", '{"a": 1, "b":\n {"c": 1, "c": 2}}')
    with pytest.raises(InvalidData, match=r"a\.json:2: has the name 'c' twice"):
        json_document(file)


@given(
    st.lists(st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5), max_size=5),
    st.integers(1, 9),
)
def test_values_are_the_same_however_the_file_is_cut_into_pieces(
    tmp_path_factory: pytest.TempPathFactory, values: list[object], chunk: int
) -> None:
    file = file_with(tmp_path_factory.mktemp("json"), "a.json", as_json(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knockon.readers.json_stream._CHUNK", chunk)
        assert [value.value for value in json_values(file, "doc")] == values


def test_numbers_are_decimals_and_a_document_is_one_value(tmp_path: Path) -> None:
    file = file_with(tmp_path, "a.json", '{"share": 0.1, "none": NaN, "great": 1e99999999999999999999}')
    assert json_document(file) == {"share": Decimal("0.1"), "none": None, "great": "1e99999999999999999999"}
    with pytest.raises(InvalidData, match="more than one value"):
        json_document(file_with(tmp_path, "b.json", "{}\n{}"))
