"""The impact of a shock on a network as tables, or on a file of money flows, which need no graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.analysis.custom_shock import severity_interval
from knockon.analysis.engine_choice import EngineChoice
from knockon.analysis.methods import METHODS, REGISTRY
from knockon.analysis.methods.method import Wording
from knockon.authoring.files import printable_path
from knockon.errors import UsageError, failing_with
from knockon.store.write_errors import write_error

if TYPE_CHECKING:
    from knockon.network.tables import NetworkTables
    from knockon.propagation.engines import Engine
    from knockon.propagation.result import Result

#: The models of tables, the default of each kind first.
MODELS: Mapping[str, tuple[str, ...]] = {"graph": ("leontief", "reach"), "flows": ("esri", "reach", "debtrank", "timeline")}
Row = dict[str, object]


@dataclass(frozen=True)
class TableImpact:
    """The losses that a shock causes on a network as tables.

    Attributes
    ----------
    model, engine
        What computed them.
    entities, affected
        How many entities there are, and how many of them lose something.
    iterations, residual, stopped_by
        How the rounds ended.
    index
        The index of ``esri`` or ``debtrank``; None of other models.
    caveats
        What the numbers depend on.
    wording
        What the index measures, the equations of the model and their source.
    rationed
        Whether what is left was shared among customers: there are no bounds then.
    """

    model: str
    engine: str
    entities: int
    affected: int
    iterations: int
    residual: float
    stopped_by: str
    index: float | None
    caveats: tuple[str, ...]
    wording: Wording
    _file: Path
    rationed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows: ``step`` only of the model whose steps every engine computes; no bounds with rationing."""
        bounds = () if self.rationed else ("low", "high")
        more = {"reach": ("step",), "timeline": METHODS["timeline"].node_values}
        return ("id", "loss", *bounds, *more.get(self.model, ()))

    @property
    def equation(self) -> str:
        """The equations of the model, as one text."""
        return self.wording.equation

    @property
    def reference(self) -> str:
        """Their source."""
        return self.wording.reference

    def rows(self) -> Iterator[Row]:
        """Yield the rows, the greatest loss first."""
        from knockon.network.tables.columns import batches

        for batch in batches(self._file, self.columns):
            yield from batch.to_pylist()


def default_model(kind: str, model: str | None, engine: Engine) -> str:
    """Return the model to run on tables of a kind; UsageError where it does not run on them, or the engine does not have it.

    >>> from knockon.propagation.engines import engine
    >>> default_model("flows", None, engine("memory"))
    'esri'
    >>> default_model("flows", "chance", engine("memory"))
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: chance does not run on flows as tables; use esri, reach, debtrank, timeline
    """
    from knockon.propagation.engines import check_engine_model

    if model is not None and model not in MODELS[kind]:
        usable = [name for name in MODELS[kind] if name in engine.models]
        raise UsageError(f"{model} does not run on {kind} as tables; use {', '.join(usable)}")
    chosen = model or MODELS[kind][0]
    check_engine_model(engine.name, engine.models, chosen)
    return chosen


@contextmanager
def table_impact(
    source: Path, hit: Mapping[str, str], *, engine: EngineChoice, model: str | None, parameters: Mapping[str, Any]
) -> Iterator[TableImpact]:
    """Compute the losses that hits on some entities of tables cause; they are there while the context is.

    Parameters
    ----------
    source
        A folder of tables, or a Parquet file of money flows.
    hit
        The severity of each entity by id.
    engine
        What computes them.
    model
        The model; None: ``leontief`` on a graph, ``esri`` on flows.
    parameters
        Those of the model.

    Raises
    ------
    NotFound
        There is no such entity.
    InvalidData
        The tables or the file cannot be used; the error names file, column and row.
    UsageError
        The model does not run on such tables, or the engine does not have it.
    """
    from knockon.network.tables.working_folder import working_folder

    with ExitStack() as stack:
        folder = stack.enter_context(working_folder(engine.spill))
        with failing_with("nothing was computed"):
            tables = _tables(source, folder, engine, valued=model != "reach")
        model = default_model(tables.kind, model, engine.open())
        yield _run(tables, source, folder / "losses.parquet", hit, engine, model, parameters)


def _tables(source: Path, folder: Path, engine: EngineChoice, *, valued: bool) -> NetworkTables:
    """Open tables, or make them of a file of money flows, which must have amounts where they are ``valued``."""
    from knockon.network.tables import open_flow_files, open_tables, write_tables

    if source.is_dir():
        return open_tables(source)
    if engine.is_memory:
        from knockon.network import Network
        from knockon.network.from_table import read_network
        from knockon.network.tables.flow_files import SELF_FLOWS_HINT

        tabled = read_network(Network, source, valued=valued, hint=SELF_FLOWS_HINT)
        write_tables(tabled.network, folder / "tables")
        return open_tables(folder / "tables")
    from knockon.propagation.engines.duckdb_import import number_flows

    return number_flows(open_flow_files(source, valued=valued), folder / "tables", engine.settings)


