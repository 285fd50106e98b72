"""Judgements of identity: whether two entities are one, who says so, and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from knockon.model.base import EntityRef, Many, Plain, Statement, long_digest, word
from knockon.vocabulary import Verdict


class Judgement(Statement):
    """A judgement that two entities are the same, are different, or that nobody can tell yet.

    ``judged_by`` is the person or program that decided, ``date`` the day on which. ``reason`` says why. Its evidence and
    dates are those of any record: a judgement counts in the worlds and on the days of these.

    >>> Judgement(id="urn:x:j", entity=["urn:x:b", "urn:x:a"], verdict="same").entity
    ('urn:x:a', 'urn:x:b')
    """

    entity: Many[EntityRef]
    verdict: Annotated[Verdict, BeforeValidator(lambda v: word(v, Verdict))]
    judged_by: Plain | None = None
    date: datetime.date | None = None

    @model_validator(mode="after")
    def _two_entities(self) -> Judgement:
        if len(self.entity) != 2:
            count = len(self.entity)
            raise ValueError(f"a judgement is about two different entities; this one names {count}")
        return self


def judgement_name(entities: Iterable[str]) -> str:
    """Return the local name of a judgement about two entities: the same whatever their order.

    >>> judgement_name(["urn:x:a", "urn:x:b"]) == judgement_name(["urn:x:b", "urn:x:a"])
    True
    """
    return f"judgement-{long_digest(*sorted(entities))}"


__all__ = ["Judgement", "judgement_name"]
