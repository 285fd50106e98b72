"""The work of reading grows with the size of a file, not with its square, whatever shape the file has."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from knockon.authoring import table_rows
from knockon.authoring.named_sources import read_source
from knockon.authoring.options import ReadOptions
from knockon.authoring.read import read_data_set
from knockon.authoring.records import RecordBuilder
from knockon.errors import InvalidData
from support.short_form import some_of

#: How many times the calls of a file of one size those of a file of twice that size may be.
_LINEAR = 2.3


def _csv(header: str, rows: Iterator[str] | list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def _lines(*records: dict[str, object]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def _days(count: int) -> list[str]:
    return [(date(1900, 1, 1) + timedelta(day)).isoformat() for day in range(count)]


def _spelling(number: int) -> str:
    return "".join(c.upper() if number >> place & 1 else c for place, c in enumerate("northernhouse"))


_COMPANY = {"class": "Company", "id": "shop", "label": "Shop"}
_SUPPLIES = {"class": "Dependency", "id": "d", "dependant": "shop", "need": "shop"}
_SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "providers of one need": ("csv", lambda n: _csv("dependant,need,provider", [f"Shop,Hosting,Acme{i}" for i in range(n)])),
    "providers in one cell": (
        "csv",
        lambda n: _csv("dependant,need,provider", ["Shop,Hosting," + ";".join(map(str, range(n)))]),
    ),
    "holdings of one firm that begin on different days": (
        "csv",
        lambda n: _csv(
            "id,class,owner,owned,share,from", [f"o{i},Ownership,Firm{i},Target,0.0001,{day}" for i, day in enumerate(_days(n))]
        ),
    ),
    "providers that nothing declares": (
        "jsonl",
        lambda n: _lines(_COMPANY, {**_SUPPLIES, "supply": [{"provider": f"a{i}"} for i in range(n)]}),
    ),
    "shares that are no numbers": (
        "jsonl",
        lambda n: _lines(_COMPANY, {**_SUPPLIES, "supply": [{"provider": f"a{i}", "share": "x"} for i in range(n)]}),
    ),
    "hits of one shock": ("csv", lambda n: _csv("shock,target,severity", [f"Strike,T{i},high" for i in range(n)])),
    "spellings of one name": ("csv", lambda n: _csv("dependant,need,provider", [f"{_spelling(i)},N,A" for i in range(n)])),
    "other names of one entity": (
        "jsonl",
        lambda n: _lines({**_COMPANY, "altLabel": [f"Name {i}" for i in range(n)]}),
    ),
    "parts in a ring with chords": (
        "jsonl",
        lambda n: _lines(
            *(
                {"class": "Company", "id": f"a{i}", "label": f"A{i}", "partOf": [f"a{(i + 1) % n}", f"a{i // 2}"]}
                for i in range(n)
            )
        ),
    ),
    "names that many things have": (
        "csv",
        lambda n: _csv(
            "class,id,label,dependant,need",
            [
                *(f"Company,a{i},Northern House,," for i in range(n)),
                *(f"Dependency,d{i},,{_spelling(i).replace('house', ' house')},{_spelling(i)}" for i in range(n)),
            ],
        ),
    ),
    "unknown columns": (
        "csv",
        lambda n: _csv("id,class,label" + "".join(f",c{i}" for i in range(n)), ["a,Company,A" + ",x" * n]),
    ),
    "fields given twice": ("jsonl", lambda n: "{" + ",".join(f'"f{i}":1' for i in range(n)) + "}\n"),
}


@contextmanager
def _counting(calls: list[int]) -> Iterator[None]:
    def count(*_: object) -> None:
        calls[0] += 1

    earlier = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(earlier)


def _work(file: Path) -> int:
    """The number of calls that reading a file takes."""
    calls = [0]
    with _counting(calls), suppress(InvalidData):
        read_data_set(file)
    return calls[0]


@pytest.mark.parametrize("shape", some_of(_SHAPES, 6))
def test_calls_grow_with_the_size(tmp_path: Path, shape: str) -> None:
    """A file of twice the size takes about twice the calls."""
    ending, content = _SHAPES[shape]
    sizes = (300, 600)
    files = [tmp_path / f"f{size}.{ending}" for size in sizes]
    for file, size in zip(files, sizes, strict=True):
        file.write_text(content(size))
    _work(files[0])  # what is worked out once in a process is done by now
    once, twice = map(_work, files)
    assert twice < _LINEAR * once


@pytest.mark.slow
def test_rejected_rows_of_many_records_are_found_once(tmp_path: Path) -> None:
    """Leaving out the bad rows of a table takes calls in proportion to them."""
    work = []
    for size in (200, 400):
        file = tmp_path / f"f{size}.csv"
        file.write_text(
            _csv("dependant,need,provider,share", [f"Shop{i},N,A{i},{'x' if i % 2 else '0.5'}" for i in range(size)])
        )
        calls = [0]
        with _counting(calls):
            made = read_source(file, options=ReadOptions(allow_rejects=True, rejects=tmp_path / "rejects.csv"))
        assert len([record for record in made.records if record.rdf_class == "Dependency"]) == size // 2
        work.append(calls[0])
    assert work[1] < _LINEAR * work[0]


_WRONG = {
    "dependant,need,provider,share,criticality,from,buffer,atLeast": [
        ("a,b,c,x,,,,", "share: 'x' is not a number"),
        ("a,b,c,1.5,,,,", "share '1.5' must be at most 1"),
        ("a,b,c,,hihg,,,", "'hihg' is not a criticality"),
        ("a,b,c,,,soon,,", "from: 'soon' is not a date"),
        ("a,b,c,,,,for a while,", "'for a while' is not a duration"),
        ("a,b,c,,,,30,", "buffer: 30 without a unit"),
        ("a,b,c,,,,,two", "atLeast: 'two' is not a whole number"),
        ("a,b", "has 2 cells, and the header has 8"),
        ("a,=b,c,,,,,", "need '=b' is a formula, not a value"),
    ],
    "shock,target,severity": [
        ("s,a,hihg", "'hihg' is not a severity"),
        ("s,b,1.5", "severity '1.5' must be at most 1"),
    ],
    "class,label": [("Compny,A", "unknown class 'Compny'"), (",A", "class is empty")],
    "dependant,need,provider": [("Shop,,", "need is empty"), (",Power,Volt", "dependant is empty")],
    "shock,target": [("Strike,", "target is empty")],
}


@pytest.mark.parametrize("header", _WRONG)
def test_cells_of_a_large_table_are_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    """All wrong cells are told with their lines, and no record is made of a large table that has one."""
    monkeypatch.setattr(table_rows, "MANY_ROWS", 1)
    monkeypatch.setattr(RecordBuilder, "_record", _no_record)
    file = tmp_path / "t.csv"
    rows = [row for row, _ in _WRONG[header]]
    file.write_text(_csv(header, rows))
    with pytest.raises(InvalidData) as caught:
        read_data_set(file)
    result = {problem.line: problem.message for problem in caught.value.problems}
    assert set(result) == set(range(2, len(rows) + 2))
    for line, (_, message) in enumerate(_WRONG[header], 2):
        assert message in result[line]


def _no_record(*_: object) -> None:
    raise AssertionError("a record was made")


def test_a_large_sound_table_is_read_like_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size at which cells are looked at first changes no record and no problem with names."""
    file = tmp_path / "t.csv"
    rows = ["Shop,Power,Volt,0.5,high,2020", "Shop,Power,Watt,0.5,high,2020", "Shop,Rent,,,,", "Mill,Power,Volt,1,low,2021-03"]
    file.write_text(_csv("dependant,need,provider,share,criticality,from", rows))
    small = read_data_set(file)
    monkeypatch.setattr(table_rows, "MANY_ROWS", 1)
    assert read_data_set(file) == small
    wrong = tmp_path / "w.csv"
    wrong.write_text(_csv("id,class,label,evidence", ["a,Company,A,", "c,Company,C,nobody 1-20", "b,Company,B,"]))
    with pytest.raises(InvalidData, match="nobody"):
        read_data_set(wrong)


def test_rows_are_left_out_of_large_tables_by_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--allow-rejects leaves out the same rows whatever the size of a table."""
    file, options = tmp_path / "t.csv", ReadOptions(allow_rejects=True, rejects=tmp_path / "r.csv")
    file.write_text(_csv("dependant,need,provider,share", ["Shop,Power,Volt,0.5", "Shop,Power,Watt,x", "Mill,Power,Volt,1"]))
    small = read_source(file, options=options)
    kept = (tmp_path / "r.csv").read_text()
    monkeypatch.setattr(table_rows, "MANY_ROWS", 1)
    assert read_source(file, options=options) == small
    assert (tmp_path / "r.csv").read_text() == kept
    assert kept.count("\n") == 3
