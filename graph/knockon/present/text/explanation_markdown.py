"""An explanation as prose that can be pasted into a note: every step with its source, or the word that it has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from knockon.analysis.answer_parts import Citation
from knockon.analysis.explain.explanation import CausalLink, Edge, ExplainedPath, Explanation, Origin
from knockon.analysis.impact.impact_report import Impact
from knockon.analysis.methods import METHODS
from knockon.markdown import Markdown, code, document, emphasis, inline, joined, paragraph, strong
from knockon.model.dates import ALL
from knockon.model.dependency import READINGS
from knockon.present.caveats import owners
from knockon.vocabulary import UNSTATED, Stance, local_name

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: What is said of the world and the records elsewhere, or is there to make a run repeatable alone.
_WORLD = ("stances", "facts_only", "financing", "as_of", "according_to", "without")
#: Properties that say how hard a hit is, and how much of the dependant is lost without its need.
_JUDGED_AMOUNT = {"severity", "severityValue"}
_JUDGED_WEIGHT = {"criticality", "criticalityValue"}
_ONLY = {"Alleges": "allege", "Denies": "deny", "Hypothesises": "hypothesise", "Asks": "ask"}


def prose(explanation: Explanation) -> Markdown:
    """The dict of an Explanation as Markdown: paragraphs on the loss, the chain, what it rests on, other paths, and method."""
    texts = (
        _lead(explanation),
        _chain(explanation),
        _rests_on(explanation),
        _others(explanation),
        _method(explanation),
        _sources(explanation),
    )
    return document(*(paragraph(text) for text in texts if text))


def _lead(explanation: Explanation) -> Markdown:
    name, shock, steps = strong(explanation.impact.label), emphasis(explanation.shock_label), explanation.impact.step
    model = inline(" (model ", code(explanation.model), ").")
    where = f"{_count(steps, 'step')} from what is hit" if steps else "as it is hit itself"
    when = _when(explanation) if "time_to_impact" in explanation.impact.more else ""
    return inline(name, f" {_loss(explanation.impact, explanation.model)} when ", shock, f" strikes{when}, {where}", model)


def _loss(impact: Impact, model: str) -> str:
    """Return what an entity loses, with the range and the standard error where the model has them."""
    method = METHODS[model]
    if not method.graded:
        return method.loses
    between = f"between {_percent(impact.loss_low)} and {_percent(impact.loss_high)}"
    error = f"; standard error {impact.more['standard_error']:.2g}" if "standard_error" in impact.more else ""
    return f"{method.loses} {_percent(impact.loss)} ({between}{error})"


def _when(explanation: Explanation) -> str:
    days = explanation.impact.more["time_to_impact"]
    if days is None and explanation.impact.more["timed"] is False:
        return ", after a time that is not known, as no buffer or delay is recorded on the way"
    if days is None:
        return f", staying below {_percent(explanation.run.number('threshold'))} at all times"
    return f", from day {days:g} on"


def _chain(explanation: Explanation) -> str:
    origin = explanation.origin
    sentences = [f"The shock hits {origin.target_label} by {_amount(origin)} {_cited(origin.evidence)}."]
    return " ".join([*sentences, *(_link(link, explanation.model) for link in reversed(explanation.links))])


def _amount(origin: Origin) -> str:
    """How hard a hit is, and who says so: a placeholder or a judgement must not read as the source's figure."""
    if origin.unknown:
        return UNSTATED
    return _percent(origin.severity.point) + (" (judged)" if _JUDGED_AMOUNT & {*origin.judged} else "")


def _link(link: CausalLink, model: str) -> str:
    name, need = link.dependant_label, link.need_label
    via = f" from {link.provider_label}" if link.provider else ""
    how = f" ({link.mechanism})" if link.mechanism else ""
    weight = _weight(link)
    short, loss = _percent(link.shortage), _percent(link.loss)
    method = METHODS[model]
    missing = f"{method.shortage_before}{short} of that missing{method.shortage_after}"
    end = f"with {missing}, at {weight}, {name} {method.loses} {loss}" if method.graded else f"so {name} {method.loses}"
    others = [f"{o.label} ({_percent(o.loss)})" for o in link.others]
    beside = f"; of the other suppliers of that need, {_in_words(others)} lost" if others and method.graded else ""
    return f"{name} needs {need}{via}{how}; {end}{beside} {_cited(link.evidence, inferred=link.inferred)}."


