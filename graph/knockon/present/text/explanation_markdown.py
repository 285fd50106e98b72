"""An explanation as prose that can be pasted into a note: every step with its source, or the word that it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.markdown import Markdown, code, document, emphasis, inline, joined, paragraph, strong
from knockon.model.dates import ALL
from knockon.model.dependency import READINGS
from knockon.present.caveats import owners
from knockon.vocabulary import UNSTATED, Stance, local_name

_HOW = {
    "leontief": "how much is lost in the end, if the shock lasts and nobody adapts",
    "reach": "what is reached at all, whatever the weights",
    "timeline": "the greatest loss of all times, with stocks, delays and recovery",
    "chance": "the probability of failure; severities and criticalities are read as probabilities",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: What is said of the world and the records elsewhere, or is there to make a run repeatable alone.
_WORLD = ("stances", "facts_only", "financing", "as_of", "according_to", "without")
#: Properties that say how hard a hit is, and how much of the dependant is lost without its need.
_JUDGED_AMOUNT = {"severity", "severityValue"}
_JUDGED_WEIGHT = {"criticality", "criticalityValue"}
_ONLY = {"Alleges": "allege", "Denies": "deny", "Hypothesises": "hypothesise", "Asks": "ask"}

Told = Mapping[str, Any]


def prose(told: Told) -> Markdown:
    """The dict of an Explanation as Markdown: paragraphs on the loss, the chain, what it rests on, other paths, and method."""
    texts = (_lead(told), _chain(told), _rests_on(told), _others(told), _method(told), _sources(told))
    return document(*(paragraph(text) for text in texts if text))


def _lead(told: Told) -> Markdown:
    name, shock, steps = strong(told["label"]), emphasis(told["shock_label"]), told["step"]
    model = inline(" (model ", code(told["model"]), ").")
    where = f"{_count(steps, 'step')} from what is hit" if steps else "as it is hit itself"
    if told["model"] == "reach":
        return inline(name, " is reached when ", shock, f" strikes, {where}", model)
    between = f"between {_percent(told['loss_low'])} and {_percent(told['loss_high'])}"
    if told["model"] == "chance":
        error = f"standard error {told['standard_error']:.2g}"
        lost = f"fails with a probability of {_percent(told['loss'])} ({between}; {error})"
    else:
        lost = f"loses {_percent(told['loss'])} ({between})"
    when = _when(told) if told["model"] == "timeline" else ""
    return inline(name, f" {lost} when ", shock, f" strikes{when}, {where}", model)


def _when(told: Told) -> str:
    if told["time_to_impact"] is None and told["timed"] is False:
        return ", after a time that is not known, as no buffer or delay is recorded on the way"
    if told["time_to_impact"] is None:
        return f", staying below {_percent(told['parameters']['threshold'])} at all times"
    return f", from day {told['time_to_impact']:g} on"


def _chain(told: Told) -> str:
    origin = told["origin"]
    said = [f"The shock hits {origin['target_label']} by {_amount(origin)} {_cited(origin)}."]
    return " ".join([*said, *(_link(link, told["model"]) for link in reversed(told["links"]))])


def _amount(origin: Told) -> str:
    """How hard a hit is, and who says so: a placeholder or a judgement must not read as the source's figure."""
    if origin["unknown"]:
        return UNSTATED
    return _percent(origin["severity"]["point"]) + (" (judged)" if _JUDGED_AMOUNT & {*origin["judged"]} else "")


def _link(link: Told, model: str) -> str:
    name, need = link["dependant_label"], link["need_label"]
    via = f" from {link['provider_label']}" if link["provider"] else ""
    how = f" ({link['mechanism']})" if link["mechanism"] else ""
    weight = _weight(link)
    short, loss = _percent(link["shortage"]), _percent(link["loss"])
    end = {
        "leontief": f"with {short} of that missing, at {weight}, {name} loses {loss}",
        "timeline": f"with up to {short} of that missing, at {weight}, {name} loses up to {loss}",
        "chance": f"with {short} of that missing on average, at {weight}, {name} fails with a probability of {loss}",
        "reach": f"so {name} is reached",
    }[model]
    others = [f"{o['label']} ({_percent(o['loss'])})" for o in link["others"]]
    beside = f"; of the other suppliers of that need, {_in_words(others)} lost" if others and model != "reach" else ""
    return f"{name} needs {need}{via}{how}; {end}{beside} {_cited(link, inferred=link['inferred'])}."


