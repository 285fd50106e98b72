"""The answer to which loops there are, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation
from knockon.analysis.run_info import RunAnswer
from knockon.analysis.structure.links import DependencyLink
from knockon.vocabulary import local_name


@dataclass(frozen=True, kw_only=True)
class LoopLink(DependencyLink):
    """One link of a loop.

    Attributes
    ----------
    supposed
        Whether no record states the link: the question supposes it.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "dependant", "need", "provider", "dependency", "dependencies", "criticality", "share", "passes", "partial", "inferred",
        "judged", "supposed", "evidence",
    )  # fmt: skip

    supposed: bool


@dataclass(frozen=True)
class Loop(Answer):
    """A loop of dependencies.

    Attributes
    ----------
    entities
        The entities of the loop (IRIs) in the order in which each needs the next, beginning with the least IRI.
    ids
        Their local names.
    length
        The number of entities.
    strength, strength_low, strength_high
        The part (0..1) of a loss that is left after one pass around the loop, and its exact bounds.
    partial
        Whether any link is partial: then ``strength`` is the most that can be left.
    inferred
        The number of links that rest on an inferred record.
    supposed
        The number of links that no record states.
    links
        The links in the order of ``entities``.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entities", "ids", "length", "strength", "strength_low", "strength_high", "partial", "inferred", "supposed", "links",
    )  # fmt: skip

    entities: tuple[str, ...]
    strength: float
    strength_low: float
    strength_high: float
    links: tuple[LoopLink, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The local names of the entities."""
        return tuple(map(local_name, self.entities))

    @property
    def length(self) -> int:
        """The number of entities."""
        return len(self.entities)

    @property
    def partial(self) -> bool:
        """Whether any link is partial."""
        return any(link.partial for link in self.links)

    @property
    def inferred(self) -> int:
        """The number of links that rest on an inferred record."""
        return sum(link.inferred for link in self.links)

    @property
    def supposed(self) -> int:
        """The number of links that no record states."""
        return sum(link.supposed for link in self.links)


@dataclass(frozen=True)
class SupposedLink(Answer):
    """A link that the question supposes.

    Attributes
    ----------
    dependant
        The entity that would need (IRI).
    need
        What it would need (IRI).
    stated
        Whether a record states the link already, so that there is nothing to suppose.
    """

    dependant: str
    need: str
    stated: bool


@dataclass(frozen=True)
class ScaleStatement(Answer):
    """A statement about an effect of scale. It does not state a dependency, so it is not a link of a loop.

    Attributes
    ----------
    record
        The record (IRI).
    id
        Its local name.
    text
        The statement in words.
    stances
        What the sources do with it: Asserts, Alleges, Denies, Hypothesises, Asks.
    evidence
        Where sources state it.
    """

    record: str
    id: str
    text: str
    stances: tuple[str, ...]
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Loops(RunAnswer):
    """The loops of a network, strongest first.

    Attributes
    ----------
    loops
        The loops: by strength, then those without a partial link, then the shorter, then by name.
    through
        The entity (IRI) to which the answer is limited; None for all.
    length
        The most entities of a loop that were looked for.
    supposing
        The links that the question supposes.
    most
        The most loops that are listed.
    longer
        Whether loops of more entities than ``length`` may exist.
    truncated
        Whether there are more loops than ``most``; stronger ones may be among those that are not listed.
    more_exist
        Whether there are more loops than ``most``; in JSON as ``truncated``.
    statements
        The statements of records about effects of scale, in words. The key in JSON is ``said``.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "loops", "through", "length", "supposing", "most", "longer", "truncated", "statements", "parameters", "network_hash",
        "left_out", "fallen", "not_holding", "confidence?", "same_as?",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"statements": "said"}

    loops: tuple[Loop, ...]
    through: str | None
    length: int
    supposing: tuple[SupposedLink, ...]
    most: int
    longer: bool
    more_exist: bool
    statements: tuple[ScaleStatement, ...]

    @property
    def truncated(self) -> bool:
        """Whether there are more loops than ``most``."""
        return self.more_exist


__all__ = ["Loop", "LoopLink", "Loops", "ScaleStatement", "SupposedLink"]
