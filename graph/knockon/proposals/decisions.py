"""Files of decisions: YAML that says what people decided on each proposal, when, and what they amended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_mapping
from knockon.errors import InvalidData, Problem
from knockon.proposals.proposal import JsonValue, Proposal
from knockon.text import plain

HEADER = (
    "# What was decided on proposals: Accepted or Rejected, by whom and when. `knockon review` reads and writes this file.\n"
)


class Verdict(StrEnum):
    """What was decided on a proposal."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on a proposal.

    Attributes
    ----------
    proposal
        The proposal, as it was proposed.
    verdict
        What was decided.
    by, day
        Who decided, and when.
    fields
        The fields of the record that was accepted.
    judged
        Those of them that are the judgement of who accepted it, not the word of the document.
    comment
        What to know about the record; may be empty.
    reason
        Why; may be empty.
    """

    proposal: Proposal
    verdict: Verdict
    by: str
    day: str
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    judged: tuple[str, ...] = ()
    comment: str = ""
    reason: str = ""


def decisions_path(queue: Path) -> Path:
    """Return the file of the decisions on a queue: ``proposals.decisions.yaml`` beside ``proposals.jsonl``."""
    return queue.with_name(f"{queue.stem}.decisions.yaml")


def read_decisions(path: Path) -> dict[str, Decision]:
    """Return the decisions of a file by the names of the proposals; none where there is no file.

    Raises
    ------
    InvalidData
        It has other content; with file and line.
    """
    if not path.exists():
        return {}
    problems: list[Problem] = []
    source = Source.of(path)
    content = read_mapping(source, problems)
    mapping, lines = content if content is not None else ({}, {})
    listed = mapping.get("Decision") or {}
    if not problems and (set(mapping) != {"Decision"} or not isinstance(listed, Mapping)):
        problems.append(
            Problem(source.name, 1, "must be one list of decisions", "write `Decision:` and the decisions below it")
        )
    decisions: dict[str, Decision] = {}
    for name, value in listed.items() if isinstance(listed, Mapping) else ():
        line = lines.get(("Decision", name))
        try:
            decision = _decision(str(name), value)
            decisions[decision.proposal.id] = decision
        except ValueError as error:
            problems.append(Problem(source.name, line, f"{str(name)[:60]}: {error}"))
    if problems:
        raise InvalidData(problems, "nothing was decided")
    return decisions


def decisions_yaml(decisions: Iterable[Decision]) -> str:
    """Return decisions as YAML, in the order of the names of proposals; the same decisions have the same text."""
    blocks = []
    for decision in sorted(decisions, key=lambda each: each.proposal.id):
        lines = [f"  {decision.proposal.id}:", f"    decision: {decision.verdict}"]
        texts = {"by": decision.by, "date": decision.day, "reason": decision.reason, "comment": decision.comment}
        lines += [f"    {name}: {quoted(text)}" for name, text in texts.items() if text]
        if decision.judged:
            lines.append(f"    judged: [{', '.join(map(quoted, decision.judged))}]")
        if decision.verdict is Verdict.ACCEPTED:
            lines.append(f"    fields: {flow(dict(decision.fields))}")
        lines.append("    proposal:")
        kept = {name: value for name, value in decision.proposal.to_json().items() if name != "id"}
        lines += [f"      {name}: {flow(value)}" for name, value in kept.items() if value != ""]
        blocks.append("\n".join(lines))
    return HEADER + ("Decision:\n" + "\n".join(blocks) if blocks else "Decision: {}") + "\n"


def quoted(text: str) -> str:
    """Return a text in double quotes, on one line: a string of JSON is one of YAML too."""
    return json.dumps(" ".join(plain(text).split()), ensure_ascii=False)


def flow(value: JsonValue) -> str:
    """Return a value as YAML on one line; every text is quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _decision(name: str, value: object) -> Decision:
    """Return a decision of a file.

    Raises
    ------
    ValueError
        It is not one.
    """
    if not isinstance(value, Mapping):
        raise ValueError("must have fields, `decision` among them")
    known = {"decision", "by", "date", "reason", "comment", "judged", "fields", "proposal"}
    if unknown := sorted(set(value) - known):
        raise ValueError(f"unknown field {unknown[0][:60]}; it would be lost")
    verdict = next((each for each in Verdict if each.casefold() == str(value.get("decision", "")).casefold()), None)
    if verdict is None:
        raise ValueError(f"decision must be {' or '.join(Verdict)}, not {str(value.get('decision'))[:60]!r}")
    proposed = value.get("proposal")
    if not isinstance(proposed, Mapping):
        raise ValueError("proposal must be the proposal that was decided on")
    proposal = Proposal.from_json(proposed)
    if not proposal.has_name(name):
        raise ValueError(f"is the name of another proposal than the one below it, {proposal.id}")
    fields, judged = value.get("fields") or {}, value.get("judged") or []
    if not isinstance(fields, Mapping) or not isinstance(judged, list):
        raise ValueError("fields must be a mapping, and judged a list")
    texts = {key: str(value.get(key) or "") for key in ("by", "date", "comment", "reason")}
    return Decision(
        proposal, verdict, texts["by"], texts["date"], dict(fields), tuple(map(str, judged)), texts["comment"], texts["reason"]
    )


__all__ = ["Decision", "Verdict", "decisions_path", "decisions_yaml", "flow", "quoted", "read_decisions"]
