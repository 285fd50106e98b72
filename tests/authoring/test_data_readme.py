"""data/README.md names all there is, its examples are read as they stand, and the example data set keeps its promises."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from knockon.authoring.dataset_yaml import FIELDS
from knockon.authoring.read import read_data_set
from knockon.authoring.supplies import CLASS_COLUMNS, SUPPLY_COLUMNS
from knockon.errors import InvalidData
from knockon.model import CLASSES, Dependency, Entity, Provision, Shock, Statement
from knockon.rdf.fields import fields
from knockon.vocabulary import SCHEMES, Combination
from support.data_folder import Folder
from support.example_data import EXAMPLE

DATA = Path(__file__).parents[2] / "data"
README = (DATA / "README.md").read_text()
COMMON = {field.alias for field in fields(Statement)}


def block(language: str, place: int = 0) -> str:
    """One of the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[place]


def section(name: str) -> set[str]:
    """The names in code between a class name in the first column and the next one."""
    rows = re.findall(rf"^\| {name} \|.*\n(?:^\| \|.*\n)*", README, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", "".join(rows)))


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_and_field_is_named(name: str) -> None:
    cls = CLASSES[name]
    assert re.search(rf"\b{name}\b", README)
    own = {field.alias for field in fields(cls)} - COMMON
    if issubclass(cls, Entity) or name in {"ImpactRun", "Impact"}:
        assert own <= set(re.findall(r"`(\w+)`", README))
    else:
        assert own - {"name"} == section(name) - {"name"}


def test_required_fields_are_bold() -> None:
    for name, cls in CLASSES.items():
        rows = re.findall(rf"^\| {name} \|.*\n(?:^\| \|.*\n)*", README, re.MULTILINE)
        bold = set(re.findall(r"\*\*`(\w+)`\*\*", "".join(rows)))
        if rows and not issubclass(cls, Entity):
            assert bold == {field.alias for field in fields(cls) if field.required}, name


def test_what_every_record_may_have_is_named() -> None:
    assert COMMON | set(FIELDS) - {"name"} | SUPPLY_COLUMNS | CLASS_COLUMNS <= set(re.findall(r"`(\w+)`", README))


@pytest.mark.parametrize("words", SCHEMES, ids=lambda words: words.__name__)
def test_every_word_is_named(words: type[Combination]) -> None:
    assert all(re.search(rf"\b{word}\b", README) for word in words)


def test_the_five_minutes(folder: Folder) -> None:
    data_set = folder.read_one("suppliers.csv", block("csv"))
    assert sum(isinstance(record, Dependency) for record in data_set.records) == 4
    assert "acme-chips" in {record.name for record in data_set.records}


def test_the_provisions_and_the_parts(folder: Folder) -> None:
    """The tables of provisions and of portions are read as they stand, and so is the short form in YAML."""
    data_set = folder.read_one("power.csv", block("csv", 1))
    ids = {record.name for record in data_set.records if isinstance(record, Provision)}
    assert ids == {"electricity--northport-power--2024", "electricity--southport-power--2024"}
    parts = [r for r in folder.read_one("parts.csv", block("csv", 2)).records if isinstance(r, Dependency)]
    assert {part.portion for part in parts} == {Decimal("0.6"), Decimal("0.3"), "unknown"}
    yaml = block("yaml", 2) + "Company:\n  asml: {label: ASML}\n"
    assert "euv--asml" in {record.name for record in folder.read_one("euv.yaml", yaml).records}


def test_the_shocks(folder: Folder) -> None:
    """The table of shocks fits the suppliers above it."""
    data_set = folder.read({"suppliers.csv": block("csv"), "shocks.csv": block("csv", 3)})
    assert {record.name: len(record.hit) for record in data_set.records if isinstance(record, Shock)} == {
        "cloud-outage": 1,
        "power-cut": 2,
    }


def test_the_json_lines(folder: Folder) -> None:
    assert [record.name for record in folder.read_one("a.jsonl", block("json")).records] == ["acme", "norway"]


def test_the_folder(folder: Folder) -> None:
    files = {"dataset.yaml": block("yaml"), "suppliers.yaml": block("yaml", 1)}
    data_set = folder.read(files)
    assert (data_set.info.base, len(data_set.records)) == ("https://example.org/acme/", 7)


def test_the_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.csv").write_text(block("csv", 4))
    with pytest.raises(InvalidData) as caught:
        read_data_set(Path("broken.csv"))
    assert str(caught.value) == block("text").rstrip()


def test_the_example_is_an_example() -> None:
    data_set = read_data_set(EXAMPLE)
    assert data_set.info.example
    assert data_set.info.base == "https://w3id.org/knockon/example/"
    assert 25 <= sum(isinstance(record, Entity) for record in data_set.records) <= 40
    result = [record for record in data_set.records if isinstance(record, Dependency)]
    assert 30 <= len(result) <= 45
    assert {d.combination for d in result} >= {Combination.ALL_OF, Combination.ANY_OF, Combination.SHARES}


def test_the_example_has_no_sources_no_numbers_and_judges_all() -> None:
    for record in read_data_set(EXAMPLE).records:
        assert not record.documents
        if isinstance(record, Dependency):
            judgements = {"criticality", "alternatives", "switching_cost"} & {
                n for n in record.model_fields_set if getattr(record, n)
            }
            assert {"switchingCost" if name == "switching_cost" else name for name in judgements} <= set(record.judged), (
                record.name
            )
            assert record.criticality is not None
            assert record.criticality_value is None
            assert not any(supply.share for supply in record.supply)
        if isinstance(record, Shock):
            assert all("severity" in hit.judged for hit in record.hit)


def test_in_the_example_no_company_with_parts_is_a_provider_of_what_its_operations_provide() -> None:
    """A company with operations of its own is provider to nothing: its operations are."""
    records = read_data_set(EXAMPLE).records
    with_operations = {
        above for r in records if isinstance(r, Entity) and r.name.endswith("-operations") for above in r.part_of
    }
    providers = {supply.provider for record in records if isinstance(record, Dependency) for supply in record.supply}
    assert not with_operations & providers
