r"""The Herfindahl-Hirschman index of the shares of suppliers.

.. math::

   HHI = 10\,000 \cdot \sum_s share_s^2

10 000 is a single supplier, 10 000 / n are n equal ones. The same index is
also written on a scale of 0 to 1: divide by 10 000.

Suppliers without a stated share divide the remainder equally, and ``split`` is
true. A remainder without a named supplier is ``unassigned`` and adds nothing.
``hhi_low`` and ``hhi_high`` are exact bounds over every way in which the
suppliers without a share, or suppliers without a name, could divide the rest:
equally or as finely as can be, and all with one.

References
----------
S. A. Rhoades, "The Herfindahl-Hirschman Index", Federal Reserve Bulletin
79:188-189 (March 1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: The index of a single supplier.
SINGLE_SUPPLIER = 10_000.0


class HerfindahlIndex(NamedTuple):
    """An HHI (0..10 000) with its exact bounds, the share of each supplier, and the share that no named supplier has (0..1)."""

    hhi: float
    low: float
    high: float
    shares: Mapping[str, float]
    split: bool
    unassigned: float


def herfindahl_index(stated: Mapping[str, float | None]) -> HerfindahlIndex:
    """Return the index of suppliers and their shares (0..1, None where not stated).

    Shares that sum to more than 1 (two records disagree) are brought down to 1 in proportion.

    >>> herfindahl_index({"acme": 0.5, "bolt": None, "cord": None})[:3]
    (3750.0, 3750.0, 5000.0)
    >>> herfindahl_index({"acme": 1.0}).hhi, herfindahl_index({"acme": 0.6}).unassigned
    (10000.0, 0.4)
    """
    known_shares = {supplier: share for supplier, share in stated.items() if share is not None}
    total = sum(known_shares.values())
    if total > 1:
        known_shares = {supplier: share / total for supplier, share in known_shares.items()}
    rest = max(0.0, 1.0 - total)
    unstated = [supplier for supplier in stated if supplier not in known_shares]
    shares = {supplier: known_shares.get(supplier, rest / max(1, len(unstated))) for supplier in stated}
    known = sum(share**2 for share in known_shares.values())
    hhi = sum(share**2 for share in shares.values())
    return HerfindahlIndex(
        hhi=SINGLE_SUPPLIER * hhi,
        low=SINGLE_SUPPLIER * hhi,
        # One supplier alone without a share has the rest for sure; of several, or of unnamed ones, one may have it all.
        high=SINGLE_SUPPLIER * max(hhi, known + rest**2),
        shares=shares,
        split=len(unstated) > 1 and rest > 0,
        unassigned=0.0 if unstated else rest,
    )


def equal_suppliers(hhi: float) -> float | None:
    """Return the number of suppliers with equal shares that have this index; None where it is 0.

    >>> equal_suppliers(2_500.0)
    4.0
    """
    return SINGLE_SUPPLIER / hhi if hhi else None


__all__ = ["SINGLE_SUPPLIER", "HerfindahlIndex", "equal_suppliers", "herfindahl_index"]
