"""The bundled data set that has a name which the default one lacks."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.errors import KnockonError, NotFound


def with_bundled_hint(error: KnockonError, arguments: Sequence[str]) -> KnockonError:
    """Return the error with the option that opens the bundled data set in which the name is.

    Only where a call names no store, so that the default data set was asked: an
    error of any other kind, or about a name that no bundled data set has, is
    returned as it is.

    Parameters
    ----------
    error
        The error of the call.
    arguments
        The command line.
    """
    from knockon.bundled import DEFAULT_DATA_SET, data_set_names
    from knockon.cli.configuration import default_store

    if not isinstance(error, NotFound) or error.what not in {"shock", "entity"} or _names_store(arguments):
        return error
    try:
        if default_store(None) is not None:
            return error
    except KnockonError:
        return error
    from knockon.authoring.bundled_data import read_bundled

    for name in data_set_names():
        if name != DEFAULT_DATA_SET and any(record.name == error.name for record in read_bundled(name).records):
            hint = f"(the bundled data set {name} has one: add --store {name})"
            return NotFound(error.what, error.name, error.nearest, hint)
    return error


def _names_store(arguments: Sequence[str]) -> bool:
    return any(a in {"--store", "-s"} or a.startswith("--store=") or (a.startswith("-s") and a[1] != "-") for a in arguments)
