"""Import small files of other formats, and break them: what the tests of all readers share."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from knockon.authoring.options import ReadOptions
from knockon.errors import KnockonError
from knockon.model import Statement
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported, ImportReport, NothingImported

R = TypeVar("R", bound=Statement)

#: What a field of a foreign file may hold instead of what it should.
HOSTILE = (
    None, True, False, 0, -1, 1e308, 10**400, "", " ", "x" * 70_000, "\x00", "\ud800", "\u202e", "a\nb", "../../etc", "--",
    "=1+1", "1e999999999", "NaN", "9999-99-99", "0000-01-01", [], [[]], [None], {}, {"": {}}, [{}],
    {"id": {"id": []}}, ["a", 1, {}],
)  # fmt: skip


def import_content(name: str, content: str | bytes, reader: str | None = None, *, rejects: bool = False) -> Imported:
    """Import one file with this name and content; with ``rejects`` its sound records alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        options = ReadOptions(rejects=Path(folder) / "rejects.csv") if rejects else ReadOptions()
        return import_files([path], reader, options=options)


def records_of(imported: Imported, cls: type[R]) -> dict[str, R]:
    """Return the records of a class by their local names."""
    return {record.name: record for record in imported.data_set.records if isinstance(record, cls)}


def survives(name: str, content: str | bytes, reader: str) -> Imported | KnockonError:
    """Import hostile content: the answer is an import whose counts agree, or one of our errors."""
    try:
        imported = import_content(name, content, reader, rejects=True)
    except NothingImported as error:
        _counts_agree(error.report)
        return error
    except KnockonError as error:
        return error
    report = imported.report
    _counts_agree(report)
    assert report.total == len(imported.data_set.records)
    assert all(place.reason for place in report.rejected)
    return imported


def _counts_agree(report: ImportReport) -> None:
    assert len({(place.line, place.selector) for place in report.rejected}) <= report.rows, "more is rejected than was read"


def damaged_values(*samples: Any) -> st.SearchStrategy[Any]:
    """Return values of JSON that are like the samples, but for some places that hold something else."""
    return st.tuples(st.sampled_from(samples), st.integers(0, 2**32), st.integers(1, 4)).map(_damage)


def _damage(case: tuple[Any, int, int]) -> Any:
    root, seed = [copy.deepcopy(case[0])], random.Random(case[1])  # noqa: S311 - not for secrets
    for _ in range(case[2]):
        holder: Any = root
        key: Any = 0
        while isinstance(holder[key], dict | list) and holder[key] and seed.random() < 0.85:
            holder = holder[key]
            key = seed.choice(sorted(holder)) if isinstance(holder, dict) else seed.randrange(len(holder))
        holder[key] = copy.deepcopy(seed.choice(HOSTILE))
    return root[0]


def damaged_text(*samples: str) -> st.SearchStrategy[str]:
    """Return texts that are like the samples, but for parts that are missing, repeated or replaced."""
    return st.tuples(st.sampled_from(samples), st.integers(0, 2**32), st.integers(1, 4)).map(_damage_text)


def _damage_text(case: tuple[str, int, int]) -> str:
    text, seed, count = case[0], random.Random(case[1]), case[2]  # noqa: S311 - not for secrets
    for _ in range(count):
        start = seed.randrange(len(text) + 1)
        end = min(len(text), start + seed.choice((0, 1, 1, 3, 20, 200)))
        other = seed.randrange(len(text) + 1)
        new = seed.choice(
            ("", "\x00", "<", '"', "\n", "&x;", "]]>", "9" * 400, "\u202e", text[start:end] * 2, text[other : other + 30])
        )
        text = text[:start] + new + text[end:]
    return text


def as_json(value: Any) -> str:
    """Return a value as JSON, lone surrogates and all."""
    return json.dumps(value)
