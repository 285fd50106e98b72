"""The answer to why an entity loses what it loses: the links, the origin and the most harmful paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, TypeVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, Range
from knockon.analysis.explain.paths import harm_definition
from knockon.analysis.explain.sums import LossOfPart
from knockon.analysis.impact.impact_report import Impact, OwnerHit
from knockon.analysis.impact.substitution import Substitution
from knockon.analysis.lists.covered_answer import CoverageReason
from knockon.analysis.run_info import RunAnswer
from knockon.analysis.uncertainty.importance_on_the_way import ImportanceOnTheWay


@dataclass(frozen=True, slots=True)
class OtherSupplier(Answer):
    """Another supplier of a need, which must fail together with the binding one.

    Attributes
    ----------
    entity
        The supplier (IRI).
    label
        Its label.
    loss
        What it loses (0..1).
    """

    entity: str
    label: str
    loss: float


@dataclass(frozen=True, kw_only=True)
class Edge(Answer):
    """A link: who needs what, from whom, and which documents say so; or what is provided by whom.

    Attributes
    ----------
    dependency
        The dependency, or the provision (IRI).
    dependant, dependant_label
        Who needs it: IRI and label.
    need, need_label
        What is needed: IRI and label.
    provider, provider_label
        Who supplies it: IRI and label; None where the need itself is lost, or the dependency is hit.
    source
        The entity (IRI) that the loss comes from; None where the link itself is hit.
    mechanism
        How the dependency works, in words; None where no record states it.
    inferred
        Whether the dependency is inferred.
    criticality
        The criticality as it is recorded: a word, a number, or ``not given``.
    evidence
        Where documents state the dependency and the supply.
    """

    dependency: str
    dependant: str
    dependant_label: str
    need: str
    need_label: str
    provider: str | None
    provider_label: str | None
    source: str | None
    mechanism: str | None
    inferred: bool
    criticality: str
    evidence: tuple[Citation, ...]


E = TypeVar("E", bound=Edge)


def named_ends(edge: E, named: Callable[[str], str]) -> E:
    """Return a link whose labels are the names of its ends within sentences, which tell apart two that have one label.

    Parameters
    ----------
    edge
        The link.
    named
        Returns how sentences name an entity (IRI).
    """
    provider = named(edge.provider) if edge.provider else None
    labels = {"dependant_label": named(edge.dependant), "need_label": named(edge.need), "provider_label": provider}
    return replace(edge, **labels)  # type: ignore[arg-type] # mypy takes the values for those of any field


@dataclass(frozen=True, kw_only=True)
class CausalLink(Edge):
    """A link of the binding path, with what is lost through it.

    Attributes
    ----------
    reason
        Why it is inferred; None where it is not, or no reason is given.
    criticality_range
        The criticality (0..1) that the model uses, with its bounds.
    unknown
        Whether no record states the criticality.
    disputed
        Whether several records describe it.
    combination_unstated
        Whether no record states how the suppliers combine.
    combined
        How the suppliers combine, in words; empty where there is nothing to say.
    shortage
        How much of the need is missing (0..1).
    loss
        What the dependant loses (0..1).
    judged
        The names of judged properties.
    others
        The other suppliers, where several must fail together.
    text
        The link as a sentence.
    provision
        Whether the entity loses by a provision: what its provider no longer delivers to anybody who needs it.
    parts
        The parts that add up to the loss, where it is a sum; those that lose nothing are among them.
    shares
        The suppliers or providers whose shares add up to the shortage, where it is a sum; those that lose nothing are among
        them.
    substitutions
        The alternatives that meet the need once their switching time has passed, under ``timeline``; None, and not in JSON,
        where none does.
    """

    json_keys = (
        *(field.name for field in fields(Edge)), "reason", "criticality_range", "unknown", "disputed", "combination_unstated",
        "combined", "shortage", "loss", "judged", "others", "text", "provision", "parts", "shares", "substitutions?",
    )  # fmt: skip
    reason: str | None
    criticality_range: Range
    unknown: bool
    disputed: bool
    combination_unstated: bool
    combined: str
    shortage: float
    loss: float
    judged: tuple[str, ...]
    others: tuple[OtherSupplier, ...]
    text: str
    provision: bool = False
    parts: tuple[LossOfPart, ...] = ()
    shares: tuple[LossOfPart, ...] = ()
    substitutions: tuple[Substitution, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PathLink(Edge):
    """A link of one of the most harmful paths.

    Attributes
    ----------
    harm
        The loss (0..1) that has arrived behind it.
    """

    harm: float


@dataclass(frozen=True, slots=True)
class Origin(Answer):
    """The hit that a path begins with.

    Attributes
    ----------
    target
        What is hit (IRI).
    target_label
        What it is called.
    hit
        The hit (IRI), a part of the shock.
    severity
        How hard it is hit (0..1), with bounds.
    unknown
        Whether no record states the severity.
    judged
        The names of judged properties of the hit.
    evidence
        Where documents state the hit, or else the shock.
    text
        The hit as a sentence.
    covered
        Where the legal basis of the shock is a list and the hit is a supply or provision: why the list covers its provider,
        from the provider up to whom the list names. Left out of JSON where there is nothing to say.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "target", "target_label", "hit", "severity", "unknown", "judged", "evidence", "text", "covered?",
    )  # fmt: skip

    target: str
    target_label: str
    hit: str
    severity: Range
    unknown: bool
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]
    text: str
    covered: tuple[CoverageReason, ...] | None = None


