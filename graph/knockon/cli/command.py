"""A command: options that have one value are given once, and errors name its options, not parameters of Python."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from typer.core import TyperCommand

from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.suggested_command import typed_options

#: The options for parameters of models that have another name there.
_OTHER_NAMES: Mapping[str, str] = {
    "dt": "step",
    "initial": "start",
    "interdependency": "driven_by",
    "pass_through": "passed_on",
    "extracted": "kind",
    "master": "master",
    "upstream_shocks": "shocks",
    "seconds": "timeout",
}
#: ``horizon must be ...``, ``unknown cycles 'x'``: what a message says of a parameter by its name.
_STATED = re.compile(r"(?:^|(?<=: )|(?<=; ))([a-z][a-z_]*)(?= must be | goes with | needs )|(?<=unknown )([a-z][a-z_]*)(?= ')")
#: ``what_if 'x'``: a name that is no word.
_NAMED = re.compile(r"(?<![\w'./-])([a-z]+(?:_[a-z]+)+)(?![\w=(./])")
#: ``give duration= in days``: a parameter as it is written in Python.
_WRITTEN = re.compile(r"(?<![\w.-])(?<!--set )([a-z][a-z_]*)=(?=[\s,;.)]|true|$)")
#: ``model=chance``: the choice of a parameter as it is written in Python.
_CHOSEN = re.compile(r"(?<![\w.=-])(model|engine|interdependency)=(?=[a-z]+\b)")


#: The options that name the data, and those that choose the records which count.
_SOURCE = ("store", "from_", "uses", "exact_names", "language")
_WORLD = ("facts_only", "financing", "stance", "as_of", "according_to", "without", "min_confidence")


def _typed(ctx: Any, names: Sequence[str]) -> list[str]:
    """Return some options of a call as they were typed; the environment and ``knockon.toml`` count for the next call too."""
    words: list[str] = []
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name)
        if parameter.name not in names or source is None or source.name != "COMMANDLINE":
            continue
        option, value = max(parameter.opts, key=len), ctx.params.get(parameter.name)
        if isinstance(value, bool):
            words += [option] if value else []
        else:
            words += [word for each in (value if isinstance(value, list | tuple) else [value]) for word in (option, str(each))]
    return words


class Command(TyperCommand):
    """A command of the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; an option that takes one value is refused where it is given twice.

        Raises
        ------
        UsageError
            It is given twice: one of the two values would count, and nothing would say which.
        """
        if not ctx.resilient_parsing:
            _refuse_repeated(self.get_params(ctx), args)
        convert_late(self.get_params(ctx))
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; its errors name its options, and commands that it suggests read the same data."""
        try:
            with typed_options(_typed(ctx, _SOURCE), _typed(ctx, _WORLD)):
                return super().invoke(ctx)
        except KnockonError as error:
            name_options(error, [name for parameter in self.get_params(ctx) for name in parameter.opts])
            raise


class _LateConversion:
    """The conversion of an option by typer, which is made when a value needs it: of most options there is none."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as typer converts it; no value stays none, as typer has it."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if _is_converted(value, param):
            return value
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


_LATE = _LateConversion()


def _is_converted(value: Any, param: Any) -> bool:
    """Return whether typer would return a value as it is: a text, or the default of an option."""
    descriptor = param.type_descriptor
    if type(value) is not descriptor.annotation or descriptor.parameter_info.parser is not None:
        return False
    return type(value) is str or value is param.default


def convert_late(parameters: Iterable[Any]) -> None:
    """Let typer make no validators for options that are not given or need none.

    Validators take a tenth of the time of a command: the first one loads ``importlib.metadata`` and ``email``. Earlier
    releases of typer make none, and have no such attribute.
    """
    for parameter in parameters:
        if getattr(parameter, "_runtime_param", _LATE) is None and hasattr(parameter, "get_runtime_param"):
            parameter._runtime_param = _LATE


def _refuse_repeated(parameters: Sequence[Any], arguments: Sequence[str]) -> None:
    options = {name: each for each in parameters for name in (*each.opts, *each.secondary_opts) if name.startswith("-")}
    given: dict[str, list[str]] = defaultdict(list)
    for name, value in _options_in(arguments, options):
        option = options[name]
        if option.multiple or getattr(option, "count", False):
            continue
        # A switch may be repeated, but not be turned on and off.
        values = given[option.name]
        values.append(name if option.is_flag else value)
        if len(set(values) if option.is_flag else values) > 1:
            longest = max(option.opts, key=len)
            what = " and ".join(text[:80] for text in values)
            raise UsageError(f"{longest} is given twice, as {what}: give it once")


def _options_in(arguments: Sequence[str], options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the options among arguments, each with its value, as click reads them."""
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return
        name, separator, value = argument.partition("=")
        if argument.startswith("--"):
            if name in options:
                takes = not separator and not options[name].is_flag
                yield name, next(waiting, "") if takes else value
        elif argument.startswith("-") and len(argument) > 1:
            # Letters may share a dash; the rest of that of one with a value is the value.
            for place, letter in enumerate(argument[1:], 2):
                short = options.get(f"-{letter}")
                if short is None:
                    break
                if not short.is_flag:
                    yield f"-{letter}", argument[place:].removeprefix("=") or next(waiting, "")
                    break
                yield f"-{letter}", ""


def name_options(error: KnockonError, options: Sequence[str]) -> None:
    """Let an error name the options of the command line in place of parameters of Python.

    >>> error = UsageError("horizon must be 1 or more, not 0; give duration= in days")
    >>> name_options(error, ["--set", "--horizon"])
    >>> str(error)
    '--horizon must be 1 or more, not 0; give --set duration= in days'
    """
    known = {name.removeprefix("--").replace("-", "_"): name for name in options if name.startswith("--")}
    if isinstance(error, InvalidData):
        named = [replace(each, message=_named(each.message, known), hint=_named(each.hint, known)) for each in error.problems]
        if named != error.problems:
            error.restate(named, error.outcome)
    elif error.args and isinstance(error.args[0], str):
        error.args = (_named(error.args[0], known), *error.args[1:])


def _named(message: str, known: Mapping[str, str]) -> str:
    def stated(match: re.Match[str]) -> str:
        option = _option(match[1] or match[2], known)
        # "unknown cycles 'x'" reads well where the option has the same name.
        return match[0] if option is None or (match[2] and option == f"--{match[2]}") else option

    def written(match: re.Match[str]) -> str:
        option = _option(match[1], known)
        return match[0] if option is None else f"{option}=" if " " in option else option

    def named(match: re.Match[str]) -> str:
        return known.get(match[1], match[0])

    def chosen(match: re.Match[str]) -> str:
        option = known.get(match[1]) or known.get(_OTHER_NAMES.get(match[1], ""))
        return match[0] if option is None else f"{option} "

    return _NAMED.sub(named, _STATED.sub(stated, _WRITTEN.sub(written, _CHOSEN.sub(chosen, message))))


def _option(name: str, known: Mapping[str, str]) -> str | None:
    """Return the option that sets a parameter of a model; None if the command has none."""
    for each in (name, f"max_{name}", _OTHER_NAMES.get(name, name)):
        if each in known:
            return known[each]
    if "set" not in known:
        return None
    # Only where it is needed: it loads the models.
    from knockon.analysis.models import MODELS, flow_parameters, parameters

    takes = any(name in {**parameters(model), **flow_parameters(model)} for model in MODELS)
    return f"--set {name}" if takes else None


__all__ = ["Command", "convert_late", "name_options"]
