"""A real server on this machine that nobody may call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph
import pytest

from knockon.query.ask import ask
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import PREFIXES

#: What stands for the address of the server in the queries of the tests.
HERE = "http://here.test/"


class Door:
    """Where the server is, and how often somebody knocked."""

    address = ""
    knocks = 0


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """The server; it answers SPARQL."""
    result = Door()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            result.knocks += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.end_headers()
            self.wfile.write(b'{"head":{"vars":[]},"results":{"bindings":[{}]}}')

        do_GET = do_POST  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    result.address = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield result
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def unguarded(door: Door) -> Callable[[str], int]:
    """How often pyoxigraph knocks for a query that nobody guards, on a store that has something to join with."""
    db = pyoxigraph.Store()
    db.update("PREFIX : <urn:x:> INSERT DATA { :s :p :o , 1 , 1.5 , true , 'a' . :s a :s }")

    def run(text: str) -> int:
        before = door.knocks
        try:
            answer = db.query(text.replace(HERE, door.address), prefixes=PREFIXES)
            if not isinstance(answer, pyoxigraph.QueryBoolean):
                list(answer)
        except (SyntaxError, RuntimeError, OSError):
            pass
        return door.knocks - before

    return run


@pytest.fixture(scope="session")
def guarded(door: Door) -> Callable[[str], int]:
    """How often anybody knocks for a query that is asked as ours are; an error comes through, unless somebody knocked."""
    store = MemoryStore()

    def run(text: str) -> int:
        before = door.knocks
        try:
            answer = ask(store, text.replace(HERE, door.address))
            if not isinstance(answer, pyoxigraph.QueryBoolean):
                list(answer)
        finally:
            assert door.knocks == before
        return door.knocks - before

    return run
