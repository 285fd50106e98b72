"""Parties of which it cannot be told whether a list covers them, and which a shock therefore does not hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knockon.analysis.context import Context
    from knockon.model import Shock


def undecided_parties(context: Context, shock: Shock) -> dict[str, int]:
    """Return of how many parties it cannot be told whether a list covers them, by list (IRI), for a shock that asks for these.

    Such parties are not hit: ``ko:coveredBy`` is certain.
    """
    if not any("coveredBy" in (hit.target_query or "") for hit in shock.hit):
        return {}
    # Late: few shocks ask for lists, and the answer about lists has many classes.
    from knockon.analysis.lists.covered import covered

    coverages = [coverage for measure in shock.legal_basis for coverage in covered(context, measure).lists]
    return {coverage.measure: coverage.undecided for coverage in coverages if coverage.undecided}


__all__ = ["undecided_parties"]
