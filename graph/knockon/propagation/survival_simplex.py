"""The longest time of many programs of :mod:`knockon.propagation.survival_program`, which differ in what is down.

The dual simplex method of HiGHS (``highspy``, extra ``fast``) goes on from the
basis of a start instead of from none. Q. Huangfu, J. A. J. Hall, "Parallelizing
the dual revised simplex method", Mathematical Programming Computation
10:119-142 (2018), doi:10.1007/s12532-017-0130-5.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from knockon.network.network import Bools
from knockon.propagation.survival_program import LinearProgram, minimum
from knockon.propagation.survival_start import Start, start_with

#: Weights of exact steepest edges would be computed at the start, a solve for each row; these begin with 1 and are kept up.
_OPTIONS = {
    "log_to_console": False, "output_flag": False, "solver": "simplex", "threads": 1, "simplex_dual_edge_weight_strategy": 1,
}  # fmt: skip


def available() -> bool:
    """Return whether the solver that can go on from a start is installed."""
    return find_spec("highspy") is not None


class LongestTime:
    """The longest t of a program, for one choice of what is down after another."""

    def __init__(self, program: LinearProgram) -> None:
        self.program = program
        self.goal = np.zeros(program.size)
        self.goal[-1] = -1.0
        self.solver = _solver(program, self.goal) if available() else None

    def __call__(self, down: Bools) -> float:
        """Return the longest t with some firms down.

        Raises
        ------
        LimitReached, InvalidData
            As for :func:`knockon.propagation.survival_program.minimum`.
        """
        start = start_with(self.program, down) if self.solver is not None else None
        days = None if start is None else self._from(start, down)
        if days is None:
            program = self.program
            days = -minimum(self.goal, program.matrix, program.right, program.variable_bounds(down, (0.0, None)))
        return days

    def _from(self, start: Start, down: Bools) -> float | None:
        """Return the longest t, going on from a start; None where the solver did not end well."""
        import highspy

        solver: Any = self.solver
        limits = self.program.variable_bounds(down, (0.0, None))
        firms = np.arange(len(down), dtype=np.int32)
        solver.changeColsBounds(len(firms), firms, limits[firms, 0], limits[firms, 1])
        solver.setBasis(_basis(self.program, start))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return -float(solver.getInfo().objective_function_value)


def _solver(program: LinearProgram, goal: Any) -> Any:
    """Return a solver that has read the program."""
    import highspy

    matrix, model = program.matrix.tocsc(), highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    limits = program.variable_bounds(np.zeros(len(program.demand), bool), (0.0, None))
    model.col_cost_, model.col_lower_, model.col_upper_ = goal, limits[:, 0], limits[:, 1]
    model.row_lower_, model.row_upper_ = np.full(len(program.right), -np.inf), program.right
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()
    for name, value in _OPTIONS.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver


def _basis(program: LinearProgram, start: Start) -> Any:
    """Return the basis of a start: what is produced and shipped, and the constraints with something left.

    What is down bounds t, which takes the place of its production.
    """
    import highspy

    status = highspy.HighsBasisStatus
    columns, rows = np.zeros(program.size, bool), np.ones(len(program.right), bool)
    firms = len(start.producing)
    columns[:firms] = start.producing
    columns[program.column[start.flow][program.column[start.flow] >= 0]] = True
    columns[-1] = True
    rows[: program.balance] = False
    rows[program.balance : program.balance + firms] = ~start.producing
    rows[program.balance + start.deciding] = False
    basis = highspy.HighsBasis()
    basis.col_status = [status.kBasic if basic else status.kLower for basic in columns.tolist()]
    basis.row_status = [status.kBasic if basic else status.kUpper for basic in rows.tolist()]
    basis.valid = True
    return basis


__all__ = ["LongestTime", "available"]
