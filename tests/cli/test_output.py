"""--output and --format: the form follows the ending, folders are not made, `-` is standard output."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.short_form import some_of

Run = Callable[..., Any]
#: A command for each kind of answer that writes rows.
COMMANDS = [
    ("impact", "treasury-designation"), ("impact",), ("impact", "--all"), ("exposure", "sensetime"), ("chains",),
    ("query", "--list"), ("query", "SELECT ?a WHERE { ?a a ko:Company }"), ("schema",), ("show", "nvidia"),
    ("profile", "nvidia"), ("concentration",), ("validate", "chips"),
]  # fmt: skip


#: The forms of text by their endings; with few of them, each command computes its answer less often.
FORMS = [
    pytest.param({"csv": "csv", "txt": "table"}, id="few forms"),
    pytest.param({"json": "json", "jsonl": "jsonl", "md": "md"}, id="the other forms", marks=pytest.mark.slow),
]


def test_every_form_has_its_ending(knockon: Run, tmp_path: Path) -> None:
    """All forms of text, on the command that answers soonest."""
    for ending, form in (("csv", "csv"), ("json", "json"), ("jsonl", "jsonl"), ("md", "md"), ("txt", "table")):
        assert knockon("schema", "-o", f"x.{ending}").code == 0
        assert (tmp_path / f"x.{ending}").read_text("utf-8") == knockon("schema", "-f", form).out


@pytest.mark.parametrize("forms", FORMS)
@pytest.mark.parametrize("command", some_of(COMMANDS, 3), ids=" ".join)
def test_the_ending_says_the_form(knockon: Run, tmp_path: Path, command: tuple[str, ...], forms: dict[str, str]) -> None:
    """-o x.csv writes CSV, and so on: the same bytes as --format gives; workbooks and Parquet are what they say."""
    for ending, form in forms.items():
        assert knockon(*command, "-o", f"x.{ending}").code == 0
        assert (tmp_path / f"x.{ending}").read_text("utf-8") == knockon(*command, "-f", form).out
    assert knockon(*command, "-o", "x.xlsx").code == 0
    assert (tmp_path / "x.xlsx").read_bytes()[:2] == b"PK"
    assert knockon(*command, "-o", "x.parquet").code == 0
    assert (tmp_path / "x.parquet").read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize(
    "command", [*COMMANDS, ("explain", "entity-list-chips", "sensetime"), ("export",), ("explore",)], ids=" ".join
)
def test_files_that_cannot_be_written_are_refused(knockon: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """An unknown ending, no ending and a folder that is not there: exit 2, what to do, and nothing written."""
    before = sorted(tmp_path.rglob("*"))
    for name, message in (("x.xyz", ".xyz"), ("x", "no ending"), ("none/x.csv", "the folder none does not exist")):
        done = knockon(*command, "-o", name)
        assert (done.code, done.out) == (2, "")
        assert message in done.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_format_beats_the_ending(knockon: Run, tmp_path: Path) -> None:
    """--format is an option of its own: any name will do with it."""
    assert knockon("schema", "-f", "csv", "-o", "x.dat").code == 0
    assert (tmp_path / "x.dat").read_text("utf-8").startswith("kind,name")


def test_a_dash_is_standard_output(knockon: Run) -> None:
    """-o - writes where no file is named; what is not text goes there only then."""
    assert knockon("schema", "-o", "-").out == knockon("schema").out
    done = knockon("schema", "-f", "parquet")
    assert (done.code, "-o -" in done.err) == (2, True)


def test_html_can_go_to_standard_output(knockon: Run, tmp_path: Path, suppliers: Path) -> None:
    """Explore -o - and report -o - write their page there."""
    for command in (("explore",), ("report", "--hit", "salar-mining=high")):
        done = knockon(*command, "-s", str(suppliers), "-o", "-")
        assert done.code == 0
        assert done.out.startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [suppliers]


def test_rdf_goes_by_its_endings(knockon: Run, tmp_path: Path, suppliers: Path) -> None:
    """Export knows the endings of RDF, and those of other programs' formats; a workbook is none of them."""
    for ending in ("ttl", "nt", "nq", "trig", "jsonld", "rdf"):
        assert knockon("export", "-s", str(suppliers), "-o", f"x.{ending}").code == 0
    assert (tmp_path / "x.nt").read_text("utf-8") == knockon("export", "-s", str(suppliers), "-f", "nt").out
    assert knockon("export", "-s", str(suppliers), "-o", "x.csv").code == 0
    assert knockon("export", "-s", str(suppliers), "-o", "x.xlsx").code == 2


def test_parquet_has_every_digit_and_text_has_twelve(knockon: Run, tmp_path: Path) -> None:
    """CSV, JSON and JSONL round to 12 significant digits; Parquet does not."""
    parquet = pytest.importorskip("pyarrow.parquet")
    assert knockon("rank", "sensetime", "-o", "x.parquet").code == 0
    exact = {row["firm"]: row["index"] for row in parquet.read_table(tmp_path / "x.parquet").to_pylist()}
    for line in knockon("rank", "sensetime", "-f", "jsonl").out.splitlines():
        row = json.loads(line)
        assert row["index"] == float(f"{exact[row['firm']]:.12g}")


