"""What a store keeps has the form, and follows the rules, whose numbers are in store/forms.py.

Where one of these tests fails, another version of the program would read what this one keeps as something else. Then raise the
number in forms.py and write the new digest here: stores derive again, once, what they keep.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from knockon.model import CLASSES, DataSet
from knockon.network.dependency_columns import described
from knockon.network.kept_columns import columns_of
from knockon.rdf.fields import fields
from knockon.rdf.merge import merge
from knockon.rdf.ontology import ontology
from knockon.store import forms, record_files
from knockon.store.assembly import assemble
from knockon.store.folder import FolderStore
from knockon.store.record_table import write_records
from support.kept_tables import kept
from support.random_records import random_graph
from support.small_records import data_set, documents, entities

#: The digests that belong to the numbers of forms.py.
RECORDS = {4: "4edfaa8d95478babd2898b29200976b0"}
COLUMNS = {1: "854b872f49dd22c86fcbd4a9421b5cce"}
RULES = {2: "822fbd54b6942bc42da1345951b5c133"}
#: Seeds of graphs of records of many classes.
SEEDS = range(3)


def digest(lines: Iterable[str]) -> str:
    """A digest of lines, in no order."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def sample() -> Iterator[list[DataSet]]:
    """Data sets of records of many classes, with evidence and links of all kinds."""
    for seed in SEEDS:
        yield [data_set(f"x{number}", records) for number, records in enumerate(random_graph(seed).data_sets)]
    firm = {"scheme": "LEI", "notation": "549300MLUDYVRQOOXS22"}
    yield [data_set("x", [*entities("a", "b", identifier=firm, altLabel=["A", "Ä"]), *documents("doc")])]


def rows(path: Path) -> Iterator[str]:
    """Everything in a table of records."""
    with closing(sqlite3.connect(path)) as database:
        yield from database.iterdump()


def test_the_form_of_records(tmp_path: Path) -> None:
    """The fields of all classes, and what is written of some records."""
    lines = [f"{name} {field}" for name, cls in CLASSES.items() for field in map(_described, fields(cls))]
    for number, sets in enumerate(sample()):
        write_records(tmp_path / str(number), sets, merge(sets))
        lines += rows(tmp_path / str(number))
    assert RECORDS[forms.RECORDS] == digest(lines)


def test_the_form_of_columns(tmp_path: Path) -> None:
    """The columns of some dependencies, and the fields that are not among them."""
    lines = [described()]
    for number, (records, *_) in enumerate(sample()):
        columns = columns_of(kept(tmp_path / str(number), records.records), None, lambda _done: None)
        lines += [f"{name} {[*map(str, values)]}" for name, values in columns._asdict().items()]
    assert COLUMNS[forms.COLUMNS] == digest(lines)


def _described(field: object) -> str:
    names = ("alias", "name", "iri", "kind", "many", "tristate", "unknown_iri")
    values = [getattr(field, name) for name in names]
    words, nested = getattr(field, "words", None), getattr(field, "nested", None)
    return f"{values} {[str(word) for word in words or ()]} {nested and nested.rdf_class}"


def test_the_rules_of_databases() -> None:
    """The quads that records have and that follow from them; the vocabulary is compared by itself."""
    known = set(ontology())
    lines = [str(quad) for sets in sample() for quad in assemble(sets) if quad not in known]
    assert RULES[forms.RULES] == digest(lines)


def test_another_form_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that another form was kept in, and databases of other rules, count as missing."""
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", entities("a")))
        files, revision = store.kept_files, store.history[0]
    assert files is not None
    assert record_files.open_kept_records(files, revision) is not None
    monkeypatch.setattr(forms, "RECORDS", forms.RECORDS + 1)
    assert record_files.open_kept_records(files, revision) is None
