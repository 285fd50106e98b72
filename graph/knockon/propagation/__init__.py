"""The models: losses of shocks on a compiled network, on arrays only.

Every model is ``model(network, shocks=None, **parameters) -> Result``. The
modules bear the names of their functions, so these imports stand here and not
behind a ``__getattr__``; what is heavy (scipy, numba) is imported inside them.
"""

from knockon.propagation.chance import ChanceResult, chance
from knockon.propagation.debtrank import DebtRankResult, debtrank
from knockon.propagation.dynamic_inoperability import DynamicInoperabilityResult, dynamic_inoperability
from knockon.propagation.fdna import FdnaResult, fdna
from knockon.propagation.inoperability import InoperabilityResult, inoperability
from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.result import Result
from knockon.propagation.survival import exposed, lost_sales, time_to_survive
from knockon.propagation.timeline import TimelineResult, timeline

__all__ = [
    "ChanceResult",
    "DebtRankResult",
    "DynamicInoperabilityResult",
    "FdnaResult",
    "InoperabilityResult",
    "Result",
    "TimelineResult",
    "chance",
    "debtrank",
    "dynamic_inoperability",
    "exposed",
    "fdna",
    "inoperability",
    "leontief",
    "lost_sales",
    "reach",
    "time_to_survive",
    "timeline",
]