def _weight(link: Told) -> str:
    point = f"{link['criticality_range']['point']:.2f}"
    if link["unknown"]:
        return f"a criticality that nobody gave (taken as {point})"
    word, judged = link["criticality"].lower(), bool(_JUDGED_WEIGHT & {*link["judged"]})
    if word.isalpha():
        return f"{word} criticality ({point}{', judged' if judged else ''})"
    return f"a criticality of {point}{' (judged)' if judged else ''}"


def _rests_on(told: Told) -> Markdown:
    links, support = list(reversed(told["links"])), told["support"]
    inferred: list[str] = [f"{_named(link)} ({_reason(link)})" for link in links if link["inferred"]]
    whole = {link["dependency"] for link in links}
    details = [code(local_name(iri)) for iri in support["inferred"] if iri not in whole]
    inferred += details
    said: list[str] = [_stance(told, details)]
    said.append(_sentence("Inferred, and stated by no document", inferred) if inferred else "Nothing on it is inferred.")
    if told["origin"]["unknown"]:
        said.append(f"The hit is ungraded: no source says how hard it strikes {told['origin']['target_label']}.")
    if judged := _judged(told, links):
        said.append(_sentence("Judged by the authors of the data, not stated by a source", judged))
    for key, words in (
        ("disputed", "Described by several records"),
        ("unknown", "Of a criticality that nobody gave"),
    ):
        named = [_named(link) for link in links if link[key]]
        said += [_sentence(words, named)] if named else []
    if links and not support["disputed"]:
        said.append("No link is disputed.")
    if split := [_named(link) for link in links if link["combination_unstated"]]:
        said.append(f"Nobody states how the suppliers combine of {_in_words(split)}: {READINGS}.")
    said += [f"{one}." for one in owners(told["owners_hit"])]
    return inline("What this rests on: ", joined(" ", said))


def _reason(link: Told) -> str:
    return str(link["reason"] or "no reason is given").rstrip(".")


def _judged(told: Told, links: Sequence[Told]) -> list[str]:
    """What is a judgement on the way, from the hit on; records that are no link of it (supplies) by their names."""
    said: list[str] = [f"the {_in_words(told['origin']['judged'])} of the hit"] if told["origin"]["judged"] else []
    for link in links:
        rest = [name for name in link["judged"] if name != "criticality"]
        if len(rest) < len(link["judged"]):
            said.append(f"how critical {link['need_label']} is to {link['dependant_label']}")
        said += [f"the {_in_words(rest)} of {_named(link)}"] if rest else []
    told_of = {told["origin"]["hit"], *(link["dependency"] for link in links)}
    rest = [one for one in told["support"]["judged"] if one["record"] not in told_of]
    return said + [inline(f"the {_in_words(one['properties'])} of ", code(local_name(one["record"]))) for one in rest]


def _stance(told: Told, details: Sequence[str]) -> str:
    """What stands behind the steps; ``details`` are inferred records on the way that are no link of their own."""
    parts = (told["origin"], *told["links"])
    bare = sum(not part["evidence"] for part in parts)
    if bare:
        verb = "have" if bare != 1 else "has"
        rest = "; the others are cited above" if bare < len(parts) else ""
        return f"{_count(bare, 'step')} of {_word(len(parts))} {verb} no source{rest}."
    order, links = list(Stance), told["links"]
    cited = [part for part in parts if not part.get("inferred")]
    # A step is as strong as the strongest of its sources, the whole as weak as its weakest step.
    weakest = max(min(order.index(Stance(e["stance"])) for e in part["evidence"]) for part in cited)
    if order[weakest] is Stance.ASSERTS:
        if len(cited) < len(parts):
            return _partly(len(cited) - 1, len(links))
        apart = details or told["origin"]["unknown"] or told["support"]["judged"] or told["support"]["unknown"]
        return f"every step is asserted by a source it cites{', save what is named next' if apart else ''}."
    which = "every step" if len(cited) == len(parts) else "every step that is not inferred"
    return f"{which} is cited, but of the weakest all that can be said is that a source {order[weakest].lower()} it."


