"""Computed results, as they are stored or written as RDF."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from knockon.model.base import Iri, LongPlain, Many, Part, Plain, Ref, RefTo, Statement, as_set, long_digest

Loss = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Impact(Part):
    """The loss of one entity (0..1, with exact bounds), its causal step, and the dependency that determines it."""

    entity: Ref
    loss: Loss
    loss_low: Loss
    loss_high: Loss
    depth: Annotated[int, Field(ge=0)]
    binding_dependency: Annotated[Iri, RefTo(("Dependency",))] | None = None
    binding_provider: Ref | None = None


class ImpactRun(Statement):
    """One computation: the shock and model, the network, and how it ended."""

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
        for impact in self.impact:
            impact._rename(f"{self.id}--{long_digest(impact.entity)}")
        self.__dict__["impact"] = as_set(self.impact)
        if len({impact.id for impact in self.impact}) < len(self.impact):
            raise ValueError("the same entity has two impacts")
        return self
