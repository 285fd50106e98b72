"""Run the server with uvicorn until it is stopped."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable

import uvicorn

from knockon.errors import UsageError
from knockon.serve.app import create_app
from knockon.serve.settings import ServerSettings

#: Connections that wait to be accepted.
_BACKLOG = 1024


def create_server(settings: ServerSettings) -> uvicorn.Server:
    """Create a server, which is not started yet."""
    config = uvicorn.Config(
        create_app(settings),
        root_path=settings.root_path,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # What a client writes into X-Forwarded-For proves nothing.
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(settings.stop_timeout),
    )
    return uvicorn.Server(config)


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
        reason = error.strerror or str(error)
        raise UsageError(f"cannot listen on {settings.host}:{settings.port}: {reason}; name another --host or --port") from None


def url_of(settings: ServerSettings, listener: socket.socket) -> str:
    """Return the address of a server.

    >>> with listen(ServerSettings(port=0)) as listener:
    ...     url_of(ServerSettings(port=0), listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    True
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}{settings.root_path}/"


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
    with listen(settings) as listener:
        server = create_server(settings)
        started(url_of(settings, listener))
        server.run(sockets=[listener])
