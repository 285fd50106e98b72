"""What enters the network, and how several records become one slot."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knockon.model import Company, Dependency, Statement
from knockon.model.entity import Capability, Concept, Contract, Funding, Jurisdiction, Market, Person, Product, RevenueStream
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.hits import SLOT, Hits
from knockon.network.network import Mode, Network
from knockon.network.supply_shares import SupplyShares, supply_shares
from knockon.propagation.leontief import leontief
from knockon.vocabulary import UNKNOWN, Interval, Level, Stance, interval
from support.small_records import NS, entities, iri, need, passage

ALL_STANCES = frozenset(Stance)


def network(*records: Statement, terms: RecordFilter | None = None) -> Network:
    return compile_network(records, terms).network


def names(one: Network) -> list[str]:
    return [node.rsplit("/", 1)[-1] for node in one.nodes]


def weight(one: Network, row: int = 0) -> Interval:
    return Interval(*one.weights[:, row])


# What is in it


def test_it_holds_what_dependencies_name_and_nothing_else() -> None:
    """Dependants, needs and providers are nodes in the order of their IRIs; entities nobody names are none."""
    one = network(*entities("idle", "shop"), need("shop", "cloud", "acme"))
    assert names(one) == ["acme", "cloud", "shop"]
    assert (one.size, one.slots, one.supplies) == (3, 1, 1)
    assert one.slot_index == {iri("shop-needs-cloud"): 0}
    assert one.supply_index == {iri("shop-needs-cloud--acme"): 0}
    assert one.index[iri("shop")] == 2


def test_what_a_shock_hits_is_in_it_though_nothing_needs_it() -> None:
    """Names given beside the records become nodes without slots."""
    one = compile_network([need("shop", "cloud")], extra_entities=[iri("island"), iri("cloud")]).network
    assert names(one) == ["cloud", "island", "shop"]


def test_no_records_give_an_empty_network() -> None:
    """Nothing compiles to nothing, with arrays of the right shape and a hash."""
    one = network()
    assert (one.size, one.slots, one.supplies, one.unknown_share) == (0, 0, 0, 0.0)
    assert one.weights.shape == (3, 0)
    assert one.slot_start.tolist() == [0]
    assert len(one.hash) == 64


@pytest.mark.parametrize("cls", ["Measure", "Person", "Jurisdiction", "Concept", "Document", "Event"])
def test_some_classes_never_depend_on_anything(cls: str) -> None:
    """A dependency of a rule, a person, a place, an idea, a source or an event stays out, with the reason."""
    from knockon.model import STATEMENTS

    what = {"title": "X"} if cls == "Document" else {"label": "X"}
    given = STATEMENTS[cls].model_validate({"id": iri("x"), **what})
    compiled = compile_network([given, need("x", "cloud")])
    assert compiled.network.size == 0
    assert compiled.left_out == {iri("x-needs-cloud"): f"a {cls} depends on nothing"}


@pytest.mark.parametrize("cls", [Person, Jurisdiction, Concept])
def test_they_may_be_needed_all_the_same(cls: type[Statement]) -> None:
    """A founder, a place or an idea can be what others need."""
    one = network(*entities("x", cls=cls), need("shop", "x"))
    assert names(one) == ["shop", "x"]


@pytest.mark.parametrize("money", [RevenueStream, Funding])
def test_money_flows_back_only_with_financing(money: type[Statement]) -> None:
    """Entities other than money depend on revenue and funding only when financing is asked for."""
    records = [*entities("fees", cls=money), *entities("lab", cls=Capability), need("lab", "fees")]
    compiled = compile_network(records)
    assert compiled.network.slots == 0
    assert compiled.left_out == {iri("lab-needs-fees"): "financing"}
    assert network(*records, terms=RecordFilter(financing=True)).slots == 1


def test_a_supplier_of_money_passes_nothing_on() -> None:
    """A need for liquidity that a funding provides stays a need; the supply is counted, and its failure harms nobody."""
    records = [*entities("round", cls=Funding), *entities("lab", cls=Capability), need("lab", "liquidity", "round")]
    compiled = compile_network(records)
    assert compiled.left_out == {iri("lab-needs-liquidity--round"): "financing"}
    assert compiled.network.supply_records == ((),)
    assert compiled.network.idle[compiled.network.supply_provider].tolist() == [True]
    assert compiled.network.describe()["slots"] == 1
    assert not network(*records, terms=RecordFilter(financing=True)).idle.any()


@pytest.mark.parametrize("money", [RevenueStream, Funding, Contract, Market])
def test_money_may_need_money(money: type[Statement]) -> None:
    """Revenue made of other revenue, and contracts that need funding, are in without financing."""
    assert network(*entities("fees", cls=RevenueStream), *entities("total", cls=money), need("total", "fees")).slots == 1


@pytest.mark.parametrize("sold", [Contract, Market, Product])
def test_what_is_sold_is_no_financing(sold: type[Statement]) -> None:
    """A company may need a contract, a market or a product without financing."""
    assert network(*entities("x", cls=sold), *entities("lab"), need("lab", "x")).slots == 1


# Terms


@pytest.mark.parametrize("stance", [s for s in Stance if s is not Stance.ASSERTS])
def test_only_what_is_asserted_enters(stance: Stance) -> None:
    """A dependency that is alleged, denied, supposed or asked stays out until its stance is let in."""
    record = need("shop", "cloud", evidence=[passage(stance=stance)])
    assert compile_network([record]).left_out == {record.id: "not asserted"}
    assert network(record, terms=RecordFilter(stances=frozenset({Stance.ASSERTS, stance}))).slots == 1


def test_one_assertion_is_enough() -> None:
    """Alleged by one source and asserted by another is asserted; without evidence it is its author's word."""
    assert network(need("shop", "cloud", evidence=[passage(stance="Alleges"), passage(20, 30)])).slots == 1
    assert network(need("shop", "cloud")).slots == 1


