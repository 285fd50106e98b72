"""The options by which load, validate and rank are told how to read a file, and standard input on every command."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
CASES = Path(__file__).parents[1] / "cases"


def case(name: str) -> str:
    return str(CASES / name)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("plain.json", 4, "contains no RDF (JSON without @context)"),
        ("empty.ttl", 4, "contains no triples"),
        ("foreign.ttl", 0, "0 records, 7 triples of other vocabularies (SPARQL sees them)"),
        ("bom_space_header.csv", 0, "ok: 3 records"),
        ("share_percent.csv", 0, "ok: 5 records"),
        ("share_0_100.csv", 4, "--percent share"),
        ("suppliers_cp1252.csv", 4, "--encoding cp1252"),
        ("synonym_columns.csv", 4, "did you mean dependant, need, provider?"),
        ("indirect_ownership", 4, "with direct: false"),
        ("one_bad_of_1001.csv", 4, "one_bad_of_1001.csv:1002: need is empty"),
    ],
)
def test_each_case_is_answered(knockon: Run, name: str, code: int, message: str) -> None:
    """Refused with what would mend it, or read; never "ok: 0 records"."""
    done = knockon("validate", case(name))
    assert (done.code, message in done.err) == (code, True), done.err
    assert "ok: 0 records" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("share_0_100.csv", "--percent", "share"),
        ("suppliers_cp1252.csv", "--encoding", "cp1252"),
        ("synonym_columns.csv", "--rename", "customer=dependant", "--rename", "product=need", "--rename", "supplier=provider"),
    ],
)
def test_load_and_validate_take_the_options_that_the_errors_name(knockon: Run, arguments: tuple[str, ...]) -> None:
    """What is refused without an option is read with it."""
    name, *options = arguments
    assert knockon("validate", case(name), *options).code == 0
    done = knockon("load", case(name), "--store", "mine", *options)
    assert done.code == 0, done.err
    assert knockon("export", "--store", "mine").out


def test_rejected_rows_are_counted_and_kept(knockon: Run, tmp_path: Path) -> None:
    """1,000 needs in, 1 row out, with its line and reason; all or nothing without the options."""
    assert knockon("load", case("one_bad_of_1001.csv"), "--store", "mine").code == 4
    done = knockon("load", case("one_bad_of_1001.csv"), "--store", "mine", "--allow-rejects", "--rejects", "out.csv")
    assert done.code == 0
    assert "1 row rejected (they are in out.csv" in done.err
    (row,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8")))
    assert (row["line"], row["problem"], row["dependant"]) == ("1002", "need is empty", "Last")
    assert knockon("load", case("one_bad_of_1001.csv"), "--store", "mine", "--allow-rejects").code == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--encoding", "klingon"),
        ("--decimal", ";"),
        ("--rename", "supplier"),
        ("--rename", "Suplier=provider"),
        ("--percent", "shares"),
        ("--from", "docx"),
    ],
)
def test_options_that_cannot_be_meant_exit_2(knockon: Run, suppliers: Path, options: tuple[str, ...]) -> None:
    """Before anything is loaded."""
    assert knockon("load", str(suppliers), "--store", "mine", *options).code == 2
    assert knockon("export", "--store", "mine").code == 3


def test_standard_input_is_a_source_and_a_store(knockon: Run, suppliers: Path) -> None:
    """``-`` with --from, for load, validate and whatever asks a store; without --from exit 2."""
    text = suppliers.read_text("utf-8")
    assert knockon("validate", "-", "--from", "csv", stdin=text).code == 0
    assert knockon("load", "-", "--from", "csv", "--as", "piped", "--store", "mine", stdin=text).code == 0
    asked = ("impact", "--hit", "Salar Mining=high", "--format", "json", "--store")
    piped = knockon(*asked, "-", "--from", "csv", stdin=text)
    assert piped.json["impacts"] == knockon(*asked, str(suppliers)).json["impacts"]
    refused = knockon("impact", "--hit", "Salar Mining=high", "--store", "-", stdin=text)
    assert (refused.code, "--from" in refused.err) == (2, True)


def test_a_table_of_shocks_is_asked_like_any_other(knockon: Run, tmp_path: Path, suppliers: Path) -> None:
    """A CSV user gets impact, explain, exposure and compare."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: mine\n", "utf-8")
    (folder / "suppliers.csv").write_text(suppliers.read_text("utf-8"), "utf-8")
    (folder / "shocks.csv").write_text(
        "shock,target,severity\nMine closes,Salar Mining,essential\nStrike,Lumen Glass,0.5\nStrike,Volt Cells,low\n", "utf-8"
    )
    for asked in (
        ("impact", "mine-closes"),
        ("explain", "strike", "Acme Phones"),
        ("exposure", "City Couriers"),
        ("compare", "strike", "mine-closes"),
    ):
        done = knockon(*asked, "--store", "mine")
        assert done.code == 0, done.err


@pytest.mark.parametrize("name", ["flows.tsv", "flows_semicolon.csv", "flows_capitals.csv"])
def test_flows_are_read_like_other_tables(knockon: Run, name: str) -> None:
    """Any delimiter, columns in any spelling."""
    done = knockon("rank", case(name), "--format", "csv")
    assert done.code == 0, done.err
    assert "A" in {row["firm"] for row in csv.DictReader(io.StringIO(done.out))}


def test_flows_take_options_too(knockon: Run, tmp_path: Path) -> None:
    """Decimal commas, another encoding, another name of a column."""
    (tmp_path / "flows.csv").write_bytes("Verkäufer;customer;value\nMüller;B;1,5\nB;C;2,25\n".encode("cp1252"))
    options = ("--encoding", "cp1252", "--rename", "Verkäufer=supplier")
    done = knockon("rank", "flows.csv", "--decimal", ",", *options, "--format", "csv")
    assert done.code == 0, done.err
    assert "Müller" in done.out
    assert "--decimal ," in knockon("rank", "flows.csv", *options).err


def test_a_negative_final_demand_is_explained(knockon: Run) -> None:
    """io_negative_final_demand.csv: file, line, and what to do about changes in inventories."""
    done = knockon("rank", case("flows.tsv"), "--firms", case("io_negative_final_demand.csv"))
    assert done.code == 4
    assert "io_negative_final_demand.csv:2: has a negative final_demand" in done.err
    assert "changes in inventories" in done.err
