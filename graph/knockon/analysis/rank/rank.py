"""Every firm closed in turn, and ranked by what falls with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from knockon.analysis.answer import Answer, JsonObject, JsonValue
from knockon.analysis.rank.checkpoint import Checkpoint
from knockon.errors import UsageError
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.structure.sole_suppliers import sole_suppliers

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("esri", "debtrank", "leontief")
#: Shocks between two looks at the clock, and numbers by node that may be held for them.
_STEP = 2_000
_HELD = 4_000_000

#: What each model says of a shock, in the order of the columns.
COLUMNS = {
    "esri": ("index", "downstream", "upstream", "iterations", "residual"),
    "debtrank": ("index", "iterations", "residual"),
    "leontief": ("index", "low", "high", "affected", "iterations", "residual"),
    "leontief on flows": ("index", "iterations", "residual"),
}


@dataclass(frozen=True, eq=False)
class Ranking(Answer):
    """The index of every node when each is closed alone, largest first; equal ones in the order of the network.

    Attributes
    ----------
    network
        The network; JSON has its hash (``network_hash``) and its size (``firms``).
    model
        esri, debtrank or leontief.
    meaning
        What the index is a share of.
    columns
        The numbers of the model by name, each an array over the nodes.
    stopped_by
        For each node ``tolerance`` or ``cap``.
    order
        The nodes (rows of the network) by rank.
    parameters
        The parameters of the model by name.
    sole
        The need (row) of each supplier that is inseparable from it, as
        :func:`knockon.propagation.structure.sole_suppliers.sole_suppliers` finds them: in the table the two are one row,
        that of the need, which names the supplier.
    caveats
        What keeps the index from being a number of its own, such as a cascade without a leak.
    """

    json_keys = (
        "model", "meaning", "parameters", "network_hash", "firms", "truncated", "caveats", "stopped_by_cap", "ranked_rows",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"ranked_rows": "rows"}

    network: Network
    model: str
    meaning: str
    columns: Mapping[str, npt.NDArray[Any]]
    stopped_by: npt.NDArray[Any]
    order: Ints
    parameters: Mapping[str, JsonValue]
    sole: Mapping[int, int] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    @property
    def network_hash(self) -> str:
        """A digest of the network."""
        return self.network.hash

    @property
    def firms(self) -> int:
        """How many nodes the network has."""
        return self.network.size

    @property
    def stopped_by_cap(self) -> int:
        """How many closures stopped by their cap, so that their index may be too low."""
        return int((self.stopped_by == "cap").sum())

    @property
    def truncated(self) -> bool:
        """Whether any closure stopped by its cap."""
        return self.stopped_by_cap > 0

    @property
    def ranked_rows(self) -> list[JsonObject]:
        """All rows of the table, in the order of the ranks: ``rank`` (from 1), ``firm``, ``sole_supplier`` where there is one,
        the numbers of the model, and ``stopped_by`` (``tolerance`` or ``cap``). Every model has ``index`` (0..1),
        ``iterations`` and ``residual`` (0..1); ``esri`` its parts ``downstream`` and ``upstream`` (0..1), ``leontief`` on a
        graph the bounds ``low`` and ``high`` (0..1) and ``affected``, the number of others that lose something.
        """
        return self.rows()

    def table(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns in the order of the ranks, with rank and firm before them."""
        order = self.order
        if self.sole:
            order = order[~np.isin(order, np.fromiter(self.sole, np.int64, len(self.sole)))]
        firm = np.array([self.network.nodes[int(node)] for node in order], object)
        supplier = {need: self.network.nodes[row] for row, need in self.sole.items()}
        beside = {"sole_supplier": np.array([supplier.get(int(node)) for node in order], object)} if self.sole else {}
        numbers = {name: column[order] for name, column in self.columns.items()}
        rank = np.arange(1, len(order) + 1)
        return {"rank": rank, "firm": firm, **beside, **numbers, "stopped_by": self.stopped_by[order]}

    def rows(self, first: int | None = None) -> list[JsonObject]:
        """Return the first rows of the table as plain values; all where no number is given."""
        table = {name: column[:first].tolist() for name, column in self.table().items()}
        return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each firm; needs the extra ``pandas``.

        Raises
        ------
        UsageError
            pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise UsageError("to_pandas needs pandas: pip install 'knockon[pandas]'") from None
        return pd.DataFrame(self.table())


