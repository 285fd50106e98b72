"""Documented chains as rows, and the notes beside their table."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.explain.chains import ChainCheck
from knockon.model.dates import as_of_text
from knockon.present.rows.impact import Row
from knockon.text import counted

#: The columns that a narrow screen does without, first the one that is missed least.
DROP = ("steps", "in_order")


def columns(answer: Sequence[ChainCheck]) -> list[str]:
    """Return the columns of a table: with what stopped a run where one was cut short."""
    stopped = ["stopped_by"] if any(chain.truncated for chain in answer) else []
    return ["id", "kind", "steps", "reached", "in_order", "missed", *stopped]


def row(chain: ChainCheck) -> Row:
    """Return a chain as people read it: how many of its tested steps are reached, and what of the others is not."""
    head: Row = {**chain.to_dict(), "steps": chain.documented}
    if not chain.testable:
        # The kind says of all but cascades why they cannot be tested.
        return {**head, "reached": chain.why if chain.kind == "Cascade" else "not testable", "in_order": None, "missed": None}
    missed = [
        f"step {step.order}: {', '.join(step.not_reached) or 'names nothing'}"
        for step in chain.steps
        if step.order in chain.missed
    ]
    return {**head, "reached": f"{chain.reached} of {chain.tested}", "missed": missed}


def notes(answer: Sequence[ChainCheck]) -> list[str]:
    """Return how many chains can be tested and are reached in full, a line each."""
    if not answer:
        return ["this graph documents no chains: there is nothing to hold against a cascade"]
    tested = [chain for chain in answer if chain.testable]
    full, others = sum(chain.complete for chain in tested), len(answer) - len(tested)
    rest = f"; the other {counted(others, 'chain')} cannot be tested" if others else ""
    return [
        as_of_text(answer[0].as_of, answer[0].not_holding),
        f"{full} of {counted(len(tested), 'cascade')} that can be tested reached in full{rest}",
        "steps that are what the shock is made of (what it hits, its legal basis, the weakness it exploits) test nothing",
    ]


__all__ = ["DROP", "columns", "notes", "row"]
