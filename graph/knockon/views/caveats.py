"""What to bear in mind of an impact run: what the command line prints beside its table, as the page tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.model.dates import as_of_text, hits_nothing
from knockon.model.dependency import READINGS
from knockon.text import counted
from knockon.views.methods import METHODS
from knockon.vocabulary import UNSTATED, Stance, local_name

#: Records that are named where some are missing; the rest is counted.
_NAMED = 8

Report = Mapping[str, Any]
#: A stance as what the source did with a statement.
STANCES: dict[str, str] = {
    Stance.ASSERTS: "asserted",
    Stance.ALLEGES: "alleged",
    Stance.DENIES: "denied",
    Stance.HYPOTHESISES: "hypothesised",
    Stance.ASKS: "asked",
}


def caveats(report: Report) -> list[str]:
    """What limits the numbers of a run, one sentence each.

    >>> caveats({"model": "reach", "owners_hit": [{"owner": "urn:x/a", "label": "Acme", "owned": 1}]})
    ['Being reached says nothing of how much is lost.', 'Acme owns 1 other; ownership passes on no loss here.']
    """
    method = METHODS.get(str(report.get("model")))
    said = [method.caveat] if method else []
    if report.get("truncated"):
        said.append("Stopped by its cap: losses may be too low.")
    said += [f"{one}." for one in not_hit(report.get("missing_targets") or (), str(report.get("shock") or ""))]
    if unstated := ungraded(report.get("ungraded_hits") or ()):
        said.append(f"{unstated}.")
    said += [f"{one}." for one in owners(report.get("owners_hit") or ())]
    if names := report.get("unstated_combinations"):
        needs = "1 need" if len(names) == 1 else f"{len(names)} needs"
        said.append(f"Of {needs} nobody states how the suppliers combine ({READINGS}): {_some(names)}.")
    if scaled := report.get("scaled_shares"):
        said.append(f"Shares that add up to more than 1 were scaled to 1: {_numbers(scaled)}.")
    if completed := report.get("completed_shares"):
        said.append(f"A supplier without a share has what the others leave: {_numbers(completed)}.")
    if left_out := dependencies_left_out(report.get("left_out") or {}):
        said.append(f"{left_out}.")
    return said


def affected(lost: int, total: int | None = None, *, possibly: bool = False) -> str:
    """How many entities lose something (``possibly``: can lose something), of how many where that is known.

    >>> affected(1, 71), affected(27, 71)
    ('1 of 71 entities loses something', '27 of 71 entities lose something')
    >>> affected(0, 71), affected(1)
    ('none of 71 entities loses something', '1 entity loses something')
    """
    verb = "can lose" if possibly else "loses" if lost < 2 else "lose"
    who = counted(lost, "entity", "entities") if lost else "no entity"
    if total is not None:
        who = f"{f'{lost:,}' if lost else 'none'} of {counted(total, 'entity', 'entities')}"
    return f"{who} {verb} something"


def not_hit(missing: Sequence[str], shock: str) -> list[str]:
    """What is said of targets that are not in the graph, and of hits of the ``shock`` whose query finds nothing; all IRIs.

    >>> not_hit(["urn:x/a", "urn:x/ban--3d9bfa9d7c"], "urn:x/ban")
    ['Not hit, because not there: a', 'The query of a hit of ban finds nothing to hit here']
    """
    # A target query that finds nothing is listed by the hit that it belongs to.
    idle = [iri for iri in missing if shock and iri.startswith(f"{shock}--")]
    gone = [iri for iri in missing if iri not in idle]
    lines = [f"Not hit, because not there: {_some(gone)}"] if gone else []
    if idle:
        what = "The query of a hit" if len(idle) == 1 else f"The queries of {len(idle):,} hits"
        lines.append(f"{what} of {local_name(shock)} {'finds' if len(idle) == 1 else 'find'} nothing to hit here")
    return lines


#: What lets a dependency in that was left out for a reason.
_LETS_IN = {"financing": "--financing lets {} in", "not asserted": "--stance lets {} in"}


def dependencies_left_out(left_out: Mapping[str, str], whose: str = "") -> str:
    """Which dependencies and supplies were left out, by IRI with the reason, and the option that lets them in; may be empty.

    ``whose`` begins the sentence in small letters: ``its``.

    >>> dependencies_left_out({"urn:x/a": "financing", "urn:x/b": "not begun", "urn:x/c": "financing"})
    'Of the dependencies and their suppliers, 3 were left out: 2 financing (a, c; --financing lets them in), 1 not begun (b)'
    """
    if not left_out:
        return ""
    parts = []
    for reason in sorted(set(left_out.values())):
        names = sorted(iri for iri, why in left_out.items() if why == reason)
        way = _LETS_IN.get(reason, "").format("it" if len(names) == 1 else "them")
        parts.append(f"{len(names):,} {reason} ({_some(names)}{f'; {way}' if way else ''})")
    verb = "was" if len(left_out) == 1 else "were"
    start = f"of {whose} dependencies" if whose else "Of the dependencies"
    return f"{start} and their suppliers, {len(left_out):,} {verb} left out: {', '.join(parts)}"


def ungraded(targets: Sequence[str]) -> str:
    """What is said of the targets (IRIs) that are hit by an amount nobody stated; empty where there are none.

    >>> ungraded(["urn:x/shares"])
    'The hit is ungraded: it hits shares by an amount nobody stated (taken as 0.45; 5 to 100 %)'
    """
    if not targets:
        return ""
    if len(targets) == 1:
        return f"The hit is ungraded: it hits {_some(targets)} by {UNSTATED}"
    return f"{len(targets)} hits are ungraded: each is by {UNSTATED}: {_some(targets)}"


def owners(hit: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is said of owners that are hit: that their holdings lose nothing for it here.

    >>> owners([{"owner": "urn:x/a", "label": "Acme", "owned": 2}])
    ['Acme owns 2 others; ownership passes on no loss here']
    """
    named = [f"{one['label']} owns {one['owned']} other{'' if one['owned'] == 1 else 's'}" for one in hit[:_NAMED]]
    told = [f"{one}; ownership passes on no loss here" for one in named]
    more = len(hit) - _NAMED
    return [*told, f"{more} more targets own others; ownership passes on no loss here"] if more > 0 else told


