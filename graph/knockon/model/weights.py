"""Weights that belong together, such as the shares of the suppliers of one need: what they may add up to, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knockon.model.dependency import Supply
    from knockon.model.relation import Ownership

#: A sum this close to 1 is 1: numbers written in decimals are rounded.
EXACT = Decimal("0.000001")
#: The largest sum of percentages that were rounded one by one; such weights are scaled to 1.
ROUNDED = Decimal("1.01")


def greatest_total(records: Iterable[Supply | Ownership]) -> Decimal:
    """The greatest sum that the stated shares come to on any one day; 0 where none is stated.

    A sum rises only when a record begins, so those days are looked at, and the time before them all.

    >>> from knockon.model import Supply
    >>> acme, bolt, cord = "urn:x:acme", "urn:x:bolt", "urn:x:cord"
    >>> first = Supply(provider=acme, share="0.6", until="2023-12-31")
    >>> second = Supply(provider=bolt, share="0.6", from_="2024-01-01")
    >>> greatest_total([first, second, Supply(provider=cord, share="0.4")])
    Decimal('1.0')
    """
    stated = [record for record in records if record.share is not None]
    totals = [_total(stated, day) for day in sorted({record.from_ or date.min for record in stated})]
    return max(totals, default=Decimal(0))


def _total(records: Iterable[Supply | Ownership], day: date) -> Decimal:
    holding = (r for r in records if (r.from_ or date.min) <= day and (r.until is None or day <= r.until))
    return sum((record.share for record in holding if record.share is not None), Decimal(0))
