"""What a question is asked of: the world, its records, its network and the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import count
from typing import Any, NamedTuple, cast

import numpy as np

from knockon.analysis import models
from knockon.analysis.answer import JsonValue
from knockon.analysis.models import ModelParameters, ParameterValue
from knockon.analysis.run_info import RunInfo
from knockon.errors import NotFound, UsageError
from knockon.model import Entity, Measure, Ownership, Record, Shock, Statement
from knockon.model.base import digest
from knockon.model.dates import Calendar, absence_text, counted, written
from knockon.network.compile import Compiled, RecordFilter, compile_network
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.network.resolve import ResolvedShock, not_in_force, resolve_shock, to_hits
from knockon.propagation.leontief import CAP, EPS
from knockon.propagation.result import Result
from knockon.query.budget import Budget, current_budget
from knockon.query.names import find
from knockon.sparql.losses import Losses
from knockon.store.base import Store
from knockon.store.worlds import World, world
from knockon.vocabulary import Level, local_name

#: The losses of each context have a number of their own.
_NUMBERS = count(1)
#: The numbers that the results of shocks hold that are computed together: 128 MB.
BLOCK = 2**24
#: The numbers of rows that are kept in full: 32 MB.
_AT_HAND = 2**22


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
        When the model stops: no loss rises by more than eps, or cap rounds.
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

    def __post_init__(self) -> None:
        models.check_model(self.model)
        if not 0 <= self.eps < 1 or self.cap < 1:
            raise UsageError("eps must be in 0..1, and cap at least 1")
        stopping = {name: v for name, v, usual in (("eps", self.eps, EPS), ("cap", self.cap, CAP)) if v != usual}
        object.__setattr__(
            self, "model_parameters", models.check_parameters(self.model, {**stopping, **dict(self.model_parameters)})
        )

    def run_parameters(self) -> dict[str, ParameterValue]:
        """Return the parameters that the model is run with."""
        checked = cast("ModelParameters", self.model_parameters)
        return {"eps": self.eps, "cap": self.cap, **dict(checked)}

    def parameters(self) -> dict[str, JsonValue]:
        """Return the parameters as an answer reports them; those of the model as it used them are added there."""
        record_filter = self.record_filter
        stopping = {"eps": self.eps, "cap": self.cap}
        stances: list[JsonValue] = [*sorted(stance.value for stance in record_filter.stances)]
        takes = models.parameters(self.model)
        return {
            **{name: value for name, value in stopping.items() if name in takes},
            "stances": stances,
            "facts_only": record_filter.facts_only,
            "financing": record_filter.financing,
            "as_of": written(record_filter.as_of),
            "according_to": self.according_to,
            "without": self.without,
        }


class Outcome(NamedTuple):
    """The result of a model for several shocks on one network."""

    shocks: tuple[Shock, ...]
    resolved: tuple[ResolvedShock, ...]
    outside: tuple[tuple[str, ...], ...]
    result: Result
    compiled: Compiled

    @property
    def network(self) -> Network:
        """The network that the model ran on."""
        return self.compiled.network

    @property
    def left_out(self) -> Mapping[str, str]:
        """The dependencies and supplies that stayed out of the network, with the reason."""
        return self.compiled.left_out


def numbers_of_a_shock(network: Network) -> int:
    """How many numbers a result holds for one shock."""
    # Three losses, step, slot, supply, source and up to six more that a model says of a node; a shortage of each slot.
    return 13 * network.size + network.slots + 1


class EveryLoss:
    """What each node loses under each of many shocks, and at which step; whoever loses nothing takes no memory."""

    def __init__(self, network: Network, rows: Sequence[_Losses]) -> None:
        self.network, self._rows = network, rows
        self.row: Callable[[int], tuple[Any, Any]] = lru_cache(max(1, _AT_HAND // max(2 * network.size, 1)))(self._row)

    @classmethod
    def of(cls, network: Network, outcomes: Iterable[Outcome]) -> EveryLoss:
        """The losses in the outcomes of some shocks after others on a network."""
        rows: list[_Losses] = []
        for outcome in outcomes:
            result = outcome.result
            for row, stopped_by in enumerate(result.stopped_by):
                nodes = np.flatnonzero((result.loss[row] != 0) | (result.step[row] != NONE))
                # Picked out, and so copies: a part of an array would keep the whole of it.
                rows.append(_Losses(nodes, result.loss[row][nodes], result.step[row][nodes], stopped_by == "cap"))
        return cls(network, rows)

    @property
    def unsettled(self) -> list[int]:
        """The rows of shocks whose run was stopped by its cap."""
        return [number for number, row in enumerate(self._rows) if row.truncated]

    def _row(self, number: int) -> tuple[Floats, Ints]:
        """The loss and the step of every node under a shock: 0 and -1 where nothing is lost."""
        found = self._rows[number]
        loss, step = np.zeros(self.network.size), np.full(self.network.size, NONE, np.int64)
        loss[found.nodes], step[found.nodes] = found.loss, found.step
        return loss, step


class _Losses(NamedTuple):
    """The nodes that one shock reaches, in their order, with their losses and steps."""

    nodes: Ints
    loss: Floats
    step: Ints
    truncated: bool


class Context:
    """A world of a store, compiled; many questions can be asked of one."""

    def __init__(self, store: Store, options: ResolvedOptions | None = None, calendar: Calendar | None = None) -> None:
        self.options = options or ResolvedOptions()
        self.whole = store
        self.world: World = world(
            store,
            according_to=self.options.according_to,
            without=self.options.without,
            as_of=self.options.record_filter.as_of,
            calendar=calendar,
        )

    def on(self, options: ResolvedOptions) -> Context:
        """Return the same context for options that differ by a day on which the same records hold."""
        same = copy(self)
        same.options = options
        return same

    @property
    def store(self) -> Store:
        """The store that holds this world."""
        return self.world.store

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The records of this world, and its shocks whether or not they hold on the day, in the order of their IRIs."""
        holding = self.store.records
        if not self.world.absent:
            return holding
        others = (record for record in holding if not isinstance(record, Shock))
        return tuple(sorted((*others, *self.shocks), key=lambda record: record.id))

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Every record by IRI, parts included."""
        return {part.id: part for record in self.statements for part in (record, *record.parts())}

    @cached_property
    def base_records(self) -> Mapping[str, Record]:
        """Every record of this world on any day by IRI, parts included."""
        if not self.world.absent:
            return self.records
        return {part.id: part for record in self.world.base.records for part in (record, *record.parts())}

    @cached_property
    def holdings(self) -> Mapping[str, frozenset[str]]:
        """What each owner owns, by IRI, as the Ownership records of this world say."""
        owned: dict[str, set[str]] = {}
        for record in self.store.records:
            if isinstance(record, Ownership) and record.owned != record.owner:
                owned.setdefault(record.owner, set()).add(record.owned)
        return {owner: frozenset(names) for owner, names in owned.items()}

    @cached_property
    def shocks(self) -> tuple[Shock, ...]:
        """The shocks of this world; one that does not hold on the day hits nothing."""
        return tuple(record for record in self.world.base.records if isinstance(record, Shock))

    @property
    def not_holding(self) -> dict[str, int]:
        """How many records and parts of this world are left out on the day, by reason."""
        return counted(self.world.absent)

    def shock(self, name: str) -> Shock:
        """A shock by IRI, local name or label; NotFound with the nearest names."""
        found = self._find(self.statements, name, "Shock", what="shock")
        assert isinstance(found, Shock)  # noqa: S101 - the class was asked for
        return found

    def entity(self, name: str) -> Statement:
        """An entity or measure by IRI, local name or label; NotFound with the nearest names, or why it does not hold."""
        return self._find(self.statements, name, "Entity", "Measure")

    def _find(self, pool: Iterable[Statement], name: str, *classes: str, what: str = "") -> Statement:
        try:
            return find(pool, name, *classes, what=what)
        except NotFound:
            day = self.options.record_filter.as_of
            if day is None or not self.world.absent:
                raise
            base = [record for record in self.base_records.values() if isinstance(record, Statement)]
            reason = absence_text(find(base, name, *classes, what=what), day) or "the record that it is part of does not hold"
            hint = f"as of {day}: {reason} (name another day with as-of, or all)"
            raise NotFound(what or classes[0].lower(), name, hint=hint) from None

    def known(self, name: str, nodes: Iterable[str] = ()) -> str:
        """The IRI of an entity or measure by any of its names, in this world or outside it; NotFound with the nearest.

        ``nodes`` are further IRIs that are known, as those of a network are.
        """
        try:
            return find(self.whole.records, name, "Entity", "Measure").id
        except NotFound:
            held = sorted(iri for iri in nodes if name in (iri, local_name(iri)))
            if not held:
                raise
            return held[0]

    def shock_from(self, hits: Sequence[tuple[str, str]]) -> Shock:
        """Return a shock made of targets and severities (a word, or a number in 0..1), as typed."""
        pool = [record for record in self.records.values() if isinstance(record, Statement)]
        targets = [self._find(pool, name, "Entity", "Measure", "Dependency", "Supply", what="entity") for name, _ in hits]
        made = [{"target": t.id, **_severity_fields(severity)} for t, (_, severity) in zip(targets, hits, strict=True)]
        if not made:
            raise UsageError("name a shock, or at least one thing to hit")
        words = ", ".join(f"{t.name} = {severity}" for t, (_, severity) in zip(targets, hits, strict=True))
        if len({hit["target"] for hit in made}) < len(made):
            raise UsageError(f"the same thing is hit twice: {words}")
        return Shock.model_validate({"id": f"urn:knockon:shock:{digest(words)}", "label": f"Given: {words}", "hit": made})

    def run_info(self, compiled: Compiled) -> RunInfo:
        """Return what an answer says of the network of this world, before any model has run on it."""
        return RunInfo(
            model=self.options.model,
            parameters=self.options.parameters(),
            network_hash=compiled.network.hash,
            left_out=dict(sorted(compiled.left_out.items())),
            fallen=tuple(self.world.fallen),
            not_holding=self.not_holding,
        )

    def compiled(self, shocks: Sequence[ResolvedShock] = ()) -> Compiled:
        """The network of this world, with whatever its shocks name as hit and ``shocks`` hit.

        Target queries are not asked for this: a shock has no part in the run of another one.
        """
        hits = (hit for shock in self.shocks if not self._not_in_force(shock) for hit in shock.hit)
        named = {hit.target for hit in hits if hit.target and hit.id not in self.world.absent}
        targets = {iri for iri in named if iri in self.records}.union(
            target.iri for shock in shocks for target in shock.targets
        )
        also = [iri for iri in targets if isinstance(self.records[iri], Entity | Measure)]
        # What does not hold on the day is left out there, with the reason: it may pass its weight on.
        return compile_network(self.world.base.records, self.options.record_filter, also, gone=self.world.gone)

    @cached_property
    def _resolved(self) -> dict[str, ResolvedShock]:
        """The shocks that were resolved, by IRI."""
        return {}

    @cached_property
    def _own_shocks(self) -> Mapping[str, Shock]:
        return {shock.id: shock for shock in self.shocks}

    def _not_in_force(self, shock: Shock) -> str:
        basis = {iri: record for iri in shock.legal_basis if isinstance(record := self.base_records.get(iri), Measure)}
        return not_in_force(shock, basis, self.options.record_filter.as_of)

    def _resolve(self, shock: Shock, budget: Budget) -> ResolvedShock:
        shock = self._own_shocks.get(shock.id, shock)
        if (known := self._resolved.get(shock.id)) is not None:
            return known
        if reason := self._not_in_force(shock):
            found = ResolvedShock((), (), not_in_force=reason)
        else:
            found = resolve_shock(self.store, shock, self.records, self.world.absent, budget)
        if shock.id in self._own_shocks:
            self._resolved[shock.id] = found
        return found

    @cached_property
    def every(self) -> EveryLoss:
        """What each entity loses under each shock of this world; computed once."""
        resolved = self._resolve_all(self.shocks)
        compiled = self.compiled(resolved)
        return EveryLoss.of(compiled.network, self._runs(self.shocks, resolved, compiled))

    @cached_property
    def losses(self) -> Losses:
        """What the model says of all shocks of this world, for look-ups in queries."""
        every, network = self.every, self.every.network
        return Losses(
            key=f"losses-{next(_NUMBERS)}",
            shocks=[shock.id for shock in self.shocks],
            nodes=list(network.index),
            others=[iri for iri in self.records if iri not in network.index],
            unsettled=every.unsettled,
            cap=self.options.cap,
            row=every.row,
        )

    def run(self, shocks: Sequence[Shock]) -> Outcome:
        """Run the model on shocks, all at once; for many of them see ``runs``."""
        resolved = self._resolve_all(shocks)
        return self._run(shocks, resolved, self.compiled(resolved))

    def runs(self, shocks: Sequence[Shock]) -> Iterator[Outcome]:
        """Run the model on shocks, in their order, on a limited number at a time, so that a result takes bounded memory.

        No model looks from one shock into another: the numbers are those of one run, whatever ``BLOCK`` is.
        """
        resolved = self._resolve_all(shocks)
        yield from self._runs(shocks, resolved, self.compiled(resolved))

    def _runs(self, shocks: Sequence[Shock], resolved: Sequence[ResolvedShock], compiled: Compiled) -> Iterator[Outcome]:
        size = max(1, BLOCK // numbers_of_a_shock(compiled.network))
        for first in range(0, len(shocks), size):
            some = slice(first, first + size)
            yield self._run(shocks[some], resolved[some], compiled)

    def _resolve_all(self, shocks: Sequence[Shock]) -> list[ResolvedShock]:
        budget = current_budget()
        return [self._resolve(shock, budget) for shock in shocks]

    def _run(self, shocks: Sequence[Shock], resolved: Sequence[ResolvedShock], compiled: Compiled) -> Outcome:
        network, options = compiled.network, self.options
        hits, outside = to_hits(network, resolved)
        result = models.run(options.model, network, hits, options.run_parameters())
        return Outcome(tuple(shocks), tuple(resolved), tuple(map(tuple, outside)), result, compiled)


def _severity_fields(text: str) -> dict[str, str]:
    """Return the property of a hit that holds a severity: ``severity`` for a word, ``severityValue`` for a number."""
    for level in Level:
        if text.strip().lower() in (level.lower(), "total" if level is Level.ESSENTIAL else level.lower()):
            return {"severity": level}
    try:
        number = float(text)
    except ValueError:
        words = ", ".join(level.lower() for level in Level)
        raise UsageError(f"{text!r} is not a severity; use one of {words}, or a number in 0..1") from None
    if not 0 <= number <= 1:
        raise UsageError(f"a severity must be in 0..1, not {text}")
    return {"severityValue": text.strip()}
