"""Whatever is in the files: every problem in one go, with file, line, what and the likely mend, and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.authoring.files import is_data_set
from knockon.authoring.read import read_data_set
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import DataSet
from support.bad_names import IDS, QUERIES, REFERENCES
from support.bad_tables import DESCRIPTIONS, TABLES
from support.bad_yaml import ACME, FORM, RECORDS, Case
from support.data_folder import DESCRIPTION, Folder

CORPUS = [*FORM, *RECORDS, *IDS, *REFERENCES, *QUERIES, *TABLES, *DESCRIPTIONS]


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_every_problem_is_told_once_with_its_place(case: Case, folder: Folder) -> None:
    result = folder.problems(case.files)
    for place, *parts in case.problems:
        fitting = [problem for problem in result if problem.startswith(place) and all(part in problem for part in parts)]
        assert fitting, f"{place} {parts} is not among\n" + "\n".join(result)
        result.remove(fitting[0])
    assert not result


def test_problems_of_the_description_and_of_files_come_together(folder: Folder) -> None:
    result = folder.problems({"dataset.yaml": "nam: a\n", "a.yaml": "Company:\n  acme: {}\n", "b.csv": "x\n1\n"})
    assert [problem.split(":")[0] for problem in result] == ["a.yaml", "b.csv", "dataset.yaml", "dataset.yaml"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no data set called"):
        read_data_set(tmp_path / "none")
    with pytest.raises(NotFound):
        read_data_set(Path("a\0b"))


def test_a_name_too_long(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read"):
        read_data_set(tmp_path / ("x" * 5000))


def test_another_kind_of_file(folder: Folder) -> None:
    path = folder.write({"data.doc": "x"}) / "data.doc"
    assert not is_data_set(path)
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.tsv, \.txt, \.xlsx, \.yaml"):
        read_data_set(path)


def test_a_folder_without_description(tmp_path: Path) -> None:
    """An empty folder, one with data alone, and one whose description has another ending."""
    with pytest.raises(InvalidData, match=r"has no dataset\.yaml \(create one that contains at least `name: acme-suppliers`\)"):
        read_data_set(tmp_path)
    (tmp_path / "dataset.yml").write_text(DESCRIPTION)
    with pytest.raises(InvalidData, match=r"rename .*dataset\.yml to dataset\.yaml"):
        read_data_set(tmp_path)


def test_a_folder_named_like_a_file(folder: Folder) -> None:
    (folder.path / "x.yaml").mkdir()
    (folder.path / "y.csv").mkdir()
    assert [problem.split(" (")[0] for problem in folder.problems({})] == [
        "x.yaml: is a folder, not a file",
        "y.csv: is a folder, not a file",
    ]


def test_a_description_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "dataset.yaml").mkdir()
    with pytest.raises(InvalidData, match="is a folder, not a file"):
        read_data_set(tmp_path)


def test_links_to_themselves_and_to_nothing(folder: Folder) -> None:
    (folder.path / "loop.yaml").symlink_to("loop.yaml")
    (folder.path / "gone.csv").symlink_to("nowhere.csv")
    assert [problem.split(" (")[0] for problem in folder.problems({})] == [
        "gone.csv: cannot be read: it is not a file",
        "loop.yaml: cannot be read: it is not a file",
    ]


def test_a_folder_that_is_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises((NotFound, InvalidData)):
        read_data_set(tmp_path / "loop")


def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe.yaml")
    assert "it is not a file" in folder.problems({})[0]


def test_a_file_nobody_may_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the system's answer is played."""

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    folder.write({"dataset.yaml": DESCRIPTION, "a.yaml": ACME})
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InvalidData) as caught:
        read_data_set(folder.path)
    assert [problem.message for problem in caught.value.problems] == ["cannot be read: Permission denied"] * 2


def test_a_folder_nobody_may_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InvalidData, match="cannot be read: Permission denied"):
        read_data_set(tmp_path)


