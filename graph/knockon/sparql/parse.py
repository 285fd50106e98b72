"""Reading a query with the parser of pyoxigraph, and no more than that.

pyoxigraph has one way in, which parses, plans and begins to answer. The first two steps can be had alone: it refuses
arguments that contradict each other after it has parsed the text, and a value for a variable that is not selected after
it has planned the query. Both recurse, so they are run on a stack whose size does not depend on the platform or thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Variable

from knockon.errors import UsageError
from knockon.sparql.syntax import syntax_error
from knockon.vocabulary import PREFIXES

#: Bytes; address space alone until it is used. Threads of macOS have half a megabyte, in which 50 brackets overflow.
_STACK = 64 * 2**20
_resizing = threading.Lock()


def parse(text: str, shown: str | None = None) -> None:
    """Parse a query that has passed the guard.

    Parameters
    ----------
    text
        The query.
    shown
        The text that messages quote, where it is another one of the same length.

    Raises
    ------
    QuerySyntaxError
        It does not parse.

    >>> parse("SELECT ?x { ?x a ko:Company")
    Traceback (most recent call last):
    ...
    knockon.errors.QuerySyntaxError: line 1, column 11: '{' is not closed; write '}' where it ends
    """

    def run() -> None:
        with contextlib.suppress(ValueError):  # the contradiction; SyntaxError is none
            _nothing().query(text, prefixes=PREFIXES, use_default_graph_as_union=True, default_graph=[])

    try:
        _on_large_stack(run)
    except SyntaxError as error:
        raise syntax_error(error, text if shown is None else shown) from None


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
        It cannot be planned: it calls an unknown function.

    >>> plan("SELECT (<urn:x:f>(1) AS ?x) {}")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: The custom function <urn:x:f> is not supported
    """
    unused = "unused"
    while unused in text:
        unused += "_"
    given: Any = {Variable(unused): NamedNode("urn:x:none")}
    called: Any = {NamedNode(iri): _no_value for iri in functions}

    def run() -> None:
        _nothing().query(text, prefixes=PREFIXES, substitutions=given, custom_functions=called or None)

    try:
        _on_large_stack(run)
    except SyntaxError as error:
        raise syntax_error(error, text) from None
    except RuntimeError as error:
        if f"?{unused} " not in str(error):
            raise UsageError(str(error)) from None


def _on_large_stack(run: Callable[[], None]) -> None:
    """Run something in a thread of its own; what it raises comes through."""
    raised: list[BaseException] = []

    def target() -> None:
        try:
            run()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=target, name="knockon-parse", daemon=True)
    # The size is one for the whole process: another thread that begins meanwhile has a large stack, too.
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
        target()  # the system has no room for it; what passes the guard fits into the stacks of most threads
    if raised:
        raise raised[0]


@cache
def _nothing() -> pyoxigraph.Store:
    return pyoxigraph.Store()


def _no_value(*_: object) -> None:
    """Stands for any function where there is nothing to call it on."""
