"""What is wrong with a call that typer refuses, in our words."""

from __future__ import annotations

import re
from typing import Any

#: What click says of arguments that are too many.
_SURPLUS = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
#: How many characters of an argument a message shows.
_SHOWN = 80


def message_of(error: Any) -> str:
    """Return the message of an error of typer, and the command that shows the help."""
    message = _wrong_value(error) or _misplaced_source(error) or getattr(error, "format_message", error.__str__)()
    message = message or "incomplete call"
    context = getattr(error, "ctx", None)
    return f"{message} (see `{context.command_path} --help`)" if context else message


def _misplaced_source(error: Any) -> str:
    """Return where the name of the data goes: into ``--store``, or without it where a command has it as an argument."""
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    options = {name for parameter in context.command.params for name in parameter.opts if name.startswith("-")}
    surplus = _SURPLUS.fullmatch(getattr(error, "message", None) or "")
    if surplus and "--store" in options:
        words = surplus[1] if len(surplus[1]) <= _SHOWN else f"{surplus[1][:_SHOWN]}..."
        return f"too many arguments: {words}; --store NAME says which data are read, and a name of several words has quotes"
    arguments = [each for each in context.command.params if each.param_type_name == "argument"]
    if getattr(error, "option_name", "") in ("--store", "-s") and arguments:
        return f"the data are an argument here, without --store: {context.command_path} {_argument(arguments[0])}"
    return ""


def _wrong_value(error: Any) -> str:
    """Return what is wrong with the value of an option in our words, where typer has those of pydantic; else nothing."""
    from pydantic import ValidationError

    if not isinstance(error.__cause__, ValidationError) or getattr(error, "param", None) is None:
        return ""
    from knockon.model.validation_errors import faults

    parameter = error.param
    names = [name for name in parameter.opts if name.startswith("-")]
    option = max(names, key=len) if names else _argument(parameter)
    fault = next(iter(faults(error.__cause__, [])))
    # Of an option that may be repeated the fault has the place as well.
    words = fault.message.removeprefix(".".join(map(str, fault.path))).strip()
    return f"{option}: {words}"


def _argument(parameter: Any) -> str:
    """Return an argument as the help shows it: ``STORE``."""
    return str(parameter.metavar or parameter.name).strip("[]{}.").upper()


__all__ = ["message_of"]