def test_facts_only_leaves_inferences_out() -> None:
    """An inferred dependency counts, unless only facts are asked for."""
    record = need("shop", "cloud", inferred=True, reason="It says so on no page.")
    assert network(record).slots == 1
    assert compile_network([record], RecordFilter(facts_only=True)).left_out == {record.id: "inferred"}


@pytest.mark.parametrize(
    ("day", "slots", "reason"),
    [("2020-12-31", 0, "not begun"), ("2021-01-01", 1, ""), ("2022-06-30", 1, ""), ("2022-07-01", 0, "ended")],
    ids=["before", "first", "last", "after"],
)
def test_as_of_keeps_what_holds_on_the_day(day: str, slots: int, reason: str) -> None:
    """From and until are both part of the time in which a dependency holds; the reason says on which side of it the day is."""
    record = need("shop", "cloud", **{"from": "2021-01-01", "until": "2022-06-30"})
    compiled = compile_network([record], RecordFilter(as_of=date.fromisoformat(day)))
    assert compiled.network.slots == slots
    assert compiled.left_out == ({} if slots else {record.id: reason})


def test_what_has_no_dates_holds_always() -> None:
    """An open beginning and an open end bar no day."""
    open_ended = need("a", "b"), need("a", "c", until="2020-01-01"), need("a", "d", **{"from": "2020-01-01"})
    assert [network(r, terms=RecordFilter(as_of=date(2030, 1, 1))).slots for r in open_ended] == [1, 0, 1]


def test_supplies_are_held_against_the_terms_as_well() -> None:
    """A supplier of another time, inferred or only alleged drops out of its slot alone, with the reason."""
    record = need(
        "shop",
        "cloud",
        combination="AtLeast",
        at_least=3,
        supply=[
            {"provider": iri("steady")},
            {"provider": iri("former"), "until": "2020-01-01"},
            {"provider": iri("guessed"), "inferred": True},
            {"provider": iri("alleged"), "evidence": [passage(stance="Alleges")]},
        ],
    )
    strict = compile_network([record], RecordFilter(facts_only=True, as_of=date(2024, 1, 1)))
    assert names(strict.network) == ["cloud", "shop", "steady"]
    assert strict.left_out == {
        record.id + "--former": "ended",
        record.id + "--guessed": "inferred",
        record.id + "--alleged": "not asserted",
    }
    assert strict.network.at_least.tolist() == [1]
    assert leontief(strict.network, [strict.network.index[iri("steady")]]).loss[0].tolist() == [0, 0.45, 1]
    assert network(record, terms=RecordFilter(stances=ALL_STANCES)).supplies == 4


# Weights


@pytest.mark.parametrize("word", [*Level, None])
def test_a_word_is_its_interval(word: Level | None) -> None:
    """Criticality words become low, point and high; no word is the wide interval, and counted as unknown."""
    one = network(need("shop", "cloud", criticality=word))
    assert weight(one) == interval(word)
    assert one.unknown.tolist() == [word is None]
    assert one.unknown_share == float(word is None)


