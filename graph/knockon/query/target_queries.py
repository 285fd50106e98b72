"""Target queries: SPARQL that stands in data and says what a shock hits, asked within limits."""

from __future__ import annotations

import time

from knockon.errors import UsageError
from knockon.query.ask import ask_in_full
from knockon.query.budget import Budget
from knockon.sparql.answers import WrittenAnswer, written
from knockon.sparql.guard import guard
from knockon.sparql.size import TARGET
from knockon.store.base import Store


def answer_to(store: Store, text: str, budget: Budget) -> WrittenAnswer:
    """Return the answer of a store to one of its target queries.

    One of data that come with the package is answered in this process, any other one in a process that can be stopped.

    Raises
    ------
    QuerySyntaxError
        It does not parse, is too large for a target query, or would leave the store.
    UsageError
        It fails while it runs.
    LimitReached
        It takes more than a target query may, or all of them take too long together.
    """
    if store.trusted:
        try:
            return written(store.query(guard(text)))
        except RuntimeError as error:
            raise UsageError(f"the query fails while it runs: {error}") from None
    guard(text, TARGET)
    limits = budget.limits()
    begin = time.monotonic()
    try:
        return ask_in_full(store, text, limits=limits, check_terms=False)
    finally:
        # The worker may have waited for the data, which is not the fault of the query.
        budget.spend(min(time.monotonic() - begin, limits.seconds or 0.0))
