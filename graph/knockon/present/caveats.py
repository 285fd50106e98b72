"""What to bear in mind of an impact run: what the command line prints beside its table, as the page tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knockon.analysis.impact.coverage import NAMED, dependencies_left_out, not_hit, some_names
from knockon.model.dates import as_of_text, hits_nothing
from knockon.model.dependency import READINGS
from knockon.present.methods import METHODS
from knockon.text import counted
from knockon.vocabulary import UNSTATED, Stance, local_name

if TYPE_CHECKING:
    from knockon.analysis.run_info import RunInfo

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
        said.append(f"Of {needs} nobody states how the suppliers combine ({READINGS}): {some_names(names)}.")
    if scaled := report.get("scaled_shares"):
        said.append(f"Shares that add up to more than 1 were scaled to 1: {_numbers(scaled)}.")
    if completed := report.get("completed_shares"):
        said.append(f"A supplier without a share has what the others leave: {_numbers(completed)}.")
    if left_out := dependencies_left_out(report.get("left_out") or {}):
        said.append(f"{left_out}.")
    return said


def ungraded(targets: Sequence[str]) -> str:
    """What is said of the targets (IRIs) that are hit by an amount nobody stated; empty where there are none.

    >>> ungraded(["urn:x/shares"])
    'The hit is ungraded: it hits shares by an amount nobody stated (taken as 0.45; 5 to 100 %)'
    """
    if not targets:
        return ""
    if len(targets) == 1:
        return f"The hit is ungraded: it hits {some_names(targets)} by {UNSTATED}"
    return f"{len(targets)} hits are ungraded: each is by {UNSTATED}: {some_names(targets)}"


def owners(hit: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is said of owners that are hit: that their holdings lose nothing for it here.

    >>> owners([{"owner": "urn:x/a", "label": "Acme", "owned": 2}])
    ['Acme owns 2 others; ownership passes on no loss here']
    """
    named = [f"{one['label']} owns {one['owned']} other{'' if one['owned'] == 1 else 's'}" for one in hit[:NAMED]]
    told = [f"{one}; ownership passes on no loss here" for one in named]
    more = len(hit) - NAMED
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
    return f"{counted(len(names), 'record')} fell away with the world asked for: {some_names(names)}." if names else ""


def world_notes(run: RunInfo, shock: str = "") -> list[str]:
    """Return what an answer leaves out, a line each: of the day, of the shock (IRI), of the world and of the network.

    >>> from knockon.analysis.run_info import RunInfo
    >>> world_notes(RunInfo(model="reach", parameters={"as_of": "all"}, network_hash="", missing_targets=("urn:x/a",)))[-1]
    'Not hit, because not there: a'
    """
    return report_notes({**run.to_dict(), "shock": shock})


def report_notes(report: Report) -> list[str]:
    """Return the lines of ``world_notes`` for a report as JSON has it."""
    lines = [*day(report), *not_hit(report.get("missing_targets") or (), str(report.get("shock") or ""))]
    lines += [ungraded(report.get("ungraded_hits") or ()), fallen(report), dependencies_left_out(report["left_out"])]
    return [line for line in lines if line]


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
    named = [f"{local_name(iri)} ({number:.6g})" for iri, number in list(by_iri.items())[:NAMED]]
    return ", ".join(named) + (f" and {len(by_iri) - NAMED} more" if len(by_iri) > NAMED else "")
