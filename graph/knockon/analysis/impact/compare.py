"""Two answers side by side: two shocks, or one shock in two worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.analysis.impact.impact import Impact, ImpactReport
from knockon.errors import UsageError
from knockon.vocabulary import local_name

#: Losses that differ by no more are the same.
SAME = 1e-9


def compare(first: ImpactReport, second: ImpactReport) -> dict[str, Any]:
    """Who loses more and who loses less in the second answer than in the first.

    The difference is second less first, and its interval runs from the low
    end of the second less the high end of the first to the high end less the
    low end. That is never too narrow; it is wider than need be where both
    answers rest on the same words. Where the ranges overlap the difference may be nothing.

    Returns
    -------
    dict
        ``first`` and ``second`` (shock, parameters and how the run went),
        ``entities`` (each with both losses, ranges, steps and ranks; by the
        size of the difference, then the greater loss, then IRI) and ``counts``.

    Raises
    ------
    UsageError
        The answers are of two models: their losses mean different things.
    """
    if first.model != second.model:
        raise UsageError(f"{first.model} and {second.model} measure different things; compare answers of one model")
    one, two = ({impact.entity: impact for impact in report} for report in (first, second))
    ranks = _ranks(one), _ranks(two)
    rows = [_row(iri, one.get(iri), two.get(iri), ranks) for iri in sorted({*one, *two})]
    rows.sort(key=lambda row: (-abs(row["difference"]), -max(row["loss_first"], row["loss_second"]), row["entity"]))
    return {
        "first": _side(first),
        "second": _side(second),
        "same_network": first.network_hash == second.network_hash,
        "entities": rows,
        "counts": _counts(rows),
        "truncated": first.truncated or second.truncated,
    }


def _ranks(side: Mapping[str, Impact]) -> dict[str, int]:
    """1 for the greatest loss; equal losses share a rank."""
    ordered = sorted(side.values(), key=lambda impact: -impact.loss)
    ranks: dict[str, int] = {}
    rank, last = 0, float("inf")
    for place, impact in enumerate(ordered, 1):
        if last - impact.loss > SAME:
            rank, last = place, impact.loss
        ranks[impact.entity] = rank
    return ranks


def _row(iri: str, one: Impact | None, two: Impact | None, ranks: tuple[dict[str, int], dict[str, int]]) -> dict[str, Any]:
    there = one or two
    assert there is not None  # noqa: S101 - each entity is of one side at least
    (low_1, loss_1, high_1), (low_2, loss_2, high_2) = _three(one), _three(two)
    ranked = ranks[0].get(iri), ranks[1].get(iri)
    difference = loss_2 - loss_1
    return {
        "entity": iri,
        "id": local_name(iri),
        "label": there.label,
        "class": there.cls,
        "difference": difference if abs(difference) > SAME else 0.0,
        "difference_low": low_2 - high_1,
        "difference_high": high_2 - low_1,
        "ranges_overlap": low_2 <= high_1 and low_1 <= high_2,
        "loss_first": loss_1,
        "loss_low_first": low_1,
        "loss_high_first": high_1,
        "loss_second": loss_2,
        "loss_low_second": low_2,
        "loss_high_second": high_2,
        "step_first": one.step if one else None,
        "step_second": two.step if two else None,
        "rank_first": ranked[0],
        "rank_second": ranked[1],
        "rank_change": ranked[0] - ranked[1] if ranked[0] is not None and ranked[1] is not None else None,
        "only_in": None if one and two else "first" if one else "second",
    }


def _three(impact: Impact | None) -> tuple[float, float, float]:
    return (impact.loss_low, impact.loss, impact.loss_high) if impact else (0.0, 0.0, 0.0)


def _side(report: ImpactReport) -> dict[str, Any]:
    return {
        "shock": report.shock.id,
        "shock_label": report.shock.label,
        "model": report.model,
        "parameters": dict(report.parameters),
        "iterations": report.iterations,
        "residual": report.residual,
        "stopped_by": report.stopped_by,
        "truncated": report.truncated,
        "network_hash": report.network_hash,
        "affected": len(report.impacts),
        "unaffected": report.unaffected,
        "unknown_share": report.unknown_share,
        "missing_targets": list(report.missing),
        "ungraded_hits": list(report.ungraded),
        "left_out": dict(sorted(report.left_out.items())),
        "fallen": list(report.fallen),
        "not_holding": dict(report.not_holding),
        "not_in_force": report.not_in_force or None,
    }


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    moved = [row for row in rows if row["difference"]]
    return {
        "either": len(rows),
        "both": sum(row["only_in"] is None for row in rows),
        "only_first": sum(row["only_in"] == "first" for row in rows),
        "only_second": sum(row["only_in"] == "second" for row in rows),
        "more_in_second": sum(row["difference"] > 0 for row in rows),
        "less_in_second": sum(row["difference"] < 0 for row in rows),
        "same": len(rows) - len(moved),
        "maybe_nothing": sum(row["ranges_overlap"] for row in moved),
    }
