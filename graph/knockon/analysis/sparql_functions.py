"""Functions for SPARQL: ``ko:loss(?shock, ?entity)`` and ``ko:step(?shock, ?entity)``.

``ko:loss`` of a stored Impact has the same meaning; ``ko:step`` as a property
leads from a chain to its steps (the step of a stored Impact is ``ko:depth``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from knockon.sparql.losses import LossFunctions

if TYPE_CHECKING:
    from knockon.analysis.context import Context


def functions(context: Callable[[], Context]) -> LossFunctions:
    """Return the functions by their IRIs, for the shocks and the network of a world.

    ``ko:loss`` is an xsd:double in 0..1, 0 for a record that loses nothing or
    is not in the network; ``ko:step`` is an xsd:integer, 0 for what is hit
    itself, without a value where nothing is lost. Neither has a value for an IRI that
    does not name a record. The first call computes the losses of all shocks.

    Parameters
    ----------
    context
        Returns the world; called when a query calls a function for the first time.

    Raises
    ------
    UsageError
        A query calls a function with a number of arguments other than two.
    NotFound
        The first argument is not a shock of this world.
    LimitReached
        The cap stopped the model, so that the losses of the shock may be too low.

    Examples
    --------
    >>> from knockon import open
    >>> rows = open().query("SELECT (ko:loss(id:entity-list-chips, id:sensefoundry) AS ?loss) {}")
    >>> [row["loss"].value for row in rows]
    ['0.5625']
    """
    return LossFunctions(lambda: context().losses)
