"""Links other than dependencies: ownership, and any other relation."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, model_validator

from knockon.errors import nearest
from knockon.model.base import Iri, Ref, RefTo, Share, Statement, Text, Vocab
from knockon.vocabulary import RELATION_TYPES


def _check_relation_type(name: str) -> str:
    if name not in RELATION_TYPES:
        close = nearest(name, RELATION_TYPES)
        raise ValueError(f"{name!r} is not a relation type" + (f"; did you mean {', '.join(close)}?" if close else ""))
    return name


RelationType = Annotated[str, AfterValidator(_check_relation_type), Vocab("relation")]


class Ownership(Statement):
    """The share (0..1, where known) of an organization that an owner holds.

    ``direct`` states whether the owner holds it itself (true) or through others
    (false), where that is known. The direct shares of one organization add up to
    at most 1; indirect shares repeat what others hold and are not added.
    """

    owner: Annotated[Iri, RefTo(("Organization", "Person", "Group"))]
    owned: Annotated[Iri, RefTo(("Organization",))]
    share: Share | None = None
    direct: bool | None = None

    @model_validator(mode="after")
    def _not_itself(self) -> Ownership:
        if self.owner == self.owned:
            raise ValueError("an owner cannot own itself")
        return self


class Relation(Statement):
    """Any other link; the triple ``subject relationType object`` is derived from it."""

    subject: Ref
    relation_type: RelationType
    object: Ref
    mechanism: Text | None = None
