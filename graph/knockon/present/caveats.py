"""Caveats of an impact run, in the words that the command line, the page and the report share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from knockon.analysis.answer import JsonValue
from knockon.analysis.impact.coverage import NAMED, Naming, dependencies_left_out, not_hit, some_names
from knockon.analysis.impact.impact_report import ImpactReport, OwnerHit
from knockon.analysis.impact.rows import losses_of, row_of
from knockon.analysis.impact.shortage_rows import ShortageRows, shortages_between
from knockon.analysis.impact.substitution import Substitution
from knockon.analysis.impact.support import Support
from knockon.analysis.methods import METHODS
from knockon.analysis.run_info import RunInfo
from knockon.model.dates import as_of_text, hits_nothing
from knockon.model.dependency import READINGS
from knockon.present.phrases import CAPPED, listed
from knockon.suggested_command import suggested
from knockon.text import counted
from knockon.vocabulary import UNSTATED, Stance, local_name, prefixed

#: What a source did with a statement, by its stance.
STANCES: dict[str, str] = {
    Stance.ASSERTS: "asserted",
    Stance.ALLEGES: "alleged",
    Stance.DENIES: "denied",
    Stance.HYPOTHESISES: "hypothesised",
    Stance.ASKS: "asked",
}


#: How results read portions that nobody states.
PORTIONS = "low all of the rest is the least harmed, point equal parts of it, high all of it the most harmed"
#: Caveats on records that the shock reaches, in the order in which they are written; ``{names}`` are some of them.
REACHED: Mapping[str, str] = MappingProxyType({
    "unstated_combinations": f"Of {{needs}} no source states how the suppliers combine ({READINGS}): {{names}}.",
    "unstated_portions": f"No source states the portion ({PORTIONS}) of {{names}}.",
    "scaled_shares": "Shares that add up to more than 1 were scaled to 1: {names}.",
    "completed_shares": "A supplier or part without a share has what the others leave: {names}.",
    "met_by_provisions": "None of its suppliers counts, so that the provisions of its need do: {names}.",
    "periods": "The provisions of one period count: {names}.",
    "incomplete_periods": "That period does not state the whole, and an older one is known: {names}.",
})  # fmt: skip
#: ``{needs}`` in these: of one need, and of several.
NEEDS = ("1 need", "{number} needs")
#: What follows the names where there are more.
MORE = " and {number} more"
#: What an answer rests on beside its sources, in the order in which it is written.
RESTS = MappingProxyType({
    "unsourced": "unsourced",
    "inferred": "{number} inferred",
    "judged": "{number} judged",
    "unknown": "{number} unknown",
    "the_hit": " (the hit)",
    "the_hit_is_one": " (the hit is one)",
    "disputed": "{number} disputed",
    "split_share": "{number} combination not stated",
    "split_shares": "{number} combinations not stated",
})  # fmt: skip


def no_shocks() -> str:
    """Return the note on a graph without shocks."""
    return f"there are no shocks in this graph; {suggested('impact --hit NAME=high')} makes one"


def caveats(
    run: RunInfo,
    shock: str = "",
    *,
    owners_hit: Sequence[OwnerHit] = (),
    unstated_combinations: Sequence[str] = (),
    unstated_portions: Sequence[str] = (),
    scaled_shares: Mapping[str, float] = MappingProxyType({}),
    completed_shares: Mapping[str, float] = MappingProxyType({}),
    met_by_provisions: Sequence[str] = (),
    periods: Mapping[str, str] = MappingProxyType({}),
    incomplete_periods: Mapping[str, float] = MappingProxyType({}),
) -> list[str]:
    """Return what limits the numbers of a run of a ``shock`` (IRI), one sentence each.

    >>> run = RunInfo(model="reach", parameters={}, network_hash="")
    >>> caveats(run, owners_hit=[OwnerHit("urn:x/a", "Acme", 1)])[1:]
    ['Acme owns 1 other; ownership passes on no loss here.']
    """
    lines = [METHODS[run.model].caveat] if run.model in METHODS else []
    if run.truncated:
        lines.append(f"{CAPPED}.")
    lines += [f"{line}." for line in not_hit(run.missing_targets, shock, run.named)]
    if unstated := ungraded(run.ungraded_hits, run.named):
        lines.append(f"{unstated}.")
    lines += [f"{line}." for line in owners(owners_hit)]
    reached = {
        "unstated_combinations": [run.named(iri) for iri in unstated_combinations],
        "unstated_portions": [run.named(iri) for iri in unstated_portions],
        "scaled_shares": numbers(scaled_shares, run.named),
        "completed_shares": numbers(completed_shares, run.named),
        "met_by_provisions": [run.named(iri) for iri in met_by_provisions],
        "periods": [f"{run.named(iri)} {text}" for iri, text in sorted(periods.items())],
        "incomplete_periods": numbers(incomplete_periods, run.named),
    }
    lines += [_on_reached(template, reached[name]) for name, template in REACHED.items() if reached[name]]
    if left_out := dependencies_left_out(run.left_out, named=run.named):
        lines.append(f"{left_out}.")
    return lines


def caveats_of(report: ImpactReport) -> list[str]:
    """Return what limits the numbers of a report, one sentence each."""
    sentences = caveats(
        report.run,
        report.shock.id,
        owners_hit=report.owners_hit,
        unstated_combinations=report.unstated_combinations,
        unstated_portions=report.unstated_portions,
        scaled_shares=report.scaled_shares,
        completed_shares=report.completed_shares,
        met_by_provisions=report.met_by_provisions,
        periods=report.periods,
        incomplete_periods=report.incomplete_periods,
    )
    return [*sentences, *substituted(report.substitutions or ()), *not_asserted(report.shock.stance)]


def substituted(taken_over: Sequence[Substitution]) -> list[str]:
    """Return the note on alternatives that take over; empty if none does.

    >>> substituted([Substitution("urn:x:d", "urn:x:a", "Acme", "urn:x:s", "Steel", "urn:x:m", "Mill", 5.0, 0.0)])[0][:63]
    'The need of Acme for Steel is met by Mill after 5 days. An alte'
    """
    if not taken_over:
        return []
    shown = "; ".join(one.text for one in taken_over[:NAMED])
    more = len(taken_over) - NAMED
    about = METHODS["timeline"].forms["substitution"]
    equations = f"{'; '.join(about.equations)} ({about.reference or METHODS['timeline'].reference})"
    return [f"{shown}{MORE.format(number=more) if more > 0 else ''}. {about.caveat} Computed so: {equations}."]


def not_asserted(stance: Stance | None) -> list[str]:
    """Return the caveat on a shock of which no source asserts that it happens; empty if one does, or none is cited.

    >>> not_asserted(Stance.HYPOTHESISES)
    ['No source asserts that this happens: the shock is hypothesised.']
    """
    if stance in (None, Stance.ASSERTS):
        return []
    return [f"No source asserts that this happens: the shock is {STANCES[stance]}."]


def ungraded(targets: Sequence[str], named: Naming = local_name) -> str:
    """Return the caveat on targets (IRIs) that are hit by an amount that no source states; empty if there are none.

    >>> ungraded(["urn:x/shares"])
    'The hit is ungraded: it hits shares by an amount that no source states (taken as 0.45; 5 to 100 %)'
    """
    if not targets:
        return ""
    if len(targets) == 1:
        return f"The hit is ungraded: it hits {some_names(targets, named)} by {UNSTATED}"
    return f"{len(targets)} hits are ungraded: each is by {UNSTATED}: {some_names(targets, named)}"


def owners(hit: Sequence[OwnerHit]) -> list[str]:
    """Return the caveat on each owner that is hit: its holdings lose nothing because of that.

    >>> owners([OwnerHit("urn:x/a", "Acme", 2)])
    ['Acme owns 2 others; ownership passes on no loss here']
    """
    named = [f"{owner.label} owns {owner.owned} other{'' if owner.owned == 1 else 's'}" for owner in hit[:NAMED]]
    lines = [f"{line}; ownership passes on no loss here" for line in named]
    more = len(hit) - NAMED
    return [*lines, f"{more} more targets own others; ownership passes on no loss here"] if more > 0 else lines


def rests_on(support: Support) -> str:
    """Return the sources, inferences and judgements behind an answer, in a few words.

    The stance is the weakest of the sources on the path. Values that no source states are counted as unknown, and the hit
    is named if its severity is one of them.

    >>> from knockon.analysis.impact.support import Judged
    >>> rests_on(Support(Stance.ASSERTS, judged=(Judged("urn:x:hit", ("target",)),), unknown=1, ungraded_hit=True))
    'asserted, 1 judged, 1 unknown (the hit)'
    """
    parts = [STANCES[support.stance] if support.stance else RESTS["unsourced"]]
    counts = {"inferred": len(support.inferred), "judged": len(support.judged), "unknown": support.unknown}
    counts |= {"disputed": support.disputed}
    counts |= {"split_share" if support.split_shares == 1 else "split_shares": support.split_shares}
    for name, number in counts.items():
        hit = RESTS["the_hit" if number == 1 else "the_hit_is_one"] if name == "unknown" and support.ungraded_hit else ""
        parts += [RESTS[name].format(number=number) + hit] if number else []
    return ", ".join(parts)


def day(run: RunInfo, shock: str = "The shock") -> list[str]:
    """Return the day of a run, with what that leaves out, and the reason if the shock hits nothing on that day.

    >>> run = RunInfo(model="reach", parameters={"as_of": "2020-01-01"}, network_hash="", not_in_force="it begins later")
    >>> day(run)[1]
    'The shock hits nothing as of 2020-01-01: it begins later.'
    """
    if not run.as_of:
        return []
    reason = [hits_nothing(shock, run.as_of, run.not_in_force)] if run.not_in_force else []
    lines = [
        as_of_text(run.as_of, run.not_holding),
        *supposed(run.parameters),
        *given(run.parameters, run.named),
        *confidence(run.parameters, run.confidence),
    ]
    lines += reason
    return [*lines, *same_entities(run.same_as)]


def supposed(parameters: Mapping[str, JsonValue]) -> list[str]:
    """Return the changes to dependencies that an answer supposes, a line.

    >>> supposed({"what_if": {"shop-cloud": "criticality=low"}})
    ['Supposed, and not in the records: shop-cloud criticality=low.']
    """
    changes = parameters.get("what_if")
    if not isinstance(changes, dict):
        return []
    return [f"Supposed, and not in the records: {', '.join(f'{name} {change}' for name, change in changes.items())}."]


def given(parameters: Mapping[str, JsonValue], named: Naming = local_name) -> list[str]:
    """Return what an answer takes to have failed, with the probability of it, a line.

    >>> given({"given": ["https://w3id.org/knockon/id/acme"], "given_probability": 0.25})[0].partition(" (")[0]
    'Given that acme has failed, of which the probability is 0.25: all probabilities are under that condition'
    """
    if not (failed := condition(parameters, named)):
        return []
    probability = float(str(parameters["given_probability"]))
    about = METHODS["chance"].forms["given"]
    return [
        f"Given that {failed}, of which the probability is {probability:.2g}: all probabilities are under that condition "
        f"({'; '.join(about.equations)}; {about.reference}). {about.caveat}"
    ]


def condition(parameters: Mapping[str, JsonValue], named: Naming = local_name) -> str:
    """Return what an answer takes to have failed, as a clause; empty if nothing.

    >>> condition({"given": ["https://w3id.org/knockon/id/acme", "https://w3id.org/knockon/id/bolt"]})
    'acme and bolt have failed'
    """
    names = parameters.get("given")
    if not isinstance(names, list) or not names:
        return ""
    return f"{listed([named(str(name)) for name in names])} {'has' if len(names) == 1 else 'have'} failed"


def same_entities(same_as: Mapping[str, Sequence[str]] | None) -> list[str]:
    """Return which entities several records describe as one, in one sentence; nothing without any.

    >>> same_entities({"https://w3id.org/knockon/id/acme": ["https://w3id.org/knockon/local/acme"]})
    ['1 entity has several names in the data: id:acme = my:acme.']
    """
    if not same_as:
        return []
    groups = [" = ".join(map(prefixed, (iri, *others))) for iri, others in sorted(same_as.items())]
    more = MORE.format(number=len(groups) - NAMED) if len(groups) > NAMED else ""
    have = "has" if len(groups) == 1 else "have"
    return [
        f"{counted(len(groups), 'entity', 'entities')} {have} several names in the data: {', '.join(groups[:NAMED])}{more}."
    ]


def confidence(parameters: Mapping[str, object], counts: Mapping[str, int] | None) -> list[str]:
    """Return what a least confidence leaves out of the evidence; nothing without one.

    Parameters
    ----------
    parameters
        The parameters of the answer, with ``min_confidence``.
    counts
        The places of evidence: ``below``, ``stated`` and ``not_stated``, as in ``RunInfo``.

    Examples
    --------
    >>> confidence({"min_confidence": 0.8}, {"below": 1, "stated": 3, "not_stated": 2})
    ['Confidence of at least 0.8: 1 of 4 places of evidence that state one is left out; 2 state none and count.']
    """
    least = parameters.get("min_confidence")
    if least is None or counts is None:
        return []
    below, without = counts["below"], counts["not_stated"]
    total = below + counts["stated"]
    left_out = f"{below:,} of {counted(total, 'place')} of evidence that state{'s' if total == 1 else ''} one"
    others = f"{without:,} state{'s' if without == 1 else ''} none and count{'s' if without == 1 else ''}"
    return [f"Confidence of at least {least:g}: {left_out} {'is' if below == 1 else 'are'} left out; {others}."]


def fallen(run: RunInfo) -> str:
    """Return which records depend on records outside the chosen world, and so are left out; empty if there are none."""
    names = run.fallen
    return (
        f"{counted(len(names), 'record')} fell away with the world asked for: {some_names(names, run.named)}." if names else ""
    )


def world_notes(run: RunInfo, shock: str = "") -> list[str]:
    """Return what an answer leaves out because of the day, the shock (IRI), the world and the network, a line each.

    >>> world_notes(RunInfo(model="reach", parameters={"as_of": "all"}, network_hash="", missing_targets=("urn:x/a",)))[-1]
    'Not hit, because not there: a'
    """
    lines = [*day(run), *not_hit(run.missing_targets, shock, run.named), ungraded(run.ungraded_hits, run.named)]
    return [line for line in (*lines, fallen(run), dependencies_left_out(run.left_out, named=run.named)) if line]


def worst_parts(report: ImpactReport) -> list[tuple[str, str, str, float]]:
    """Return the companies with a part that loses more than they do: company, part, label of the part, loss of the part."""
    return [
        (
            company.entity,
            company.worst_part,
            getattr(row_of(report.impacts, company.worst_part), "label", None) or local_name(company.worst_part),
            round(company.worst_part_loss, 6),
        )
        for company in report.companies_below_a_part
        if company.worst_part and company.worst_part_loss is not None
    ]


def short(report: ImpactReport, drawn: Collection[str] | None = None) -> dict[tuple[str, str], float]:
    """Return the shortages of needs that lose nothing themselves: by need and dependant, how much is missing; the most first.

    A need loses nothing if only its suppliers fail, or if only the link to it is cut. Of the entities (IRIs) that are
    ``drawn`` only what they are short of among each other; None: all.
    """
    shortages = report.shortages if drawn is None else [*shortages_between(report.shortages, drawn)]
    lost = {loss.entity for loss in losses_of(report.impacts, dict.fromkeys(shortage.need for shortage in shortages))}
    missing: dict[tuple[str, str], float] = {}
    for shortage in shortages:
        if shortage.need not in lost:
            pair = shortage.need, shortage.dependant
            missing[pair] = max(missing.get(pair, 0.0), shortage.shortage)
    return dict(sorted(missing.items(), key=lambda item: (-item[1], item[0])))


def spared_needs(report: ImpactReport) -> int:
    """Return how many entities are needed and missing although they lose nothing themselves."""
    if isinstance(report.shortages, ShortageRows):
        return report.shortages.spared_needs()
    return len({need for need, _ in short(report)})


def numbers(by_iri: Mapping[str, float], named: Naming = local_name) -> list[str]:
    """Return the names of records, each with its number.

    >>> numbers({"urn:x/a": 1.02})
    ['a (1.02)']
    """
    return [f"{named(iri)} ({number:.6g})" for iri, number in by_iri.items()]


def _on_reached(template: str, names: Sequence[str]) -> str:
    """Return a caveat on records, with the first of their names and how many more there are."""
    more = MORE.format(number=len(names) - NAMED) if len(names) > NAMED else ""
    needs = NEEDS[len(names) != 1].format(number=len(names))
    return template.format(names=", ".join(names[:NAMED]) + more, needs=needs)
