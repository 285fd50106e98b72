"""The application: its own paths, and the form of problems."""

from __future__ import annotations

from support.http_server import HttpServer


def test_health_names_the_revision(server: HttpServer) -> None:
    """/healthz answers with the revision of the snapshot."""
    assert server.get("/healthz").json == {"status": "ok", "revision": server.state.snapshot.revision}


def test_an_unknown_path_is_a_problem_in_json(server: HttpServer) -> None:
    """What no route takes is answered with status 404 and a problem."""
    reply = server.get("/nothing/here")
    assert reply.status == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["title"] == "Not Found"
