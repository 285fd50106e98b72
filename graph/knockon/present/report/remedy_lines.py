"""What would help, in words to act on: every number is a run of the model with that change."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from knockon.analysis.impact.focus import Focus
from knockon.analysis.mitigate.mitigation import SingleChange
from knockon.analysis.report.remedy_section import PAIRS, STORED, HalvingSource, Remedy
from knockon.analysis.report.search_limits import MODEL
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.phrases import count, number_word, percent, percent_range
from knockon.present.report.lines import Command, Line, Name, joined, names
from knockon.text import days

#: The most needs that are named for one change.
_NAMED = 3
#: The classes of what other business can make up for.
_BUSINESS = ("RevenueStream", "Contract")


def helps(page: ShockReport) -> list[Line]:
    """Return the changes that would help the entity on which the report concentrates, or that nothing does."""
    remedies, focus = page.remedies, page.focus
    if focus is None or remedies.skipped is not None or remedies.before is None:
        reason = remedies.skipped or "nothing is hit"
        if focus is None or page.method.model != MODEL:
            return [(f"Not computed: {reason}.",)]
        return [("Not computed for ", Name(focus.label), f": {reason}. ", _command(page, focus), " looks for it.")]
    if remedies.before.loss <= 0:
        return [(Name(focus.label), " loses nothing under this shock: there is nothing to save.")]
    sources = least_shares(page)
    lines = list(_second_sources(page, sources)) if sources else [_nothing_halves(page)]
    return [*lines, *_alternatives(page), *_stocks(page)]


def repeat_command(page: ShockReport) -> Command | None:
    """Return the command that computes the remedies again; None where there are none."""
    if page.focus is None or page.remedies.skipped is not None or page.remedies.before is None or not page.remedies.before.loss:
        return None
    sources = least_shares(page)
    return _command(page, page.focus, f"{sources[0].tried.share:g}" if sources else "")


def _command(page: ShockReport, focus: Focus, share: str = "") -> Command:
    options = ["--second-source", share] if share else []
    return Command(shlex.join(["knockon", "mitigate", *page.brief.command, "--protect", focus.id, *options]))


def least_shares(page: ShockReport) -> list[HalvingSource]:
    """Return the second sources that halve the loss with the least share, those nearest to the shock first.

    Those of money, and those of what belongs to its dependant, are left out where there are others.
    """
    halving = page.remedies.halving
    bought = [source for source in halving if not (source.of_money or source.of_own)]
    supplied = bought or [source for source in halving if not source.of_money] or list(halving)
    steps = {impact.entity: impact.step for impact in page.cascade}
    alike = [source for source in supplied if source.tried.share == supplied[0].tried.share]
    return sorted(alike, key=lambda source: [steps.get(remedy.tried.dependant, 0) for remedy in source.sources])


def _second_sources(page: ShockReport, sources: Sequence[HalvingSource]) -> Iterator[Line]:
    tried, label = sources[0].tried, page.focus.label if page.focus else ""
    after = percent_range(tried.loss_low_after, tried.loss_high_after)
    change = f"from {percent(tried.loss_before)} to {percent(tried.loss_after)}"
    whole = "" if after == percent(tried.loss_after) else f" ({after})"
    share = "all" if tried.share == 1 else percent(tried.share)
    more = len(sources) - _NAMED
    if len(sources[0].sources) > 1:
        pairs = f", or of {count(len(sources) - 1, 'other pair')}" if len(sources) > 1 else ""
        needs = joined([_need(remedy) for remedy in sources[0].sources], last=", and of ")
        yield (
            "No single second source halves the loss of ", Name(label), f"; two together do, {change}{whole}, if each takes "
            f"over {share} of the need: of ", *needs, f"{pairs}.",
        )  # fmt: skip
        return
    if all(source.sources[0].need_class in _BUSINESS for source in sources):
        labels = [(Name(source.sources[0].need_label),) for source in sources[:_NAMED]]
        effect = (" halves the loss of ", Name(label), f", {change}{whole}.")
        yield (f"Other business that makes up for {share} of ", *joined(labels, between=", of ", last=" or of "), *effect)
        return
    last = ", of " if more > 0 else ", or of "
    needs = joined([_need(source.sources[0]) for source in sources[:_NAMED]], between=", of ", last=last)
    others = f", or of {count(more, 'other need')}" if more > 0 else ""
    yield (
        f"A second source that takes over {share} of the need halves the loss of ", Name(label), f", {change}{whole}: of ",
        *needs, f"{others}.", *_no_alternative(sources),
    )  # fmt: skip


def _no_alternative(sources: Sequence[HalvingSource]) -> Line:
    without = [source.sources[0] for source in sources[:_NAMED] if "NoAlternative" in source.sources[0].tried.alternatives]
    if not without:
        return ()
    return (" According to the data there is no alternative today for ", *names([one.need_label for one in without]), ".")


def _nothing_halves(page: ShockReport) -> Line:
    """Return that no second source halves the loss, what saves most, and the reason."""
    remedies, label = page.remedies, page.focus.label if page.focus else ""
    if remedies.obstacles is not None and remedies.obstacles.hit_itself:
        return ("Nothing halves the loss of ", Name(label), ": the shock hits it itself, as hard as it loses.")
    changes = [remedy.tried for remedy in remedies.changes if isinstance(remedy.tried, SingleChange)]
    best = max(changes, key=lambda change: change.saved, default=None)
    half = remedies.before.loss / 2 if remedies.before is not None else 0.0
    helped = any(change.loss_after <= half for change in (*changes, *(pair.tried for pair in remedies.pairs)))
    first = "No second source halves the loss of " if helped else "Nothing that was tried halves the loss of "
    saved = ""
    if best is not None and best.saved > 0:
        saved = f" The best of {count(len(changes), 'single change')} leaves {percent(best.loss_after)}."
    tried = "" if helped else f": no second source{' and no two of them' if _all_pairs_tried(page) else ''}"
    return (first, Name(label), f"{tried}.{saved}", *_reason(page))


def _all_pairs_tried(page: ShockReport) -> bool:
    """Return whether there are two second sources or more, and each two of them were tried."""
    number = page.remedies.dependencies_on_the_way
    return number > 1 and number * (number - 1) // 2 <= PAIRS


def _reason(page: ShockReport) -> Line:
    obstacles = page.remedies.obstacles
    if obstacles is None:
        return ()
    if obstacles.hit:
        return (" The shock cuts ", *names(obstacles.hit, 3), " itself, whoever supplies.")
    if obstacles.ties:
        tie = obstacles.ties[0]
        return (" ", Name(tie.label), f" loses {percent(tie.loss)} in {number_word(tie.ways)} equally bad ways.")
    return ()


def _need(remedy: Remedy) -> Line:
    return (Name(remedy.need_label), " for ", Name(remedy.dependant_label))


def _alternatives(page: ShockReport) -> Iterator[Line]:
    """Yield the alternative of the records that saves most."""
    for remedy in page.remedies.changes:
        change = remedy.tried
        if isinstance(change, SingleChange) and remedy.provider_label and not change.hypothetical and change.saved > 0:
            yield (
                "An alternative that the data name, ", Name(remedy.provider_label), ", for the need of ",
                Name(remedy.dependant_label), " for ", Name(remedy.need_label),
                f", brings the loss to {percent(change.loss_after)}." if change.loss_after > 0 else ", ends the loss.",
            )  # fmt: skip
            return


def _stocks(page: ShockReport) -> Iterator[Line]:
    """Yield the stock that lasts until the shock ends; else what a stock gains, which is time."""
    if (carried := page.remedies.carry_over) is not None:
        size, felt = days(carried.days), percent(page.remedies.felt)
        effect = f" carries over until the shock ends on {carried.until}: the loss stays below {felt} until then."
        yield (f"A stock of {size} of ", *_need(carried.stock), effect)
        return
    stocks = [remedy for remedy in page.remedies.changes if remedy.tried.kind == "buffer"]
    stored = [(remedy, _gained(remedy)) for remedy in stocks if remedy.need_class in STORED and not remedy.of_money]
    if not stored:
        return
    remedy, gained = max(stored, key=lambda pair: pair[1])
    stock = days(page.remedies.buffer_days)
    if gained <= 0:
        yield (f"A stock of {stock} of any one need on the way gains no time.",)
        return
    change = remedy.tried
    over = "more than " if isinstance(change, SingleChange) and change.arrives == "after the horizon" else ""
    end = f"the shock ends on {page.shock.until}" if page.shock.until else "the shock has no end, and any stock runs out"
    delay = days(round(gained, 1))
    yield (f"A stock of {stock} of ", *_need(remedy), f" delays the loss by {over}{delay} and ends none of it: {end}.")


def _gained(remedy: Remedy) -> float:
    change = remedy.tried
    return change.time_gained or 0.0 if isinstance(change, SingleChange) else 0.0


__all__ = ["helps", "least_shares", "repeat_command"]
