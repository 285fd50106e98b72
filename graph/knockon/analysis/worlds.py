"""Runs of the shocks of a page in other worlds: of each document, and on each day on which something changes.

The engine answers here, before the page is written; the page only shows what
was computed. A world whose network is that of the main run is not run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from knockon.analysis.ground import Ground
from knockon.analysis.impact import impacts
from knockon.errors import KnockonError, UsageError
from knockon.model import Shock
from knockon.views.cascade import WorldRun
from knockon.views.drawing import Arrange, drawing
from knockon.views.excerpt import DEPTH, LIMIT, excerpt
from knockon.views.layout import positions
from knockon.views.membership import RUNS, not_holding, offered, stops

#: In larger graphs each world takes seconds: they are left to the command line.
RECORDS = 5_000
TOO_LARGE = f"Not computed: the graph has more than {RECORDS:,} records. The command line answers this one."

Report = Mapping[str, Any]


def explored(
    ground: Ground,
    made: Callable[..., Ground],
    *,
    title: str,
    shock: Shock | None = None,
    compare: str | None = None,
    centre: str | None = None,
    depth: int = DEPTH,
    limit: int = LIMIT,
    arrange: Arrange = positions,
) -> dict[str, Any]:
    """The drawing of a ground, with the cascade of a shock in every world that the page offers.

    ``made(according_to=...)`` and ``made(as_of=...)`` give the ground that the
    command line would stand on; ``shock`` may be made up, ``compare`` names a second one.
    ``centre``, ``depth`` and ``limit`` choose what is drawn (see ``excerpt``),
    ``arrange`` gives it its places.

    Raises
    ------
    UsageError
        There is a shock to compare with, and none to compare; or the graph is
        too large for a page and nothing says which part of it to show.
    NotFound
        The second shock or the centre is not in the graph.
    """
    records = ground.store.records
    middle = ground.entity(centre).id if centre is not None else None
    if shock is None:
        if compare is not None:
            raise UsageError("name the first shock as well: two are compared")
        part = excerpt(records, centre=middle, depth=depth, limit=limit)
        return drawing(records, title=title, part=part, arrange=arrange)
    shocks = [shock] if compare is None else [shock, ground.shock(compare)]
    if compare is not None and shocks[0].id == shocks[1].id:
        raise UsageError(f"{compare} would be compared with itself: name another shock")
    reports = [report.to_dict() for report in impacts(ground, shocks)]
    part = excerpt(records, reports, centre=middle, depth=depth, limit=limit)
    worlds = other_worlds(ground, made, shocks, reports)
    return drawing(records, reports[0], title=title, worlds=worlds, others=reports[1:], part=part, arrange=arrange)


def other_worlds(
    main: Ground, made: Callable[..., Ground], shocks: Sequence[Shock], reports: Sequence[Report]
) -> list[WorldRun]:
    """The runs of ``shocks`` in every world beside that of the main ``reports``; what the main ground fixes is not varied."""
    records = main.store.records
    small = len(records) <= RECORDS
    found: list[WorldRun] = []
    if main.setting.according_to is None:
        run = set(offered(records, RUNS))
        for document in offered(records):
            if not small:
                answer: Sequence[Report] | str = TOO_LARGE
            elif document not in run:
                answer = f"Not computed: only the {RUNS} most cited documents are. The command line answers this one."
            else:
                answer = _asked(lambda iri=document: made(according_to=iri), shocks)  # type: ignore[misc]
            found += _rows(shocks, answer, document=document)
    if main.setting.terms.as_of is None:
        found += _days(main, made, shocks, reports, small)
    return found


def _days(
    main: Ground, made: Callable[..., Ground], shocks: Sequence[Shock], reports: Sequence[Report], small: bool
) -> list[WorldRun]:
    records = main.store.records
    known: dict[frozenset[str], Sequence[Report] | str] = {frozenset(): reports}
    found: list[WorldRun] = []
    for day in stops(records):
        out = not_holding(records, day)
        if out not in known:
            known[out] = _asked(lambda day=day: made(as_of=date.fromisoformat(day)), shocks) if small else TOO_LARGE  # type: ignore[misc]
        found += _rows(shocks, known[out], day=day)
    return found


def _asked(ground: Callable[[], Ground], shocks: Sequence[Shock]) -> Sequence[Report] | str:
    try:
        there = ground()
        return [report.to_dict() for report in impacts(there, [_there(there, shock) for shock in shocks])]
    except KnockonError as error:
        return str(error)


def _there(ground: Ground, shock: Shock) -> Shock:
    """A shock as a world has it; one that was made up is in none, and strikes the same in each."""
    return next((one for one in ground.shocks if one.id == shock.id), shock)


def _rows(shocks: Sequence[Shock], answer: Sequence[Report] | str, *, document: str = "", day: str = "") -> list[WorldRun]:
    rows = []
    for place, shock in enumerate(shocks):
        kind = "compare" if place else "document" if document else "date"
        report = None if isinstance(answer, str) else answer[place]
        rows.append(WorldRun(kind, document, day, shock.label, report, answer if isinstance(answer, str) else _reason(report)))
    return rows


def _reason(report: Report | None) -> str:
    """Why nothing is lost, where that needs a word."""
    if not report or report["impacts"]:
        return ""
    if report["missing_targets"]:
        return "What the shock hits is not in this world."
    return "The shock harms nothing in this world."