def rank(
    network: Network,
    model: str = "leontief",
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int], None] | None = None,
    as_of: str | None = None,
    **parameters: Any,
) -> Ranking:
    """Close every node of a network in turn, and rank the nodes by the index of a model.

    ``esri`` and ``debtrank`` are their published indices (``debtrank`` needs
    ``equity``). ``leontief`` on flows is the share of all sales lost downstream
    with nobody replaceable; on a graph, where nobody weighs the entities
    against each other, it is the mean loss of all others, with exact bounds.

    Parameters
    ----------
    checkpoint
        A file that keeps what is done, written every few seconds and gone at the end; the same call goes on from it.
    progress
        Called with the number of firms that are done.
    as_of
        The day that the network is as of, for the parameters of the result; None for a network without dates.

    Raises
    ------
    UsageError
        An unknown model or parameter, a model whose inputs the network lacks, a checkpoint of another run.

    Examples
    --------
    >>> network = Network.from_flows([0, 0, 1], [1, 2, 2], [1.0, 1.0, 2.0])
    >>> [(row["firm"], row["index"]) for row in rank(network, "esri", replaceability=False).rows()]
    [('0', 1.0), ('2', 1.0), ('1', 0.75)]
    """
    if model not in MODELS:
        raise UsageError(f"unknown model {model!r}; rank knows {', '.join(MODELS)}")
    runner = _runner(network, model, parameters)
    kept = Checkpoint(checkpoint, _identity(network, model, runner.parameters), network.size, len(runner.columns))
    if progress:
        progress(kept.done)
    try:
        while kept.done < network.size:
            kept.add(runner.run(np.arange(kept.done, min(kept.done + runner.step, network.size))))
            if progress:
                progress(kept.done)
    except KeyboardInterrupt:
        kept.write()
        raise
    columns = dict(zip(runner.columns, kept.rows.T, strict=True))
    for name in ("iterations", "affected"):
        if name in columns:
            columns[name] = columns[name].astype(np.int64)
    kept.remove()
    return Ranking(
        network=network,
        model=model,
        meaning=runner.meaning,
        columns=columns,
        stopped_by=np.where(columns["residual"] <= runner.eps, "tolerance", "cap").astype(object),
        order=np.lexsort((np.arange(network.size), -columns["index"])),
        parameters=runner.parameters if as_of is None else {**runner.parameters, "as_of": as_of},
        sole=sole_suppliers(network) if network.flows is None else {},
        caveats=runner.caveats,
    )


