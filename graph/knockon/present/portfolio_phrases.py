"""What a shock does to a portfolio in words, and what the portfolio leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.analysis.methods import REGISTRY
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss

_WEIGHTED_LOSS = REGISTRY["weighted_loss"]
#: What the weighted loss of a portfolio is.
MEANING = f"The weighted loss is {_WEIGHTED_LOSS.answers}. {_WEIGHTED_LOSS.caveat}"
#: The most rows of a portfolio that a note names; the rest are counted.
_MOST_NAMED = 10


def portfolio_loss_note(loss: PortfolioLoss) -> str:
    r"""Return what a shock does to a portfolio, in one sentence.

    >>> from knockon.analysis.portfolio.portfolio_answer import PortfolioLoss
    >>> numbers = (5, 0, 2, 1, 0, "spend (EUR)", 100.0, 40.0, 0, 20.0, 10.0, 30.0, 0.2, 0.1, 0.3)
    >>> print(*portfolio_loss_note(PortfolioLoss("mine.csv", *numbers)).split("; "), sep="\n")
    mine.csv: 2 of 5 entities lose something, 1 more in a part alone
    weighted loss 20 (10-30) of 100 spend (EUR), 20% (10-30%)
    """
    entities = counted(loss.entities, "entity", "entities")
    text = f"{loss.file}: {loss.hit:,} of {entities} {'loses' if loss.hit == 1 else 'lose'} something"
    if loss.hit_in_part:
        text += f", {loss.hit_in_part:,} more in a part alone"
    if weighted := weighted_text(loss):
        text += f"; weighted loss {weighted}"
    if loss.without_amount and loss.amount is not None:
        verb = "is" if loss.without_amount == 1 else "are"
        text += f"; {counted(loss.without_amount, 'entity', 'entities')} without an amount {verb} not in the sum"
    return text


def weighted_text(loss: PortfolioLoss) -> str:
    """Return the sum of amounts times losses with its range, of all amounts, and the mean; empty where no amount is stated."""
    low, middle, high = loss.weighted_loss_low, loss.weighted_loss, loss.weighted_loss_high
    if loss.amount is None or low is None or middle is None or high is None:
        return ""
    total = f"{amount_text(loss.amount)} {loss.amount_column}".strip()
    text = f"{amount_text(middle)} ({amount_text(low)}-{amount_text(high)}) of {total}"
    if loss.mean_loss is not None and loss.mean_loss_low is not None and loss.mean_loss_high is not None:
        text += f", {loss.mean_loss:.0%} ({100 * loss.mean_loss_low:.0f}-{loss.mean_loss_high:.0%})"
    return text


def amount_text(value: float) -> str:
    """Return an amount in at most six significant digits, with marks for thousands.

    >>> amount_text(1234567.8), amount_text(0.125), amount_text(0.0)
    ('1,234,570', '0.125', '0')
    """
    return f"{float(f'{value:.6g}'):,.10g}" if value < 1e15 else f"{value:.6g}"


def outside_note(number: int) -> str:
    """Return the note on entities of which no dependency is known.

    >>> outside_note(1)
    '1 entity is in no dependency of the graph: it loses nothing because nothing is known of what it needs'
    """
    verb, it = ("is", "it loses nothing because nothing is known of what it needs")
    if number != 1:
        verb, it = "are", "they lose nothing because nothing is known of what they need"
    return f"{counted(number, 'entity', 'entities')} {verb} in no dependency of the graph: {it}"


def portfolio_notes(portfolio: Portfolio) -> list[str]:
    """Return which rows of a portfolio name nothing in the graph, and which columns are left out."""
    lines = []
    if unknown := portfolio.unknown:
        named = [f"{row.name} (line {row.line})" for row in unknown[:_MOST_NAMED]]
        more = f" and {len(unknown) - _MOST_NAMED:,} more" if len(unknown) > _MOST_NAMED else ""
        verb = "names" if len(unknown) == 1 else "name"
        rows = counted(len(unknown), "row")
        lines.append(f"{portfolio.file}: {rows} {verb} nothing in the graph: {', '.join(named)}{more}")
    if portfolio.unused:
        lines.append(f"{portfolio.file}: columns not used: {', '.join(portfolio.unused)}")
    return lines


__all__ = ["MEANING", "amount_text", "outside_note", "portfolio_loss_note", "portfolio_notes", "weighted_text"]
