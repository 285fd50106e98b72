"""The page of public Python names: signatures and docstrings, with every section of them."""

from __future__ import annotations

import inspect
import sys
import typing
from typing import Any

import knockon
import knockon.network
import knockon.propagation
import knockon.synthetic
from docstrings import examples, lists, parse, signature

#: Public classes whose keys or methods, or options, are on the page of answers.
_ANSWERS = {
    "Graph": "questions", "ImpactReport": "impactreport", "Explanation": "explanation", "Options": "options",
    "RoundOptions": "roundoptions", "RunOptions": "runoptions", "WorldOptions": "worldoptions",
}  # fmt: skip
#: Classes whose methods are documented one by one.
_WITH_METHODS = {"ImpactReport", "Explanation", "QueryAnswer", "Network", "Hits"}


def page() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Python", "",
        "Written by `make docs`. Every public name is in `knockon`; everything else may change. The questions of a `Graph` and",
        "what they return are in [answers.md](answers.md).", "",
    ]  # fmt: skip
    for name in sorted(knockon.__all__, key=str.lower):
        if not name.startswith("__"):
            lines += entry(name, getattr(knockon, name))
    lines += [
        "# On arrays",
        "",
        "`knockon.network.Network` holds a compiled network, `knockon.propagation` the models,",
        "`knockon.synthetic` makes data for benchmarks and teaching.",
        "",
    ]
    for place, names in (
        ("knockon.network", ["Network", "Hits"]),
        ("knockon.propagation", knockon.propagation.__all__),
        ("knockon.synthetic", ["generate_country"]),
    ):
        for name in names:
            lines += entry(name, getattr(sys.modules[place], name), place)
    return "\n".join(lines)


def entry(name: str, thing: Any, place: str = "") -> list[str]:
    """Return the lines of one public name; those of a model have the equations and references of its module."""
    parsed = parse(thing)
    full = f"{place}.{name}" if place else name
    lines = [f"## {full}", ""]
    if inspect.isfunction(thing):
        lines += [signature(full, thing), ""]
    lines += [parsed.summary, ""]
    lines += [parsed.body, ""] if parsed.body else []
    if name in _ANSWERS and not place:
        lines += [f"[Its reference](answers.md#{_ANSWERS[name]})", ""]
    module = parse(sys.modules[thing.__module__]) if place == "knockon.propagation" and inspect.isfunction(thing) else None
    if module and thing.__module__ == f"{place}.{name}":
        lines += ["**Method**", "", module.summary, "", *([module.body, ""] if module.body else [])]
    lines += [] if typing.is_typeddict(thing) else lists(parsed)
    if module and module.references and not parsed.references:
        lines += ["**References**", "", module.references, ""]
    lines += examples(parsed)
    return lines + (methods(thing) if name in _WITH_METHODS else [])


def methods(cls: type) -> list[str]:
    """Return the lines of the public methods and properties of a class."""
    lines: list[str] = []
    for name, value in inspect.getmembers_static(cls):
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if name.startswith("_") or not (inspect.isfunction(function) or isinstance(function, property)):
            continue
        parsed = parse(function)
        lines += [f"### {cls.__name__}.{name}", ""]
        lines += [signature(name, function), ""] if inspect.isfunction(function) else []
        lines += [parsed.summary, "", *([parsed.body, ""] if parsed.body else []), *lists(parsed), *examples(parsed)]
    return lines


__all__ = ["page"]
