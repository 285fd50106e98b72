"""Identifiers of imported records in a form that takes little memory until the record is built."""

from __future__ import annotations


def identifier(scheme: str, notation: str) -> str | dict[str, str]:
    """Return an identifier as data files write it: in short where it can be read back, else as an object.

    Parameters
    ----------
    scheme, notation
        What it is, without spaces around them, and neither empty.

    Examples
    --------
    >>> identifier("GB-COH", "01234567"), identifier("registration number", "HRB 1")
    ('GB-COH 01234567', {'scheme': 'registration number', 'notation': 'HRB 1'})
    """
    return {"scheme": scheme, "notation": notation} if " " in notation else f"{scheme} {notation}"


__all__ = ["identifier"]
