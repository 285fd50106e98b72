"""Run target queries, the SPARQL in data that selects what a shock hits, within limits."""

from __future__ import annotations

import time

from knockon.errors import UsageError
from knockon.query.ask import ask_serialized
from knockon.query.budget import Budget
from knockon.sparql.answers import WrittenAnswer, serialize_answer
from knockon.sparql.guard import guard
from knockon.sparql.size import TARGET
from knockon.store.base import ElsewhereStore, Store


def run_target_query(store: Store, text: str, budget: Budget) -> WrittenAnswer:
    """Run a target query on its store.

    Queries of bundled data run in this process, all others in a process that can be stopped.

    Raises
    ------
    QuerySyntaxError
        It does not parse, is too large for a target query, or would reach outside the store.
    UsageError
        It fails while it runs.
    LimitReached
        It exceeds the limits of a target query, or all of them together take too long.
    """
    if store.trusted:
        try:
            return serialize_answer(store.query_for_rows(guard(text)))
        except RuntimeError as error:
            raise UsageError(f"the query fails while it runs: {error}") from None
    guard(text, TARGET)
    limits = budget.limits()
    begin = time.monotonic()
    try:
        asked = store.copy if isinstance(store, ElsewhereStore) and not store.exact else store
        return ask_serialized(asked, text, limits=limits)
    finally:
        # The time that the worker waited for the data does not count.
        budget.spend(min(time.monotonic() - begin, limits.seconds or 0.0))
