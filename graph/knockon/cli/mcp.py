"""mcp: the server for assistants."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import note
from knockon.cli.options import Store
from knockon.cli.options.reading import store_read_options
from knockon.errors import NotFound, UsageError

#: The processes that answer: while one takes long, the other goes on.
_PROCESSES = 2
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Http = Annotated[bool, typer.Option("--http", help="Serve HTTP at /mcp instead of standard streams.")]
Host = Annotated[str | None, typer.Option("--host", help="The address to listen on, with --http.  [default: 127.0.0.1]")]
Port = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="The port to listen on, with --http; 0 is any free one.  [default: 8031]"),
]
Proposals = Annotated[
    Path | None,
    typer.Option("--proposals", metavar="FILE", help="Append the records that the assistant proposes."),
]
Documents = Annotated[
    Path | None,
    typer.Option("--documents", metavar="DIR", help="A folder with the cited documents, for quotations and --proposals."),
]
Hosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A name by which clients address the server (repeatable)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(mcp)


def mcp(
    store: Store = None,
    http: Http = False,
    host: Host = None,
    port: Port = None,
    allow_host: Hosts = None,
    proposals: Proposals = None,
    documents: Documents = None,
) -> None:
    """Serve the graph to an assistant by the Model Context Protocol: on standard streams, or over HTTP with --http.

    All tools only read, but for the one that appends to --proposals, which changes no graph. Over standard streams it ends
    with the client, over HTTP with Ctrl-C or SIGTERM.
    """
    if not http and not (host is None and port is None and allow_host is None):
        raise UsageError("--host, --port and --allow-host go with --http")
    address = host or _LOOPBACK[0]
    if proposals is not None and http and address not in _LOOPBACK:
        raise UsageError(
            "--proposals would let everybody on the network write; with --http it goes with --host 127.0.0.1 alone"
        )
    if documents is not None and not documents.is_dir():
        raise NotFound("folder", str(documents))
    if find_spec("mcp") is None:
        raise UsageError("the server for assistants needs the mcp SDK, which is not installed: pip install 'knockon[mcp]'")
    from knockon.mcp.assistant import Assistant
    from knockon.mcp.server import run_http, run_stdio
    from knockon.mcp.snapshots import GraphSnapshots
    from knockon.mcp.tool_process import ToolProcess, ToolProcesses

    source, read = default_store(store), store_read_options()
    snapshots = GraphSnapshots(source, read)
    snapshots.current()
    with closing(ToolProcesses(*(ToolProcess(source, read, documents) for _ in range(_PROCESSES)))) as processes:
        processes.start()
        assistant = Assistant(snapshots, documents, proposals, processes)
        if not http:
            run_stdio(assistant)
            return
        run_http(
            assistant,
            address,
            8031 if port is None else port,
            (*dict.fromkeys((address, *_LOOPBACK, *(allow_host or ()))),),
            started=lambda url: note(f"serving {url} (stop with Ctrl-C)"),
        )
