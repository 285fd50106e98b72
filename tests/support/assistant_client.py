"""A client of the MCP SDK, for tests without an event loop of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from knockon.mcp.assistant import Assistant

# The SDK is imported where it is used: every process that collects the tests would import it.
if TYPE_CHECKING:
    from mcp_types import CallToolResult

Call = tuple[str, dict[str, Any]]


def calls(server: Assistant | AbstractAsyncContextManager[Any] | str, asked: Sequence[Call]) -> list[CallToolResult]:
    """Return what a real client receives for some calls of tools: of a server in this process, a transport, or an address."""
    from mcp import Client

    from knockon.mcp.server import server_of

    async def run() -> list[CallToolResult]:
        async with Client(server_of(server) if isinstance(server, Assistant) else server) as client:
            return [await client.call_tool(name, arguments) for name, arguments in asked]

    return asyncio.run(run())


def call(server: Assistant, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """Return the structured answer of one tool, which is no error."""
    (result,) = calls(server, [(tool, arguments)])
    assert not result.is_error, result.structured_content
    return result.structured_content


def failure(server: Assistant, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """Return the structured error of one tool."""
    (result,) = calls(server, [(tool, arguments)])
    assert result.is_error, result.structured_content
    return result.structured_content


def size(result: CallToolResult) -> int:
    """Return the bytes of an answer as it is sent."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())
