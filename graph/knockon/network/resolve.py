"""From Shock records and target queries to hits on a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions

from knockon.errors import InvalidData, Problem, QuerySyntaxError
from knockon.model import Hit, Record, Shock
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Network
from knockon.sparql.guard import guard
from knockon.store.base import Store
from knockon.vocabulary import KO, Interval, Level, interval


class Target(NamedTuple):
    """One thing that a shock hits, how hard, and the Hit record that says so.

    ``ungraded``: nobody stated how hard, and the interval is a placeholder.
    """

    iri: str
    interval: Interval
    hit: str
    ungraded: bool = False


class Aim(NamedTuple):
    """What a shock hits in a store, and the hits that find nothing there."""

    targets: tuple[Target, ...]
    missing: tuple[str, ...]


def aim(store: Store, shock: Shock, known: Mapping[str, Record]) -> Aim:
    """The targets of a shock among the ``known`` records (by IRI, supplies included).

    Raises
    ------
    InvalidData
        A target query does not parse, leaves the store, or has no ``?target``.
    """
    targets: list[Target] = []
    missing: list[str] = []
    for hit in shock.hit:
        found = [Target(hit.target, hit.interval, hit.id, hit.ungraded)] if hit.target else _asked(store, shock, hit)
        targets += [target for target in found if target.iri in known]
        absent = [target.iri for target in found if target.iri not in known]
        missing += absent if found else [hit.id]
    return Aim(tuple(targets), tuple(missing))


def _asked(store: Store, shock: Shock, hit: Hit) -> list[Target]:
    try:
        answer = store.query(guard(hit.target_query or ""))
    except QuerySyntaxError as error:
        raise InvalidData([Problem(shock.name, None, f"targetQuery: {error}")]) from None
    if not isinstance(answer, QuerySolutions) or "target" not in {v.value for v in answer.variables}:
        raise InvalidData([Problem(shock.name, None, "targetQuery selects no ?target")])
    graded = "severity" in {v.value for v in answer.variables}
    # A target that stands several times with several severities is hit several times.
    found = {_target(row, hit, shock, graded=graded) for row in answer if isinstance(row["target"], NamedNode)}
    return sorted(found)


def _target(row: QuerySolution, hit: Hit, shock: Shock, *, graded: bool) -> Target:
    """The target in one row of a target query's answer; a severity of the row overrides that of the hit."""
    iri = row["target"].value
    if graded and row["severity"]:
        return Target(iri, _severity(row["severity"], shock), hit.id)
    return Target(iri, hit.interval, hit.id, hit.ungraded)


def _severity(term: object, shock: Shock) -> Interval:
    try:
        if isinstance(term, NamedNode):
            return interval(Level(term.value.removeprefix(KO)))
        if isinstance(term, Literal) and 0 <= float(term.value) <= 1:
            return interval(None, float(term.value))
    except ValueError:
        pass
    raise InvalidData(
        [Problem(shock.name, None, f"targetQuery: {term} is no severity", "a word of ko:LevelScale or a number in 0..1")]
    )


def place(network: Network, aims: Sequence[Aim]) -> tuple[Hits, list[list[str]]]:
    """The hits of several shocks on a network, and per shock the targets that are no part of it."""
    rows: list[tuple[int, int, int, Interval]] = []
    outside: list[list[str]] = []
    for shock, one in enumerate(aims):
        outside.append([])
        for target in one.targets:
            where = _where(network, target.iri)
            if where is None:
                outside[-1].append(target.iri)
            else:
                rows.append((shock, *where, target.interval))
    severity = np.array([row[3] for row in rows], np.float64).reshape(-1, 3).T.copy()
    columns = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3)
    return Hits(len(aims), columns[:, 0], columns[:, 1], columns[:, 2], severity), outside


def _where(network: Network, iri: str) -> tuple[int, int] | None:
    tables: Iterable[tuple[int, Mapping[str, int]]] = (
        (NODE, network.index),
        (SLOT, network.slot_index),
        (SUPPLY, network.supply_index),
    )
    for kind, table in tables:
        if iri in table:
            return kind, table[iri]
    return None
