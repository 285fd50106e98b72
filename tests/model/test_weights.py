"""Sums of weights over time, against a sum for each day that looks at every weight."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.model.weights import ROUNDED, PartyWeight, first_excess, joint_totals
from support.small_records import need

DAYS = [date(2024, 1, 1) + timedelta(day) for day in range(6)]
weights = st.lists(
    st.builds(
        PartyWeight,
        st.sampled_from("abc"),
        st.sampled_from([Decimal(n) / 10 for n in range(11)]),
        st.sampled_from([date.min, *DAYS]),
        st.none() | st.sampled_from([*DAYS, date.max]),
    ),
    max_size=8,
)


def total_on(day: date, given: list[PartyWeight]) -> Decimal:
    """The sum of the greatest weight of each party on a day."""
    valid = [weight for weight in given if weight.begins <= day and (weight.ends is None or day < weight.ends)]
    parties = {weight.party for weight in valid}
    return sum((max(weight.weight for weight in valid if weight.party == party) for party in parties), Decimal(0))


@given(weights)
def test_totals_are_those_of_each_day(given: list[PartyWeight]) -> None:
    """Each party counts once on a day, with the greatest of its weights."""
    for day, total in joint_totals(given):
        assert total == total_on(day, given)


@given(weights)
def test_an_excess_is_found_on_the_first_day_of_it(given: list[PartyWeight]) -> None:
    """The sum can rise only when a weight begins."""
    first = next((day for day in sorted({w.begins for w in given}) if total_on(day, given) > ROUNDED), None)
    excess = first_excess(given)
    assert (excess and excess[0]) == first


@pytest.mark.slow
def test_many_weights_of_one_whole_take_no_time() -> None:
    """A hundred thousand records of one provider, each from another day, are summed in one pass."""
    given = [
        PartyWeight("a", Decimal("0.9"), date.min + timedelta(day), date.min + timedelta(day + 200_000))
        for day in range(100_000)
    ]
    assert first_excess(given) is None


@pytest.mark.parametrize("portion", ["unknown", "0.3", None])
def test_a_portion_is_written_as_what_it_is(portion: str | None) -> None:
    """The word is dumped without a warning (warnings are errors here), and JSON is read back to the same."""
    part = need("x", "a", portion=portion)
    dumped = part.model_dump(mode="json", by_alias=True)
    assert dumped["portion"] == portion
    assert part.model_dump()["portion"] == part.portion
    assert type(part).model_validate_json(part.model_dump_json(by_alias=True)).model_dump() == part.model_dump()
