"""What names in data files mean."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from knockon.authoring.known_names import KnownName, KnownNames
from knockon.authoring.names import InvalidName
from knockon.authoring.resolver import Resolver

NAMES = st.sampled_from([
    "acme", "Acme", "Acme Ltd", "acme-ltd", "ACME_2", "shop--needs--chips", "Shop--needs--chips", "urn:x:acme", "id:acme",
    "C++", "c-cedb1b", "\u534e\u4e3a", "no: name",
])  # fmt: skip
RANGES = st.sampled_from([(), ("Entity",), ("Company",)])
IDS = st.sets(st.sampled_from(["urn:x:acme", "urn:x:Acme", "urn:x:acme-ltd", "urn:x:shop--needs--chips", "urn:x:acme--a"]))


def meaning(resolver: Resolver, name: str, ranges: tuple[str, ...]) -> str:
    """Return what a name means, or what is wrong with it."""
    try:
        return resolver.iri(name, loose=True, ranges=ranges)
    except InvalidName as error:
        return error.message


@given(st.lists(st.tuples(NAMES, RANGES), min_size=1), IDS, st.booleans(), st.booleans(), st.booleans())
@example([("ACME_2", ())], {"urn:x:ACME_2"}, False, False, False)
def test_names_mean_the_same_to_a_resolver_that_was_asked_before(
    names: list[tuple[str, tuple[str, ...]]], ids: set[str], exact: bool, known: bool, labelled: bool
) -> None:
    """What names meant before ids or names were declared does not change what they mean afterwards."""
    others = KnownNames([KnownName("https://w3id.org/knockon/id/acme", "Company", "a", ("acme", "Acme"))] if known else [])
    declared = dict.fromkeys(sorted(ids), ("Acme Ltd",) if labelled else ())
    asked = Resolver("urn:x:", {}, others, exact=exact)
    for each in names:
        meaning(asked, *each)
    asked.declare(declared)
    new = Resolver("urn:x:", declared, others, exact=exact)
    assert [meaning(asked, *each) for each in names] == [meaning(new, *each) for each in names]
