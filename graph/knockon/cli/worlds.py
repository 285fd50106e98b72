"""The options by which a question says what it is asked of: which model, which records, which world, and when to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from knockon.analysis.options import DEFAULTS
from knockon.cli import completion
from knockon.cli.configuration import configuration
from knockon.cli.signatures import with_options
from knockon.errors import UsageError

#: What these options come to, in the words of Graph.
Given = dict[str, Any]

Model = Annotated[
    str,
    typer.Option(
        "--model", help="leontief (how much is lost), reach (what is reached at all), timeline (when) or chance (how probably)."
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the model, e.g. horizon=30 or draws=1000 (repeatable)."),
]
FactsOnly = Annotated[bool, typer.Option("--facts-only", help="Leave out what is inferred.")]
Financing = Annotated[bool, typer.Option("--financing", help="Let companies and products need revenue and funding too.")]
Stances = Annotated[
    list[str] | None,
    typer.Option("--stance", help="Also let in what sources only allege, hypothesise, deny or ask (repeatable)."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DAY", help="Only what holds on this day, 2025-07-01 (default: today in UTC); all ignores dates."
    ),
]
AccordingTo = Annotated[
    str | None,
    typer.Option("--according-to", metavar="DOC", help="Only what this document says.", autocompletion=completion.documents),
]
Without = Annotated[
    str | None,
    typer.Option("--without", metavar="DOC", help="As if this document did not exist.", autocompletion=completion.documents),
]
Eps = Annotated[float | None, typer.Option("--eps", help="Stop when no loss rises by more.")]
Cap = Annotated[int | None, typer.Option("--cap", help="Stop after so many rounds; exits 5 if that happens.")]

_KINDS: dict[str, tuple[Any, Any]] = {
    "model": (Model, DEFAULTS["model"]), "set_": (Set, None), "facts_only": (FactsOnly, DEFAULTS["facts_only"]),
    "financing": (Financing, DEFAULTS["financing"]), "stance": (Stances, None), "as_of": (AsOf, DEFAULTS["as_of"]),
    "according_to": (AccordingTo, DEFAULTS["according_to"]), "without": (Without, DEFAULTS["without"]),
    "eps": (Eps, None), "cap": (Cap, None),
}  # fmt: skip
RUN = ("model", "set_")
WORLD = ("facts_only", "financing", "stance", "as_of", "according_to", "without")
STOP = ("eps", "cap")


def world_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A command with these options behind its own; it is handed what they come to as ``given``.

    typer reads options off signatures, so that each command would else spell out all of them.
    """

    def dress(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**said: Any) -> Any:
            given = options(**{name: said.pop(name) for name in names})
            return command(**said, given=given)

        shared = {name: (annotation, default) for name, (annotation, default) in _KINDS.items() if name in names}
        return with_options(command, run, {name: shared[name] for name in names}, hidden={"given"})

    return dress


def options(
    *,
    model: str = "leontief",
    facts_only: bool = False,
    financing: bool = False,
    stance: Sequence[str] | None = None,
    as_of: str | None = None,
    according_to: str | None = None,
    without: str | None = None,
    eps: float | None = None,
    cap: int | None = None,
    set_: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What the command line says, in the words of Graph."""
    from knockon.analysis.models import read
    from knockon.vocabulary import Stance

    known = {s.lower(): s for s in Stance}
    for given in stance or ():
        if given.lower() not in known:
            raise UsageError(f"{given!r} is not a stance; use {', '.join(Stance)}")
    numbers = {name: value for name, value in (("eps", eps), ("cap", cap)) if value is not None}
    parameters = read(model, set_ or ())
    if twice := sorted(numbers.keys() & parameters.keys()):
        raise UsageError(f"--{twice[0]} and --set {twice[0]}=... say the same; give one of them")
    return {
        "model": model,
        "facts_only": facts_only,
        "financing": financing,
        "stances": tuple(known[given.lower()] for given in stance or ()),
        "as_of": as_of or configuration().as_of,
        "according_to": according_to,
        "without": without,
        **numbers,
        **parameters,
    }
