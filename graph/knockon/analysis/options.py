"""The options that questions take as keywords, their defaults, and the error for an unknown one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, ParamSpec, TypedDict, TypeVar, Unpack, cast

from knockon.analysis import models
from knockon.analysis.argument_types import check_type
from knockon.errors import UsageError, nearest
from knockon.query.budget import one_run
from knockon.vocabulary import Stance

if TYPE_CHECKING:
    from knockon.analysis.resolved_options import ResolvedOptions

P = ParamSpec("P")
T = TypeVar("T")


class WorldOptions(TypedDict, total=False):
    """The options that select the records of a question.

    Attributes
    ----------
    facts_only
        Leave out what is inferred.
    financing
        Let companies and products need revenue and funding too.
    stances
        The stances that count beside Asserts: Alleges, Denies, Hypothesises, Asks.
    as_of
        The day: a date, an ISO string, ``"all"`` (ignore dates), or None for today in UTC.
    according_to
        The world of one document: an IRI, a local name or a title.
    without
        The world as if one document did not exist.
    min_confidence
        The least confidence (0..1) of evidence whose source states one; evidence that states none counts.
    """

    facts_only: bool
    financing: bool
    stances: Iterable[str]
    as_of: date | str | None
    according_to: str | None
    without: str | None
    min_confidence: float | None


class RoundOptions(WorldOptions, total=False):
    """The options that select the records of a question, and when the rounds of a model stop.

    Attributes
    ----------
    eps
        Stop when no loss rises by more (0..1, 1 excluded).
    cap
        Stop after this many rounds.
    """

    eps: float
    cap: int


class RunOptions(RoundOptions, total=False):
    """The options that select the records of a question, the model, and when the model stops.

    Attributes
    ----------
    model
        ``leontief`` (how much is lost), ``reach`` (what is reached at all), ``timeline`` (when) or ``chance`` (how probably).
    """

    model: str


class Options(RunOptions, total=False):
    """All options of a question about a shock; those of ``timeline`` and ``chance`` belong to these models alone.

    Attributes
    ----------
    horizon
        ``timeline``: how many steps of time are computed; None: until nothing moves any more, 90 to 3,650 days.
    step
        ``timeline``: the length of a step, in days.
    duration
        ``timeline``: how long the shock lasts, in days; None: to the end.
    recovery
        ``timeline``: how long what is hit takes to recover after that, in days.
    buffer
        ``timeline``: the stock of every need where none is recorded, in days; None: none.
    delay
        ``timeline``: the delay of every need where none is recorded, in days; None: none.
    refill
        ``timeline``: how fast a stock fills up again.
    threshold
        ``timeline``: the loss (0..1) from which an entity counts as hit.
    draws
        ``chance``: how many outcomes are drawn.
    seed
        ``chance``: the seed of the draws.
    exact
        ``chance``: count all outcomes instead of drawing.
    """

    horizon: int | None
    step: float
    duration: float | None
    recovery: float
    buffer: float | None
    delay: float | None
    refill: float
    threshold: float
    draws: int
    seed: int
    exact: bool


def _document(options: type, base: type) -> None:
    """Add the attributes of the base to the docstring: a TypedDict inherits keys, but ``help`` shows none of them."""
    if options.__doc__ and base.__doc__:
        attributes = inspect.cleandoc(base.__doc__).partition("----------\n")[2]
        options.__doc__ = f"{inspect.cleandoc(options.__doc__)}\n{attributes}"


_document(RoundOptions, WorldOptions)
_document(RunOptions, RoundOptions)
_document(Options, RunOptions)

#: The defaults of the options; those of the parameters of a model are in its signature (``models.parameters``).
DEFAULTS: Options = {
    "model": "leontief",
    "facts_only": False,
    "financing": False,
    "stances": (),
    "as_of": None,
    "according_to": None,
    "without": None,
    "min_confidence": None,
}


def resolve_options(**options: Unpack[Options]) -> ResolvedOptions:
    """Return the options of a question with defaults filled in and every value checked.

    ``stances`` are added to Asserts; what is not in ``DEFAULTS`` is a parameter of the model.

    Raises
    ------
    UsageError
        An unknown option, day, stance or model, a value of a wrong type, or a parameter that the model does not take.

    Examples
    --------
    >>> resolve_options(facts_only=True).record_filter.facts_only
    True
    """
    from knockon.analysis.resolved_options import ResolvedOptions
    from knockon.model.dates import day_of
    from knockon.network.compile import RecordFilter
    from knockon.propagation.leontief import CAP, EPS

    values = cast("dict[str, object]", options)
    parameters = {name: value for name, value in values.items() if name not in DEFAULTS}
    for name in DEFAULTS:
        if name in values:
            check_type(name, values[name], annotation(name))
    chosen: Options = {**DEFAULTS, **options}
    _refuse_unknown(parameters, chosen["model"], ())
    record_filter = RecordFilter(
        _stances(chosen["stances"]), chosen["facts_only"], chosen["financing"], day_of(chosen["as_of"])
    )
    for name in ("eps", "cap"):
        if name in parameters:
            check_type(name, parameters.pop(name), annotation(name))
    return ResolvedOptions(
        chosen["model"],
        record_filter,
        chosen["according_to"],
        chosen["without"],
        options.get("eps", EPS),
        options.get("cap", CAP),
        parameters,
        min_confidence=chosen["min_confidence"],
    )


def annotation(name: str) -> str:
    """Return the type of an option as text.

    >>> annotation("as_of")
    'date | str | None'
    """
    return str(Options.__annotations__[name].__forward_arg__)


def checks_options(method: Callable[P, T]) -> Callable[P, T]:
    """Return a method that refuses unknown ``**options`` before it runs; its own keyword parameters are options too.

    All target queries of a call share the time limit of one run.

    >>> @checks_options
    ... def ask(*, paths=3, **options):
    ...     return paths
    >>> ask(facts_onyl=True)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: unknown option 'facts_onyl'; did you mean facts_only? Options are paths, model, facts_only, \
