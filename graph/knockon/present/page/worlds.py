"""The data of a page: what it draws, and the worlds in which it computes, of each document and of days.

The networks of the worlds are compiled before the page is written. Days on which the same records hold share one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.coverage import affected
from knockon.analysis.impact.impact import impacts
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.lists.everybody import listed_parties
from knockon.errors import UsageError
from knockon.identity.candidates import LEAST, MOST
from knockon.model import DataSetInfo, Shock, Statement
from knockon.model.dates import Calendar, as_of_text, counted
from knockon.present.page.excerpt import DEPTH, LIMIT, Excerpt, excerpt
from knockon.present.page.identity import IdentityPairs
from knockon.present.page.layout import positions
from knockon.present.page.network_worlds import MODEL, NetworkWorld
from knockon.present.page.page_data import Arrange, Quote, drawing
from knockon.present.page.plain_finding import finding_texts
from knockon.present.page.stored_excerpt import MOST_RECORDS, stored_excerpt
from knockon.present.page.world_members import RUNS, not_holding, offered, periods_on, stops, turning
from knockon.store.base import Store
from knockon.store.kept_records import KeptRecords

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
    changed: Collection[str] = (),
    listed: Sequence[str] = (),
    data_sets: Sequence[DataSetInfo] = (),
) -> dict[str, Any]:
    """Return the data of the page of a context, with the cascade of a shock in every world that the page offers.

    ``open_world(according_to=...)`` and ``open_world(as_of=...)`` return the context of
    another world, as the command line opens it; ``shock`` may be one that is not in the
    graph, ``compare`` names a second one.
    With ``days`` the page has the records of all days, and the slider to choose one;
    without, only those that hold on the day of the context.
    ``centre``, ``depth`` and ``limit`` choose what is drawn (see ``excerpt``),
    ``arrange`` gives it its places; ``quote`` gives the words of citations;
    ``changed`` are the documents (IRIs) of which there is a file with other contents; ``listed`` the entities (IRIs) of the
    reader's list; ``data_sets`` are what a saved drawing says it is from. Without a shock the centre is the reader's company,
    on which the page opens, but not of a large store, where the page computes nothing.

    Raises
    ------
    UsageError
        There is a second shock but no first one; or the graph is too large for
        a page and there is neither a shock nor a centre.
    NotFound
        The second shock or the centre is not in the graph.
    """
    records = context.base_statements if days else context.held
    middle = context.entity(centre).id if centre is not None else None
    shown = _shown_shocks(context, shock, compare)
    stored = _stored(records)
    if stored is not None and len(shown) == 2:
        raise UsageError(f"a page of more than {MOST_RECORDS:,} records shows one shock; `knockon compare` shows two")
    reports = list(impacts(context, shown)) if shown else []
    chosen: dict[str, Any] = {"centre": middle, "listed": listed, "depth": depth, "limit": limit}
    part: Excerpt | None
    read: Sequence[Statement]
    if stored is None:
        part, read = excerpt(records, reports, **chosen), records
    else:
        part = stored_excerpt(stored, reports[0] if reports else None, **chosen)
        read = part.records
    computes = context.options.model == MODEL and stored is None
    named = {record.id for record in shown}
    shocks = [*shown, *(record for record in context.shocks if record.id not in named)]
    return drawing(
        read, reports[0] if reports else None, title=title,
        worlds=worlds_of(context, open_world, shocks, records if days else ()) if computes else None,
        shocks=shocks, compared=len(shown), part=part, arrange=arrange, days=days, quote=quote,
        changed=changed, listed=listed, company=middle if not shown and stored is None else None, data_sets=data_sets,
        finding=_finding(reports[0], whole=stored is None) if reports and not computes else (),
        on_lists=listed_parties(context), identity=_identity_pairs(context.whole),
    )  # fmt: skip


def _shown_shocks(context: Context, shock: Shock | None, compare: str | None) -> list[Shock]:
    """Return the shock that a page shows, and the one that it is compared with."""
    if shock is None and compare is not None:
        raise UsageError("name the first shock as well: two are compared")
    shown = [] if shock is None else [shock] if compare is None else [shock, context.shock(compare)]
    if len(shown) == 2 and shown[0].id == shown[1].id:
        raise UsageError(f"{compare} would be compared with itself: name another shock")
    return shown


def _finding(report: ImpactReport, *, whole: bool) -> Sequence[str]:
    """Return the finding of a run that the page does not compute; where it shows a part of a large store, only who loses."""
    if whole:
        return finding_texts(report)
    name = report.shock.label or report.shock.id
    return (f"{name}: {affected(report.affected, report.affected + report.unaffected)}.",)


def _stored(records: Sequence[Statement]) -> KeptRecords | None:
    """Return records where they are so many that a page reads only what it shows of them."""
    return records if isinstance(records, KeptRecords) and len(records) > MOST_RECORDS else None


def _identity_pairs(store: Store) -> IdentityPairs | None:
    """Return the pairs of entities that may be one; None where the library that compares names is not installed."""
    from knockon.analysis.records.identity_candidates import identity_candidates

    if len(store.records) > RECORDS:
        return IdentityPairs(reason=f"Not looked for here: the graph has more than {RECORDS:,} records.")
    try:
        return IdentityPairs(identity_candidates(store, least=LEAST, most=MOST, between=False, unsure=True).pairs)
    except UsageError:
        return None


def worlds_of(
    main: Context, open_world: Callable[..., Context], shocks: Sequence[Shock], dated: Sequence[Statement] = ()
) -> Iterator[NetworkWorld]:
    """Yield the worlds of a page, that of the main context first; what that context fixes is not varied.

    ``dated`` are the records whose days are varied; none where the day is fixed.
    """
    yield NetworkWorld("", "", lambda: main)
    records = main.store.records
    small = len(records) <= RECORDS
    if main.options.according_to is None:
        computed = set(offered(records, RUNS))
        for document in offered(records):
            if not small:
                yield NetworkWorld(document, "", None, reason=TOO_LARGE)
            elif document not in computed:
                why = f"Not computed: only the {RUNS} most cited documents are. The command line answers this one."
                yield NetworkWorld(document, "", None, reason=why)
            else:
                yield NetworkWorld(document, "", lambda iri=document: open_world(according_to=iri))  # type: ignore[misc]
    if dated:
        yield from _days(main, open_world, shocks, dated, small=small)


def _days(
    main: Context, open_world: Callable[..., Context], shocks: Sequence[Shock], records: Sequence[Statement], *, small: bool
) -> Iterator[NetworkWorld]:
    records = turning(records)
    calendar = Calendar.of(records)
    queried = any(hit.target_query for shock in shocks for hit in shock.hit)
    day_of_main = main.options.record_filter.as_of

    def left_out(day: str) -> tuple[frozenset[tuple[str, str]], ...]:
        return not_holding(calendar, day, queried=queried), periods_on(records, day)

    # Where dates are ignored no day has the same periods.
    known = {left_out(day_of_main.isoformat()): ""} if day_of_main else {}
    for day in stops(records):
        out = left_out(day)
        text = as_of_text(day, counted(calendar.absent(date.fromisoformat(day))))
        if out in known:
            yield NetworkWorld("", day, None, text, same=known[out])
            continue
        known[out] = day
        opened = (lambda day=day: open_world(as_of=date.fromisoformat(day))) if small else None
        yield NetworkWorld("", day, opened, text, "" if small else TOO_LARGE)
