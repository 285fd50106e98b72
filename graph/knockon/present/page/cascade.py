"""An impact run as the explorer page shows it: columns, with the row that caused each loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from knockon.analysis.answer import JsonValue
from knockon.analysis.answer_parts import Citation
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.rows import among
from knockon.analysis.impact.shortage_rows import shortages_between
from knockon.present.cascade_drawing import CascadeDrawing, cascade_drawing, entity_loss
from knockon.present.caveats import caveats_of, day, fallen, rests_on, short, spared_needs, worst_parts
from knockon.present.page.layout import FOLD
from knockon.vocabulary import UNSTATED


class CascadeTables:
    """Turns impact reports into columns; names are rows of the page's own tables.

    Parameters
    ----------
    text
        Returns the row of a string.
    node
        Returns the row of an entity (IRI); -1 where it is not drawn.
    facts_of
        Returns the rows of the facts of a record (IRI).
    evidence
        Returns the row of a citation.
    kept
        The entities (IRIs) that are drawn; None: all of them.
    """

    def __init__(
        self,
        text: Callable[[str], int],
        node: Callable[[str], int],
        facts_of: Callable[[str], list[int]],
        evidence: Callable[[Citation], int],
        kept: frozenset[str] | None = None,
    ) -> None:
        self.text, self.node, self.facts_of, self.evidence, self.kept = text, node, facts_of, evidence, kept

    def table(self, report: ImpactReport) -> dict[str, Any]:
        """Return the run and its impacts, by step and then by loss."""
        shown = report.impacts if self.kept is None else among(report.impacts, self.kept)
        by_entity = {impact.entity: impact for impact in shown}
        drawing = cascade_drawing(map(entity_loss, by_entity.values()), _missing(report, by_entity))
        impacts = [by_entity[box.entity] for box in drawing.boxes]
        return {
            "fold": FOLD,
            "impacts": self._impact_columns(impacts, drawing),
            "parts": [
                [self.node(whole), self.node(part), self.text(label), loss] for whole, part, label, loss in worst_parts(report)
            ],
            "run": _run(report, drawn=len(impacts), needs_short=spared_needs(report)),
            "short": self._short(short(report, self.kept)),
            "shortages": _thin_lines(drawing),
        }

    def _impact_columns(self, impacts: Sequence[Impact], drawing: CascadeDrawing) -> dict[str, list[Any]]:
        supports = [impact.support for impact in impacts]
        return {
            "binding": [self._binding(impact) for impact in impacts],
            "cause": [-1 if box.cause is None else box.cause for box in drawing.boxes],
            "class": [self.text(impact.cls or "Entity") for impact in impacts],
            "entity": self._texts(impact.entity for impact in impacts),
            "evidence": [[self.evidence(citation) for citation in impact.evidence] for impact in impacts],
            "high": [_number(impact.loss_high) for impact in impacts],
            "inferred": [self._texts(support.inferred) for support in supports],
            "judged": [self._texts(judged.record for judged in support.judged) for support in supports],
            "label": self._texts(impact.label or impact.entity for impact in impacts),
            "loss": [_number(impact.loss) for impact in impacts],
            "low": [_number(impact.loss_low) for impact in impacts],
            "node": [self.node(impact.entity) for impact in impacts],
            "rests": self._texts(rests_on(support) for support in supports),
            "stance": self._texts(support.stance or "" for support in supports),
            "ungraded": [int(support.ungraded_hit) for support in supports],
            "x": [box.column for box in drawing.boxes],
            "y": [box.row for box in drawing.boxes],
        }

    def _texts(self, values: Iterable[str]) -> list[int]:
        return [self.text(str(value)) for value in values]

    def _binding(self, impact: Impact) -> list[int]:
        """Return the dependency that carried the loss (its name and facts); empty where the shock hit the entity itself."""
        record = impact.dependency
        return [self.text(record), *self.facts_of(record)] if record else []

    def _short(self, shortages: Mapping[tuple[str, str], float]) -> list[list[float]]:
        """Return need, dependant and size of each shortage of a need that loses nothing, of those that are drawn."""
        rows = [[self.node(need), self.node(dependant), _number(size)] for (need, dependant), size in shortages.items()]
        return [row for row in rows if min(row[:2]) >= 0]


def _run(report: ImpactReport, *, drawn: int, needs_short: int) -> dict[str, Any]:
    """Return how the numbers came about; ``affected`` only where fewer are ``drawn``."""
    run = report.run
    return {
        "as_of": " ".join(day(run)),
        "caveats": caveats_of(report),
        "fallen": fallen(run),
        "iterations": run.iterations,
        "model": run.model,
        "network_hash": run.network_hash,
        "parameters": settings(run.parameters),
        "residual": run.residual if math.isfinite(run.residual) else None,
        "shock": report.shock.id,
        "shock_label": report.shock.label,
        "short": needs_short,
        "stopped_by": run.stopped_by,
        "truncated": run.truncated,
        "unaffected": report.unaffected,
        "unknown_share": run.unknown_share,
        **({"affected": report.affected} if report.affected > drawn else {}),
        **({"unstated": UNSTATED} if run.ungraded_hits else {}),
    }


def _missing(report: ImpactReport, drawn: Collection[str]) -> dict[tuple[str, str], float]:
    """Return by need and dependant (IRIs, both drawn) the part of the need that is missing: of several records, the largest."""
    pairs: dict[tuple[str, str], float] = {}
    for shortage in shortages_between(report.shortages, drawn):
        pair = shortage.need, shortage.dependant
        pairs[pair] = max(pairs.get(pair, 0.0), _number(shortage.shortage))
    return pairs


def _thin_lines(drawing: CascadeDrawing) -> list[list[int]]:
    """Return cause, effect and direction (1: back) of each shortage between two drawn entities."""
    return [[line.cause, line.effect, int(line.back)] for line in drawing.lines if not line.binding]


def _number(value: float) -> float:
    """Return a number to six decimals; one that is not finite has no form in JSON."""
    return round(float(value), 6) if math.isfinite(value) else 0.0


def settings(parameters: Mapping[str, JsonValue]) -> str:
    """Return the parameters that were set, but for the day, which is apart: runs of several days may be one."""
    names = (name for name in sorted(parameters) if parameters[name] not in (None, False, (), []) and name != "as_of")
    return ", ".join(_setting(name, parameters[name]) for name in names)


def _setting(name: str, value: JsonValue | tuple[object, ...]) -> str:
    """Return one parameter in words.

    >>> _setting("according_to", "doc-a"), _setting("facts_only", True), _setting("stances", ["Asserts"])
    ('according to doc-a', 'facts only', 'stances Asserts')
    """
    words = name.replace("_", " ")
    if value is True:
        return words
    return f"{words} {' and '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
