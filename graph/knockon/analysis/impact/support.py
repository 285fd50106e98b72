"""The support of a loss: sources, inferences, judgements and numbers that no record states."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.answer import Answer
from knockon.vocabulary import Stance


@dataclass(frozen=True, slots=True)
class Judged(Answer):
    """A record with properties that are a judgement of the authors of the data.

    Attributes
    ----------
    record
        The record (IRI).
    properties
        The names of its judged properties, such as ``criticality``.
    """

    record: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Support(Answer):
    """The support of a loss: what it rests on, over the whole path from the hit to the entity.

    Attributes
    ----------
    stance
        The weakest stance on the path; None: a record on it has no source.
    inferred
        The inferred records on it (IRIs).
    judged
        The records on it with judged properties.
    unknown
        How many links have a criticality that no record states; a hit with a severity that no record states counts as one more.
    ungraded_hit
        Whether no record states the severity of the hit at the start of the path.
    disputed
        How many links are described by several records.
    split_shares
        How many links have shares that were split equally because no record states them.
    """

    stance: Stance | None
    inferred: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()
    unknown: int = 0
    ungraded_hit: bool = False
    disputed: int = 0
    split_shares: int = 0


__all__ = ["Judged", "Support"]
