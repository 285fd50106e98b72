"""Whatever a file or a mapping holds: an import ends with records, a counted reject, or one of our errors."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, KnockonError
from knockon.readers.import_files import import_files
from knockon.readers.input_files import foreign_files
from knockon.readers.mapping.suggest import suggest_mapping

MAPPING = """title: Hostile
tables:
  a:
    optional: [id, name, share, day, parts, note]
    values:
      share: {of: share, number: percent}
      day: {of: day, date: [ISO, DD.MM.YYYY]}
      parts: {of: parts, split: ";"}
      number: {of: note, find: "No ([0-9]+)"}
    records:
      - {class: Company, id: "{id}", label: "{name}", from: "{day}", identifier: {scheme: No, notation: "{number}"}}
      - class: Dependency
        each: {part: "{parts}"}
        dependant: "{id}"
        need: "{part}"
        supply: {provider: "{name}", share: "{share}"}
"""
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "45%", "-1", "1e9", "02.12.2019", "2019-02-31", "a;b;a", "=1+1", "'x", "No 7", "https://x", "id:nvidia"]
    ),
)


def imported(content: bytes, ending: str) -> None:
    """Import a file with the mapping, with and without a file for rejects, and draft a mapping for it."""
    with tempfile.TemporaryDirectory() as folder:
        path, mapping = Path(folder, f"a{ending}"), Path(folder, "m.yaml")
        path.write_bytes(content)
        mapping.write_text(MAPPING)
        for options in (ReadOptions(), ReadOptions(rejects=Path(folder, "r.csv"))):
            with contextlib.suppress(KnockonError):
                report = import_files([path], mapping, options=options).report
                assert report.rows >= len({place.line for place in report.rejected})
        with contextlib.suppress(KnockonError):
            suggest_mapping(foreign_files(path)[0], ReadOptions())


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS, CELLS), max_size=6))
def test_any_cells(rows: list[tuple[str, ...]]) -> None:
    """Cells of any text, in a table whose form is right."""
    lines = [("id", "name", "share", "day", "parts", "note"), *rows]
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    imported(text.encode("utf-8", "surrogatepass"), ".csv")


@given(
    st.binary(max_size=200),
    st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".yaml", ".xlsx", ".parquet", ".gz", ".zip", ""]),
)
def test_any_bytes(content: bytes, ending: str) -> None:
    """Files that are not what their ending says."""
    imported(content, ending)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "name", "share", "day", "parts", "note", "x"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([".json", ".jsonl"]))
def test_any_json(value: Any, ending: str) -> None:
    """JSON of any shape: lists in place of texts, objects in place of numbers."""
    imported(json.dumps(value).encode(), ending)


@given(st.text(max_size=80))
def test_any_mapping(text: str) -> None:
    """A mapping of any text is refused with a problem."""
    with tempfile.TemporaryDirectory() as folder:
        path, mapping = Path(folder, "a.csv"), Path(folder, "m.yaml")
        path.write_text("id,name\n1,A\n")
        mapping.write_bytes(text.encode("utf-8", "surrogatepass"))
        with pytest.raises(KnockonError):
            import_files([path], mapping)


def test_a_cell_of_many_megabytes_is_an_error_of_its_row(tmp_path: Path) -> None:
    """It is named with its line, and is not searched; rows around it are read. Quotes that nothing closes end the import."""
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "a.csv").write_text("id,name\n0,A\n1," + "x" * 10_000_000 + '\n2,"B\nb"\n')
    with pytest.raises(InvalidData, match=r"a\.csv:3: .*longer than"):
        import_files([tmp_path / "a.csv"], tmp_path / "m.yaml")
    imported = import_files([tmp_path / "a.csv"], tmp_path / "m.yaml", options=ReadOptions(rejects=tmp_path / "r.csv"))
    assert (imported.report.rows, [place.line for place in imported.report.rejected]) == (3, [3])
    (tmp_path / "a.csv").write_text('id,name\n0,A\n1,"' + "x\n" * 8_000_001)
    with pytest.raises(InvalidData, match=r"a\.csv:3: has a cell of more than 16,000,000 characters.*close the quotes"):
        import_files([tmp_path / "a.csv"], tmp_path / "m.yaml")
    (tmp_path / "b.jsonl").write_text(json.dumps({"id": "1", "name": "x" * 1_000_000}) + "\n")
    with pytest.raises(InvalidData, match=r"b\.jsonl:1: .*longer than"):
        import_files([tmp_path / "b.jsonl"], tmp_path / "m.yaml")