def test_a_number_overrides_the_word() -> None:
    """A criticalityValue stands for itself at all three places, and is known."""
    one = network(need("shop", "cloud", criticality="Low", criticality_value="0.08"))
    assert weight(one) == (0.08, 0.08, 0.08)
    assert not one.unknown.any()


# Several records, one slot


def losses(one: Network, *lost: str) -> tuple[float, float, float]:
    """Return the loss of the shop, or of a, when some entities are lost: low end, point and high end."""
    result = leontief(one, [[float(name in lost) for name in names(one)]])
    row = one.index[iri("shop" if iri("shop") in one.index else "a")]
    return tuple(round(float(end[0, row]), 9) for end in (result.low, result.loss, result.high))


def test_two_records_that_agree_on_the_suppliers_are_one_disputed_slot() -> None:
    """The hull of the intervals, the higher point, both names, marked disputed."""
    one = network(
        need("shop", "cloud", "acme", name="first", criticality="High"),
        need("shop", "cloud", "acme", name="second", criticality="Low"),
        need("shop", "power", criticality="Low"),
    )
    assert (one.slots, one.supplies, one.size) == (2, 1, one.entities)
    assert weight(one) == (0.05, 0.75, 0.9)
    assert one.slot_records == ((iri("first"), iri("second")), (iri("shop-needs-power"),))
    assert one.supply_records == ((iri("first--acme"), iri("second--acme")),)
    assert one.disputed.tolist() == [True, False]
    assert one.slot_index[iri("first")] == one.slot_index[iri("second")] == 0


def test_records_that_differ_in_their_suppliers_are_computed_one_by_one() -> None:
    """Low is the least of the records, point and high the greatest; a hit on one of them hits the need of both."""
    first = need("shop", "cloud", "acme", name="first", criticality="High")
    second = need("shop", "cloud", "bolt", name="second", criticality="Low")
    one = network(first, second)
    assert names(one) == ["acme", "bolt", "cloud", "shop"]
    assert (one.entities, one.size) == (4, 6)
    assert losses(one, "acme") == (0.0, 0.75, 0.9)
    assert losses(one, "bolt") == (0.0, 0.15, 0.3)
    assert losses(one, "cloud") == losses(one, "acme", "bolt") == (0.05, 0.75, 0.9)
    for name in ("first", "second"):
        hits = Hits(1, np.zeros(1, int), np.array([SLOT]), np.array([one.slot_index[iri(name)]]), np.ones((3, 1)))
        assert leontief(one, hits).loss[0, one.index[iri("shop")]] == 0.75


def test_a_disputed_slot_is_unknown_only_where_nobody_gave_a_word() -> None:
    """One record with a word is enough to know something; the hull takes the doubt of the other in."""
    one = network(need("a", "b", name="x"), need("a", "b", name="y", criticality="Essential"))
    assert weight(one) == (UNKNOWN.low, 1.0, 1.0)
    assert not one.unknown.any()
    assert network(need("a", "b", name="x"), need("a", "b", name="y")).unknown.all()


def test_a_record_of_details_adds_to_the_others_and_disputes_nothing() -> None:
    """A stock without criticality and suppliers leaves the interval alone; two stocks alone leave the need unknown."""
    claim = need("a", "b", "p", name="x", criticality="High")
    stock = need("a", "b", name="aa", buffer="P30D", alternatives="few")
    one = network(claim, stock)
    assert (weight(one), one.disputed.tolist(), one.buffer.tolist()) == ((0.6, 0.75, 0.9), [False], [30.0])
    assert one.slot_records == ((iri("x"), iri("aa")),), "the record that makes the claim speaks for the slot"
    assert network(stock, need("a", "b", name="z", buffer="P5D")).unknown.tolist() == [True]
    assert network(claim, need("a", "b", name="z")).disputed.any(), "a record without any detail is a claim"


def test_where_combinations_disagree_each_record_is_computed_by_its_own() -> None:
    """Any of two suppliers by one record, both by the other; a record without suppliers has the need alone."""
    both = need("a", "b", "p", "q", name="x", combination="AllOf", criticality="Essential")
    any_one = need("a", "b", "p", "q", name="y", combination="AnyOf", criticality="Essential")
    assert losses(network(both, any_one), "p") == (0.0, 1.0, 1.0)
    assert losses(network(both, any_one), "p", "q") == (0.9, 1.0, 1.0)
    alone = need("a", "b", name="z", criticality="Low")
    assert losses(network(any_one, alone), "p", "q") == (0.0, 1.0, 1.0)
    assert losses(network(any_one, alone), "b") == (0.05, 1.0, 1.0)


