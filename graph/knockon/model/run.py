"""Computed results, where they are stored or written as RDF."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from knockon.model.base import Iri, LongPlain, Many, Part, Plain, Ref, RefTo, Statement, as_set, digest

Loss = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Impact(Part):
    """What one entity loses (0..1, with exact bounds), at which causal step, and what binds it."""

    entity: Ref
    loss: Loss
    loss_low: Loss
    loss_high: Loss
    depth: Annotated[int, Field(ge=0)]
    binding_dependency: Annotated[Iri, RefTo(("Dependency",))] | None = None
    binding_provider: Ref | None = None


class ImpactRun(Statement):
    """One computation: what was asked, of which network, and how it ended."""

    shock: Many[Ref] = ()
    model: Plain
    parameters: LongPlain
    iterations: Annotated[int, Field(ge=0)]
    residual: float
    stopped_by: Plain
    network_hash: Plain
    impact: Many[Impact] = ()

    @model_validator(mode="after")
    def _name_impacts(self) -> ImpactRun:
        for one in self.impact:
            one._rename(f"{self.id}--{digest(one.entity)}")
        self.__dict__["impact"] = as_set(self.impact)
        if len({one.id for one in self.impact}) < len(self.impact):
            raise ValueError("the same entity has two impacts")
        return self
