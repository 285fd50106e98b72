"""Provisions: who provides a need to everyone, and with which share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, model_validator

from knockon.model.base import Duration, EntityRef, Plain, Share, Statement
from knockon.model.dates import covered_days


def _check_period(text: str) -> str:
    covered_days(text)
    return text


class Provision(Statement):
    """One provider of an entity for all who need it, with its share (0..1) in a period and its delay, where known.

    A dependency without supplies of its own is met by the provisions of its
    need. How several combine is stated on the provided entity. A share measured
    for a ``period`` counts until the share of a later one is known.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> Provision(id=ns + "euv--asml", provider=ns + "asml", provided=ns + "euv", share="0.90", period="2025").share
    Decimal('0.9')
    """

    provider: EntityRef
    provided: EntityRef
    share: Share | None = None
    delay: Duration | None = None
    period: Annotated[Plain, AfterValidator(_check_period)] | None = None

    @model_validator(mode="after")
    def _not_itself(self) -> Provision:
        if self.provider == self.provided:
            raise ValueError("an entity cannot be its own provider")
        return self
