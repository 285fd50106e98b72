"""The section of a report on a portfolio: its sentences, for the page and for Markdown."""

from __future__ import annotations

from knockon.analysis.report.holdings_section import HoldingLoss, HoldingsSection
from knockon.present.phrases import capitalized, count, percent, shortened
from knockon.present.portfolio_phrases import MEANING, amount_text, outside_note, portfolio_loss_note

#: The most rows of the table; the others are counted.
ROWS = 40


def holdings_sentences(section: HoldingsSection) -> list[str]:
    """Return what the shock does to the portfolio, what the weighted loss is, and what is not known; a sentence each."""
    loss = section.loss
    sentences = [f"{portfolio_loss_note(loss)}."]
    sentences += [MEANING] if loss.amount is not None else []
    sentences += [f"{outside_note(loss.outside)}."] if loss.outside else []
    if loss.unknown:
        verb = "names" if loss.unknown == 1 else "name"
        sentences.append(f"{count(loss.unknown, 'row')} of the file {verb} nothing in the graph.")
    if len(section.rows) > ROWS:
        sentences.append(f"{count(len(section.rows) - ROWS, 'entity', 'entities')} that lose less are not shown.")
    # The first begins with the name of a file, which stays as it is.
    return [sentences[0], *map(capitalized, sentences[1:])]


def part_text(row: HoldingLoss) -> str:
    """Return the part of an entity that loses more than itself, with its loss; empty where none does."""
    if row.worst_part_loss is None:
        return ""
    return f"{shortened(row.worst_part, 120)} {percent(row.worst_part_loss)}"


def amount_cell(value: float | None) -> str:
    """Return an amount; empty where none is stated."""
    return "" if value is None else amount_text(value)


__all__ = ["ROWS", "amount_cell", "holdings_sentences", "part_text"]
