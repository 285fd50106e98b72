"""The page that says which model answers which question, from the registry."""

from __future__ import annotations

from collections.abc import Iterator

from knockon.analysis.methods import REGISTRY, Method
from models_page import PARTS, bounds

INTRODUCTION = """# Which model when

Written by `make docs` from the registry of models and measures, `graph/knockon/analysis/methods/`. Begin with the question; the
equations, their sources and all forms are in [the reference](reference/models.md), and what the numbers of a graph mean is in
[How it works](explanation.md).

| Question | Model or measure | It needs | It gives |
|---|---|---|---|"""
#: The tables of the examples, by file.
TABLES = {
    "flows.csv": """supplier,customer,value
mill,bakery,40
mill,brewery,15.5
bakery,cafe,20
brewery,cafe,32
cafe,bakery,3""",
    "firms.csv": """firm,sector,final_demand,costs,equity
mill,food,10,20,15
bakery,food,25,50,12
brewery,drinks,5,40,30
cafe,services,60,55,18""",
    "industries.csv": """supplier,customer,value
one,one,150
one,two,500
two,one,200
two,two,100""",
    "demand.csv": """firm,final_demand
one,350
two,1700""",
    "jobs.csv": """firm,sector,weight
mill,food,120
bakery,food,40
brewery,drinks,0
cafe,services,300""",
    "grid.csv": """supplier,customer,value
power,water,0.4
water,power,0.9
power,phones,1
water,phones,0.8""",
    "feeds.csv": """feeder,receiver,strength,criticality
radar,tracker,0.75,20
radar,display,0.85,30
tracker,command,0.45,35
display,command,0.70,30""",
    "deliveries.csv": """supplier,customer,value
foundry,engine maker,1
foundry,pump maker,1""",
    "stocks.csv": """firm,final_demand,stock,recovery
foundry,0,10,20
engine maker,2,4,
pump maker,2,0,5""",
    "switch.csv": """dependant,need,provider,alternative,switchingTime
Car maker,seats,Seat maker,Other seat maker,P10D""",
}


def page() -> str:
    """Return the page."""
    lines = [INTRODUCTION]
    for name, method in REGISTRY.items():
        lines += [*_rows(name, method)]
    lines += ["", *_differences(), "", *_tables(), ""]
    for title, methods in PARTS:
        lines += [f"# {title}", ""]
        for name, method in methods.items():
            lines += [*_section(name, method)]
    return "\n".join(lines)


def _rows(name: str, method: Method) -> Iterator[str]:
    """Yield the row of a method in the table of questions, and those of its forms with a question of their own."""
    yield f"| {method.question} | [`{name}`](#{name}) | {method.needs} | {method.result} |"
    for form_name, form in method.forms.items():
        if form.question:
            when = form.when[0].lower() + form.when[1:]
            yield f"| {form.question} | [`{name}`](#{name}), {form_name} | {when} | as `{name}` |"


def _differences() -> Iterator[str]:
    """Yield what is not as in the other models: no monotone losses, two names for one model."""
    yield "What to know before two numbers are compared:"
    yield ""
    for name, method in REGISTRY.items():
        for form_name, form in method.forms.items():
            if form.same_as:
                yield f"- `{name}` with `{form_name}` and `{form.same_as}` are one model under two names."
            if method.monotone and not form.monotone:
                yield f"- `{name}` with `{form_name}` is not monotone: {form.caveat}"


def _tables() -> Iterator[str]:
    yield "The examples use the data sets that come with Knock-on, and these tables:"
    for name, text in TABLES.items():
        yield from ("", f"`{name}`:", "", "```csv", text, "```")


def _section(name: str, method: Method) -> Iterator[str]:
    yield from (
        f"## {name}",
        "",
        f"{method.title}: {method.answers}. Use it {method.use}. {method.caveat} {bounds(method)}",
        "",
    )
    if method.command:
        yield from _block("console", f"$ {method.command}")
    if method.python:
        yield from _block("python", method.python)
    for form in method.forms.values():
        if form.command:
            yield from (f"{form.when}:", "", *_block("console", f"$ {form.command}"))
        if form.python:
            yield from (f"{form.when}:", "", *_block("python", form.python))


def _block(language: str, text: str) -> tuple[str, ...]:
    return f"```{language}", text, "```", ""
