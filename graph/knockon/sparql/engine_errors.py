"""Convert exceptions of the engine to errors of Knock-on."""

from __future__ import annotations

import re

from knockon.errors import InvalidData, KnockonError, Problem, UsageError
from knockon.vocabulary import KO

#: The first words of RocksDB's messages about damaged or unreadable files.
_DAMAGE = ("Corruption", "IO error", "Invalid argument", "Data corruption")
#: The message of the engine about a function that nobody offers, of our vocabulary; not where the two are refused to a target.
_UNKNOWN_FUNCTION = re.compile(f"custom function <{re.escape(KO)}(?!loss>|step>)([^>]*)> is not supported", re.IGNORECASE)
_HINT = "`knockon validate STORE` names the files; load the data into a new folder"


def engine_error(error: Exception, prefix: str) -> KnockonError:
    """Return InvalidData for a damaged database, and otherwise a UsageError whose message begins with ``prefix``.

    Files are compared with their checksums when a store is opened; this is damage that occurred later.

    >>> engine_error(RuntimeError("Corruption: block checksum mismatch"), "the query fails").exit_code
    4
    >>> print(engine_error(RuntimeError("no such function"), "the query fails"))
    the query fails: no such function
    """
    if isinstance(error, OSError) or str(error).startswith(_DAMAGE):
        problem = Problem("the database of the store", None, f"was damaged while it was open ({error})", _HINT)
        return InvalidData([problem], "nothing was answered")
    message = str(error)
    if match := _UNKNOWN_FUNCTION.search(message):
        message = f"unknown function ko:{match[1]}; the functions are ko:loss(?shock, ?entity) and ko:step(?shock, ?entity)"
    return UsageError(f"{prefix}: {message}" if prefix else message)