def _weight(link: CausalLink) -> str:
    point = f"{link.criticality_range.point:.2f}"
    if link.unknown:
        return f"a criticality that nobody gave (taken as {point})"
    word, judged = link.criticality.lower(), bool(_JUDGED_WEIGHT & {*link.judged})
    if word.isalpha():
        return f"{word} criticality ({point}{', judged' if judged else ''})"
    return f"a criticality of {point}{' (judged)' if judged else ''}"


def _rests_on(explanation: Explanation) -> Markdown:
    links, support = list(reversed(explanation.links)), explanation.impact.support
    inferred: list[str] = [f"{_named(link)} ({_reason(link)})" for link in links if link.inferred]
    whole = {link.dependency for link in links}
    details = [code(local_name(iri)) for iri in support.inferred if iri not in whole]
    inferred += details
    sentences: list[str] = [_stance(explanation, details)]
    sentences.append(_sentence("Inferred, and stated by no document", inferred) if inferred else "Nothing on it is inferred.")
    if explanation.origin.unknown:
        sentences.append(f"The hit is ungraded: no source says how hard it strikes {explanation.origin.target_label}.")
    if judged := _judged(explanation, links):
        sentences.append(_sentence("Judged by the authors of the data, not stated by a source", judged))
    for words, marked in (
        ("Described by several records", [link for link in links if link.disputed]),
        ("Of a criticality that nobody gave", [link for link in links if link.unknown]),
    ):
        named = [_named(link) for link in marked]
        sentences += [_sentence(words, named)] if named else []
    if links and not support.disputed:
        sentences.append("No link is disputed.")
    if split := [_named(link) for link in links if link.combination_unstated]:
        sentences.append(f"Nobody states how the suppliers combine of {_in_words(split)}: {READINGS}.")
    sentences += [f"{one}." for one in owners(explanation.owners_hit)]
    return inline("What this rests on: ", joined(" ", sentences))


def _reason(link: CausalLink) -> str:
    return str(link.reason or "no reason is given").rstrip(".")


def _judged(explanation: Explanation, links: Sequence[CausalLink]) -> list[str]:
    """What is a judgement on the way, from the hit on; records that are no link of it (supplies) by their names."""
    sentences: list[str] = [f"the {_in_words(explanation.origin.judged)} of the hit"] if explanation.origin.judged else []
    for link in links:
        rest = [name for name in link.judged if name != "criticality"]
        if len(rest) < len(link.judged):
            sentences.append(f"how critical {link.need_label} is to {link.dependant_label}")
        sentences += [f"the {_in_words(rest)} of {_named(link)}"] if rest else []
    named_records = {explanation.origin.hit, *(link.dependency for link in links)}
    others = [judged for judged in explanation.impact.support.judged if judged.record not in named_records]
    return sentences + [inline(f"the {_in_words(one.properties)} of ", code(local_name(one.record))) for one in others]


def _stance(explanation: Explanation, details: Sequence[str]) -> str:
    """What stands behind the steps; ``details`` are inferred records on the way that are no link of their own."""
    parts: tuple[Origin | Edge, ...] = (explanation.origin, *explanation.links)
    bare = sum(not part.evidence for part in parts)
    if bare:
        verb = "have" if bare != 1 else "has"
        rest = "; the others are cited above" if bare < len(parts) else ""
        return f"{_count(bare, 'step')} of {_word(len(parts))} {verb} no source{rest}."
    order, links = list(Stance), explanation.links
    cited = [part for part in parts if not getattr(part, "inferred", False)]
    # A step is as strong as the strongest of its sources, the whole as weak as its weakest step.
    weakest = max(min(order.index(Stance(e.stance)) for e in part.evidence) for part in cited)
    if order[weakest] is Stance.ASSERTS:
        if len(cited) < len(parts):
            return _partly(len(cited) - 1, len(links))
        apart = details or explanation.origin.unknown or explanation.impact.support.judged or explanation.impact.support.unknown
        return f"every step is asserted by a source it cites{', save what is named next' if apart else ''}."
    which = "every step" if len(cited) == len(parts) else "every step that is not inferred"
    return f"{which} is cited, but of the weakest all that can be said is that a source {order[weakest].lower()} it."


def _partly(stated: int, links: int) -> str:
    """How many links a source asserts, where the others are inferred."""
    if not stated:
        return "the hit is asserted by a source; " + ("the link is inferred." if links == 1 else "every link is inferred.")
    some, rest = ((_word(n), "is" if n == 1 else "are") for n in (stated, links - stated))
    return f"{some[0]} of {_count(links, 'link')} {some[1]} asserted by a source; {rest[0]} {rest[1]} inferred."