def test_a_file_that_is_too_large(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knockon.authoring.source.SIZE_LIMIT", 1_000_000)
    result = folder.problems({"a.yaml": "#" + "x" * 1_000_001})
    assert result == ["a.yaml: is larger than 1 MB (split it)"]


def test_a_file_name_of_any_bytes_can_be_printed(folder: Folder) -> None:
    name = os.fsencode(folder.path) + b"/\xff\x1b\n.yaml"
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(b"x")
    (result,) = folder.problems({})
    assert result.startswith("\\udcff\\x1b\\n.yaml:1: must map")
    assert result.isprintable()


@pytest.mark.slow
def test_thousands_of_references_to_nothing_take_no_minutes(folder: Folder) -> None:
    """The search for the names that were meant is given up at some point; the problems are all told."""
    people = "Person:\n" + "".join(f"  person-{i}: {{label: P, partOf: nobody-{i}}}\n" for i in range(3000))
    result = folder.problems({"a.yaml": people})
    assert len(result) == 3000


#: Pieces that mean something to a reader: a file made of them goes deeper than noise does.
PIECES = (
    *"[]{},:;-#&*!|>?@%=\"'\\\t\n\r ~.", "\n  ", "\n    ", ": ", "- ", "---", "<<", "\0", "\ufeff", "\u2028", "\ud800",
    "\\ud800", "é", "Company", "Dependency", "Shock", "Event", "Entity", "dependant", "need", "provider", "share", "supply",
    "class", "label", "id", "partOf", "hit", "target", "targetQuery", "SELECT ?target { ", "evidence", "doc 1-2", "date",
    "2021-12-10", "0.5", "1e9", "High", "acme", "id:acme", "ko:High", "https://", "name", "base", "title", "null", "true",
    "NaN", "x" * 300,
)  # fmt: skip
contents = st.binary(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=25).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


@settings(max_examples=5 * settings.default.max_examples)
@given(a=contents, b=contents, c=contents, head=st.sampled_from([b"", b"dependant,need,provider,share\n", b"label,class\n"]))
def test_any_bytes_give_records_or_problems(a: bytes, b: bytes, c: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(Path(path))
        folder.write({"dataset.yaml": DESCRIPTION.encode() + c, "a.yaml": b"Company:\n  acme:\n    " + a, "b.csv": head + b})
        for item in (folder.path, folder.path / "a.yaml", folder.path / "b.csv"):
            try:
                data_set = read_data_set(item)
            except InvalidData as error:
                str(error).encode()
            else:
                assert isinstance(data_set, DataSet)


def test_an_undeclared_name_is_one_problem_with_its_places_however_often_it_is_used(folder: Folder) -> None:
    people = "Person:\n" + "".join(f"  p{i}: {{label: P, partOf: nobody}}\n" for i in range(117))
    result = folder.problems({"a.yaml": people})
    assert result == [
        "a.yaml:2: p0: partOf names nobody, which does not exist; also in a.yaml:3, a.yaml:4, a.yaml:5, a.yaml:6, a.yaml:7, "
        "and 111 more"
    ]


def test_the_message_of_many_problems_is_cut_and_counts_the_rest(folder: Folder) -> None:
    people = "Person:\n" + "".join(f"  p{i}: {{}}\n" for i in range(217))
    folder.write({"dataset.yaml": DESCRIPTION, "a.yaml": people})
    with pytest.raises(InvalidData) as caught:
        read_data_set(folder.path)
    lines = str(caught.value).splitlines()
    assert (lines[0], len(lines), lines[-1]) == ("217 problems:", 102, "  and 117 more")
    assert len(caught.value.problems) == 217


def test_only_what_fits_is_suggested(folder: Folder) -> None:
    """Of a fitting class, never the record itself or a part of it, never what an alternative is to replace."""
    text = """
Company: {steelworks: {label: S}, steelmill: {label: M}, shop: {label: Shop}}
Document: {steelwork-report: {title: T}}
Dependency:
  steelwork-need:
    dependant: shop
    need: steelwork
    supply: [steelworks]
    alternative: [steelwork]
  other:
    dependant: shop
    need: shop
    alternative: steelmil
"""
    need, other = folder.problems({"a.yaml": text})
    assert "need names steelwork, which does not exist" in need
    assert "report" not in need
    assert "steelwork-need" not in need.split("(")[1]
    assert "did you mean steelworks" in need
    assert "a.yaml:13: other: alternative names steelmil, which does not exist (did you mean steelmill" in other
    (alone,) = folder.problems(
        {"a.yaml": text.replace("    need: steelwork\n", "    need: shop\n").replace("steelmil\n", "shop\n")}
    )
    assert "alternative names steelwork, which does not exist" in alone
    assert "steelworks" not in alone
