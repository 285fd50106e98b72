"""Dates: periods, the days on which records hold, the calendar of a store, and which day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.model import Company, Dependency, Document, Event, Observation, Statement
from knockon.model.dates import Calendar, absence, day_of, period, today

DAYS = st.dates(date(2019, 1, 1), date(2023, 12, 31))
BOUNDS = st.tuples(st.none() | DAYS, st.none() | DAYS).map(lambda d: d if None in d else tuple(sorted(d)))  # type: ignore[type-var]


def firm(name: str, first: date | None, last: date | None) -> Company:
    return Company(id=f"urn:x:{name}", label=name, from_=first, until=last)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_day_lies_within_its_month_and_its_year(day: date) -> None:
    """Both periods begin and end with a first and a last day, so that the day after them is of the next period."""
    for text in (day.isoformat()[:7], day.isoformat()[:4]):
        first, last = period(text)
        assert first <= day <= last
        assert first.day == 1
        assert last == date.max or (last + timedelta(1)).day == 1


@pytest.mark.parametrize("text", ["", "22", "2022-13", "2022-00", "2021-02-29", "2022-3", "2022-03-15T00:00", "0000", "٢٠٢٢"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a day|must be|out of range|day is out"):
        period(text)


@given(BOUNDS, DAYS)
def test_both_ends_are_inclusive(bounds: tuple[date | None, date | None], day: date) -> None:
    """A record holds from its first to its last day; an open end bars no day."""
    first, last = bounds
    expected = "not begun" if first and day < first else "ended" if last and day > last else None
    assert absence(firm("a", first, last), day) == expected
    assert absence(firm("a", first, last), None) is None


@given(st.lists(BOUNDS, max_size=5), DAYS, DAYS)
def test_days_of_one_interval_see_the_same_records(
    dated: list[tuple[date | None, date | None]], one: date, other: date
) -> None:
    """What is absent changes between two days only if a turn lies between them."""
    calendar = Calendar.of([firm(str(k), *bounds) for k, bounds in enumerate(dated)])
    if calendar.interval(one) == calendar.interval(other):
        assert calendar.absent(one) == calendar.absent(other)
    assert calendar.absent(calendar.interval(one)) == calendar.absent(one)


def test_what_happened_or_was_measured_does_not_end() -> None:
    """An event begins on its date and stays, a figure stays after its period, a document is there on every day."""
    dates = {"from_": "2020-01-01", "until": "2020-12-31"}
    history: list[Statement] = [
        Event(id="urn:x:e", label="E", date="2020-06-01", until="2020-06-30"),
        Observation(id="urn:x:o", about="urn:x:a", metric="m", value="1", **dates),
        Document(id="urn:x:d", title="D", **dates),
    ]
    assert [absence(record, date(2024, 1, 1)) for record in history] == [None, None, None]
    assert [absence(record, date(2019, 1, 1)) for record in history] == ["not begun", "not begun", None]


def test_parts_have_dates_of_their_own() -> None:
    supply = {"provider": "urn:x:b", "until": "2020-12-31"}
    record = Dependency(id="urn:x:n", dependant="urn:x:a", need="urn:x:c", supply=[supply])
    assert Calendar.of([record]).absent(date(2021, 1, 1)) == {record.supply[0].id: "ended"}


@pytest.mark.parametrize("wrong", ["yesterday", "2024", "2024-13-01", "", 20240101, 1.5, "01.07.2025"])
def test_a_wrong_day_says_how_to_write_one(wrong: object) -> None:
    with pytest.raises(UsageError, match="write 2025-07-01"):
        day_of(wrong)  # type: ignore[arg-type]


def test_a_day_is_given_in_several_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date, a moment, a text, all, or nothing: then it is today in UTC."""
    assert (
        day_of(date(2024, 1, 2)) == day_of(datetime(2024, 1, 2, 23, tzinfo=UTC)) == day_of(" 2024-01-02 ") == date(2024, 1, 2)
    )
    assert day_of("all") is day_of("ALL") is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    assert day_of(None) == today() == date(1970, 1, 1)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert abs((today() - datetime.now(UTC).date()).days) <= 1


@pytest.mark.parametrize("wrong", ["soon", "-1", "1.5", "9" * 12, "9" * 40])
def test_a_wrong_pin_is_a_usage_error(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        today()