def _named(link: CausalLink) -> str:
    return f"the need of {link.dependant_label} for {link.need_label}"


def _others(explanation: Explanation) -> str:
    first, *rest = explanation.paths
    head = "this path reaches it, as any does"
    if METHODS[explanation.model].graded:
        head = f"the path above alone {_brings(first)}"
    if not rest:
        none = "there is no other" if explanation.paths_asked > 1 else "others were not asked for"
        return f"Other paths: {head}; {none if explanation.paths_complete else 'the search for others was cut off'}."
    each = "; ".join(_path(path, explanation) for path in rest)
    cut = "" if explanation.paths_complete else " The search was cut off: there may be more harmful ones."
    return f"Other paths: {head}. Next: {each}.{cut}"


def _path(path: ExplainedPath, explanation: Explanation) -> str:
    parts = path.parts
    evidence = [e for part in parts for e in part.evidence]
    bare = sum(not part.evidence for part in parts)
    mark = f", {_count(bare, 'step')} of it without a source" if bare and evidence else ""
    guessed = sum(link.inferred for link in path.links)
    mark += f", {_count(guessed, 'step')} of it inferred" if guessed else ""
    mark += ", its hit ungraded" if path.origin.unknown else ""
    harm = f" {_brings(path)}" if METHODS[explanation.model].graded else ""
    begun = path.origin.target != explanation.origin.target and path.steps
    start = f"from the hit on {path.origin.target_label}, " if begun else ""
    return f"{start}{' → '.join(map(str, path.labels))}{harm} {_cited(evidence)}{mark}"


def _brings(path: ExplainedPath) -> str:
    return f"brings {_percent(path.harm)}, {'all' if path.share == 1 else _percent(path.share)} of the loss"


def _method(explanation: Explanation) -> Markdown:
    used = {name: value for name, value in explanation.parameters.items() if name not in _WORLD and value is not None}
    world = [name.replace("_", " ") for name in ("facts_only", "financing") if explanation.parameters.get(name)]
    if as_of := explanation.parameters.get("as_of"):
        world += ["dates ignored" if as_of == ALL else f"as of {as_of}"]
    world += [
        f"{n.replace('_', ' ')} {explanation.parameters[n]}"
        for n in ("according_to", "without")
        if explanation.parameters.get(n)
    ]
    beside = [_ONLY[one] for one in cast("list[str]", explanation.parameters.get("stances") or []) if one in _ONLY]
    world += [f"with what sources only {_in_words(beside)}"] if beside else []
    numbers = ", ".join(f"{name} {_number(value)}" for name, value in used.items())
    rounds = _count(explanation.iterations, "round")
    capped = strong(f"stopped by its cap after {rounds}, so losses may be too low")
    parts = [
        inline("model ", code(explanation.model), f" ({METHODS[explanation.model].answers})"),
        numbers,
        *world,
        capped if explanation.truncated else f"at rest after {rounds}",
        inline("network ", code(explanation.network_hash[:12])),
    ]
    harm = f" {explanation.paths_definition}" if METHODS[explanation.model].graded else ""
    return inline("Method: ", joined("; ", [part for part in parts if part]), f".{harm}")


def _sources(explanation: Explanation) -> Markdown:
    named = [inline(local_name(iri), ", ", emphasis(title)) for iri, title in explanation.document_titles.items()]
    about = "Sources (the numbers beside them are characters, from and to): "
    return inline(about, joined("; ", named), ".") if named else inline()


def _cited(evidence: Sequence[Citation], *, inferred: bool = False) -> str:
    """Documents by name, each once with its spans; what is inferred has none that states it, only some to compare."""
    spans: dict[str, list[str]] = {}
    for e in evidence:
        stance = "" if e.stance == "Asserts" else f" {e.stance.lower()}"
        span = f"{e.start}-{e.end}{stance}"
        places = spans.setdefault(local_name(e.document), [])
        if span not in places:
            places.append(span)
    named = "; ".join(f"{name} {', '.join(places)}" for name, places in spans.items())
    if inferred:
        return f"(inferred; no document states it{f'; compare {named}' if named else ''})"
    return f"({named})" if named else "(no source)"


def _sentence(about: str, parts: Sequence[str]) -> Markdown:
    """A sentence that lists parts, some of which are Markdown."""
    *others, last = parts
    return inline(f"{about}: ", joined(", ", others), " and " if others else "", last, ".")


def _in_words(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _count(number: int, what: str) -> str:
    return f"{_word(number)} {what}{'s' if number != 1 else ''}"


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