def test_of_shares_that_two_records_state_differently_each_counts_for_its_record() -> None:
    """A half by one record and a quarter by the other: from a quarter of the need on."""
    first = need(
        "a", "b", name="x", combination="Shares", criticality_value="1", supply=[{"provider": iri("p"), "share": "0.25"}]
    )
    second = need(
        "a", "b", name="y", combination="Shares", criticality_value="1", supply=[{"provider": iri("p"), "share": "0.5"}]
    )
    assert losses(network(first, second), "p") == (0.25, 0.5, 0.5)


# Shares


def shares(*given: str | None) -> tuple[list[float], bool]:
    supply = [{"provider": iri(f"p{k}"), "share": share} for k, share in enumerate(given)]
    one = network(need("a", "b", combination="Shares", supply=supply))
    return one.supply_share.tolist(), bool(one.split[0])


def test_stated_shares_stay_and_a_remainder_is_safe() -> None:
    """Shares that come to less than one are taken as they stand."""
    assert shares("0.5", "0.25") == ([0.5, 0.25], False)


def test_unstated_shares_split_what_is_left() -> None:
    """What is left is split equally, and the slot says so; one alone has all of it, and nothing about that is uncertain."""
    assert shares("0.5", None, None) == ([0.5, 0.25, 0.25], True)
    assert shares(None, None) == ([0.5, 0.5], True)
    assert shares("0.25", None) == ([0.25, 0.75], False)
    assert shares("1", None) == ([1.0, 0.0], False)
    assert shares("1", None, None) == ([1.0, 0.0, 0.0], False)


def test_shares_of_two_records_are_not_added_up() -> None:
    """Three quarters from p by one record, from q by the other: each is computed by itself, and nothing is scaled."""
    records = [need("a", "b", name=p, criticality_value="1", supply=[{"provider": iri(p), "share": "0.75"}]) for p in "pq"]
    assert not compile_network(records).scaled
    assert losses(network(*records), "p", "q") == (0.75, 0.75, 0.75)


@pytest.mark.parametrize("combination", ["AllOf", "AnyOf", "AtLeast"])
def test_a_share_goes_with_shares_alone(combination: str) -> None:
    """Beside any other combination a share is a contradiction."""
    least = {"at_least": 1} if combination == "AtLeast" else {}
    with pytest.raises(ValidationError, match=f"a share goes with combination Shares, not with {combination}"):
        need("a", "b", combination=combination, supply=[{"provider": iri("p"), "share": "0.5"}], **least)


def test_a_combination_that_nobody_gave_is_read_as_shares() -> None:
    """Several suppliers of whom nothing else is known share the need; one alone meets all of it."""
    several, alone = network(need("a", "b", "p", "q")), network(need("a", "b", "p"))
    assert (several.mode.tolist(), several.supply_share.tolist()) == ([Mode.SHARES], [0.5, 0.5])
    assert (several.unstated.tolist(), several.split.tolist()) == ([True, True], [True])
    assert (several.unknown_share, alone.unknown_share) == (1.0, 1.0)
    assert not alone.unstated.any()
    known = [network(need("a", "b", *providers, criticality="High")).unknown_share for providers in ("p", "pq")]
    assert known == [0.0, 1.0]


def used(*supplies: dict[str, object], day: date | None = date(2024, 1, 1)) -> dict[str, float]:
    """The shares of the suppliers that count on a day, by their names."""
    given = [{**one, "provider": iri(str(one["provider"]))} for one in supplies]
    one = network(need("a", "b", supply=given), terms=RecordFilter(as_of=day))
    share = one.supply_share if one.mode[0] == Mode.SHARES else np.ones(one.supplies)
    return {one.nodes[p].removeprefix(NS): pytest.approx(s) for p, s in zip(one.supply_provider, share, strict=True)}


ENDED, LATER = {"until": "2020-12-31"}, {"from": "2030-01-01"}


