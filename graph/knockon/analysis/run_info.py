"""How a run of a model went: what every answer about a run says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self

from knockon.analysis.answer import Answer, JsonValue
from knockon.errors import KnockonError

_NOTHING: Mapping[str, int] = MappingProxyType({})
_NO_REASONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class RunInfo(Answer):
    """How the numbers of an answer came about, and what they leave out.

    Attributes
    ----------
    model
        The model: leontief, reach, timeline or chance.
    parameters
        The parameters of the model and the world that was asked for, by name: ``eps``, ``cap``, ``as_of``, ``without``, ...
    iterations
        How many rounds (of ``timeline``: steps of time) the model computed.
    residual
        The most by which a loss (0..1) rose in the last round.
    error
        How far below its limit a loss may be (0..1); 0 where the model does not approach a limit.
    stopped_by
        ``tolerance``, or ``cap``: then losses may be too low.
    network_hash
        A digest of the network; equal networks have the same.
    unknown_share
        The share (0..1) of links whose criticality nobody stated.
    missing_targets
        The targets of the shock (IRIs) that are not in the network; of a target query that finds nothing, its hit.
    ungraded_hits
        The targets (IRIs) that the shock hits by an amount nobody stated.
    left_out
        The dependencies and supplies (IRIs) that stayed out of the network, each with the reason.
    fallen
        The records (IRIs) that fell away with the world that was asked for.
    not_holding
        How many records do not hold on the day, by reason.
    not_in_force
        Why the shock hits nothing on the day; None where it does hit.
    """

    model: str
    parameters: Mapping[str, JsonValue]
    network_hash: str
    iterations: int = 0
    residual: float = 0.0
    error: float = 0.0
    stopped_by: str = "tolerance"
    unknown_share: float = 0.0
    missing_targets: tuple[str, ...] = ()
    ungraded_hits: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=lambda: _NO_REASONS)
    fallen: tuple[str, ...] = ()
    not_holding: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    not_in_force: str | None = None

    @classmethod
    def from_dict(cls, answer: Mapping[str, Any]) -> Self:
        """Return what the JSON of an answer says of its run; what it does not say has its default.

        >>> RunInfo.from_dict({"model": "reach", "stopped_by": "cap", "loss": 0.5}).truncated
        True
        """
        names = [field.name for field in fields(cls)]
        values = {name: answer[name] for name in names if answer.get(name) is not None}
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        if answer.get("truncated"):
            values["stopped_by"] = "cap"
        return cls(**{"model": "", "parameters": {}, "network_hash": "", **values})

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the model, so that losses may be too low."""
        return self.stopped_by == "cap"

    @property
    def as_of(self) -> str:
        """The day that the answer is as of (2026-01-31), or ``all``; empty where it is of no day."""
        return str(self.parameters.get("as_of") or "")

    def number(self, name: str) -> float:
        """Return a parameter that is a number.

        Raises
        ------
        KnockonError
            The run has no such parameter, or it is not a number.
        """
        value = self.parameters.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise KnockonError(f"the run of {self.model} has no number {name!r}")
        return value


@dataclass(frozen=True)
class RunAnswer(Answer):
    """Base class of the answers about one run: its ``RunInfo`` as ``run``, and what is in it as attributes.

    A subclass lists in ``json_keys`` what JSON has of it, such as ``"model"`` or ``"missing_targets"``.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Count(RunAnswer):
    ...     json_keys = ("count", "model", "truncated")
    ...     count: int
    >>> Count(run=RunInfo(model="reach", parameters={}, network_hash="a1"), count=3).to_dict()
    {'count': 3, 'model': 'reach', 'truncated': False}
    """

    run: RunInfo = field(kw_only=True)

    @property
    def model(self) -> str:
        """The model that ran."""
        return self.run.model

    @property
    def parameters(self) -> Mapping[str, JsonValue]:
        """The parameters of the model and the world that was asked for, by name."""
        return self.run.parameters

    @property
    def iterations(self) -> int:
        """How many rounds the model computed."""
        return self.run.iterations

    @property
    def residual(self) -> float:
        """The most by which a loss (0..1) rose in the last round."""
        return self.run.residual

    @property
    def error(self) -> float:
        """How far below its limit a loss may be (0..1)."""
        return self.run.error

    @property
    def stopped_by(self) -> str:
        """``tolerance`` or ``cap``."""
        return self.run.stopped_by

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the model, so that losses may be too low."""
        return self.run.truncated

    @property
    def network_hash(self) -> str:
        """A digest of the network."""
        return self.run.network_hash

    @property
    def unknown_share(self) -> float:
        """The share (0..1) of links whose criticality nobody stated."""
        return self.run.unknown_share

    @property
    def missing_targets(self) -> tuple[str, ...]:
        """The targets of the shock (IRIs) that are not in the network."""
        return self.run.missing_targets

    @property
    def ungraded_hits(self) -> tuple[str, ...]:
        """The targets (IRIs) that the shock hits by an amount nobody stated."""
        return self.run.ungraded_hits

    @property
    def left_out(self) -> Mapping[str, str]:
        """The dependencies and supplies (IRIs) that stayed out of the network, each with the reason."""
        return self.run.left_out

    @property
    def fallen(self) -> tuple[str, ...]:
        """The records (IRIs) that fell away with the world that was asked for."""
        return self.run.fallen

    @property
    def not_holding(self) -> Mapping[str, int]:
        """How many records do not hold on the day, by reason."""
        return self.run.not_holding

    @property
    def not_in_force(self) -> str | None:
        """Why the shock hits nothing on the day; None where it does hit."""
        return self.run.not_in_force


__all__ = ["RunAnswer", "RunInfo"]
