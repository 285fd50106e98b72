"""The data about a run of a model that every answer about it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Generic, Self, TypeVar, overload

from knockon.analysis.answer import Answer, JsonValue
from knockon.errors import KnockonError
from knockon.model import Shock
from knockon.vocabulary import local_name

T = TypeVar("T")

_NO_COUNTS: Mapping[str, int] = MappingProxyType({})
_NO_REASONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class RunInfo(Answer):
    """The way in which the numbers of an answer were computed, and what they leave out.

    Attributes
    ----------
    model
        The model: leontief, reach, timeline or chance.
    parameters
        The parameters of the model and of the question, and the world that was chosen, by name: ``eps``, ``cap``, ``as_of``,
        ``without``, ...
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
        The share (0..1) of links whose criticality no record states.
    missing_targets
        The targets of the shock (IRIs) that are not in the network; of a target query that finds nothing, its hit.
    ungraded_hits
        The targets (IRIs) that the shock hits by an amount that no source states.
    left_out
        The dependencies and supplies (IRIs) that stayed out of the network, each with the reason.
    fallen
        The records (IRIs) that have no evidence left in the chosen world.
    not_holding
        How many records do not hold on the day, by reason.
    not_in_force
        Why the shock hits nothing on the day; None where it does hit.
    confidence
        With a least confidence, how many places of evidence state less (``below``), state as much (``stated``), or state
        none and count (``not_stated``); None, and not in JSON, without one.
    same_as
        The other IRIs of those entities of the network that several records describe as one, by the IRI that is shown; None,
        and not in JSON, where there are none.
    engine
        The engine that computed the losses, such as ``duckdb``; None, and not in JSON, where this process did.
    named
        Returns how sentences name a record (IRI): its label, or else its local name. Not in JSON.
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
    not_holding: Mapping[str, int] = field(default_factory=lambda: _NO_COUNTS)
    not_in_force: str | None = None
    confidence: Mapping[str, int] | None = None
    same_as: Mapping[str, tuple[str, ...]] | None = None
    engine: str | None = None
    named: Callable[[str], str] = field(default=local_name, repr=False, compare=False)

    json_keys: ClassVar[tuple[str, ...]] = (
        "model", "parameters", "network_hash", "iterations", "residual", "error", "stopped_by", "unknown_share",
        "missing_targets", "ungraded_hits", "left_out", "fallen", "not_holding", "not_in_force", "confidence", "same_as",
        "engine?",
    )  # fmt: skip

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the model, so that losses may be too low."""
        return self.stopped_by == "cap"

    @property
    def as_of(self) -> str:
        """The day that the answer is about (2026-01-31), or ``all``; empty where there is no day."""
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


class FromRun(Generic[T]):
    """An attribute of an answer that is the attribute of the same name of its ``RunInfo``, which documents it."""

    def __init__(self, read: Callable[[RunInfo], T]) -> None:
        self.read = read

    @overload
    def __get__(self, answer: None, owner: type) -> Self: ...
    @overload
    def __get__(self, answer: RunAnswer, owner: type) -> T: ...
    def __get__(self, answer: RunAnswer | None, owner: type) -> Self | T:
        return self if answer is None else self.read(answer.run)


@dataclass(frozen=True)
class RunAnswer(Answer):
    """Base class of the answers about one run: its ``RunInfo`` as ``run``, and what is in it as attributes.

    A subclass lists in ``json_keys`` those that its JSON has, such as ``"model"`` or ``"missing_targets"``.

    Attributes
    ----------
    run
        How the numbers were computed; its attributes are attributes of the answer as well.

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

    model = FromRun(lambda run: run.model)
    parameters = FromRun(lambda run: run.parameters)
    iterations = FromRun(lambda run: run.iterations)
    residual = FromRun(lambda run: run.residual)
    error = FromRun(lambda run: run.error)
    stopped_by = FromRun(lambda run: run.stopped_by)
    network_hash = FromRun(lambda run: run.network_hash)
    unknown_share = FromRun(lambda run: run.unknown_share)
    missing_targets = FromRun(lambda run: run.missing_targets)
    ungraded_hits = FromRun(lambda run: run.ungraded_hits)
    left_out = FromRun(lambda run: run.left_out)
    fallen = FromRun(lambda run: run.fallen)
    not_holding = FromRun(lambda run: run.not_holding)
    not_in_force = FromRun(lambda run: run.not_in_force)
    confidence = FromRun(lambda run: run.confidence)
    same_as = FromRun(lambda run: run.same_as)
    engine = FromRun(lambda run: run.engine)

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped the model, so that losses may be too low."""
        return self.run.truncated


@dataclass(frozen=True, eq=False)
class ShockAnswer(RunAnswer):
    """Base class of the answers about one run of one shock, which they have as a record.

    Attributes
    ----------
    shock
        The shock (a record).
    """

    json_names: ClassVar[Mapping[str, str]] = {"shock_iri": "shock"}

    shock: Shock

    @property
    def shock_iri(self) -> str:
        """The IRI of the shock."""
        return self.shock.id

    @property
    def shock_label(self) -> str:
        """The label of the shock."""
        return self.shock.label


__all__ = ["FromRun", "RunAnswer", "RunInfo", "ShockAnswer"]
