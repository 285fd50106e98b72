"""A shock of one's own on the command line: ``--hit ENTITY=SEVERITY``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from knockon.errors import UsageError

Hit = Annotated[
    list[str] | None,
    typer.Option(
        "--hit", metavar="ENTITY=SEVERITY", help="A shock of your own: essential, high, medium, low, or 0..1 (repeatable)."
    ),
]


def hits(given: Sequence[str]) -> dict[str, str]:
    """What ``--hit`` says: severities by name."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, severity = one.rpartition("=")
        if not equals or not name.strip() or not severity.strip():
            raise UsageError(f"--hit {one!r}: write ENTITY=SEVERITY, e.g. --hit nvidia=high or --hit nvidia=0.4")
        if name.strip() in found:
            raise UsageError(f"--hit names {name.strip()!r} twice")
        found[name.strip()] = severity.strip()
    return found
