"""An impact run as the explorer shows it: one row an entity, with the row that caused it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from knockon.analysis.impact.impact_report import OwnerHit
from knockon.analysis.impact.support import Support
from knockon.analysis.run_info import RunInfo
from knockon.present.cascade_drawing import CascadeDrawing, EntityLoss, cascade_drawing
from knockon.present.caveats import caveats, day, fallen, rests_on, short, worst_parts
from knockon.present.page.layout import FOLD
from knockon.vocabulary import UNSTATED

#: Rows of the runs in other worlds that a page carries.
WORLD_ROWS = 40_000
TOO_LONG = "Left out, to keep the page small. The command line answers this one."


class WorldRun(NamedTuple):
    """The run of a shock in a world; ``kind`` is ``compare`` for a shock that is compared with the first.

    ``document`` is an IRI and ``day`` an ISO date; one of them, or neither, is
    given. Without a report ``reason`` says why there is none. ``as_of`` says
    which day it is as of, and what that leaves out.
    """

    kind: str
    document: str
    day: str
    shock: str
    report: Mapping[str, Any] | None
    reason: str = ""
    as_of: str = ""


class CascadeTables:
    """Turns the JSON object of an impact run into columns; names come from the drawing's own tables."""

    def __init__(
        self,
        text: Callable[[str], int],
        node: Callable[[str], int],
        facts_of: Callable[[str], list[int]],
        evidence: Callable[[str, int, int, str], int],
        kept: frozenset[str] | None = None,
    ) -> None:
        self.text, self.node, self.facts_of, self.evidence, self.kept = text, node, facts_of, evidence, kept

    def table(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """The run and its impacts, by step and then by loss."""
        found = report.get("impacts") or ()
        by_entity = {
            str(impact["entity"]): impact for impact in found if self.kept is None or str(impact["entity"]) in self.kept
        }
        drawing = cascade_drawing(map(_entity_loss, by_entity.values()), _missing(report.get("shortages") or ()))
        impacts = [by_entity[box.entity] for box in drawing.boxes]
        # Of a part, how many there are in all.
        cut = {"affected": len(found)} if len(found) > len(impacts) else {}
        lacking = short(report)
        run = RunInfo.from_dict(report)
        told = {
            "as_of": " ".join(day(run)),
            "caveats": _caveats(report, run),
            "fallen": fallen(run),
            "short": len({need for need, _ in lacking}),
        }
        told |= {"unstated": UNSTATED} if report.get("ungraded_hits") else {}
        return {
            "fold": FOLD,
            "impacts": {
                "binding": [self._binding(impact) for impact in impacts],
                "cause": [-1 if box.cause is None else box.cause for box in drawing.boxes],
                "class": [self.text(str(impact.get("class") or "Entity")) for impact in impacts],
                "entity": [self.text(str(impact["entity"])) for impact in impacts],
                "evidence": [self._evidence(impact) for impact in impacts],
                "high": [_number(impact.get("loss_high", impact["loss"])) for impact in impacts],
                "inferred": [self._names(impact, "inferred") for impact in impacts],
                "judged": [self._names(impact, "judged") for impact in impacts],
                "label": [self.text(str(impact.get("label") or impact["entity"])) for impact in impacts],
                "loss": [_number(impact["loss"]) for impact in impacts],
                "low": [_number(impact.get("loss_low", impact["loss"])) for impact in impacts],
                "node": [self.node(str(impact["entity"])) for impact in impacts],
                "rests": [self.text(rests_on(Support.from_dict(impact.get("support") or {}))) for impact in impacts],
                "stance": [self.text(str((impact.get("support") or {}).get("stance") or "")) for impact in impacts],
                "ungraded": [int(bool((impact.get("support") or {}).get("ungraded_hit"))) for impact in impacts],
                "x": [box.column for box in drawing.boxes],
                "y": [box.row for box in drawing.boxes],
            },
            "parts": [
                [self.node(whole), self.node(part), self.text(label), loss] for whole, part, label, loss in worst_parts(report)
            ],
            "run": {key: _plain(report.get(key)) for key in _RUN} | cut | told,
            "short": self._short(lacking),
            "shortages": _shortages(drawing),
        }

    def _binding(self, impact: Mapping[str, Any]) -> list[int]:
        """Dependency (name, then its facts) that carried the harm; empty where the shock struck itself."""
        binding = impact.get("binding") or {}
        record = binding.get("dependency")
        return [self.text(str(record)), *self.facts_of(str(record))] if record else []

    def _evidence(self, impact: Mapping[str, Any]) -> list[int]:
        rows = impact.get("evidence") or ()
        return [self.evidence(str(e["document"]), int(e["start"]), int(e["end"]), str(e.get("stance") or "")) for e in rows]

    def _names(self, impact: Mapping[str, Any], key: str) -> list[int]:
        """The records that were inferred or judged: by name, or as objects with the properties that were."""
        found = (impact.get("support") or {}).get(key) or ()
        return [self.text(str(one.get("record", "") if isinstance(one, Mapping) else one)) for one in found]

    def _short(self, lacking: Mapping[tuple[str, str], float]) -> list[list[float]]:
        """Need, dependant and size of what falls short though it loses nothing, of those that are drawn."""
        rows = [[self.node(need), self.node(dependant), _number(size)] for (need, dependant), size in lacking.items()]
        return [row for row in rows if min(row[:2]) >= 0]


def world_tables(
    runs: Sequence[WorldRun], tables: CascadeTables, main: Mapping[str, Any], row_of: Callable[[str], int]
) -> list[dict[str, Any]]:
    """The runs as the page reads them.

    A table that says the same as an earlier one is only named: by its row in
    this list, or -1 for the ``main`` one. None: there is no run, for a reason.
    """
    seen = {_same(main): -1}
    # Worlds that share a network share the very report: it is read once.
    made: dict[int, tuple[str, dict[str, Any]]] = {}
    rows: list[dict[str, Any]] = []
    room = WORLD_ROWS
    for run in runs:
        document = row_of(run.document) if run.document else -1
        row = {
            "as_of": run.as_of,
            "date": run.day,
            "document": document,
            "kind": run.kind,
            "reason": run.reason,
            "shock": tables.text(run.shock),
            "table": None,
        }
        rows.append(row)
        if run.report is None:
            continue
        if id(run.report) not in made:
            table = tables.table(run.report)
            made[id(run.report)] = _same(table), table
        text, table = made[id(run.report)]
        size = len(table["impacts"]["loss"])
        if text in seen:
            row["table"] = seen[text]
        elif size > room:
            row["reason"] = TOO_LONG
        else:
            row["table"], seen[text], room = table, len(rows) - 1, room - size
    return rows


def _caveats(report: Mapping[str, Any], run: RunInfo) -> list[str]:
    return caveats(
        run,
        str(report.get("shock") or ""),
        owners_hit=[OwnerHit(**owner) for owner in report.get("owners_hit") or ()],
        unstated_combinations=report.get("unstated_combinations") or (),
        scaled_shares=report.get("scaled_shares") or {},
        completed_shares=report.get("completed_shares") or {},
    )


def _same(table: Mapping[str, Any]) -> str:
    """What two runs must share to be shown as one: all but how they were asked for."""
    run = {key: value for key, value in table["run"].items() if key not in {"as_of", "parameters", "fallen"}}
    return json.dumps({**table, "run": run}, sort_keys=True)


_RUN = (
    "iterations", "model", "network_hash", "parameters", "residual", "shock", "shock_label", "stopped_by", "truncated",
    "unaffected", "unknown_share",
)  # fmt: skip


def _entity_loss(impact: Mapping[str, Any]) -> EntityLoss:
    """Return what the drawing needs of an impact: its cause is the source that the run names, else provider or need."""
    binding = impact.get("binding") or {}
    return EntityLoss(
        entity=str(impact["entity"]),
        label=str(impact.get("label") or impact["entity"]),
        loss=_number(impact["loss"]),
        low=_number(impact.get("loss_low", impact["loss"])),
        high=_number(impact.get("loss_high", impact["loss"])),
        step=int(impact["step"]),
        causes=tuple(str(binding[key]) for key in ("source", "provider", "need") if binding.get(key)),
    )


def _missing(shortages: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    """Return by need and dependant the part of the need that is missing: of several records, the largest."""
    pairs: dict[tuple[str, str], float] = {}
    for shortage in shortages:
        pair = str(shortage.get("need")), str(shortage.get("dependant"))
        pairs[pair] = max(pairs.get(pair, 0.0), _number(shortage.get("shortage")))
    return pairs


def _shortages(drawing: CascadeDrawing) -> list[list[int]]:
    """Return cause, effect and direction (1: back) of each shortage between two drawn entities: the thin lines."""
    return [[line.cause, line.effect, int(line.back)] for line in drawing.lines if not line.binding]


def _number(value: Any) -> float:
    number = float(value or 0)
    return round(number, 6) if math.isfinite(number) else 0.0


def _plain(value: Any) -> str | int | float | bool | None:
    """A value of the run as JSON can carry it: no infinities, mappings and lists as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        # Parameters: those that were set. The day is told apart: runs of several days may be one.
        used = (key for key in sorted(value) if value[key] not in (None, False, (), []) and key != "as_of")
        return ", ".join(_setting(str(key), value[key]) for key in used)
    if isinstance(value, list | tuple):
        # A list of entities (unaffected) is only counted.
        return len(value)
    return str(value)


def _setting(key: str, value: Any) -> str:
    """One parameter as one reads it.

    >>> _setting("according_to", "doc-a"), _setting("facts_only", True), _setting("stances", ["Asserts"])
    ('according to doc-a', 'facts only', 'stances Asserts')
    """
    name = key.replace("_", " ")
    if value is True:
        return name
    return f"{name} {' and '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
