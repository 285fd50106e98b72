"""Portfolio files: what people's tables look like, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.options import ReadOptions
from knockon.authoring.portfolio_file import PortfolioFile, read_portfolio
from knockon.errors import InvalidData, KnockonError, NotFound, UsageError
from support.workbook_file import number, workbook


def read(folder: Path, content: str | bytes, name: str = "mine.csv", **options: object) -> PortfolioFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_portfolio(path, ReadOptions(**options))  # type: ignore[arg-type]


def rows(portfolio: PortfolioFile) -> list[tuple[int, tuple[str, ...], float | None]]:
    return [tuple(row) for row in portfolio.rows]  # type: ignore[misc]


def test_a_table_of_a_spreadsheet(tmp_path: Path) -> None:
    """A byte order mark, semicolons, a unit in the header, decimal commas, an empty amount, a percentage, other columns."""
    text = '\ufeffCompany;Amount (EUR);ISIN\r\nAcme;1000,5;US1\r\n;;\r\n"Baker; Sons";;\r\nCobb;12 %;\r\n'
    portfolio = read(tmp_path, text, decimal=",")
    assert rows(portfolio) == [(2, ("Acme",), 1000.5), (4, ("Baker; Sons",), None), (5, ("Cobb",), 0.12)]
    assert (portfolio.amount_column, portfolio.unused) == ("Amount (EUR)", ("ISIN",))


def test_other_columns_do_not_matter(tmp_path: Path) -> None:
    """What is in them may be a formula, an error of the spreadsheet, or have no name."""
    text = "name,price,,amount\nAcme,#N/A,x,1\nBaker,=A1,,2\n"
    assert [row.amount for row in read(tmp_path, text).rows] == [1.0, 2.0]


def test_an_id_comes_before_a_name(tmp_path: Path) -> None:
    """The id is the first name that is tried; columns in any spelling and order."""
    assert rows(read(tmp_path, "WEIGHT,Name,ID\n2,Acme,acme\n3,Baker,\n")) == [
        (2, ("acme", "Acme"), 2.0), (3, ("Baker",), 3.0)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["mine.txt", "mine.csv", "mine.tsv"])
def test_a_list_of_names_needs_no_header(tmp_path: Path, name: str) -> None:
    """The first line is a name as well, unless it is the name of the column."""
    assert [row.names[0] for row in read(tmp_path, "Acme\nBaker\n", name).rows] == ["Acme", "Baker"]
    assert [row.names[0] for row in read(tmp_path, "name\nBaker\n", name).rows] == ["Baker"]


def test_a_workbook_and_other_names_of_columns(tmp_path: Path) -> None:
    """A sheet is read as a table is; --rename gives a column the name that it should have."""
    sheets = {"Mine": [["Firma", "Summe"], ["Acme", number(5)]], "Notes": [["name"], ["Baker"]]}
    workbook(tmp_path / "mine.xlsx", sheets)
    with pytest.raises(UsageError, match="several sheets"):
        read_portfolio(tmp_path / "mine.xlsx")
    renamed = ReadOptions(sheets=("Mine",), rename=(("Firma", "name"), ("Summe", "amount")))
    portfolio = read_portfolio(tmp_path / "mine.xlsx", renamed)
    assert (rows(portfolio), portfolio.amount_column) == ([(2, ("Acme",), 5.0)], "Summe")
    with pytest.raises(UsageError, match="--rename Umsatz"):
        read_portfolio(tmp_path / "mine.xlsx", ReadOptions(sheets=("Mine",), rename=(("Umsatz", "amount"),)))


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("name,amount\nAcme,ten\n", 2, "is not a number"),
        ("name,amount\nAcme,\"1,5\"\n", 2, "--decimal ,"),
        ("name,amount\nAcme,-1\n", 2, "is below 0"),
        ("name,amount\nAcme,inf\n", 2, "is not a number"),
        ("name,amount\nAcme,1\n,2\n", 3, "names no entity"),
        ("name,amount\nAcme,1,2\n", 2, "has 3 cells"),
        ("name,Name,amount\nAcme,Acme,1\n", 1, "duplicate column 'name'"),
        ("amount,value\n1,2\n", 1, "no column names the entities"),
        ("Suplier,amount\nAcme,1\n", 1, "--rename Suplier=supplier"),
        ("name,amount\n", None, "has no row"),
        ("", None, "is empty"),
        (b"name\nCaf\xe9\n", 2, "--encoding cp1252"),
        ("name,amount\n=A1,1\n", 2, "is a formula"),
        ('name\n"Acme\n', 2, "is not valid CSV"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, content: str | bytes, line: int | None, words: str) -> None:
    """Each problem has its line, and says how to mend it."""
    with pytest.raises(InvalidData, match="nothing was computed") as refused:
        read(tmp_path, content)
    assert [problem.line for problem in refused.value.problems] == [line]
    assert words in str(refused.value)


def test_what_is_no_table(tmp_path: Path) -> None:
    """A file that is not there, a folder, another ending."""
    with pytest.raises(NotFound):
        read_portfolio(tmp_path / "nothing.csv")
    (tmp_path / "mine.pdf").write_text("name\nAcme\n", "utf-8")
    for path in (tmp_path, tmp_path / "mine.pdf"):
        with pytest.raises(UsageError, match="a portfolio is a table"):
            read_portfolio(path)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"name,amount\n{text}".encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Never another exception than one of ours; amounts are finite and not negative."""
    try:
        portfolio = read(tmp_path_factory.getbasetemp(), content, "any.csv")
    except KnockonError:
        return
    assert all(row.names and (row.amount is None or 0 <= row.amount < float("inf")) for row in portfolio.rows)
