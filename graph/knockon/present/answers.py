"""Answers as ``Graph`` returns them: those of ``analysis``, with what notebooks and notes show of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

from knockon.analysis.explain import explain
from knockon.analysis.impact import impact

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def _values(answer: DataclassInstance) -> dict[str, object]:
    return {field.name: getattr(answer, field.name) for field in fields(answer)}


@dataclass(frozen=True, eq=False, repr=False)
class ImpactReport(impact.ImpactReport):
    """What a shock does, as ``knockon.analysis.impact.impact.ImpactReport``; a notebook shows it as a table."""

    @classmethod
    def of(cls, report: impact.ImpactReport) -> Self:
        """The same answer, with what notebooks show."""
        return cls(**_values(report))  # type: ignore[arg-type]  # its own fields

    def _repr_html_(self) -> str:
        from knockon.present.notebook import impact_frame

        return impact_frame(self.to_dict())


@dataclass(frozen=True, eq=False)
class Explanation(explain.Explanation):
    """Why an entity loses what it loses, as ``knockon.analysis.explain.explain.Explanation``, and as Markdown."""

    @classmethod
    def of(cls, explanation: explain.Explanation) -> Self:
        """The same answer, with what notes and notebooks show."""
        return cls(**_values(explanation))  # type: ignore[arg-type]  # its own fields

    def to_markdown(self) -> str:
        """Return a text for a note: the loss, the chain with its sources, what it rests on, other paths, method."""
        from knockon.present.text.explanation_markdown import prose

        return prose(self.to_dict())

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


__all__ = ["Explanation", "ImpactReport"]
