"""The section of a page on a shock about what would help one entity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knockon.analysis.answer import Answer
from knockon.analysis.context import Context
from knockon.analysis.impact.focus import Focus
from knockon.analysis.impact.impact import MIN_LOSS
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.labels import name_of
from knockon.analysis.mitigate.mitigate import HORIZON, Limits, mitigate
from knockon.analysis.mitigate.mitigation import Blockers, ChangePair, HalvingShare, LossBefore, SingleChange, TriedChange
from knockon.analysis.report import search_limits
from knockon.analysis.report.hit_groups import MONEY
from knockon.model import Record

#: The most pairs of changes that a page tries; the command goes further.
PAIRS = 500
#: The classes of which there may be a stock; nobody stores a service or a capability.
STORED = ("Entity", "Material", "Product", "Resource")


@dataclass(frozen=True, slots=True)
class Remedy(Answer):
    """A change that was tried, with the labels of the records that it names.

    Attributes
    ----------
    tried
        The change; a ``SingleChange`` has what it saves.
    provider_label, replaces_label
        The label of a new supplier, and of the one that it replaces; None where there is none.
    dependant_label, need_label
        The labels of the two ends of the dependency.
    dependant_class, need_class
        Their classes.
    of_own
        Whether the need is a part of the dependant, such as its plant or its product.
    short
        How much of the need is missing (0..1).
    """

    tried: TriedChange
    provider_label: str | None
    replaces_label: str | None
    dependant_label: str
    need_label: str
    dependant_class: str
    need_class: str
    of_own: bool
    short: float

    @property
    def of_money(self) -> bool:
        """Whether a revenue, a contract or a funding has the need: a second source means other business then."""
        return self.dependant_class in MONEY


@dataclass(frozen=True, slots=True)
class RemedyPair(Answer):
    """Two changes that were tried together.

    Attributes
    ----------
    tried
        The pair, with what it saves.
    changes
        Its changes.
    """

    tried: ChangePair
    changes: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class HalvingSource(Answer):
    """A second source, or two, with the least share of the need that halves the loss.

    Attributes
    ----------
    tried
        The share, and what it saves.
    sources
        The needs that get a second source.
    """

    tried: HalvingShare
    sources: tuple[Remedy, ...]

    @property
    def of_money(self) -> bool:
        """Whether one of the needs is that of a revenue, a contract or a funding."""
        return any(source.of_money for source in self.sources)

    @property
    def of_own(self) -> bool:
        """Whether one of the needs is a part of its dependant."""
        return any(source.of_own for source in self.sources)


@dataclass(frozen=True, slots=True)
class CarryOver(Answer):
    """A stock that lasts until the shock ends.

    Attributes
    ----------
    stock
        The stock: whose need it is for.
    days
        Its size, in days of the whole need.
    until
        The last day of the shock (ISO 8601), up to which the loss stays below ``felt``.
    """

    stock: Remedy
    days: int
    until: str


@dataclass(frozen=True, slots=True)
class EqualWays(Answer):
    """An entity that loses equally much by several dependencies, so that a change to one of them saves nothing.

    Attributes
    ----------
    label
        Its label.
    loss
        What it loses (0..1).
    ways
        How many dependencies cost it that much.
    """

    label: str
    loss: float
    ways: int


@dataclass(frozen=True, slots=True)
class Obstacles(Answer):
    """The reasons why no single change saves anything.

    Attributes
    ----------
    hit_itself
        Whether the shock hits the entity itself.
    hit
        The names of the dependencies that the shock hits.
    ties
        The entities on the path that lose equally much by several dependencies.
    """

    hit_itself: bool
    hit: tuple[str, ...]
    ties: tuple[EqualWays, ...]


@dataclass(frozen=True, slots=True)
class RemedySection(Answer):
    """The changes that would help the entity on which a page concentrates.

    Attributes
    ----------
    skipped
        Why no change was tried; None where some were.
    felt
        The loss (0..1) from which on an entity counts as hit, for the days until it is.
    before
        What the entity loses without a change.
    buffer_days
        The size of a stock, in days of the whole need.
    helpful
        How many single changes save something.
    dependencies_on_the_way, without_named_supplier
        How many dependencies are on a path to it, and how many of these have no named supplier.
    pairs_helpful, pairs_tried, pairs_untried
        How many pairs of changes save something, were tried, and were not tried.
    truncated
        Whether the cap stopped a run.
    changes, pairs
        What was tried, best first.
    halving
        The second sources that halve the loss, with the least share of the need that each must take over; the smallest first.
    carry_over
        A stock that lasts until the shock ends; None where it has no end, or no stock does.
    obstacles
        Why no single change saves anything; None where one does.
    """

    skipped: str | None
    felt: float = 0.0
    before: LossBefore | None = None
    buffer_days: float = 0.0
    helpful: int = 0
    dependencies_on_the_way: int = 0
    without_named_supplier: int = 0
    pairs_helpful: int = 0
    pairs_tried: int = 0
    pairs_untried: int = 0
    truncated: bool = False
    changes: tuple[Remedy, ...] = ()
    pairs: tuple[RemedyPair, ...] = ()
    halving: tuple[HalvingSource, ...] = ()
    carry_over: CarryOver | None = None
    obstacles: Obstacles | None = None


def remedy_section(report: ImpactReport, focus: Focus | None) -> RemedySection:
    """Return the changes that would help the focus of a page, or why none was tried."""
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != search_limits.MODEL:
        return RemedySection(search_limits.reason_without_focus(report))
    short = report.cause.result.shortage[report.cause.row] > 0
    count = int((search_limits.upstream_of(network, focus.entity)[network.slot_owner] & short).sum())
    if count * network.slots > search_limits.MOST_CHANGED:
        return RemedySection(f"{count:,} dependencies lie on the way to it, and to change each would take too long for a page")
    answer = mitigate(context, report.shock, focus.entity, Limits(pairs=PAIRS))
    return RemedySection(
        skipped=None,
        felt=MIN_LOSS,
        before=answer.before,
        buffer_days=answer.run.number("buffer_days"),
        helpful=answer.helpful,
        dependencies_on_the_way=answer.dependencies_on_the_way,
        without_named_supplier=answer.without_named_supplier,
        pairs_helpful=answer.pairs_helpful,
        pairs_tried=answer.pairs_tried,
        pairs_untried=answer.pairs_untried,
        truncated=answer.truncated,
        changes=tuple(_remedy(report, change) for change in answer.changes),
        pairs=tuple(RemedyPair(pair, tuple(_remedy(report, change) for change in pair.changes)) for pair in answer.pairs),
        halving=tuple(_halving(report, halving) for halving in answer.halving),
        carry_over=_carry_over(report, focus),
        obstacles=_obstacles(context, answer.why) if answer.why else None,
    )


def _halving(report: ImpactReport, halving: HalvingShare) -> HalvingSource:
    return HalvingSource(halving, tuple(_remedy(report, change) for change in halving.changes))


def _carry_over(report: ImpactReport, focus: Focus) -> CarryOver | None:
    """Return the smallest stock found that lasts until the shock ends; each that is tried is a run of timeline."""
    lasts = _days_left(report)
    if lasts is None:
        return None
    # One of all days lasts at least as long; where only a part is missing, that part of it is enough.
    whole = _lasting(report, focus, lasts, lasts)
    if whole is None:
        return None
    size = math.ceil(lasts * whole.short) if whole.short > 0 else lasts
    smaller = _lasting(report, focus, size, lasts) if size < lasts else None
    stock, days = (smaller, size) if smaller is not None else (whole, lasts)
    return CarryOver(stock, days, str(report.shock.until))


def _days_left(report: ImpactReport) -> int | None:
    """Return how many days the shock lasts from the day of the report on; None where that is not known, or too long."""
    day, until = report.run.as_of, report.shock.until
    if until is None or not day or day == "all":
        return None
    start = max(date.fromisoformat(day), report.shock.from_ or date.min)
    days = (until - start).days + 1
    return days if 0 < days <= HORIZON else None


def _lasting(report: ImpactReport, focus: Focus, size: int, lasts: int) -> Remedy | None:
    """Return a stock of some days with which the loss is not felt for as long as the shock lasts; None where none does."""
    limits = Limits(buffer_days=size, horizon=lasts, pairs=0)
    answer = mitigate(report.cause.context, report.shock, focus.entity, limits)
    stocks = (_remedy(report, change) for change in answer.changes if change.kind == "buffer" and change.arrives is not None)
    lasting = [stock for stock in stocks if stock.need_class in STORED and not _is_felt(stock.tried, lasts)]
    return min(lasting, key=lambda stock: (stock.short, stock.tried.dependency), default=None)


def _is_felt(change: TriedChange, lasts: int) -> bool:
    """Return whether the loss is felt before the shock ends, with a stock."""
    days = change.time_to_impact_after if isinstance(change, SingleChange) else None
    return days is not None and days < lasts


def _obstacles(context: Context, why: Blockers) -> Obstacles:
    return Obstacles(
        hit_itself=why.hit_itself,
        hit=tuple(name_of(context.records, iri, context.named) for iri in why.hit_dependencies),
        ties=tuple(EqualWays(context.named(tie.entity), tie.loss, len(tie.dependencies)) for tie in why.ties),
    )


def _remedy(report: ImpactReport, change: TriedChange) -> Remedy:
    """Return a change with labels, and how much of the need is missing."""
    named, records = report.cause.context.named, report.cause.context.records
    return Remedy(
        tried=change,
        provider_label=named(change.provider) if change.provider else None,
        replaces_label=named(change.replaces) if change.replaces else None,
        dependant_label=named(change.dependant),
        need_label=named(change.need),
        dependant_class=_class_of(records, change.dependant),
        need_class=_class_of(records, change.need),
        of_own=change.dependant in getattr(records.get(change.need), "part_of", ()),
        short=max((row.shortage for row in report.shortages if row.dependency in change.dependencies), default=0.0),
    )


def _class_of(records: Mapping[str, Record], iri: str) -> str:
    record = records.get(iri)
    return record.rdf_class if record is not None else "Entity"


__all__ = [
    "PAIRS", "STORED", "CarryOver", "EqualWays", "HalvingSource", "Obstacles", "Remedy", "RemedyPair", "RemedySection",
    "remedy_section",
]  # fmt: skip
