"""The prebuilt forms of bundled data: they say exactly what the files say, and are not used where they might not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from knockon import bundled
from knockon.authoring import generate
from knockon.authoring.bundled_data import read_bundled
from knockon.authoring.prebuilt import read_prebuilt
from knockon.authoring.read import read_data_set
from knockon.bundled import data_set_folder, data_set_names, prebuilt_file
from knockon.model import Company, DataSet, DataSetInfo, Document, Record, Shock, Statement
from knockon.network.resolve import resolve_shock
from knockon.rdf.record_json import from_json, to_json
from knockon.store.oxigraph import MemoryStore
from knockon.store.worlds import world
from knockon.vocabulary import ID, Stance
from support.record_strategies import records
from support.short_form import some_of


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the bundled data that a test may change, in place of the bundled data."""
    shutil.copytree(data_set_folder("chips").parent, tmp_path / "data")
    monkeypatch.setattr(bundled, "_root", lambda: tmp_path)
    read_bundled.cache_clear()
    yield tmp_path / "data"
    read_bundled.cache_clear()


@cache
def read(name: str) -> DataSet:
    """What the files of bundled data say."""
    return read_data_set(data_set_folder(name))


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal with their types, their order and the fields that were stated."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Record):
        stated = one.model_fields_set == other.model_fields_set
        return stated and list(vars(one)) == list(vars(other)) and all(map(same, vars(one).values(), vars(other).values()))
    return bool(one == other) and repr(one) == repr(other)


@pytest.mark.parametrize("name", data_set_names())
def test_the_prebuilt_form_says_what_the_files_say(name: str) -> None:
    """Every record, in every value, type, order and stated field; the notices and places too."""
    quick, whole = read_prebuilt(name), read(name)
    assert quick is not None, "it is not that of the present files: run `make generate`"
    assert same(quick.info, whole.info)
    assert same(quick.records, whole.records)
    assert (quick.notices, quick.places, quick.extra) == (whole.notices, whole.places, whole.extra)


@pytest.mark.parametrize("name", data_set_names())
def test_known_targets_are_those_that_the_queries_select(name: str) -> None:
    """On days before, at and after the publication: a shock hits the same, whether its queries were answered or are."""
    data_set = read_bundled(name)
    known = MemoryStore(data_set, checked=True, trusted=True, targets=data_set.targets)
    asked = MemoryStore(data_set, checked=True, trusted=True)
    shocks = asked.records.of_class(Shock)
    answered = 0
    for day in (None, date(2019, 1, 1), data_set.info.issued, date(2026, 11, 28), date(2100, 1, 1)):
        one, other = world(known, as_of=day), world(asked, as_of=day)
        other.store.prepare_rows(hit.target_query for shock in shocks for hit in shock.hit if hit.target_query)
        for shock in shocks:
            assert resolve_shock(one.store, shock, one.store.records.by_iri, one.absent) == resolve_shock(
                other.store, shock, other.store.records.by_iri, other.absent
            )
            answered += sum(one.store.known_targets(hit.target_query or "") is not None for hit in shock.hit)
    assert answered


def test_known_targets_are_of_one_world_of_bundled_data() -> None:
    """Neither another world nor data that is loaded beside it has the answers of the world of a day."""
    data_set = read_bundled("sensetime")
    store = MemoryStore(data_set, checked=True, trusted=True, targets=data_set.targets)
    query = next(hit.target_query for shock in store.records.of_class(Shock) for hit in shock.hit if hit.target_query)
    document = store.records.of_class(Document)[0].id
    assert store.known_targets(query)
    assert world(store, as_of=date(2026, 11, 28)).store.known_targets(query)
    assert world(store, according_to=document, as_of=date(2026, 11, 28)).store.known_targets(query) is None
    assert world(store, without=document).store.known_targets(query) is None
    assert world(store, stances=frozenset(Stance)).store.known_targets(query) is None
    store.load(DataSet(DataSetInfo(id=ID + "data-x", title="X"), (Company(id=ID + "acme-x", label="Acme X"),)))
    assert store.known_targets(query) is None


def test_the_prebuilt_forms_are_those_that_generate_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """`make generate` would change nothing."""
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.slow
def test_generate_writes_what_is_missing_or_old(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--check names it and writes nothing; without it the same bytes come again."""
    file = prebuilt_file("chips")
    before = file.read_bytes()
    shutil.rmtree(file.parent)
    assert generate.main(["--check"]) == 1
    assert "data/prebuilt/chips.jsonl differs from data/chips" in capsys.readouterr().err
    assert not file.exists()
    assert generate.main([]) == 0
    assert file.read_bytes() == before


def test_changed_files_are_read(copy: Path) -> None:
    """Whoever edits, adds or removes a file of bundled data gets what the files say now."""
    assert read_prebuilt("chips") is not None
    file = copy / "chips" / "dataset.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("title: ", "title: New "), "utf-8")
    assert read_prebuilt("chips") is None
    assert read_bundled("chips").info.title.startswith("New ")
    file.write_text(text, "utf-8")
    assert read_prebuilt("chips") is not None
    (copy / "chips" / "more.yaml").write_text("entities:\n  - {id: newcomer, class: Company, label: Newcomer}\n", "utf-8")
    assert read_prebuilt("chips") is None
    (copy / "chips" / "more.yaml").unlink()
    (copy / "chips" / "shocks.yaml").unlink()
    assert read_prebuilt("chips") is None


def test_notes_beside_the_data_do_not_count(copy: Path) -> None:
    """A file that is not read as data, such as README.md, changes nothing."""
    (copy / "chips" / "README.md").write_text("A note.", "utf-8")
    assert read_prebuilt("chips") is not None


@pytest.mark.parametrize("damage", some_of([b"", b"\0", b"<<<<<<< ours\n", b"{}\n[]\n"], 3))
def test_a_damaged_form_is_not_used(copy: Path, damage: bytes) -> None:
    """Cut off, overwritten or with marks of a merge: the files are read instead."""
    whole = len(read_prebuilt("chips").records)  # type: ignore[union-attr] # another test compares it with the files
    file = prebuilt_file("chips")
    content = file.read_bytes()
    file.write_bytes(damage + content[len(damage) :][: -len(damage) or -1])
    assert read_prebuilt("chips") is None
    assert len(read_bundled("chips").records) == whole


@pytest.mark.parametrize("change", some_of([{"nosuchfield": 1}, {"criticality": "Huge"}, {"from": "yesterday"}], 3))
def test_a_form_of_another_version_is_not_used(copy: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]) -> None:
    """A field, word or value that the models do not have, below a header that fits: the files are read instead."""
    from knockon.authoring import prebuilt

    write = prebuilt.to_json
    monkeypatch.setattr(
        prebuilt, "to_json", lambda record: write(record) | (change if record.rdf_class == "Dependency" else {})
    )
    data = read_data_set(data_set_folder("chips"))
    prebuilt_file("chips").write_bytes(prebuilt.prebuilt(data, data_set_folder("chips")))
    assert read_prebuilt("chips") is None
    assert len(read_bundled("chips").records) == len(data.records)


@given(records())
def test_records_come_back_from_json(record: Statement) -> None:
    """Whatever a record holds, its JSON form gives it back."""
    again = from_json(type(record), json.loads(json.dumps(to_json(record))))
    assert again == record
    assert repr(again) == repr(record)
    assert hash(again) == hash(record)
