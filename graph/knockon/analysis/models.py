"""The models that run on a graph of dependencies, and the parameters that may be set."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from knockon.errors import UsageError, nearest

if TYPE_CHECKING:
    from knockon.network.hits import Hits
    from knockon.network.network import Network
    from knockon.propagation.result import Result

MODELS = ("leontief", "reach", "timeline", "chance")
_FLOWS = "money flows: Network.from_flows(supplier, customer, value, ...)"
#: What the other models need that a graph of dependencies does not have.
_LACKING = {
    "esri": f"{_FLOWS}, with sector= for how essential inputs are told apart",
    "debtrank": "the exposures between institutions (Network.from_flows or a matrix) and the equity of each, equity=",
    "inoperability": f"an interdependency matrix A*, or {_FLOWS}",
    "dynamic_inoperability": f"an interdependency matrix A*, or {_FLOWS}, and the resilience of each sector",
    "fdna": "the strength (0..1) and criticality (0..100) of each link between a feeder and what it feeds",
}
# Upstream turns causes round, and the losses of each step have no place in a report.
_FIXED = {"upstream": False, "paths": False}
# How a model computes is no part of what was asked, and must not show in what is answered.
_HIDDEN = frozenset({*_FIXED, "engine", "losses"})
_WORDS = {"true": True, "false": False, "none": None}

#: The value of a parameter of a model.
ParameterValue: TypeAlias = bool | int | float | None
#: Parameters of a model, in the order of their names: equal ones are equal, and can be hashed.
ModelParameters: TypeAlias = tuple[tuple[str, ParameterValue], ...]


def known(model: str) -> str:
    """Return the name of a model, if it runs on a graph.

    Raises
    ------
    UsageError
        There is no such model, or it needs what a graph does not have: said which.

    Examples
    --------
    >>> known("timeline")
    'timeline'
    >>> known("fdna")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: fdna does not run on a graph: it needs the strength (0..1) and criticality (0..100) of each \
link between a feeder and what it feeds; in Python, knockon.propagation has it. On a graph: leontief, reach, timeline, chance
    """
    if model in _LACKING:
        where = "in Python, knockon.propagation has it. On a graph"
        raise UsageError(f"{model} does not run on a graph: it needs {_LACKING[model]}; {where}: {', '.join(MODELS)}")
    if model not in MODELS:
        raise UsageError(f"unknown model {model!r}; known are {', '.join(MODELS)}")
    return model


def parameters(model: str) -> dict[str, ParameterValue]:
    """Return the parameters of a model that may be set, with their defaults.

    >>> parameters("chance")
    {'draws': 10000, 'seed': 0, 'exact': False}
    """
    found = inspect.signature(_function(known(model))).parameters.values()
    return {p.name: p.default for p in found if p.kind is p.KEYWORD_ONLY and p.name not in _HIDDEN}


def _function(model: str) -> Callable[..., Result]:
    # Only the model that is asked for is imported: an answer in a second has no time for the others.
    from importlib import import_module

    function: Callable[..., Result] = getattr(import_module("knockon.propagation"), model)
    return function


def checked(model: str, given: Mapping[str, object]) -> ModelParameters:
    """Return parameters for a model, in the order of their names.

    Raises
    ------
    UsageError
        The model does not take one of them, or takes another kind of value; what it takes is listed.
    """
    takes = parameters(model)
    values: dict[str, ParameterValue] = {}
    for name, value in given.items():
        _check_name(model, takes, name)
        values[name] = _checked_value(takes[name], name, value)
    return tuple(sorted(values.items()))


def _check_name(model: str, takes: Mapping[str, ParameterValue], name: str) -> None:
    if name not in takes:
        listed = ", ".join(f"{key} ({_shown(default)})" for key, default in takes.items())
        close = nearest(name, takes)
        meant = f"; did you mean {', '.join(close)}?" if close else ";"
        raise UsageError(f"{model} takes no {name!r}{meant} it takes {listed or 'no parameters'}")


def _checked_value(default: ParameterValue, name: str, value: object) -> ParameterValue:
    """Return the value of a parameter; it is of the type of the default, and None only where that is None."""
    if value is None and default is None:
        return None
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise UsageError(f"{name} must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{name} must be one number, not {value!r}")
    if isinstance(default, int) and not isinstance(value, int):
        raise UsageError(f"{name} must be a whole number, not {value!r}")
    return value


def read(model: str, pairs: Iterable[str]) -> dict[str, ParameterValue]:
    """Return parameters that people typed as NAME=VALUE.

    Raises
    ------
    UsageError
        A text is no NAME=VALUE, a name is given twice, or ``checked`` refuses one.

    Examples
    --------
    >>> read("timeline", ["horizon=30", "step=0.5"])
    {'horizon': 30, 'step': 0.5}
    """
    values: dict[str, ParameterValue] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or not name or not text:
            raise UsageError(f"--set {pair!r}: write NAME=VALUE, e.g. --set {next(iter(parameters(model)), 'NAME')}=...")
        if name in values:
            raise UsageError(f"--set names {name!r} twice")
        _check_name(model, parameters(model), name)
        values[name] = _value(name, text)
    checked(model, values)
    return values


def run(model: str, network: Network, hits: Hits, given: Mapping[str, ParameterValue]) -> Result:
    """Return the result of a model; of ``given`` it gets the parameters that it takes."""
    function = _function(model)
    takes = inspect.signature(function).parameters
    return function(network, hits, **{name: value for name, value in {**given, **_FIXED}.items() if name in takes})


def used(result: Result) -> dict[str, ParameterValue]:
    """Return the parameters of a model as it used them, without those that nobody may set."""
    return {name: value for name, value in result.parameters.items() if name not in _HIDDEN}


#: What timeline says of a node beside its loss, where the days are known.
_TIMES = ("time_to_impact", "time_to_recover", "area")


def node_values(result: Result, row: int, node: int) -> dict[str, float | bool | None]:
    """What a model says of one node beside its loss: days over time, the error of an estimate.

    ``timeline``: ``time_to_impact`` is None where the loss never reaches the
    threshold; ``time_to_recover`` is None there, too, and where it is not back
    below within the horizon. ``area`` is in loss-days. ``timed`` says whether a
    stock or a delay is recorded on the way: where none is, the steps of the
    model count links, and times and area are None, as nobody knows them.
    """
    names: tuple[str, ...]
    if result.model == "timeline":
        names = _TIMES
    elif result.model == "chance":
        names = ("standard_error", "noisy_or_upper_bound")
    else:
        return {}
    values = {name: float(getattr(result, name)[row, node]) for name in names}
    finite = {name: value if abs(value) < float("inf") else None for name, value in values.items()}
    return finite if result.model != "timeline" else {**finite, **_timed(result, row, node, finite["time_to_impact"])}


def _timed(result: Any, row: int, node: int, days: float | None) -> dict[str, float | bool | None]:
    """Whether the times of a node are days (None: there are none), and no times where they are not."""
    if days is None:
        return {"timed": None}
    # What is hit itself is hit on day 0, whatever is recorded.
    known = bool(result.timed[row, node]) or days == 0
    return {"timed": True} if known else {**dict.fromkeys(_TIMES), "timed": False}


def _value(name: str, text: str) -> ParameterValue:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise UsageError(f"--set {name}={text}: {text!r} is not a number, and neither true, false nor none")


def _shown(default: ParameterValue) -> str:
    return str(default).lower() if default is None or isinstance(default, bool) else f"{default:g}"
