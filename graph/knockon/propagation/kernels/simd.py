"""Lanes: the same number of several shocks as one value, which the processor adds and multiplies in one instruction.

A row of a (n, lanes) array is 64 bytes: 8 shocks in 64 bits, or 16 in 32 bits.
Left to itself the compiler does not vectorise the short loops over lanes, since
it cannot know that the arrays do not overlap. Values of type ``Lanes`` are
vectors by definition. Inside compiled functions:

``load(array, row)``, ``store(array, row, value)``, ``broadcast(array, number)``
(the number in every lane, for lanes of the type of ``array``), ``a + b``,
``a - b``, ``a * b``, ``a / b``, ``least(a, b)``, ``greatest(a, b)``,
``zero_below(a, b)`` (a where it is at least b, else 0), ``any_positive(a)`` (whether any
lane is above 0).
"""

# Code that runs while numba compiles; its types and builders carry no annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, no-any-return"
# ruff: noqa: ARG001 - numba hands every builder the same arguments

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model

#: Bytes in a row of lanes: one line of the cache, one register of the widest kind.
ROW = 64


class Lanes(types.Type):
    """The numba type of a row of numbers."""

    def __init__(self, number: Any) -> None:
        self.number = number
        self.count = ROW * 8 // number.bitwidth
        super().__init__(name=f"Lanes({number}, {self.count})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        number = ir.DoubleType() if fe_type.number.bitwidth == 64 else ir.FloatType()
        super().__init__(dmm, fe_type, ir.VectorType(number, fe_type.count))


def lane_count(dtype: np.dtype[Any]) -> int:
    """Return the number of lanes in a row."""
    return ROW // dtype.itemsize


def lane_rows(length: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return zeros, (length, lanes), whose rows are aligned to the lines of the cache."""
    # numpy requests huge pages, which random access at this size needs, for empty arrays only.
    raw = np.empty((length + 1) * ROW, np.uint8)
    raw.fill(0)
    skip = -raw.ctypes.data % ROW
    return raw[skip : skip + length * ROW].view(dtype).reshape(length, lane_count(dtype))


def _pointer(context, builder, kind, array, row, lanes):
    """Return the address of a row, as that of a vector."""
    struct = context.make_array(kind)(context, builder, array)
    first = cgutils.get_item_pointer(context, builder, kind, struct, [row, ir.Constant(row.type, 0)], wraparound=False)
    return builder.bitcast(first, context.get_value_type(lanes).as_pointer())


@intrinsic
def load(typingctx, array, row):
    """Return the lanes in a row of an array."""
    lanes = Lanes(array.dtype)

    def codegen(context, builder, signature, args):
        at = context.cast(builder, args[1], signature.args[1], types.intp)
        return builder.load(_pointer(context, builder, signature.args[0], args[0], at, lanes), align=ROW)

    return lanes(array, row), codegen


@intrinsic
def store(typingctx, array, row, value):
    """Write lanes into a row of an array."""

    def codegen(context, builder, signature, args):
        at = context.cast(builder, args[1], signature.args[1], types.intp)
        builder.store(args[2], _pointer(context, builder, signature.args[0], args[0], at, signature.args[2]), align=ROW)
        return context.get_dummy_value()

    return types.void(array, row, value), codegen


@intrinsic
def broadcast(typingctx, array, number):
    """Return a number in every lane."""
    lanes = Lanes(array.dtype)

    def codegen(context, builder, signature, args):
        kind = context.get_value_type(lanes)
        value = context.cast(builder, args[1], signature.args[1], lanes.number)
        index = ir.IntType(32)
        single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(index, 0))
        everywhere = ir.Constant(ir.VectorType(index, lanes.count), [0] * lanes.count)
        return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), everywhere)

    return lanes(array, number), codegen


def _binary(build):
    """Return an intrinsic function of two values."""

    @intrinsic
    def both(typingctx, left, right):
        def codegen(context, builder, signature, args):
            return build(builder, *args)

        return left(left, right), codegen

    return both


# A product that is added may stay unrounded, as in any fused multiply-add.
_add = _binary(lambda builder, a, b: builder.fadd(a, b, flags=("contract",)))
_sub = _binary(lambda builder, a, b: builder.fsub(a, b))
_mul = _binary(lambda builder, a, b: builder.fmul(a, b, flags=("contract",)))
_div = _binary(lambda builder, a, b: builder.fdiv(a, b))
least = _binary(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))
greatest = _binary(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))


@intrinsic
def zero_below(typingctx, value, floor):
    """Return the value in lanes where it is at least ``floor``, else 0."""

    def codegen(context, builder, signature, args):
        nothing = ir.Constant(args[0].type, None)
        return builder.select(builder.fcmp_ordered(">=", args[0], args[1]), args[0], nothing)

    return value(value, floor), codegen


@intrinsic
def any_positive(typingctx, value):
    """Return whether any lane is above 0."""

    def codegen(context, builder, signature, args):
        mask = builder.fcmp_ordered(">", args[0], ir.Constant(args[0].type, None))
        bits = builder.bitcast(mask, ir.IntType(args[0].type.count))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(value), codegen


def _overloaded(symbol, both) -> None:
    @overload(symbol)
    def of_lanes(left, right):
        if isinstance(left, Lanes) and left == right:
            return lambda left, right: both(left, right)  # noqa: PLW0108 - numba reads the signature
        return None


for _symbol, _both in ((operator.add, _add), (operator.sub, _sub), (operator.mul, _mul), (operator.truediv, _div)):
    _overloaded(_symbol, _both)