@dataclass(frozen=True, slots=True)
class ExplainedPath(Answer):
    """A chain of links from a hit to the entity, and the loss that arrives along it alone.

    Attributes
    ----------
    rank
        1 for the binding path, then by harm.
    binding
        Whether it is the path that makes the loss what it is.
    harm
        The loss (0..1) that arrives along it alone.
    share
        The harm divided by the loss of the entity (0..1); shares do not add up to one.
    steps
        How many links it has.
    entities, labels
        The entities on it, from the hit on: IRIs and labels.
    origin
        The hit that it begins with.
    links
        Its links, from the hit on.
    """

    rank: int
    binding: bool
    harm: float
    share: float
    steps: int
    entities: tuple[str, ...]
    labels: tuple[str, ...]
    origin: Origin
    links: tuple[PathLink, ...]

    @property
    def parts(self) -> tuple[Origin | Edge, ...]:
        """The hit and the links."""
        return (self.origin, *self.links)


@dataclass(frozen=True, eq=False)
class Explanation(RunAnswer):
    """The causes of the loss of an entity: the links from it back to what is hit, and the most harmful paths.

    Attributes
    ----------
    shock, shock_label
        The shock: IRI and label.
    impact
        What the entity loses.
    links
        The links from the entity back to the hit.
    origin
        The hit that they end at.
    document_titles
        The title of each document that is cited, by IRI.
    owners_hit
        The owners among the targets of the shock.
    paths
        The most harmful paths from a hit to the entity, the binding one first.
    paths_asked
        The number of paths that the question requests.
    paths_complete
        Whether the search for them was not cut off.
    importance
        How much those on the way matter for the failure; None, and not in JSON, under models without such measures.
    """

    json_keys = (
        "shock", "shock_label", "*impact", "links", "origin", "documents", "document_titles", "owners_hit", "paths",
        "paths_asked", "paths_complete", "paths_definition", "importance?", "model", "parameters", "iterations",
        "residual", "stopped_by", "truncated", "network_hash", "not_holding", "confidence?", "same_as?",
    )  # fmt: skip
    shock: str
    shock_label: str
    impact: Impact
    links: tuple[CausalLink, ...]
    origin: Origin
    document_titles: Mapping[str, str]
    owners_hit: tuple[OwnerHit, ...]
    paths: tuple[ExplainedPath, ...] = ()
    paths_asked: int = 3
    paths_complete: bool = True
    importance: ImportanceOnTheWay | None = None

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that are cited (IRIs)."""
        return tuple(self.document_titles)

    @property
    def paths_definition(self) -> str:
        """The definition of the harm and of the share of a path."""
        return harm_definition(*(["given"] if self.parameters.get("given") else []))

    @property
    def parts(self) -> tuple[Origin | CausalLink, ...]:
        """The hit, and the links from it to the entity."""
        return (self.origin, *reversed(self.links))

    @property
    def all_parts(self) -> tuple[Origin | Edge, ...]:
        """The parts, and those of every path."""
        return (*self.parts, *(part for path in self.paths for part in path.parts))


def cited_documents(links: tuple[CausalLink, ...], origin: Origin, paths: tuple[ExplainedPath, ...]) -> list[str]:
    """Return the documents (IRIs) that an explanation cites, in their order."""
    parts = [*links, origin, *(part for path in paths for part in path.parts)]
    reasons = [reason for part in parts if isinstance(part, Origin) for reason in part.covered or ()]
    return sorted({citation.document for part in (*parts, *reasons) for citation in part.evidence})


__all__ = [
    "CausalLink", "Edge", "ExplainedPath", "Explanation", "LossOfPart", "Origin", "OtherSupplier", "PathLink",
    "cited_documents", "named_ends",
]  # fmt: skip
