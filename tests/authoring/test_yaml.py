"""YAML data sets: what is legal, and comes through as it was written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from knockon.authoring.files import is_data_set
from knockon.authoring.read import read_data_set
from knockon.errors import UsageError
from knockon.model import Company, DataSet, Dependency, Event, Observation, Ownership
from knockon.vocabulary import MY
from support.data_folder import DESCRIPTION, Folder

EX = "https://example.org/id/"


def label_of(data_set: DataSet, name: str) -> str:
    """The label of a record."""
    (result,) = (record for record in data_set.records if record.name == name)
    return str(result.label)  # type: ignore[attr-defined]


def test_an_empty_data_set_is_legal(folder: Folder) -> None:
    data_set = folder.read({})
    assert data_set.records == ()
    assert (data_set.info.short_name, data_set.info.base, data_set.graph) == ("tiny", EX, EX + "data-tiny")


def test_the_description_alone_needs_a_name(folder: Folder) -> None:
    info = folder.read({"dataset.yaml": "name: tiny\n"}).info
    assert (info.title, info.base, info.example) == ("tiny", MY, False)


def test_the_bundled_data_set_reads_the_same_twice() -> None:
    path = Path(__file__).parents[2] / "data" / "sensetime"
    assert read_data_set(path) == read_data_set(path / "dataset.yaml")


def test_one_file_is_a_data_set(folder: Folder) -> None:
    data_set = folder.read_one("My file.yaml", "Company:\n  acme: {label: Acme}\n")
    assert data_set.info.id == MY + "data-my-file"
    assert [record.id for record in data_set.records] == [MY + "acme"]
    assert is_data_set(folder.path / "My file.yaml")


def test_every_scalar_is_the_text_that_stands_there(folder: Folder) -> None:
    """No Norway problem, no lost zeros, no octal numbers, no dates where text is meant."""
    text = "Company:\n" + "".join(
        f"  c{place}: {{label: {word}}}\n" for place, word in enumerate(["NO", "0020", "1_000", "2021-12-10", "1e3", "true"])
    )
    assert [record.label for record in folder.read({"a.yaml": text}).records] == [
        "NO",
        "0020",
        "1_000",
        "2021-12-10",
        "1e3",
        "true",
    ]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "\"quotes\" and 'quotes'",
        "two\nlines\r\nand\ta tab",
        "</script><script>alert(1)</script>",
        "مرحبا \u202ertl\u202c שלום",
        "{{ 7*7 }} ${x} %s \\n",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🏭 e\u0301",
        "=SUM(A1)",
        " a space before and after ",
        "\ufeffmark",
        "line\u2028separator",
        "'; DROP TABLE x; --",
        '<http://a> . ?x """',
    ],
)
def test_hostile_labels_come_through_as_themselves(folder: Folder, text: str) -> None:
    quoted = "".join(c if 0x20 <= ord(c) < 0x7F and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    assert label_of(folder.read({"a.yaml": f'Company:\n  acme: {{label: "{quoted}"}}\n'}), "acme") == text


@pytest.mark.parametrize("change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r")])
def test_marks_and_line_ends_change_nothing(folder: Folder, change) -> None:  # type: ignore[no-untyped-def]
    text = 'Company:\n  acme:\n    label: "Acme"\n    comment: A word\n'
    plain = folder.read({"a.yaml": text})
    assert folder.read({"a.yaml": change(text), "dataset.yaml": change(DESCRIPTION)}) == plain


def test_short_and_long_forms_say_the_same(folder: Folder) -> None:
    documents = "Document:\n  doc: {title: D}\n"
    short = """
Company:
  acme: {label: Acme, identifier: LEI 5493001KJTIIGC8Y1R12, evidence: doc 10-20 Alleges rival}
  rival: {label: Rival, altLabel: R}
Dependency:
  d: {dependant: acme, need: rival, supply: [rival, id:cloud], criticality: high, switchingCost: low, evidence: [doc 1-2]}
  id:cloud-needs: {dependant: id:cloud, need: id:cloud}
Entity:
  https://w3id.org/knockon/id/cloud: {label: Cloud}
"""
    long = """
Entity:
  id:cloud: {label: Cloud}
Dependency:
  id:cloud-needs: {dependant: id:cloud, need: id:cloud, inferred: false}
  d:
    dependant: https://example.org/id/acme
    need: rival
    supply:
      - provider: id:cloud
      - {provider: rival, share: ~}
    criticality: High
    switchingCost: SwitchingLow
    evidence: {document: doc, start: 1, end: 2, stance: asserts}
Company:
  rival: {label: Rival, altLabel: [R, R]}
  acme:
    label: Acme
    identifier: [{scheme: LEI, notation: 5493001KJTIIGC8Y1R12}]
    evidence: [{document: doc, start: 10, end: 20, stance: Alleges, claimant: rival}]
"""
    assert folder.read({"a.yaml": documents + short}) == folder.read({"a.yaml": documents + long})


