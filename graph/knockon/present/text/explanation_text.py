"""A causal tree as indented text."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.answer_parts import Citation
from knockon.analysis.explain.explanation import CausalLink, ExplainedPath, Explanation
from knockon.analysis.told_apart import told_apart
from knockon.present.caveats import day, owners, rests_on
from knockon.present.citations import full_citation_text, source_text
from knockon.present.equations import equations_of
from knockon.present.phrases import capped, titled
from knockon.present.rows.importance import importance_meanings, importance_sentences
from knockon.present.sums import sums_of
from knockon.text import plain
from knockon.text_table import wrap_lines


def tree(explanation: Explanation, width: int | None = None) -> str:
    """Return an explanation from the shock down to the entity, the evidence beside each step, wrapped to ``width``."""
    explanation = told_apart(explanation, explanation.run.named)
    origin, impact = explanation.origin, explanation.impact
    lines = [plain(origin.text), *_cited("", origin.evidence)]
    for reason in origin.covered or ():
        lines += [f"  because {plain(reason.text)}", *_cited("  ", reason.evidence)]
    for depth, link in enumerate(reversed(explanation.links), 1):
        pad = "   " * (depth - 1)
        lines.append(f"{pad}└─ {plain(link.text)}")
        lines += _sums_or_others(link, explanation.model, pad + "     ")
        lines += _cited(pad + "   ", link.evidence)
    summary = (
        f"{plain(impact.label)}: loss {impact.loss:.2f} ({impact.loss_low:.2f} to {impact.loss_high:.2f}), step {impact.step}"
    )
    footer = [f"rests on: {rests_on(impact.support)}", *map(plain, owners(explanation.owners_hit))]
    measures = map(plain, importance_sentences(explanation.importance)[:1]) if explanation.importance else []
    lines = [titled(summary, truncated=explanation.truncated), *lines, *_others(explanation), *measures, *footer]
    return wrap_lines("\n".join(lines), width) + "\n"


def _sums_or_others(link: CausalLink, model: str, pad: str) -> list[str]:
    """Return the parts of each sum of a link, or the other suppliers where several must fail together, a line each."""
    lines = []
    for total in sums_of(link, model):
        lines += [f"{pad}{total.heading}:", *(f"{pad}  {line}" for line in total.lines)]
    others = [] if link.shares else link.others
    return lines + [f"{pad}with {plain(other.label)} losing {other.loss:.0%}" for other in others]


def explanation_notes(explanation: Explanation) -> list[str]:
    """Return the day of an explanation, its equations and measures, and whether a cap stopped its run, a line each."""
    run = explanation.run
    measures = importance_meanings() if explanation.importance and explanation.importance.importances else []
    return [*day(run), equations_of(explanation), *measures, *([capped(run.model)] if run.truncated else [])]


def _others(explanation: Explanation) -> list[str]:
    """Return a line for each other path, with its harm and its share of the loss."""
    others = explanation.paths[1:]
    lines = ["other paths, most harmful first:"] if others else []
    lines += [_other(path) for path in others]
    return lines if explanation.paths_complete else [*lines, "  (the search was cut off: there may be more harmful ones)"]


def _other(path: ExplainedPath) -> str:
    documents = sorted({plain(source_text(citation)) for part in path.parts for citation in part.evidence})
    unsourced = sum(not part.evidence for part in path.parts)
    ungraded = ["hit ungraded"] if path.origin.unknown else []
    marks = ", ".join([*documents, *([f"{unsourced} without source"] if unsourced else []), *ungraded])
    labels = " > ".join(plain(label) for label in path.labels)
    return f"  {path.harm:.2f} ({path.share:.0%} of the loss)  {labels}  [{marks}]"


def _cited(pad: str, evidence: Sequence[Citation]) -> list[str]:
    if not evidence:
        return [f"{pad}  [no source]"]
    return [f"{pad}  [{plain(full_citation_text(e))}]" for e in evidence]
