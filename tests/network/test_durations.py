"""Buffers and delays: from the durations of records to days in a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.model.base import days
from knockon.network.compile import compile_network
from knockon.network.network import Network
from support.small_records import iri, need, passage


@pytest.mark.parametrize(
    ("duration", "length"),
    [
        ("P1D", 1.0), ("P30D", 30.0), ("PT12H", 0.5), ("PT36M", 0.025), ("PT1.5S", 1.5 / 86400), ("P1DT6H30M", 1 + 6.5 / 24),
        ("P1M", 30.436875), ("PT1M", 1 / 1440), ("P1Y", 365.2425), ("P1Y2M3D", 365.2425 + 2 * 30.436875 + 3), ("P0D", 0.0),
        ("-P2D", -2.0), ("P12M", 365.2425),
    ],
)  # fmt: skip
def test_durations_in_days(duration: str, length: float) -> None:
    """Months before the T, minutes behind it; a month is a twelfth of a year."""
    assert days(duration) == pytest.approx(length)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_the_parts_of_a_duration_add_up(months: int, whole: int, hours: int, minutes: int) -> None:
    """A duration is the sum of its parts."""
    together = days(f"P{months}M{whole}DT{hours}H{minutes}M")
    assert together == pytest.approx(days(f"P{months}M") + whole + hours / 24 + minutes / 1440)


def delayed(provider: str, delay: str | None, **more: object) -> dict[str, object]:
    return {"provider": iri(provider), "delay": delay, **more}


def network(*records: object) -> Network:
    return compile_network(records).network  # type: ignore[arg-type]


def test_a_buffer_belongs_to_its_slot_and_a_delay_to_its_supply() -> None:
    """In days, at the rows of what stated them; 0 where nobody did."""
    one = network(
        need("shop", "cloud", supply=[delayed("acme", "P2D"), delayed("best", None)], buffer="P1M"),
        need("shop", "power", "grid"),
    )
    assert one.buffer[one.slot_index[iri("shop-needs-cloud")]] == pytest.approx(30.436875)
    assert one.buffer[one.slot_index[iri("shop-needs-power")]] == 0.0
    assert one.delay[one.supply_index[iri("shop-needs-cloud--acme")]] == 2.0
    assert one.delay[one.supply_index[iri("shop-needs-cloud--best")]] == 0.0


def test_where_records_disagree_the_shortest_counts() -> None:
    """Of two stated buffers and delays the more harmful; a record that states none takes nothing away."""
    one = network(
        need("shop", "cloud", supply=[delayed("acme", "P9D")], buffer="P30D"),
        need("shop", "cloud", supply=[delayed("acme", "P3D")], buffer="P1D", name="again"),
        need("shop", "cloud", "acme", name="silent"),
    )
    assert (one.buffer.tolist(), one.delay.tolist()) == ([1.0], [3.0])


@pytest.mark.parametrize("length", ["-P3D", "-PT1S", "P99999999Y", "P1001Y", "P" + "9" * 400 + "D"])
def test_negative_and_absurd_lengths_are_refused(length: str) -> None:
    """Neither a delay nor a buffer is below 0 or longer than 1,000 years; the message says which and what to write."""
    for make_record in (
        lambda: need("shop", "cloud", buffer=length),
        lambda: need("shop", "cloud", supply=[delayed("acme", length)]),
    ):
        with pytest.raises(ValueError, match=r"is negative; a duration is 0 or more, such as P30D|is longer than 1,000 years"):
            make_record()
    assert need("shop", "cloud", buffer="P1000Y").buffer == "P1000Y"


def test_a_record_that_stays_out_takes_its_buffer_with_it() -> None:
    """What a denied record says of the time that is bridged does not count."""
    one = network(
        need("shop", "cloud", "acme", buffer="P9D"),
        need("shop", "cloud", "acme", buffer="P1D", name="denied", evidence=[passage(stance="Denies")]),
    )
    assert one.buffer.tolist() == [9.0]


def test_buffers_and_delays_are_part_of_the_hash() -> None:
    """Networks that bridge different times are different networks."""
    plain = network(need("shop", "cloud", "acme"))
    assert plain.hash != network(need("shop", "cloud", "acme", buffer="P1D")).hash
    assert plain.hash != network(need("shop", "cloud", supply=[delayed("acme", "P1D")])).hash
    assert plain.hash == network(need("shop", "cloud", "acme", buffer="P0D")).hash
