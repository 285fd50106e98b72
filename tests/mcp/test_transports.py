"""Every tool and resource, as the SDK's client receives it over standard streams and over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import uvicorn

from knockon.mcp.assistant import Assistant
from knockon.mcp.tools import TOOLS
from support.assistant_client import Call

# The SDK is imported where it is used: every process that collects the tests would import it.
if TYPE_CHECKING:
    from mcp_types import CallToolResult

#: A call of each tool.
CALLS: list[Call] = [
    ("search_entities", {"text": "nvidia"}),
    ("get_entity", {"entity": "nvidia"}),
    ("get_neighbours", {"entity": "nvidia"}),
    ("find_paths", {"entity": "sensefoundry", "source": "nvidia"}),
    ("simulate_impact", {"hit": {"nvidia": "high"}, "options": {"facts_only": True}}),
    ("explain_impact", {"shock": "entity-list-chips", "entity": "sensefoundry"}),
    ("list_shocks", {}),
    ("chokepoints", {"entity": "sensefoundry"}),
    ("run_sparql", {"query": "ASK { id:nvidia a ko:Company }"}),
    ("get_schema", {}),
]


async def visit(server: object, mode: str = "auto") -> tuple[list[CallToolResult], list[str]]:
    """Call every tool and read every resource."""
    from mcp import Client

    async with Client(server, mode=mode) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == list(TOOLS)
        answers = [await client.call_tool(name, arguments) for name, arguments in CALLS]
        uris = [resource.uri for resource in (await client.list_resources()).resources]
        read = [await client.read_resource(uri) for uri in [*uris, "knockon://queries/who-depends-on"]]
    return answers, [each.contents[0].text for each in read]


def check(answers: list[CallToolResult], resources: list[str]) -> None:
    assert [name for name, _ in CALLS] == list(TOOLS)
    for (name, _), result in zip(CALLS, answers, strict=True):
        assert not result.is_error, (name, result.structured_content)
        assert json.loads(result.content[0].text) == result.structured_content
        assert isinstance(result.structured_content["data"][TOOLS[name].rows], list), name
    assert answers[8].structured_content["data"]["rows"] == [[True]]
    contents = [json.loads(text) for text in resources]
    assert contents[0]["data"]["terms"]
    assert len(contents[1]["data"]["documents"]) == 5
    assert "who-depends-on" in [query["name"] for query in contents[2]["data"]["queries"]]
    assert "SELECT" in contents[3]["data"]["text"]


def test_standard_streams() -> None:
    """A client that starts ``knockon mcp`` is answered, and nothing but the protocol is on the stream."""
    from mcp.client.stdio import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(command=sys.executable, args=["-m", "knockon", "mcp"], env=dict(os.environ))
    check(*asyncio.run(visit(stdio_client(parameters))))


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    """The address of a server in a thread of this process."""
    from knockon.mcp.server import http_app

    server = uvicorn.Server(uvicorn.Config(http_app(assistant, ("127.0.0.1", "localhost")), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    server.should_exit = True
    thread.join(600)
    assert not thread.is_alive()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_http(address: str, mode: str) -> None:
    """The same over HTTP, by the protocol of today and by that with a handshake."""
    check(*asyncio.run(visit(address, mode)))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "attacker.example"}, 421),
        ({"Host": "127.0.0.1.attacker.example:80"}, 421),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "http://localhost.attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 400),
        ({}, 200),
        ({"Origin": "http://localhost:3000"}, 200),
    ],
)
def test_other_hosts_and_origins_are_refused(address: str, headers: dict[str, str], status: int) -> None:
    """A page of another site cannot reach the server on this machine, by its own name or by a name that resolves here."""
    assert post(address, headers, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')[0] == status


LONE = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_schema","arguments":{"term":"\\ud800"}}}'


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", LONE.encode(), b"[" * 100_000])
def test_malformed_requests(address: str, body: bytes) -> None:
    """What is not a request has an error without a path or a traceback, and the server goes on."""
    status, text = post(address, {}, body)
    assert status in (200, 400), text
    assert "Traceback" not in text
    assert "site-packages" not in text
    assert post(address, {}, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')[0] == 200


def test_a_large_request_is_refused_before_it_is_read(address: str) -> None:
    """A body of more than a megabyte is refused by its length."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=600)
    connection.putrequest("POST", "/mcp")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "2000000")
    connection.endheaders()
    with connection.getresponse() as response:
        assert response.status == 413
    connection.close()


def post(address: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    usual = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(address, body, {**usual, **headers}, method="POST")  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=600) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
