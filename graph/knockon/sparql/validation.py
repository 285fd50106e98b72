"""Check a query without running it."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.errors import UsageError
from knockon.sparql.guard import guard
from knockon.sparql.parse import parse, plan
from knockon.sparql.size import QUERY, SizeLimits


def query_fault(text: str, functions: Iterable[str] = (), limits: SizeLimits = QUERY, *, parsed_only: bool = False) -> str:
    """Return why a query is invalid, or an empty string; no part of it is evaluated.

    Parameters
    ----------
    text
        The query.
    functions
        IRIs of the functions that it may call.
    limits
        How large it may be.
    parsed_only
        Only parse the query and do not plan it: faster for a large query, but does not find unknown functions.

    Examples
    --------
    >>> query_fault("SELECT ?x WHERE { ?x a ko:Entity }")
    ''
    >>> query_fault("SELECT ?x WHERE { ?x a ex:Thing }")
    'line 1, column 24: the prefix ex: is not declared'
    """
    try:
        guard(text, limits)
        if parsed_only:
            parse(text)
        else:
            plan(text, functions)
    except UsageError as error:
        return str(error)
    return ""
