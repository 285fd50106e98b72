"""Data whose every text is meant to do harm, and calls of every command that show it."""

from __future__ import annotations

import csv
import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from knockon.cli import run
from knockon.cli.app import create_app

CASES = Path(__file__).parents[1] / "cases" / "hostile"
#: Names that are formulas, hold controls or marks, or read as addresses.
NAMES = ("＝1+1", "\xa0\u200b=1+1", "\x9b31mred\u202e", "\u2066[x](http://127.0.0.1:9999)", "<b>x</b>", "www.example.org/x",
         "a@b.example", "-2+3", "1. x")  # fmt: skip
#: One call at least of every command that has rows or texts, each on the store unless it names a file.
CALLS = (
    "search x",
    "show hub",
    "show bad",
    "profile hub",
    "profile c1",
    "schema",
    "impact bad",
    "impact --all",
    "impact",
    "impact --hit c1=high",
    "explain bad c0",
    "explain bad c7",
    "explain bad c0 --model chance --set draws=16 --given c7",
    "exposure hub",
    "neighbours hub",
    "paths c1 hub",
    "compare bad two",
    "chains",
    "query 'SELECT * { ?s ?p ?o FILTER(isLiteral(?o)) }'",
    "query 'SELECT ?label ?s { ?s rdfs:label|dcterms:title ?label }' --columns label",
    "query 'ASK {}'",
    "query 'CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }'",
    "query --list",
    "query --name aliases --show",
    "chokepoints c0",
    "concentration",
    "concentration --by need",
    "concentration hub",
    "loops",
    "uncertainty bad --draws 16",
    "importance bad c0 --draws 16",
    "mitigate bad --protect c0",
    "ls",
    "history",
    "diff",
    "remove mini",
    "undo",
    "backup copy",
    "backtest aisin-1997",
    "load mini.csv",
    "evidence show c1 --documents .",
    "evidence check --documents .",
    "validate mini.csv names.csv",
    "rank flows.csv --model leontief",
    "rank flows.csv --firms sectors-of-firms.csv --shocks shocks.csv --by-sector",
    "price flows.csv --cost steel=0.1",
    "price flows.csv --shocks shocks.csv --rises duty",
    "extraction flows.csv --extract steel=0.5",
    "extraction flows.csv --shocks shocks.csv",
    "ghosh flows.csv --fall steel=0.1",
    "ghosh flows.csv --shocks shocks.csv",
    "inoperability part.csv --hit steel=0.5",
    "inoperability part.csv --start steel=0.5 --recovery 9 --horizon 9",
    "fdna links.csv --hit steel=0.5",
    "fdna links.csv --shocks shocks.csv",
    "survive flows.csv --firms stocks.csv",
    "covered all",
    "loops --ownership",
    "resolve",
    "resolve --evaluate",
    "watch --portfolio mine.csv --dry-run",
    "import flows.csv --dry-run",
    "mapping ls",
    "generate country --firms 20 --out made --tables csv --table sectors.csv",
    "propose note.txt --from lines.jsonl --dry-run",
    "review --proposals queue.jsonl --list",
)
FORMS = ("table", "json", "jsonl", "csv", "tsv", "md", "parquet", "xlsx", "ttl", "nt", "nq", "trig", "jsonld", "rdf")
#: Commands that take no store, or are called without one here.
_OF_FILES = ("validate", "rank", "price", "extraction", "ghosh", "inoperability", "fdna", "survive", "mapping",
             "generate", "backtest")  # fmt: skip


def hostile_folder(folder: Path) -> None:
    """Fill a folder: a store ``st`` of two revisions, and the tables that calls read."""
    (folder / "mini.csv").write_bytes((CASES / "mini.csv").read_bytes())
    needs = [("dependant", "need", "mechanism"), *((name, "steel", name) for name in NAMES)]
    flows = [("supplier", "customer", "value"), *((name, "steel", "1") for name in ("<b>x</b>", "[x](y)", "＝1+1", "@SUM(1)"))]
    holdings = [("name",), *((name,) for name in NAMES)]
    sectors = [
        flows[0],
        *(("steel", name, "5") for name in NAMES if not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", name)),
    ]
    of_firms = [("firm", "sector"), *((row[0], row[0]) for row in flows[1:]), ("steel", "-2+3")]
    part = [flows[0], *(("steel", row[0], "0.5") for row in flows[1:])]
    links = [("feeder", "receiver", "strength", "criticality"), *((row[0], "steel", "0.5", "20") for row in flows[1:])]
    stocks = [("firm", "final_demand", "stock", "recovery"), *((row[0], "1", "5", "9") for row in flows[1:])]
    for name, rows in (
        ("part.csv", part),
        ("links.csv", links),
        ("stocks.csv", stocks),
        ("names.csv", needs),
        ("sectors-of-firms.csv", of_firms),
        ("flows.csv", flows),
        ("mine.csv", holdings),
        ("sectors.csv", sectors),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    (folder / "shocks.csv").write_text("shock,firm,share\n<b>x</b>,steel,0.5\n@SUM(1),[x](y),0.1\n", "utf-8")
    (folder / "note.txt").write_text("Steel \x1b[31m is made.", "utf-8")
    proposed = [
        {"class": "Dependency", "fields": {"dependant": "c1", "need": {"class": "Material", "label": name}}, "quote": "is made"}
        for name in NAMES
    ]
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, proposed)), "utf-8")
    store = str(folder / "st")
    assert run(["load", str(CASES / "harm-dataset"), "--store", store, "-q"]) == 0
    assert run(["load", str(folder / "mini.csv"), str(folder / "names.csv"), "--store", store, "-q"]) == 0
    proposing = ["propose", str(folder / "note.txt"), "--from", str(folder / "lines.jsonl"), "--store", store]
    assert run([*proposing, "--proposals", str(folder / "queue.jsonl"), "-o", str(folder / "proposed.json"), "-q"]) == 0


def arguments(call: str, form: str) -> list[str]:
    """Return the arguments of a call that asks for a form, in a folder that ``hostile_folder`` filled."""
    words = shlex.split(call)
    return [*words, *(() if words[0] in _OF_FILES else ("--store", "st")), *(("--format", form) if form else ())]


@cache
def _program() -> Any:
    return get_command(create_app())


def command_of(call: str) -> tuple[str, tuple[str, ...]]:
    """Return the command that a call names, and the forms it has as its help lists them."""
    command, names = _program(), []
    for word in shlex.split(call):
        if word not in getattr(command, "commands", {}):
            break
        command = command.commands[word]
        names.append(word)
    return " ".join(names), forms_of(command)


def forms_of(command: Any) -> tuple[str, ...]:
    """Return the forms that a command of typer has."""
    text = next((option.help or "" for option in command.params if option.name == "format_"), "").split("[")[0]
    return tuple(form for form in FORMS if re.search(rf"\b{form}\b", text))


def commands(group: Any = None, name: str = "") -> dict[str, tuple[str, ...]]:
    """Return every command by its name, with its forms."""
    group = group or _program()
    if not hasattr(group, "commands"):
        return {name: forms_of(group)}
    found = [commands(inner, f"{name} {word}".strip()) for word, inner in group.commands.items()]
    return {name: forms for one in found for name, forms in one.items()}
