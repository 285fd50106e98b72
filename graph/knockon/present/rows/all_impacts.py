"""The shocks of a graph, and the impacts of all of them, as rows and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from knockon.model.dates import as_of_text, hits_nothing
from knockon.present.caveats import confidence, no_shocks
from knockon.present.phrases import capped
from knockon.present.rows.impact import hidden_note, record
from knockon.present.rows.table import Row, Table
from knockon.suggested_command import suggested
from knockon.text import counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_report import ImpactReport
    from knockon.analysis.impact.shock_reach import ShockReach

#: The columns of impacts for people.
_COLUMNS = ("shock_id", "id", "label", "class", "loss", "loss_low", "loss_high", "step")
#: The columns that a narrow screen does without.
DROP = ("class", "label", "step")


def shocks_table(reaches: Iterable[ShockReach]) -> Table:
    """Return a row for each shock of a graph: what it is, and how far it reaches."""
    rows = [
        {
            "shock": reach.shock.name,
            "label": reach.shock.label,
            "status": reach.shock.status.value if reach.shock.status else None,
            "legal_basis": [local_name(iri) for iri in reach.shock.legal_basis],
            "reach": _reach(reach),
            "same_losses": [local_name(iri) for iri in reach.same_losses],
            "affected": reach.affected,
            "reached": reach.reached,
            "id": reach.shock.name,
            "iri": reach.shock.id,
        }
        for reach in reaches
    ]
    columns = ["shock", "label", "status", "legal_basis", "reach", "same_losses"]
    return Table(rows, columns, "", ["legal_basis", "status", "same_losses", "label"])


def _reach(reach: ShockReach) -> str:
    """Return in words how far a shock reaches.

    An entity that is hit is no effect of the shock: one that reaches nothing else stops there.
    """
    if reach.not_in_force or not reach.affected:
        return "hits nothing"
    if not reach.reached:
        return "stops at the hit"
    return f"{'at least ' if reach.truncated else ''}{counted(reach.reached, 'entity', 'entities')} beyond the hit"


def shocks_notes(reaches: Sequence[ShockReach]) -> Iterator[str]:
    """Yield how many shocks there are and how to compute one, and which of them cause the same losses."""
    command = suggested("impact SHOCK")
    yield f"{counted(len(reaches), 'shock')}; {command} computes its losses, `--hit ENTITY=SEVERITY` makes a shock"
    groups = {tuple(sorted([reach.shock.id, *reach.same_losses])) for reach in reaches if reach.same_losses}
    for group in sorted(groups):
        yield f"the same losses: {', '.join(local_name(iri) for iri in group)}"


class AllImpacts:
    """The rows of many reports, each of which is released once its rows are made, and the notes on all of them.

    Parameters
    ----------
    reports
        The reports, one for each shock.
    min_loss
        Leave out rows with a smaller loss (0..1), and count them; None keeps all.
    """

    def __init__(self, reports: Iterator[ImpactReport], min_loss: float | None) -> None:
        self._reports, self._min_loss = reports, min_loss
        self._last: ImpactReport | None = None
        self._hidden = 0
        self._more: tuple[str, ...] = ()
        self._not_in_force: list[tuple[str, str, str]] = []
        self._truncated: list[str] = []
        #: How far the losses may be below their limits, at most (0..1).
        self.error = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there was no report so far."""
        return self._last is None

    @property
    def truncated(self) -> bool:
        """Whether a cap stopped a run so far."""
        return bool(self._truncated)

    def rows(self) -> Iterator[Row]:
        """Return the rows of all reports, shock by shock."""
        for report in self._reports:
            self._count(report)
            for impact in report.impacts:
                if self._min_loss is None or impact.loss >= self._min_loss:
                    yield {"shock": report.shock.id, "shock_id": report.shock.name, **record(impact, cited=True)}
                else:
                    self._hidden += 1

    def columns(self, *, for_people: bool) -> list[str]:
        """Return the columns; known once the first row was made."""
        if for_people:
            return list(_COLUMNS)
        return ["shock", "entity", *_COLUMNS, "dependency", "provider", *self._more]

    def notes(self) -> Iterator[str]:
        """Return the notes on all reports, once all rows were made."""
        for name, as_of, reason in self._not_in_force:
            yield hits_nothing(name, as_of, reason)
        if self._last is None:
            yield no_shocks()
            return
        yield as_of_text(self._last.run.as_of, self._last.not_holding)
        yield from confidence(self._last.parameters, self._last.confidence)
        if self._truncated:
            yield f"{capped(self._last.model)} ({', '.join(self._truncated)})"
        if self._hidden:
            yield hidden_note(counted(self._hidden, "row"), self._min_loss or 0)

    def _count(self, report: ImpactReport) -> None:
        self._last = report
        self._more = self._more or report.more
        self.error = max(self.error, report.error)
        if report.truncated:
            self._truncated.append(report.shock.name)
        if report.not_in_force:
            self._not_in_force.append((report.shock.name, report.run.as_of, report.not_in_force))


__all__ = ["DROP", "AllImpacts", "shocks_notes", "shocks_table"]
