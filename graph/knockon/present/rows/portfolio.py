"""What shocks do to a portfolio as rows, and the notes beside their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.model.dates import as_of_text
from knockon.present.caveats import confidence, no_shocks
from knockon.present.phrases import capped, loss_cells
from knockon.present.portfolio_phrases import outside_note
from knockon.present.rows.exposure import exposure_record
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss
    from knockon.analysis.portfolio.portfolio_exposure import HoldingExposure, PortfolioExposure, ShockOnPortfolio

_HOLDINGS = ("id", "label", "amount", "worst_shock", "loss", "range", "worst_part", "shocks")
_SHOCKS = ("shock", "label", "status", "hit", "hit_in_part", "weighted_loss", "weighted_range", "mean_loss")


def portfolio_exposure_tables(answer: PortfolioExposure) -> tuple[Table, Table]:
    """Return a row for each entity with its worst shock, and one for each shock that hits any, for people."""
    holdings = [_holding(holding) for holding in answer.holdings]
    shocks = [_shock(shock) for shock in answer.shocks if shock.portfolio.hit or shock.portfolio.hit_in_part]
    weighted = answer.amount is not None
    return (
        Table(holdings, [name for name in _HOLDINGS if weighted or name != "amount"], "", ("label", "worst_part", "amount")),
        Table(shocks, [name for name in _SHOCKS if weighted or ("weighted" not in name and name != "mean_loss")], "Shocks",
              ("label", "status")),
    )  # fmt: skip


def portfolio_exposure_rows(answer: PortfolioExposure) -> Table:
    """Return a row for each entity and shock that reaches it, numbers unrounded, for programs."""
    rows: list[Row] = [
        {"entity": holding.entity, "entity_id": holding.id, "entity_label": holding.label, "amount": holding.amount, **record}
        for holding in answer.holdings
        for record in (exposure_record(exposure) for exposure in holding.exposures)
    ]
    columns = ["entity", "entity_id", "entity_label", "amount", "shock", "id", "label", "status", "loss", "loss_low",
               "loss_high", "step", *answer.more, "worst_part", "worst_part_loss", "worst_part_loss_low",
               "worst_part_loss_high", "rests_on"]  # fmt: skip
    return Table(rows, columns)


def _holding(holding: HoldingExposure) -> Row:
    worst = holding.worst
    return {
        "id": holding.id,
        "label": holding.label,
        "amount": holding.amount,
        "worst_shock": local_name(worst.shock) if worst else None,
        **(loss_cells(worst.loss, worst.loss_low, worst.loss_high) if worst else {}),
        "worst_part": local_name(worst.worst_part) if worst and worst.worst_part else None,
        "shocks": len(holding.exposures),
    }


def _shock(shock: ShockOnPortfolio) -> Row:
    loss = shock.portfolio
    return {
        "shock": shock.id,
        "label": shock.label,
        "status": shock.status,
        "hit": loss.hit,
        "hit_in_part": loss.hit_in_part,
        "weighted_loss": None if loss.weighted_loss is None else Fixed(loss.weighted_loss),
        "weighted_range": _range(loss),
        "mean_loss": None if loss.mean_loss is None else Fixed(loss.mean_loss),
    }


def _range(loss: PortfolioLoss) -> Span | None:
    if loss.weighted_loss_low is None or loss.weighted_loss_high is None:
        return None
    return Span(Fixed(loss.weighted_loss_low), Fixed(loss.weighted_loss_high))


def portfolio_exposure_notes(answer: PortfolioExposure) -> list[str]:
    """Return how many entities the shocks reach, and what is not known of the others."""
    lines = [as_of_text(answer.run.as_of, answer.not_holding), *confidence(answer.parameters, answer.confidence)]
    reached = sum(bool(holding.exposures) for holding in answer.holdings)
    entities = counted(len(answer.holdings), "entity", "entities")
    lines.append(f"{counted(len(answer.shocks), 'shock')}; {reached:,} of {entities} of {answer.file} reached")
    if outside := sum(holding.outside for holding in answer.holdings):
        lines.append(outside_note(outside))
    lines += [] if answer.shocks else [no_shocks()]
    return lines + ([capped(answer.model)] if answer.truncated else [])


__all__ = ["portfolio_exposure_notes", "portfolio_exposure_rows", "portfolio_exposure_tables"]
