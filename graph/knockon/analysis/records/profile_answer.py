"""The answer to eight questions about one entity, and its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import Citation, EntityAnswer
from knockon.analysis.impact.support import Support

#: The questions, by the attribute of ``Profile`` that answers them.
QUESTIONS: dict[str, str] = {
    "revenue": "How does it make money?",
    "lock_in": "What makes it hard to replace?",
    "limits": "What limits it?",
    "depends_on": "What does it depend on?",
    "dependants": "Who depends on it?",
    "scaling": "How does it scale?",
    "forces": "Which forces bear on it?",
    "vulnerabilities": "Where is it vulnerable?",
}


@dataclass(frozen=True, kw_only=True)
class ProfileLine(Answer):
    """One line of a profile.

    Attributes
    ----------
    text
        The line in words.
    record
        The record that states it (IRI).
    stance
        What the sources do with it: Asserts, Alleges, ...; None where the record has no source.
    inferred
        Whether the record is inferred.
    judged
        The properties of the record that the authors of the data judged.
    evidence
        Where sources state it.
    """

    text: str
    record: str
    stance: str | None
    inferred: bool
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class DependantLine(ProfileLine):
    """A line about an entity that depends on the entity of the profile.

    Attributes
    ----------
    tier
        The number of dependencies between the two: 1 depends on it directly.
    """

    tier: int


@dataclass(frozen=True, kw_only=True)
class ComputedLine(ProfileLine):
    """A line with the computed loss under one shock.

    Attributes
    ----------
    record
        The shock (IRI).
    computed
        True: the loss is computed, no source states it.
    support
        What the loss rests on: stance, inferred and judged records, unknown values.
    """

    computed: bool = True
    support: Support


@dataclass(frozen=True, kw_only=True)
class Profile(EntityAnswer):
    """The answers to eight questions about an entity and its parts.

    Attributes
    ----------
    parts
        Its parts (IRIs), and theirs.
    parameters
        The parameters of the model and the chosen world, by name.
    not_holding
        How many records do not hold on the day, by reason.
    confidence
        How many places of evidence a least confidence leaves out, as in ``RunInfo``; None, and not in JSON, without one.
    same_as
        Its other IRIs; None, and not in JSON, where it has none.
    revenue
        How it makes money.
    lock_in
        What makes it hard to replace.
    limits
        What limits it.
    depends_on
        What it depends on, the most critical first.
    dependants
        Who depends on it, the nearest first.
    scaling
        How it scales.
    forces
        Which measures and shocks bear on it; the losses under shocks are computed.
    vulnerabilities
        Where it is vulnerable.
    limited
        The most dependencies of others on it that were read, the nearest first, where there are more: ``lock_in``,
        ``dependants`` and the loops of ``scaling`` lack the others. None, and not in JSON, where all were read.
    unknown
        The questions without an answer, by their keys.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entity", "id", "label", "cls", "parts", "parameters", "not_holding", "confidence?", "same_as?", *QUESTIONS, "limited?",
        "unknown",
    )  # fmt: skip

    parts: tuple[str, ...]
    parameters: Mapping[str, JsonValue]
    not_holding: Mapping[str, int]
    revenue: tuple[ProfileLine, ...]
    lock_in: tuple[ProfileLine, ...]
    limits: tuple[ProfileLine, ...]
    depends_on: tuple[ProfileLine, ...]
    dependants: tuple[DependantLine, ...]
    scaling: tuple[ProfileLine, ...]
    forces: tuple[ProfileLine, ...]
    vulnerabilities: tuple[ProfileLine, ...]
    confidence: Mapping[str, int] | None = None
    same_as: tuple[str, ...] | None = None
    limited: int | None = None

    @property
    def unknown(self) -> tuple[str, ...]:
        """The questions without an answer, by their keys."""
        return tuple(key for key, lines in self.sections() if not lines)

    def sections(self) -> Iterator[tuple[str, tuple[ProfileLine, ...]]]:
        """Yield each question by its key, with the lines that answer it."""
        yield "revenue", self.revenue
        yield "lock_in", self.lock_in
        yield "limits", self.limits
        yield "depends_on", self.depends_on
        yield "dependants", self.dependants
        yield "scaling", self.scaling
        yield "forces", self.forces
        yield "vulnerabilities", self.vulnerabilities


__all__ = ["QUESTIONS", "ComputedLine", "DependantLine", "Profile", "ProfileLine"]
