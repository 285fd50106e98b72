"""Documented chains as rows, and the notes beside their table."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.explain.chains import ChainCheck
from knockon.model.dates import as_of_text
from knockon.present.caveats import confidence
from knockon.present.phrases import capped
from knockon.present.rows.table import Row, Table
from knockon.text import counted

#: The columns that a narrow screen can do without, the least important first.
_DROP = ("steps", "in_order")


def chain_table(answer: Sequence[ChainCheck]) -> Table:
    """Return a row for each chain: how many of its tested steps are reached, and which are missed."""
    stopped = ["stopped_by"] if any(chain.truncated for chain in answer) else []
    columns = ["id", "kind", "steps", "reached", "in_order", "missed", *stopped]
    return Table([_row(chain) for chain in answer], columns, drop=_DROP)


def chain_documents(answer: Sequence[ChainCheck]) -> Table:
    """Return a row for each chain with every key, for JSON."""
    return Table([chain.to_dict() for chain in answer], [])


def _row(chain: ChainCheck) -> Row:
    row: Row = {**chain.to_dict(), "steps": chain.documented}
    if not chain.testable:
        # The kind of a chain that is not a cascade is the reason that it cannot be tested.
        return {**row, "reached": chain.why if chain.kind == "Cascade" else "not testable", "in_order": None, "missed": None}
    missed = [
        f"step {step.order}: {', '.join(step.not_reached) or 'names nothing'}"
        for step in chain.steps
        if step.order in chain.missed
    ]
    return {**row, "reached": f"{chain.reached} of {chain.tested}", "missed": missed}


def chain_notes(answer: Sequence[ChainCheck], model: str) -> list[str]:
    """Return how many chains can be tested and are reached in full by ``model``, and whether a cap stopped a run."""
    if not answer:
        return ["this graph documents no chains: there is nothing to hold against a cascade"]
    tested = [chain for chain in answer if chain.testable]
    complete, untestable = sum(chain.complete for chain in tested), len(answer) - len(tested)
    others = f"; the other {counted(untestable, 'chain')} cannot be tested" if untestable else ""
    lines = [
        as_of_text(answer[0].as_of, answer[0].not_holding),
        *confidence({"min_confidence": answer[0].min_confidence}, answer[0].confidence),
        f"{complete} of {counted(len(tested), 'cascade')} that can be tested reached in full{others}",
        "steps that are what the shock is made of (what it hits, its legal basis, the weakness it exploits) test nothing",
    ]
    return lines + ([capped(model)] if any(chain.truncated for chain in answer) else [])


__all__ = ["chain_documents", "chain_notes", "chain_table"]
