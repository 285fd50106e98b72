"""Runs of the shocks of a page in other worlds: of each document, and on each day on which something changes.

The engine computes them before the page is written; the page only shows them.
A world whose network is that of the main run is not run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.errors import KnockonError, UsageError
from knockon.model import Shock, Statement
from knockon.model.dates import Calendar, as_of_text, counted, hits_nothing
from knockon.present.page.cascade import WorldRun
from knockon.present.page.excerpt import DEPTH, LIMIT, excerpt
from knockon.present.page.layout import positions
from knockon.present.page.page_data import Arrange, Quote, drawing
from knockon.present.page.world_members import RUNS, not_holding, offered, stops

#: In larger graphs each world takes seconds: they are left to the command line.
RECORDS = 5_000
TOO_LARGE = f"Not computed: the graph has more than {RECORDS:,} records. The command line answers this one."


def explored(
    context: Context,
    open_world: Callable[..., Context],
    *,
    title: str,
    shock: Shock | None = None,
    compare: str | None = None,
    centre: str | None = None,
    depth: int = DEPTH,
    limit: int = LIMIT,
    arrange: Arrange = positions,
    days: bool = True,
    quote: Quote | None = None,
) -> dict[str, Any]:
    """Return the data of the page of a context, with the cascade of a shock in every world that the page offers.

    ``open_world(according_to=...)`` and ``open_world(as_of=...)`` return the context of
    another world, as the command line opens it; ``shock`` may be one that is not in the
    graph, ``compare`` names a second one.
    With ``days`` the page has the records of all days, and the slider to choose one;
    without, only those that hold on the day of the context.
    ``centre``, ``depth`` and ``limit`` choose what is drawn (see ``excerpt``),
    ``arrange`` gives it its places; ``quote`` gives the words of citations.

    Raises
    ------
    UsageError
        There is a second shock but no first one; or the graph is too large for
        a page and there is neither a shock nor a centre.
    NotFound
        The second shock or the centre is not in the graph.
    """
    records = (context.world.by_evidence if days else context.store).records
    middle = context.entity(centre).id if centre is not None else None
    if shock is None:
        if compare is not None:
            raise UsageError("name the first shock as well: two are compared")
        part = excerpt(records, centre=middle, depth=depth, limit=limit)
        return drawing(records, title=title, part=part, arrange=arrange, days=days, quote=quote)
    shocks = [shock] if compare is None else [shock, context.shock(compare)]
    if compare is not None and shocks[0].id == shocks[1].id:
        raise UsageError(f"{compare} would be compared with itself: name another shock")
    reports = list(impacts(context, shocks))
    part = excerpt(records, reports, centre=middle, depth=depth, limit=limit)
    worlds = other_worlds(context, open_world, shocks, reports, records if days else ())
    return drawing(
        records, reports[0], title=title, worlds=worlds, others=reports[1:], part=part, arrange=arrange, days=days, quote=quote
    )


def other_worlds(
    main: Context,
    open_world: Callable[..., Context],
    shocks: Sequence[Shock],
    reports: Sequence[ImpactReport],
    dated: Sequence[Statement] = (),
) -> list[WorldRun]:
    """Return the runs of ``shocks`` in every world but that of the main ``reports``; what the main context fixes is not varied.

    ``dated`` are the records whose days are varied; none where the day is fixed.
    """
    records = main.store.records
    small = len(records) <= RECORDS
    runs: list[WorldRun] = []
    if main.options.according_to is None:
        computed = set(offered(records, RUNS))
        for document in offered(records):
            if not small:
                answer: Sequence[ImpactReport] | str = TOO_LARGE
            elif document not in computed:
                answer = f"Not computed: only the {RUNS} most cited documents are. The command line answers this one."
            else:
                answer = _answer(lambda iri=document: open_world(according_to=iri), shocks)  # type: ignore[misc]
            runs += _rows(shocks, answer, document=document)
    if dated:
        runs += _days(main, open_world, shocks, reports, dated)
    return runs


def _days(
    main: Context,
    open_world: Callable[..., Context],
    shocks: Sequence[Shock],
    reports: Sequence[ImpactReport],
    records: Sequence[Statement],
) -> list[WorldRun]:
    calendar, small = Calendar.of(records), len(records) <= RECORDS
    queried = any(hit.target_query for shock in shocks for hit in shock.hit)
    day_of_main = main.options.record_filter.as_of
    first = not_holding(calendar, day_of_main.isoformat(), queried=queried) if day_of_main else frozenset()
    known: dict[frozenset[tuple[str, str]], Sequence[ImpactReport] | str] = {first: reports}
    runs: list[WorldRun] = []
    for day in stops(records):
        out = not_holding(calendar, day, queried=queried)
        if out not in known:
            known[out] = _answer(lambda day=day: open_world(as_of=date.fromisoformat(day)), shocks) if small else TOO_LARGE  # type: ignore[misc]
        as_of = as_of_text(day, counted(calendar.absent(date.fromisoformat(day))))
        runs += _rows(shocks, known[out], day=day, as_of=as_of)
    return runs


def _answer(open_context: Callable[[], Context], shocks: Sequence[Shock]) -> Sequence[ImpactReport] | str:
    """Return the runs of the shocks, or why there are none."""
    try:
        context = open_context()
        return list(impacts(context, [_as_in(context, shock) for shock in shocks]))
    except KnockonError as error:
        return str(error)


def _as_in(context: Context, shock: Shock) -> Shock:
    """Return a shock as the world has it; one that is not in the graph is the same in each world."""
    return next((record for record in context.shocks if record.id == shock.id), shock)


def _rows(
    shocks: Sequence[Shock], answer: Sequence[ImpactReport] | str, *, document: str = "", day: str = "", as_of: str = ""
) -> list[WorldRun]:
    rows = []
    for place, shock in enumerate(shocks):
        kind = "compare" if place else "document" if document else "date"
        report = None if isinstance(answer, str) else answer[place]
        reason = answer if isinstance(answer, str) else _reason(report)
        text = as_of or (as_of_text(report.run.as_of, report.run.not_holding) if report is not None else "")
        rows.append(WorldRun(kind, document, day, shock.label, report, reason, text))
    return rows


def _reason(report: ImpactReport | None) -> str:
    """Return why nothing is lost, where that needs a word."""
    if report is None or report.impacts:
        return ""
    if report.run.not_in_force:
        return hits_nothing("The shock", report.run.as_of, report.run.not_in_force)
    if report.run.missing_targets:
        return "What the shock hits is not in this world."
    return "The shock harms nothing in this world."
