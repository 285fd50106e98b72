"""Causal chains that a document states, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from knockon.model.base import Iri, Label, Many, Part, Ref, RefTo, Statement, Term, word
from knockon.vocabulary import RDFS, ChainKind


class ChainStep(Part):
    """One step: its position (from 1), the records it is about, and a text in our words."""

    order: Annotated[int, Field(ge=1)]
    about: Many[Ref] = ()
    label: Annotated[Label, Term(RDFS + "label")]


class CausalChain(Statement):
    """A documented chain. Only chains of kind Cascade can be compared with a computed cascade."""

    label: Annotated[Label, Term(RDFS + "label")]
    chain_kind: Annotated[ChainKind, BeforeValidator(lambda v: word(v, ChainKind))]
    shock: Annotated[Iri, RefTo(("Shock",))] | None = None
    step: Annotated[Many[ChainStep], Field(min_length=1)]

    @model_validator(mode="after")
    def _name_steps(self) -> CausalChain:
        steps = sorted(self.step, key=lambda s: s.order)
        orders = [step.order for step in steps]
        if orders != list(range(1, len(steps) + 1)):
            raise ValueError(f"the steps are numbered {orders}, not 1 to {len(steps)}")
        for step in steps:
            step._rename(f"{self.id}--{step.order}")
        self.__dict__["step"] = tuple(steps)
        return self

    def _parts_with_evidence(self) -> Iterable[Statement]:
        return self.step
