"""A portfolio: the entities of a graph that a list names, each with the amount that the list states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum
from typing import Protocol

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.labels import label_of
from knockon.errors import InvalidData, KnockonError, NotFound, Problem, UsageError
from knockon.model import Statement
from knockon.query.names import NameIndex, normalize_name, whole_iri
from knockon.rdf.sameness import Sameness

#: The most names that get suggestions: to compare one with all names of a graph takes time.
_MOST_SUGGESTED = 10


class Row(Protocol):
    """A row of a portfolio as written."""

    @property
    def line(self) -> int:
        """Its line."""

    @property
    def names(self) -> Sequence[str]:
        """The names of its entity, the most exact first."""

    @property
    def amount(self) -> float | None:
        """Its amount, 0 or more."""


@dataclass(frozen=True, slots=True)
class Holding(EntityAnswer):
    """One entity of a portfolio.

    Attributes
    ----------
    amount
        Its amount, 0 or more, in the unit of the portfolio: the sum of those of its rows; None where none states one.
    lines
        The lines of the file that name it.
    """

    json_keys = ("entity", "id", "label", "cls", "amount", "lines")

    amount: float | None
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnknownName(Answer):
    """A row of a portfolio that names nothing in the graph.

    Attributes
    ----------
    line
        Its line.
    name
        The name.
    """

    line: int
    name: str


@dataclass(frozen=True)
class Portfolio(Answer):
    """The entities of a graph that a list names.

    Attributes
    ----------
    file
        The file.
    holdings
        Its entities in the order of the file, each once.
    amount_column
        The name of the column of amounts, with its unit if it states one; empty where the file has no amounts.
    unknown
        The rows that name nothing in the graph, where they may.
    unused
        The columns of the file that are left out.
    """

    json_keys = ("file", "holdings", "amount_column", "unknown", "unused")

    file: str
    holdings: tuple[Holding, ...]
    amount_column: str
    unknown: tuple[UnknownName, ...]
    unused: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.holdings)

    @cached_property
    def by_entity(self) -> Mapping[str, Holding]:
        """Its entities by IRI."""
        return {holding.entity: holding for holding in self.holdings}

    def find(self, name: str) -> Holding | None:
        """Return the entity of the portfolio with an IRI, a local name or a label; None if none has it, or several do."""
        if holding := self.by_entity.get(whole_iri(name)):
            return holding
        wanted = normalize_name(name)
        found = [one for one in self.holdings if name == one.id or wanted == normalize_name(one.label)]
        return found[0] if len(found) == 1 else None

    @property
    def amount(self) -> float | None:
        """The sum of its amounts; None where no row states one."""
        amounts = [holding.amount for holding in self.holdings if holding.amount is not None]
        return fsum(amounts) if amounts else None


def resolve_portfolio(
    file: str,
    rows: Iterable[Row],
    records: Iterable[Statement],
    *,
    amount_column: str = "",
    unused: Sequence[str] = (),
    allow_unknown: bool = False,
    same: Sameness | None = None,
) -> Portfolio:
    """Return the entities that the rows of a list name; several rows of one entity add their amounts.

    Names are looked up as everywhere: an IRI, a local name, a label or another name. What is looked up does not depend on a
    day, so that an entity that has ended stays in the portfolio.

    Parameters
    ----------
    file
        The file, for messages.
    rows
        Its rows.
    records
        The records of the graph.
    amount_column, unused
        The column of amounts, and those that are left out.
    allow_unknown
        Leave rows out that name nothing, instead of refusing the list.
    same
        Which entities are the same: a name of several of them is not ambiguous.

    Raises
    ------
    InvalidData
        Rows name nothing in the graph, several entities, or a record of another class; each with its line.
    """
    index = NameIndex(records, "Entity", same=same.shown if same else str)
    holdings: dict[str, Holding] = {}
    unknown: list[UnknownName] = []
    problems: list[Problem] = []
    for row in rows:
        name = next((name for name in row.names if index.has(name)), None)
        if name is None and (allow_unknown or len(problems) >= _MOST_SUGGESTED):
            unknown.append(UnknownName(row.line, row.names[0]))
            continue
        try:
            record = index.find(row.names[0] if name is None else name)
        except (NotFound, UsageError) as error:
            problems.append(_problem(file, row, error, allow_unknown=allow_unknown))
            continue
        earlier = holdings.get(record.id)
        if earlier is None:
            label = label_of({record.id: record}, record.id)
            holdings[record.id] = Holding(record.id, label, record.rdf_class, row.amount, (row.line,))
        else:
            holdings[record.id] = _added(earlier, row.amount, (row.line,))
    if problems:
        further = [Problem(file, row.line, f"no entity called {row.name!r}", _HINT) for row in unknown if not allow_unknown]
        raise InvalidData([*problems, *further], "nothing was computed")
    if not holdings:
        raise InvalidData(
            [Problem(file, None, "names no entity of the graph", "is it the right --store?")], "nothing was computed"
        )
    return Portfolio(file, tuple(holdings.values()), amount_column, tuple(unknown), tuple(unused))


def one_of_each(portfolio: Portfolio, same: Sameness) -> Portfolio:
    """Return a portfolio in which the same entities are one, by the IRI by which they are shown; their amounts are added."""
    if not same:
        return portfolio
    holdings: dict[str, Holding] = {}
    for holding in portfolio.holdings:
        iri = same.shown(holding.entity)
        earlier = holdings.get(iri)
        one = replace(holding, entity=iri) if earlier is None else _added(earlier, holding.amount, holding.lines)
        holdings[iri] = one
    return replace(portfolio, holdings=tuple(holdings.values()))


def _added(holding: Holding, amount: float | None, lines: tuple[int, ...]) -> Holding:
    """Return a holding with the amount and the lines of further rows."""
    amounts = [each for each in (holding.amount, amount) if each is not None]
    return replace(holding, amount=fsum(amounts) if amounts else None, lines=(*holding.lines, *lines))


_HINT = "--allow-unknown leaves such rows out, and counts them"


def _problem(file: str, row: Row, error: KnockonError, *, allow_unknown: bool) -> Problem:
    hint = _HINT if isinstance(error, NotFound) and not allow_unknown else ""
    return Problem(file, row.line, str(error), hint)


__all__ = ["Holding", "Portfolio", "UnknownName", "one_of_each", "resolve_portfolio"]
