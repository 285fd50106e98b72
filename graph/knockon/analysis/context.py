"""The data that a question is answered from: a world, its records, its network and runs of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from decimal import Decimal
from functools import cached_property
from itertools import count

from knockon.analysis import models
from knockon.analysis.custom_shock import custom_shock
from knockon.analysis.labels import label_of
from knockon.analysis.outcome import Outcome, SparseLosses, numbers_per_shock
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.analysis.run_info import RunInfo
from knockon.errors import InvalidData, NotFound, Problem
from knockon.model import Dependency, Entity, Measure, Ownership, Record, Shock, Statement
from knockon.model.dates import Calendar, absence_text, counted
from knockon.model.lists import Lists
from knockon.network.compile import Compiled, compile_network
from knockon.network.resolve import ResolvedShock, not_in_force, resolve_shock, to_hits
from knockon.query.budget import Budget, current_budget
from knockon.query.names import find, whole_iri
from knockon.rdf.covered import data_sets_of_ownerships
from knockon.rdf.fold import fold, with_shown_names
from knockon.rdf.sameness import Sameness
from knockon.sparql.losses import Losses
from knockon.store.base import Store
from knockon.store.same_entities import SameEntitiesStore
from knockon.store.worlds import World, world
from knockon.vocabulary import COVERED_BY, local_name

#: The losses of each context have a number of their own.
_NUMBERS = count(1)
#: The most numbers in the results of shocks that are computed together: 128 MB.
BLOCK = 2**24
#: The records of a context have the same entities as one already.
_NONE_SAME = Sameness()
#: What is computed of a context without regard to the IRIs by which entities are shown.
_WITHOUT_NAMES = {"_target_store"}


class Context:
    """One world of a store under the options of a question: its records, its network and runs of the model.

    Attributes
    ----------
    options
        The options of the question.
    whole
        The store, with the records of all worlds and days.
    world
        The records of the chosen world that hold on the chosen day.

    Every collection of records has the same entities as one, by the IRI that the question names, else by the least; the
    stores have each record as it is.
    """

    def __init__(self, store: Store, options: ResolvedOptions | None = None, calendar: Calendar | None = None) -> None:
        self.options = options or ResolvedOptions()
        self.whole = store
        self.world: World = world(
            store,
            according_to=self.options.according_to,
            without=self.options.without,
            min_confidence=_decimal(self.options.min_confidence),
            as_of=self.options.record_filter.as_of,
            calendar=calendar,
            stances=self.options.record_filter.stances,
            facts_only=self.options.record_filter.facts_only,
        )

    def with_options(self, options: ResolvedOptions) -> Context:
        """Return the same context for options that differ only by a day on which the same records hold."""
        context = copy(self)
        context.options = options
        context.__dict__.pop("_compiled", None)
        return context

    def naming(self, *names: str | None) -> Context:
        """Return the same context for a question that names some entities, which are shown by those IRIs.

        Parameters
        ----------
        names
            The names as typed; those that are no IRI, prefixed or local name of one of several same entities change nothing.
        """
        if not self.same or not any(names):
            return self
        members = [iri for group in self.same.groups for iri in group]
        typed = [str(name) for name in names if name]
        named = [iri for name in typed for iri in members if iri == whole_iri(name) or local_name(iri) == name]
        return self._renamed(tuple(dict.fromkeys(named)))

    def _renamed(self, named: tuple[str, ...]) -> Context:
        """Return the same context in which some IRIs of same entities are shown; those of earlier questions are kept."""
        same = self.same.naming(named)
        if all(same.shown(group[0]) == self.same.shown(group[0]) for group in same.groups):
            return self
        if named not in self._contexts_by_name:
            context = copy(self)
            for name, attribute in vars(Context).items():
                if isinstance(attribute, cached_property) and name not in _WITHOUT_NAMES:
                    context.__dict__.pop(name, None)
            context.__dict__["same"] = same
            self._contexts_by_name[named] = context
        return self._contexts_by_name[named]

    @cached_property
    def _contexts_by_name(self) -> dict[tuple[str, ...], Context]:
        return {}

    @property
    def store(self) -> Store:
        """The store that holds this world."""
        return self.world.store

    @cached_property
    def same(self) -> Sameness:
        """Which entities are the same in this world on the day.

        Raises
        ------
        InvalidData
            Judgements contradict each other in this world.
        """
        record_filter = self.options.record_filter
        same = Sameness.of(self.store.records, lambda record: not record_filter.admits(record))
        if same.conflicts:
            problems = [Problem(local_name(conflict.judgement), None, conflict.message) for conflict in same.conflicts]
            raise InvalidData(problems, "nothing was computed")
        return same

    @cached_property
    def held(self) -> tuple[Statement, ...]:
        """The records of this world that hold on the day, in the order of their IRIs."""
        return self._supposed(fold(self.store.records, self.same))

    @cached_property
    def base_statements(self) -> tuple[Statement, ...]:
        """The records of this world on any day, in the order of their IRIs."""
        return self._supposed(fold(self.world.by_evidence.records, self.same)) if self.world.absent else self.held

    def _supposed(self, records: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """Return records with the changes to dependencies that the question supposes."""
        if not self.options.what_if:
            return records
        return tuple(self._changed_records.get(record.id, record) for record in records)

    @cached_property
    def _changed_records(self) -> Mapping[str, Dependency]:
        from knockon.analysis.what_if import changed_records

        records = fold(self.world.by_evidence.records, self.same)
        return changed_records(
            self.options.what_if, records, lambda name: find(records, self._shown_name(name), "Entity", "Measure").id
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The records of this world that hold on the day, and all its shocks, in the order of their IRIs."""
        if not self.world.absent:
            return self.held
        others = (record for record in self.held if not isinstance(record, Shock))
        return tuple(sorted((*others, *self.shocks), key=lambda record: record.id))

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """The ``statements`` and their parts, by IRI."""
        return {part.id: part for record in self.statements for part in (record, *record.parts())}

    @cached_property
    def base_records(self) -> Mapping[str, Record]:
        """The records of this world on any day and their parts, by IRI."""
        if not self.world.absent:
            return self.records
        return {part.id: part for record in self.base_statements for part in (record, *record.parts())}

    @cached_property
    def holdings(self) -> Mapping[str, frozenset[str]]:
        """The possessions of each owner according to the Ownership records of this world, by IRI."""
        owned: dict[str, set[str]] = {}
        for record in self.held:
            if isinstance(record, Ownership) and record.owned != record.owner:
                owned.setdefault(record.owner, set()).add(record.owned)
        return {owner: frozenset(names) for owner, names in owned.items()}

    @cached_property
    def lists(self) -> Lists:
        """The lists of the measures of this world that hold on the day, with the rules that extend them."""
        return self.read_lists()

    def read_lists(self, *, strict: bool = False) -> Lists:
        """Return the lists of measures; with ``strict``, nothing is taken for granted that no record states."""
        admits = self.options.record_filter.admits
        return Lists.of(
            (record for record in self.held if record.id not in self.world.absent),
            data_sets_of_ownerships(self.store.data_sets),
            lambda record: not admits(record),
            strict=strict,
        )

    @cached_property
    def shocks(self) -> tuple[Shock, ...]:
        """The shocks of this world; those that do not hold on the day are included and hit nothing."""
        return tuple(record for record in self.base_statements if isinstance(record, Shock))

    @property
    def not_holding(self) -> dict[str, int]:
        """The number of records and parts of this world that are left out on the day, by reason."""
        return counted(self.world.absent)

    @property
    def confidence(self) -> dict[str, int] | None:
        """The number of places of evidence by whether they state the least confidence; None without one."""
        return None if self.world.confidence is None else self.world.confidence._asdict()

    def shock(self, name: str) -> Shock:
        """Return a shock by IRI, local name or label.

        Raises
        ------
        NotFound
            There is no such shock; the message has the nearest names.
        """
        shock = self._find(self.statements, name, "Shock", what="shock")
        assert isinstance(shock, Shock)  # noqa: S101 - the search was limited to this class
        return shock

    def entity(self, name: str) -> Statement:
        """Return an entity or measure by IRI, local name or label.

        Raises
        ------
        NotFound
            There is no such record; the message has the nearest names, or says why the record does not hold on the day.
        """
        return self._find(self.statements, name, "Entity", "Measure")

    def _find(self, pool: Iterable[Statement], name: str, *classes: str, what: str = "") -> Statement:
        """Return the record of some classes with a name; the error for one that does not hold on the day gives the reason."""
        name = self._shown_name(name)
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

    def find_iri(self, name: str, nodes: Iterable[str] = ()) -> str:
        """Return the IRI of an entity or measure by any of its names, in this world or outside it.

        Parameters
        ----------
        name
            The IRI, local name or label.
        nodes
            Further IRIs that may have the name, such as the nodes of a network.

        Raises
        ------
        NotFound
            Nothing has the name; the message has the nearest names.
        """
        name = self._shown_name(name)
        try:
            return find(self._whole_records, name, "Entity", "Measure").id
        except NotFound:
            matches = sorted(iri for iri in nodes if name in (iri, local_name(iri)))
            if not matches:
                raise
            return matches[0]

    @cached_property
    def _whole_records(self) -> tuple[Statement, ...]:
        """The records of all worlds and days, with what is the same in this world as one."""
        return fold(self.whole.records, self.same)

    def _shown_name(self, name: str) -> str:
        """Return the IRI by which an entity is shown that a name means by another IRI or local name; else the name."""
        hidden = self.same.hidden
        shown = hidden.get(whole_iri(name))
        if shown is None and hidden:
            visible = any(record.name == name for record in self.statements)
            matching = {shown for iri, shown in hidden.items() if local_name(iri) == name}
            shown = matching.pop() if len(matching) == 1 and not visible else None
        return name if shown is None else shown

    def shock_from(self, hits: Sequence[tuple[str, str]]) -> Shock:
        """Return a shock made of the names of targets and severities (a word, or a number in 0..1), as typed.

        ``covered-by:NAME`` is what the list of a measure covers, by name or by ownership: the supplies and provisions of its
        parties.

        Raises
        ------
        NotFound
            There is no such target or measure.
        UsageError
            There is no hit, a target is hit twice, or a severity is neither a word of the vocabulary nor a number in 0..1.
        """
        pool = [record for record in self.records.values() if isinstance(record, Statement)]
        classes = ("Entity", "Measure", "Dependency", "Supply", "Provision")
        named = [(name, severity) for name, severity in hits if not name.startswith(COVERED_BY)]
        targets = [(self._find(pool, name, *classes, what="entity"), severity) for name, severity in named]
        lists = [
            (self.measure(name.removeprefix(COVERED_BY)), severity) for name, severity in hits if (name, severity) not in named
        ]
        return custom_shock(targets, self.base_records, lists)

    def measure(self, name: str) -> Measure:
        """Return a measure by IRI, local name or label, whether it holds on the day or not.

        Raises
        ------
        NotFound
            There is no such measure; the message has the nearest names.
        """
        pool = [record for record in self.base_records.values() if isinstance(record, Measure)]
        record = find(pool, name, "Measure", what="measure")
        assert isinstance(record, Measure)  # noqa: S101 - the search was limited to this class
        return record

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

    def named(self, iri: str) -> str:
        """Return how sentences name a record of any world: by its label, or else by its local name."""
        return label_of(self.base_records if iri in self.base_records else self._all_records, iri)

    @cached_property
    def _all_records(self) -> Mapping[str, Record]:
        return {record.id: record for record in self.whole.records}

    def same_in(self, iris: Iterable[str]) -> dict[str, tuple[str, ...]] | None:
        """Return the other IRIs of those entities that have some, by the IRI by which they are shown."""
        return {iri: others for iri in sorted(iris) if (others := self.same.others(iri))} or None if self.same else None

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
        nodes = [iri for iri in named if iri in self.records and self._is_node(iri)]
        # Compilation leaves out what does not hold on the day, with the reason: its share may pass to other suppliers.
        return compile_network(
            self.base_statements,
            self.options.record_filter,
            [*nodes, *others],
            absent_supplies={
                iri: [with_shown_names(supply, self.same.shown) for supply in supplies]
                for iri, supplies in self.world.lost_supplies.items()
            },
            absent_records=[with_shown_names(record, self.same.shown) for record in self.world.lost_weights],
            same=_NONE_SAME,
        )

    @cached_property
    def _target_store(self) -> Store:
        """The store that target queries run on: one that finds the same entities by each of their IRIs."""
        return SameEntitiesStore(self.store, self.same) if self.same else self.store

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

    def runs(self, shocks: Sequence[Shock]) -> Iterator[Outcome]:
        """Run the model on shocks in their order, on a limited number at a time, so that a result takes bounded memory.

        Every model treats each shock independently, so the numbers are the same whatever ``BLOCK`` is.
        """
        resolved = self.resolve(shocks)
        yield from self.runs_on(shocks, resolved, self.compiled(resolved))

    def runs_on(self, shocks: Sequence[Shock], resolved: Sequence[ResolvedShock], compiled: Compiled) -> Iterator[Outcome]:
        """Run the model on shocks whose targets are known already, on a network of this world, as ``runs`` does."""
        size = max(1, BLOCK // numbers_per_shock(compiled.network))
        if models.depends_on_all_shocks(self.options.model, self.options.run_parameters()):
            size = 1
        for first in range(0, len(shocks), size):
            block = slice(first, first + size)
            yield self._run(shocks[block], resolved[block], compiled)

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

    def _run(self, shocks: Sequence[Shock], resolved: Sequence[ResolvedShock], compiled: Compiled) -> Outcome:
        network, options = compiled.network, self.options
        hits, outside = to_hits(network, resolved)
        result = models.run(options.model, network, hits, options.run_parameters())
        return Outcome(tuple(shocks), tuple(resolved), tuple(map(tuple, outside)), result, compiled)


def _decimal(number: float | None) -> Decimal | None:
    """Return a number as it is written, so that evidence of 0.8 states at least 0.8."""
    return None if number is None else Decimal(str(number))


__all__ = ["BLOCK", "Context"]
