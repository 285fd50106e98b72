"""Which provisions of an entity count: periods, days, stances, worlds and classes, and what passes its share on."""

from __future__ import annotations

from datetime import date

import pytest

from knockon.model import Provision, Statement
from knockon.model.entity import Funding, Person, Product
from knockon.network.compile import Compiled, RecordFilter, compile_network
from knockon.propagation.leontief import leontief
from support.contexts import context
from support.small_records import entities, iri, need, passage


def provision(provider: str, share: str | None = None, name: str = "", provided: str = "euv", **more: object) -> Provision:
    ids = {"id": iri(name or f"{provided}--{provider}"), "provider": iri(provider), "provided": iri(provided)}
    return Provision.model_validate({**ids, "share": share, **more})


def compiled(*records: Statement, day: date | None = date(2025, 6, 30)) -> Compiled:
    return compile_network(records, RecordFilter(as_of=day), [iri("euv")])


def loss(of: Compiled, *closed: str) -> tuple[float, float, float]:
    """The loss of what is provided when some entities are closed: low end, point and high end."""
    network = of.network
    result = leontief(network, [[float(node in map(iri, closed)) for node in network.nodes]])
    row = network.index[iri("euv")]
    return tuple(round(float(end[0, row]), 9) for end in (result.low, result.loss, result.high))


@pytest.mark.parametrize(
    ("day", "period", "share"),
    [
        (date(2025, 6, 30), "2024", 0.5),  # The latest that has ended.
        (date(2025, 12, 31), "2025", 0.25),  # A period has ended on its last day.
        (date(2023, 6, 1), "2023", 0.75),  # None has ended: the latest that has begun.
        (None, "2026", 0.125),  # Dates are ignored: the latest to end.
    ],
)
def test_the_shares_of_one_period_count(day: date | None, period: str, share: float) -> None:
    """Those of other periods do not, and pass nothing on; a provision without a period belongs to every one."""
    shares = {"2023": "0.75", "2024": "0.5", "2025": "0.25", "2026": "0.125"}
    by_period = [provision("asml", part, f"p{year}", period=year) for year, part in shares.items()]
    result = compiled(*by_period, provision("nikon", "0.1"), day=day)
    assert result.periods == {iri("euv"): period}
    assert loss(result, "asml")[1] == pytest.approx(share)
    assert loss(result, "nikon")[1] == pytest.approx(0.1)
    assert set(result.left_out.values()) == {"of another period"}


def test_a_period_that_has_not_begun_does_not_count() -> None:
    """Nothing is provided yet, and the provision is left out with the reason."""
    result = compiled(provision("asml", "1", period="2027"))
    assert result.left_out == {iri("euv--asml"): "its period has not begun"}
    assert loss(result) == (0, 0, 0)


def test_a_newer_period_that_states_less_than_the_whole_is_listed() -> None:
    """Where an older one is known."""
    older, newer = provision("asml", "1", "old", period="2023"), provision("asml", "0.5", "new", period="2024")
    assert compiled(older, newer).incomplete_periods == {iri("euv"): 0.5}
    assert not compiled(newer).incomplete_periods


def test_provisions_of_which_none_states_a_share_may_be_incomplete() -> None:
    """Low is 0 whatever fails, and a single one counts as unknown; a stated combination settles it."""
    single = compiled(provision("asml"))
    assert (loss(single, "asml"), single.network.unknown_share) == ((0, 1, 1), 1.0)
    two = compiled(provision("asml"), provision("nikon"))
    assert loss(two, "asml") == (0, 0.5, 1)
    assert loss(two, "asml", "nikon") == (0, 1, 1)
    any_one = Product.model_validate({"id": iri("euv"), "label": "EUV", "provision_combination": "AnyOf"})
    assert loss(compiled(any_one, provision("asml"), provision("nikon")), "asml", "nikon") == (1, 1, 1)


def test_what_does_not_count_passes_its_share_on() -> None:
    """An ended and a hypothetical provision do; one that begins later, or is of another period, does not."""
    asml = provision("asml", "0.5")
    ended = provision("nikon", "0.25", until="2024-12-31")
    perhaps = provision("canon", "0.25", evidence=[passage(stance="Hypothesises")])
    later = provision("zeiss", "0.25", **{"from": "2026-01-01"})
    assert loss(compiled(asml, ended), "asml")[1] == 0.75
    assert loss(compiled(asml, perhaps), "asml")[1] == 0.75
    assert loss(compiled(asml, later), "asml")[1] == 0.5
    assert compiled(asml, perhaps).left_out == {iri("euv--canon"): "not asserted"}


def test_a_world_passes_on_the_weights_that_it_has_lost() -> None:
    """Provisions and portions that rest on another document alone."""
    records = [
        *entities("euv", "asml", "nikon", "shop", "a", "b"),
        provision("asml", "0.5", evidence=[passage(0, 9)]),
        provision("nikon", "0.5", evidence=[passage(0, 9, "doc-b")]),
        need("shop", "a", portion="0.5", evidence=[passage(10, 19)]),
        need("shop", "b", portion="0.5", evidence=[passage(10, 19, "doc-b")]),
    ]
    assert loss(context(*records).compiled(), "asml")[1] == 0.5
    world = context(*records, without="doc-b").compiled()
    assert loss(world, "asml")[1] == 1.0
    network = world.network
    result = leontief(network, [[float(node == iri("a")) for node in network.nodes]])
    assert result.loss[0, network.index[iri("shop")]] == 1.0


def test_some_classes_are_not_provided_with_anything() -> None:
    """A person depends on nothing, and a product on funding only with financing."""
    person, product = Person(id=iri("she"), label="She"), Product(id=iri("euv"), label="EUV")
    fund = Funding(id=iri("fund"), label="Fund")
    result = compiled(person, product, fund, provision("asml", provided="she"), provision("fund", "1"))
    assert result.left_out == {iri("she--asml"): "a Person depends on nothing", iri("euv--fund"): "financing"}


def test_a_buyer_none_of_whose_suppliers_counts_is_met_by_the_provisions() -> None:
    """The answer names it; one of whose suppliers some count keeps to these."""
    supply = [{"provider": iri("broker"), "until": "2024-12-31"}]
    buyer = need("shop", "euv", supply=supply, criticality_value="1")
    result = compiled(provision("asml", "1"), buyer)
    assert result.met_by_provisions == (iri("shop-needs-euv"),)
    network = result.network
    closed = [[float(node == iri("asml")) for node in network.nodes]]
    assert leontief(network, closed).loss[0, network.index[iri("shop")]] == 1.0
    other = need("shop", "euv", supply=[*supply, {"provider": iri("port")}], criticality_value="1")
    result = compiled(provision("asml", "1"), other)
    assert result.met_by_provisions == ()
    network = result.network
    closed = [[float(node == iri("asml")) for node in network.nodes]]
    assert leontief(network, closed).loss[0, network.index[iri("shop")]] == 0.0


def test_a_supplier_of_itself_passes_its_share_on() -> None:
    """What an entity would get from itself is left out with the reason."""
    buyer = need("shop", "euv", supply=[{"provider": iri("shop"), "share": "0.5"}, {"provider": iri("asml"), "share": "0.5"}])
    result = compiled(buyer)
    assert result.left_out == {iri("shop-needs-euv--shop"): "an entity does not depend on itself"}
    network = result.network
    assert network.supply_provider.tolist() == [network.index[iri("asml")]]
    assert network.weight(0).point == 0.45
