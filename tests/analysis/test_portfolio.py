"""Portfolios: which entities a list names, what a shock does to them, and the sums of amounts times losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.impact.exposure import exposure
from knockon.analysis.impact.impact import impacts
from knockon.analysis.portfolio.portfolio import Portfolio, resolve_portfolio
from knockon.analysis.portfolio.portfolio_exposure import portfolio_exposure
from knockon.analysis.portfolio.portfolio_loss import of_portfolio
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import Company, Measure, Product, Statement
from knockon.query.names import NameIndex, find
from support.contexts import bakery, context
from support.small_records import entities, iri


class Row(NamedTuple):
    line: int
    names: Sequence[str]
    amount: float | None = None


def portfolio(records: Sequence[Statement], *rows: tuple[str, float | None], **options: bool) -> Portfolio:
    made = [Row(line, (name,), amount) for line, (name, amount) in enumerate(rows, 2)]
    return resolve_portfolio("mine.csv", made, records, amount_column="EUR", **options)  # type: ignore[arg-type]


def test_rows_of_one_entity_add_their_amounts() -> None:
    """By any of its names; an entity is there once, in the order of the file, with all of its lines."""
    mine = portfolio(bakery(), ("Mill-b", None), ("bakery", 1.5), ("BAKERY ", 2.0), (iri("bakery"), None))
    assert [(h.id, h.amount, h.lines) for h in mine.holdings] == [("mill-b", None, (2,)), ("bakery", 3.5, (3, 4, 5))]
    assert mine.amount == 3.5
    with_id = [Row(2, ("C-001", "Bakery"))]
    assert resolve_portfolio("mine.csv", with_id, bakery()).holdings[0].entity == iri("bakery")


def test_names_that_nothing_has() -> None:
    """All of them are listed with their lines and what is near; or left out and counted."""
    records = [*bakery(), Company(id="urn:x:bakery", label="Other")]
    with pytest.raises(InvalidData) as refused:
        portfolio(records, ("mil-a", 1), ("Mill-a", 1), ("bakery", 1), ("law", 1), *((f"zz{k}", 1) for k in range(20)))
    text = str(refused.value)
    assert "mine.csv:2: no entity called 'mil-a'; did you mean mill-a" in text
    assert "mine.csv:4: 'bakery' may mean" in text
    assert "mine.csv:5: 'law' is a measure, not an entity" in text
    assert (len(refused.value.problems), "mine.csv:25: no entity called 'zz19'" in text) == (23, True)
    kept = portfolio(bakery(), ("mil-a", 1), ("Mill-a", 1), allow_unknown=True)
    assert [(row.line, row.name) for row in kept.unknown] == [(2, "mil-a")]
    with pytest.raises(InvalidData, match="names no entity of the graph"):
        portfolio(bakery(), ("mil-a", 1), allow_unknown=True)


def test_what_a_shock_does_to_a_portfolio() -> None:
    """Its entities alone, how many are hit, in a part alone, not at all, and the sums of amounts times losses."""
    where = context(*bakery(), *entities("shop"))
    report = impacts(where, [where.shock("drought")])[0]
    mine = portfolio(where.store.records, ("flour", 10), ("bakery", 4), ("guests", None), ("shop", 6), ("mill-a", 0))
    held = of_portfolio(report, mine)
    assert {impact.id for impact in held.impacts} == {"flour", "guests"}
    assert (held.affected, held.unaffected) == (2, 3)
    loss = held.portfolio
    assert loss is not None
    assert (loss.entities, loss.hit, loss.hit_in_part, loss.outside, loss.without_amount) == (5, 2, 1, 2, 1)
    assert (loss.amount, loss.amount_hit) == (20.0, 10.0)
    assert (loss.weighted_loss, loss.weighted_loss_low, loss.weighted_loss_high) == (7.5, 6.0, 9.0)
    assert loss.mean_loss == 7.5 / 20
    assert [company.id for company in held.companies] == ["bakery"]
    without = of_portfolio(report, portfolio(where.store.records, ("flour", None))).portfolio
    assert without is not None
    assert (without.amount, without.weighted_loss, without.mean_loss) == (None, None, None)


NAMES = ["bakery", "mill-a", "flour", "bread", "guests", "sales", "rye"]


@given(st.dictionaries(st.sampled_from(NAMES), st.none() | st.floats(0, 1e6), min_size=1))
def test_the_sums_are_those_of_the_reports(amounts: dict[str, float | None]) -> None:
    """The ends are in order, the sum is that of the parts, and each entity has what it has by itself."""
    where = context(*bakery())
    mine = portfolio(where.store.records, *amounts.items())
    answer = portfolio_exposure(where, mine)
    reports = {report.shock.id: report for report in impacts(where, where.shocks)}
    for shock in answer.shocks:
        loss, report = shock.portfolio, reports[shock.shock]
        assert loss == of_portfolio(report, mine).portfolio
        assert loss.hit == sum(report.loss(name) > 0 for name in amounts)
        low, middle, high = loss.weighted_loss_low, loss.weighted_loss, loss.weighted_loss_high
        if low is not None and middle is not None and high is not None:
            assert middle == pytest.approx(sum((amount or 0) * report.loss(name) for name, amount in amounts.items()))
            assert low <= middle <= high <= (loss.amount or 0) * (1 + 1e-12)
    for holding in answer.holdings:
        alone = exposure(where, holding.entity)
        assert list(holding.exposures) == list(alone.exposures)
        assert holding.worst == (alone.exposures[0] if alone.exposures else None)


@given(st.sampled_from(["acme", "Acme", "ACME  ltd", "id:acme", iri("acme"), "two", "law", "nothing", "Zwei", ""]))
def test_an_index_finds_what_find_finds(name: str) -> None:
    """The same record, or the same error, for every kind of name."""
    records = [
        Company(id=iri("acme"), label="Acme Ltd", altLabel=["ACME"]), Company(id="urn:x:two", label="Zwei"),
        Product(id="urn:y:two", label="zwei"), Measure(id=iri("law"), label="Law"),
    ]  # fmt: skip
    index = NameIndex(records, "Entity")
    assert outcome(lambda: index.find(name)) == outcome(lambda: find(records, name, "Entity"))


def outcome(look_up: Callable[[], Statement]) -> str:
    """The record that is found, or the error."""
    try:
        return look_up().id
    except (NotFound, UsageError) as error:
        return f"{type(error).__name__}: {error}"
