"""The shares of the suppliers of one need.

Stated shares count as stated. The remainder, 1 minus their sum, belongs to the
suppliers that state no share: equally at the point, all of it to the least
harmed of them at the low bound, and to the most harmed at the high bound. Of
shares that add up to 1 within a millionth nothing remains. If
only one supplier states no share, it has the total_share remainder, which is then
certain. Where every share is stated, what is missing to 1 cannot be lost.

The share of a supplier that does not count (it has ended, is not asserted, or
is not of the world that is asked for) passes to those that count, in
proportion to their shares, up to a sum of 1: leaving a supplier out makes
nobody safer. For this the remainder is one share: as long as one of the
suppliers without a stated share counts, all of the remainder stays with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knockon.model.weights import EXACT

_EXACT = float(EXACT)
#: Sums of binary numbers differ by this much from those of decimals.
_ROUNDING = 1e-12
#: Sums of shares above this exceed 1 by more than rounding.
MORE_THAN_WHOLE = 1.0 + _EXACT


class SupplyShares(NamedTuple):
    """The shares (0..1) of the suppliers of one need at the point.

    Parameters
    ----------
    share
        The share of each supplier.
    unstated
        The suppliers that divide a remainder: two or more, or none.
    total
        The sum of the stated shares of the suppliers that count, before they were scaled to at most 1.
    completed
        The share of the only supplier that states none where others do, else None.
    """

    share: dict[str, float]
    unstated: frozenset[str] = frozenset()
    total: float = 0.0
    completed: float | None = None


def supply_shares(counting: Mapping[str, float | None], left_out: Sequence[float | None] = ()) -> SupplyShares:
    """Return the shares of the suppliers that count.

    Parameters
    ----------
    counting
        The stated share (0..1) of each supplier that counts; None where it states none.
    left_out
        The stated share (0..1 or None) of each supplier that does not count and passes its share on.

    Examples
    --------
    >>> supply_shares({"acme": 0.5, "bolt": None, "cord": None}).share
    {'acme': 0.5, 'bolt': 0.25, 'cord': 0.25}
    >>> [supply_shares({"acme": 0.6}, left_out).share["acme"] for left_out in ([], [0.2], [None])]
    [0.6, 0.8, 1.0]
    """
    stated = {supplier: share for supplier, share in counting.items() if share is not None}
    without_share = [supplier for supplier in counting if supplier not in stated]
    total = sum(stated.values())
    known = _near_one(min(total, 1.0))
    passed = sum(share for share in left_out if share is not None)
    if without_share and known + passed > 1 + _EXACT:
        passed = 0.0  # The stated shares of absent suppliers do not fit beside the others, which have replaced them.
    remainder = max(1.0 - known - passed, 0.0) if without_share or None in left_out else 0.0
    if remainder <= _EXACT + _ROUNDING:
        remainder = 0.0
    if not without_share:
        # No supplier without a stated share counts: the remainder passes to the others.
        passed, remainder = passed + remainder, 0.0
    own = known + remainder
    total_share = _near_one(min(own + passed, 1.0))
    if total_share != own:
        whole_remainder = total_share if without_share else 0.0
        known, remainder = (known * total_share / own, remainder * total_share / own) if own else (0.0, whole_remainder)
    if known != total:
        stated = {supplier: share * known / total for supplier, share in stated.items()}
    unstated = frozenset(without_share) if len(without_share) > 1 and remainder > 0 else frozenset[str]()
    share = {supplier: stated.get(supplier, remainder / max(len(without_share), 1)) for supplier in counting}
    return SupplyShares(share, unstated, total, remainder if len(without_share) == 1 and stated else None)


def _near_one(total: float) -> float:
    """Return 1 for a sum that differs from it only because binary numbers are rounded, else the sum."""
    return 1.0 if abs(total - 1) <= _ROUNDING else total
