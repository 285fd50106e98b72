"""The options that questions take as keywords, and what is said of one that there is not."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from knockon.analysis import models
from knockon.analysis.argument_types import check_type, checks_types
from knockon.errors import UsageError, nearest
from knockon.model.dates import day_of
from knockon.query.budget import one_run
from knockon.vocabulary import Stance

if TYPE_CHECKING:
    from knockon.analysis.context import ResolvedOptions

P = ParamSpec("P")
T = TypeVar("T")


@checks_types
def resolve_options(
    *,
    model: str = "leontief",
    facts_only: bool = False,
    financing: bool = False,
    stances: Iterable[str] = (),
    as_of: date | str | None = None,
    according_to: str | None = None,
    without: str | None = None,
    **parameters: Any,
) -> ResolvedOptions:
    """The setting that options spell; ``stances`` come on top of Asserts, ``parameters`` are the model's.

    ``as_of`` is a date, an ISO string, ``"all"`` (ignore dates), or None for today.

    Raises
    ------
    UsageError
        An option, day, stance or model that there is not, or a parameter that the model does not take.
    """
    from knockon.analysis.context import ResolvedOptions
    from knockon.network.compile import RecordFilter

    _known(parameters, model, ())
    terms = RecordFilter(_stances(stances), facts_only, financing, day_of(as_of))
    stopping = {name: parameters.pop(name) for name in ("eps", "cap") if name in parameters}
    for name, number in stopping.items():
        check_type(name, number, "int" if name == "cap" else "float")
    return ResolvedOptions(model, terms, according_to, without, **stopping, given=parameters)


def checks_options(method: Callable[P, T]) -> Callable[P, T]:
    """A method whose ``**options`` are held against all that it takes, its own keywords included, before it runs.

    All target queries that it asks share the time of one run.

    >>> @checks_options
    ... def ask(*, paths=3, **options):
    ...     return paths
    >>> ask(facts_onyl=True)
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: unknown option 'facts_onyl'; did you mean facts_only? Options are paths, model, facts_only, \
financing, stances, as_of, according_to, without; of the model leontief: eps, cap
    """
    own = tuple(name for name, p in inspect.signature(method).parameters.items() if p.kind is p.KEYWORD_ONLY)
    positional = {name for name, p in inspect.signature(method).parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD}

    @functools.wraps(method)
    def asked(*args: P.args, **options: P.kwargs) -> T:
        model = options.get("model", "leontief")
        _known([name for name in options if name not in positional], str(model), own)
        with one_run():
            return method(*args, **options)

    return asked


def _known(given: Iterable[str], model: str, own: tuple[str, ...]) -> None:
    """Refuse what is no option, and no parameter of any model either: that one the model itself refuses."""
    general = tuple(name for name, p in inspect.signature(resolve_options).parameters.items() if p.kind is p.KEYWORD_ONLY)
    named = dict.fromkeys((*own, *general))
    for name in given:
        if name in named:
            continue
        asked = model if model in models.MODELS else models.MODELS[0]
        # Models are imported to be asked; mostly the one that runs anyway knows the name.
        if any(name in models.parameters(one) for one in (asked, *models.MODELS)):
            continue
        takes = tuple(models.parameters(asked))
        close = nearest(name, (*named, *takes))
        meant = f"; did you mean {', '.join(close)}?" if close else "."
        listed = f"{', '.join(named)}; of the model {asked}: {', '.join(takes) or 'none'}"
        raise UsageError(f"unknown option {name!r}{meant} Options are {listed}")


def _stances(given: Iterable[str]) -> frozenset[Stance]:
    names = (given,) if isinstance(given, str) else tuple(given)
    try:
        return frozenset({Stance.ASSERTS, *(Stance(name) for name in names)})
    except ValueError:
        wrong = next(name for name in names if name not in set(Stance))
        raise UsageError(f"{wrong!r} is not a stance; use {', '.join(stance.value for stance in Stance)}") from None


__all__ = ["checks_options", "resolve_options"]
