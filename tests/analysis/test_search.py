"""Records by words."""

from __future__ import annotations

import json

import pytest

from knockon.analysis.records.folding import fold
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.search import search
from knockon.errors import UsageError
from knockon.model import Company, Observation, Product
from knockon.store.oxigraph import MemoryStore
from support.small_records import data_set, entities, iri, need

INDEX = RecordIndex(
    MemoryStore(
        data_set(
            "x",
            [
                Company(id=iri("volt"), label="Volt Cells", alt_label=["VC Énergie"], comment="Makes batteries."),
                Company(id=iri("cells-co"), label="Power Cells of Europe"),
                Product(id=iri("battery"), label="Battery pack", identifier=[{"scheme": "HS", "notation": "850760"}]),
                need("volt", "battery", mechanism="sold in packs"),
                Observation(id=iri("share"), about=iri("volt"), metric="market share", value="0.4"),
                *entities("huawei", alt_label=["\u534e\u4e3a"]),
            ],
        )
    )
)


def names(text: str, **options: object) -> list[str]:
    return [match.name for match in search(INDEX, text, **options).matches]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("volt cells", ["volt", "volt-needs-battery"][:1]),
        ("CELLS", ["volt", "cells-co"]),
        ("energie", ["volt"]),
        ("\u00c9NERGIE vc", ["volt"]),
        ("850760", ["battery"]),
        ("batteries", ["volt"]),
        ("market", ["share"]),
        ("\u534e", ["huawei"]),
        ("volt battery", ["volt-needs-battery"]),
        ("nothing like it", []),
    ],
)
def test_what_is_found(text: str, expected: list[str]) -> None:
    """Labels, other names, ids, identifiers, comments and what a record says, whatever the case and the accents."""
    assert set(expected) <= set(names(text)) if expected else names(text) == []


def test_the_best_match_comes_first() -> None:
    """A whole name before its beginning, that before words inside, names before comments."""
    assert names("battery pack")[0] == "battery"
    assert names("cells")[:2] == ["cells-co", "volt"]
    assert names("pack")[-1] == "volt-needs-battery"


def test_classes_narrow_it_down() -> None:
    """A class takes its subclasses in; one that does not exist is refused with a suggestion."""
    assert names("volt", cls="company") == ["volt"]
    assert names("battery", cls="Entity") == ["battery"]
    assert names("volt", cls="ko:Dependency") == ["volt-needs-battery"]
    with pytest.raises(UsageError, match=r"'Compny' is not a class of records \(did you mean Company\?\)"):
        search(INDEX, "x", cls="Compny")


def test_it_is_capped_with_a_count() -> None:
    """The total counts what is left out; 0 shows all; no words and negative numbers are refused."""
    answer = search(INDEX, "volt", top=1)
    assert (len(answer.matches), answer.total) == (1, 3)
    assert len(search(INDEX, "volt", top=0).matches) == 3
    for text, top in (("  ", 1), ("volt", -1)):
        with pytest.raises(UsageError):
            search(INDEX, text, top=top)


def test_a_miss_names_what_is_near() -> None:
    """Nothing found: names that look like it."""
    assert search(INDEX, "bettery").nearest == ("battery",)
    json.dumps(search(INDEX, "volt").to_dict())


def test_folding_forgets_case_and_accents() -> None:
    """Also of letters that change their length."""
    assert fold("Stra\u00dfe \u0130ZM\u0130R \uff21") == "strasse izmir a"
