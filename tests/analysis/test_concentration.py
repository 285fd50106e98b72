"""The concentration of suppliers: of each dependant, over all, and what is not known."""

from __future__ import annotations

import json

import pytest

from knockon.analysis.structure.concentration import concentration
from knockon.errors import NotFound
from support.contexts import bakery, context
from support.small_records import entities, iri, need, passage


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