def _partly(stated: int, links: int) -> str:
    """How many links a source asserts, where the others are inferred."""
    if not stated:
        return "the hit is asserted by a source; " + ("the link is inferred." if links == 1 else "every link is inferred.")
    some, rest = ((_word(n), "is" if n == 1 else "are") for n in (stated, links - stated))
    return f"{some[0]} of {_count(links, 'link')} {some[1]} asserted by a source; {rest[0]} {rest[1]} inferred."


def _named(link: Told) -> str:
    return f"the need of {link['dependant_label']} for {link['need_label']}"


def _others(told: Told) -> str:
    first, *rest = told["paths"]
    head = "this path reaches it, as any does"
    if told["model"] != "reach":
        head = f"the path above alone {_brings(first)}"
    if not rest:
        none = "there is no other" if told["paths_asked"] > 1 else "others were not asked for"
        return f"Other paths: {head}; {none if told['paths_complete'] else 'the search for others was cut off'}."
    each = "; ".join(_path(path, told) for path in rest)
    cut = "" if told["paths_complete"] else " The search was cut off: there may be more harmful ones."
    return f"Other paths: {head}. Next: {each}.{cut}"


def _path(path: Told, told: Told) -> str:
    parts = (path["origin"], *path["links"])
    evidence = [e for part in parts for e in part["evidence"]]
    bare = sum(not part["evidence"] for part in parts)
    mark = f", {_count(bare, 'step')} of it without a source" if bare and evidence else ""
    guessed = sum(link["inferred"] for link in path["links"])
    mark += f", {_count(guessed, 'step')} of it inferred" if guessed else ""
    mark += ", its hit ungraded" if path["origin"]["unknown"] else ""
    harm = "" if told["model"] == "reach" else f" {_brings(path)}"
    begun = path["origin"]["target"] != told["origin"]["target"] and path["steps"]
    start = f"from the hit on {path['origin']['target_label']}, " if begun else ""
    return f"{start}{' → '.join(map(str, path['labels']))}{harm} {_cited({'evidence': evidence})}{mark}"


def _brings(path: Told) -> str:
    return f"brings {_percent(path['harm'])}, {'all' if path['share'] == 1 else _percent(path['share'])} of the loss"


def _method(told: Told) -> Markdown:
    used = {name: value for name, value in told["parameters"].items() if name not in _WORLD and value is not None}
    world = [name.replace("_", " ") for name in ("facts_only", "financing") if told["parameters"].get(name)]
    if as_of := told["parameters"].get("as_of"):
        world += ["dates ignored" if as_of == ALL else f"as of {as_of}"]
    world += [
        f"{n.replace('_', ' ')} {told['parameters'][n]}" for n in ("according_to", "without") if told["parameters"].get(n)
    ]
    beside = [_ONLY[one] for one in told["parameters"].get("stances", ()) if one in _ONLY]
    world += [f"with what sources only {_in_words(beside)}"] if beside else []
    numbers = ", ".join(f"{name} {_number(value)}" for name, value in used.items())
    rounds = _count(told["iterations"], "round")
    capped = strong(f"stopped by its cap after {rounds}, so losses may be too low")
    parts = [
        inline("model ", code(told["model"]), f" ({_HOW[told['model']]})"),
        numbers,
        *world,
        capped if told["truncated"] else f"at rest after {rounds}",
        inline("network ", code(told["network_hash"][:12])),
    ]
    harm = "" if told["model"] == "reach" else f" {told['paths_definition']}"
    return inline("Method: ", joined("; ", [part for part in parts if part]), f".{harm}")


def _sources(told: Told) -> Markdown:
    named = [inline(local_name(iri), ", ", emphasis(title)) for iri, title in told["document_titles"].items()]
    about = "Sources (the numbers beside them are characters, from and to): "
    return inline(about, joined("; ", named), ".") if named else inline()


def _cited(part: Told, *, inferred: bool = False) -> str:
    """Documents by name, each once with its spans; what is inferred has none that states it, only some to compare."""
    spans: dict[str, list[str]] = {}
    for e in part["evidence"]:
        stance = "" if e["stance"] == "Asserts" else f" {e['stance'].lower()}"
        span = f"{e['start']}-{e['end']}{stance}"
        places = spans.setdefault(local_name(e["document"]), [])
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


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