def test_values_get_their_types(folder: Folder) -> None:
    text = """
Company: {acme: {label: Acme, from: 2020-01-02, until: 2021-01-02}, shop: {label: Shop}}
Ownership: {o: {owner: acme, owned: shop, share: .25}}
Event: {e: {label: E, date: 2021-12-01, datePrecision: month}}
Observation: {m: {about: acme, metric: revenue, value: +012.50, period: "2020"}}
"""
    acme, event, observation, ownership, _ = folder.read({"a.yaml": text}).records
    assert isinstance(acme, Company)
    assert (acme.from_, acme.until) == (date(2020, 1, 2), date(2021, 1, 2))
    assert isinstance(event, Event)
    assert (event.date, str(event.date_precision)) == (date(2021, 12, 1), "Month")
    assert isinstance(observation, Observation)
    assert (observation.value, observation.period) == (Decimal("12.5"), "2020")
    assert isinstance(ownership, Ownership)
    assert ownership.share == Decimal("0.25")


def test_circles_of_need_and_of_ownership_are_legal(folder: Folder) -> None:
    text = """
Company: {a: {label: A}, b: {label: B}}
Dependency: {x: {dependant: a, need: b}, y: {dependant: b, need: a}, z: {dependant: a, need: a}}
Ownership: {o: {owner: a, owned: b, share: 0.5}, p: {owner: b, owned: a, share: 1}}
"""
    assert len(folder.read({"a.yaml": text}).records) == 7


def test_holdings_of_different_times_may_add_up_to_more_than_one(folder: Folder) -> None:
    text = """
Company: {a: {label: A}, b: {label: B}, c: {label: C}}
Ownership:
  o: {owner: a, owned: c, share: 0.8, until: 2020-01-01}
  p: {owner: b, owned: c, share: 0.8, from: 2020-01-01}
"""
    assert len(folder.read({"a.yaml": text}).records) == 5


def test_a_class_without_records_is_legal(folder: Folder) -> None:
    assert folder.read({"a.yaml": "Company:\nPerson: {}\n"}).records == ()


def test_records_may_refer_across_files_whatever_their_order(folder: Folder) -> None:
    records = folder.read({"b.yml": "Company: {acme: {label: A}}", "a.YAML": "Product: {p: {label: P, partOf: acme}}"}).records
    assert [record.name for record in records] == ["acme", "p"]


def test_hidden_files_other_files_and_folders_are_left_alone(folder: Folder) -> None:
    (folder.path / "documents").mkdir()
    assert folder.read({".a.yaml": "[", "._b.csv": b"\xff", "notes.txt": "x", "README.md": "y"}).records == ()


def test_a_part_may_be_referred_to(folder: Folder) -> None:
    text = """
Company: {a: {label: A}, b: {label: B}}
Dependency: {d: {dependant: a, need: b, supply: b}}
Shock: {s: {label: S, hit: [{target: d--b, severity: High}, {target: d}]}}
"""
    dependency = folder.read({"a.yaml": text}).records[2]
    assert isinstance(dependency, Dependency)
    assert dependency.supply[0].id == EX + "d--b"


@pytest.mark.parametrize("name", ["a", "A-1", "v1.2", "a_b~c", "x..y"])
def test_names_that_are_names(folder: Folder, name: str) -> None:
    assert folder.read({"a.yaml": f"Company: {{{name}: {{label: A}}}}"}).records[0].id == EX + name


@pytest.mark.parametrize("base", ["https://example.org/id/", "http://example.org/x#", "urn:example:"])
def test_bases_that_are_bases(folder: Folder, base: str) -> None:
    data_set = folder.read({"dataset.yaml": f"name: tiny\nbase: '{base}'\n", "a.yaml": "Company: {a: {label: A}}"})
    assert (data_set.info.id, data_set.records[0].id) == (base + "data-tiny", base + "a")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2022-03", date(2022, 3, 1), date(2022, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022-03-15", date(2022, 3, 15), date(2022, 3, 15)),
    ],
)
def test_from_is_the_first_and_until_the_last_day_of_a_period(folder: Folder, written: str, first: date, last: date) -> None:
    """Also of a part of a record, and in a table."""
    text = f"Company: {{acme: {{label: A, from: {written}, until: {written}}}}}\n"
    supply = f"Dependency: {{d: {{dependant: acme, need: acme, supply: [{{provider: acme, until: {written}}}]}}}}\n"
    acme, dependency = folder.read({"a.yaml": text + supply}).records
    assert (acme.from_, acme.until) == (first, last)
    assert dependency.supply[0].until == last  # type: ignore[attr-defined]
    (table,) = folder.read_one("b.csv", f"class,id,label,from,until\nCompany,acme,A,{written},{written}\n").records
    assert (table.from_, table.until) == (first, last)


def test_a_given_name_is_the_name_of_the_data_set_and_leaves_its_base(folder: Folder) -> None:
    path = folder.write({"dataset.yaml": DESCRIPTION, "a.yaml": "Company: {acme: {label: Acme}}"})
    named = read_data_set(path, name="march")
    assert (named.info.id, named.info.base, named.info.title) == (EX + "data-march", EX, "Tiny")
    assert [record.id for record in named.records] == [EX + "acme"]
    lone = read_data_set(path / "a.yaml", name="march")
    assert (lone.info.id, lone.info.base, lone.info.title) == (MY + "data-march", MY, "march")
    with pytest.raises(UsageError, match="'My March' cannot be the name of a data set; write it like my-march"):
        read_data_set(path, name="My March")
