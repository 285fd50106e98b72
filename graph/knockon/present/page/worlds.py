"""Runs of the shocks of a page in other worlds: of each document, and on each day on which something changes.

The engine answers here, before the page is written; the page only shows what
was computed. A world whose network is that of the main run is not run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.errors import KnockonError, UsageError
from knockon.model import Shock, Statement
from knockon.model.dates import Calendar, as_of_text, counted, hits_nothing
from knockon.present.page.cascade import WorldRun
from knockon.present.page.excerpt import DEPTH, LIMIT, excerpt
from knockon.present.page.layout import positions
from knockon.present.page.page_data import Arrange, drawing
from knockon.present.page.world_members import RUNS, not_holding, offered, stops

#: In larger graphs each world takes seconds: they are left to the command line.
RECORDS = 5_000
TOO_LARGE = f"Not computed: the graph has more than {RECORDS:,} records. The command line answers this one."

Report = Mapping[str, Any]


def explored(
    context: Context,
    made: Callable[..., Context],
    *,
    title: str,
    shock: Shock | None = None,
    compare: str | None = None,
    centre: str | None = None,
    depth: int = DEPTH,
    limit: int = LIMIT,
    arrange: Arrange = positions,
    days: bool = True,
) -> dict[str, Any]:
    """The drawing of a ground, with the cascade of a shock in every world that the page offers.

    ``made(according_to=...)`` and ``made(as_of=...)`` give the ground that the
    command line would stand on; ``shock`` may be made up, ``compare`` names a second one.
    With ``days`` the drawing has the records of all days, and the slider to choose one;
    without, only those that hold on the day of the ground.
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
    records = (context.world.by_evidence if days else context.store).records
    middle = context.entity(centre).id if centre is not None else None
    if shock is None:
        if compare is not None:
            raise UsageError("name the first shock as well: two are compared")
        part = excerpt(records, centre=middle, depth=depth, limit=limit)
        return drawing(records, title=title, part=part, arrange=arrange, days=days)
    shocks = [shock] if compare is None else [shock, context.shock(compare)]
    if compare is not None and shocks[0].id == shocks[1].id:
        raise UsageError(f"{compare} would be compared with itself: name another shock")
    reports = [report.to_dict() for report in impacts(context, shocks)]
    part = excerpt(records, reports, centre=middle, depth=depth, limit=limit)
    worlds = other_worlds(context, made, shocks, reports, records if days else ())
    return drawing(records, reports[0], title=title, worlds=worlds, others=reports[1:], part=part, arrange=arrange, days=days)


def other_worlds(
    main: Context,
    made: Callable[..., Context],
    shocks: Sequence[Shock],
    reports: Sequence[Report],
    dated: Sequence[Statement] = (),
) -> list[WorldRun]:
    """The runs of ``shocks`` in every world beside that of the main ``reports``; what the main ground fixes is not varied.

    ``dated`` are the records whose days are varied; none where the day is fixed.
    """
    records = main.store.records
    small = len(records) <= RECORDS
    found: list[WorldRun] = []
    if main.options.according_to is None:
        run = set(offered(records, RUNS))
        for document in offered(records):
            if not small:
                answer: Sequence[Report] | str = TOO_LARGE
            elif document not in run:
                answer = f"Not computed: only the {RUNS} most cited documents are. The command line answers this one."
            else:
                answer = _asked(lambda iri=document: made(according_to=iri), shocks)  # type: ignore[misc]
            found += _rows(shocks, answer, document=document)
    if dated:
        found += _days(main, made, shocks, reports, dated)
    return found


def _days(
    main: Context,
    made: Callable[..., Context],
    shocks: Sequence[Shock],
    reports: Sequence[Report],
    records: Sequence[Statement],
) -> list[WorldRun]:
    calendar, small = Calendar.of(records), len(records) <= RECORDS
    queried = any(hit.target_query for shock in shocks for hit in shock.hit)
    day_of_main = main.options.record_filter.as_of
    first = not_holding(calendar, day_of_main.isoformat(), queried=queried) if day_of_main else frozenset()
    known: dict[frozenset[tuple[str, str]], Sequence[Report] | str] = {first: reports}
    found: list[WorldRun] = []
    for day in stops(records):
        out = not_holding(calendar, day, queried=queried)
        if out not in known:
            known[out] = _asked(lambda day=day: made(as_of=date.fromisoformat(day)), shocks) if small else TOO_LARGE  # type: ignore[misc]
        as_of = as_of_text(day, counted(calendar.absent(date.fromisoformat(day))))
        found += _rows(shocks, known[out], day=day, as_of=as_of)
    return found


def _asked(context: Callable[[], Context], shocks: Sequence[Shock]) -> Sequence[Report] | str:
    try:
        there = context()
        return [report.to_dict() for report in impacts(there, [_there(there, shock) for shock in shocks])]
    except KnockonError as error:
        return str(error)


def _there(context: Context, shock: Shock) -> Shock:
    """A shock as a world has it; one that was made up is in none, and strikes the same in each."""
    return next((one for one in context.shocks if one.id == shock.id), shock)


def _rows(
    shocks: Sequence[Shock], answer: Sequence[Report] | str, *, document: str = "", day: str = "", as_of: str = ""
) -> list[WorldRun]:
    rows = []
    for place, shock in enumerate(shocks):
        kind = "compare" if place else "document" if document else "date"
        report = None if isinstance(answer, str) else answer[place]
        reason = answer if isinstance(answer, str) else _reason(report)
        text = as_of or (as_of_text(report["parameters"]["as_of"], report["not_holding"]) if report else "")
        rows.append(WorldRun(kind, document, day, shock.label, report, reason, text))
    return rows


def _reason(report: Report | None) -> str:
    """Why nothing is lost, where that needs a word."""
    if not report or report["impacts"]:
        return ""
    if report["not_in_force"]:
        return hits_nothing("The shock", report["parameters"]["as_of"], report["not_in_force"])
    if report["missing_targets"]:
        return "What the shock hits is not in this world."
    return "The shock harms nothing in this world."
