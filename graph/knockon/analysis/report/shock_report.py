"""What a page on one shock says: the answer of ``gather``, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from knockon.analysis.answer import Answer, JsonObject, JsonValue

if TYPE_CHECKING:
    from knockon.analysis.explain.explanation import CausalLink, Origin
    from knockon.analysis.impact.focus import Focus
    from knockon.analysis.impact.impact_report import Impact, OwnerHit
    from knockon.analysis.impact.shock_summary import ShockSummary
    from knockon.analysis.mitigate.mitigation import ChangePair, LossBefore, TriedChange
    from knockon.analysis.structure.chokepoints_answer import Chokepoint, LesserPoint


@dataclass(frozen=True, slots=True)
class LossChain(Answer):
    """The chain of links from what is hit to one of the worst hit.

    Attributes
    ----------
    impact
        What that entity loses; JSON has some of its keys beside those of the chain.
    origin
        The hit that the chain begins with.
    links
        The links, from the hit to the entity.
    shared_links
        How many links it begins with that a chain before it begins with, too. The key in JSON is ``known``.
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


@dataclass(frozen=True, slots=True)
class Figures(Answer):
    """Counts over all entities that lose anything, and over those that are shown in the table.

    Attributes
    ----------
    affected
        How many lose anything.
    entities
        How many entities the network has.
    half
        How many lose a half or more.
    steps
        How many steps the farthest is from what is hit.
    worst
        How many lose as much as the worst hit, itself included.
    inferred, judged, unknown, unsourced
        Of those shown, how many rest on an inferred record, on a judged one, on a number that nobody gave, on a record
        without a source.
    shown
        How many are shown.
    equal, less
        Of those that are not shown, how many lose as much as the last that is, and how many less.
    short
        The labels of what is needed and missing without losing anything itself.
    """

    affected: int
    entities: int
    half: int
    steps: int
    worst: int
    inferred: int
    judged: int
    unknown: int
    unsourced: int
    shown: int
    equal: int
    less: int
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorstHit(Answer):
    """One of the worst hit.

    Attributes
    ----------
    impact
        What it loses.
    source_label
        The label of the entity that the loss comes from; None where the shock itself is the cause.
    hit_label
        What the dependency is called that the shock hits; None where it hits none on the way here.
    """

    json_keys = ("*impact", "source_label", "hit_label")

    impact: Impact
    source_label: str | None
    hit_label: str | None


@dataclass(frozen=True, slots=True)
class PointOfFailure(Answer):
    """A choke point, and what the run of the shock says of it.

    Attributes
    ----------
    point
        The choke point.
    lost
        What it loses itself in this shock (0..1).
    short
        How much of it is missing to those that need it (0..1).
    suppliers
        The labels of those that supply it.
    suppliers_lost
        Those of them that lose something in this shock.
    link_hit
        Whether the shock hits the need for it.
    """

    point: Chokepoint
    lost: float
    short: float
    suppliers: tuple[str, ...]
    suppliers_lost: tuple[str, ...]
    link_hit: bool


