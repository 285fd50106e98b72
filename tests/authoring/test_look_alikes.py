"""Names that look alike are found as groups, with what they differ in; names that merely resemble each other are not."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.look_alikes import (
    LEGAL_FORM,
    SPELLING,
    TYPING,
    ListedNames,
    LookAlikes,
    Name,
    is_typing_error,
    look_alikes,
    look_alikes_of,
)
from knockon.authoring.name_notices import look_alike_notice
from knockon.model import Company, DataSet, DataSetInfo, Judgement
from knockon.model.look_alike_keys import MIN_LENGTH, deletions, look_alike_keys
from knockon.store import local_change
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptDataSet
from support.small_records import data_set, iri


def groups(*texts: str) -> list[LookAlikes]:
    """The look-alikes among names of entities of their own."""
    return look_alikes(Name(text, f"urn:x:{place}") for place, text in enumerate(texts))


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ("Siemens AG", "Siemens A.G.", SPELLING),
        ("Acme Ltd", "ACME LTD.", SPELLING),
        ("A-B Corp", "AB Corp", SPELLING),
        ("Acme", "A\u200bcme", SPELLING),
        ("Acme", "\u0410cme", SPELLING),
        ("Acme", "\uff21cme", SPELLING),
        ("Strasse", "Straße", SPELLING),
        ("Johnson & Johnson", "Johnson and Johnson", SPELLING),
        ("Acme Ltd", "Acme Limited", LEGAL_FORM),
        ("Acme", "ACME GmbH & Co. KG", LEGAL_FORM),
        ("Acme", "Acme G.m.b.H.", LEGAL_FORM),
        ("Nvidia", "Nvdia", TYPING),
        ("Nvidia", "Nvidai Corp.", TYPING),
        ("Server chip", "Server chips", TYPING),
    ],
)
def test_what_looks_alike(one: str, other: str, difference: str) -> None:
    (group,) = groups(one, other, "Something else")
    assert (set(group.names), group.difference) == ({one, other}, difference)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Plant A", "Plant B"), ("Fab 1", "Fab 2"), ("C", "C++"), ("Intel", "Oracle"), ("Ltd", "GmbH"), ("AMD", "AMS")],
)
def test_what_does_not_look_alike(one: str, other: str) -> None:
    assert not groups(one, other)


def test_invisible_letters_and_those_of_another_script_are_shown_by_their_numbers() -> None:
    assert str(groups("Acme", "A\u200bcme", "\u0410cme")[0]) == r"Acme / A\u200bcme / \u0410cme (spelling)"


def test_names_of_one_entity_and_of_classes_that_exclude_each_other_are_no_look_alikes() -> None:
    assert not look_alikes([Name("Acme Ltd", "urn:x:a"), Name("ACME", "urn:x:a")])
    assert not look_alikes([Name("Cloud", "urn:x:a", "Company"), Name("cloud", "urn:x:b", "Service")])
    assert look_alikes([Name("Cloud", "urn:x:a", "Company"), Name("cloud", "urn:x:b", "Entity")])


def test_three_that_look_alike_are_one_group() -> None:
    (group,) = groups("Nvidia Ltd", "Nvidia Limited", "Nvdia")
    assert (group.names, group.difference) == (("Nvdia", "Nvidia Limited", "Nvidia Ltd"), TYPING)


def test_the_order_of_the_names_does_not_matter() -> None:
    names = [Name(text, f"urn:x:{text}") for text in ("Acme Ltd", "Acme", "ACME", "Nvidia", "Nvdia", "Nvida")]
    for seed in range(5):
        mixed = random.Random(seed).sample(names, len(names))  # noqa: S311 - an order, not a secret
        assert look_alikes(mixed) == look_alikes(names)


def test_a_long_series_is_not_a_group() -> None:
    """20,000 names that differ in a number, or in one letter of many, are looked at once and not in pairs."""
    assert not groups(*(f"Supplier {number}" for number in range(20_000)))
    assert not groups(*(f"Fabrik {chr(0x4E00 + number)}" for number in range(5_000)))


@pytest.mark.parametrize(("verdict", "count"), [("Same", 0), ("Different", 0), ("Unsure", 1)])
def test_what_a_judgement_decides_is_no_look_alike(verdict: str, count: int) -> None:
    """Of names of two entities that are judged the same or different there is nothing to say; unsure leaves it open."""
    firms = [Company(id=f"urn:x:{name}", label=label) for name, label in (("a", "Acme Ltd"), ("b", "Acme Limited"))]
    judgement = Judgement(id="urn:x:j", entity=["urn:x:a", "urn:x:b"], verdict=verdict)
    named = DataSet(DataSetInfo(id="urn:x:data-firms", title="Firms", base="urn:x:"), (*firms, judgement))
    assert len(list(look_alike_notice([named]))) == count


WORDS = ["Acme", "Acma", "Acne", "Cme", "Acmee", "Ltd", "Limited", "b", "1"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=2, max_size=24)


@given(TEXTS, st.sets(st.integers(0, 11), max_size=3))
def test_look_alikes_of_some_are_those_among_all(texts: list[str], own: set[int]) -> None:
    """Compared with few names or with all of them: the same groups."""
    names = [Name(text, f"urn:x:{place % 12}", "Company" if place % 5 else "Product") for place, text in enumerate(texts)]
    iris = {f"urn:x:{number}" for number in own}
    assert look_alikes_of(ListedNames(names), iris) == [
        group for group in look_alikes(names) if not iris.isdisjoint(group.iris)
    ]


@given(st.text("ab1 2", min_size=5, max_size=9), st.text("ab12", max_size=1), st.integers(0, 9), st.integers(0, 9))
def test_typing_errors_share_a_key(text: str, letter: str, at: int, end: int) -> None:
    """Whatever is exchanged, changed, added or left out: keys without a letter, digits excepted, are enough to find it."""
    rest = text[end:] if end >= at else text[at : at + 2][::-1] + text[at + 2 :]
    other = text[:at] + letter + rest
    if is_typing_error(text, other) and len(other) >= MIN_LENGTH:
        assert not deletions(text).isdisjoint(deletions(other))


def test_numbered_names_share_no_keys() -> None:
    """A file that names one of a long series is not compared with all of it."""
    assert look_alike_keys("Supplier 123").isdisjoint(look_alike_keys("Supplier 124"))
    # A series does not hide what is a typing error of its name.
    (group,) = groups("Oracle", *(f"Oracle {number}" for number in range(9)), "Oracel")
    assert set(group.names) == {"Oracle", "Oracel"}


@given(TEXTS)
def test_many_names_are_compared_as_few_are(texts: list[str]) -> None:
    """Keys that share nothing with another one are set aside where there are many: the same groups."""
    with pytest.MonkeyPatch.context() as patch:
        expected = groups(*texts)
        patch.setattr("knockon.authoring.look_alikes._MANY_KEYS", 0)
        assert groups(*texts) == expected


def test_stored_names_are_compared_by_their_keys(tmp_path: Path) -> None:
    """A file that is loaded into a store: the groups that all names have, also of names that other data sets gave an entity."""
    draw = random.Random(7)  # noqa: S311 - test data
    texts = sorted({" ".join(draw.choices(WORDS, k=draw.randint(1, 3))) for _ in range(60)})
    firms = [Company(id=f"urn:x:{place}", label=text) for place, text in enumerate(texts)]
    more = [Company(id="urn:x:3", label="Nvidia Ltd"), Company(id="urn:x:new", label="Nvidia", alt_label=["Acmme b"])]
    for name, records in (("a", firms), ("b", [Company(id="urn:x:c", label="Nvdia")]), ("c", more)):
        with FolderStore(tmp_path / "store") as store:
            store.load(data_set(name, records))
        with FolderStore(tmp_path / "store") as store:
            kept = store.data_sets
            assert all(isinstance(each.records, KeptDataSet) for each in kept)
            listed = [replace(each, records=tuple(each.records)) for each in kept]
            for new in ([iri(f"data-{name}")], None):
                assert [str(notice) for notice in look_alike_notice(kept, new)] == [
                    str(notice) for notice in look_alike_notice(listed, new)
                ]
            some = [*look_alike_notice(kept[:1])]  # of some data sets of a store, names of others are not among them
            assert some == [*look_alike_notice(listed[:1])]


def test_names_of_changed_records_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a store whose file of records has changes over it: the groups of all names as they are now."""
    monkeypatch.setattr(local_change, "LEAST_RECORDS", 0)
    firms = [Company(id=f"urn:x:{place}", label=f"Firm number {place} {WORDS[place % len(WORDS)]}") for place in range(60)]
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("a", [*firms, Company(id="urn:x:n", label="Nvidia"), Company(id="urn:x:m", label="Nvdia")]))
    for name, label in (("b", "Orcale"), ("c", "Oracle")):
        with FolderStore(tmp_path / "store") as store:
            store.load(data_set(name, [Company(id=f"urn:x:{name}", label=label)]))
    with FolderStore(tmp_path / "store") as store:
        (first, *_) = kept = store.data_sets
        assert isinstance(first.records, KeptDataSet)
        assert first.records.store.rows.base is not None
        assert first.records.store.iris_sharing_keys() == {"urn:x:n", "urn:x:m", "urn:x:b", "urn:x:c"}
        listed = [replace(each, records=tuple(each.records)) for each in kept]
        assert [str(each) for each in look_alike_notice(kept)] == [str(each) for each in look_alike_notice(listed)]
