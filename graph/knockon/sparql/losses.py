"""The functions ``ko:loss`` and ``ko:step`` of queries, which look up the results of a model for all shocks.

A function is only valid in an expression, so it cannot be confused with the
properties of the same name, which are only valid between subject and object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from pyoxigraph import Literal, NamedNode

from knockon.errors import LimitReached, NotFound, UsageError
from knockon.sparql.answers import Function
from knockon.vocabulary import KO, XSD, local_name

LOSS, STEP = KO + "loss", KO + "step"
_DOUBLE, _INTEGER = NamedNode(XSD + "double"), NamedNode(XSD + "integer")

#: The losses and steps of all nodes under one shock; a negative step means that the node is not reached.
Row = tuple[Sequence[float], Sequence[int]]


@dataclass(frozen=True)
class Losses:
    """The results of a model for all shocks of a data set.

    Parameters
    ----------
    key
        A unique name of these losses, for caching.
    shocks
        The IRIs of the shocks, in the order of the rows.
    nodes
        The IRIs of the network, in the order of the values of a row.
    others
        The IRIs of the records that are not part of the network.
    unsettled
        The rows of shocks whose losses may be too low, since the model stopped by its cap.
    cap
        The cap, in rounds.
    row
        Returns a row by its number.
    shown
        The IRI in ``nodes`` or ``others`` of the same entity, by each of its other IRIs.
    """

    key: str
    shocks: Sequence[str]
    nodes: Sequence[str]
    others: Sequence[str]
    unsettled: Sequence[int]
    cap: int
    row: Callable[[int], Row]
    shown: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _row_of(self) -> Mapping[str, int]:
        return {iri: number for number, iri in enumerate(self.shocks)}

    @cached_property
    def _node_of(self) -> Mapping[str, int | None]:
        """The index of each record in a row; None for records that are not part of the network."""
        places = {**dict.fromkeys(self.others), **{iri: place for place, iri in enumerate(self.nodes)}}
        return places | {iri: places[shown] for iri, shown in self.shown.items() if shown in places}

    def loss(self, *terms: Any) -> Literal | None:
        """Return the loss of an entity under a shock; None if it is not a record.

        Raises
        ------
        UsageError
            The number of terms is not two.
        NotFound
            The first term is not a shock.
        LimitReached
            The losses of the shock had not settled.
        """
        row, entity = self._parse_arguments("loss", terms)
        if entity not in self._node_of:
            return None
        node = self._node_of[entity]
        loss = 0.0 if node is None else float(self.row(row)[0][node])
        return Literal(repr(loss), datatype=_DOUBLE)

    def step(self, *terms: Any) -> Literal | None:
        """Return the step at which a shock reaches an entity; None if nothing is lost. Raises as ``loss``."""
        row, entity = self._parse_arguments("step", terms)
        node = self._node_of.get(entity)
        step = -1 if node is None else int(self.row(row)[1][node])
        return Literal(str(step), datatype=_INTEGER) if step >= 0 else None

    def _parse_arguments(self, name: str, terms: tuple[Any, ...]) -> tuple[int, str]:
        """Return the row number of the shock, and the IRI of the entity."""
        if len(terms) != 2:
            count = len(terms)
            raise UsageError(f"ko:{name} takes a shock and an entity, not {count} argument{'s' if count != 1 else ''}")
        shock, entity = map(_text, terms)
        row = self._row_of.get(shock)
        if row is None:
            known = [local_name(iri) for iri in self.shocks]
            raise NotFound("shock", local_name(shock), known, f"(ko:{name} takes the IRI of a shock, then that of an entity)")
        if row in self.unsettled:
            raise LimitReached(f"the losses of {local_name(shock)} had not settled after {self.cap} rounds")
        return row, entity


class LossFunctions(Mapping[str, Function]):
    """The functions by IRI; ``make`` computes the losses once, at the first call."""

    def __init__(self, make: Callable[[], Losses]) -> None:
        self._make = make

    @cached_property
    def losses(self) -> Losses:
        """The results that the functions look up."""
        return self._make()

    def __getitem__(self, iri: str) -> Function:
        return {LOSS: partial(self._call, "loss"), STEP: partial(self._call, "step")}[iri]

    def __iter__(self) -> Iterator[str]:
        return iter((LOSS, STEP))

    def __len__(self) -> int:
        return 2

    def _call(self, name: str, *terms: Any) -> Literal | None:
        term: Literal | None = getattr(self.losses, name)(*terms)
        return term


def _text(term: Any) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