def _run(
    tables: NetworkTables,
    source: Path,
    file: Path,
    hit: Mapping[str, str],
    engine: EngineChoice,
    model: str,
    parameters: Mapping[str, Any],
) -> TableImpact:
    from knockon.network.hits import NODE, Hits
    from knockon.network.tables.lookup import rows_of

    rows = rows_of(tables, hit, "" if source.is_dir() else printable_path(source))
    severity = np.array([severity_interval(text) for text in hit.values()]).T
    index = np.array([rows[name] for name in hit], np.int64)
    parameters = _with_rationing(parameters) if model == "timeline" else parameters
    _check_replaceability(model, parameters)
    rationed = "rationing" in parameters
    hits = Hits(1, np.zeros(len(index), np.int64), np.full(len(index), NODE), index, severity.reshape(3, len(index)))
    with engine.open() as running:
        if engine.is_memory:
            result = running.run(model, tables, hits, **parameters)
            _write_rows(result, tables, file)
        else:
            result = running.run(model, tables, hits, losses=False, rows_to=file, **parameters)
    from knockon.network.tables.columns import open_parquet

    return TableImpact(
        model=model,
        engine=engine.name,
        entities=tables.entities,
        affected=int(open_parquet(file).metadata.num_rows),
        iterations=int(result.iterations[0]),
        residual=float(result.residual[0]),
        stopped_by=result.stopped_by[0],
        index=float(result.index[0]) if hasattr(result, "index") else None,
        caveats=(METHODS["timeline"].forms["rationing"].caveat,) if rationed else tuple(getattr(result, "caveats", ())),
        wording=REGISTRY[model].wording(*_forms(model, parameters)),
        _file=file,
        rationed=rationed,
    )


def _forms(model: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the forms of a model, as the registry names them, that its parameters choose."""
    if model == "esri":
        return ("replaceability",) if parameters.get("replaceability", True) else ()
    if model == "debtrank":
        return (str(parameters.get("variant", "linear")),)
    return ("rationing",) if "rationing" in parameters else ()


def _check_replaceability(model: str, parameters: Mapping[str, Any]) -> None:
    replaceability = parameters.get("replaceability", True)
    if "replaceability" in parameters and model != "esri":
        raise UsageError(f"replaceability belongs to esri on money flows, not to {model}")
    if not isinstance(replaceability, bool):
        raise UsageError(f"replaceability must be true or false, not {replaceability!r}")


def _with_rationing(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a timeline with those of rationing as one."""
    from knockon.propagation.rationing import PARAMETERS, Rationing

    given = {name: value for name, value in parameters.items() if name in PARAMETERS}
    others = {name: value for name, value in parameters.items() if name not in {*PARAMETERS, "rationing"}}
    asked = parameters.get("rationing", False)
    if not isinstance(asked, bool):
        raise UsageError(f"rationing must be true or false, not {asked!r}")
    if given and not asked:
        raise UsageError(f"{next(iter(given))} goes with rationing=true")
    return {**others, "rationing": Rationing(**given)} if asked else others


def _write_rows(result: Result, tables: NetworkTables, file: Path) -> None:
    """Write the losses of a result as the engines beyond memory do."""
    import pyarrow as pa
    import pyarrow.parquet

    from knockon.network.tables.read import read_ids
    from knockon.propagation.timeline_result import TimelineResult

    step = result.step[0] if result.model == "reach" else np.full(tables.entities, -1)
    rationed = bool(np.isnan(result.high).any())
    lost = np.flatnonzero((result.loss if rationed else result.high)[0] > 0)
    order = lost[np.lexsort((lost, step[lost], -result.loss[0, lost]))]
    columns = {"id": read_ids(tables).take(pa.array(order)).cast(pa.string())}
    of_time = METHODS["timeline"].node_values if result.model == "timeline" else ()
    for name in ("loss", *(() if rationed else ("low", "high")), *of_time):
        numbers = getattr(result, name)[0, order]
        # Never, and not within the horizon, are empty; so is what counts links and not days.
        known = np.isfinite(numbers)
        if name in of_time and isinstance(result, TimelineResult):
            known &= result.timed[0, order] | (result.time_to_impact[0, order] == 0)
        columns[name] = pa.array(numbers, mask=~known)
    try:
        pa.parquet.write_table(pa.table({**columns, "step": pa.array(step[order], pa.int32())}), file)
    except OSError as error:
        raise write_error(file, error, outcome="nothing was computed") from None


__all__ = ["MODELS", "TableImpact", "default_model", "table_impact"]
