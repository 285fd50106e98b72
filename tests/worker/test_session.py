"""The worker: what it answers, what stops it, and that the next query is answered all the same."""

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
USUAL = Limits()
#: A query of which nobody lives to see the end, whatever the data.
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?{name} {{ {'1 ' * 1000} }}" for name in "abcdef") + " }"
DISTINCT = "SELECT DISTINCT ?a ?b ?c { " + " ".join(f"VALUES ?{x} {{ {' '.join(map(str, range(300)))} }}" for x in "abc") + " }"
DOUBLED = (
    "SELECT (STRLEN(?x31) AS ?n) { BIND('ab' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(31))
    + " }"
)


def asked(text: str, limits: Limits = USUAL) -> list[tuple[str, ...]]:
    """The answer of the worker to a query about nothing, as texts."""
    answer = session.ask(Request(EMPTY, text, check_terms=False), limits)
    return [tuple(str(term) for term in row) for row in answer.solutions()]


def works() -> bool:
    """Whether a query is answered."""
    return asked("SELECT (1 + 1 AS ?x) {}") == [('"2"^^<http://www.w3.org/2001/XMLSchema#integer>',)]


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
        asked(text, limits)
    assert works()


def test_no_limits_at_all() -> None:
    """Without limits a query is answered just as well."""
    assert session.ask(Request(EMPTY, "ASK {}", check_terms=False), Limits(None, None, None, None)).boolean()


def test_a_crash_of_the_engine_is_an_error() -> None:
    """A signal that ends the worker during a query is said by its name, and the next query is answered."""
    assert works()
    worker = session._worker
    assert worker is not None
    timer = threading.Timer(0.3, os.kill, (worker.pid, signal.SIGSEGV))
    timer.start()
    with pytest.raises(LimitReached, match=r"ended the process that answered it \(SIGSEGV\).*; simplify it"):
        asked(ENDLESS)
    timer.join()
    assert works()


def test_a_worker_that_was_killed_between_queries_is_replaced() -> None:
    """Nobody notices."""
    assert works()
    worker = session._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    assert works()
    assert session._worker is not worker


def test_the_worker_stays() -> None:
    """Queries one after another are answered by the same process, those that fail among them."""
    assert works()
    worker = session._worker
    with pytest.raises(QuerySyntaxError):
        asked("SELECT")
    with pytest.raises(LimitReached):
        asked(DISTINCT, Limits(rows=10))
    assert works()
    assert session._worker is worker


def test_threads_wait_for_each_other() -> None:
    """Each gets its own answer, also while another one's query is stopped."""
    answers: dict[int, list[tuple[str, ...]]] = {}
    stopped: list[LimitReached] = []

    def ask(number: int) -> None:
        answers[number] = asked(f"SELECT ({number} AS ?x) {{}}")

    def endless() -> None:
        try:
            asked(ENDLESS, Limits(seconds=0.2))
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
        "SELECT ?x { ?x a ko:Compny }",
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


def test_a_substitution_that_cannot_be_is_refused_alike() -> None:
    """What stands for no variable of the query, and what is no IRI."""
    store = MemoryStore()
    for text, given in (("SELECT ?x { ?x ?p ?o }", {"y": "urn:x:y"}), ("SELECT ?x { ?x ?p ?o }", {"x": "no iri"})):
        with pytest.raises(UsageError) as here:
            start_query(store, text, given)
        with pytest.raises(UsageError) as there:
            session.ask(Request(store.content(), text, given), Limits())
        assert str(here.value) == str(there.value)


def test_a_worker_that_keeps_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that a query leaves behind is given back."""
    assert works()
    worker = session._worker
    assert worker is not None
    monkeypatch.setattr("knockon.worker.process._MAX_KEPT", -(2**40))
    assert works()
    assert not worker.alive
    monkeypatch.undo()
    assert works()


def test_a_python_that_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the way out."""
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
    """Ctrl-C comes through at once, and the worker that was at work is gone."""
    assert works()
    worker = session._worker
    assert worker is not None
    threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        asked(ENDLESS)
    assert not worker.alive
    assert works()
