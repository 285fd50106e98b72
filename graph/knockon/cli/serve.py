"""serve: the HTTP server."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import note, verbosity
from knockon.cli.options.reading import store_read_options
from knockon.cli.options.store import complete_data_set
from knockon.cli.sizes import bytes_of
from knockon.errors import NotFound, UsageError
from knockon.sparql.limits import Limits

#: The fewest characters of a token, so that it cannot be guessed.
_MIN_TOKEN = 16

Source = Annotated[
    str | None,
    typer.Argument(metavar="[STORE]", autocompletion=complete_data_set, help="What to serve, as --store elsewhere."),
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", help="The port to listen on; 0 is any free one.")]
Writable = Annotated[bool, typer.Option("--writable", help="Accept updates from clients with the token.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", metavar="FILE", help="The file with the token of --writable.")]
Seconds = Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="Stop a query after this time.")]
Rows = Annotated[int, typer.Option("--max-rows", metavar="COUNT", help="End an answer after this many rows.")]
Memory = Annotated[str, typer.Option("--max-memory", metavar="SIZE", help="Stop a query that needs more memory.")]
Size = Annotated[str, typer.Option("--max-size", metavar="SIZE", help="End an answer after this size.")]
Body = Annotated[str, typer.Option("--max-body", metavar="SIZE", help="Refuse requests with a larger body.")]
Workers = Annotated[int | None, typer.Option("--workers", help="Processes for queries, 1 to 64.  [default: processors]")]
Processes = Annotated[
    int | None,
    typer.Option("--processes", help="Processes for point queries, 1 to 64.  [default: processors, at most 4]"),
]
Queue = Annotated[int, typer.Option("--queue", help="Requests that may wait for a worker before others get status 503.")]
Documents = Annotated[
    Path | None, typer.Option("--documents", metavar="DIR", help="A folder with the cited documents: quotations are shown.")
]
Proposals = Annotated[
    Path | None,
    typer.Option(
        "--proposals", metavar="FILE", help="The queue of `propose`: its proposals are shown, and decided on with the token."
    ),
]
Cors = Annotated[
    list[str] | None,
    typer.Option("--cors", metavar="ORIGIN", help="Let pages of this site read answers; * is any (repeatable)."),
]
RootPath = Annotated[
    str, typer.Option("--root-path", metavar="PATH", help="The path below which a proxy publishes the server.")
]
Hosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A name by which clients address the server; * is any (repeatable)."),
]
LogQueries = Annotated[bool, typer.Option("--log-queries", help="Write the text of queries into the access log.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(serve)


def serve(
    store: Source = None,
    host: Host = "127.0.0.1",
    port: Port = 8030,
    writable: Writable = False,
    token_file: TokenFile = None,
    timeout: Seconds = 30,
    max_rows: Rows = 1_000_000,
    max_memory: Memory = "1G",
    max_size: Size = "256M",
    max_body: Body = "2M",
    workers: Workers = None,
    processes: Processes = None,
    queue: Queue = 256,
    documents: Documents = None,
    proposals: Proposals = None,
    cors: Cors = None,
    root_path: RootPath = "",
    allow_host: Hosts = None,
    log_queries: LogQueries = False,
) -> None:
    """Serve the graph over HTTP: SPARQL 1.1 at /sparql, a JSON API, and pages.

    It is read-only unless --writable is given. Ctrl-C or SIGTERM stops it.
    """
    _require_extra()
    from knockon.serve.run import run
    from knockon.serve.settings import ServerSettings, default_processes, default_workers

    limits = Limits(timeout, bytes_of("--max-memory", max_memory), max_rows, bytes_of("--max-size", max_size))
    settings = ServerSettings(
        store=default_store(store), read=store_read_options(), host=host, port=port, writable=writable,
        token=_token(token_file) if token_file is not None else None, limits=limits,
        max_body=bytes_of("--max-body", max_body), workers=default_workers() if workers is None else workers,
        processes=default_processes() if processes is None else processes, queue=queue, documents=documents,
        proposals=proposals, cors=tuple(cors or ()), root_path=root_path, hosts=tuple(allow_host or ()),
        log_queries=log_queries, quiet=verbosity.quiet,
    )  # fmt: skip
    run(settings, started=lambda url: note(f"serving {url} (stop with Ctrl-C)"))


def _require_extra() -> None:
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(f"the server needs {' and '.join(missing)}, not installed: pip install 'knockon[serve]'")


def _token(path: Path) -> str:
    """Return the token in a file, without white space around it."""
    if not path.is_file():
        raise NotFound("file", str(path))
    try:
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path} cannot be read as a token: one line of ASCII characters") from None
    if len(token) < _MIN_TOKEN or not token.isprintable() or " " in token:
        raise UsageError(
            f"{path} must contain one token of at least 16 characters without spaces, e.g. from `openssl rand -hex 32`"
        )
    return token
