"""How much each cause matters for the failure of one entity under a shock, by the model ``chance``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.uncertainty.importance_answer import EntityImportance, ImportanceReport
from knockon.analysis.uncertainty.importance_work import check_work
from knockon.errors import UsageError
from knockon.model import Shock
from knockon.network.resolve import to_hits
from knockon.propagation.checks import check_draws_and_seed
from knockon.propagation.importance import Importance
from knockon.propagation.importance import importance as importance_of_nodes


def importance(context: Context, shock: Shock, name: str, *, among: Iterable[str] | None = None) -> ImportanceReport:
    """Return how much each entity matters for the failure of one.

    Parameters
    ----------
    context
        The world of the question, with the model ``chance``.
    shock
        The shock; severities and criticalities are probabilities.
    name
        The entity whose failure counts, by IRI, local name or label.
    among
        The entities (IRIs) of the network that are asked about; None: all that may fail and that the entity rests on.

    Raises
    ------
    NotFound
        No entity has this name.
    UsageError
        The model is not chance, the entity is not in the network, or exact numbers would take too much.
    LimitReached
        As of ``check_work``.
    """
    if context.options.model != "chance":
        raise UsageError(f"importance is of probabilities, so of the model chance, not of {context.options.model}")
    entity = context.entity(name).id
    resolved = context.resolve([shock])
    compiled = context.compiled(resolved)
    network = compiled.network
    if entity not in network.index:
        raise UsageError(f"{context.named(entity)} needs nothing and nothing hits it, so that it cannot fail")
    hits, outside = to_hits(network, resolved)
    parameters: dict[str, Any] = {"draws": 10_000, "seed": 0, "exact": False, **dict(context.options.model_parameters)}
    nodes = None if among is None else np.array([network.index[iri] for iri in among], np.int64)
    if not parameters["exact"]:
        check_draws_and_seed(parameters["draws"], parameters["seed"], least=1)
        check_work(network, network.index[entity], hits, nodes, parameters["draws"], context.named(entity))
    measures = importance_of_nodes(network, network.index[entity], hits, among=nodes, **parameters)
    run = context.run_info(compiled)
    run = replace(
        run,
        parameters={**run.parameters, **parameters},
        missing_targets=(*resolved[0].missing, *outside[0]),
        not_in_force=resolved[0].not_in_force or None,
    )
    rows = tuple(_row(context, network.nodes[int(node)], measures, place) for place, node in enumerate(measures.nodes))
    return ImportanceReport(run=run, shock=shock, entity=entity, probability=measures.probability, importances=rows)


def _row(context: Context, iri: str, measures: Importance, place: int) -> EntityImportance:
    def number(values: Any) -> float | None:
        value = float(values[place])
        return value if isfinite(value) else None

    record = context.base_records[iri]
    return EntityImportance(
        entity=iri,
        label=label_of(context.base_records, iri),
        cls=record.rdf_class,
        fails=float(measures.fails[place]),
        birnbaum=float(measures.birnbaum[place]),
        standard_error=float(measures.standard_error[place]),
        fussell_vesely=number(measures.fussell_vesely),
        achievement=number(measures.achievement),
        reduction=number(measures.reduction),
    )


__all__ = ["importance"]
