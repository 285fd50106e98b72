"""Answers as ``Graph`` returns them: those that have a table for pandas and need modules that ``impact`` does without.

The others are in ``answers`` and ``explanation_answer``, which stay quick to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from knockon.analysis.rank import ranking
from knockon.analysis.uncertainty import uncertainty_report
from knockon.present.answers import fields_of
from knockon.query.answers import import_pandas

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class UncertaintyReport(uncertainty_report.UncertaintyReport):
    """How the loss of each entity spreads over draws of the words of one shock; iterating gives the spreads.

    As ``knockon.analysis.uncertainty.uncertainty_report.UncertaintyReport``, with a table for pandas.
    """

    @classmethod
    def of(cls, report: uncertainty_report.UncertaintyReport) -> Self:
        """Return the same answer, with a table for pandas."""
        return cls(**fields_of(report))  # type: ignore[arg-type]  # its own fields

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each entity, without its drivers; needs the extra ``pandas``.

        Raises
        ------
        UsageError
            pandas is not installed.
        """
        rows = [spread.to_dict() for spread in self.spreads]
        return import_pandas().DataFrame([{key: value for key, value in row.items() if key != "drivers"} for row in rows])


@dataclass(frozen=True, eq=False)
class Ranking(ranking.Ranking):
    """The index of every node when each is closed alone, largest first; equal ones in the order of the network.

    As ``knockon.analysis.rank.ranking.Ranking``, with a table for pandas.
    """

    @classmethod
    def of(cls, answer: ranking.Ranking) -> Self:
        """Return the same answer, with a table for pandas."""
        return cls(**fields_of(answer))  # type: ignore[arg-type]  # its own fields

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each firm; needs the extra ``pandas``.

        Raises
        ------
        UsageError
            pandas is not installed.
        """
        return import_pandas().DataFrame(self.table())


__all__ = ["Ranking", "UncertaintyReport"]
