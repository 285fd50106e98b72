"""Functions for SPARQL: ``ko:loss(?shock, ?entity)`` and ``ko:step(?shock, ?entity)``.

``ko:loss`` of a stored Impact says the same thing; ``ko:step`` as a property
leads from a chain to its steps (the step of a stored Impact is ``ko:depth``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from knockon.sparql.losses import LossFunctions

if TYPE_CHECKING:
    from knockon.analysis.context import Context


def functions(context: Callable[[], Context]) -> LossFunctions:
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

    Examples
    --------
    >>> from knockon import open
    >>> rows = open().query("SELECT (ko:loss(id:entity-list-chips, id:sensefoundry) AS ?loss) {}")
    >>> [row["loss"].value for row in rows]
    ['0.5625']
    """
    return LossFunctions(lambda: context().losses)
