"""The options of a question: which model answers it, from which records, and when the computation stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import typer

from knockon.analysis.methods import listed_models
from knockon.analysis.options import DEFAULTS, Options
from knockon.cli import completion
from knockon.cli.configuration import configuration
from knockon.cli.signatures import with_options
from knockon.errors import UsageError

Model = Annotated[str, typer.Option("--model", help=listed_models())]
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
MinConfidence = Annotated[
    float | None,
    typer.Option(
        "--min-confidence", metavar="X", min=0, max=1,
        help="Leave out evidence whose source states a lower confidence, 0 to 1; evidence that states none counts.",
    ),
]  # fmt: skip
Eps = Annotated[float | None, typer.Option("--eps", help="Stop when no loss rises by more than this.")]
Cap = Annotated[int | None, typer.Option("--cap", help="Stop after this many rounds; exits 5 if that happens.")]
MinLoss = Annotated[float, typer.Option("--min-loss", min=0, max=1, help="Tables leave out smaller losses, and count them.")]

#: The annotation and the default of each option by name.
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "model": (Model, DEFAULTS["model"]), "set_": (Set, None), "facts_only": (FactsOnly, DEFAULTS["facts_only"]),
    "financing": (Financing, DEFAULTS["financing"]), "stance": (Stances, None), "as_of": (AsOf, DEFAULTS["as_of"]),
    "according_to": (AccordingTo, DEFAULTS["according_to"]), "without": (Without, DEFAULTS["without"]),
    "min_confidence": (MinConfidence, DEFAULTS["min_confidence"]), "eps": (Eps, None), "cap": (Cap, None),
}  # fmt: skip
RUN = ("model", "set_")
WORLD = ("facts_only", "financing", "stance", "as_of", "according_to", "without", "min_confidence")
STOP = ("eps", "cap")


def question_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds options to a command, which gets them as ``options``, the keywords of ``Graph``.

    Parameters
    ----------
    names
        The options: those of ``RUN``, ``WORLD`` and ``STOP``.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(**values: Any) -> Any:
            options = read_options(**{name: values.pop(name) for name in names})
            return command(**values, options=options)

        return with_options(command, run, {name: _OPTIONS[name] for name in names}, hidden={"options"})

    return decorate


def read_options(
    *,
    model: str = DEFAULTS["model"],
    facts_only: bool = False,
    financing: bool = False,
    stance: Sequence[str] | None = None,
    as_of: str | None = None,
    according_to: str | None = None,
    without: str | None = None,
    min_confidence: float | None = None,
    eps: float | None = None,
    cap: int | None = None,
    set_: Sequence[str] | None = None,
) -> Options:
    """Return the options of the command line as the keywords of ``Graph``.

    Raises
    ------
    UsageError
        An unknown stance, or a parameter of ``--set`` that is unknown, has a wrong value or is given as an option as well.
    """
    from knockon.analysis.models import parse_parameters

    stances = _stances(stance or ())
    numbers = {name: value for name, value in (("eps", eps), ("cap", cap)) if value is not None}
    parameters = parse_parameters(model, set_ or ())
    if duplicates := sorted(numbers.keys() & parameters.keys()):
        raise UsageError(f"--{duplicates[0]} and --set {duplicates[0]}=... say the same; give one of them")
    options: Options = {
        "model": model,
        "facts_only": facts_only,
        "financing": financing,
        "stances": stances,
        "as_of": as_of or configuration().as_of,
        "according_to": according_to,
        "without": without,
        "min_confidence": min_confidence,
    }
    return cast("Options", {**options, **numbers, **parameters})


def _stances(names: Sequence[str]) -> tuple[str, ...]:
    """Return the stances of ``--stance``, in which case does not matter."""
    from knockon.vocabulary import Stance

    stances = {stance.lower(): stance for stance in Stance}
    for name in names:
        if name.lower() not in stances:
            raise UsageError(f"{name!r} is not a stance; use {', '.join(Stance)}")
    return tuple(stances[name.lower()] for name in names)
