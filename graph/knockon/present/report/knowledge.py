"""What the first page of a report says of what is known, of what is not, and of what to watch."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.analysis.methods import METHODS
from knockon.analysis.report.brief_answer import Basis
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.page.styles import words
from knockon.present.phrases import capitalized, count, number_word, percent, percent_range
from knockon.present.report.lines import Line, Name, Part, cited, names, one_each
from knockon.vocabulary import UNSTATED

#: The most hits, and the most measures, that a brief names.
_HITS, _MEASURES = 2, 2
#: The most steps of a chain that a brief names.
_STEPS = 6


def known(page: ShockReport) -> list[Line]:
    """Return what is known: what is hit, how the harm reaches those that the finding names, and the legal basis."""
    return [*_hits(page), *_chain(page), *_measures(page)]


def _hits(page: ShockReport) -> Iterator[Line]:
    shown = page.shock.hits[:_HITS]
    more = len(page.shock.hits) - len(shown) + page.shock.hits_more
    for place, hit in enumerate(shown, 1):
        amount = UNSTATED if hit.unknown else percent(hit.severity.point)
        whole = percent_range(hit.severity.low, hit.severity.high)
        span = "" if hit.unknown or whole == amount else f" ({whole})"
        judged = ", as the authors of the data judged" if hit.judged and not hit.unknown else ""
        others = f" It hits {count(more, 'other target')} as well." if more and place == len(shown) else ""
        yield ("The shock hits ", Name(hit.label), f" by {amount}{span}{judged}", *cited(hit.evidence, 2), f".{others}")


def _chain(page: ShockReport) -> Iterator[Line]:
    """Yield the way of the harm to the first entity that the report explains."""
    chain = page.why[0] if page.why else None
    if chain is None or not chain.links:
        return
    links, method = chain.links, METHODS[page.method.model]
    way: list[Part] = ["From ", Name(chain.origin.target_label), " the harm goes to "]
    for place, link in enumerate(links[:_STEPS]):
        way += [", then " if place else "", Name(link.dependant_label)]
    if len(links) > _STEPS:
        way += [f" and {count(len(links) - _STEPS, 'step')} on to ", Name(links[-1].dependant_label)]
    amount = f", which {method.loses} {percent(chain.impact.loss)}" if method.graded else ""
    stated = sum(bool(link.evidence) and not link.inferred for link in links)
    some = f"{number_word(stated)} of the {count(len(links), 'link')} {'has' if stated == 1 else 'have'} a source"
    sourced = "each link has a source" if stated == len(links) else some if stated else "no link has a source"
    evidence = one_each(citation for link in links if not link.inferred for citation in link.evidence)
    yield (*way, f"{amount}; {sourced}", *cited(evidence, 3), ".")


def _measures(page: ShockReport) -> Iterator[Line]:
    for measure in page.shock.measures[:_MEASURES]:
        if (details := measure.details) is not None:
            kind = words(details.kind) if details.kind else "a measure"
            status = words(details.status) if details.status else "its status is not given"
            yield ("Legal basis: ", Name(measure.label), f", {kind}, {status}", *cited(details.evidence, 2), ".")


def unknown(page: ShockReport) -> list[Line]:
    """Return what is not known, from the facts of the run."""
    basis, method = page.brief.basis, METHODS[page.method.model]
    lines = list(_sources(page, basis))
    if basis.ungraded:
        lines.append(("How hard it hits ", *names(basis.ungraded, 3), f": by {UNSTATED}."))
    if page.figures.affected and page.method.unknown_share > 0:
        on_way = f"{number_word(basis.unknown)} of these on the way" if basis.unknown else "none of these on the way"
        lines.append((f"How critical {percent(page.method.unknown_share)} of all links are: no source says ({on_way}).",))
    if basis.judged:
        figures = "is a judgement of the authors of the data, not a figure" if basis.judged == 1 else (
            "are judgements of the authors of the data, not figures"
        )  # fmt: skip
        lines.append((f"{capitalized(count(basis.judged, 'number'))} on the way {figures} of a source.",))
    if basis.inferred:
        verb = "is inferred: no document states it" if basis.inferred == 1 else "are inferred: no document states them"
        lines.append((f"{capitalized(count(basis.inferred, 'link'))} on the way {verb}.",))
    if basis.split and method.graded:
        lines.append(("How far the suppliers on the way can replace each other: no source says.",))
    if basis.disputed:
        verb = "is described by several records" if basis.disputed == 1 else "are described by several records each"
        lines.append((f"{capitalized(count(basis.disputed, 'link'))} on the way {verb}, which differ.",))
    lines += [("In dispute or open between the sources: ", Name(dispute.label), ".") for dispute in basis.disputes[:1]]
    lines.append(("What no record states: a dependency that is not recorded carries no loss.",))
    return lines


def _sources(page: ShockReport, basis: Basis) -> Iterator[Line]:
    """Yield what is weak about the sources on the way."""
    documents, undated = len(basis.documents), len(basis.undated)
    if documents == 1:
        kind = "undated document" if undated else "document"
        yield (f"Whether it is right: all rests on one {kind}", *cited(basis.evidence), ", and no other confirms it.")
    elif documents and undated == documents:
        yield (f"Whether it still holds: none of the {count(documents, 'document')} has a date.",)
    elif undated:
        verb = "has" if undated == 1 else "have"
        yield (f"Whether all of it still holds: {number_word(undated)} of {count(documents, 'document')} {verb} no date.",)
    elif not documents and page.brief.finding:
        yield ("Whether it is right: no record on the way has a source.",)
    if documents and basis.unsourced:
        verb = "has no source" if basis.unsourced == 1 else "have no source"
        yield (f"{capitalized(count(basis.unsourced, 'link'))} on the way {verb}.",)


def watch(page: ShockReport) -> list[Line]:
    """Return what to watch: the measures and dates of the shock, what ends, and what the documents ask about those hit."""
    lines: list[Line] = []
    for measure in page.shock.measures[:_MEASURES]:
        if (details := measure.details) is not None:
            dates = [f"from {details.from_}"] if details.from_ else []
            dates += [f"until {details.until}"] if details.until else []
            where: Line = (" (", *names(details.jurisdiction.labels, 3), ")") if details.jurisdiction.labels else ()
            status = f": {words(details.status)}" if details.status else ": status not given"
            lines.append((Name(measure.label), *where, f"{status}, {' '.join(dates) if dates else 'no date is given'}."))
    if page.shock.from_ or page.shock.until:
        dates = [f"begins on {page.shock.from_}"] if page.shock.from_ else []
        dates += [f"ends on {page.shock.until}"] if page.shock.until else []
        lines.append((f"The shock {' and '.join(dates)}.",))
    shown = {page.shock.label, *(measure.label for measure in page.shock.measures)}
    endings = [ending for ending in page.brief.endings if ending.label not in shown]
    lines += [
        (Name(capitalized(ending.label)), f" ends on {ending.until}", *cited(ending.evidence, 1), ".") for ending in endings[:2]
    ]
    if questions := page.brief.questions[:3]:
        about = dict.fromkeys(question.about for question in questions)
        evidence = one_each(citation for question in questions for citation in question.evidence)
        asked = names([question.label for question in questions], 3)
        verb = "Open question" if len(questions) == 1 else "Open questions"
        lines.append((f"{verb} of the documents about ", *names(list(about), 3), ": ", *asked, *cited(evidence, 3), "."))
    return lines or [("The data have no measure, no date and no open question to watch.",)]


__all__ = ["known", "unknown", "watch"]
