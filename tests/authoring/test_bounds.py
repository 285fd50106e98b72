"""The work of reading grows with the size of a file, not with its square, whatever shape the file has."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from knockon.authoring.options import ReadOptions
from knockon.authoring.read import read_data_set
from knockon.authoring.sources import data_set
from knockon.errors import InvalidData

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


@pytest.mark.parametrize("shape", _SHAPES)
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
            made = data_set(file, options=ReadOptions(allow_rejects=True, rejects=tmp_path / "rejects.csv"))
        assert len([record for record in made.records if record.rdf_class == "Dependency"]) == size // 2
        work.append(calls[0])
    assert work[1] < _LINEAR * work[0]
