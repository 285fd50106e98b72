"""The content of a page on one shock: the answer of ``gather``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from knockon.analysis.answer import Answer, JsonObject

if TYPE_CHECKING:
    from knockon.analysis.explain.explanation import CausalLink, Origin
    from knockon.analysis.impact.focus import Focus
    from knockon.analysis.impact.impact_report import Impact
    from knockon.analysis.impact.shock_summary import ShockSummary
    from knockon.analysis.report.brief_answer import Brief
    from knockon.analysis.report.chokepoint_section import ChokepointSection
    from knockon.analysis.report.citations import CitedDocument
    from knockon.analysis.report.hit_groups import HitGroup
    from knockon.analysis.report.holdings_section import HoldingsSection
    from knockon.analysis.report.method_section import Method
    from knockon.analysis.report.remedy_section import RemedySection
    from knockon.analysis.uncertainty.importance_on_the_way import ImportanceOnTheWay


@dataclass(frozen=True, slots=True)
class Figures(Answer):
    """Counts of the entities that lose anything.

    Attributes
    ----------
    affected
        How many lose anything.
    entities
        How many entities the network has.
    half
        How many lose a half or more.
    steps
        The number of links between the shock and the entity that is farthest from it.
    hit
        How many of those that lose something the shock hits itself.
    short
        The labels of the needs that are not fully met although they lose nothing themselves.
    """

    affected: int
    entities: int
    half: int
    steps: int
    hit: int
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LossChain(Answer):
    """The links from a hit to one of the worst hit entities.

    JSON begins with the keys ``entity``, ``id``, ``label``, ``class``, ``loss``, ``loss_low``, ``loss_high``, ``step`` and
    ``support`` of ``impact``.

    Attributes
    ----------
    impact
        The loss of the entity.
    origin
        The hit that the chain begins with.
    links
        The links, from the hit to the entity.
    shared_links
        How many of its first links an earlier chain of the page begins with as well. The key in JSON is ``known``.
    """

    json_keys = ("origin", "links", "shared_links")
    json_names: ClassVar[Mapping[str, str]] = {"shared_links": "known"}

    impact: Impact
    origin: Origin
    links: tuple[CausalLink, ...]
    shared_links: int

    def to_dict(self) -> JsonObject:
        """Return the chain as JSON has it, with what the entity loses before it."""
        keys = ("entity", "id", "label", "cls", "loss", "loss_low", "loss_high", "step", "support")
        return self.impact.to_json_of(keys) | self.to_json_of(self.json_keys)


@dataclass(frozen=True, kw_only=True)
class ShockReport(Answer):
    """The content of a page on one shock.

    Attributes
    ----------
    shock
        The shock, what it hits and its legal basis.
    figures
        Counts.
    cascade
        Every entity that loses anything, worst first. Not in JSON.
    brief
        The first page: the finding, what it rests on, what is not known, and what to watch.
    groups
        Those that lose anything, by class and loss.
    holdings
        The entities of a portfolio that the shock hits; None without one.
    why
        The links from the shock to each of the worst hit entities.
    focus
        The entity on which the page concentrates; None where nothing is hit.
    chokepoints, remedies
        The choke points of that entity, and the changes that would help it.
    method
        How the numbers were computed.
    importance
        How much those on the way matter for the failure of that entity; None under models without such measures.
    truncated
        Whether the cap stopped a run for the page.
    sources
        The documents that are cited, in the order of citation.
    """

    json_keys = (
        "shock",
        "figures",
        "brief",
        "groups",
        "holdings?",
        "why",
        "focus",
        "chokepoints",
        "remedies",
        "importance?",
        "method",
        "truncated",
        "sources",
    )

    shock: ShockSummary
    figures: Figures
    cascade: tuple[Impact, ...]
    brief: Brief
    groups: tuple[HitGroup, ...]
    why: tuple[LossChain, ...]
    focus: Focus | None
    chokepoints: ChokepointSection
    remedies: RemedySection
    method: Method
    truncated: bool
    sources: tuple[CitedDocument, ...] = ()
    holdings: HoldingsSection | None = None
    importance: ImportanceOnTheWay | None = None


__all__ = ["Figures", "LossChain", "ShockReport"]
