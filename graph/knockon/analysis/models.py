"""The models that run on a graph of dependencies, and the parameters that a caller may set."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from knockon.analysis.engine_choice import IN_MEMORY, EngineChoice
from knockon.analysis.methods import METHODS, TABLE_MODELS
from knockon.errors import UsageError, nearest

if TYPE_CHECKING:
    from knockon.network.hits import Hits
    from knockon.network.network import Network
    from knockon.propagation.result import Result

#: The models that run on a graph.
MODELS = tuple(METHODS)
# Upstream reverses causes, and a report has no place for the losses of each step.
_FIXED = {"upstream": False, "paths": False}
# How a model computes does not belong to the question, and must not appear in the answer.
_HIDDEN = frozenset({*_FIXED, "engine", "losses", "given", "rationing", "output"})
#: Parameters that are whole numbers where they are given.
_WHOLE = frozenset({"horizon"})
#: What runs on money flows where a model of a graph is asked for.
_ON_FLOWS: Mapping[str, str] = {"leontief": "esri"}
#: The models that ``impact`` runs on money flows alone.
ONLY_ON_FLOWS = ("esri", "debtrank")
_KEYWORDS = {"true": True, "false": False, "none": None}

#: The value of a parameter of a model.
ParameterValue: TypeAlias = bool | int | float | None
#: Parameters of a model, in the order of their names: equal ones are equal, and can be hashed.
ModelParameters: TypeAlias = tuple[tuple[str, ParameterValue], ...]


def check_model(model: str) -> str:
    """Return the name of a model that runs on a graph; refuse any other name.

    Raises
    ------
    UsageError
        The model does not exist, or needs inputs that a graph does not have; the message names them.

    Examples
    --------
    >>> check_model("timeline")
    'timeline'
    >>> check_model("fdna")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: fdna does not run on a graph: it needs the strength (0..1) and criticality (0..100) of each \
