"""Sizes as people type them: 512M, 2G."""

from __future__ import annotations

import re

from knockon.errors import UsageError

_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([kmgt]?)(?:i?b)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
#: The largest size in bytes: systems count in 64 bits.
_MAX_SIZE = 2**62


def bytes_of(option: str, text: str) -> int:
    """Return the number of bytes of a size; units are powers of 1,024.

    Parameters
    ----------
    option
        The option, for the message.
    text
        The size.

    Raises
    ------
    UsageError
        The text is not a size, or too large.

    Examples
    --------
    >>> bytes_of("--max-memory", "2G"), bytes_of("--max-memory", "1.5 MB"), bytes_of("--max-memory", "0")
    (2147483648, 1572864, 0)
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _UNITS[match[2].lower()]) if match else None
    if size is None or size > _MAX_SIZE:
        raise UsageError(f"{option} is a size such as 512M or 2G (0: no limit), not {text[:60]!r}")
    return size
