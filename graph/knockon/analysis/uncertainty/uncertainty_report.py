"""What draws of a shock's words say: how it was drawn, how each loss spreads, what each assumption weighs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.analysis.uncertainty.assumptions import PER, Assumption
from knockon.analysis.uncertainty.sensitivity import Driver
from knockon.errors import UsageError
from knockon.model import Shock
from knockon.network.network import Floats
from knockon.propagation.sampling import SHAPES, check
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    import pandas as pd

    from knockon.analysis.context import Context

DRAWS = 1024
THRESHOLD = 0.5
TOP = 5


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """How the words are drawn, and what is asked of the draws.

    Parameters
    ----------
    draws, seed
        How many draws, and from which seed; ``sobol`` takes powers of two.
    sampling
        ``lhs`` (Latin hypercube) or ``sobol``.
    shape
        ``triangular``, with its peak at the point of the interval, or ``uniform``.
    draws_per
        ``word``: all links of a word share one number in a draw. ``link``: each link and hit has its own.
    threshold
        Counted are the draws in which an entity loses so much or more (0: anything at all).
    top
        Counted are the draws in which it is one of so many that lose most; who loses alike shares the places left.
    """

    draws: int = DRAWS
    seed: int = 0
    sampling: str = "lhs"
    shape: str = "triangular"
    draws_per: str = "word"
    threshold: float = THRESHOLD
    top: int = TOP

    def __post_init__(self) -> None:
        check(self.sampling, self.draws, self.seed)
        for name, value, known in (("shape", self.shape, SHAPES), ("draws_per", self.draws_per, PER)):
            if value not in known:
                raise UsageError(f"unknown {name} {value!r}; known are {', '.join(known)}")
        if not 0 <= self.threshold <= 1:
            raise UsageError(f"threshold must be in 0..1, not {self.threshold}")
        if isinstance(self.top, bool) or not isinstance(self.top, int) or self.top < 1:
            raise UsageError(f"top must be a whole number, 1 or more, not {self.top}")

    def parameters(self) -> dict[str, Any]:
        """As a result reports them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Spread:
    """How one entity's loss spreads over the draws, all in 0..1 but the ranks.

    ``loss`` is that of the points, ``loss_low`` and ``loss_high`` are exact
    bounds; ``loss_q05``, ``loss_median``, ``loss_q95``, ``loss_mean`` and
    ``loss_sd`` are of the draws. ``threshold_probability`` is the share of draws
    at the threshold or above, with the standard error of as many independent
    draws. ``rank`` is 1 for who loses most at the points (who ties shares the
    first place of the tie); ``rank_mean`` and ``rank_sd`` are over the draws,
    where who ties has the mean place. ``top_probability`` is the share of draws
    in which it is one of the ``top`` that lose most; where several lose alike
    they share the places that are left, so that these numbers add up to
    ``top`` over all entities (to fewer where fewer lose anything). ``drivers``
    are the assumptions that move it, the largest swing first.
    """

    entity: str
    label: str
    cls: str
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
        """What it hangs on most: the largest swing; None where no assumption alone moves it."""
        return self.drivers[0] if self.drivers and self.drivers[0].swing > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON has it."""
        names = [name for name in self.__slots__ if name not in {"entity", "label", "cls", "drivers"}]
        most = self.hangs_on
        return {
            "entity": self.entity,
            "id": local_name(self.entity),
            "label": self.label,
            "class": self.cls,
            **{name: getattr(self, name) for name in names},
            "hangs_on": most.assumption.name if most else None,
            "swing": most.swing if most else 0.0,
            "drivers": [driver.to_dict() for driver in self.drivers],
        }


@dataclass(frozen=True, slots=True)
class Weight:
    """What one assumption does to the shock as a whole: its swings over all entities that can lose, and the largest."""

    assumption: Assumption
    swing_mean: float
    swing_most: float
    most_on: str | None
    moves: int

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON has it."""
        rest = {"swing_mean": self.swing_mean, "swing_most": self.swing_most, "most_on": self.most_on, "moves": self.moves}
        return self.assumption.to_dict() | rest


@dataclass(frozen=True, eq=False)
class UncertaintyReport:
    """The answer for one shock: how the loss of each entity spreads, worst first, and which assumptions weigh most.

    Iterating gives the spreads. ``sample`` (entities, draws) are the losses
    drawn, in the order of ``spreads``; ``ungraded`` are the targets that are hit by an amount nobody stated.
    """

    shock: Shock
    spreads: tuple[Spread, ...]
    weights: tuple[Weight, ...]
    drawing: SamplingPlan
    model: str
    parameters: Mapping[str, Any]
    stopped_by: str
    network_hash: str
    unaffected: int
    missing: tuple[str, ...]
    left_out: Mapping[str, str]
    fallen: tuple[str, ...]
    sample: Floats = field(repr=False)
    context: Context = field(repr=False)
    not_holding: Mapping[str, int] = field(default_factory=dict)
    not_in_force: str = ""
    ungraded: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Spread]:
        return iter(self.spreads)

    def __len__(self) -> int:
        return len(self.spreads)

    @property
    def truncated(self) -> bool:
        """Whether some run stopped by its cap, so that losses may be too low."""
        return self.stopped_by == "cap"

    @cached_property
    def by_id(self) -> Mapping[str, Spread]:
        """The spreads by local name; where two share one, the first by IRI."""
        return {local_name(s.entity): s for s in sorted(self.spreads, key=lambda s: s.entity, reverse=True)}

    def losses(self, name: str) -> Floats:
        """The losses drawn (draws,) of an entity by IRI, local name or label; zeros where it never loses anything.

        Raises
        ------
        NotFound
            The graph knows no such entity; the nearest names are given.
        """
        iri = self.context.known(name, (spread.entity for spread in self.spreads))
        rows = [row for row, spread in enumerate(self.spreads) if spread.entity == iri]
        return self.sample[rows[0]] if rows else np.zeros(self.drawing.draws)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the draws, as the command line prints it with ``--format json``."""
        return {
            "shock": self.shock.id,
            "shock_label": self.shock.label,
            "model": self.model,
            "parameters": dict(self.parameters) | self.drawing.parameters(),
            "stopped_by": self.stopped_by,
            "truncated": self.truncated,
            "network_hash": self.network_hash,
            "affected": len(self.spreads),
            "unaffected": self.unaffected,
            "missing_targets": list(self.missing),
            "ungraded_hits": list(self.ungraded),
            "left_out": dict(sorted(self.left_out.items())),
            "fallen": list(self.fallen),
            "not_holding": dict(self.not_holding),
            "not_in_force": self.not_in_force or None,
            "assumptions": [weight.to_dict() for weight in self.weights],
            "entities": [spread.to_dict() for spread in self.spreads],
        }

    def to_json(self) -> str:
        """``to_dict`` as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_pandas(self) -> pd.DataFrame:
        """One row an entity, without its drivers; needs the extra ``pandas``."""
        try:
            import pandas as pd
        except ImportError:
            raise UsageError("to_pandas needs pandas: pip install 'knockon[pandas]'") from None
        return pd.DataFrame([{k: v for k, v in one.to_dict().items() if k != "drivers"} for one in self.spreads])


__all__ = ["DRAWS", "THRESHOLD", "TOP", "SamplingPlan", "Spread", "UncertaintyReport", "Weight"]
