"""Parse or plan a query with pyoxigraph without running it.

pyoxigraph has one function, which parses, plans and starts to answer. To stop it earlier, it gets contradictory
arguments, which it refuses after parsing, or a value for a variable that is not selected, which it refuses after
planning. Both steps recurse, so they run on a stack whose size does not depend on the platform or thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Variable

from knockon.errors import QuerySyntaxError, UsageError
from knockon.sparql.syntax import syntax_error
from knockon.vocabulary import PREFIXES

#: Stack size in bytes; only address space until it is used. The 0.5 MB of macOS threads overflow at 50 brackets.
_STACK = 64 * 2**20
_resizing = threading.Lock()


def parse(text: str, quoted_text: str | None = None) -> None:
    """Parse a query that has passed the guard.

    Parameters
    ----------
    text
        The query.
    quoted_text
        The text that messages quote, if it differs from ``text`` (with the same length).

    Raises
    ------
    QuerySyntaxError
        The query does not parse.

    Examples
    --------
    >>> parse("SELECT ?x { ?x a ko:Company")
    Traceback (most recent call last):
    ...
    knockon.errors.QuerySyntaxError: line 1, column 11: '{' is not closed; write '}' where it ends
    """

    def run() -> None:
        with contextlib.suppress(ValueError):  # the contradictory arguments; SyntaxError is not a ValueError
            _empty_store().query(text, prefixes=PREFIXES, use_default_graph_as_union=True, default_graph=[])

    try:
        _on_large_stack(run)
    except SyntaxError as error:
        raise syntax_error(error, text if quoted_text is None else quoted_text) from None


def plan(text: str, functions: Iterable[str] = ()) -> None:
    """Parse and plan a query that has passed the guard, without evaluating any of it.

    Parameters
    ----------
    text
        The query.
    functions
        IRIs of the functions that it may call.

    Raises
    ------
    QuerySyntaxError
        It does not parse.
    UsageError
        The query cannot be planned: it calls an unknown function.

    Examples
    --------
    >>> plan("SELECT (<urn:x:f>(1) AS ?x) {}")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: The custom function <urn:x:f> is not supported
    """
    unused = "unused"
    while unused in text:
        unused += "_"
    bindings: Any = {Variable(unused): NamedNode("urn:x:none")}
    called: Any = {NamedNode(iri): _no_value for iri in functions}

    def run() -> None:
        _empty_store().query(text, prefixes=PREFIXES, substitutions=bindings, custom_functions=called or None)

    try:
        _on_large_stack(run)
    except SyntaxError as error:
        raise syntax_error(error, text) from None
    except RuntimeError as error:
        if f"?{unused} " not in str(error):
            raise UsageError(str(error)) from None


def calls_functions(text: str, functions: Iterable[str]) -> bool:
    """Return whether a query that has passed the guard calls one of some functions, without evaluating any of it.

    Parameters
    ----------
    text
        The query.
    functions
        The IRIs of the functions.

    Raises
    ------
    QuerySyntaxError
        It does not parse.
    UsageError
        It calls another function.

    Examples
    --------
    >>> calls_functions("SELECT (<urn:x:f>(1) AS ?x) {}", ["urn:x:f"]), calls_functions("ASK {}", ["urn:x:f"])
    (True, False)
    """
    try:
        plan(text)
    except QuerySyntaxError:
        raise
    except UsageError:
        plan(text, functions)
        return True
    return False


def _on_large_stack(run: Callable[[], None]) -> None:
    """Run a function in a thread with a large stack; re-raise its exceptions."""
    raised: list[BaseException] = []

    def target() -> None:
        try:
            run()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=target, name="knockon-parse", daemon=True)
    # The stack size is set for the whole process: other threads that start meanwhile get a large stack too.
    with _resizing:
        before = threading.stack_size(_STACK)
        try:
            thread.start()
        except RuntimeError:
            started = False
        else:
            started = True
        finally:
            threading.stack_size(before)
    if started:
        thread.join()
    else:
        target()  # no memory for the thread; queries that pass the guard fit into most stacks
    if raised:
        raise raised[0]


@cache
def _empty_store() -> pyoxigraph.Store:
    return pyoxigraph.Store()


def _no_value(*_: object) -> None:
    """Placeholder for a function of a query that is only planned."""
