"""Descriptions of parameters that many methods of Graph have, and of their errors: written once, added to each docstring."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from knockon.analysis import options
from knockon.docstrings import entries, sections

#: The meaning of a parameter by its name. A method that means another thing describes the parameter itself.
PARAMETERS: Mapping[str, str] = {
    "shock": "A shock of the graph by IRI, local name or label; None where ``hit`` is given.",
    "entity": "The entity, by IRI, local name or label.",
    "hit": 'What is hit instead, each entity with a severity (a word or 0..1): ``{"nvidia": "high", "ios": 0.3}``.\n'
    "``covered-by:LIST`` is all that the list of a measure covers: the supplies and provisions of its parties.",
    "what_if": 'Changes to dependencies that are supposed, each by its name: ``{"DEPENDENCY": "criticality=low"}``; also\n'
    "``source=0.3`` (a second source that never fails takes over this share of the need), ``supplier=ENTITY`` (a further one,\n"
    "with ``; share=0.4``, or in place of one with ``; instead=ENTITY``) and ``buffer=30`` (a stock, in days).",
    "given": "Entities that are known to have failed: the model ``chance`` then has the probabilities under this condition.",
    "portfolio": "The entities that the answer is about, as ``Graph.portfolio`` returns them; None: all.",
    "engine": "What runs the model: ``memory``, or ``duckdb`` for networks beyond memory, with the same numbers.",
    "memory": 'The most memory of another engine, such as ``"4GB"``; None: three quarters of the machine\'s.',
    "spill": "The folder of another engine for what does not fit into memory; None: that of the system for temporary files.",
    "spill_limit": 'The most that may be written there, such as ``"30GB"``; None: what is free on the disk.',
    "master": "The address of the cluster that Spark runs on, such as ``spark://host:7077``; None: this machine.",
    "keep": "How many earlier revisions the store keeps from now on (0 to 10); None: as many as now.",
}
#: The errors that come with a parameter where its shared description applies.
ERRORS: Mapping[str, Mapping[str, str]] = {
    "**options": {
        "NotFound": "There is no such shock, entity or document; the message suggests similar names.",
        "UsageError": "An option is unknown or out of its range.",
    },
    "shock": {"UsageError": "Not exactly one of ``shock`` and ``hit`` is given."},
    "what_if": {
        "NotFound": "There is no such dependency or supplier.",
        "UsageError": "A change does not fit its dependency.",
    },
    "given": {
        "NotFound": "There is no such entity that is given.",
        "UsageError": "The model is not ``chance``, or what is given does not occur under the shock.",
    },
    "engine": {
        "UsageError": "There is no such engine, it is not installed, or it does not have the model.",
        "LimitReached": "The run does not fit into the memory and the disk that the engine may take.",
    },
    "keep": {"UsageError": "``keep`` is out of its range, or the graph is not a store folder."},
}
_STARS: Mapping[object, int] = {inspect.Parameter.VAR_POSITIONAL: 1, inspect.Parameter.VAR_KEYWORD: 2}


def complete(function: Callable[..., Any]) -> str | None:
    """Return the docstring of a function with the shared descriptions of what it does not describe itself.

    Parameters are in the order of the signature. What is shared of an error follows what the docstring says of it.

    Examples
    --------
    >>> def spread(entity: str) -> None:
    ...     "Do something."
    >>> print(complete(spread).splitlines()[-1])
        The entity, by IRI, local name or label.
    """
    if function.__doc__ is None:  # python -OO
        return None
    signature = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.name != "self"]
    names = [f"{'*' * _STARS.get(parameter.kind, 0)}{parameter.name}" for parameter in signature]
    text, parts = sections(function.__doc__)
    parameters = {name: entry for entry in entries(parts.get("Parameters", "")) for name in entry[0].split(", ")}
    shared = {**PARAMETERS, "**options": _options(function.__annotations__["options"])} if "**options" in names else PARAMETERS
    described = [parameters.get(name, (name, shared.get(name, ""))) for name in names]
    raised = {error: [meaning] for error, meaning in entries(parts.get("Raises", ""))}
    for name in (name for name in names if name not in parameters):
        for error, meaning in ERRORS.get(name, {}).items():
            raised.setdefault(error, []).append(meaning)
    parts["Parameters"] = _section(dict.fromkeys(entry for entry in described if entry[1]))
    parts["Raises"] = _section((error, "\n".join(meanings)) for error, meanings in raised.items())
    order = ("Parameters", "Returns", "Yields", "Raises", "References", "Examples")
    written = [f"{name}\n{'-' * len(name)}\n{parts[name].strip()}" for name in order if parts.get(name)]
    return "\n\n".join([text, *written])


@functools.cache
def _options(annotation: str) -> str:
    """Return the description of ``**options`` of a type: the names of those options."""
    name = annotation.removeprefix("Unpack[").removesuffix("]")
    return textwrap.fill(f"See ``knockon.{name}``: {', '.join(getattr(options, name).__annotations__)}.", 120)


def _section(described: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}\n{textwrap.indent(text, '    ')}" for name, text in described)


__all__ = ["ERRORS", "PARAMETERS", "complete"]
