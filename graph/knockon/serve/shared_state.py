"""What the processes for point queries know of the state of the store: its number, and its quads where they are few."""

from __future__ import annotations

import json
import mmap
import os

from knockon.serve.point_channel import Message
from knockon.serve.snapshots import Snapshots


class SharedState:
    """The state of the store, in memory that processes share.

    Parameters
    ----------
    snapshots
        The snapshots of the store.
    """

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._memory: mmap.mmap | None = None
        #: The memory in which the states are counted.
        self.descriptor = -1
        self._key, self._quads = "", -1
        self._sent = -1

    def open(self) -> None:
        """Begin to count the states."""
        self.descriptor = os.memfd_create("knockon-generation")
        os.truncate(self.descriptor, mmap.PAGESIZE)
        self._memory = mmap.mmap(self.descriptor, mmap.PAGESIZE)
        self._snapshots.on_change = self._count

    def _count(self) -> None:
        """Count the states of the store, so that no process answers from the one before; perhaps in a thread."""
        if self._memory is not None:
            memory = memoryview(self._memory).cast("q")
            memory[0] += 1

    def _generation(self) -> int:
        return 0 if self._memory is None else int(memoryview(self._memory).cast("q")[0])

    @property
    def readable(self) -> bool:
        """Whether other processes can read the current state."""
        content = self._snapshots.current.content
        return content.folder is not None or content.quads is not None

    @property
    def is_told(self) -> bool:
        """Whether processes have been told of the current state."""
        return self._generation() == self._sent

    def tell_again(self) -> None:
        """Take note that not all processes have been told of it."""
        self._sent = -1

    def message(self) -> Message:
        """Return the message that names the current state; its quads come with it where the content has them at hand.

        Raises
        ------
        OSError
            There is no memory for the quads.
        """
        # The generation is read first: if the store changes in between, the number is an old one, and is sent again.
        generation, snapshot = self._generation(), self._snapshots.current
        content = snapshot.content
        self._share(content.key, content.quads)
        self._sent = generation
        folder = None if content.folder is None else str(content.folder)
        values = {"generation": generation, "key": content.key, "folder": folder, "revision": snapshot.revision}
        return Message("follow", json.dumps(values).encode(), self._quads)

    def _share(self, key: str, quads: bytes | None) -> None:
        if key == self._key:
            return
        self._release()
        if quads is not None:
            self._quads = os.memfd_create("knockon-quads")
            rest = memoryview(quads)
            while rest:
                rest = rest[os.write(self._quads, rest) :]
        self._key = key

    def _release(self) -> None:
        if self._quads >= 0:
            os.close(self._quads)
        self._key, self._quads = "", -1

    def close(self) -> None:
        """Free the memory; processes that have it keep it."""
        self._release()
        if self._memory is not None:
            self._memory = None  # a thread may just count in it
            os.close(self.descriptor)


def shared_quads(descriptor: int) -> bytes | None:
    """Return the quads that came with a message, and close what they came in; None where none came."""
    if descriptor < 0:
        return None
    try:
        # Not read from its place, which all processes that have it share.
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)


__all__ = ["SharedState", "shared_quads"]
