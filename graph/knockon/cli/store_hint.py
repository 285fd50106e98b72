"""The option that opens what has a name which the open data set lacks: another bundled data set, or a file of that name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from knockon.errors import KnockonError, NotFound

#: What a bundled data set may have, as errors call it.
_RECORDS = frozenset({"shock", "entity", "record", "document"})


def with_store_hint(error: KnockonError, arguments: Sequence[str]) -> KnockonError:
    """Return the error with the option that opens the file that the name is, or another bundled data set in which it is.

    The latter only where a call asks bundled data. An error of any other kind, or about a name of which nothing is
    known, is returned as it is.

    Parameters
    ----------
    error
        The error of the call.
    arguments
        The command line.
    """
    from knockon.bundled import DEFAULT_DATA_SET, data_set_names
    from knockon.cli.configuration import default_store

    if not isinstance(error, NotFound) or error.what not in _RECORDS:
        return error
    if hint := file_hint(error.name):
        return NotFound(error.what, error.name, error.nearest, hint)
    named = _named_store(arguments)
    try:
        store = default_store(named) or DEFAULT_DATA_SET
    except KnockonError:
        return error
    if store not in data_set_names():
        return error
    others = (name for name in data_set_names() if name != store)
    if hints := [hint for name in others if (hint := _hint(name, error, "add --store" if named is None else "use --store"))]:
        return NotFound(error.what, error.name, error.nearest, hints[0])
    return error


def file_hint(name: str) -> str:
    """Return how a file or folder is opened that was given in place of a record; empty if a text does not look like one.

    >>> file_hint("nvidia")
    ''
    """
    try:
        path = Path(name)
        # A folder may happen to have the name of a record.
        is_path = (len(path.parts) > 1 or bool(path.suffix)) and path.exists()
    except (OSError, ValueError):
        return ""
    return f"(it is a file or folder: add --store {quote(name)})" if is_path else ""


def _hint(data_set: str, error: NotFound, option: str) -> str:
    """Return what a bundled data set has under the name of an error, and the option that opens it; empty if it has nothing."""
    from knockon.authoring.bundled_data import read_bundled

    for record in read_bundled(data_set).records:
        if error.name in (record.name, record.id, getattr(record, "label", None)):
            kind = record.rdf_class
            what = f"has the {kind} {record.name}" if error.what == "shock" and kind != "Shock" else "has one"
            return f"(the bundled data set {data_set} {what}: {option} {data_set})"
    return ""


def _named_store(arguments: Sequence[str]) -> str | None:
    """Return the store that a command line names."""
    for place, argument in enumerate(arguments):
        if argument in {"--store", "-s"}:
            return arguments[place + 1] if place + 1 < len(arguments) else ""
        if argument.startswith("--store="):
            return argument.removeprefix("--store=")
        if argument.startswith("-s") and len(argument) > 2 and argument[1] != "-":
            return argument[2:]
    return None
