"""The finding of a report in two sentences, and its likelihood and impact."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.methods import METHODS
from knockon.analysis.report.brief_answer import Basis, Leading
from knockon.analysis.report.hit_groups import HitGroup
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.caveats import STANCES, condition
from knockon.present.phrases import capitalized, count, listed, number_word, percent, percent_range
from knockon.present.report.lines import NAMED, Line, Name, Strong, cited, joined, names

#: What comes before the finding, by the status of the shock.
_OPENINGS = {
    "InForce": "As long as this is in force, ", "Emerging": "If this goes on, ", "Ongoing": "If this goes on, ",
    "Happened": "After this, ",
}  # fmt: skip
_STATUSES = {
    "InForce": "in force", "Emerging": "emerging", "Ongoing": "under way", "Happened": "it has happened",
    "Potential": "possible, not reported to have happened", "Hypothetical": "hypothetical, not reported to have happened",
}  # fmt: skip
#: How many are named as examples of many.
_EXAMPLES = 3
#: From this width on, a range (0..1) is called wide.
_WIDE = 0.5


def finding(page: ShockReport) -> tuple[Line, ...]:
    """Return the finding: who is hurt and how much, then how sure that is and what it rests on.

    Examples
    --------
    >>> import knockon
    >>> from knockon.analysis.report.report import gather
    >>> from knockon.present.report.lines import text_of
    >>> print(text_of(finding(gather(knockon.open().impact("entity-list-chips")))[0]).partition(",")[0])
    As long as this is in force
    """
    found, figures = page.brief.finding, page.figures
    if found is None:
        return (_spared(page),)
    method = METHODS[page.method.model]
    clauses: list[Line] = []
    if page.focus is not None and page.focus.requested and page.focus.loss <= 0:
        clauses.append((Name(page.focus.label), " loses nothing, as this shock spares it"))
    nouns = (("revenue or contract", "revenues and contracts"), ("company or group", "companies and groups"), ("", ""))
    parts = zip((found.money, found.customers, found.others), nouns, strict=True)
    clauses += [_leading(part, noun, page) for part, noun in parts if part is not None]
    total = f"{number_word(figures.affected)} of {count(figures.entities, 'entity', 'entities')}"
    beyond = ", all of them hit themselves" if found.only_hit and figures.affected > 1 else ""
    beyond = ", which is hit itself" if found.only_hit and figures.affected == 1 else beyond
    tail = f"; in all, {total} {method.affected.of(figures.affected)}{beyond}."
    opening = _OPENINGS.get(page.shock.status or "", "If this happens, ")
    if failed := condition(page.method.parameters, page.method.run.named):
        opening += f"and given that {failed}, "
    return ((opening, *joined(clauses, "; ", "; "), tail), _certainty(page, page.brief.basis))


def _spared(page: ShockReport) -> Line:
    entities = count(page.figures.entities, "entity", "entities")
    reason = page.shock.not_in_force or (
        "No record says that anything needs what it hits."
        if page.shock.hits
        else "The shock hits nothing that is recorded here: the selected records do not include its targets."
    )
    went = ", as far as the run went" if page.truncated else ""
    return (
        f"None of the {entities} of this network loses anything{went}. {reason} That does not prove safety: a dependency that "
        "is not recorded is not part of the network.",
    )  # fmt: skip


def _leading(leading: Leading, noun: tuple[str, str], page: ShockReport) -> Line:
    """Return who of one kind loses most, and how much."""
    group, method = leading.group, METHODS[page.method.model]
    amount: Line = (" ", Strong(loss_words(group))) if method.graded else ()
    named = noun[leading.lesser != 1]
    others = f"{number_word(leading.lesser)} other{f' {named}' if named else '' if leading.lesser == 1 else 's'}"
    more = f", and {others}{f' {method.comparison.less_hard}' if method.graded else ''}" if leading.lesser else ""
    return (*_who(group.labels, noun[1] or "entities"), f" {method.verb(len(group))}", *amount, more)


def _who(labels: Sequence[str], noun: str) -> Line:
    """Return those who lose most by name; where they are many, how many they are, and some of them as examples."""
    if len(labels) <= NAMED:
        return names(labels)
    return (
        f"{number_word(len(labels))} {noun} alike, ",
        *joined([(Name(label),) for label in labels[:_EXAMPLES]]),
        " among them,",
    )


def loss_words(group: HitGroup) -> str:
    """Return the loss of a group with its range.

    >>> import knockon
    >>> from knockon.analysis.report.hit_groups import hit_groups
    >>> loss_words(hit_groups(knockon.open().impact("data-reclassification"))[0])
    '100% (66–100%)'
    """
    whole = percent_range(group.loss_low, group.loss_high)
    return percent(group.loss) if whole == percent(group.loss) else f"{percent(group.loss)} ({whole})"


def _certainty(page: ShockReport, basis: Basis) -> Line:
    """Return how sure the finding is: its sources, and what is judged, inferred or not known."""
    documents, undated = len(basis.documents), len(basis.undated)
    if not documents:
        first = "No source is cited for it"
    elif documents == 1:
        first = f"All of it rests on one {'undated ' if undated else ''}document"
    else:
        dates = "" if not undated else ", none of them dated" if undated == documents else f", {number_word(undated)} undated"
        first = f"It rests on {count(documents, 'document')}{dates}"
    judged = "{} that the authors of the data judged"
    weak = [
        (basis.judged, judged.format("severity or criticality"), judged.format("severities and criticalities")),
        (basis.inferred, "link that no document states", "links that no document states"),
        (basis.unknown + len(basis.ungraded), "number that no source gives", "numbers that no source gives"),
    ]
    others = [count(number, one, many) for number, one, many in weak if number]
    rests = f", on {listed(others)}" if others and documents else f"; it rests on {listed(others)}" if others else ""
    return (first, *cited(basis.evidence, NAMED), f"{rests}{_width(page)}.")


def _width(page: ShockReport) -> str:
    found = page.brief.finding
    if found is None or not METHODS[page.method.model].graded:
        return ""
    widest = max(part.group.loss_high - part.group.loss_low for part in found.leading)
    return "; the range is wide, so read the loss as an order of size" if widest > _WIDE else ""


def likelihood(page: ShockReport) -> Line:
    """Return how likely the shock is where a source states it; else its status, and that no source does."""
    if page.brief.likelihood:
        stated = page.brief.likelihood[0]
        return (f"A source states it with a confidence of {stated.confidence:g}", *cited([stated]), ".")
    if page.shock.given:
        return ("Not stated: the shock was made for this report.",)
    status = _STATUSES.get(page.shock.status or "", "not given")
    stance = page.brief.basis.not_asserted
    asserted: Line = ()
    if stance:
        asserted = (f" No source asserts that it happens: it is {STANCES[stance]}", *cited(page.shock.evidence, 2), ".")
    return (f"No source states one. Status: {status}.", *asserted)


def impact(page: ShockReport) -> Line:
    """Return how many are hit, how hard, and how far away."""
    figures, method = page.figures, METHODS[page.method.model]
    if not figures.affected:
        return ("Nothing that is recorded loses anything.",)
    half = f", {number_word(figures.half) if figures.half else 'none'} {method.half.of(figures.half or 1)}"
    steps = f"up to {count(figures.steps, 'step')} from what is hit" if figures.steps else "none beyond what is hit itself"
    entities = count(figures.entities, "entity", "entities")
    affected = f"{capitalized(number_word(figures.affected))} of {entities} {method.affected.of(figures.affected)}"
    return (f"{affected}{half if method.graded else ''}; {steps}.",)


__all__ = ["finding", "impact", "likelihood", "loss_words"]
