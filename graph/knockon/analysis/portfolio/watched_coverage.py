"""Which lists cover the entities of a portfolio, by name or by who owns them, for a state."""

from __future__ import annotations

from collections.abc import Collection

from knockon.analysis.context import Context
from knockon.analysis.lists.covered import connected_parties, measure_lists
from knockon.analysis.portfolio.watch_state import Verdict


def watched_coverage(context: Context, entities: Collection[str]) -> dict[str, dict[str, Verdict]]:
    """Return the verdicts of lists on some entities (IRIs) that are ``covered`` or of which it ``cannot tell``, by measure.

    Verdicts are those of ``covered``: of whom too little is known counts only if records lead from the list to it.
    """
    coverage: dict[str, dict[str, Verdict]] = {}
    for measure, measure_list in measure_lists(context, context.lists).items():
        certain, possible = measure_list.readings
        if not certain and not possible:
            continue
        undecided = connected_parties(measure_list, possible.keys() - certain.keys())
        verdicts: dict[str, Verdict] = {}
        for entity in sorted(entities):
            names = context.same.all_of(entity)
            if any(name in certain for name in names):
                verdicts[entity] = "covered"
            elif any(name in undecided for name in names):
                verdicts[entity] = "cannot tell"
        if verdicts:
            coverage[measure] = verdicts
    return coverage


__all__ = ["watched_coverage"]
