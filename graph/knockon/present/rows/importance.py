"""How much each cause matters for the failure of an entity, as people read it: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.present.caveats import world_notes
from knockon.present.phrases import titled
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed

if TYPE_CHECKING:
    from knockon.analysis.uncertainty.importance_answer import EntityImportance, ImportanceReport

#: The columns for programs: those of JSON.
_COLUMNS = (
    "entity", "id", "label", "class", "fails", "birnbaum", "standard_error", "fussell_vesely", "achievement", "reduction",
)  # fmt: skip
_SHOWN = ("id", "label", "class", "fails", "birnbaum", "fussell-vesely", "RAW", "RRW")
#: What each measure is, in words.
_MEANINGS = (
    "birnbaum: how much more probable the failure is if this has failed than if it never does; "
    "fussell-vesely: the part of the probability that goes through it; "
    "RAW: how many times as probable once it has failed; RRW: how many times less if it never did (none: not without it)"
)


def importance_rows(report: ImportanceReport) -> Table:
    """Return a row for each entity with numbers unrounded, for programs."""
    return Table([one.to_dict() for one in report.importances], _COLUMNS)


def importance_table(report: ImportanceReport) -> tuple[Table]:
    """Return a row for each entity, for people."""
    title = titled(f"{report.shock.label}: what the failure of {report.id} rests on", truncated=False)
    return (Table([_row(one) for one in report.importances], list(_SHOWN), title, ["label", "class", "RRW"]),)


def _row(one: EntityImportance) -> Row:
    return {
        "id": one.id,
        "label": one.label,
        "class": one.cls,
        "fails": Fixed(one.fails),
        "birnbaum": Fixed(one.birnbaum),
        "fussell-vesely": None if one.fussell_vesely is None else Fixed(one.fussell_vesely),
        "RAW": None if one.achievement is None else Fixed(one.achievement),
        "RRW": None if one.reduction is None else Fixed(one.reduction),
    }


def importance_notes(report: ImportanceReport) -> Iterator[str]:
    """Return the probability of the failure, what the measures mean, and how they were computed."""
    parameters = report.parameters
    how = "exactly" if parameters["exact"] else f"from {parameters['draws']} draws, seed {parameters['seed']}"
    if not report.probability:
        yield f"{report.id} does not fail under this shock"
    yield f"{report.id} fails with a probability of {report.probability:.3g}, computed {how}"
    if report.importances:
        yield _MEANINGS
    if error := max((one.standard_error for one in report.importances), default=0.0):
        yield f"standard error of birnbaum: at most {error:.2g}"
    yield from world_notes(report.run)


__all__ = ["importance_notes", "importance_rows", "importance_table"]
