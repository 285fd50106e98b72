"""The rule for weights and combinations of the naive interpreter: how suppliers, provisions and parts add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

#: A sum of weights this close to 1 is exact.
ROUNDING = Fraction(1, 10**6)
#: Each computation is made three times, with everything uncertain at its low, its point and its high reading.
LOW, POINT, HIGH = 0, 1, 2


class Member(NamedTuple):
    """What a supply, provision or part of a whole contributes: its loss, and its weight where one is stated."""

    weight: Fraction | None
    loss: float


def weight_of(number: Decimal | str | None) -> Fraction | None:
    return None if number is None or isinstance(number, str) else Fraction(number)


def by_reading(values: Sequence[float], reading: int) -> float:
    """What a weight that nobody stated is multiplied by: the least loss of those that share it, their mean, or the greatest."""
    return min(values) if reading == LOW else max(values) if reading == HIGH else sum(values) / len(values)


def weighted_sum(members: Sequence[Member], gone: Sequence[Fraction | None], reading: int) -> float:
    """The rule for weights: the loss of members of a list from which ``gone`` weights pass on."""
    if not members:
        return 0.0
    unstated = [member.loss for member in members if member.weight is None]
    stated = sum((member.weight for member in members if member.weight is not None), Fraction(0))
    passed = sum((weight for weight in gone if weight is not None), Fraction(0))
    # The remainder is 1 minus the stated weights; a sum within 1e-6 of 1 leaves none.
    remainder = 1 - stated - passed
    if remainder <= ROUNDING:
        remainder = Fraction(0)
    if not unstated:
        # It belongs to those that state none: of these, one that does not count passes it on. With none, it is safe.
        passed += remainder if None in gone else 0
        remainder = Fraction(0)
    total = stated + remainder
    if total == 0:
        # In proportion to weights that are all 0: to those that state none.
        return float(min(Fraction(1), passed)) * by_reading(unstated, reading) if unstated else 0.0
    # What does not count passes its weight on in proportion, up to a sum of 1. A sum above 1 is scaled to 1.
    factor = min(Fraction(1), total + passed) / total
    result = sum(float(member.weight * factor) * member.loss for member in members if member.weight is not None)
    return result + (float(remainder * factor) * by_reading(unstated, reading) if unstated else 0.0)


def each_once(weights: Iterable[tuple[str, Fraction | None]]) -> list[Fraction | None]:
    """One provider, or one part of a whole, counts once in a list: with the highest weight that a record of it states."""
    highest: dict[str, Fraction | None] = {}
    for party, weight in weights:
        known = highest.setdefault(party, weight)
        highest[party] = weight if known is None else known if weight is None else max(known, weight)
    return [*highest.values()]


def combine(
    combination: str | None, at_least: int | None, members: Sequence[Member], gone: Sequence[Fraction | None], reading: int
) -> float:
    """How the members of a list that count meet a need: their loss together, 0 without any."""
    values = sorted(member.loss for member in members)
    if not values:
        return 0.0
    if combination == "AllOf":
        return values[-1]  # the greatest loss
    if combination == "AnyOf":
        return values[0]  # the least loss
    if combination == "AtLeast":
        return values[min(at_least or 1, len(values)) - 1]  # the k-th smallest; where fewer than k count, all are needed
    return weighted_sum(members, gone, reading)  # shares, also where no combination is given