def test_a_supplier_that_left_passes_its_share_on() -> None:
    """In proportion to the shares of those that count, up to a sum of 1."""
    p, q, r = ({"provider": name, "share": share} for name, share in zip("pqr", ("0.2", "0.3", "0.4"), strict=True))
    assert used(p, q, {**r, **ENDED}) == {"p": 0.36, "q": 0.54}
    assert used(p, {**q, "share": "0.8", **ENDED}) == {"p": 1.0}
    assert used({**p, **ENDED}, {"provider": "q", "share": "0.9", "from": "2021-01-01"}, {"provider": "r", "share": "0.1"}) == {
        "q": 0.9,
        "r": 0.1,
    }


def test_the_share_of_who_left_goes_to_those_that_state_none_where_no_other_has_any() -> None:
    """Of a share of 1 that ended nothing is left but who states none; of who states none, the remainder."""
    assert used({"provider": "p", "share": "1", **ENDED}, {"provider": "q"}) == {"q": 1.0}
    assert used({"provider": "p", "share": "0.6"}, {"provider": "q", **ENDED}) == {"p": 1.0}
    assert used({"provider": "p", "share": "0.5"}, {"provider": "q"}, {"provider": "r", **ENDED}) == {"p": 0.5, "q": 0.5}


def test_what_has_not_begun_passes_nothing_on() -> None:
    """A supplier to come has no share yet: what it will meet is safe today, or met by others."""
    assert used({"provider": "p", "share": "0.6"}, {"provider": "q", "share": "0.4", **LATER}) == {"p": 0.6}
    assert used({"provider": "p"}, {"provider": "q", **LATER}) == {"p": 1.0}
    change = ({"provider": "p", "share": "0.6", "until": "2023-12-31"}, {"provider": "q", "share": "0.6", "from": "2024-01-01"})
    assert used(*change, {"provider": "r", "share": "0.4"}) == {"q": 0.6, "r": 0.4}


def test_what_is_not_of_the_world_passes_its_share_on() -> None:
    """Supplies that a world took out of a record count like those that ended."""
    kept = need("a", "b", supply=[{"provider": iri("p"), "share": "0.6"}])
    whole = need("a", "b", supply=[{"provider": iri("p"), "share": "0.6"}, {"provider": iri("q"), "share": "0.4"}])
    gone = {whole.id: (whole.supply[1],)}
    assert compile_network([kept]).network.supply_share.tolist() == [0.6]
    assert compile_network([kept], absent_supplies=gone).network.mode.tolist() == [Mode.ALL_OF]


@given(st.lists(st.tuples(st.none() | st.integers(0, 4), st.booleans()), min_size=1, max_size=5))
def test_leaving_out_the_unharmed_makes_nobody_safer(supplies: list[tuple[int | None, bool]]) -> None:
    """Whoever is left fails: no reading of the shortage falls when suppliers that lose nothing are left out."""
    stated = {f"p{k}": None if eighths is None else eighths / 20 for k, (eighths, _) in enumerate(supplies)}
    left = {f"p{k}" for k, (_, leaves) in enumerate(supplies) if leaves}
    counting = {p: share for p, share in stated.items() if p not in left}
    before, after = supply_shares(stated), supply_shares(counting, [stated[p] for p in left])
    assert sum(after.share.values()) <= 1 + 1e-9
    for harmed in (set(some) for size in range(len(counting) + 1) for some in combinations(counting, size)):
        for reading in readings(before, harmed), readings(after, harmed):
            assert reading[0] <= reading[1] + 1e-9 <= reading[2] + 2e-9
        assert all(b <= a + 1e-9 for b, a in zip(readings(before, harmed), readings(after, harmed), strict=True))


def readings(shares: SupplyShares, harmed: set[str]) -> tuple[float, float, float]:
    """What is short at the low, the point and the high when some suppliers lose everything."""
    rest = sum(shares.share[p] for p in shares.unstated)
    fixed = sum(share for p, share in shares.share.items() if p in harmed and p not in shares.unstated)
    lost = sum(shares.share[p] for p in shares.unstated & harmed)
    every, some = bool(shares.unstated) and shares.unstated <= harmed, bool(shares.unstated & harmed)
    return fixed + rest * every, fixed + lost, fixed + rest * some