@dataclass(frozen=True, slots=True)
class ChokepointSection(Answer):
    """The choke points of the entity that a page looks into.

    Attributes
    ----------
    skipped
        Why they were not looked for; None where they were.
    threshold
        The loss (0..1) from which on the entity has failed.
    upstream
        How many entities it rests on.
    lesser
        Those that alone cost it less than the threshold.
    complete
        The size up to which all sets are known.
    untried
        How many sets of the next size were not tried.
    points
        The choke points, worst first.
    pairs
        The labels of the members of each set that fails it only together; a member with an only supplier names it.
    narrowest
        The labels of the fewest entities that every path to it passes.
    truncated
        Whether a run stopped by its cap.
    """

    skipped: str | None
    threshold: float = 0.0
    upstream: int = 0
    lesser: tuple[LesserPoint, ...] = ()
    complete: int = 0
    untried: int = 0
    points: tuple[PointOfFailure, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    narrowest: tuple[str, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Remedy(Answer):
    """A change that was tried, with the labels of what it is about.

    Attributes
    ----------
    tried
        The change; a single one says what it saves.
    provider_label, replaces_label
        The label of a new supplier, and of the one that it replaces; None where there is none.
    dependant_label, need_label
        The labels of the two ends of the dependency.
    short
        How much of the need is missing (0..1).
    """

    tried: TriedChange
    provider_label: str | None
    replaces_label: str | None
    dependant_label: str
    need_label: str
    short: float


@dataclass(frozen=True, slots=True)
class RemedyPair(Answer):
    """Two changes that were tried together.

    Attributes
    ----------
    tried
        The pair, which says what it saves.
    changes
        Its changes.
    """

    tried: ChangePair
    changes: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class EqualWays(Answer):
    """An entity that loses as much in several ways, so that mending one of them saves nothing.

    Attributes
    ----------
    label
        Its label.
    loss
        What it loses (0..1).
    ways
        How many ways there are.
    """

    label: str
    loss: float
    ways: int


@dataclass(frozen=True, slots=True)
class Obstacles(Answer):
    """Why no single change saves anything.

    Attributes
    ----------
    hit_itself
        Whether the shock hits the entity itself.
    hit
        What the dependencies that the shock hits are called.
    ties
        The entities on the way that lose as much in several ways.
    """

    hit_itself: bool
    hit: tuple[str, ...]
    ties: tuple[EqualWays, ...]


@dataclass(frozen=True, slots=True)
class RemedySection(Answer):
    """What would help the entity that a page looks into.

    Attributes
    ----------
    skipped
        Why no change was tried; None where some were.
    felt
        The loss (0..1) from which on a time is counted.
    before
        What the entity loses without a change.
    buffer_days
        The size of a stock, in days of the whole need.
    helpful
        How many single changes save something.
    dependencies_on_the_way, without_named_supplier
        How many dependencies lie on the way to it, and how many of them name no supplier.
    pairs_helpful, pairs_tried, pairs_untried
        How many pairs of changes save something, were tried, and were not tried.
    truncated
        Whether a run stopped by its cap.
    changes, pairs
        What was tried, best first.
    obstacles
        Why no single change saves anything; None where one does.
    """

    skipped: str | None
    felt: float = 0.0
    before: LossBefore | None = None
    buffer_days: float = 0.0
    helpful: int = 0
    dependencies_on_the_way: int = 0
    without_named_supplier: int = 0
    pairs_helpful: int = 0
    pairs_tried: int = 0
    pairs_untried: int = 0
    truncated: bool = False
    changes: tuple[Remedy, ...] = ()
    pairs: tuple[RemedyPair, ...] = ()
    obstacles: Obstacles | None = None


@dataclass(frozen=True, slots=True)
class DataSetOrigin(Answer):
    """A data set that the page rests on: its short name, title, description and licence (None: not given)."""

    id: str
    title: str
    description: str | None
    license: str | None


@dataclass(frozen=True, slots=True)
class Method(Answer):
    """How the numbers of a page came about.

    Attributes
    ----------
    model, parameters, iterations, residual, stopped_by, unknown_share, ungraded_hits, network_hash
        As ``RunInfo`` has them.
    owners_hit
        The owners among the targets, as the impact report has them.
    revision
        A digest of the records.
    data_sets
        The data sets.
    left_out
        How many dependencies and supplies stayed out of the network, by reason.
    fallen
        How many records fell away with the world that was asked of.
    as_of
        Which day it is as of, in words.
    version
        The version of Knock-on.
    """

    model: str
    parameters: Mapping[str, JsonValue]
    iterations: int
    residual: float
    stopped_by: str
    unknown_share: float
    ungraded_hits: tuple[str, ...]
    owners_hit: tuple[OwnerHit, ...]
    network_hash: str
    revision: str
    data_sets: tuple[DataSetOrigin, ...]
    left_out: Mapping[str, int]
    fallen: int
    as_of: str
    version: str


@dataclass(frozen=True, slots=True)
class CitedDocument(Answer):
    """A document that a page cites; None and empty where nothing is known.

    Attributes
    ----------
    iri, id, title
        Its IRI, its local name and its title.
    address
        Where it is published.
    publisher, creator
        The labels of who published and who wrote it.
    issued, precision
        Its date (ISO 8601), and how exact that is: Day, Month or Year.
    comment
        A remark.
    sha256
        The SHA-256 of the file that was read.
    """

    iri: str
    id: str
    title: str
    address: tuple[str, ...]
    publisher: tuple[str, ...] = ()
    creator: tuple[str, ...] = ()
    issued: str | None = None
    precision: str | None = None
    comment: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class ShockReport(Answer):
    """Everything that a page on one shock says.

    Attributes
    ----------
    shock
        The shock, what it hits and its legal basis.
    figures
        Counts.
    cascade
        Every entity that loses anything, worst first; not in JSON.
    worst
        The worst hit, with what they rest on.
    why
        The chains from the worst hit back to the shock.
    focus
        Whom the page looks into; None where nothing is hit.
    chokepoints, remedies
        What that entity cannot do without, and what would help it.
    method
        How the numbers came about.
    truncated
        Whether a run behind the page stopped by its cap.
    sources
        The documents that are cited, in the order in which they are.
    """

    json_keys = ("shock", "figures", "worst", "why", "focus", "chokepoints", "remedies", "method", "truncated", "sources")

    shock: ShockSummary
    figures: Figures
    cascade: tuple[Impact, ...]
    worst: tuple[WorstHit, ...]
    why: tuple[LossChain, ...]
    focus: Focus | None
    chokepoints: ChokepointSection
    remedies: RemedySection
    method: Method
    truncated: bool
    sources: tuple[CitedDocument, ...] = ()


__all__ = [
    "ChokepointSection", "CitedDocument", "DataSetOrigin", "EqualWays", "Figures", "LossChain", "Method", "Obstacles",
    "PointOfFailure", "Remedy", "RemedyPair", "RemedySection", "ShockReport", "WorstHit",
]  # fmt: skip
