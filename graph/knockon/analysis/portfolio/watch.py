"""Watch a portfolio: what changed for its entities since the state of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.analysis.answer import JsonObject
from knockon.analysis.context import Context
from knockon.analysis.portfolio.concerned_records import concerned, watched
from knockon.analysis.portfolio.portfolio import Portfolio, one_of_each
from knockon.analysis.portfolio.watch_answer import Changes, WatchReport
from knockon.analysis.portfolio.watch_changes import changes
from knockon.analysis.portfolio.watch_state import WatchState
from knockon.analysis.portfolio.watched_coverage import watched_coverage
from knockon.analysis.portfolio.watched_losses import Progress, watched_losses
from knockon.analysis.program_version import program_version
from knockon.errors import UsageError
from knockon.model.dates import written


def watch(context: Context, portfolio: Portfolio, earlier: WatchState | None, progress: Progress | None = None) -> WatchReport:
    """Return what changed for a portfolio since an earlier state, and the new state.

    Parameters
    ----------
    context
        The world and the model.
    portfolio
        The portfolio.
    earlier
        The earlier state; None in a first run.
    progress
        Is called after each shock that is computed.

    Raises
    ------
    UsageError
        The earlier state is of another model or other options, so that the numbers cannot be compared.
    """
    portfolio = one_of_each(portfolio, context.same)
    options = _options(context)
    if earlier is not None:
        _check_comparable(earlier, context.options.model, options)
    network, shocks = watched_losses(context, portfolio, earlier, progress)
    records = context.base_statements
    absent = context.world.absent
    about = concerned(records, portfolio.by_entity)
    state = WatchState(
        program=program_version(),
        day=written(context.options.record_filter.as_of),
        model=context.options.model,
        options=options,
        network=network,
        holdings=dict(sorted((holding.entity, holding.amount) for holding in portfolio.holdings)),
        shocks=shocks,
        coverage=watched_coverage(context, portfolio.by_entity),
        records={record.id: watched(record, about[record.id], absent) for record in records if record.id in about},
    )
    return WatchReport(
        file=portfolio.file,
        first=earlier is None,
        day_old=None if earlier is None else earlier.day,
        day_new=state.day,
        model=state.model,
        entities=len(portfolio),
        shocks=len(shocks),
        records=len(state.records),
        truncated=any(shock.truncated for shock in shocks.values()),
        changes=Changes() if earlier is None else changes(earlier, state, records),
        state=state,
    )


def _options(context: Context) -> JsonObject:
    """Return the options that the numbers depend on, without the day."""
    options = context.options
    return {**options.parameters(), **options.run_parameters(), "as_of": None}


def _check_comparable(earlier: WatchState, model: str, options: Mapping[str, object]) -> None:
    differing = [name for name in sorted({*options, *earlier.options}) if options.get(name) != earlier.options.get(name)]
    differing = ["model"] if earlier.model != model else differing
    if differing:
        name = differing[0]
        was, now = (earlier.model, model) if name == "model" else (earlier.options.get(name), options.get(name))
        raise UsageError(
            f"the state was computed with {name} {was}, not {now}: the numbers cannot be compared; use the same options, or "
            "start anew with another --state, or without the old file"
        )


__all__ = ["watch"]
