"""The words for sums in explanations: each part with its share, its loss and what it adds, and the total."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.explain.explanation import CausalLink
from knockon.analysis.explain.sums import LossOfPart
from knockon.analysis.methods import METHODS
from knockon.text import plain

#: Weights that differ by less are the same.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SumOfParts:
    """A sum of an explanation in words.

    Attributes
    ----------
    heading
        What adds up to how much.
    parts
        What each part adds, those that add most first.
    rest
        What is to be said of the rest of the whole; empty where the parts are all of it.
    """

    heading: str
    parts: tuple[str, ...]
    rest: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The parts and the rest."""
        return (*self.parts, *([self.rest] if self.rest else []))


def sums_of(link: CausalLink, model: str) -> tuple[SumOfParts, ...]:
    """Return the sums that make the shortage and the loss of a link.

    Parameters
    ----------
    link
        A link of an explanation.
    model
        The model that computed the losses; one that computes no numbers has no sums.

    Returns
    -------
    tuple of SumOfParts
        The suppliers or providers that share a need, then the parts of a whole; none where neither is a sum.

    Examples
    --------
    >>> import knockon
    >>> link = knockon.open().explain("procurement-withdrawal", "sensetime-revenue", as_of="2026-01-01").links[0]
    >>> (total,) = sums_of(link, "leontief")
    >>> total.heading
    "the parts of SenseTime's total revenue add up to 69%"
    >>> total.parts[0]
    'Government-related revenue: portion not stated, taken as 30.7%, loses 75%, adds 23%'
    """
    if not METHODS[model].graded:
        return ()
    sums = []
    if link.shares:
        of = link.need_label
        heading = f"the providers of {of}" if link.provision else f"the suppliers of {of} to {link.dependant_label}"
        sums.append(_sum(heading, "share", link.shares, link.shortage, model))
    if link.parts:
        sums.append(_sum(f"the parts of {link.dependant_label}", "portion", link.parts, link.loss, model))
    return tuple(sums)


def part_text(part: LossOfPart, weight: str, model: str) -> str:
    """Return what a part of a sum adds.

    Parameters
    ----------
    part
        The part.
    weight
        What its weight is called: ``share`` or ``portion``.
    model
        The model that computed the loss.

    Returns
    -------
    str
        Its name, its share or portion and whether it is stated, its loss and what it adds.

    Examples
    --------
    >>> acme = LossOfPart(("urn:s",), "urn:n", "Steel", 0.625, False, 0.5, 0.3125, "urn:a", "Acme", 0.625)
    >>> part_text(acme, "share", "leontief")
    'Acme: share 62.5%, loses 50%, adds 31.3%'
    """
    used = exact_percent(part.portion)
    if part.stated is None:
        share = f"{weight} not stated, taken as {used}"
    elif abs(part.stated - part.portion) > _ROUNDING:
        share = f"{weight} stated as {exact_percent(part.stated)}, taken as {used}"
    else:
        share = f"{weight} {used}"
    return f"{plain(part.label)}: {share}, {METHODS[model].loses} {exact_percent(part.loss)}, adds {exact_percent(part.adds)}"


def exact_percent(value: float) -> str:
    """Return a number (0..1) as a percentage with up to one decimal place, so that parts are seen to add up.

    >>> exact_percent(0.306666), exact_percent(0.75), exact_percent(0.0004), exact_percent(0.9999), exact_percent(0.0)
    ('30.7%', '75%', '<0.1%', '>99.9%', '0%')
    """
    if 0 < value < 0.0005:
        return "<0.1%"
    if 0.9995 <= value < 1 - _ROUNDING:
        return ">99.9%"
    # The half of a binary number that stands for 31.25% is rounded away from zero, as readers expect.
    return f"{int(value * 1000 + 0.5 + _ROUNDING) / 10:.1f}".removesuffix(".0") + "%"


def _sum(heading: str, weight: str, parts: tuple[LossOfPart, ...], actual: float, model: str) -> SumOfParts:
    total = sum(part.adds for part in parts)
    # The greatest losses of all times need not be at one time.
    apart = (
        f", though not at one time: at most {exact_percent(actual)}"
        if METHODS[model].over_time and actual < total - 1e-6
        else ""
    )
    rest = 1.0 - sum(part.portion for part in parts)
    return SumOfParts(
        heading=f"{plain(heading)} add up to {exact_percent(total)}{apart}",
        parts=tuple(part_text(part, weight, model) for part in parts),
        rest=f"the rest, {exact_percent(rest)}: of nobody who is recorded, loses nothing" if rest > 1e-6 else "",
    )


__all__ = ["SumOfParts", "exact_percent", "part_text", "sums_of"]
