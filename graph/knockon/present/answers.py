"""Answers as ``Graph`` returns them: those of ``analysis``, with what notebooks and notes show of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

from knockon.analysis.explain import explanation
from knockon.analysis.impact import impact_report

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance


def fields_of(answer: DataclassInstance) -> dict[str, object]:
    """Return the fields of an answer by name, to make one of a subclass of it."""
    return {field.name: getattr(answer, field.name) for field in fields(answer)}


@dataclass(frozen=True, eq=False, repr=False)
class ImpactReport(impact_report.ImpactReport):
    """What a shock does, as ``knockon.analysis.impact.impact_report.ImpactReport``; a notebook shows it as a table."""

    @classmethod
    def of(cls, report: impact_report.ImpactReport) -> Self:
        """Return the same answer, with what notebooks show."""
        return cls(**fields_of(report))  # type: ignore[arg-type]  # its own fields

    def to_pandas(self) -> pd.DataFrame:
        """Return a table with one row for each impact; needs the extra ``pandas``.

        Raises
        ------
        UsageError
            pandas is not installed.
        """
        from knockon.present.rows.impact import RECORD_COLUMNS, record
        from knockon.query.answers import import_pandas

        columns = [*RECORD_COLUMNS, *self.more]
        rows = [record(impact) for impact in self.impacts]
        return import_pandas().DataFrame([[row[column] for column in columns] for row in rows], columns=columns)

    def _repr_html_(self) -> str:
        from knockon.present.notebook import impact_frame

        return impact_frame(self)


@dataclass(frozen=True, eq=False)
class Explanation(explanation.Explanation):
    """Why an entity loses what it loses, as ``knockon.analysis.explain.explanation.Explanation``, and as Markdown."""

    @classmethod
    def of(cls, answer: explanation.Explanation) -> Self:
        """Return the same answer, with what notes and notebooks show."""
        return cls(**fields_of(answer))  # type: ignore[arg-type]  # its own fields

    def to_markdown(self) -> str:
        """Return a text for a note: the loss, the chain with its sources, what it rests on, other paths, method."""
        from knockon.present.text.explanation_markdown import prose

        return prose(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


__all__ = ["Explanation", "ImpactReport", "fields_of"]
