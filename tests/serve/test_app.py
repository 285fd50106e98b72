"""The application: its own paths, and the form of problems."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("target", ["/identity", "/sparql", "/api/search"])
def test_a_path_of_two_methods_names_both(server: HttpServer, target: str) -> None:
    """What else is sent there is status 405, with all methods that there are."""
    reply = server.request("DELETE", target)
    assert (reply.status, set(reply.headers["allow"].split(", "))) == (405, {"GET", "HEAD", "POST"})


def test_head_does_not_invent_a_length(server: HttpServer) -> None:
    """An answer that is sent in parts has no length, and so has HEAD for it; that of a short one is right."""
    assert "content-length" not in server.request("HEAD", "/store?default").headers
    short = "/sparql?query=ASK%7B%7D"
    assert server.request("HEAD", short).headers["content-length"] == str(len(server.get(short).body))
