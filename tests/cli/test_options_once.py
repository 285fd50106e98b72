"""Options that take one value are given once, and errors name options of the command line, not parameters of Python."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.cli.command import name_options
from knockon.errors import InvalidData, Problem, UsageError

LETTERS = Path(__file__).parent.parent / "support" / "letters"
#: A parameter as it is written in Python.
_PYTHON = re.compile(r"(?<!--set )\b[a-z_]+=(?=[\s,;.)]|$)")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for path in LETTERS.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ("--page a.html --page b.html", "--page"),
        ("--page a.html --page=b.html", "--page"),
        ("-f json --format csv", "--format"),
        ("-fjson -f csv", "--format"),
        ("--cost one=0.1 --firms other.csv", "--firms"),
    ],
)
def test_an_option_with_one_value_is_given_once(knockon: Callable[..., Any], tables: Path, arguments: str, option: str) -> None:
    """The first of two pages was not written, and nothing said so."""
    call = ("price", "industries.csv", "--firms", "demand.csv", "--cost", "two=0.1", *arguments.split())
    done = knockon(*call, folder=tables)
    assert done.code == 2
    assert f"{option} is given twice" in done.err
    assert not list(tables.glob("*.html"))


def test_commands_below_a_command_are_no_exception(knockon: Callable[..., Any], tables: Path) -> None:
    """Such as ``mapping suggest``."""
    done = knockon("mapping", "suggest", "flows.csv", "--encoding", "utf-8", "--encoding", "cp1252", folder=tables)
    assert (done.code, "--encoding is given twice" in done.err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    ["--cost one=0.1 --cost two=0.2", "-q -q --cost one=0.1", "--cost one=0.1 --page --page.html", "--cost one=0.1 -qfcsv"],
)
def test_what_is_no_repetition(knockon: Callable[..., Any], tables: Path, arguments: str) -> None:
    """Repeatable options, switches, and a value that looks like an option."""
    assert knockon("price", "industries.csv", "--firms", "demand.csv", *arguments.split(), folder=tables).code == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("inoperability parts.csv --hit foundry=0.5 --recovery 9 --horizon 9 --step 0", "--step must be above 0"),
        ("inoperability parts.csv --hit foundry=0.5 --recovery 9 --horizon -1", "--horizon must be 0 or more"),
        ("inoperability parts.csv --hit foundry=0.5 --recovery 9 --horizon 9.5", "--horizon must be a multiple of"),
        ("inoperability parts.csv --hit foundry=0.5 --recovery 0.1 --horizon 9", "shorten them (--step)"),
        ("fdna links.csv --hit radar=0.5 --cycles never", "--cycles is solve, condense or error, not 'never'"),
        (
            "extraction industries.csv --firms demand.csv --extract one=1 --kind some",
            "--kind is complete, forward or backward, not 'some'",
        ),
        ("rank flows.csv --firms firms.csv --eps 2", "--eps must be a number in 0..1"),
        ("rank flows.csv --firms firms.csv --spill there", "--spill goes with other engines: --engine duckdb"),
        ("fdna links.csv --cycles never", "--cycles is solve, condense or error"),
        ("fdna links.csv --hit radar", "--hit is SYSTEM=SHARE, such as radar=0.1, not 'radar'"),
        ("fdna links.csv --hit radar=nan", "--hit radar=nan: the number must be in 0..1"),
        ("fdna links.csv --hit radar=1 --shocks hits.csv", "leave out --hit, or --shocks"),
        ("fdna links.csv --shocks hits.csv", "hits.csv:2: names a system that the links do not have, 'sonar'"),
        ("inoperability parts.csv --hit foundry", "--hit is SECTOR=SHARE"),
        ("impact entity-list-chips --given nvidia", "to the model chance, not to leontief: --model chance"),
    ],
)
def test_errors_name_options(knockon: Callable[..., Any], tables: Path, call: str, message: str) -> None:
    """What is out of range is named as it was typed."""
    (tables / "hits.csv").write_text("shock,sector,share\ns,sonar,1\n")
    done = knockon(*call.split(), folder=tables)
    assert done.code in (2, 4)
    assert message in done.err
    assert not _PYTHON.search(done.err)


def test_parameters_of_models_are_those_of_set() -> None:
    """Where a model takes a parameter by --set; options of their own come first, and other words stay."""
    options = ["--set", "--cap"]

    def named(text: str) -> str:
        error = UsageError(text)
        name_options(error, options)
        return str(error)

    assert named("horizon must be a whole number of steps, not 0") == "--set horizon must be a whole number of steps, not 0"
    assert named("it is on its way; raise cap=") == "it is on its way; raise --cap"
    assert named("psi goes with rationing=true") == "--set psi goes with --set rationing=true"
    assert named("names must be texts; a=b must not be") == "names must be texts; a=b must not be"
    problem = InvalidData([Problem("a.csv", 2, "eps= is wrong", "step must be 1")], "nothing was done")
    name_options(problem, ["--eps", "--step"])
    assert str(problem) == "1 problem, nothing was done:\n  a.csv:2: --eps is wrong (--step must be 1)"


@pytest.mark.parametrize(
    ("column", "number"), [("stock", "inf"), ("stock", "1e300"), ("recovery", "inf"), ("capacity", "1e300")]
)
def test_numbers_beyond_the_solver_have_a_line(knockon: Callable[..., Any], tables: Path, column: str, number: str) -> None:
    """They named no row, or ended in an error of the solver."""
    (tables / "s.csv").write_text(f"firm,final_demand,{column}\nfoundry,0,1\nengine maker,2,{number}\n")
    done = knockon("survive", "parts.csv", "--firms", "s.csv", folder=tables)
    assert done.code == 4
    assert f"s.csv:3: has {column} {float(number):g}" in done.err


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1e308,1,1,3", "s.csv:2: has a final_demand of 1e+308 (at most 1e+100"),
        ("1,NaN,1,3", "s.csv:2: has a stock that is not a number"),
        ("1,1,-nan,3", "s.csv:2: has a capacity that is not a number"),
        ("1,1,1,nan", "s.csv:2: has a recovery that is not a number"),
        ("NaN,1,1,3", "s.csv:2: has a final_demand that is not finite"),
    ],
)
def test_numbers_of_firms_are_numbers(knockon: Callable[..., Any], tables: Path, row: str, message: str) -> None:
    """NaN counted as no value, and sales lost of 1e308 a day were null."""
    (tables / "s.csv").write_text(f"firm,final_demand,stock,capacity,recovery\nfoundry,{row}\nengine maker,2,1,inf,\n")
    done = knockon("survive", "parts.csv", "--firms", "s.csv", folder=tables)
    assert (done.code, done.out) == (4, "")
    assert message in done.err
    assert "s.csv:3" not in done.err


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("ghosh far.csv --firms f.csv --fall a=0.3", "1e308"),
        ("extraction far.csv --firms f.csv --extract a=1", "1e100"),
        ("inoperability far.csv --hit a=0.3", "1e308"),
        ("rank far.csv --firms f.csv", "1e308"),
    ],
)
def test_no_answer_is_without_end(knockon: Callable[..., Any], tables: Path, call: str, value: str) -> None:
    """Amounts that overflow, and those too far apart to solve, are invalid data."""
    (tables / "far.csv").write_text(f"supplier,customer,value\na,b,{value}\nb,c,1e-300\na,c,1\n")
    (tables / "f.csv").write_text("firm,final_demand\na,1\nb,1e-90\nc,1e-320\n")
    done = knockon(*call.split(), folder=tables)
    assert (done.code, done.out) == (4, "")
    assert "at most 1e+100" in done.err or "too far apart" in done.err


def test_a_program_that_rounding_breaks_is_invalid_data(knockon: Callable[..., Any], tables: Path) -> None:
    """It was "not solved", in the words of the solver, as if more time would help."""
    (tables / "far.csv").write_text("supplier,customer,value\na,b,1\nb,c,5\nc,a,5\na,c,1e100\n")
    (tables / "f.csv").write_text("firm,final_demand,stock,capacity\na,1,,inf\nb,5,,inf\nc,1e-300,1,1\n")
    done = knockon("survive", "far.csv", "--firms", "f.csv", folder=tables)
    assert (done.code, done.out) == (4, "")
    assert "too far apart for the linear program" in done.err


def test_systems_on_a_cycle_are_named(knockon: Callable[..., Any], tables: Path) -> None:
    """Each link by its line, by the names of the table."""
    (tables / "c.csv").write_text("feeder,receiver,strength,criticality\nA,B,0.5,20\nB,A,0.5,20\nB,C,0.5,20\n")
    done = knockon("fdna", "c.csv", "--hit", "A=1", "--cycles", "error", folder=tables)
    assert (done.code, done.err.count("on a cycle")) == (4, 2)
    assert "c.csv:3: the link from B to A is on a cycle" in done.err
    assert "--cycles solve" in done.err


@pytest.mark.parametrize(
    ("call", "columns"),
    [
        ("inoperability empty.csv --hit a=1", "supplier,customer,value"),
        ("fdna empty.csv --hit a=1", "feeder,receiver,strength,criticality"),
    ],
)
def test_an_empty_table_says_so(knockon: Callable[..., Any], tables: Path, call: str, columns: str) -> None:
    """It said that there is no such sector."""
    (tables / "empty.csv").write_text(columns + "\n")
    done = knockon(*call.split(), folder=tables)
    assert done.code == 4
    assert "empty.csv: has no rows" in done.err


def test_a_long_name_does_not_pad_the_table(knockon: Callable[..., Any], tables: Path) -> None:
    """In tables it is cut; other forms have it whole."""
    name = "N" * 10_000
    (tables / "long.csv").write_text(f"supplier,customer,value\n{name},c,0.5\n")
    assert max(map(len, knockon("inoperability", "long.csv", "--hit", f"{name}=1", folder=tables).out.splitlines())) < 1_500
    assert name in knockon("inoperability", "long.csv", "--hit", f"{name}=1", "-f", "csv", folder=tables).out


def test_a_model_without_total_has_no_column_for_it(knockon: Callable[..., Any], tables: Path) -> None:
    """It was empty."""
    (tables / "s.csv").write_text("shock,sector,share\ns,foundry,0.5\n")
    rows = knockon("inoperability", "parts.csv", "--shocks", "s.csv", "-f", "csv", folder=tables).out
    assert rows.splitlines()[0] == "shock_id,sector,shock,change,source"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("ls --top -1", "--top: '-1' must be at least 0 (see `knockon ls --help`)"),
        ("ls --top x", "--top: 'x' is not a whole number"),
        ("survive parts.csv --firms s.csv --timeout x", "--timeout: 'x' is not a number"),
        ("undo --keep 11", "--keep: '11' must be at most 10"),
    ],
)
def test_a_wrong_value_is_said_in_our_words(knockon: Callable[..., Any], tables: Path, call: str, message: str) -> None:
    """The library that reads the command line has words of its own."""
    done = knockon(*call.split(), folder=tables)
    assert done.code == 2
    assert message in done.err