def _identity(network: Network, model: str, parameters: Mapping[str, Any]) -> str:
    """Return a digest of all that must be the same for a checkpoint to be of use."""
    plain = {name: value for name, value in parameters.items() if name != "threads"}
    return hashlib.sha256(json.dumps([network.hash, model, plain], sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class _Runner:
    """How a model closes some nodes: (k, columns) of numbers."""

    run: Callable[[Ints], Floats]
    columns: tuple[str, ...]
    meaning: str
    parameters: Mapping[str, Any]
    eps: float
    step: int
    caveats: tuple[str, ...] = ()


def _runner(network: Network, model: str, given: dict[str, Any]) -> _Runner:
    if model == "esri":
        return _esri(network, given)
    if model == "debtrank":
        return _debtrank(network, given)
    return _leontief_flows(network, given) if network.flows is not None else _leontief(network, given)


def _esri(network: Network, given: dict[str, Any]) -> _Runner:
    from knockon.propagation.esri import CAP, EPS, caveats, esri

    options = {"eps": EPS, "cap": CAP, "replaceability": True, "engine": _engine(network, given), "dtype": "float64", **given}
    _known(options, ("eps", "cap", "replaceability", "engine", "dtype", "threads"))

    def run(nodes: Ints) -> Floats:
        result = esri(network, nodes, losses=False, **options)
        return np.stack([result.index, result.downstream, result.upstream, result.iterations, result.residual], axis=1)

    ran = esri(network, np.zeros(0, np.int64), losses=False, **options).parameters
    shown = options | {"dtype": ran["dtype"]}
    warned = caveats(network, options["eps"], options["replaceability"])
    return _Runner(run, COLUMNS["esri"], "share of all sales lost", shown, options["eps"], _STEP, warned)


def _leontief_flows(network: Network, given: dict[str, Any]) -> _Runner:
    from knockon.propagation.esri import FINEST_32, caveats, esri
    from knockon.propagation.leontief import CAP, EPS

    options = {"cap": CAP, "engine": _engine(network, given), "dtype": "float64", **given}
    _known(options, ("eps", "cap", "engine", "dtype", "threads"))
    ran = esri(network, np.zeros(0, np.int64), losses=False, **{"eps": FINEST_32, **options}).parameters["dtype"]
    # The default of leontief; in 32 bits, where a smaller move is rounding, the finest there is.
    options = {"eps": EPS if ran == "float64" else FINEST_32, **options, "dtype": ran}

    def run(nodes: Ints) -> Floats:
        result = esri(network, nodes, losses=False, replaceability=False, cascade="downstream", **options)
        return np.stack([result.downstream, result.iterations, result.residual], axis=1)

    meaning = "share of all sales lost downstream, nobody replaceable"
    warned = caveats(network, options["eps"], replaceability=False, cascade="downstream")
    return _Runner(run, COLUMNS["leontief on flows"], meaning, options, options["eps"], _STEP, warned)


def _engine(network: Network, given: Mapping[str, Any]) -> str:
    """Return the engine for all firms, though each call has only some of them."""
    from knockon.propagation.esri import SMALL
    from knockon.propagation.kernels import choose

    return choose(given.get("engine", "auto"), network.supplies * network.size < SMALL)


def _debtrank(network: Network, given: dict[str, Any]) -> _Runner:
    from knockon.propagation.debtrank import CAP, EPS, debtrank

    if network.flows is None:
        raise UsageError("debtrank needs a table of flows (supplier: who lends, customer: who borrows), and the equity of each")
    options = {"eps": EPS, "cap": CAP, "variant": "linear", **given}
    if options["variant"] == "linear":
        options["engine"] = _engine(network, given)
    _known(options, ("eps", "cap", "variant", "engine", "equity", "value"))

    def run(nodes: Ints) -> Floats:
        result = debtrank(network, nodes, losses=False, **options)
        return np.stack([result.index, result.iterations, result.residual], axis=1)

    run(np.zeros(0, np.int64))
    shown = {name: value for name, value in options.items() if name not in ("equity", "value")}
    shown["equity"] = hashlib.sha256(np.asarray(options.get("equity"), float).tobytes()).hexdigest()[:16]
    eps = options["eps"] if options["variant"] == "linear" else 0.0
    return _Runner(run, COLUMNS["debtrank"], "share of all value lost beyond the shock", shown, eps, _STEP)


def _leontief(network: Network, given: dict[str, Any]) -> _Runner:
    from knockon.propagation.leontief import CAP, EPS, leontief

    options = {"eps": EPS, "cap": CAP, **given}
    _known(options, ("eps", "cap"))
    others = max(1, network.size - 1)

    def run(nodes: Ints) -> Floats:
        result = leontief(network, nodes, **options)
        # What the closed node loses itself is left out.
        means = [(part.sum(axis=1) - 1.0) / others for part in (result.loss, result.low, result.high)]
        affected = (result.loss > 0).sum(axis=1) - 1
        return np.stack([*means, affected, result.iterations, result.residual], axis=1)

    step = max(1, min(_STEP, _HELD // max(1, network.size, network.slots)))
    return _Runner(run, COLUMNS["leontief"], "mean loss of all others", options, options["eps"], step)


def _known(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UsageError(f"no parameter {', '.join(unknown)} here; known are {', '.join(known)}")


__all__ = ["COLUMNS", "MODELS", "Ranking", "rank"]
