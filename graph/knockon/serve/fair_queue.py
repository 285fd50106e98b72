"""A queue in which the addresses of clients take turns."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Requests that wait, by the address of the client: each address in turn.

    >>> queue: FairQueue[int] = FairQueue()
    >>> for client, request in [("a", 1), ("a", 2), ("a", 3), ("b", 4)]:
    ...     queue.put(client, request)
    >>> [queue.pop() for _ in range(len(queue))]
    [1, 4, 2, 3]
    """

    def __init__(self) -> None:
        self._requests: OrderedDict[str, deque[T]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def put(self, client: str, request: T) -> None:
        """Add a request."""
        self._requests.setdefault(client, deque()).append(request)
        self._size += 1

    @property
    def next(self) -> T:
        """The next request."""
        return next(iter(self._requests.values()))[0]

    def pop(self) -> T:
        """Remove the next request."""
        client, requests = self._requests.popitem(last=False)
        request = requests.popleft()
        if requests:
            self._requests[client] = requests
        self._size -= 1
        return request


__all__ = ["FairQueue"]