link between a feeder and what it feeds; `knockon fdna` runs it. On a graph: leontief, reach, timeline, chance
    """
    if model in TABLE_MODELS:
        about = TABLE_MODELS[model]
        where = f"`knockon {about.command.split()[1]}` runs it"
        where += ", and `knockon impact` on money flows as tables" if model in ONLY_ON_FLOWS else ""
        raise UsageError(f"{model} does not run on a graph: it needs {about.needs}; {where}. On a graph: {', '.join(MODELS)}")
    if model not in MODELS:
        raise UsageError(f"unknown model {model!r}; known are {', '.join(MODELS)}")
    return model


def parameters(model: str) -> dict[str, ParameterValue]:
    """Return the parameters of a model that a caller may set, with their defaults.

    >>> parameters("chance")
    {'draws': 10000, 'seed': 0, 'exact': False}
    """
    signature = inspect.signature(_function(check_model(model)))
    return {p.name: p.default for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY and p.name not in _HIDDEN}


def _function(model: str) -> Callable[..., Result]:
    # Only the model that runs is imported: the others would delay the answer.
    from importlib import import_module

    function: Callable[..., Result] = getattr(import_module("knockon.propagation"), model)
    return function


def check_parameters(model: str, arguments: Mapping[str, object]) -> ModelParameters:
    """Return checked parameters for a model, in the order of their names.

    Raises
    ------
    UsageError
        The model does not take one of them, or takes another kind of value; what it takes is listed.
    """
    # To read its signature takes loading the model.
    defaults = parameters(model) if arguments else {}
    check_model(model)
    values: dict[str, ParameterValue] = {}
    for name, value in arguments.items():
        _check_name(model, defaults, name)
        values[name] = _check_value(defaults[name], name, value)
    return tuple(sorted(values.items()))


def _check_name(model: str, defaults: Mapping[str, ParameterValue | str], name: str) -> None:
    """Refuse a parameter that a model does not have; the message lists those that it has."""
    if name not in defaults:
        if name in flow_parameters(model):
            raise UsageError(
                f"{name} is about amounts: {_ON_FLOWS.get(model, model)} takes it on money flows "
                "(impact --store FLOWS.parquet --hit ID=SEVERITY), not on a graph, whose words have no amounts"
            )
        known = ", ".join(f"{key} ({_default_text(default)})" for key, default in defaults.items())
        close = nearest(name, defaults)
        hint = f"; did you mean {', '.join(close)}?" if close else ";"
        raise UsageError(f"{model} takes no {name!r}{hint} it takes {known or 'no parameters'}")


def flow_parameters(model: str) -> dict[str, ParameterValue | str]:
    """Return the parameters of a model that it takes on money flows alone, with their defaults.

    >>> flow_parameters("timeline")
    {'rationing': False, 'psi': 0.8, 'restock': 60.0, 'spare': 1.25, 'adapt': 365.0, 'redirect': True}
    >>> flow_parameters("leontief")  # of which the downstream cascade of esri is the form on flows
    {'replaceability': True}
    >>> flow_parameters("debtrank")
    {'variant': 'linear'}
    >>> flow_parameters("chance")
    {}
    """
    if model == "debtrank":
        return {"variant": "linear"}
    if _ON_FLOWS.get(model, model) == "esri":
        return {"replaceability": True}
    if model != "timeline":
        return {}
    from knockon.propagation.rationing import Rationing

    defaults = asdict(Rationing())
    return {"rationing": False, **defaults}


def _check_value(default: ParameterValue, name: str, value: object) -> ParameterValue:
    """Return the value of a parameter; it is of the type of the default, and None only where that is None."""
    if value is None and default is None:
        return None
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise UsageError(f"{name} must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{name} must be one number, not {value!r}")
    if (isinstance(default, int) or name in _WHOLE) and not isinstance(value, int):
        raise UsageError(f"{name} must be a whole number, not {value!r}")
    return value


def parse_parameters(model: str, pairs: Iterable[str]) -> dict[str, ParameterValue | str]:
    """Return the parameters of a model that a user typed as NAME=VALUE.

    Raises
    ------
    UsageError
        A text is not of the form NAME=VALUE, a name occurs twice, or ``check_parameters`` refuses a value.

    Examples
    --------
    >>> parse_parameters("timeline", ["horizon=30", "step=0.5"])
    {'horizon': 30, 'step': 0.5}
    """
    values: dict[str, ParameterValue | str] = {}
    # Whether the source is money flows is known later; on a graph these models are refused there.
    only_on_flows = model in ONLY_ON_FLOWS
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or not name or not text:
            known: Mapping[str, object] = flow_parameters(model) if only_on_flows else parameters(model)
            raise UsageError(f"--set {pair!r}: write NAME=VALUE, e.g. --set {next(iter(known), 'NAME')}=...")
        if name in values:
            raise UsageError(f"--set names {name!r} twice")
        on_flows = flow_parameters(model)
        if name not in on_flows:
            _check_name(model, on_flows if only_on_flows else parameters(model), name)
        values[name] = text if isinstance(on_flows.get(name), str) else _parse_value(name, text)
    # Whether those of flows fit is known where the source is.
    if not only_on_flows:
        check_parameters(model, {name: value for name, value in values.items() if name not in flow_parameters(model)})
    return values


def run(model: str, network: Network, hits: Hits, arguments: Mapping[str, object], engine: EngineChoice = IN_MEMORY) -> Result:
    """Return the result of a model, run by an engine; those of the ``arguments`` that it does not take are ignored."""
    function = _function(model)
    names = inspect.signature(function).parameters
    taken = {name: value for name, value in {**arguments, **_FIXED}.items() if name in names}
    return function(network, hits, **taken) if engine.is_memory else engine.run(model, network, hits, taken)


def depends_on_all_shocks(model: str, arguments: Mapping[str, ParameterValue]) -> bool:
    """Return whether a run on several shocks differs from one run for each: a timeline to which no horizon is given.

    >>> depends_on_all_shocks("timeline", {"step": 1}), depends_on_all_shocks("timeline", {"horizon": 30})
    (True, False)
    """
    return model == "timeline" and arguments.get("horizon") is None


def reported_parameters(result: Result) -> dict[str, ParameterValue | str]:
    """Return the parameters that a model used, without those that a caller cannot set."""
    return {name: value for name, value in result.parameters.items() if name not in _HIDDEN}


def node_values(result: Result, row: int, node: int) -> dict[str, float | bool | None]:
    """Return what a model computes for one node beside its loss: days of a timeline, the error of an estimate.

    ``timeline``: ``time_to_impact`` is None where the loss never reaches the
    threshold; ``time_to_recover`` is None there too, and where the loss does not fall
    below it again within the horizon. ``area`` is in loss-days. ``timed`` says whether a
    stock or a delay is recorded on the path: where none is, the steps of the
    model count links, and times and area are None because the days are unknown.
    """
    names = METHODS[result.model].node_values
    values = {name: float(getattr(result, name)[row, node]) for name in names}
    finite = {name: value if abs(value) < float("inf") else None for name, value in values.items()}
    return {**finite, **_timed(result, row, node, finite["time_to_impact"])} if "time_to_impact" in finite else finite


def _timed(result: Any, row: int, node: int, days: float | None) -> dict[str, float | bool | None]:
    """Return whether the times of a node are days (None: it has no times), and None for the times that are not."""
    if days is None:
        return {"timed": None}
    # What is hit itself is hit on day 0, whatever is recorded.
    known = bool(result.timed[row, node]) or days == 0
    return {"timed": True} if known else {**dict.fromkeys(METHODS[result.model].node_values), "timed": False}


def _parse_value(name: str, text: str) -> ParameterValue:
    """Return a typed value: true, false, none, or a number."""
    if text.lower() in _KEYWORDS:
        return _KEYWORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise UsageError(f"--set {name}={text}: {text!r} is not a number, and neither true, false nor none")


def _default_text(default: ParameterValue | str) -> str:
    return str(default).lower() if default is None or isinstance(default, bool | str) else f"{default:g}"
