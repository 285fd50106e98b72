"""The report of an impact as ``Graph`` returns it: that of ``analysis``, with what notebooks show of it.

Other answers have modules of their own, so that an impact need not wait for what they import.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

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
        """Return the same answer, with what notebooks show.

        Parameters
        ----------
        report
            The answer of the analysis.

        Returns
        -------
        ImpactReport
            A report with the same attributes.
        """
        return cls(**fields_of(report))  # type: ignore[arg-type]  # its own fields

    def to_pandas(self) -> pd.DataFrame:
        """Return a table with one row for each impact; needs the extra ``pandas``.

        Returns
        -------
        pandas.DataFrame
            In the order of ``impacts``.

        Raises
        ------
        UsageError
            pandas is not installed.

        Examples
        --------
        >>> import knockon
        >>> report = knockon.open("chips").impact(hit={"asml": "high"})
        >>> len(report.to_pandas()) == len(report)
        True
        """
        from knockon.present.rows.impact import RECORD_COLUMNS, ImpactRecords
        from knockon.query.answers import import_pandas

        columns = [*RECORD_COLUMNS, *self.more]
        rows = ([row[column] for column in columns] for row in ImpactRecords(self.impacts))
        return import_pandas().DataFrame(list(rows), columns=columns)

    def _repr_html_(self) -> str:
        from knockon.present.notebook import impact_html

        return impact_html(self)


__all__ = ["ImpactReport", "fields_of"]
