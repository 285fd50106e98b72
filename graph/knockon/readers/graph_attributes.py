"""Attributes of nodes and edges of other programs: their names without punctuation, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from knockon.authoring.names import LOCAL_NAME, iri_fault, is_iri
from knockon.readers.source_names import source_name
from knockon.vocabulary import Level

_DATES = {"from": ("from", "start", "startdate", "since", "validfrom"), "until": ("until", "end", "enddate", "validto")}


def plain(name: str) -> str:
    """Return a name without capitals and punctuation.

    >>> plain("DEPENDS_ON"), plain(":TYPE"), plain("dependsOn")
    ('dependson', 'type', 'dependson')
    """
    return re.sub(r"[\W_]+", "", name).lower()


def reference(text: str) -> str:
    """Return the id of the record that a node's id means: an IRI as it is, or a local name.

    >>> reference("https://example.org/a"), reference("n 1")
    ('https://example.org/a', 'n-1-94c3fa')
    """
    return text if is_iri(text) and not iri_fault(text) else source_name(text)


def name_part(reference_: str) -> str:
    """Return a part of a local name for a reference."""
    return reference_ if LOCAL_NAME.fullmatch(reference_) else source_name(reference_)


def dates_of(stated: Mapping[str, str]) -> dict[str, Any]:
    """Return the first and last day, without the time of day."""
    found = {field: next((stated[name] for name in names if name in stated), None) for field, names in _DATES.items()}
    return {field: day.partition("T")[0] for field, day in found.items() if day}


def criticality_of(stated: Mapping[str, str]) -> dict[str, Any]:
    """Return the criticality: a word, a number or an interval."""
    bounds = {"criticalityLow": stated.get("criticalitylow"), "criticalityHigh": stated.get("criticalityhigh")}
    text = stated.get("criticality", "")
    word = text if plain(text) in {plain(level) for level in Level} else None
    return {
        **bounds,
        "criticality": word,
        "criticalityValue": stated.get("criticalityvalue") or (None if word else text or None),
    }


def share_of(stated: Mapping[str, str]) -> str | None:
    """Return a share as data files write it: of an attribute in percent, or with a percent sign, the part of 1."""
    for name, percent in (("share", False), ("percentage", True), ("percent", True), ("stake", False)):
        if text := stated.get(name):
            try:
                return str(Decimal(text.rstrip("% ")) / 100) if percent or text.endswith("%") else text
            except (InvalidOperation, OverflowError):
                return text
    return None


__all__ = ["criticality_of", "dates_of", "name_part", "plain", "reference", "share_of"]
