"""The data that a question is answered from: a world, its records, its network and runs of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING

from knockon.analysis import models
from knockon.analysis.answer import JsonValue
from knockon.analysis.context_names import ContextNames
from knockon.analysis.engine_choice import IN_MEMORY, EngineChoice
from knockon.analysis.labels import label_of
from knockon.analysis.outcome import Outcome, SparseLosses, numbers_per_shock
from knockon.analysis.run_info import RunInfo
from knockon.errors import UsageError
from knockon.model import Entity, Measure, Shock
from knockon.model.records import ListedRecords
from knockon.network.calendar import calendar_of
from knockon.network.compile import Compiled, compile_network
from knockon.network.network import Network
from knockon.network.resolve import ResolvedShock, not_in_force, resolve_shock, to_hits
from knockon.query.budget import Budget, current_budget
from knockon.rdf.fold import with_shown_names
from knockon.rdf.sameness import Sameness
from knockon.store.base import Store

if TYPE_CHECKING:
    from knockon.sparql.losses import Losses

#: The records of a context have the same entities as one already.
_NONE_SAME = Sameness()
#: The losses of each context have a number of their own.
_NUMBERS = count(1)
#: The most numbers in the results of shocks that are computed together: 128 MB.
BLOCK = 2**24


class Context(ContextNames):
    """One world of a store under the options of a question: its records (see ``ContextRecords``), its network, and runs.

    Every question of a graph is answered from one; it computes each part when that is first needed, and keeps it.
    """

    def run_info(self, compiled: Compiled) -> RunInfo:
        """Return the ``RunInfo`` of an answer about the network of this world, on which no model has run yet."""
        return RunInfo(
            model=self.options.model,
            parameters=self.options.parameters(),
            network_hash=compiled.network.hash,
            left_out=dict(sorted(compiled.left_out.items())),
            fallen=tuple(self.world.fallen),
            not_holding=self.not_holding,
            confidence=self.confidence,
            same_as=self.same_in(compiled.network.index),
            named=self.named,
        )

    def compiled(self, shocks: Sequence[ResolvedShock] = ()) -> Compiled:
        """Return the network of this world; the targets that its shocks name and those of ``shocks`` are nodes of it.

        The target queries of its shocks are not run: what one shock hits does not affect the run of another. A network that
        has the targets of ``shocks`` anyway is compiled once.
        """
        targets = {target.iri for shock in shocks for target in shock.targets}
        others = {iri for iri in targets if iri not in self._compiled.network.index and self._is_node(iri)}
        return self._compile(others) if others else self._compiled

    @cached_property
    def _compiled(self) -> Compiled:
        return self._compile(set())

    def _is_node(self, iri: str) -> bool:
        return isinstance(self.records[iri], Entity | Measure)

    def _compile(self, others: set[str]) -> Compiled:
        """Return the network of this world with the targets that its shocks name, and others."""
        hits = (hit for shock in self.shocks if not self._not_in_force(shock) for hit in shock.hit)
        named = {hit.target for hit in hits if hit.target and hit.id not in self.world.absent}
        nodes = sorted({*others, *(iri for iri in named if iri in self.records and self._is_node(iri))})
        files = self.whole.kept_files
        if files is None or self.options.what_if:
            return self._compile_anew(nodes)
        from knockon.network.kept_network import KeptNetworks

        return KeptNetworks(files).compiled(self._network_key(nodes), partial(self._compile_anew, nodes))

    def _network_key(self, nodes: Sequence[str]) -> dict[str, JsonValue]:
        """Return what the network of this world depends on beside the content of its store."""
        options, record_filter = self.options, self.options.record_filter
        calendar = self.calendar or calendar_of(self.whole.records)
        day = calendar.interval(record_filter.as_of)
        return {
            "stances": [*sorted(stance.value for stance in record_filter.stances)],
            "facts_only": record_filter.facts_only,
            "financing": record_filter.financing,
            # Between two dates in the data the same records hold, and the same periods count.
            "day": None if day is None else day.isoformat(),
            "according_to": options.according_to,
            "without": options.without,
            "min_confidence": None if options.min_confidence is None else float(options.min_confidence),
            "shown": [self.same.shown(group[0]) for group in self.same.groups],
            "nodes": [*nodes],
        }

    def _compile_anew(self, nodes: Sequence[str]) -> Compiled:
        # Compilation leaves out what does not hold on the day, with the reason: its share may pass to other suppliers.
        records, shown, world = self.base_statements, self.same.shown, self.world
        absent_supplies = {
            iri: [with_shown_names(supply, shown) for supply in supplies] for iri, supplies in world.lost_supplies.items()
        }
        absent_records = [with_shown_names(record, shown) for record in world.lost_weights]
        if not isinstance(records, ListedRecords):
            from knockon.network.compile_rows import compile_rows
            from knockon.store.lazy_records import LazyRecords

            assert isinstance(records, LazyRecords)  # noqa: S101 - for types: there are no others
            return compile_rows(
                records,
                self.options.record_filter,
                nodes,
                files=self.whole.kept_files,
                absent_supplies=absent_supplies,
                absent_records=absent_records,
            )
        return compile_network(
            records,
            self.options.record_filter,
            nodes,
            absent_supplies=absent_supplies,
            absent_records=absent_records,
            same=_NONE_SAME,
        )

    @cached_property
    def _target_store(self) -> Store:
        """The store that target queries run on: one that finds the same entities by each of their IRIs."""
        if not self.same:
            return self.store
        from knockon.store.same_entities import SameEntitiesStore

        return SameEntitiesStore(self.store, self.same)

    @cached_property
    def _resolved(self) -> dict[str, ResolvedShock]:
        """The targets of those shocks of this world that have been resolved, by IRI of the shock."""
        return {}

    @cached_property
    def _own_shocks(self) -> Mapping[str, Shock]:
        return {shock.id: shock for shock in self.shocks}

    def _not_in_force(self, shock: Shock) -> str:
        basis = {iri: record for iri in shock.legal_basis if isinstance(record := self.base_records.get(iri), Measure)}
        return not_in_force(shock, basis, self.options.record_filter.as_of)

    def _resolve(self, shock: Shock, budget: Budget) -> ResolvedShock:
        """Return the targets of a shock; those of a shock of this world are resolved once."""
        shock = self._own_shocks.get(shock.id, shock)
        if (cached := self._resolved.get(shock.id)) is not None:
            return cached
        if reason := self._not_in_force(shock):
            resolved = ResolvedShock((), (), not_in_force=reason)
        else:
            resolved = resolve_shock(self._target_store, shock, self.records, self.world.absent, budget, self.same)
        if shock.id in self._own_shocks:
            self._resolved[shock.id] = resolved
        return resolved

    def prepare_targets(self, shocks: Iterable[Shock]) -> None:
        """Read once what the target queries of some shocks rest on, before they are resolved one after another."""
        if self._target_store.trusted:
            self._target_store.prepare_rows(hit.target_query for shock in shocks for hit in shock.hit if hit.target_query)

    @cached_property
    def all_losses(self) -> SparseLosses:
        """The loss of each entity under each shock of this world."""
        resolved = self.resolve(self.shocks)
        compiled = self.compiled(resolved)
        return SparseLosses.of(compiled.network, self.runs_on(self.shocks, resolved, compiled))

    @cached_property
    def losses(self) -> Losses:
        """The losses under all shocks of this world, in the form that functions of SPARQL look them up in."""
        from knockon.sparql.losses import Losses

        losses, network = self.all_losses, self.all_losses.network
        return Losses(
            key=f"losses-{next(_NUMBERS)}",
            shocks=[shock.id for shock in self.shocks],
            nodes=list(network.index),
            others=[iri for iri in self.records if iri not in network.index],
            unsettled=losses.truncated_shocks,
            cap=self.options.cap,
            row=losses.row,
            shown=self.same.hidden,
        )

    def run(self, shocks: Sequence[Shock]) -> Outcome:
        """Run the model on some shocks at once; for many shocks use ``runs``."""
        resolved = self.resolve(shocks)
        return self._run(shocks, resolved, self.compiled(resolved))

    def runs(self, shocks: Sequence[Shock], engine: EngineChoice = IN_MEMORY) -> Iterator[Outcome]:
        """Run the model on shocks in their order, on a limited number at a time, so that a result takes bounded memory.

        Every model treats each shock independently, so the numbers are the same whatever ``BLOCK`` is.
        """
        resolved = self.resolve(shocks)
        yield from self.runs_on(shocks, resolved, self.compiled(resolved), engine)

    def runs_on(
        self,
        shocks: Sequence[Shock],
        resolved: Sequence[ResolvedShock],
        compiled: Compiled,
        engine: EngineChoice = IN_MEMORY,
    ) -> Iterator[Outcome]:
        """Run the model on shocks whose targets are known already, on a network of this world, as ``runs`` does."""
        size = max(1, BLOCK // numbers_per_shock(compiled.network))
        if models.depends_on_all_shocks(self.options.model, self.options.run_parameters()):
            size = 1
        for first in range(0, len(shocks), size):
            block = slice(first, first + size)
            yield self._run(shocks[block], resolved[block], compiled, engine)

    def resolve(self, shocks: Sequence[Shock]) -> list[ResolvedShock]:
        """Return the targets of some shocks in this world, in their order.

        Raises
        ------
        InvalidData, LimitReached
            As :func:`knockon.network.resolve.resolve_shock` raises them.
        """
        if len(shocks) > 1:
            self.prepare_targets(shocks)
        budget = current_budget()
        return [self._resolve(shock, budget) for shock in shocks]

    def _run(
        self,
        shocks: Sequence[Shock],
        resolved: Sequence[ResolvedShock],
        compiled: Compiled,
        engine: EngineChoice = IN_MEMORY,
    ) -> Outcome:
        network, options = compiled.network, self.options
        hits, outside = to_hits(network, resolved)
        parameters: dict[str, object] = {**options.run_parameters()}
        if options.given:
            parameters["given"] = self._given(network)
        try:
            result = models.run(options.model, network, hits, parameters, engine)
        except UsageError as error:
            raise UsageError(self._with_labels(str(error))) from None
        return Outcome(tuple(shocks), tuple(resolved), tuple(map(tuple, outside)), result, compiled)

    def _with_labels(self, message: str) -> str:
        """Return a message of a model on what is given to have failed with labels in place of IRIs."""
        entities = [self.entity(name) for name in self.options.given]
        for entity in sorted(entities, key=lambda entity: -len(entity.id)):
            message = message.replace(entity.id, label_of({entity.id: entity}, entity.id))
        return message

    def _given(self, network: Network) -> list[int]:
        """Return the nodes of the entities that are given to have failed.

        Raises
        ------
        NotFound
            There is no such entity.
        UsageError
            An entity is no node of the network, so that it cannot fail.
        """
        rows = []
        for name in self.options.given:
            iri = self.entity(name).id
            if iri not in network.index:
                raise UsageError(f"given {name}: nothing needs it and nothing hits it, so that it cannot fail")
            rows.append(network.index[iri])
        return rows


__all__ = ["BLOCK", "Context"]
