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
    from knockon.analysis.uncertainty.importance_on_the_way import ImportanceOnTheWay

#: The columns for programs: those of JSON.
_COLUMNS = (
    "entity", "id", "label", "class", "fails", "birnbaum", "standard_error", "fussell_vesely", "achievement", "reduction",
)  # fmt: skip
#: The heading of each measure.
HEADINGS = {"birnbaum": "Birnbaum", "fussell_vesely": "Fussell-Vesely", "achievement": "RAW", "reduction": "RRW"}


def importance_rows(report: ImportanceReport) -> Table:
    """Return a row for each entity with numbers unrounded, for programs."""
    return Table([one.to_dict() for one in report.importances], _COLUMNS)


def importance_table(report: ImportanceReport) -> tuple[Table]:
    """Return a row for each entity, for people."""
    title = titled(f"{report.shock.label}: what the failure of {report.id} rests on", truncated=False)
    return (
        Table(
            [_row(one) for one in report.importances],
            ["id", "label", "class", "fails", *HEADINGS.values()],
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
        **{heading: None if (value := getattr(one, name)) is None else Fixed(value) for name, heading in HEADINGS.items()},
    }


def importance_meanings() -> list[str]:
    """Return the equation of each measure of importance, what it computes and its source; then what the equations mean.

    >>> len(importance_meanings())
    5
    """
    lines = [f"{method.equations[0]}: {method.answers} ({method.reference})" for method in IMPORTANCE.values()]
    return [*lines, *dict.fromkeys(text for method in IMPORTANCE.values() for text in method.equations[1:])]


def measure_texts(one: EntityImportance) -> list[str]:
    """Return the measures of one entity as texts, in the order of the registry."""
    return ["–" if (value := getattr(one, name)) is None else f"{value:.2f}" for name in IMPORTANCE]


def importance_of(one: EntityImportance) -> str:
    """Return the measures of one entity, in words."""
    values = {heading: getattr(one, name) for name, heading in HEADINGS.items()}
    measured = ", ".join(f"{heading} {value:.2f}" for heading, value in values.items() if value is not None)
    return f"{one.label} ({measured})"


def importance_sentences(found: ImportanceOnTheWay) -> list[str]:
    """Return how much those on the way matter, and what the measures are; or why they were not measured."""
    if found.skipped is not None:
        return [f"Importance of what is on the way was not measured: {found.skipped}; `knockon importance` does."]
    if not found.importances:
        return []
    more = f"; {found.left_out} more on the way were not measured" if found.left_out else ""
    rows = "; ".join(importance_of(one) for one in found.importances)
    return [f"What the failure of {found.label} rests on: {rows}{more}.", *(f"{line}." for line in importance_meanings())]


def importance_notes(report: ImportanceReport) -> Iterator[str]:
    """Return the probability of the failure, what the measures mean, and how they were computed."""
    parameters = report.parameters
    how = "exactly" if parameters["exact"] else f"from {parameters['draws']} draws, seed {parameters['seed']}"
    if not report.probability:
        yield f"{report.run.named(report.entity)} does not fail under this shock"
    yield f"{report.run.named(report.entity)} fails with a probability of {report.probability:.3g}, computed {how}"
    if report.importances:
        yield from importance_meanings()
    if error := max((one.standard_error for one in report.importances), default=0.0):
        yield f"standard error of birnbaum: at most {error:.2g}"
    yield from world_notes(report.run)


__all__ = [
    "importance_meanings",
    "importance_notes",
    "importance_of",
    "importance_rows",
    "importance_sentences",
    "importance_table",
    "measure_texts",
]
