"""Languages of labels and texts: what a column, a field or an option states is kept, and English is not assumed of Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal

from knockon.authoring.options import ReadOptions
from knockon.authoring.read import read_data_set
from knockon.errors import UsageError
from knockon.model import Company, DataSet, Entity
from knockon.model.language import LanguageString
from knockon.rdf.record_json import from_json, to_json
from knockon.rdf.to_rdf import quads
from support.data_folder import Folder

CHIPS = "\u82af\u7247"


def texts(data_set: DataSet) -> dict[str, list[str]]:
    """The label and other names of each entity, as literals of RDF."""
    names = {}
    for record in data_set.records:
        if isinstance(record, Entity):
            written = [quad for quad in quads(record, "urn:x:g") if quad.predicate.value.lower().endswith("label")]
            names[record.name] = [str(quad.object) for quad in written]
    return names


def test_chinese_labels_are_not_english(folder: Folder) -> None:
    """A text without a stated language is English only if all its letters may be; names in tables are texts too."""
    names = texts(folder.read_one("companies.csv", f"id,label\na,Caf\u00e9 5 \u00b5m\nb,{CHIPS}\nc,SenseTime {CHIPS}\n"))
    assert names == {"a": ['"Caf\u00e9 5 \u00b5m"@en'], "b": [f'"{CHIPS}"'], "c": [f'"SenseTime {CHIPS}"']}
    needs = texts(folder.read_one("d.csv", f"dependant,need\nShop,{CHIPS}\n"))
    assert sorted(label for labels in needs.values() for label in labels) == ['"Shop"@en', f'"{CHIPS}"']


def test_a_column_states_its_language(folder: Folder) -> None:
    """The English label is the label and the others are other names; alone, the label is in the stated language."""
    rows = f"a,{CHIPS},Chips,Splitter; Plättchen\nb,{CHIPS},,\n"
    names = texts(folder.read_one("companies.csv", "id,label@zh,label,altLabel@de\n" + rows))
    assert names["a"] == ['"Chips"@en', '"Plättchen"@de', '"Splitter"@de', f'"{CHIPS}"@zh']
    assert names["b"] == [f'"{CHIPS}"@zh']


def test_a_field_states_its_language(folder: Folder) -> None:
    """YAML and JSON Lines have the same fields as tables."""
    yaml = f"Company:\n  a:\n    label@zh: {CHIPS}\n    label@en: Chips\n    comment@zh: {CHIPS}\n"
    data_set = folder.read_one("a.yaml", yaml)
    assert texts(data_set)["a"] == ['"Chips"@en', f'"{CHIPS}"@zh']
    assert data_set.records[0].comment == LanguageString(CHIPS, "zh")
    lines = f'{{"class": "Company", "id": "a", "label@zh": "{CHIPS}"}}\n'
    assert texts(folder.read_one("a.jsonl", lines))["a"] == [f'"{CHIPS}"@zh']


def test_a_table_states_its_language(tmp_path: Path) -> None:
    """The option is for names and texts that state none themselves, those of implied entities and shocks included."""
    (tmp_path / "companies.csv").write_text("label,label@fr\nHandel,\n,Commerce\n")
    (tmp_path / "needs.csv").write_text("dependant,need,mechanism\nLaden,Strom,braucht\n")
    (tmp_path / "shocks.csv").write_text("shock,target\nBrand,Laden\n")
    (tmp_path / "dataset.yaml").write_text("name: x\n")
    data_set = read_data_set(tmp_path, options=ReadOptions(language="de"))
    languages = {text.language for record in data_set.records for text in [getattr(record, "label", None)] if text}
    assert languages == {"de", "fr"}
    literals = {quad.object for record in data_set.records for quad in quads(record, "urn:x:g")}
    assert {Literal("Brand", language="de"), Literal("braucht", language="de"), Literal("Strom", language="de")} <= literals


def test_what_is_no_language_is_refused(folder: Folder) -> None:
    """A misspelt tag is a problem with file and line, or of the option."""
    problems = folder.problems({"a.yaml": "Company:\n  a:\n    label@1_2: A\n"}, "a.yaml")
    assert problems[0].startswith("a.yaml:3: a: label@1_2: '1_2' is not a language tag such as en or zh-Hant")
    with pytest.raises(UsageError, match="--language: 'd e' is not a language tag"):
        ReadOptions(language="d e")


def test_a_text_has_one_language(folder: Folder) -> None:
    """Only labels have other names beside them."""
    text = "Company:\n  a:\n    label: A\n    comment: one\n    comment@de: eins\n"
    (problem,) = folder.problems({"a.yaml": text}, "a.yaml")
    assert "comment is given in several languages; a record has one comment" in problem


def test_prebuilt_records_keep_languages() -> None:
    """The form in which bundled data is read quickly has every language."""
    for label in (LanguageString("A", "de"), LanguageString(CHIPS), "Chips"):
        acme = Company(id="urn:x:a", label=label, alt_label=["B", LanguageString("C", "fr")])
        assert from_json(Company, to_json(acme)) == acme
        assert set(quads(from_json(Company, to_json(acme)), "urn:x:g")) == set(quads(acme, "urn:x:g"))
