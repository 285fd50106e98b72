"""The section of a report on a portfolio: which of its entities the shock hits, and the sum of amounts times losses."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.portfolio.portfolio import Portfolio, one_of_each
from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss
from knockon.analysis.portfolio.portfolio_loss import of_portfolio


@dataclass(frozen=True, slots=True)
class HoldingLoss(EntityAnswer):
    """What a shock does to one entity of a portfolio.

    Attributes
    ----------
    loss, loss_low, loss_high
        What it loses itself (0..1), with exact bounds; 0 where only a part of it loses something.
    amount
        Its amount; None where none is stated.
    worst_part
        The label of its part that loses most, where that loses more than itself; empty where none does.
    worst_part_loss
        The loss (0..1) of that part; None where there is none.
    """

    loss: float
    loss_low: float
    loss_high: float
    amount: float | None
    worst_part: str
    worst_part_loss: float | None

    @property
    def weighted_loss(self) -> float | None:
        """The amount times the loss, in the unit of the amounts; None where no amount is stated."""
        return None if self.amount is None else self.amount * self.loss


@dataclass(frozen=True, slots=True)
class HoldingsSection(Answer):
    """The entities of a portfolio that a shock hits.

    Attributes
    ----------
    loss
        What the shock does to all of them together.
    rows
        Those that lose something, or a part of which does: by the amount times the loss where amounts are stated, then by
        loss.
    """

    loss: PortfolioLoss
    rows: tuple[HoldingLoss, ...]


def holdings_section(report: ImpactReport, portfolio: Portfolio) -> HoldingsSection:
    """Return the section of a report on a portfolio.

    Parameters
    ----------
    report
        The impacts of the shock, on all entities.
    portfolio
        The portfolio.
    """
    portfolio = one_of_each(portfolio, report.cause.context.same)
    held = of_portfolio(report, portfolio)
    assert held.portfolio is not None  # noqa: S101 - of_portfolio sets it
    own = {impact.entity: impact for impact in held.impacts}
    parts = {company.entity: company for company in held.companies if company.part_is_worse}
    rows = []
    for holding in portfolio.holdings:
        impact, part = own.get(holding.entity), parts.get(holding.entity)
        if impact is not None or part is not None:
            losses = (impact.loss, impact.loss_low, impact.loss_high) if impact else (0.0, 0.0, 0.0)
            worst = report.cause.context.named(part.worst_part) if part and part.worst_part else ""
            rows.append(
                HoldingLoss(
                    holding.entity, holding.label, holding.cls, *losses, holding.amount, worst,
                    part.worst_part_loss if part else None,
                )
            )  # fmt: skip
    return HoldingsSection(held.portfolio, tuple(sorted(rows, key=_harm)))


def _harm(row: HoldingLoss) -> tuple[float, float, float, str]:
    return (-(row.weighted_loss or 0.0), -row.loss, -(row.worst_part_loss or 0.0), row.entity)


__all__ = ["HoldingLoss", "HoldingsSection", "holdings_section"]