financing, stances, as_of, according_to, without, min_confidence; of the model leontief: eps, cap
    """
    parameters = inspect.signature(method).parameters
    keywords = tuple(name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY)
    positional = {name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD}

    @functools.wraps(method)
    def checked(*args: P.args, **options: P.kwargs) -> T:
        model = options.get("model", DEFAULTS["model"])
        _refuse_unknown([name for name in options if name not in positional], str(model), keywords)
        with one_run():
            return method(*args, **options)

    return checked


def _refuse_unknown(names: Iterable[str], model: str, keywords: tuple[str, ...]) -> None:
    """Refuse a name that is neither an option nor a parameter of any model.

    A parameter of another model than the one that runs is refused by ``models.check_parameters``, which knows more.
    """
    options = dict.fromkeys((*keywords, *DEFAULTS))
    for name in names:
        if name in options:
            continue
        chosen = model if model in models.MODELS else models.MODELS[0]
        # The chosen model comes first, as it is imported anyway and mostly has the parameter.
        if any(name in models.parameters(other) for other in (chosen, *models.MODELS)):
            continue
        # One of money flows is refused there, too, with the reason.
        if name in models.flow_parameters(chosen):
            continue
        parameters = tuple(models.parameters(chosen))
        close = nearest(name, (*options, *parameters))
        hint = f"; did you mean {', '.join(close)}?" if close else "."
        known = f"{', '.join(options)}; of the model {chosen}: {', '.join(parameters) or 'none'}"
        raise UsageError(f"unknown option {name!r}{hint} Options are {known}")


def _stances(stances: Iterable[str]) -> frozenset[Stance]:
    """Return the stances that count: Asserts and those with the given names."""
    names = (stances,) if isinstance(stances, str) else tuple(stances)
    try:
        return frozenset({Stance.ASSERTS, *(Stance(name) for name in names)})
    except ValueError:
        wrong = next(name for name in names if name not in set(Stance))
        raise UsageError(f"{wrong!r} is not a stance; use {', '.join(stance.value for stance in Stance)}") from None


__all__ = [
    "DEFAULTS",
    "Options",
    "RoundOptions",
    "RunOptions",
    "WorldOptions",
    "annotation",
    "checks_options",
    "resolve_options",
]
