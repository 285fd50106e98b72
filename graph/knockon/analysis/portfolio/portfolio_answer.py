"""The answer to what one shock does to a portfolio."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.answer import Answer


@dataclass(frozen=True, slots=True)
class PortfolioLoss(Answer):
    """What a shock does to a portfolio.

    Attributes
    ----------
    file
        The file of the portfolio.
    entities
        How many entities the portfolio has in the graph.
    unknown
        How many rows name nothing in the graph.
    hit
        How many of the entities lose something.
    hit_in_part
        How many lose nothing themselves, while a part of theirs loses something.
    outside
        How many are in no dependency of the graph that counts, so that nothing is known of what they need.
    amount_column
        The name of the column of amounts; empty where the file has none.
    amount, amount_hit
        The sum of the amounts, and of those of entities that lose something; None where no amount is stated.
    without_amount
        How many entities have no amount, and are in no sum.
    weighted_loss, weighted_loss_low, weighted_loss_high
        The sum of amounts times losses, in the unit of the amounts; None where no amount is stated.
    mean_loss, mean_loss_low, mean_loss_high
        The same for each unit of the amounts (0..1); None where they are all zero or not stated.
    """

    file: str
    entities: int
    unknown: int
    hit: int
    hit_in_part: int
    outside: int
    amount_column: str
    amount: float | None
    amount_hit: float | None
    without_amount: int
    weighted_loss: float | None
    weighted_loss_low: float | None
    weighted_loss_high: float | None
    mean_loss: float | None
    mean_loss_low: float | None
    mean_loss_high: float | None


__all__ = ["PortfolioLoss"]
