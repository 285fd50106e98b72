"""Resolve Shock records and their target queries to hits on a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from pyoxigraph import Literal, NamedNode, QuerySolution

from knockon.errors import InvalidData, LimitReached, Problem, UsageError
from knockon.model import Hit, Measure, Record, Shock
from knockon.model.dates import Absence, absence_text
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Network
from knockon.query.budget import Budget, current_budget
from knockon.rdf.sameness import Sameness
from knockon.sparql.answers import without_advice
from knockon.store.base import Store
from knockon.vocabulary import KO, Interval, Level, interval


class Target(NamedTuple):
    """An entity, dependency or supply that a shock hits, the severity (0..1), and the IRI of the Hit record.

    ``ungraded`` marks a hit whose severity nobody stated; the interval is then that of an unknown severity.
    """

    iri: str
    interval: Interval
    hit: str
    ungraded: bool = False


class ResolvedShock(NamedTuple):
    """The targets of a shock in a store.

    Attributes
    ----------
    targets
        The targets that exist.
    missing
        IRIs of targets that do not exist, and of hits whose query has no result.
    left_out
        The reason why hits and targets do not hold on the day, by IRI.
    not_in_force
        The reason why the shock hits nothing on the day; empty where it holds.
    """

    targets: tuple[Target, ...]
    missing: tuple[str, ...]
    left_out: Mapping[str, Absence] = MappingProxyType({})
    not_in_force: str = ""

    @property
    def ungraded(self) -> tuple[str, ...]:
        """The IRIs of targets whose severity nobody stated, in ascending order."""
        return tuple(sorted({target.iri for target in self.targets if target.ungraded}))


def not_in_force(shock: Shock, measures: Mapping[str, Measure], day: date | None) -> str:
    """Return the reason why a shock hits nothing on a day; empty where it may hit something.

    A shock hits nothing where it does not hold on that day, or no measure of its legal basis does, or none of its hits.

    Parameters
    ----------
    shock
        The shock.
    measures
        The known measures by IRI, whatever their dates.
    day
        The day; None ignores dates.

    Examples
    --------
    >>> law = Measure(id="urn:x:law", label="Law", from_="2021-01-01")
    >>> ban = Shock(id="urn:x:ban", label="Ban", legal_basis=law.id, hit=[{"target": "urn:x:a"}])
    >>> not_in_force(ban, {law.id: law}, date(2020, 1, 1))
    'its legal basis law begins on 2021-01-01'
    """
    if day is None:
        return ""
    if reason := absence_text(shock, day):
        return reason
    basis = [measures[iri] for iri in shock.legal_basis if iri in measures]
    for what, records in (("its legal basis", basis), ("its hit", shock.hit)):
        reasons = [absence_text(record, day) for record in records]
        if reasons and all(reasons):
            texts = (f"{record.name} {reason.removeprefix('it ')}" for record, reason in zip(records, reasons, strict=True))
            return f"{what} {', '.join(texts)}"
    return ""


def resolve_shock(
    store: Store,
    shock: Shock,
    known: Mapping[str, Record],
    absent: Mapping[str, Absence] = MappingProxyType({}),
    budget: Budget | None = None,
    same: Sameness | None = None,
) -> ResolvedShock:
    """Return the targets of a shock.

    Parameters
    ----------
    store
        The store that target queries run on.
    shock
        The shock.
    known
        The records that may be hit, by IRI, supplies included.
    absent
        The reasons why other hits and records do not hold on the day that the store and ``known`` are as of, by IRI.
    budget
        The time that target queries may take together.
    same
        Which entities are the same: a hit on any IRI of one is a hit on it, by the IRI that ``known`` has.

    Raises
    ------
    InvalidData
        A target query does not parse, reads from outside the store, fails, has no ``?target``, or returns an invalid
        severity; with file and line where they are known.
    LimitReached
        A target query takes too much time or memory, or returns too many rows; with file and line likewise.
    """
    targets: list[Target] = []
    missing: list[str] = []
    left_out: dict[str, Absence] = {}
    budget = budget or current_budget()
    for hit in shock.hit:
        if hit.id in absent:
            left_out[hit.id] = absent[hit.id]
            continue
        named_target = [Target(hit.target, hit.interval, hit.id, hit.ungraded)] if hit.target else None
        hit_targets = _query_targets(store, shock, hit, budget) if named_target is None else named_target
        if same:
            hit_targets = list(dict.fromkeys(target._replace(iri=same.shown(target.iri)) for target in hit_targets))
        targets += [target for target in hit_targets if target.iri in known]
        unknown = [target.iri for target in hit_targets if target.iri not in known]
        missing += unknown if hit_targets else [hit.id]
        left_out |= {iri: absent[iri] for iri in unknown if iri in absent}
    return ResolvedShock(tuple(targets), tuple(missing), left_out)


def _query_targets(store: Store, shock: Shock, hit: Hit, budget: Budget) -> list[Target]:
    """Return the targets that the target query of a hit selects, sorted."""
    if (known := store.known_targets(hit.target_query or "")) is not None:
        return sorted(Target(iri, hit.interval, hit.id, hit.ungraded) for iri in known)
    from knockon.query.target_queries import run_target_query

    try:
        answer = run_target_query(store, hit.target_query or "", budget)
        names = {variable.value for variable in answer.variables()}
        if "target" not in names:
            raise UsageError("selects no ?target")
        # A target in several rows with several severities is hit several times.
        targets = {
            _target(row, hit, graded="severity" in names) for row in answer.solutions() if isinstance(row["target"], NamedNode)
        }
    except UsageError as error:
        raise InvalidData([_problem(store, shock, str(error))], "nothing was computed") from None
    except LimitReached as error:
        advice = "narrow the query, join its patterns by variables, or name what is hit; or ask for fewer shocks"
        raise LimitReached(str(_problem(store, shock, without_advice(error), advice))) from None
    return sorted(targets)


def _problem(store: Store, shock: Shock, message: str, hint: str = "") -> Problem:
    """Return the problem of a target query at the place of its shock: file and line, or the origin of its data set."""
    message = f"targetQuery: {message}"
    for data_set in store.data_sets:
        if shock.id in data_set.places:
            file, line = data_set.places[shock.id]
            return Problem(file, line, f"{shock.name}: {message}", hint)
    for data_set in store.data_sets:
        if data_set.origin and any(record.id == shock.id for record in data_set.records):
            return Problem(data_set.origin, None, f"{shock.name}: {message}", hint)
    return Problem(shock.name, None, message, hint)


def _target(row: QuerySolution, hit: Hit, *, graded: bool) -> Target:
    """Return the target of one row of a target query; a severity in the row overrides that of the hit."""
    iri = row["target"].value
    if graded and row["severity"]:
        return Target(iri, _severity(row["severity"]), hit.id)
    return Target(iri, hit.interval, hit.id, hit.ungraded)


def _severity(term: object) -> Interval:
    """Return the severity that a term of a target query states: a word of the scale or a number."""
    try:
        if isinstance(term, NamedNode):
            return interval(Level(term.value.removeprefix(KO)))
        if isinstance(term, Literal) and 0 <= float(term.value) <= 1:
            return interval(None, float(term.value))
    except ValueError:
        pass
    raise UsageError(f"{str(term)[:80]} is not a severity; use a word of ko:LevelScale or a number in 0..1")


def to_hits(network: Network, shocks: Sequence[ResolvedShock]) -> tuple[Hits, list[list[str]]]:
    """Return the hits of several shocks on a network, and for each shock the IRIs of targets outside the network."""
    rows: list[tuple[int, int, int, Interval]] = []
    outside: list[list[str]] = []
    for shock, resolved in enumerate(shocks):
        outside.append([])
        for target in resolved.targets:
            where = _kind_and_row(network, target.iri)
            if where is None:
                outside[-1].append(target.iri)
            else:
                rows.append((shock, *where, target.interval))
    severity = np.array([row[3] for row in rows], np.float64).reshape(-1, 3).T.copy()
    columns = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3)
    return Hits(len(shocks), columns[:, 0], columns[:, 1], columns[:, 2], severity), outside


def _kind_and_row(network: Network, iri: str) -> tuple[int, int] | None:
    """Return the kind and row of a node, slot or supply by its IRI; None if it is not in the network."""
    tables: Iterable[tuple[int, Mapping[str, int]]] = (
        (NODE, network.index),
        (SLOT, network.slot_index),
        (SUPPLY, network.supply_index),
    )
    for kind, table in tables:
        if iri in table:
            return kind, table[iri]
    return None
