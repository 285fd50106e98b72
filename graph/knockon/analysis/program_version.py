"""The version of the program, for answers and files that state what computed them."""

from __future__ import annotations

UNKNOWN_VERSION = "(version not known)"


def program_version() -> str:
    """Return the version of Knock-on; a text that says so where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("knockon")
    except PackageNotFoundError:
        return UNKNOWN_VERSION


__all__ = ["UNKNOWN_VERSION", "program_version"]
