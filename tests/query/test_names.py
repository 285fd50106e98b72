"""A name that people type finds one record: by IRI, local name or label, whatever its spaces and capitals."""

from __future__ import annotations

import pytest

from knockon.errors import NotFound, UsageError
from knockon.model import Company, Judgement
from knockon.query.names import find
from knockon.vocabulary import ID, MY

ALCOA = Company(id="urn:x:r1", label="Alcoa Corporation ")


@pytest.mark.parametrize(
    "name", ["Alcoa Corporation", "Alcoa Corporation ", " alcoa   corporation", "ALCOA\u00a0CORPORATION", "r1"]
)
def test_spaces_and_capitals_do_not_matter(name: str) -> None:
    assert find([ALCOA, Company(id="urn:x:r2", label="Alcoa")], name, "Company") is ALCOA


def test_the_exact_label_is_preferred_to_one_that_is_alike() -> None:
    loud = Company(id="urn:x:r2", label="ACME")
    assert find([Company(id="urn:x:r1", label="Acme"), loud], "ACME", "Company") is loud


def test_a_local_name_works_whatever_the_base_and_two_are_told_apart_by_prefix() -> None:
    mine, bundled = Company(id=MY + "acme", label="Mine"), Company(id=ID + "acme", label="Bundled")
    assert find([mine], "acme", "Company") is find([mine, bundled], "my:acme", "Company") is mine
    with pytest.raises(UsageError, match="'acme' may mean id:acme, my:acme; give one of these"):
        find([mine, bundled], "acme", "Company")


def test_a_name_that_is_like_none_finds_nothing() -> None:
    with pytest.raises(NotFound):
        find([ALCOA], "AlcoaCorporation", "Company")


def test_an_entity_is_suggested_once() -> None:
    """By the most similar of its spellings, so that others have a place."""
    firms = [
        Company(id="urn:x:nvidia", label="Nvidia", altLabel=["NVIDIA", "nVidia"]),
        Company(id="urn:x:novida", label="Novida"),
    ]
    with pytest.raises(NotFound) as caught:
        find(firms, "nvida", "Company")
    assert caught.value.nearest == ["nvidia", "novida"]


def test_a_name_of_the_same_entity_twice_means_that_entity() -> None:
    """As judged, or by an identifier; it is shown by the least IRI. Another entity of the name keeps it ambiguous."""
    first, second, other = (Company(id=f"urn:x:{name}", label="Acme") for name in "abc")
    judged = Judgement(
        id="urn:x:j", entity=["urn:x:a", "urn:x:b"], verdict="Same", judgedBy="Ann", date="2026-01-02", reason="one address"
    )
    assert find([second, first, judged], "acme", "Company") is first
    with pytest.raises(UsageError, match="may mean"):
        find([second, first, other, judged], "acme", "Company")
    wikidata = {"scheme": "Wikidata", "notation": "Q95"}
    named = [Company(id=f"urn:x:{name}", label="Bolt", identifier=wikidata) for name in "ed"]
    assert find(named, "bolt", "Company") is named[1]
