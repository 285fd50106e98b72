"""The order of the worst hit, and whose loss a page on a shock looks into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.labels import label_of
from knockon.vocabulary import local_name

#: Whom a loss costs in the end, first; the first group of which somebody is hit is what the page looks into.
_CONCERNS = (
    ("revenues", ("RevenueStream",)),
    ("sold", ("Product", "Service", "Contract")),
    ("companies", ("Company", "BusinessUnit")),
    ("groups", ("Group", "Market")),
    ("all", ()),
)
#: Losses that differ after so many digits are equal: what is left is rounding.
_DIGITS = 9


def rank(one: Impact) -> tuple[float, float, float, int, str]:
    """Worst first; of equal losses the surer low end, then the graver high end, then the nearer, then the name."""
    return -_level(one), -round(one.loss_low, _DIGITS), -round(one.loss_high, _DIGITS), one.step, one.entity


def alike(impacts: Sequence[Impact], one: Impact) -> int:
    """How many lose as much as one does, itself among them if it is one of these."""
    return sum(_level(other) == _level(one) for other in impacts)


def _level(one: Impact) -> float:
    return round(one.loss, _DIGITS)


def concern(report: ImpactReport, worst: Sequence[Impact], protect: str | None = None) -> dict[str, Any] | None:
    """Whom a page looks into, of impacts in the order of ``rank``: ``protect``, or else the worst hit of the first group.

    ``among`` names that group, ``equals`` how many of it lose as much as the
    one chosen (itself included), and ``beside`` says whether what the shock
    hits itself was passed over though it loses as much or more. None where
    nothing is hit.

    Raises
    ------
    NotFound
        There is no entity called ``protect``.

    Examples
    --------
    >>> import knockon
    >>> report = knockon.open().impact("data-reclassification")
    >>> told = concern(report, sorted(report, key=rank))
    >>> told["id"], told["among"], told["equals"]
    ('platform-licence-fees', 'revenues', 4)
    """
    if protect is not None:
        return _asked(report, worst, protect)
    for among, classes in _CONCERNS:
        fitting = [one for one in worst if not classes or one.cls in classes]
        # What is hit itself needs no search for where it could be stopped, unless there is nothing else.
        beyond = [one for one in fitting if one.step > 0] or ([] if classes else fitting)
        if beyond:
            chosen = beyond[0]
            passed = chosen.step > 0 and any(one.step == 0 and _level(one) >= _level(chosen) for one in fitting)
            found = {"class": chosen.cls, "asked": False, "among": among, "equals": alike(beyond, chosen), "beside": passed}
            return {**place(chosen), **found}
    return None


def _asked(report: ImpactReport, worst: Sequence[Impact], protect: str) -> dict[str, Any]:
    record = report.cause.context.entity(protect)
    told = {"class": record.rdf_class, "asked": True, "among": None, "equals": 1, "beside": False}
    if found := next((one for one in worst if one.entity == record.id), None):
        return {**place(found), **told, "class": found.cls}
    label = label_of(report.cause.context.records, record.id)
    return {"entity": record.id, "id": record.name, "label": label, "loss": 0.0, **told}


def place(one: Impact) -> dict[str, Any]:
    """An impact as the drawing of the cascade needs it; ``source`` is None where the shock itself is the cause."""
    return {
        "entity": one.entity,
        "id": local_name(one.entity),
        "label": one.label,
        "loss": one.loss,
        "low": one.loss_low,
        "high": one.loss_high,
        "step": one.step,
        "source": one.source,
    }


__all__ = ["alike", "concern", "place", "rank"]
