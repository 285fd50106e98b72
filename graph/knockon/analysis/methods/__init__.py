"""The registry of every model and measure: what it computes, its equations and their source, its unit, and when to use it.

A model or measure has one entry here. Every answer, page and reference reads its words from this entry, so that a new one
needs no change elsewhere. ``analysis.models`` has the parameters and runs a model of a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from knockon.analysis.methods import on_flows, on_graphs, on_tables
from knockon.analysis.methods.measures import IMPORTANCE, MEASURES
from knockon.analysis.methods.method import Comparison, Form, GraphModel, Method, Verb

#: The models that run on a graph, by name, in the order in which lists name them.
METHODS: Mapping[str, GraphModel] = MappingProxyType({
    "leontief": on_graphs.LEONTIEF,
    "reach": on_graphs.REACH,
    "timeline": on_graphs.TIMELINE,
    "chance": on_graphs.CHANCE,
})  # fmt: skip
#: The models that need money flows, or a table or matrix, by name.
TABLE_MODELS: Mapping[str, Method] = MappingProxyType({
    "esri": on_flows.ESRI,
    "debtrank": on_flows.DEBTRANK,
    "time_to_survive": on_flows.TIME_TO_SURVIVE,
    "price": on_tables.PRICE,
    "extraction": on_tables.EXTRACTION,
    "ghosh": on_tables.GHOSH_MODEL,
    "inoperability": on_tables.INOPERABILITY,
    "dynamic_inoperability": on_tables.DYNAMIC_INOPERABILITY,
    "fdna": on_tables.FDNA,
})  # fmt: skip
#: Every model and measure by name.
REGISTRY: Mapping[str, Method] = MappingProxyType({**METHODS, **TABLE_MODELS, **MEASURES})


def listed_models(names: Iterable[str] = tuple(METHODS)) -> str:
    """Return some models, each with its summary, as a sentence; by default those of a graph.

    >>> listed_models()
    'leontief (how much is lost), reach (what is reached at all), timeline (when) or chance (how probably).'
    >>> listed_models(("esri", "debtrank"))
    'esri (output lost in both directions) or debtrank (equity lost through exposures).'
    """
    *others, last = (f"{name} ({REGISTRY[name].summary})" for name in names)
    return f"{', '.join(others)} or {last}."


__all__ = [
    "IMPORTANCE", "MEASURES", "METHODS", "REGISTRY", "TABLE_MODELS",
    "Comparison", "Form", "GraphModel", "Method", "Verb", "listed_models",
]  # fmt: skip
