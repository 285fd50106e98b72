"""A causal tree as indented text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.present.caveats import owners, rests_on
from knockon.text import plain
from knockon.text_table import wrap_lines
from knockon.vocabulary import local_name


def tree(explanation: Mapping[str, Any], width: int | None = None) -> str:
    """Return an explanation from the shock down to the entity, the evidence beside each step, wrapped to ``width``."""
    origin, links = explanation["origin"], explanation["links"]
    lines = [plain(origin["text"]), *_cited("", origin["evidence"])]
    for depth, link in enumerate(reversed(links), 1):
        pad = "   " * (depth - 1)
        lines.append(f"{pad}└─ {plain(link['text'])}")
        lines += [f"{pad}     with {local_name(o['entity'])} losing {o['loss']:.0%}" for o in link["others"]]
        lines += _cited(pad + "   ", link["evidence"])
    summary = (
        f"{plain(explanation['label'])}: loss {explanation['loss']:.2f} "
        f"({explanation['loss_low']:.2f} to {explanation['loss_high']:.2f}), step {explanation['step']}"
    )
    if explanation["truncated"]:
        summary += " (stopped by its cap: losses may be too low)"
    footer = [f"rests on: {rests_on(explanation['support'])}", *map(plain, owners(explanation["owners_hit"]))]
    return wrap_lines("\n".join([summary, *lines, *_others(explanation), *footer]), width) + "\n"


def _others(explanation: Mapping[str, Any]) -> list[str]:
    """A line for each other path, with its harm and its share of the loss."""
    rest = explanation["paths"][1:]
    lines = ["other paths, most harmful first:"] if rest else []
    for path in rest:
        documents = sorted({local_name(e["document"]) for part in (path["origin"], *path["links"]) for e in part["evidence"]})
        bare = sum(not part["evidence"] for part in (path["origin"], *path["links"]))
        ungraded = ["hit ungraded"] if path["origin"]["unknown"] else []
        cited = ", ".join([*documents, *([f"{bare} without source"] if bare else []), *ungraded])
        way = " > ".join(plain(label) for label in path["labels"])
        lines.append(f"  {path['harm']:.2f} ({path['share']:.0%} of the loss)  {way}  [{cited}]")
    return lines if explanation["paths_complete"] else [*lines, "  (the search was cut off: there may be more harmful ones)"]


def _cited(pad: str, evidence: list[Mapping[str, Any]]) -> list[str]:
    if not evidence:
        return [f"{pad}  [no source]"]
    return [f"{pad}  [{local_name(e['document'])} {e['start']}-{e['end']}, {e['stance']}]" for e in evidence]
