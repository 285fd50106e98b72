"""Run the server with uvicorn until it is stopped."""

from __future__ import annotations

import gc
import math
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from knockon.errors import KnockonError, UsageError
from knockon.serve.app import create_app
from knockon.serve.point_protocol import PointProtocol, PointServer
from knockon.serve.settings import ServerSettings
from knockon.worker.memory import keep_memory_small

#: The objects, and the searches of younger ones, after which cycles are searched.
_COLLECTED = (2_000, 10, 10)
#: Seconds after which a thread that computes lets others go on.
_SWITCH = 0.0005
#: Connections that wait to be accepted.
_BACKLOG = 1024
#: Connections that are open at a time; others are answered with status 503.
_CONNECTIONS = 2_000


def create_server(settings: ServerSettings) -> uvicorn.Server:
    """Create a server, which is not started yet."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        root_path=settings.root_path,
        http=PointProtocol,
        ws="none",
        lifespan="on",
        # Requests are logged, and errors reported, by the middleware.
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        # A proxy on this machine names the client and the scheme; nobody else is believed.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1,::1",
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=math.ceil(settings.stop_timeout),
    )
    return PointServer(config, app.state.server.processes)


def listen(settings: ServerSettings) -> socket.socket:
    """Open the socket that the server listens on.

    Raises
    ------
    UsageError
        The address is in use, or not one of this machine.
    """
    try:
        address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[4][:2], family=address[0], backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # asyncio's repetition of the address
        raise UsageError(f"cannot listen on {settings.host}:{settings.port}: {reason}; name another --host or --port") from None


def url_of(settings: ServerSettings, listener: socket.socket) -> str:
    """Return the address of a server.

    >>> with listen(ServerSettings(port=0)) as listener:
    ...     url_of(ServerSettings(port=0), listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    True
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}{settings.root_path}/"


def _allow_connections() -> None:
    """Raise the limit of open files, which is often too low for the connections and the pipes of the workers."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _CONNECTIONS if hard == resource.RLIM_INFINITY else min(2 * _CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _collect_often() -> None:
    """Search for cycles as often as Python does by itself: commands, which end soon, do so rarely, and a server would grow."""
    gc.collect()
    # What has been made so far stays, and need not be searched again and again while requests wait.
    gc.freeze()
    gc.set_threshold(*_COLLECTED)


def run(settings: ServerSettings, started: Callable[[str], None]) -> None:
    """Run the server until SIGTERM or Ctrl-C.

    Parameters
    ----------
    settings
        Its settings.
    started
        Called with the address as soon as the socket accepts connections.

    Raises
    ------
    UsageError, NotFound, InvalidData
        The store cannot be opened, or the address not be listened on.
    """
    _allow_connections()
    keep_memory_small()
    with listen(settings) as listener:
        server = create_server(settings)
        _collect_often()
        # While a thread applies an update, requests wait this long for the lock of the interpreter, several times each.
        sys.setswitchinterval(_SWITCH)
        started(url_of(settings, listener))
        server.run(sockets=[listener])
        if not server.started:
            raise KnockonError("the server could not start its processes")
