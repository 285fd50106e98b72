"""The exposure of a portfolio: what every shock does to each of its entities, and to all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.context import Context
from knockon.analysis.impact.exposure import Runs, ShockExposure, ShockOutcome, by_severity, each_outcome
from knockon.analysis.portfolio.portfolio import Holding, Portfolio, UnknownName, one_of_each
from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss
from knockon.analysis.portfolio.portfolio_loss import portfolio_loss
from knockon.analysis.run_info import RunAnswer
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class HoldingExposure(EntityAnswer):
    """What every shock does to one entity of a portfolio.

    Attributes
    ----------
    amount
        Its amount; None where none is stated.
    outside
        Whether no dependency of the graph that counts has it, so that nothing is known of what it needs.
    exposures
        The shocks that reach it or a part of it, worst first.
    """

    json_keys = ("entity", "id", "label", "cls", "amount", "outside", "exposures")

    amount: float | None
    outside: bool
    exposures: tuple[ShockExposure, ...]

    @property
    def worst(self) -> ShockExposure | None:
        """The worst of the shocks; None where none reaches it."""
        return self.exposures[0] if self.exposures else None


@dataclass(frozen=True, slots=True)
class ShockOnPortfolio(Answer):
    """What one shock does to a portfolio.

    Attributes
    ----------
    shock
        The shock (IRI).
    label
        Its label.
    status
        Whether it has happened, such as ``Hypothetical``; None where no record states it.
    not_in_force
        Why it hits nothing on the day; None where it does hit.
    truncated
        Whether the cap stopped its run, so that losses may be too low.
    portfolio
        How many of the entities it hits, and the sum of amounts times losses. In JSON its keys are beside the others.
    """

    json_keys = ("shock", "id", "label", "status", "not_in_force", "truncated", "*portfolio")

    shock: str
    label: str
    status: str | None
    not_in_force: str | None
    truncated: bool
    portfolio: PortfolioLoss

    @property
    def id(self) -> str:
        """The local name of the shock."""
        return local_name(self.shock)


@dataclass(frozen=True, eq=False)
class PortfolioExposure(RunAnswer):
    """The losses of the entities of a portfolio under every shock of the graph.

    Attributes
    ----------
    portfolio
        The portfolio.
    holdings
        Its entities, that with the greatest loss first.
    shocks
        Every shock: by the sum of amounts times losses where amounts are stated, then by how many entities it hits.
    more
        The names of the values that the model computes beside each loss.
    """

    json_keys = (
        "file", "amount_column", "amount", "unknown", "unused", "model", "parameters", "more", "truncated", "holdings",
        "shocks", "not_holding", "confidence?",
    )  # fmt: skip

    portfolio: Portfolio
    holdings: tuple[HoldingExposure, ...]
    shocks: tuple[ShockOnPortfolio, ...]
    more: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file of the portfolio."""
        return self.portfolio.file

    @property
    def amount_column(self) -> str:
        """The name of the column of amounts; empty where the file has none."""
        return self.portfolio.amount_column

    @property
    def amount(self) -> float | None:
        """The sum of the amounts; None where none is stated."""
        return self.portfolio.amount

    @property
    def unknown(self) -> tuple[UnknownName, ...]:
        """The rows that name nothing in the graph."""
        return self.portfolio.unknown

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns of the file that are left out."""
        return self.portfolio.unused


def portfolio_exposure(context: Context, portfolio: Portfolio) -> PortfolioExposure:
    """Return the losses of the entities of a portfolio under every shock of a world."""
    portfolio = one_of_each(portfolio, context.same)
    rows: dict[str, list[ShockExposure]] = {iri: [] for iri in portfolio.by_entity}
    shocks: list[ShockOnPortfolio] = []
    runs, more, known = Runs(), tuple[str, ...](), frozenset[str]()
    for outcome in each_outcome(context, portfolio.by_entity):
        runs.add(outcome.run)
        more, known = more or outcome.more, frozenset(outcome.known)
        for iri, row in outcome.rows.items():
            rows[iri].append(row)
        shocks.append(_shock(outcome, portfolio))
    holdings = [_holding(holding, rows[holding.entity], holding.entity not in known) for holding in portfolio.holdings]
    return PortfolioExposure(
        portfolio=portfolio,
        holdings=tuple(sorted(holdings, key=_severity)),
        shocks=tuple(sorted(shocks, key=_harm)),
        more=more,
        run=runs.info(context),
    )


def _shock(outcome: ShockOutcome, portfolio: Portfolio) -> ShockOnPortfolio:
    """Return what one shock does to a portfolio."""
    shock = outcome.shock
    lost = {iri: (row.loss_low, row.loss, row.loss_high) for iri, row in outcome.rows.items() if row.loss > 0}
    loss = portfolio_loss(portfolio, lost, outcome.rows.keys() - lost.keys(), outcome.known)
    status, reason = shock.status.value if shock.status else None, outcome.not_in_force or None
    return ShockOnPortfolio(shock.id, shock.label, status, reason, outcome.run.truncated, loss)


def _harm(shock: ShockOnPortfolio) -> tuple[float, int, int, str]:
    loss = shock.portfolio
    return (-(loss.weighted_loss or 0.0), -loss.hit, -loss.hit_in_part, shock.shock)


def _holding(holding: Holding, rows: Sequence[ShockExposure], outside: bool) -> HoldingExposure:
    return HoldingExposure(holding.entity, holding.label, holding.cls, holding.amount, outside, by_severity(rows))


def _severity(holding: HoldingExposure) -> tuple[float, float, int, str]:
    worst = holding.worst
    losses = (-worst.loss, -(worst.worst_part_loss or 0.0)) if worst else (0.0, 0.0)
    return (*losses, -len(holding.exposures), holding.entity)


__all__ = ["HoldingExposure", "PortfolioExposure", "ShockOnPortfolio", "portfolio_exposure"]
