"""A shock that a caller describes by what it hits and how hard, beside the shocks of the records."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.errors import UsageError
from knockon.model import Shock, Statement
from knockon.model.base import digest
from knockon.vocabulary import Level


def custom_shock(hits: Sequence[tuple[Statement, str]]) -> Shock:
    """Return a shock that hits some records, each with a severity as typed: a word, or a number in 0..1.

    Raises
    ------
    UsageError
        There is no hit, a record is hit twice, or a severity is neither a word of the vocabulary nor a number in 0..1.

    Examples
    --------
    >>> from knockon.model import Company
    >>> custom_shock([(Company(id="urn:x:acme", label="Acme"), "high")]).label
    'Given: acme = high'
    """
    fields = [{"target": target.id, **_severity_fields(severity)} for target, severity in hits]
    if not fields:
        raise UsageError("name a shock, or at least one thing to hit")
    text = ", ".join(f"{target.name} = {severity}" for target, severity in hits)
    if len({hit["target"] for hit in fields}) < len(fields):
        raise UsageError(f"the same thing is hit twice: {text}")
    return Shock.model_validate({"id": f"urn:knockon:shock:{digest(text)}", "label": f"Given: {text}", "hit": fields})


def _severity_fields(text: str) -> dict[str, str]:
    """Return the property of a hit that holds a severity: ``severity`` for a word, ``severityValue`` for a number."""
    for level in Level:
        if text.strip().lower() in (level.lower(), "total" if level is Level.ESSENTIAL else level.lower()):
            return {"severity": level}
    try:
        number = float(text)
    except ValueError:
        words = ", ".join(level.lower() for level in Level)
        raise UsageError(f"{text!r} is not a severity; use one of {words}, or a number in 0..1") from None
    if not 0 <= number <= 1:
        raise UsageError(f"a severity must be in 0..1, not {text}")
    return {"severityValue": text.strip()}


__all__ = ["custom_shock"]
