"""The models: losses of shocks on a compiled network, on arrays only.

Every model is ``model(network, shocks=None, **parameters) -> Result``. The
modules bear the names of their functions. A model is imported when it is first
asked for, and its name here always means the function.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knockon.propagation.chance import ChanceResult, chance
    from knockon.propagation.debtrank import DebtRankResult, debtrank
    from knockon.propagation.dynamic_inoperability import DynamicInoperabilityResult, dynamic_inoperability
    from knockon.propagation.esri import esri
    from knockon.propagation.esri_result import EsriResult
    from knockon.propagation.extraction import ExtractionResult, extraction
    from knockon.propagation.fdna import FdnaResult, fdna
    from knockon.propagation.ghosh import ghosh
    from knockon.propagation.importance import Importance, cut_set_importance, importance
    from knockon.propagation.inoperability import InoperabilityResult, inoperability
    from knockon.propagation.leontief import leontief
    from knockon.propagation.price import PriceResult, price
    from knockon.propagation.rationing import Rationing
    from knockon.propagation.reach import reach
    from knockon.propagation.result import Result
    from knockon.propagation.time_to_survive import exposed, lost_sales, time_to_survive
    from knockon.propagation.timeline import timeline
    from knockon.propagation.timeline_result import TimelineResult

_HOMES = {
    "ChanceResult": "chance", "chance": "chance",
    "DebtRankResult": "debtrank", "debtrank": "debtrank",
    "DynamicInoperabilityResult": "dynamic_inoperability", "dynamic_inoperability": "dynamic_inoperability",
    "EsriResult": "esri_result", "esri": "esri",
    "ExtractionResult": "extraction", "extraction": "extraction",
    "FdnaResult": "fdna", "fdna": "fdna",
    "ghosh": "ghosh",
    "Importance": "importance", "cut_set_importance": "importance", "importance": "importance",
    "InoperabilityResult": "inoperability", "inoperability": "inoperability",
    "leontief": "leontief",
    "PriceResult": "price", "price": "price",
    "Rationing": "rationing",
    "reach": "reach",
    "Result": "result",
    "exposed": "time_to_survive", "lost_sales": "time_to_survive", "time_to_survive": "time_to_survive",
    "TimelineResult": "timeline_result", "timeline": "timeline",
}  # fmt: skip

__all__ = [
    "ChanceResult",
    "DebtRankResult",
    "DynamicInoperabilityResult",
    "EsriResult",
    "ExtractionResult",
    "FdnaResult",
    "Importance",
    "InoperabilityResult",
    "PriceResult",
    "Rationing",
    "Result",
    "TimelineResult",
    "chance",
    "cut_set_importance",
    "debtrank",
    "dynamic_inoperability",
    "esri",
    "exposed",
    "extraction",
    "fdna",
    "ghosh",
    "importance",
    "inoperability",
    "leontief",
    "lost_sales",
    "price",
    "reach",
    "time_to_survive",
    "timeline",
]


class _Models(ModuleType):
    """The package as an object: importing a module of it does not put the module over its function."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{self.__name__}.{_HOMES[name]}"), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # The import system puts every module it loads into its package, under the name of the module.
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Models
