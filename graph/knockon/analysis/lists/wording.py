"""Sentences about shares and about who is covered: worded once, for every answer and page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from knockon.model.measure import Measure, OwnershipRule
from knockon.model.weights import EXACT_CONTEXT
from knockon.text import in_words
from knockon.vocabulary import Status

#: What a list does that has an entry for somebody, and a measure that is directed at somebody without one.
NAMES, APPLIES_TO = "names", "applies to"
#: The statuses of measures that nobody has taken.
SUPPOSED = frozenset({Status.HYPOTHETICAL, Status.POTENTIAL})
#: Of a part of something: what follows from the verdict on that.
PART_COVERED = "{part} is part of {whole}, and {whole} is covered."
PART_NOT_COVERED = "{part} is part of {whole}, and {whole} is not covered."
PART_UNDECIDED = "{part} is part of {whole}, and whether {whole} is covered cannot be told."
#: The most characters of a percentage; what is cut off is marked.
_LONGEST = 12


def percent_text(share: Decimal) -> str:
    """Return a share (0..1) in percent, with all its digits, since a digit may decide; a long one is cut, not rounded.

    >>> percent_text(Decimal("0.5")), percent_text(Decimal("0.3333")), percent_text(Decimal("0.49999999999999999"))
    ('50%', '33.33%', '49.999999999…%')
    """
    text = f"{EXACT_CONTEXT.multiply(share, Decimal(100)).normalize(EXACT_CONTEXT):f}"
    return f"{text}%" if len(text) <= _LONGEST else f"{text[:_LONGEST]}…%"


def range_text(low: Decimal, high: Decimal) -> str:
    """Return a share that lies between two numbers.

    >>> [range_text(Decimal(low), Decimal(high)) for low, high in (("0.5", "0.5"), ("0.5", "1"), ("0", "0.5"), ("0", "1"))]
    ['50%', 'at least 50%', 'at most 50%', 'an unknown share']
    >>> range_text(Decimal("0.25"), Decimal("0.5"))
    '25% to 50%'
    """
    if low == high:
        return percent_text(low)
    if not low:
        return "an unknown share" if high == 1 else f"at most {percent_text(high)}"
    return f"at least {percent_text(low)}" if high == 1 else f"{percent_text(low)} to {percent_text(high)}"


def rule_text(rule: OwnershipRule) -> str:
    """Return what a rule asks for.

    >>> rule = OwnershipRule(id="urn:x:r", label="R", extends="urn:x:l", threshold="0.5")
    >>> rule_text(rule), rule_text(rule.model_copy(update={"above_threshold": True}))
    ('50% or more', 'more than 50%')
    """
    text = percent_text(rule.threshold)
    return f"more than {text}" if rule.above_threshold else f"{text} or more"


def standing_text(measure: Measure) -> str:
    """Return whether a measure exists already, and from and until when, as far as that is recorded.

    >>> standing_text(Measure(id="urn:x:m", label="M", status="InForce", **{"from": "2021-01-01"}))
    'in force since 2021-01-01'
    >>> standing_text(Measure(id="urn:x:m", label="M", status="Happened", **{"from": "2019-07-04"}))
    'happened from 2019-07-04'
    """
    words = [in_words(measure.status)] if measure.status else []
    since = "from" if measure.status is Status.HAPPENED else "since"
    words += [f"{since} {measure.begins}"] if measure.begins else []
    words += [f"until {measure.ends}"] if measure.ends else []
    return " ".join(words)


def holders_text(holders: Sequence[tuple[str, str]], total: str, owned: str) -> str:
    """Return who holds how much of something, and how much they hold together.

    >>> holders_text([("X", "50%")], "50%", "A")
    'X holds 50% of A'
    >>> holders_text([("X", "25%"), ("Y", "25%")], "50%", "A")
    'X (25%) and Y (25%) together hold 50% of A'
    """
    if len(holders) == 1:
        return f"{holders[0][0]} holds {holders[0][1]} of {owned}"
    *others, last = (f"{name} ({share})" for name, share in holders)
    return f"{', '.join(others)} and {last} together hold {total} of {owned}"


__all__ = [
    "APPLIES_TO", "NAMES", "PART_COVERED", "PART_NOT_COVERED", "PART_UNDECIDED", "SUPPOSED", "holders_text", "percent_text",
    "range_text", "rule_text", "standing_text",
]  # fmt: skip
