r"""What one shock does to a portfolio: how many of its entities it hits, and the sum of amounts times losses.

With the amount :math:`a_i` and the loss :math:`\ell_i` of each entity of the portfolio whose amount is stated, the weighted
loss is

.. math:: L = \sum_i a_i \ell_i, \qquad L^{low} = \sum_i a_i \ell_i^{low}, \qquad L^{high} = \sum_i a_i \ell_i^{high}

in the unit of the amounts, and the weighted mean is :math:`L / \sum_i a_i`. Losses are parts of what an entity delivers
(0..1), so L is the part of the amounts that stands behind what is no longer delivered: of purchases from suppliers, what is
not supplied. It is not a loss of market value, which no record states. The low and the high end are never too narrow: an end
holds for each entity, though not every reading of the data has all of them together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import fsum
from typing import TypeVar

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.rows import among
from knockon.analysis.impact.thresholds import Losses
from knockon.analysis.portfolio.portfolio import Portfolio, one_of_each
from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss

R = TypeVar("R", bound=ImpactReport)


def portfolio_loss(
    portfolio: Portfolio, losses: Mapping[str, Losses], in_part: Collection[str], known: Collection[str]
) -> PortfolioLoss:
    """Return what a shock does to a portfolio.

    Parameters
    ----------
    portfolio
        The portfolio.
    losses
        The low end, the point and the high end of the loss of each of its entities (IRI) that lose something.
    in_part
        Its entities (IRIs) that lose nothing themselves, while a part of theirs does.
    known
        Its entities (IRIs) that the network has.
    """
    stated = [holding for holding in portfolio.holdings if holding.amount is not None]
    hit = [(holding.amount or 0.0, losses[holding.entity]) for holding in stated if holding.entity in losses]
    total = portfolio.amount
    low, loss, high = (fsum(amount * ends[end] for amount, ends in hit) for end in range(3))
    sums = (loss, low, high) if total is not None else (None, None, None)
    means = [None if value is None or not total else value / total for value in sums]
    return PortfolioLoss(
        file=portfolio.file,
        entities=len(portfolio),
        unknown=len(portfolio.unknown),
        hit=len(losses),
        hit_in_part=len(in_part),
        outside=len(portfolio.by_entity.keys() - set(known)),
        amount_column=portfolio.amount_column,
        amount=total,
        amount_hit=None if total is None else fsum(amount for amount, _ in hit),
        without_amount=len(portfolio) - len(stated),
        weighted_loss=sums[0],
        weighted_loss_low=sums[1],
        weighted_loss_high=sums[2],
        mean_loss=means[0],
        mean_loss_low=means[1],
        mean_loss_high=means[2],
    )


def of_portfolio(report: R, portfolio: Portfolio) -> R:
    """Return a report with the losses of the entities of a portfolio alone, and what the shock does to the portfolio.

    Its counts (``affected``, ``unaffected``) are those of the portfolio; how the numbers were computed stays as it was.
    """
    portfolio = one_of_each(portfolio, report.cause.context.same)
    held = portfolio.by_entity
    network = report.cause.network
    impacts = tuple(among(report.impacts, held))
    lost = {i.entity: (i.loss_low, i.loss, i.loss_high) for i in impacts}
    in_part = {c.entity for c in report.companies if c.entity in held and c.entity not in lost and c.worst_part}
    loss = portfolio_loss(portfolio, lost, in_part, [iri for iri in held if iri in network.index])
    return replace(
        report,
        impacts=impacts,
        shortages=tuple(shortage for shortage in report.shortages if shortage.dependant in held),
        companies=tuple(company for company in report.companies if company.entity in held),
        unaffected=len(portfolio) - loss.hit,
        portfolio=loss,
    )


__all__ = ["of_portfolio", "portfolio_loss"]
