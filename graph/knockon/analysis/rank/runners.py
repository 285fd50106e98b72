"""The models of ``rank``: each computes how much is lost when some firms are closed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, cast

import numpy as np
import numpy.typing as npt

from knockon.analysis.answer import JsonValue, as_json
from knockon.analysis.methods import REGISTRY
from knockon.analysis.methods.method import Wording
from knockon.errors import UsageError
from knockon.network.network import Floats, Ints, Network

if TYPE_CHECKING:
    from knockon.propagation.debtrank_rounds import Variant
    from knockon.propagation.kernels import Engine

MODELS = ("esri", "debtrank", "leontief")
#: The most firms that one call closes, and the most numbers by node that it holds for them.
_STEP = 2_000
_HELD = 4_000_000

#: The numbers that each model computes for a closed firm, in the order of the columns.
COLUMNS = {
    "esri": ("index", "downstream", "upstream", "iterations", "residual"),
    "debtrank": ("index", "iterations", "residual"),
    "leontief": ("index", "low", "high", "affected", "iterations", "residual"),
    "leontief on flows": ("index", "iterations", "residual"),
}


class StopOptions(TypedDict, total=False):
    """The options of when a model stops.

    Attributes
    ----------
    eps
        Stop when no loss rises by more (0..1).
    cap
        Stop after this many rounds.
    """

    eps: float
    cap: int


class FlowOptions(StopOptions, total=False):
    """The options of ``leontief`` on flows.

    Attributes
    ----------
    engine
        ``numpy``, ``numba``, or ``auto`` for the faster of those that are installed.
    dtype
        ``float64`` or ``float32``.
    threads
        How many threads the compiled engine uses; None: all.
    """

    engine: Engine
    dtype: str
    threads: int | None


class EsriOptions(FlowOptions, total=False):
    """The options of ``esri``.

    Attributes
    ----------
    replaceability
        Whether suppliers can be replaced within their sector.
    weights
        What each firm counts in the index; by default its sales.
    """

    replaceability: bool
    weights: npt.ArrayLike | None


class DebtRankOptions(StopOptions, total=False):
    """The options of ``debtrank``.

    Attributes
    ----------
    variant
        ``linear`` or ``original``.
    engine
        As in ``FlowOptions``.
    equity
        The equity of each institution, in the unit of the exposures.
    value
        The weight of each institution in the index.
    """

    variant: Variant
    engine: Engine
    equity: npt.ArrayLike | None
    value: npt.ArrayLike | None


class RankOptions(EsriOptions, DebtRankOptions, total=False):
    """The parameters of all models; each refuses those that it does not take."""


@dataclass(frozen=True, eq=False)
class Runner:
    """A model of ``rank`` with its parameters.

    Attributes
    ----------
    run
        Closes each of some nodes (k,) alone, and returns the numbers (k, columns).
    columns
        The names of the numbers.
    wording
        What the index measures, its equations and their source.
    parameters
        The parameters of the model, as the answer has them.
    eps
        A run whose residual is above this was stopped by its cap.
    step
        The most nodes that one call should close.
    caveats
        Reasons why the index depends on parameters.
    """

    run: Callable[[Ints], Floats]
    columns: tuple[str, ...]
    wording: Wording
    parameters: Mapping[str, JsonValue]
    eps: float
    step: int
    caveats: tuple[str, ...] = ()


#: Runs a model on some closed nodes: its name, the nodes, and its parameters.
RunModel: TypeAlias = Callable[..., Any]


def runner_for(network: Network, model: str, parameters: RankOptions, run_model: RunModel | None = None) -> Runner:
    """Return a model with its parameters, for one network.

    Parameters
    ----------
    network, model, parameters
        The network, the model and its parameters.
    run_model
        What closes nodes: a function of the name of a model, nodes and parameters; None: the model itself, in memory.

    Raises
    ------
    UsageError
        The model does not take one of the parameters, or the network lacks its inputs.
    """
    if model == "leontief" and network.flows is None:
        return _leontief(network, parameters, run_model)
    close = run_model or partial(_run_in_memory, network)
    if model == "esri":
        return _esri(network, parameters, close)
    return _debtrank(network, parameters, close) if model == "debtrank" else _leontief_flows(network, parameters, close)


def _run_in_memory(network: Network, model: str, nodes: Ints, **parameters: Any) -> Any:
    return getattr(import_module("knockon.propagation"), model)(network, nodes, **parameters)


def blocks(runner: Runner, first: int, size: int) -> list[range]:
    """Return the firms from ``first`` on in blocks, each of which is closed by one call.

    Examples
    --------
    >>> blocks(runner_for(Network.from_flows([0], [1], [1.0]), "esri", {}), 0, 4500)
    [range(0, 2000), range(2000, 4000), range(4000, 4500)]
    """
    return [range(start, min(start + runner.step, size)) for start in range(first, size, runner.step)]


def _esri(network: Network, parameters: RankOptions, close: RunModel) -> Runner:
    from knockon.propagation.esri import CAP, EPS, esri
    from knockon.propagation.esri_caveats import caveats

    _check_names(parameters, ("eps", "cap", "replaceability", "engine", "dtype", "threads", "weights"))
    options: EsriOptions = {
        "eps": EPS, "cap": CAP, "replaceability": True, "engine": _engine(network, parameters), "dtype": "float64",
        **cast("EsriOptions", parameters),
    }  # fmt: skip

    def run(nodes: Ints) -> Floats:
        result = close("esri", nodes, losses=False, **options)
        return np.stack([result.index, result.downstream, result.upstream, result.iterations, result.residual], axis=1)

    used = esri(network, np.zeros(0, np.int64), losses=False, **options).parameters
    reported = _reported(options) | {"dtype": used["dtype"]}
    if options.get("weights") is not None:
        reported["weights"] = _digest(options["weights"])
    reasons = caveats(network, options["eps"], options["replaceability"])
    forms = [
        *(["replaceability"] if options["replaceability"] else []),
        *([] if options.get("weights") is None else ["weights"]),
    ]
    return Runner(run, COLUMNS["esri"], REGISTRY["esri"].wording(*forms), reported, options["eps"], _STEP, reasons)


def _leontief_flows(network: Network, parameters: RankOptions, close: RunModel) -> Runner:
    """Return ``leontief`` on flows: the downstream cascade of ``esri`` in which no firm can be replaced."""
    from knockon.propagation.esri import MIN_EPS_32, esri
    from knockon.propagation.esri_caveats import caveats
    from knockon.propagation.leontief import CAP, EPS

    _check_names(parameters, ("eps", "cap", "engine", "dtype", "threads"))
    flow_options: FlowOptions = {
        "eps": MIN_EPS_32, "cap": CAP, "engine": _engine(network, parameters), "dtype": "float64",
        **cast("FlowOptions", parameters),
    }  # fmt: skip
    used = esri(network, np.zeros(0, np.int64), losses=False, **flow_options).parameters["dtype"]
    # The default of leontief; in 32 bits, where a smaller change is rounding, the smallest possible eps.
    eps = parameters.get("eps", EPS if used == "float64" else MIN_EPS_32)
    options: FlowOptions = {**flow_options, "eps": eps, "dtype": used}

    def run(nodes: Ints) -> Floats:
        result = close("esri", nodes, losses=False, replaceability=False, cascade="downstream", **options)
        return np.stack([result.downstream, result.iterations, result.residual], axis=1)

    wording = REGISTRY["leontief"].wording("flows")
    reasons = caveats(network, options["eps"], replaceability=False, cascade="downstream")
    return Runner(run, COLUMNS["leontief on flows"], wording, _reported(options), options["eps"], _STEP, reasons)


def _engine(network: Network, parameters: RankOptions) -> Engine:
    """Return the engine that suits a run of all firms, although each call closes only some of them."""
    from knockon.propagation.esri import COMPILE_FROM
    from knockon.propagation.kernels import choose_engine

    return cast("Engine", choose_engine(parameters.get("engine", "auto"), network.supplies * network.size < COMPILE_FROM))


def _debtrank(network: Network, parameters: RankOptions, close: RunModel) -> Runner:
    from knockon.propagation.debtrank import CAP, EPS, debtrank

    if network.flows is None:
        raise UsageError("debtrank needs a table of flows (supplier: who lends, customer: who borrows), and the equity of each")
    _check_names(parameters, ("eps", "cap", "variant", "engine", "equity", "value"))
    options: DebtRankOptions = {"eps": EPS, "cap": CAP, "variant": "linear", **cast("DebtRankOptions", parameters)}
    options["engine"] = _engine(network, parameters)

    def run(nodes: Ints) -> Floats:
        result = close("debtrank", nodes, losses=False, **options)
        return np.stack([result.index, result.iterations, result.residual], axis=1)

    debtrank(network, np.zeros(0, np.int64), losses=False, **options)
    reported = _reported(options)
    reported["equity"] = _digest(options.get("equity"))
    eps = options["eps"] if options["variant"] == "linear" else 0.0
    return Runner(run, COLUMNS["debtrank"], REGISTRY["debtrank"].wording(options["variant"]), reported, eps, _STEP)


def _leontief(network: Network, parameters: RankOptions, run_model: RunModel | None) -> Runner:
    from knockon.propagation.leontief import CAP, EPS

    _check_names(parameters, ("eps", "cap"))
    options: StopOptions = {"eps": EPS, "cap": CAP, **cast("StopOptions", parameters)}
    others = max(1, network.entities - 1)

    def measured(result: Any) -> Floats:
        # The loss of the closed node itself is not counted.
        means = [(part.sum(axis=1) - 1.0) / others for part in (result.loss, result.low, result.high)]
        affected = (result.loss > 0).sum(axis=1) - 1
        return np.stack([*means, affected, result.iterations, result.residual], axis=1)

    close = partial(run_model or partial(_run_in_memory, network), "leontief", **options)
    run: Callable[[Ints], Floats] = lambda nodes: measured(close(nodes))  # noqa: E731 - in place of which another may come
    if run_model is None and _engine(network, parameters) == "numba":
        from knockon.propagation.closing import Closing

        run = partial(Closing(network, **options).measured, measured)
    step = max(1, min(_STEP, _HELD // max(1, network.size, network.slots)))
    return Runner(run, COLUMNS["leontief"], REGISTRY["leontief"].wording(), _reported(options), options["eps"], step)


def _check_names(parameters: RankOptions, known: Iterable[str]) -> None:
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UsageError(f"no parameter {', '.join(unknown)} here; known are {', '.join(known)}")


def _digest(numbers: npt.ArrayLike | None) -> str:
    """Return a digest of the numbers of firms, which an answer has instead of them."""
    return hashlib.sha256(np.asarray(numbers, float).tobytes()).hexdigest()[:16]


def _reported(options: StopOptions) -> dict[str, JsonValue]:
    """Return the parameters as the answer has them: all but those that are arrays."""
    return {name: as_json(value) for name, value in options.items() if name not in ("equity", "value", "weights")}


__all__ = ["COLUMNS", "MODELS", "RankOptions", "Runner", "runner_for"]
