"""The options of a question with defaults filled in and every value checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from knockon.analysis import models
from knockon.analysis.answer import JsonValue
from knockon.analysis.models import ModelParameters, ParameterValue
from knockon.errors import UsageError
from knockon.model.dates import written
from knockon.network.compile import RecordFilter
from knockon.propagation.leontief import CAP, EPS


@dataclass(frozen=True, slots=True)
class ResolvedOptions:
    """The options of a question, with defaults filled in and every value checked.

    Parameters
    ----------
    model
        ``leontief`` (how much is lost), ``reach`` (what is reached at all),
        ``timeline`` (when) or ``chance`` (how probably).
    record_filter
        Which records enter the network.
    according_to, without
        The world of one document, or of all but one.
    eps, cap
        The model stops when no loss rises by more than eps, or after cap rounds.
    min_confidence
        The least confidence (0..1) of evidence that states one; None for all evidence.
    what_if
        Changes to dependencies that are supposed, as ``what_if.parse_what_if`` returns them.
    given
        Entities that are known to have failed, by their names as typed; of ``chance`` alone.
    model_parameters
        Other parameters of the model, e.g. ``{"horizon": 30}``; see ``analysis/models.py``.
    """

    model: str = "leontief"
    record_filter: RecordFilter = field(default_factory=RecordFilter)
    according_to: str | None = None
    without: str | None = None
    eps: float = EPS
    cap: int = CAP
    model_parameters: ModelParameters | Mapping[str, object] = ()
    min_confidence: float | None = None
    what_if: tuple[tuple[str, str], ...] = ()
    given: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        models.check_model(self.model)
        if not 0 <= self.eps < 1 or self.cap < 1:
            raise UsageError("eps must be in 0..1, and cap at least 1")
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise UsageError(f"min_confidence must be in 0..1, not {self.min_confidence:g}")
        if self.given and self.model != "chance":
            raise UsageError(f"what has failed is given to the model chance, not to {self.model}: model=chance")
        stopping = {name: v for name, v, usual in (("eps", self.eps, EPS), ("cap", self.cap, CAP)) if v != usual}
        object.__setattr__(
            self, "model_parameters", models.check_parameters(self.model, {**stopping, **dict(self.model_parameters)})
        )

    def run_parameters(self) -> dict[str, ParameterValue]:
        """Return the parameters that the model is run with."""
        checked = cast("ModelParameters", self.model_parameters)
        return {"eps": self.eps, "cap": self.cap, **dict(checked)}

    def parameters(self) -> dict[str, JsonValue]:
        """Return the options as an answer reports them; the answer adds the parameters that the model used."""
        record_filter = self.record_filter
        stop_rule = {"eps": self.eps, "cap": self.cap}
        stances: list[JsonValue] = [*sorted(stance.value for stance in record_filter.stances)]
        names = models.parameters(self.model)
        return {
            **{name: value for name, value in stop_rule.items() if name in names},
            "stances": stances,
            "facts_only": record_filter.facts_only,
            "financing": record_filter.financing,
            "as_of": written(record_filter.as_of),
            "according_to": self.according_to,
            "without": self.without,
            # A usual answer has no such key.
            **({} if self.min_confidence is None else {"min_confidence": float(self.min_confidence)}),
            **({"what_if": dict(self.what_if)} if self.what_if else {}),
        }


__all__ = ["ResolvedOptions"]
