"""The answer of ``uncertainty``: the sampling plan, the spread of each loss, and the weight of each assumption."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from knockon.analysis.answer import Answer, JsonObject
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.run_info import ShockAnswer
from knockon.analysis.uncertainty.assumptions import PER, Assumption
from knockon.analysis.uncertainty.sensitivity import Driver
from knockon.errors import UsageError
from knockon.network.network import Floats
from knockon.propagation.sampling import SHAPES, check_sampling

if TYPE_CHECKING:
    from knockon.analysis.context import Context

DRAWS = 1024
THRESHOLD = 0.5
TOP = 5


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """The plan by which numbers are drawn for the words of the data, and what is counted in the draws.

    Parameters
    ----------
    draws, seed
        How many draws, and the seed of the generator; ``sobol`` takes powers of two.
    sampling
        ``lhs`` (Latin hypercube) or ``sobol``.
    shape
        ``triangular``, with its peak at the point of the interval, or ``uniform``.
    draws_per
        ``word``: all links of a word share one number in a draw. ``link``: each link and hit has a number of its own.
    threshold
        The loss (0..1) for ``threshold_probability``: the share of draws in which an entity loses this much or more (0: any
        loss at all).
    top
        The number of places for ``top_probability``: the share of draws in which an entity is among the ``top`` greatest
        losses; entities with equal losses share the places that are left.
    """

    draws: int = DRAWS
    seed: int = 0
    sampling: str = "lhs"
    shape: str = "triangular"
    draws_per: str = "word"
    threshold: float = THRESHOLD
    top: int = TOP

    def __post_init__(self) -> None:
        check_sampling(self.sampling, self.draws, self.seed)
        for name, value, known in (("shape", self.shape, SHAPES), ("draws_per", self.draws_per, PER)):
            if value not in known:
                raise UsageError(f"unknown {name} {value!r}; known are {', '.join(known)}")
        if not 0 <= self.threshold <= 1:
            raise UsageError(f"threshold must be in 0..1, not {self.threshold}")
        if isinstance(self.top, bool) or not isinstance(self.top, int) or self.top < 1:
            raise UsageError(f"top must be a whole number, 1 or more, not {self.top}")

    def parameters(self) -> JsonObject:
        """Return the parameters by name, as a result reports them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Spread(EntityAnswer):
    """The distribution of the loss of one entity over the draws.

    Attributes
    ----------
    step
        How many links away from what is hit it is; None where it loses nothing at the points.
    loss
        The loss (0..1) at the points of all words.
    loss_low, loss_high
        Exact bounds of the loss (0..1), which do not depend on the draws.
    loss_q05, loss_median, loss_q95
        Quantiles of the draws (0..1).
    loss_mean, loss_sd
        Mean and standard deviation of the draws (0..1).
    threshold_probability
        The share of draws (0..1) with a loss at the threshold or above.
    threshold_standard_error
        The standard error of that share (0..1), for as many independent draws.
    rank
        1 for the greatest loss at the points; entities with equal losses have the first place of the tie.
    rank_mean, rank_sd
        Mean and standard deviation of the rank over the draws, in places; entities with equal losses have the mean place.
    top_probability
        The share of draws (0..1) in which it is one of the ``top`` that lose most; entities with equal losses share the
        places that are left, so that these numbers add up to ``top`` over all entities (to fewer where fewer lose anything).
    drivers
        The assumptions that change it, the largest swing first.
    """

    json_keys = (
        "entity", "id", "label", "cls", "step", "loss", "loss_low", "loss_high", "loss_q05", "loss_median", "loss_q95",
        "loss_mean", "loss_sd", "threshold_probability", "threshold_standard_error", "rank", "rank_mean", "rank_sd",
        "top_probability", "hangs_on_name", "swing", "drivers",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"hangs_on_name": "hangs_on"}

    step: int | None
    loss: float
    loss_low: float
    loss_high: float
    loss_q05: float
    loss_median: float
    loss_q95: float
    loss_mean: float
    loss_sd: float
    threshold_probability: float
    threshold_standard_error: float
    rank: int
    rank_mean: float
    rank_sd: float
    top_probability: float
    drivers: tuple[Driver, ...]

    @property
    def hangs_on(self) -> Driver | None:
        """The assumption with the largest swing; None where no assumption alone changes the loss."""
        return self.drivers[0] if self.drivers and self.drivers[0].swing > 0 else None

    @property
    def hangs_on_name(self) -> str | None:
        """The name of that assumption; None where there is none."""
        return self.hangs_on.assumption.name if self.hangs_on else None

    @property
    def swing(self) -> float:
        """By how much that assumption alone changes the loss (0..1)."""
        return self.hangs_on.swing if self.hangs_on else 0.0


