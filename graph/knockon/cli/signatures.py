"""Signatures of commands with shared options: typer reads options from signatures, which else would list all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any

from knockon.errors import UsageError

Command = Callable[..., Any]


def own_parameters(command: Command, hidden: Collection[str] = ()) -> list[inspect.Parameter]:
    """Return the parameters of a command, without those that a decorator fills in."""
    # A command that was extended before has its signature ready; to evaluate the annotations of all takes 0.1 s.
    signature = getattr(command, "__signature__", None) or inspect.signature(command, eval_str=True)
    return [p for p in signature.parameters.values() if p.name not in hidden]


def refuse_empty(command: Command, values: Mapping[str, Any]) -> None:
    """Refuse options with an empty value: in a script that is a variable that was never set.

    Raises
    ------
    UsageError
        An option is empty; the message names it.
    """
    empty = [name for name, value in values.items() if value == "" or (isinstance(value, list | tuple) and "" in value)]
    if not empty:
        return
    for parameter in (p for p in own_parameters(command) if p.name in empty and p.default != values[p.name]):
        # typer keeps the first name of an option in ``default``.
        names = [
            name
            for info in parameter.annotation.__metadata__
            if hasattr(info, "param_decls")
            for name in (info.default, *(info.param_decls or ()))
        ]
        if option := next((name for name in names if isinstance(name, str) and name.startswith("--")), ""):
            raise UsageError(f"{option} is empty; give it a value, or leave it out")


def with_options(
    command: Command, run: Command, options: Mapping[str, tuple[Any, Any]], hidden: Collection[str] = ()
) -> Command:
    """Return ``run`` with the name, help text and options of ``command``, and more options after these.

    Parameters
    ----------
    command
        The command.
    run
        The function that is called, with every option by its name.
    options
        The annotation and the default of each option by name.
    hidden
        The parameters of ``command`` that ``run`` fills in.
    """
    return _Extended(command, run, options, hidden)


class _Extended:
    """A command with more options. Its signature is made when typer reads it: of one command, and of none for a list of all."""

    def __init__(self, command: Command, run: Command, options: Mapping[str, tuple[Any, Any]], hidden: Collection[str]) -> None:
        self._command, self._run, self._options, self._hidden = command, run, options, hidden
        self.__name__, self.__doc__ = command.__name__, command.__doc__

    def __call__(self, *values: Any, **named: Any) -> Any:
        return self._run(*values, **named)

    @cached_property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.KEYWORD_ONLY
        added = [inspect.Parameter(name, kind, default=d, annotation=a) for name, (a, d) in self._options.items()]
        return inspect.Signature([*own_parameters(self._command, self._hidden), *added])

    @property
    def __annotations__(self) -> dict[str, Any]:  # type: ignore[override] # typer reads the types from here
        return {parameter.name: parameter.annotation for parameter in self.__signature__.parameters.values()}
