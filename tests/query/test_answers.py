"""The answer to a query is a table, whichever kind it is and however often it is used."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.query.answers import QueryAnswer

TABLE = """
SELECT ?name ?n ?x ?day ?yes ?mixed {
  VALUES (?name ?n ?x ?day ?yes ?mixed) {
    (<urn:x:a> 1 0.1 "2024-05-06"^^<http://www.w3.org/2001/XMLSchema#date> true 1)
    ("=b<c>" 2 UNDEF UNDEF false "one")
    (UNDEF UNDEF 1e0 "2025-01-01"^^<http://www.w3.org/2001/XMLSchema#date> true UNDEF)
  }
} ORDER BY ?n
"""


def answer(text: str) -> QueryAnswer:
    store = pyoxigraph.Store()
    store.update("INSERT DATA { <urn:x:s> <urn:x:p> 1 , 'two'@en }")
    return QueryAnswer(store.query(text))


def test_columns_have_the_types_of_their_values() -> None:
    """Numbers are numbers, dates are dates, and a column of several types is text."""
    assert [(column.name, column.kind) for column in answer(TABLE).table()] == [
        ("name", "text"), ("n", "int"), ("x", "float"), ("day", "date"), ("yes", "bool"), ("mixed", "text"),
    ]  # fmt: skip


def test_pandas_and_arrow_hold_the_same_values(tmp_path: Path) -> None:
    """What is not bound is missing in each; whole numbers with gaps stay whole."""
    result = answer(TABLE)
    frame, table = result.to_pandas(), result.to_arrow()
    assert str(frame["n"].dtype) == "Int64"
    assert frame["n"].dropna().tolist() == [1, 2]
    assert frame["x"].dropna().tolist() == [1.0, 0.1]
    import pandas as pd

    assert sorted(pd.Timestamp(day).date() for day in frame["day"].dropna()) == [
        datetime.date(2024, 5, 6),
        datetime.date(2025, 1, 1),
    ]
    assert table.column("n").to_pylist() == [None, 1, 2]
    result.save(tmp_path / "a.parquet")
    import pyarrow.parquet as pq

    assert pq.read_table(tmp_path / "a.parquet").equals(table)


def test_an_ask_and_a_construct_are_tables_as_well() -> None:
    """One row with the column boolean; a row for each triple."""
    asked = answer("ASK { ?s ?p 1 }")
    assert (bool(asked), len(asked), asked.to_dicts()) == (True, 1, [{"boolean": True}])
    assert not answer("ASK { ?s ?p 3 }")
    built = answer("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(isNumeric(?o)) }")
    assert built.to_pandas().to_dict("records") == [{"subject": "urn:x:s", "predicate": "urn:x:p", "object": 1}]


@pytest.mark.parametrize(
    "text", [TABLE, "CONSTRUCT WHERE { ?s ?p ?o }", "ASK { ?s ?p ?o }", "SELECT * { ?s ?p ?o } ORDER BY ?o"]
)
def test_an_answer_may_be_used_again_and_in_any_order(text: str) -> None:
    """Reading, rendering and converting do not use it up, and do not change what it says."""
    first, second = answer(text), answer(text)
    rendered = first.to_text()
    key = repr
    assert sorted(first.to_dicts(), key=key) == sorted(second.to_dicts(), key=key)
    assert (len(first), first.to_text()) == (len(second), rendered)
    assert second.to_text() == rendered
    if "SELECT" in text:
        assert json.loads(first.to_text("json")) == json.loads(second.to_text("json"))


def test_a_notebook_shows_a_table_in_which_nothing_runs() -> None:
    """Text is escaped, long answers are cut and counted."""
    html = answer(TABLE)._repr_html_()
    assert "<th>name</th>" in html
    assert "=b&lt;c&gt;" in html
    many = answer("SELECT ?x { " + " UNION ".join(f"{{ BIND({i} AS ?x) }}" for i in range(201)) + " }")
    assert "and 1 more rows" in many._repr_html_()


def test_a_file_takes_the_format_of_its_ending(tmp_path: Path) -> None:
    """An ending that fits no answer of this kind is refused, and nothing is written."""
    answer(TABLE).save(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8").startswith("name,n,x,day,yes,mixed\n")
    for name in ("a.docx", "a", "a.ttl"):
        with pytest.raises(UsageError):
            answer(TABLE).save(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@given(st.lists(st.integers(-(2**70), 2**70) | st.none(), max_size=6))
def test_whole_numbers_of_any_size_survive(numbers: list[int | None]) -> None:
    """In 64 bits where all fit, as text where one does not; never rounded."""
    rows = " ".join("(UNDEF)" if number is None else f"({number})" for number in numbers)
    (column,) = answer(f"SELECT ?n {{ VALUES (?n) {{ {rows} }} }}").table()
    assert sorted(str(value) for value in column.values) == sorted(str(number) for number in numbers)
