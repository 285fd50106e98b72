"""A need and its only supplier are one row of rank and one member of a set, and both are named."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given

from knockon.analysis.rank.rank import rank
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.model import Provision
from knockon.network.network import Network
from knockon.propagation.leontief import leontief
from knockon.propagation.structure.sole_suppliers import sole_suppliers
from knockon.vocabulary import local_name
from support.contexts import context
from support.networks import PlainNetwork, plain_networks, to_arrays
from support.small_records import entities, iri, need


def pairs(network: Network) -> set[tuple[str, str]]:
    return {(local_name(network.nodes[a]), local_name(network.nodes[b])) for a, b in sole_suppliers(network).items()}


def compiled(*records: object) -> Network:
    return context(*records).compiled().network  # type: ignore[arg-type]


def test_only_what_fails_alike_is_one() -> None:
    """One need, one supplier; not where either has another part to play."""
    names = entities("shop", "cafe", "flour", "mill", "salt", "port")
    assert pairs(compiled(*names, need("shop", "flour", "mill"))) == {("mill", "flour")}
    assert pairs(compiled(*names, need("shop", "flour", "mill"), need("cafe", "flour", "mill"))) == {("mill", "flour")}
    for more in (
        need("cafe", "flour"),  # met by nobody there
        need("cafe", "flour", "port"),  # met by another there
        need("cafe", "salt", "mill"),  # the mill supplies more
        need("cafe", "mill"),  # the mill is needed itself
        need("cafe", "salt", "flour"),  # the need supplies something
    ):
        assert pairs(compiled(*names, need("shop", "flour", "mill"), more)) - {("flour", "salt"), ("port", "flour")} == set()
    assert pairs(compiled(*names, need("shop", "flour", "mill", "port"))) == set()


def test_a_buyer_with_a_supplier_of_its_own_leaves_the_provisions_to_others() -> None:
    """Flour is provided by the port to all but the shop: the mill is the shop's only supplier, not that of flour."""
    provided = Provision(id=iri("flour--port"), provider=iri("port"), provided=iri("flour"))
    records = (
        *entities("shop", "cafe", "flour", "mill", "port"),
        need("shop", "flour", "mill", criticality="Essential"),
        need("cafe", "flour"),
        provided,
    )
    assert pairs(compiled(*records)) == set()
    answer = chokepoints(context(*records), "shop")
    assert {local_name(point.entity) for point in answer.points} == {"mill", "flour"}


@given(plain_networks())
def test_either_fails_the_same_others(plain: PlainNetwork) -> None:
    """Law: closing the supplier or the need leaves every third node with the same loss, at all three readings."""
    network, _, _ = to_arrays(plain)
    for supplier, wanted in sole_suppliers(network).items():
        answer, other = (leontief(network, np.array([node])) for node in (supplier, wanted))
        third = np.setdiff1d(np.arange(network.size), [supplier, wanted])
        for name in ("loss", "low", "high"):
            np.testing.assert_allclose(getattr(answer, name)[0, third], getattr(other, name)[0, third], atol=1e-8)


def test_rank_lists_the_two_in_one_row() -> None:
    """The row of the need names its supplier; ranks go on without a gap; the arrays still hold all."""
    records = [*entities("shop", "flour", "mill", "rye"), need("shop", "flour", "mill"), need("shop", "rye")]
    answer = rank(compiled(*records))
    rows = {row["firm"]: row for row in answer.rows()}
    assert iri("mill") not in rows
    assert (rows[iri("flour")]["sole_supplier"], rows[iri("rye")]["sole_supplier"]) == (iri("mill"), None)
    assert [row["rank"] for row in answer.rows()] == [1, 2, 3]
    assert len(answer.order) == 4


def test_sets_are_not_multiplied() -> None:
    """Two needs of which either will do, each with its own supplier: one set of two, not four; one row each."""
    records = [
        *entities("shop", "bread", "cake", "baker", "cook", "food"),
        need("shop", "food", "bread", "cake", combination="AnyOf", criticality="Essential"),
        need("bread", "oven-a", "baker", criticality="Essential"),
        need("cake", "oven-b", "cook", criticality="Essential"),
        *entities("oven-a", "oven-b"),
    ]
    answer = chokepoints(context(*records), "shop", order=2)
    sets = [sorted(cut_set.ids) for cut_set in answer.cut_sets]
    assert ["oven-a", "oven-b"] in sets
    assert all("baker" not in cut_set and "cook" not in cut_set for cut_set in sets)
    (pair,) = [cut_set for cut_set in answer.cut_sets if sorted(cut_set.ids) == ["oven-a", "oven-b"]]
    assert pair.sole_suppliers == {iri("oven-a"): iri("baker"), iri("oven-b"): iri("cook")}
    leaves = chokepoints(context(*records), "shop", order=2, leaves=True)
    assert all("baker" not in cut_set.ids for cut_set in leaves.cut_sets)


def test_a_point_names_its_supplier() -> None:
    """One row for a need and its only supplier, in the points and in the narrowest passage."""
    records = [*entities("shop", "flour", "mill"), need("shop", "flour", "mill", criticality="Essential")]
    answer = chokepoints(context(*records), "shop")
    assert [(point.id, point.sole_supplier, point.sole_supplier_label) for point in answer.points] == [
        ("flour", iri("mill"), "Mill")
    ]
    assert answer.narrowest == (iri("flour"),)


def test_a_sole_provider_is_one_with_what_it_provides() -> None:
    """Where it is known to be the only one, and all buyers get the thing from it; both are named in one row."""
    provided = Provision(id=iri("flour--port"), provider=iri("port"), provided=iri("flour"), share=1)
    names = entities("shop", "cafe", "flour", "port", "mill")
    records = (*names, provided, need("shop", "flour", criticality="Essential"))
    assert pairs(compiled(*records)) == {("port", "flour")}
    (point,) = chokepoints(context(*records), "shop").points
    assert (point.id, point.sole_supplier) == ("flour", iri("port"))
    unsure = provided.model_copy(update={"share": None})
    for more in (
        [unsure],  # others may provide it as well
        [provided.model_copy(update={"share": Decimal("0.9")})],
        [provided, need("cafe", "flour", "mill")],  # the cafe does not lose with the port
        [provided, need("cafe", "port")],  # the port is needed itself
        [provided, need("cafe", "mill", "port")],  # the port supplies more
    ):
        assert ("port", "flour") not in pairs(compiled(*names, need("shop", "flour"), *more))
