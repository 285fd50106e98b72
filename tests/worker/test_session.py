"""The worker: its answers, its limits, and that it can answer the next query after each of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from knockon.errors import KnockonError, LimitReached, QuerySyntaxError, UsageError
from knockon.sparql.execution import start_query
from knockon.sparql.limits import Limits
from knockon.store.oxigraph import MemoryStore
from knockon.worker import session
from knockon.worker.process import Request, Worker
from knockon.worker.store_content import EMPTY

MB = 2**20
DEFAULT_LIMITS = Limits()
#: A query that never ends, whatever the data.
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?{name} {{ {'1 ' * 1000} }}" for name in "abcdef") + " }"
DISTINCT = "SELECT DISTINCT ?a ?b ?c { " + " ".join(f"VALUES ?{x} {{ {' '.join(map(str, range(300)))} }}" for x in "abc") + " }"
DOUBLED = (
    "SELECT (STRLEN(?x31) AS ?n) { BIND('ab' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(31))
    + " }"
)


def rows_of(text: str, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, ...]]:
    """Return the rows of the answer of the worker to a query on no data, as texts."""
    answer = session.ask(Request(EMPTY, text), limits)
    return [tuple(str(term) for term in row) for row in answer.solutions()]


def is_working() -> bool:
    """Return whether the worker answers a query."""
    return rows_of("SELECT (1 + 1 AS ?x) {}") == [('"2"^^<http://www.w3.org/2001/XMLSchema#integer>',)]


@pytest.mark.parametrize(
    ("text", "limits", "message"),
    [
        (ENDLESS, Limits(seconds=0.2), r"took more than 0.2 s and was stopped; .*--max-seconds"),
        (DISTINCT, Limits(memory=16 * MB), "needed more than 16 MB of memory and was stopped; .*--max-memory"),
        (DOUBLED, Limits(memory=64 * MB), "needed more than 64 MB of memory"),
        (DISTINCT, Limits(rows=100), "more than 100 rows"),
        (DISTINCT, Limits(rows=None, size=MB), "larger than 1 MB"),
    ],
    ids=["time", "memory by and by", "memory at once", "rows", "bytes"],
)
def test_a_query_is_stopped_at_its_limit(text: str, limits: Limits, message: str) -> None:
    """The message says what the limit was and how to raise it; the next query is answered."""
    with pytest.raises(LimitReached, match=message):
        rows_of(text, limits)
    assert is_working()


def test_no_limits_at_all() -> None:
    """A query without limits is answered."""
    assert session.ask(Request(EMPTY, "ASK {}"), Limits(None, None, None, None)).boolean()


def test_a_crash_of_the_engine_is_an_error() -> None:
    """The error names the signal that ended the worker, and the next query is answered."""
    assert is_working()
    worker = session._worker
    assert worker is not None
    timer = threading.Timer(0.3, os.kill, (worker.pid, signal.SIGSEGV))
    timer.start()
    with pytest.raises(LimitReached, match=r"ended the process that answered it \(SIGSEGV\).*; simplify it"):
        rows_of(ENDLESS)
    timer.join()
    assert is_working()


def test_a_worker_that_was_killed_between_queries_is_replaced() -> None:
    """The next query is answered by a new worker, without an error."""
    assert is_working()
    worker = session._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    assert is_working()
    assert session._worker is not worker


def test_the_worker_stays() -> None:
    """The same process answers consecutive queries, also after one that fails."""
    assert is_working()
    worker = session._worker
    with pytest.raises(QuerySyntaxError):
        rows_of("SELECT")
    with pytest.raises(LimitReached):
        rows_of(DISTINCT, Limits(rows=10))
    assert is_working()
    assert session._worker is worker


def test_threads_wait_for_each_other() -> None:
    """Each thread gets its own answer, also while the query of another one is stopped."""
    answers: dict[int, list[tuple[str, ...]]] = {}
    stopped: list[LimitReached] = []

    def ask(number: int) -> None:
        answers[number] = rows_of(f"SELECT ({number} AS ?x) {{}}")

    def endless() -> None:
        try:
            rows_of(ENDLESS, Limits(seconds=0.2))
        except LimitReached as error:
            stopped.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    threads.insert(3, threading.Thread(target=endless))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stopped) == 1
    assert answers == {n: [(f'"{n}"^^<http://www.w3.org/2001/XMLSchema#integer>',)] for n in range(8)}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT",
        "SELECT ?x { ?x a ex:Thing }",
        "SELECT (<urn:x:twice>(1) AS ?x) {}",
        "SELECT ?x { ?x ?p ?o",
    ],
)
def test_errors_are_those_of_the_same_process(text: str) -> None:
    """Class and message are the same wherever the query runs."""
    store = MemoryStore()
    errors: list[KnockonError] = []
    calls: list[Callable[[], object]] = [
        lambda: start_query(store, text),
        lambda: session.ask(Request(store.content(), text), Limits()),
    ]
    for call in calls:
        with pytest.raises(UsageError) as raised:
            call()
        errors.append(raised.value)
    assert (type(errors[0]), str(errors[0])) == (type(errors[1]), str(errors[1]))


def test_an_invalid_substitution_is_refused_with_the_same_message() -> None:
    """A variable that the query does not project, and a value that is not an IRI."""
    store = MemoryStore()
    for text, given in (("SELECT ?x { ?x ?p ?o }", {"y": "urn:x:y"}), ("SELECT ?x { ?x ?p ?o }", {"x": "no iri"})):
        with pytest.raises(UsageError) as here:
            start_query(store, text, given)
        with pytest.raises(UsageError) as there:
            session.ask(Request(store.content(), text, given), Limits())
        assert str(here.value) == str(there.value)


def test_a_worker_that_keeps_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that a query leaves behind is returned to the system."""
    assert is_working()
    worker = session._worker
    assert worker is not None
    monkeypatch.setattr("knockon.worker.process._MAX_KEPT", -(2**40))
    assert is_working()
    assert not worker.alive
    monkeypatch.undo()
    assert is_working()


def test_a_python_that_cannot_be_started_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message suggests limits=None."""
    monkeypatch.setattr("sys.executable", "")
    with pytest.raises(UsageError, match="limits=None answers in this process"):
        Worker()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(UsageError, match="cannot be started"):
        Worker()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where the tests run in the background and it was ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interruption_ends_the_worker() -> None:
    """Ctrl-C is raised at once, and the busy worker is ended."""
    assert is_working()
    worker = session._worker
    assert worker is not None
    threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        rows_of(ENDLESS)
    assert not worker.alive
    assert is_working()
