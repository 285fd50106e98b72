"""The result of a timeline: losses over time, and the days on which they begin and end."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.errors import UsageError
from knockon.network.network import Bools, Floats
from knockon.propagation.result import Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TimelineResult(Result):
    """Losses in 0..1 over time; ``loss``, ``low`` and ``high`` are the greatest of all times.

    ``time`` (T + 1,) are the days of the steps. At the point, each (k, n):
    ``time_to_impact``, days until the loss is first at the threshold (inf:
    never); ``time_to_recover``, days after which it is below for good (nan:
    never at it, inf: not within the horizon); ``area``, loss-days over the
    horizon. ``timed`` (k, n) says whether a stock, a delay or a switching time was on
    the way of the loss to the threshold: where none was, ``time_to_impact`` counts links
    of a step each, and does not come from recorded days. ``shortage`` is the greatest of all times, before any stock. The
    bindings are those of the last rise of each loss above all before, ``step``
    the number of bindings back to the shock. ``iterations`` are the steps that
    were run, and ``stopped_by`` is ``cap`` where the horizon ended while losses
    moved, or while something was on its way (a delay, a stock, a hit that heals)
    that can still change one; ``residual`` is the greatest change in the last step.
    ``switched`` (k, m) is the day on which each of the network's ``substitutes`` first
    meets a need in part or whole, at the point (inf: never); None where it has none.

    With ``rationing`` a loss is the share that a firm makes less, ``residual`` is the greatest
    change in the last step of what a firm makes, holds or orders, relative to what was normal, ``low``, ``high`` and
    ``shortage`` are nan, no bindings are recorded, and ``unmet`` (k, n) is the final demand
    that was not delivered, in the unit of the flows times days of their period.
    """

    time: Floats
    time_to_impact: Floats
    time_to_recover: Floats
    area: Floats
    timed: Bools
    kept_path: Floats | None
    switched: Floats | None = None
    unmet: Floats | None = None

    @property
    def path(self) -> Floats:
        """Every loss (0..1) at every step, at the point, (k, T + 1, n).

        Raises
        ------
        UsageError
            The path was not kept.
        """
        if self.kept_path is None:
            raise UsageError("the losses of each step were not kept; ask for them with timeline(..., paths=True)")
        return self.kept_path


__all__ = ["TimelineResult"]