@pytest.mark.parametrize(
    ("given", "shares"),
    [
        (("0.16666666666666666", "0.8333333333333334"), [1 / 6, 5 / 6]),
        (("0.3333333", "0.6666666"), [1 / 3, 2 / 3]),
        (("0.505", "0.505"), [0.5, 0.5]),
    ],
)
def test_rounded_shares_are_shares_of_the_whole(given: tuple[str, str], shares: list[float]) -> None:
    """A sum a millionth below 1 counts as stated; up to 1.01 it is scaled to 1, and said where it is more than rounding."""
    compiled = compile_network(
        [need("a", "b", supply=[{"provider": iri(p), "share": s} for p, s in zip("pq", given, strict=True)])]
    )
    assert compiled.network.supply_share.tolist() == pytest.approx(shares, abs=1e-6)
    stated = sum(map(float, given))
    assert compiled.network.supply_share.sum() == pytest.approx(min(1.0, stated), abs=1e-15)
    assert list(compiled.scaled.values()) == ([1.01] if given[0] == "0.505" else [])


def test_shares_add_up_on_each_day_alone() -> None:
    """Suppliers that follow each other may each have most of a need; two of one day may not."""
    first, second = {"provider": iri("p"), "share": "0.8"}, {"provider": iri("q"), "share": "0.8"}
    assert need("a", "b", supply=[{**first, "until": "2023-12-31"}, {**second, "from": "2024-01-01"}])
    with pytest.raises(ValidationError, match=r"the shares of the supplies add up to 1\.6, more than 1"):
        need("a", "b", supply=[{**first, "until": "2024-01-01"}, {**second, "from": "2024-01-01"}])


# Form


words = st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def dependencies(draw: st.DrawFn) -> list[Dependency]:
    records = []
    for k in range(draw(st.integers(0, 6))):
        providers = draw(st.lists(words, max_size=3, unique=True))
        records.append(
            need(draw(words), draw(words), *providers, name=f"n{k}", criticality=draw(st.sampled_from([*Level, None])))
        )
    return records


@given(dependencies(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(records: list[Dependency], random: object) -> None:
    """The same records in another order are the same network with the same hash."""
    one = network(*records)
    random.shuffle(records)  # type: ignore[attr-defined]
    assert network(*records).hash == one.hash


@given(dependencies())
def test_rows_stand_in_order(records: list[Dependency]) -> None:
    """Slots stand by owner, supplies by slot, nodes by IRI, and every record that counts leads to its row."""
    compiled = compile_network(records)
    one = compiled.network
    assert list(one.nodes) == sorted(set(one.nodes))
    assert (one.slot_owner[1:] >= one.slot_owner[:-1]).all()
    assert one.supply_start[-1] == one.supplies == len(one.supply_slot)
    for record in records:
        if record.id in compiled.left_out:
            continue
        row = one.slot_index[record.id]
        assert (one.name(one.slot_owner[row]), one.name(one.slot_need[row])) == (record.dependant, record.need)
        for supply in record.supply:
            if supply.id in compiled.left_out:
                continue
            at = one.supply_index[supply.id]
            assert (one.supply_slot[at], one.nodes[one.supply_provider[at]]) == (row, supply.provider)
    for node in range(one.size):
        rows = range(one.slot_start[node], one.slot_start[node + 1])
        assert [row for row in range(one.slots) if one.slot_owner[row] == node] == list(rows)


BASE = {"criticality": "High", "combination": "Shares", "supply": [{"provider": iri("p"), "share": "0.5"}]}


@pytest.mark.parametrize(
    "change",
    [
        {"criticality": "Low"},
        {"criticality_value": "0.75"},
        {"combination": "AnyOf", "supply": [{"provider": iri("p")}]},
        {"supply": [{"provider": iri("p")}, {"provider": iri("q")}]},
        {"supply": [{"provider": iri("p"), "share": "0.25"}]},
        {"supply": [{"provider": iri("q"), "share": "0.5"}]},
        {"supply": []},
        {"need": iri("z")},
        {"dependant": iri("z")},
        {"id": iri("z")},
    ],
    ids=str,
)
def test_the_hash_notices_every_change(change: dict[str, object]) -> None:
    """Anything that can change a result or what it is called changes the hash."""
    record = {"id": iri("x"), "dependant": iri("a"), "need": iri("b"), **BASE}
    assert network(Dependency.model_validate(record)).hash != network(Dependency.model_validate({**record, **change})).hash


def test_the_hash_is_the_same_from_run_to_run() -> None:
    """The hash of a fixed network is a fixed text: results that were stored stay recognisable."""
    one = network(Company(id=iri("shop"), label="Shop"), need("shop", "cloud", "acme", criticality="High"))
    assert one.hash == "ee631219fcdb1581fccfabcb7943ee6b9219bb02f5cee8f1ca08b8744e384dcb"
