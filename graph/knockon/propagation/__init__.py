"""The models: losses of shocks on a compiled network, on arrays only.

Every model is ``model(network, shocks=None, **parameters) -> Result``. The
modules bear the names of their functions, so these imports stand here and not
behind a ``__getattr__``; what is heavy (scipy, numba) is imported inside them.
"""

from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.result import Result

__all__ = ["Result", "leontief", "reach"]
