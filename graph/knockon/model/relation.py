"""Links other than dependencies: ownership, and any other relation."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, model_validator

from knockon.errors import nearest
from knockon.model.base import Iri, Ref, RefTo, Share, Statement, Text, Vocab, concerns, word
from knockon.vocabulary import RELATION_TYPES, InterestKind


def _check_relation_type(name: str) -> str:
    if name not in RELATION_TYPES:
        close = nearest(name, RELATION_TYPES)
        raise ValueError(f"{name!r} is not a relation type" + (f"; did you mean {', '.join(close)}?" if close else ""))
    return name


RelationType = Annotated[str, AfterValidator(_check_relation_type), Vocab("relation")]


class Ownership(Statement):
    """The share (0..1, where known) of an organization that an owner holds, or another interest in it.

    ``share_low`` and ``share_high`` state a range of the share instead of a
    number; one of them alone means "at least" or "at most". ``interest_kind``
    says what is held; where it is not given, a shareholding is meant. ``direct``
    states whether the owner holds it itself (true) or through others (false),
    where that is known. The direct shareholdings in one organization add up to
    at most 1; indirect ones repeat what others hold and are not added.
    """

    owner: Annotated[Iri, RefTo(("Organization", "Person", "Group"))]
    owned: Annotated[Iri, RefTo(("Organization",))]
    share: Share | None = None
    share_low: Share | None = None
    share_high: Share | None = None
    interest_kind: Annotated[InterestKind, BeforeValidator(lambda v: word(v, InterestKind))] | None = None
    direct: bool | None = None

    @model_validator(mode="after")
    def _not_itself(self) -> Ownership:
        if self.owner == self.owned:
            raise ValueError("an owner cannot own itself")
        return self

    @model_validator(mode="after")
    @concerns("share_low", "share_high")
    def _range_fits(self) -> Ownership:
        if self.share is not None and (self.share_low is not None or self.share_high is not None):
            raise ValueError("an ownership has a share or a range (shareLow, shareHigh), not both; remove one of the two")
        if self.share_low is not None and self.share_high is not None and self.share_low > self.share_high:
            raise ValueError(f"shareLow {self.share_low} is above shareHigh {self.share_high}; exchange the two")
        return self

    @property
    def least_share(self) -> Decimal | None:
        """The part (0..1) that the owner is known to hold at least: the share, or the low end of its range."""
        return self.share if self.share is not None else self.share_low

    @property
    def is_part_of_whole(self) -> bool:
        """Whether its share is one of those that add up to the whole: a shareholding that is not known to be indirect."""
        return self.direct is not False and self.interest_kind in (None, InterestKind.SHAREHOLDING)


class Relation(Statement):
    """Any other link; the triple ``subject relationType object`` is derived from it."""

    subject: Ref
    relation_type: RelationType
    object: Ref
    mechanism: Text | None = None
