"""Messages between the process of the server and one for point queries, some with a connection."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

#: The most bytes of a request that come with a connection, and of a message.
MOST_BYTES, _MOST_MESSAGE = 2**13, 2**16
_KINDS = {"connection": b"C", "settings": b"S", "follow": b"F", "report": b"R"}
_NAMES = {letter: name for name, letter in _KINDS.items()}
_DESCRIPTOR = struct.Struct("i")

Kind = Literal["connection", "settings", "follow", "report"]


class Message(NamedTuple):
    """One message.

    ``settings`` comes first, with the memory that both processes share. ``follow`` names a state of the store.
    ``connection`` brings one, with what was read from it and not answered. ``report`` tells what has been done.
    """

    kind: Kind
    content: bytes = b""
    descriptor: int = -1

    @property
    def values(self) -> dict[str, Any]:
        """What ``settings``, ``follow`` and ``report`` tell."""
        values: dict[str, Any] = json.loads(self.content)
        return values


class Channel:
    """One end of a pair of sockets that keeps the boundaries of messages.

    Parameters
    ----------
    end
        The socket.

    Examples
    --------
    >>> first, second = Channel.pair()
    >>> first.tell("follow", {"key": "a"})
    >>> second.receive().values
    {'key': 'a'}
    >>> first.close()
    >>> second.receive() is None
    True
    >>> second.close()
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    @classmethod
    def pair(cls) -> tuple[Channel, Channel]:
        """Return two ends."""
        first, second = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(first), cls(second)

    def send(self, message: Message) -> None:
        """Send a message; the descriptor is copied, and stays open here.

        Raises
        ------
        OSError
            The other process has ended, or, where this one does not wait, has not read what was sent before.
        """
        rights = (
            [] if message.descriptor < 0 else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, _DESCRIPTOR.pack(message.descriptor))]
        )
        self.end.sendmsg([_KINDS[message.kind] + message.content], rights)

    def tell(self, kind: Kind, values: Mapping[str, object], descriptor: int = -1) -> None:
        """Send a message of values."""
        self.send(Message(kind, json.dumps(values).encode(), descriptor))

    def receive(self) -> Message | None:
        """Return the next message; None if the other process has ended."""
        content, ancillary, _, _ = self.end.recvmsg(_MOST_MESSAGE, socket.CMSG_LEN(_DESCRIPTOR.size), socket.MSG_CMSG_CLOEXEC)
        if not content:
            return None
        descriptor = next((_DESCRIPTOR.unpack(data[: _DESCRIPTOR.size])[0] for _, _, data in ancillary), -1)
        return Message(_NAMES[content[:1]], content[1:], descriptor)  # type: ignore[arg-type] # the names are the kinds

    def close(self) -> None:
        """Close this end."""
        self.end.close()


__all__ = ["MOST_BYTES", "Channel", "Kind", "Message"]
