"""How much each cause matters for the failure of an entity, as people read it: rows and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.methods import IMPORTANCE
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
#: The heading of each measure.
_HEADINGS = {"birnbaum": "birnbaum", "fussell_vesely": "fussell-vesely", "achievement": "RAW", "reduction": "RRW"}


def importance_rows(report: ImportanceReport) -> Table:
    """Return a row for each entity with numbers unrounded, for programs."""
    return Table([one.to_dict() for one in report.importances], _COLUMNS)


def importance_table(report: ImportanceReport) -> tuple[Table]:
    """Return a row for each entity, for people."""
    title = titled(f"{report.shock.label}: what the failure of {report.id} rests on", truncated=False)
    return (
        Table(
            [_row(one) for one in report.importances],
            ["id", "label", "class", "fails", *_HEADINGS.values()],
            title,
            ["label", "class", "RRW"],
        ),
    )


def _row(one: EntityImportance) -> Row:
    return {
        "id": one.id,
        "label": one.label,
        "class": one.cls,
        "fails": Fixed(one.fails),
        **{heading: None if (value := getattr(one, name)) is None else Fixed(value) for name, heading in _HEADINGS.items()},
    }


def importance_meanings() -> list[str]:
    """Return what each measure of importance computes, with its equation, a line each.

    >>> [line.partition(":")[0] for line in importance_meanings()]
    ['birnbaum', 'fussell-vesely', 'RAW', 'RRW']
    """
    return [f"{heading}: {IMPORTANCE[name].answers}: {IMPORTANCE[name].equation}" for name, heading in _HEADINGS.items()]


def importance_notes(report: ImportanceReport) -> Iterator[str]:
    """Return the probability of the failure, what the measures mean, and how they were computed."""
    parameters = report.parameters
    how = "exactly" if parameters["exact"] else f"from {parameters['draws']} draws, seed {parameters['seed']}"
    if not report.probability:
        yield f"{report.id} does not fail under this shock"
    yield f"{report.id} fails with a probability of {report.probability:.3g}, computed {how}"
    if report.importances:
        yield from importance_meanings()
    if error := max((one.standard_error for one in report.importances), default=0.0):
        yield f"standard error of birnbaum: at most {error:.2g}"
    yield from world_notes(report.run)


__all__ = ["importance_meanings", "importance_notes", "importance_rows", "importance_table"]