def rests_on(support: Mapping[str, Any]) -> str:
    """What an answer rests on, in a few words, from ``support`` as JSON has it.

    The stance is the weakest of the sources on the way. What nobody stated is
    counted as unknown, and the hit is named where it is part of that.

    >>> rests_on({"stance": "Asserts", "judged": [{"record": "urn:x:hit", "properties": ["target"]}], "unknown": 1,
    ...           "ungraded_hit": True})
    'asserted, 1 judged, 1 unknown (the hit)'
    """
    parts = [STANCES[support["stance"]] if support.get("stance") else "unsourced"]
    for key in ("inferred", "judged"):
        parts += [f"{len(support[key])} {key}"] if support.get(key) else []
    if unknown := support.get("unknown"):
        hit = "" if not support.get("ungraded_hit") else " (the hit)" if unknown == 1 else " (the hit is one)"
        parts.append(f"{unknown} unknown{hit}")
    parts += [f"{support['disputed']} disputed"] if support.get("disputed") else []
    if split := support.get("split_shares"):
        parts.append(f"{split} combination{'' if split == 1 else 's'} not stated")
    return ", ".join(parts)


def day(report: Report, shock: str = "The shock") -> list[str]:
    """Which day a run is as of, with what that leaves out, and why the shock hits nothing then where that is so.

    >>> day({"parameters": {"as_of": "2020-01-01"}, "not_in_force": "it begins on 2021-01-01"})[1]
    'The shock hits nothing as of 2020-01-01: it begins on 2021-01-01.'
    """
    as_of = (report.get("parameters") or {}).get("as_of")
    if not as_of:
        return []
    idle = report.get("not_in_force")
    text = as_of_text(as_of, report.get("not_holding") or {})
    return [text, *([hits_nothing(shock, as_of, idle)] if idle else [])]


def fallen(report: Report) -> str:
    """What fell away with the world that was asked for; empty if nothing did."""
    names = report.get("fallen") or ()
    return f"{counted(len(names), 'record')} fell away with the world asked for: {_some(names)}." if names else ""


def worst_parts(report: Report) -> list[tuple[str, str, str, float]]:
    """Companies with a part that loses more than they do: company, part, label of the part, loss of the part."""
    labels = {
        str(one["entity"]): str(one.get("label") or local_name(str(one["entity"]))) for one in report.get("impacts") or ()
    }
    found = []
    for company in report.get("companies") or ():
        part = company["worst_part"]
        if part and company["worst_part_loss"] > company["loss"]:
            loss = round(float(company["worst_part_loss"]), 6)
            found.append((str(company["entity"]), str(part), labels.get(str(part), local_name(str(part))), loss))
    return found


def short(report: Report) -> dict[tuple[str, str], float]:
    """Needs that lose nothing themselves and yet fall short: by need and dependant, how much is missing; the most first.

    A need loses nothing where only its suppliers fail, or only the link to it is cut.
    """
    lost = {str(one["entity"]) for one in report.get("impacts") or ()}
    found: dict[tuple[str, str], float] = {}
    for one in report.get("shortages") or ():
        pair = str(one.get("need")), str(one.get("dependant"))
        if pair[0] not in lost:
            found[pair] = max(found.get(pair, 0.0), float(one.get("shortage") or 0.0))
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _numbers(by_iri: Mapping[str, float]) -> str:
    """The first of some records with their numbers, and how many more there are."""
    named = [f"{local_name(iri)} ({number:.6g})" for iri, number in list(by_iri.items())[:_NAMED]]
    return ", ".join(named) + (f" and {len(by_iri) - _NAMED} more" if len(by_iri) > _NAMED else "")


def _some(iris: Sequence[str]) -> str:
    names = ", ".join(local_name(iri) for iri in iris[:_NAMED])
    return names + (f" and {len(iris) - _NAMED} more" if len(iris) > _NAMED else "")
