"""An explanation as text for a note in Markdown: every step with its source, or a remark that it has none."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.answer_parts import Citation
from knockon.analysis.explain.explanation import CausalLink, Edge, ExplainedPath, Explanation, Origin
from knockon.analysis.impact.impact_report import Impact
from knockon.analysis.methods import METHODS
from knockon.analysis.told_apart import told_apart
from knockon.markdown import Markdown, code, document, emphasis, inline, joined, paragraph, strong
from knockon.model.dependency import READINGS
from knockon.present.caveats import owners
from knockon.present.citations import address_text, confidence_text, place_text, source_text
from knockon.present.equations import equations_of
from knockon.present.parameters import model_phrases, selection_phrases
from knockon.present.phrases import count, listed, number_word, percent
from knockon.present.rows.importance import importance_sentences
from knockon.present.sums import sums_of
from knockon.vocabulary import UNSTATED, Stance, local_name

#: The properties of a hit that are its severity, and those of a dependency that are its criticality.
_SEVERITY = {"severity", "severityValue"}
_CRITICALITY = {"criticality", "criticalityValue"}


def explanation_markdown(explanation: Explanation) -> Markdown:
    """Return paragraphs on the loss, the chain, the evidence and judgements behind it, other paths, method and sources."""
    explanation = told_apart(explanation, explanation.run.named)
    texts = (
        _lead(explanation),
        _chain(explanation),
        _rests_on(explanation),
        _other_paths(explanation),
        " ".join(importance_sentences(explanation.importance)) if explanation.importance else "",
        _method(explanation),
        _sources(explanation),
    )
    return document(*(paragraph(text) for text in texts if text))


def _lead(explanation: Explanation) -> Markdown:
    name, shock, steps = strong(explanation.impact.label), emphasis(explanation.shock_label), explanation.impact.step
    model = inline(" (model ", code(explanation.model), ").")
    distance = f"{count(steps, 'step')} from what is hit" if steps else "as it is hit itself"
    loss = _loss(explanation.impact, explanation.model)
    time = _time_to_impact(explanation) if "time_to_impact" in explanation.impact.more else ""
    return inline(name, f" {loss} when ", shock, f" strikes{time}, {distance}", model)


def _loss(impact: Impact, model: str) -> str:
    """Return what an entity loses, with the range and the standard error where the model has them."""
    method = METHODS[model]
    if not method.graded:
        return method.loses
    between = f"between {percent(impact.loss_low)} and {percent(impact.loss_high)}"
    error = f"; standard error {impact.more['standard_error']:.2g}" if "standard_error" in impact.more else ""
    return f"{method.loses} {percent(impact.loss)} ({between}{error})"


def _time_to_impact(explanation: Explanation) -> str:
    days = explanation.impact.more["time_to_impact"]
    if days is None and explanation.impact.more["timed"] is False:
        return ", after a time that is not known, as no buffer or delay is recorded on the way"
    if days is None:
        return f", staying below {percent(explanation.run.number('threshold'))} at all times"
    return f", from day {days:g} on"


def _chain(explanation: Explanation) -> str:
    origin = explanation.origin
    sentences = [f"The shock hits {origin.target_label} by {_amount(origin)} {_cited(origin.evidence)}."]
    sentences += [f"{reason.text.removesuffix('.')} {_cited(reason.evidence)}." for reason in origin.covered or ()]
    return " ".join([*sentences, *(_link(link, explanation.model) for link in reversed(explanation.links))])


def _amount(origin: Origin) -> str:
    """Return the severity of a hit; a placeholder or a judgement must not read as a figure of the source."""
    if origin.unknown:
        return UNSTATED
    return percent(origin.severity.point) + (" (judged)" if _SEVERITY & {*origin.judged} else "")


def _link(link: CausalLink, model: str) -> str:
    name, need = link.dependant_label, link.need_label
    provider = f" from {link.provider_label}" if link.provider else ""
    mechanism = f" ({link.mechanism})" if link.mechanism else ""
    consequence = _consequence(link, model)
    if link.provision:
        return f"{name} is provided by {link.provider_label}; {consequence} {_cited(link.evidence, inferred=link.inferred)}."
    return f"{name} needs {need}{provider}{mechanism}; {consequence} {_cited(link.evidence, inferred=link.inferred)}."


def _consequence(link: CausalLink, model: str) -> str:
    """Return what the dependant loses through a link, and what the other suppliers of the need lost."""
    method, name = METHODS[model], link.dependant_label
    if not method.graded:
        return f"so {name} {method.loses}"
    shortage = f"{method.shortage_before}{percent(link.shortage)} of that missing{method.shortage_after}"
    weight = "" if link.provision else f"{_criticality(link)}, " if link.parts else f"at {_criticality(link)}, "
    loss = f"with {shortage}, {weight}{name} {method.loses} {percent(link.loss)}"
    loss = "".join([loss, *(f" ({total.heading}: {'; '.join(total.lines)})" for total in sums_of(link, model))])
    others = [] if link.shares else [f"{supplier.label} ({percent(supplier.loss)})" for supplier in link.others]
    loss = f"{loss}; of the other suppliers of that need, {listed(others)} lost" if others else loss
    return "; ".join([loss, *(one.short_text for one in link.substitutions or ())])


def _criticality(link: CausalLink) -> str:
    point = f"{link.criticality_range.point:.2f}"
    if link.parts:
        return f"as a part of {point}"
    if link.unknown:
        return f"a criticality that no source gives (taken as {point})"
    word, judged = link.criticality.lower(), bool(_CRITICALITY & {*link.judged})
    if word.isalpha():
        return f"{word} criticality ({point}{', judged' if judged else ''})"
    return f"a criticality of {point}{' (judged)' if judged else ''}"


def _rests_on(explanation: Explanation) -> Markdown:
    links, support = list(reversed(explanation.links)), explanation.impact.support
    inferred: list[str] = [f"{_need(link)} ({_reason(link)})" for link in links if link.inferred]
    dependencies = {link.dependency for link in links}
    supplies = [code(local_name(iri)) for iri in support.inferred if iri not in dependencies]
    inferred += supplies
    sentences: list[str] = [_stance(explanation, supplies)]
    sentences.append(_sentence("Inferred, and stated by no document", inferred) if inferred else "Nothing on it is inferred.")
    if explanation.origin.unknown:
        sentences.append(f"The hit is ungraded: no source says how hard it strikes {explanation.origin.target_label}.")
    if judged := _judged(explanation, links):
        sentences.append(_sentence("Judged by the authors of the data, not stated by a source", judged))
    for heading, marked in (
        ("Described by several records", [link for link in links if link.disputed]),
        ("Of a criticality that no source gives", [link for link in links if link.unknown]),
    ):
        sentences += [_sentence(heading, [_need(link) for link in marked])] if marked else []
    if links and not support.disputed:
        sentences.append("No link is disputed.")
    if unstated := [_need(link) for link in links if link.combination_unstated]:
        sentences.append(f"No source states how the suppliers combine of {listed(unstated)}: {READINGS}.")
    sentences += [f"{line}." for line in owners(explanation.owners_hit)]
    return inline("What this rests on: ", joined(" ", sentences))


def _reason(link: CausalLink) -> str:
    return str(link.reason or "no reason is given").rstrip(".")


def _judged(explanation: Explanation, links: Sequence[CausalLink]) -> list[str]:
    """Return what is judged on the path, from the hit on; supplies, which are not links of their own, by their names."""
    phrases: list[str] = [f"the {listed(explanation.origin.judged)} of the hit"] if explanation.origin.judged else []
    for link in links:
        properties = [name for name in link.judged if name != "criticality"]
        if len(properties) < len(link.judged):
            phrases.append(f"how critical {link.need_label} is to {link.dependant_label}")
        phrases += [f"the {listed(properties)} of {_need(link)}"] if properties else []
    records = {explanation.origin.hit, *(link.dependency for link in links)}
    supplies = [judged for judged in explanation.impact.support.judged if judged.record not in records]
    return phrases + [inline(f"the {listed(judged.properties)} of ", code(local_name(judged.record))) for judged in supplies]


def _stance(explanation: Explanation, inferred_supplies: Sequence[str]) -> str:
    """Return how well the steps are sourced: how many are not, or the stance of the weakest."""
    steps: tuple[Origin | Edge, ...] = (explanation.origin, *explanation.links)
    if unsourced := sum(not step.evidence for step in steps):
        verb = "have" if unsourced != 1 else "has"
        others = "; the others are cited above" if unsourced < len(steps) else ""
        return f"{count(unsourced, 'step')} of {number_word(len(steps))} {verb} no source{others}."
    order, support = list(Stance), explanation.impact.support
    stated = [step for step in steps if not getattr(step, "inferred", False)]
    # A step is as strong as the strongest of its sources, the whole as weak as its weakest step.
    weakest = max(min(order.index(Stance(citation.stance)) for citation in step.evidence) for step in stated)
    if order[weakest] is not Stance.ASSERTS:
        subject = "every step" if len(stated) == len(steps) else "every step that is not inferred"
        return f"{subject} is cited, but of the weakest all that can be said is that a source {order[weakest].lower()} it."
    if len(stated) < len(steps):
        return _partly_inferred(len(stated) - 1, len(explanation.links))
    has_exceptions = inferred_supplies or explanation.origin.unknown or support.judged or support.unknown
    return f"every step is asserted by a source it cites{', save what is named next' if has_exceptions else ''}."


def _partly_inferred(stated: int, links: int) -> str:
    """Return how many of the links a source asserts, and how many are inferred."""
    if not stated:
        return "the hit is asserted by a source; " + ("the link is inferred." if links == 1 else "every link is inferred.")
    inferred = links - stated
    asserted = f"{number_word(stated)} of {count(links, 'link')} {'is' if stated == 1 else 'are'} asserted by a source"
    return f"{asserted}; {number_word(inferred)} {'is' if inferred == 1 else 'are'} inferred."


def _need(link: CausalLink) -> str:
    if link.provision:
        return f"the provision of {link.need_label} by {link.provider_label}"
    return f"the need of {link.dependant_label} for {link.need_label}"


def _other_paths(explanation: Explanation) -> str:
    first, *others = explanation.paths
    this_path = "this path reaches it, as any does"
    if METHODS[explanation.model].graded:
        this_path = f"the path above alone {_harm(first)}"
    if not others:
        reason = "there is no other" if explanation.paths_asked > 1 else "others were not asked for"
        return f"Other paths: {this_path}; {reason if explanation.paths_complete else 'the search for others was cut off'}."
    paths = "; ".join(_path(path, explanation) for path in others)
    incomplete = "" if explanation.paths_complete else " The search was cut off: there may be more harmful ones."
    return f"Other paths: {this_path}. Next: {paths}.{incomplete}"


def _path(path: ExplainedPath, explanation: Explanation) -> str:
    evidence = [citation for part in path.parts for citation in part.evidence]
    unsourced = sum(not part.evidence for part in path.parts)
    inferred = sum(link.inferred for link in path.links)
    marks = f", {count(unsourced, 'step')} of it without a source" if unsourced and evidence else ""
    marks += f", {count(inferred, 'step')} of it inferred" if inferred else ""
    marks += ", its hit ungraded" if path.origin.unknown else ""
    harm = f" {_harm(path)}" if METHODS[explanation.model].graded else ""
    has_other_origin = path.origin.target != explanation.origin.target and path.steps
    origin = f"from the hit on {path.origin.target_label}, " if has_other_origin else ""
    return f"{origin}{' → '.join(map(str, path.labels))}{harm} {_cited(evidence)}{marks}"


def _harm(path: ExplainedPath) -> str:
    return f"brings {percent(path.harm)}, {'all' if path.share == 1 else percent(path.share)} of the loss"


def _method(explanation: Explanation) -> Markdown:
    method, parameters = METHODS[explanation.model], explanation.parameters
    rounds = count(explanation.iterations, "round")
    stopped = strong(f"stopped by its cap after {rounds}, so losses may be too low")
    parts = [
        inline("model ", code(explanation.model), f" ({method.answers})"),
        ", ".join(map(str, model_phrases(parameters))),
        *map(str, selection_phrases(parameters, explanation.run.named)),
        stopped if explanation.truncated else f"at rest after {rounds}",
        inline("network ", code(explanation.network_hash[:12])),
    ]
    harm = f" {explanation.paths_definition}" if method.graded else ""
    return inline("Method: ", joined("; ", [part for part in parts if part]), f". {equations_of(explanation)}{harm}")


def _sources(explanation: Explanation) -> Markdown:
    parts = (*explanation.all_parts, *(explanation.origin.covered or ()))
    addresses = {citation.document: address_text(citation) for part in parts for citation in part.evidence}
    named = [_source(iri, title, addresses.get(iri, "")) for iri, title in explanation.document_titles.items()]
    about = "Sources (the numbers beside them are characters, from and to): "
    return inline(about, joined("; ", named), ".") if named else inline()


def _source(iri: str, title: str, address: str) -> Markdown:
    """Return a document with its title, and its address with the day on which it was read there."""
    if address.partition(" ")[0] == title:
        return inline(address)
    return inline(local_name(iri), ", ", emphasis(title), f", {address}" if address else "")


def _cited(evidence: Sequence[Citation], *, inferred: bool = False) -> str:
    """Return each document once with its places; of an inferred step these documents do not state it, and only compare."""
    places: dict[str, list[str]] = {}
    for citation in evidence:
        stance = "" if citation.stance == "Asserts" else citation.stance.lower()
        place = " ".join(part for part in (place_text(citation), stance, confidence_text(citation)) if part)
        known = places.setdefault(source_text(citation), [])
        if place not in known:
            known.append(place)
    documents = "; ".join(f"{name} {', '.join(filter(None, listed))}".rstrip() for name, listed in places.items())
    if inferred:
        return f"(inferred; no document states it{f'; compare {documents}' if documents else ''})"
    return f"({documents})" if documents else "(no source)"


def _sentence(heading: str, parts: Sequence[str]) -> Markdown:
    """Return a sentence that lists parts, some of which are Markdown."""
    *others, last = parts
    return inline(f"{heading}: ", joined(", ", others), " and " if others else "", last, ".")


__all__ = ["explanation_markdown"]
