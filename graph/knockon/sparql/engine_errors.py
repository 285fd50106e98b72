"""What the engine raises while it reads a database, as errors of ours."""

from __future__ import annotations

from knockon.errors import InvalidData, KnockonError, Problem, UsageError

#: How RocksDB begins what it says of files that are not what it wrote, or cannot be read.
_DAMAGE = ("Corruption", "IO error", "Invalid argument", "Data corruption")
_HINT = "`knockon validate STORE` names the files; load the data into a new folder"


def engine_error(error: Exception, otherwise: str) -> KnockonError:
    """Return damage of the database as InvalidData, and anything else as a UsageError that begins with ``otherwise``.

    Files are compared with their checksums when a store is opened; this is damage that came after that.

    >>> engine_error(RuntimeError("Corruption: block checksum mismatch"), "the query fails").exit_code
    4
    >>> print(engine_error(RuntimeError("no such function"), "the query fails"))
    the query fails: no such function
    """
    if isinstance(error, OSError) or str(error).startswith(_DAMAGE):
        problem = Problem("the database of the store", None, f"was damaged while it was open ({error})", _HINT)
        return InvalidData([problem], "nothing was answered")
    return UsageError(f"{otherwise}: {error}" if otherwise else str(error))
