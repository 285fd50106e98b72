"""Texts as digests of 16 bytes, side by side: millions of IRIs in a twentieth of the memory that they take as texts."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The length of a digest in bytes. Nobody finds two texts with one digest, and by chance there are none.
SIZE = 16
#: Of the texts that were added last so many are remembered, since most that come again do so soon.
_RECENT = 50_000


def digest(text: str) -> bytes:
    """Return the digest of a text.

    >>> len(digest("urn:x:acme"))
    16
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=SIZE).digest()


class Digests:
    """A list of the digests of texts, to be compared all at once.

    Examples
    --------
    >>> digests = Digests()
    >>> digests.add("urn:x:acme")
    >>> len(digests), as_set(digests.array()) == {digest("urn:x:acme")}
    (1, True)
    """

    def __init__(self) -> None:
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._bytes) // SIZE

    def add(self, text: str) -> None:
        """Add a text."""
        self._bytes += digest(text)

    def array(self) -> NDArray[np.bytes_]:
        """Return the digests in the order in which their texts were added."""
        import numpy as np  # not for who checks no data

        return np.frombuffer(self._bytes, f"S{SIZE}")


class DistinctDigests(Digests):
    """A list of the digests of texts in which most that come again soon are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._recent: set[str] = set()

    def add(self, text: str) -> None:
        """Add a text."""
        if text not in self._recent:
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            self._recent.add(text)
            super().add(text)


def as_set(digests: NDArray[Any]) -> frozenset[bytes]:
    """Return the digests in an array."""
    content = digests.tobytes()  # the items of the array come without zeros at their ends
    return frozenset(content[start : start + SIZE] for start in range(0, len(content), SIZE))


__all__ = ["SIZE", "Digests", "DistinctDigests", "as_set", "digest"]