def test_formulas_in_data_stay_text(knockon: Run, tmp_path: Path) -> None:
    """A text that starts with = is text in a workbook, and has an apostrophe in CSV."""
    for name in ("out.xlsx", "out.csv"):
        assert knockon("query", 'SELECT ("=1+1" AS ?sum) {}', "-o", name).code == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == "sum\n'=1+1\n"
    import zipfile

    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


def test_marks_of_direction_are_kept_for_programs_and_shown_to_people(knockon: Run, tmp_path: Path) -> None:
    """CSV has no escapes, and a name that is read again must be the same; tables and Markdown are read by people."""
    label = "\u202egnissim\u2069 Mill"
    (tmp_path / "a.csv").write_text(f"dependant,need,provider\nShop,flour,{label}\n", "utf-8")
    written = {
        form: knockon("neighbours", "shop", "--store", "a.csv", "-f", form).out for form in ("csv", "table", "md", "json")
    }
    assert label in written["csv"]
    for form in ("table", "md", "json"):
        assert label not in written[form]
        assert "u202egnissim" in written[form]
    again = knockon("neighbours", "shop", "--store", "a.csv", "-o", "rows.csv")
    assert (again.code, label in (tmp_path / "rows.csv").read_text("utf-8")) == (0, True)


def test_the_same_rows_give_the_same_workbook(knockon: Run, tmp_path: Path) -> None:
    """No clock goes into an .xlsx."""
    for name in ("a.xlsx", "b.xlsx"):
        assert knockon("schema", "-o", name).code == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_missing_extras_are_named(knockon: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without pyarrow or xlsxwriter: exit 2, and what to install."""
    import sys

    for module, form in (("pyarrow", "parquet"), ("xlsxwriter", "xlsx")):
        monkeypatch.setitem(sys.modules, module, None)
        done = knockon("schema", "-o", f"x.{form}")
        assert (done.code, "pip install 'knockon[" in done.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_columns_order_and_number_of_rows(knockon: Run) -> None:
    """--columns, --sort and --top shape rows in every form, and say what is left out."""
    arguments = ("schema", "--columns", "name,count", "--sort", "-count", "--top", "2")
    done = knockon(*arguments, "-f", "csv")
    header, first, second = done.out.splitlines()
    assert header == "name,count"
    assert int(first.split(",")[1]) >= int(second.split(",")[1])
    assert "more rows" in done.err
    assert [set(row) for row in knockon(*arguments, "-f", "json").json] == [{"name", "count"}] * 2
    assert knockon(*arguments, "-f", "md").out.splitlines()[0] == "| name | count |"
    assert len(knockon(*arguments).out.splitlines()) == 4


def test_a_column_that_is_not_there_is_an_error(knockon: Run) -> None:
    """With the nearest name; and a document of JSON has no columns."""
    done = knockon("schema", "--columns", "nme")
    assert (done.code, "did you mean name" in done.err) == (2, True)
    assert knockon("schema", "--sort", "nme").code == 2
    assert knockon("schema", "--columns", ",").code == 2
    done = knockon("impact", "treasury-designation", "-f", "json", "--top", "1")
    assert (done.code, "jsonl" in done.err) == (2, True)


def test_query_rows_can_be_shaped(knockon: Run) -> None:
    """A query is a table like any other; triples are not."""
    text = "SELECT ?who ?n WHERE { VALUES (?who ?n) { (id:a 2) (id:b 10) (id:c 1) } }"
    done = knockon("query", text, "--sort", "-n", "--columns", "who", "--top", "2")
    assert done.out.splitlines()[2:] == ["id:b", "id:a"]
    assert knockon("query", text, "--sort", "n", "-f", "csv").out.splitlines()[1].endswith("id/c,1")
    assert knockon("query", "CONSTRUCT WHERE { ?s a ko:Company }", "-o", "x.csv").code == 2


def test_a_pipe_needs_no_ending(knockon: Run) -> None:
    """A file that is not a regular file, such as /dev/null, is written in the form asked for."""
    assert knockon("schema", "-o", "/dev/null").code == 0


def test_a_query_comes_from_standard_input(knockon: Run) -> None:
    """`query -` reads it there."""
    assert knockon("query", "-", "-f", "csv", stdin="SELECT (1 AS ?x) {}").out == "x\n1\n"


def test_folders_are_made_only_where_no_file_is_named(knockon: Run, tmp_path: Path) -> None:
    """The default of explore is a folder of its own, and it is said that it is made."""
    done = knockon("explore")
    assert (done.code, "created the folder exports" in done.err) == (0, True)
    assert (tmp_path / "exports" / "sensetime.html").is_file()


def test_bytes_reach_standard_output() -> None:
    """What is not text is written through the stream's bytes."""
    import sys

    from knockon.cli.streams import write_out_bytes

    stream = io.TextIOWrapper(io.BytesIO())
    before, sys.stdout = sys.stdout, stream
    try:
        write_out_bytes(b"PAR1")
    finally:
        sys.stdout = before
    assert stream.buffer.getvalue() == b"PAR1"  # type: ignore[attr-defined]