@dataclass(frozen=True, slots=True)
class Weight(Answer):
    """The effect of one assumption on all losses of a shock.

    Attributes
    ----------
    assumption
        The assumption.
    swing_mean
        The mean of its swings (0..1) over all entities that can lose anything.
    swing_most
        The largest of its swings (0..1).
    most_on
        The entity (IRI) with that swing; None where it changes no loss.
    moves
        The number of entities whose loss it changes.
    """

    json_keys = ("*assumption", "swing_mean", "swing_most", "most_on", "moves")

    assumption: Assumption
    swing_mean: float
    swing_most: float
    most_on: str | None
    moves: int


@dataclass(frozen=True, eq=False, kw_only=True)
class UncertaintyReport(ShockAnswer):
    """The distribution of each loss over draws of the words of one shock; iterating gives the spreads.

    Attributes
    ----------
    spreads
        The entities that can lose anything, worst first. In JSON: ``entities``.
    weights
        The assumptions, those with the greatest effect first. In JSON: ``assumptions``.
    drawing
        The sampling plan; in JSON among the ``parameters``.
    unaffected
        How many entities lose nothing in any draw.
    sample
        The loss (0..1) of each entity in each draw: an array (entities, draws), rows in the order of ``spreads``. Not in JSON.
    context
        The world and the options of the question. Not in JSON.
    """

    json_keys = (
        "shock_iri", "shock_label", "model", "parameters", "stopped_by", "truncated", "network_hash", "affected", "unaffected",
        "missing_targets", "ungraded_hits", "left_out", "fallen", "not_holding",
        "confidence?", "same_as?", "not_in_force", "weights", "spreads",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {
        **ShockAnswer.json_names, "weights": "assumptions", "spreads": "entities",
    }  # fmt: skip

    spreads: tuple[Spread, ...]
    weights: tuple[Weight, ...]
    drawing: SamplingPlan
    unaffected: int
    sample: Floats = field(repr=False)
    context: Context = field(repr=False)

    def __iter__(self) -> Iterator[Spread]:
        return iter(self.spreads)

    def __len__(self) -> int:
        return len(self.spreads)

    @property
    def affected(self) -> int:
        """The number of entities that can lose anything."""
        return len(self.spreads)

    @cached_property
    def by_id(self) -> Mapping[str, Spread]:
        """The spreads by local name; where two entities have the same local name, the first by IRI."""
        return {spread.id: spread for spread in sorted(self.spreads, key=lambda spread: spread.entity, reverse=True)}

    def losses(self, name: str) -> Floats:
        """Return the losses (draws,), 0..1, of an entity by IRI, local name or label; zeros where it never loses anything.

        Raises
        ------
        NotFound
            There is no such entity; the message has the nearest names.
        """
        iri = self.context.find_iri(name, (spread.entity for spread in self.spreads))
        rows = [row for row, spread in enumerate(self.spreads) if spread.entity == iri]
        return self.sample[rows[0]] if rows else np.zeros(self.drawing.draws)

    def to_json(self) -> str:
        """Return ``to_dict`` as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


__all__ = ["DRAWS", "THRESHOLD", "TOP", "SamplingPlan", "Spread", "UncertaintyReport", "Weight"]
