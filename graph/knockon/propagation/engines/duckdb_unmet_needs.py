"""The queries of a round of ``leontief`` in DuckDB: what supplies fail to meet, and the shortage of slots by their weight."""

from __future__ import annotations

from knockon.network.arrays import Mode
from knockon.propagation.bounds import POINT


def unmet_needs(bounds: list[int], *, split: bool, kth: bool) -> str:
    """Return the query of the slots in ``affected`` that have supplies: the part of each need that these fail to meet.

    Parameters
    ----------
    bounds
        The bounds to compute.
    split
        Whether any portions of a need are not stated.
    kth
        Whether any need is met by a number of its supplies.
    """
    lost = ", ".join(f"greatest(coalesce(hit_{bound}, 0.0), coalesce(p.loss_{bound}, 0.0)) AS lost_{bound}" for bound in bounds)
    unmet = ", ".join(f"{_unmet(bound, split=split, kth=kth)} AS unmet_{bound}" for bound in bounds)
    return f"""
        SELECT slot, {unmet} FROM (
            SELECT supply.slot AS slot, share, unstated, mode, at_least, rest, {lost}
            FROM supply SEMI JOIN affected ON affected.slot = supply.slot
            LEFT JOIN state p ON p.node = provider LEFT JOIN hit_supply h ON h.supply = supply.supply
        ) GROUP BY slot
    """


def slot_values(bounds: list[int]) -> str:
    """Return the query of slots in ``affected``: ``owner``, and for each bound ``value``, their shortage by their weight."""
    values = ", ".join(
        f"""weight_{bound} * greatest(coalesce(unmet_{bound}, 0.0), coalesce(n.loss_{bound}, 0.0),
            coalesce(hit_{bound}, 0.0)) AS value_{bound}"""
        for bound in bounds
    )
    return f"""
        SELECT slot.owner AS owner, {values}
        FROM slot SEMI JOIN affected ON affected.slot = slot.slot LEFT JOIN unmet u ON u.slot = slot.slot
        LEFT JOIN state n ON n.node = slot.need LEFT JOIN hit_slot t ON t.slot = slot.slot
    """


def _unmet(bound: int, *, split: bool, kth: bool) -> str:
    """Return the expression of the part of a need that its supplies fail to meet, over the supplies of a slot."""
    lost = f"lost_{bound}"
    total = f"fsum(share * {lost})"
    if split and bound != POINT:
        fixed = f"fsum(CASE WHEN unstated THEN 0.0 ELSE share * {lost} END)"
        harmed = f"{'min' if bound < POINT else 'max'}(CASE WHEN unstated THEN {lost} END)"
        # Rounding must not move a bound past the point.
        end = f"{'least' if bound < POINT else 'greatest'}({fixed} + any_value(rest) * {harmed}, {total})"
        total = f"CASE WHEN any_value(rest) IS NULL THEN {total} ELSE {end} END"
    kth_lost = f"list_sort(list({lost}) FILTER (WHERE mode = {int(Mode.AT_LEAST)}))[greatest(any_value(at_least), 1)]"
    return f"""CASE any_value(mode)
        WHEN {int(Mode.ALL_OF)} THEN max({lost})
        WHEN {int(Mode.ANY_OF)} THEN min({lost})
        WHEN {int(Mode.SHARES)} THEN least({total}, max(CASE WHEN share > 0 THEN {lost} ELSE 0.0 END))
        WHEN {int(Mode.DISPUTED)} THEN {"min" if bound < POINT else "max"}({lost})
        ELSE {kth_lost if kth else "0.0"} END"""


__all__ = ["slot_values", "unmet_needs"]
