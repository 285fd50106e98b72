"""Functions for SPARQL: ``ko:loss(?shock, ?entity)`` and ``ko:step(?shock, ?entity)``.

A function stands where an expression may stand, so it never meets the
properties of the same name, which stand between a subject and an object:
``ko:loss`` of a stored Impact says the same thing, ``ko:step`` leads from a
chain to its steps (the step of a stored Impact is ``ko:depth``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode

from knockon.analysis.ground import Ground
from knockon.errors import LimitReached, NotFound, UsageError
from knockon.query.terms import text_of
from knockon.store.base import Function
from knockon.vocabulary import KO, XSD, local_name

LOSS, STEP = KO + "loss", KO + "step"
_DOUBLE, _INTEGER = NamedNode(XSD + "double"), NamedNode(XSD + "integer")


def functions(ground: Callable[[], Ground]) -> Mapping[str, Function]:
    """The functions by their IRIs, on the shocks and the network of a world; ``ground`` makes it when one is called.

    ``ko:loss`` is an xsd:double in 0..1, 0 for a record that loses nothing or
    is no part of the network; ``ko:step`` an xsd:integer, 0 for what is hit
    itself, no value where nothing is lost. Neither has a value for what is no
    record. All shocks are computed in one run when the first is asked for.

    Raises
    ------
    UsageError
        Called with other than two arguments.
    NotFound
        The first argument is no shock of this world.
    LimitReached
        The model stopped by its cap, so that the losses of the shock may be too low.

    >>> from knockon import open
    >>> rows = open().query("SELECT (ko:loss(id:entity-list-chips, id:sensefoundry) AS ?loss) {}")
    >>> [row["loss"].value for row in rows]
    ['0.5625']
    """
    made = cache(ground)
    return {LOSS: lambda *terms: _loss(made(), *terms), STEP: lambda *terms: _step(made(), *terms)}


def _loss(ground: Ground, *terms: Any) -> Literal | None:
    row, node = _asked(ground, "loss", terms)
    if node is None and text_of(terms[1]) not in ground.records:
        return None
    loss = 0.0 if node is None else float(ground.every.result.loss[row, node])
    return Literal(repr(loss), datatype=_DOUBLE)


def _step(ground: Ground, *terms: Any) -> Literal | None:
    row, node = _asked(ground, "step", terms)
    step = -1 if node is None else int(ground.every.result.step[row, node])
    return Literal(str(step), datatype=_INTEGER) if step >= 0 else None


def _asked(ground: Ground, name: str, terms: tuple[Any, ...]) -> tuple[int, int | None]:
    """The rows of a shock and of an entity, None for one that is no part of the network."""
    if len(terms) != 2:
        raise UsageError(f"ko:{name} takes a shock and an entity, not {len(terms)} argument{'s' if len(terms) != 1 else ''}")
    row = ground.row_of.get(text_of(terms[0]))
    if row is None:
        asked, known = local_name(text_of(terms[0])), [shock.name for shock in ground.shocks]
        raise NotFound("shock", asked, known, f"(ko:{name} takes the IRI of a shock, then that of an entity)")
    if ground.every.result.stopped_by[row] == "cap":
        raise LimitReached(f"the losses of {ground.shocks[row].name} had not settled after {ground.setting.cap} rounds")
    return row, ground.every.network.index.get(text_of(terms[1]))
