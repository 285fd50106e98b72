"""The HHI of suppliers: worked values, exact bounds, and what is not known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.structure.concentration import concentration
from knockon.errors import NotFound
from knockon.propagation.structure.herfindahl import index_of
from support.contexts import bakery, context
from support.small_records import entities, iri, need, passage

shares = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.floats(0, 1), min_size=1)


@given(shares)
def test_low_point_high_lie_in_order(stated: dict[str, float | None]) -> None:
    """0 <= low <= point <= high <= 10 000, shares within 0..1 and in all at most 1."""
    found = index_of(stated)
    assert -1e-6 <= found.low <= found.hhi <= found.high <= 10_000 + 1e-6
    assert all(0 <= share <= 1 for share in found.shares.values())
    assert sum(found.shares.values()) + found.unassigned == pytest.approx(1)
    assert set(found.shares) == set(stated)
    assert found.hhi >= 10_000 * (1 - found.unassigned) ** 2 / len(stated) - 1e-6


@given(shares, st.data())
def test_every_way_to_divide_the_rest_lies_within_the_bounds(stated: dict[str, float | None], data: st.DataObject) -> None:
    """Whatever the suppliers without a share have of the rest, the index is between low and high."""
    found = index_of(stated)
    silent = [name for name, share in stated.items() if share is None]
    if not silent:
        return
    rest = sum(found.shares[name] for name in silent)
    parts = data.draw(st.lists(st.floats(0.001, 1), min_size=len(silent), max_size=len(silent)))
    taken = {**found.shares, **{n: rest * p / sum(parts) for n, p in zip(silent, parts, strict=True)}}
    assert found.low - 1e-6 <= 10_000 * sum(share**2 for share in taken.values()) <= found.high + 1e-6


def test_worked_values() -> None:
    """One supplier, two equal ones, stated shares, a rest that nobody is named for."""
    assert index_of({"a": None})[:3] == (10_000, 10_000, 10_000)
    assert index_of({"a": None, "b": None})[:3] == (5000, 5000, 10_000)
    assert index_of({"a": 0.5, "b": 0.25, "c": 0.25})[:3] == (3750, 3750, 3750)
    half = index_of({"a": 0.5})
    assert (half[:3], half.unassigned, half.split) == ((2500, 2500, 5000), 0.5, False)
    # Two records that disagree may state more than there is.
    assert index_of({"a": 1.0, "b": 1.0})[:3] == (5000, 5000, 5000)


def test_each_need_of_each_dependant() -> None:
    """Most concentrated first, then most critical; with what is recorded of alternatives, and the evidence of supplies."""
    where = context(
        *entities("shop", "stall", "glass", "steel", *"abc"),
        need("shop", "glass", "a", criticality="Low", alternatives="NoAlternative", switching_cost="High"),
        need("stall", "glass", "b", criticality="High"),
        need(
            "shop", "steel", combination="Shares", alternative=[iri("c")],
            supply=[{"provider": iri("a"), "share": "0.8", "evidence": [passage(30, 39)]}, {"provider": iri("b")}],
        ),
        need("stall", "steel"),
    )  # fmt: skip
    answer = concentration(where)
    assert [(row.dependant, row.need) for row in answer.slots] == [
        (iri("stall"), iri("glass")), (iri("shop"), iri("glass")), (iri("shop"), iri("steel")),
    ]  # fmt: skip
    _, glass, steel = answer.slots
    assert (glass.sole_source, glass.no_alternative, glass.switching_cost) == (True, True, ("SwitchingHigh",))
    assert steel.hhi == pytest.approx(10_000 * (0.64 + 0.04))
    # One alone without a share has the rest for sure.
    assert (steel.split, steel.count, steel.sole_source, steel.alternative) == (False, 2, False, (iri("c"),))
    assert [(s.id, s.stated) for s in steel.suppliers] == [("a", True), ("b", False)]
    assert [span.start for span in steel.evidence] == [30]
    assert [(row.dependant, row.need) for row in answer.unnamed] == [(iri("stall"), iri("steel"))]
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()


def test_each_need_over_all_dependants() -> None:
    """A supplier's share is the mean over those who name suppliers; who names none is counted."""
    where = context(
        *entities("x", "y", "z", "glass", "a", "b"), need("x", "glass", "a"), need("y", "glass", "a", "b"), need("z", "glass")
    )
    (row,) = concentration(where).needs
    assert [(s.id, s.share) for s in row.suppliers] == [("a", 0.75), ("b", 0.25)]
    assert row.hhi == pytest.approx(6250)
    assert (row.count, row.sole_source, row.split) == (2, False, True)
    assert (row.dependants, row.dependants_without_supplier) == ((iri("x"), iri("y")), (iri("z"),))


def test_two_records_of_one_need_are_one() -> None:
    """As in the network: all their suppliers, marked disputed."""
    where = context(*entities("x", "glass", "a", "b"), need("x", "glass", "a", name="one"), need("x", "glass", "b", name="two"))
    (row,) = concentration(where).slots
    assert (row.disputed, row.count, len(row.dependencies)) == (True, 2, 2)


def test_of_one_entity() -> None:
    """What it needs and what is needed of it; who takes part in nothing has no rows; who is not there is not found."""
    where = context(*bakery())
    assert len(concentration(where, "baking").slots) == 1
    assert len(concentration(where, "flour").slots) == 1
    assert concentration(where, "bread").slots == ()
    assert concentration(context()).slots == ()
    with pytest.raises(NotFound, match="bakery"):
        concentration(where, "bakry")
