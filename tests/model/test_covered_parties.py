"""Who is covered under an ownership rule: the two readings are the exact ends of what unknown stakes allow."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.model import Ownership, OwnershipRule
from knockon.model.covered_parties import Readings, readings, share_range
from knockon.model.stakes import stakes_of

HALF = OwnershipRule(id="urn:rule", label="Half", extends="urn:list", threshold="0.5")
#: Owner, owned, share, and whether the stake is direct; None where that is not stated.
Row = tuple[str, str, str | None, bool | None]


def ownerships(rows: Iterable[Row]) -> list[tuple[str, Ownership]]:
    return [
        ("set", Ownership(id=f"urn:o{n}", owner=f"urn:{owner}", owned=f"urn:{owned}", share=share, direct=direct))
        for n, (owner, owned, share, direct) in enumerate(rows)
    ]


def covered(listed: str, *rows: Row, rule: OwnershipRule = HALF) -> Readings:
    return readings(stakes_of(ownerships(rows)), [f"urn:{name}" for name in listed], rule)


def names(found: Iterable[str]) -> str:
    return "".join(sorted(iri.removeprefix("urn:") for iri in found))


def direct(*stakes: tuple[str, str, str]) -> list[Row]:
    return [(owner, owned, share, True) for owner, owned, share in stakes]


VECTOR = direct(
    ("P", "A", "0.03"), ("B", "A", "0.47"), ("C", "A", "0.50"), ("Q", "B", "0.42"), ("D", "B", "0.52"), ("R", "D", "0.50"),
    ("E", "C", "0.48"), ("T", "C", "0.52"), ("S", "E", "0.81"),
)  # fmt: skip


def test_stakes_are_not_multiplied_along_a_path() -> None:
    """A party covered by its owners counts with its full stake, and one that is not covered does not count at all."""
    found = covered("PQRS", *VECTOR)
    assert names(found.certain) == "ABDEPQRS"
    # E is covered and holds 48 % of C, and the trust holds the rest: nothing is unknown that could cover C.
    assert share_range(stakes_of(ownerships(VECTOR)), "urn:C", found) == (Decimal("0.48"), Decimal("0.48"))
    assert "urn:C" not in found.possible
    # A is covered at exactly 50 %: 3 % of P and 47 % of B. Without P it is not.
    assert share_range(stakes_of(ownerships(VECTOR)), "urn:A", found)[0] == Decimal("0.50")
    assert "urn:A" not in covered("QRS", *VECTOR).certain


@pytest.mark.parametrize("shares", [("0.5",), ("0.1", "0.4"), ("0.3", "0.2"), ("0.000000001", "0.499999999")])
def test_exactly_the_threshold_covers(shares: tuple[str, ...]) -> None:
    """Shares are added as decimals: no sum of stated numbers falls short of 50 % by rounding."""
    rows = direct(*((f"x{n}", "a", share) for n, share in enumerate(shares)))
    listed = [f"urn:x{n}" for n in range(len(shares))]
    assert "urn:a" in readings(stakes_of(ownerships(rows)), listed, HALF).certain
    above = HALF.model_copy(update={"above_threshold": True})
    assert "urn:a" not in readings(stakes_of(ownerships(rows)), listed, above).certain


def test_a_hair_below_the_threshold_does_not_cover() -> None:
    """49.999999999999999999 % by a covered party, and the rest by another one, is not covered."""
    share = "0.49999999999999999999"
    rows = direct(("x", "a", share), ("y", "a", str(1 - Decimal(share))))
    assert names(covered("x", *rows).possible) == "x"


def test_a_circle_does_not_cover_itself() -> None:
    """Who own each other are covered only from outside."""
    circle = direct(("a", "b", "1"), ("b", "a", "0.9"), ("x", "a", "0.1"))
    assert names(covered("x", *circle).certain) == "x"
    assert names(covered("x", *circle).possible) == "x"
    opened = direct(("a", "b", "0.6"), ("b", "a", "0.2"), ("x", "a", "0.5"))
    assert names(covered("x", *opened).certain) == "abx"


def test_what_is_not_stated_counts_in_the_high_reading_alone() -> None:
    """A share without a number, a missing remainder, and a stake that may be indirect leave it open."""
    assert names(covered("x", ("x", "a", None, True), ("y", "a", "0.4", True)).possible) == "ax"
    assert names(covered("x", ("x", "a", None, True), ("y", "a", "0.6", True)).possible) == "x"
    assert names(covered("x", ("x", "a", "0.38", True), ("y", "a", "0.5", True)).possible) == "ax"
    assert names(covered("x", ("x", "a", "0.38", True), ("y", "a", "0.51", True)).possible) == "x"
    # One of the data set states that it is direct, so the other may be indirect.
    maybe = covered("x", ("x", "a", "0.5", None), ("x", "b", "0.5", True), ("y", "a", "0.5", True))
    assert (names(maybe.certain), names(maybe.possible)) == ("bx", "abx")
    # No record of a table of owners states it: they are the direct ones.
    assert names(covered("x", ("x", "a", "0.5", None), ("x", "b", "0.5", None)).certain) == "abx"
    # Such a table lists the owners that matter: what it lacks to the whole is held by nobody who is listed.
    assert names(covered("x", ("x", "a", "0.49", None)).possible) == "x"
    assert names(covered("x", ("x", "a", "0.49", None), ("y", "a", None, None)).possible) == "ax"
    strict = readings(stakes_of(ownerships([("x", "a", "0.5", None)]), strict=True), ["urn:x"], HALF)
    assert (names(strict.certain), names(strict.possible)) == ("x", "ax")


def test_indirect_stakes_and_votes_never_count() -> None:
    """What is held through others repeats their stakes, and a right to vote is no share."""
    votes = Ownership(id="urn:v", owner="urn:x", owned="urn:a", share="0.9", interest_kind="VotingRights", direct=True)
    rest = ownerships([("y", "a", "1", True), ("x", "b", "0.9", False), ("y", "b", "1", True)])
    assert names(readings(stakes_of([*rest, ("set", votes)]), ["urn:x"], HALF).possible) == "x"


def test_two_data_sets_describe_one_stake() -> None:
    """The same stake in two registers counts once; where they differ it is a range."""
    half = [
        Ownership(id=f"urn:{n}", owner="urn:x", owned="urn:a", share=share, direct=True)
        for n, share in ((1, "0.3"), (2, "0.4"))
    ]
    (stake,) = stakes_of(zip("ab", half, strict=True)).by_owned["urn:a"]
    assert (stake.low, stake.high) == (Decimal("0.3"), Decimal("0.4"))
    (stake,) = stakes_of(("a", record) for record in half).by_owned["urn:a"]
    assert stake.low == stake.high == Decimal("0.7")
    unknown = Ownership(id="urn:3", owner="urn:x", owned="urn:a", direct=True)
    (stake,) = stakes_of([("a", half[0]), ("b", unknown)]).by_owned["urn:a"]
    assert stake.low == stake.high == Decimal("0.3")


def test_stakes_of_different_times_are_not_added() -> None:
    """Where dates are ignored, 30 % until 2020 and 40 % after it is a range, not 70 %."""
    early, late = {"until": "2020-12-31"}, {"from_": "2021-01-01"}
    records = [
        Ownership(id=f"urn:{n}", owner="urn:x", owned="urn:a", share=share, **dates)
        for n, (share, dates) in enumerate((("0.3", early), ("0.4", late)))
    ]
    (stake,) = stakes_of(("a", record) for record in records).by_owned["urn:a"]
    assert (stake.low, stake.high) == (Decimal("0.3"), Decimal("0.4"))


ORGANIZATIONS = "abcd"
#: A few owners and organizations; shares in tenths, so that sums meet the threshold exactly; None is not stated.
ROWS = st.lists(
    st.tuples(
        st.sampled_from("xyz" + ORGANIZATIONS),
        st.sampled_from(ORGANIZATIONS),
        st.sampled_from([None, "0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]),
        st.sampled_from([True, True, None, False]),
    ).filter(lambda row: row[0] != row[1]),
    max_size=7,
    unique_by=lambda row: row[:2],
)


def fits(rows: Iterable[Row]) -> list[Row]:
    """The rows without those that bring the stated shares of an organization above 1."""
    kept: list[Row] = []
    for row in rows:
        stated = sum(Decimal(r[2]) for r in kept if r[1] == row[1] and r[2] and r[3] is not False)
        if row[3] is False or stated + Decimal(row[2] or 0) <= 1:
            kept.append(row)
    return kept


def assignments(rows: list[Row]) -> Iterable[list[Row]]:
    """Every way to hold what is not stated, in steps of a tenth: by whom the rows name, and by somebody listed or not."""
    counted = [row for row in rows if row[3] is not False]
    stating = any(row[3] is not None for row in rows)
    choices = []
    for owner, owned, share, is_direct in counted:
        amounts = [share] if share else [str(Decimal(n) / 10) for n in range(11)]
        choices.append([(owner, owned, amount, True) for amount in amounts])
        if is_direct is None and stating:
            choices[-1].append((owner, owned, "0", True))
    recorded = sorted({row[1] for row in rows})
    # A table that never states directness, and every share, lists the owners that matter: nobody listed holds the rest.
    closed = set() if stating else {name for name in recorded if all(row[2] for row in rows if row[1] == name)}
    for chosen in product(*choices):
        rest = {name: 1 - sum(Decimal(share) for _, owned, share, _ in chosen if owned == name) for name in recorded}
        if min(rest.values(), default=Decimal(0)) < 0:
            continue
        for holders in product(*("n" if name in closed else "xn" for name in recorded)):
            yield [*chosen, *((h + name, name, str(rest[name]), True) for h, name in zip(holders, recorded, strict=True))]


def simple_rule(rows: Iterable[Row], listed: set[str]) -> set[str]:
    """The rule as it is written, repeated until nobody is added."""
    found = set(listed)
    while True:
        held: dict[str, Decimal] = {}
        for owner, owned, share, _ in rows:
            if owner in found or owner.startswith("x"):
                held[owned] = held.get(owned, Decimal(0)) + Decimal(share or 0)
        more = {owned for owned, total in held.items() if total >= Decimal("0.5")} - found
        if not more:
            return found
        found |= more


@given(ROWS.map(fits).filter(lambda rows: sum(not row[2] for row in rows) <= 2))
def test_the_readings_are_the_ends_of_every_assignment(rows: list[Row]) -> None:
    """Certain is who is covered whoever holds what is unknown, and possible who is covered under some assignment."""
    found = covered("xy", *rows)
    outcomes = [simple_rule(assigned, {"x", "y"}) for assigned in assignments(rows)]
    assert {iri.removeprefix("urn:") for iri in found.certain} == set.intersection(*outcomes)
    assert {iri.removeprefix("urn:") for iri in found.possible} == set.union(*outcomes)


@given(ROWS.map(fits), st.randoms())
def test_the_order_of_records_does_not_matter(rows: list[Row], random: object) -> None:
    """Equal records in another order cover the same parties in the same rounds."""
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert covered("xy", *rows) == covered("xy", *shuffled)


@given(ROWS.map(fits), st.sampled_from("xyzabcd"))
def test_another_listed_party_uncovers_nobody(rows: list[Row], more: str) -> None:
    """The rule is monotone in the parties of the list."""
    before, after = covered("xy", *rows), covered("xy" + more, *rows)
    assert set(before.certain) <= set(after.certain)
    assert set(before.possible) <= set(after.possible)
    assert set(after.certain) <= set(after.possible)


@given(ROWS.map(fits), ROWS.map(fits))
def test_another_stake_of_a_covered_party_uncovers_nobody(rows: list[Row], others: list[Row]) -> None:
    """The rule is monotone in the stakes of listed parties, all direct."""
    stated = [(owner, owned, share, True) for owner, owned, share, is_direct in rows if is_direct]
    pairs = {row[:2] for row in stated}
    more = [("x", row[1], row[2], True) for row in others if ("x", row[1]) not in pairs]
    before, after = covered("xy", *stated), covered("xy", *fits([*stated, *dict.fromkeys(more)]))
    assert set(before.certain) <= set(after.certain)
