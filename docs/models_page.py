"""The reference page of the models and measures: their equations, sources, units and parameters, from the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from knockon.analysis.methods import MEASURES, METHODS, REGISTRY, TABLE_MODELS, Form, Method
from knockon.analysis.models import flow_parameters, parameters

INTRODUCTION = """# Models and measures

Written by `make docs` from `graph/knockon/analysis/methods/`. Which of them answers a question is in
[Which model when](../which-model.md). `--model NAME` and `model=` choose a model of a graph; `--set` and keywords set its
parameters. What the numbers of an answer mean is in [answers.md](answers.md).
"""
PARTS: tuple[tuple[str, Mapping[str, Method]], ...] = (
    ("Models of a graph", METHODS),
    ("Models of flows and tables", TABLE_MODELS),
    ("Measures", MEASURES),
)


def page() -> str:
    """Return the page."""
    lines = [INTRODUCTION]
    for title, methods in PARTS:
        lines += [f"# {title}", ""]
        for name, method in methods.items():
            lines += [*_entry(name, method)]
    return "\n".join(lines)


def _entry(name: str, method: Method) -> Iterator[str]:
    yield from (f"## {name}", "", f"{method.title}. Computes {method.answers}.", "")
    yield from (f"- {equation}" for equation in method.equations)
    yield from ("", method.caveat, "", f"Result: {method.result}. {bounds(method)}", "")
    yield from (f"Reference: {method.reference}.", "")
    for form_name, form in method.forms.items():
        yield from _form(form_name, form)
    if name in METHODS:
        yield from (f"Parameters, with their defaults: {_defaults(parameters(name)) or 'none'}.", "")
        if on_flows := flow_parameters(name):
            yield from (f"On money flows also: {_defaults(on_flows)}.", "")


def _form(name: str, form: Form) -> Iterator[str]:
    yield from (f"{form.when} (`{name}`):", "", *(f"- {equation}" for equation in form.equations), "")
    same = f"It equals [`{form.same_as}`](#{form.same_as}): {REGISTRY[form.same_as].title}." if form.same_as else ""
    not_monotone = "" if form.monotone else "It is not monotone: more harm to one can mean less to another."
    if text := " ".join(part for part in (form.caveat, same, not_monotone) if part):
        yield from (text, "")
    if form.reference:
        yield from (f"Reference: {form.reference}.", "")


def bounds(method: Method) -> str:
    """Return whether a method is monotone, and whether it gives a range."""
    monotone = "No loss falls when a hit rises" if method.monotone else "It may fall when a hit rises"
    return f"{monotone}; {'low and high are exact bounds' if method.ranged else 'it gives no range'}."


def _defaults(values: Mapping[str, object]) -> str:
    return ", ".join(f"`{key}={str(value).lower()}`" for key, value in values.items())
