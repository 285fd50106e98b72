"""Write the reference pages and the list of commands from the code, queries and ontology; ``--check`` only compares them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pyoxigraph import NamedNode

import answers_page
import api_page
import models_page
import ontology_page
import python_page
import which_model_page
from knockon.cli.app import create_app
from knockon.cli.help import WIDTH
from knockon.query.library import library
from knockon.rdf.ontology import ontology
from knockon.vocabulary import KO, OWL, RDF, RDFS

HERE = Path(__file__).resolve().parent / "reference"

#: One line that shows what each command is for; a test runs them all.
EXAMPLES = {
    "rank": "knockon rank sensetime --top 5",
    "demo": "knockon demo -o demo-output",
    "validate": "knockon validate sensetime chips",
    "load": "knockon load sensetime --store my-store",
    "resolve": "knockon resolve --evaluate",
    "propose": "knockon propose note.txt --store chips --proposals chips-proposals.jsonl",
    "review": "knockon review --help",
    "import": 'knockon import list.csv --rename Buyer=customer --rename "Supplier name=supplier" --store imported',
    "mapping ls": "knockon mapping ls",
    "mapping suggest": "knockon mapping suggest list.csv",
    "ls": "knockon ls",
    "diff": "knockon diff chips sensetime --format csv",
    "search": "knockon search chips --type Shock",
    "history": "knockon load sensetime --store my-store\n$ knockon history --store my-store",
    "undo": "knockon undo --store my-store",
    "remove": "knockon load chips --store my-store\n$ knockon remove chips --store my-store",
    "backtest": "knockon backtest --page backtest.html",
    "backup": "knockon load chips --store my-store\n$ knockon backup my-copy --store my-store",
    "export": "knockon export --format nq -o sensetime.nq",
    "query": 'knockon query "SELECT ?who WHERE { ?who ko:dependsOn id:nvidia } ORDER BY ?who" --format csv',
    "schema": "knockon schema --format md",
    "show": "knockon show nvidia",
    "neighbours": "knockon neighbours gpu-compute",
    "paths": "knockon paths sensefoundry nvidia",
    "profile": "knockon profile nvidia --format md",
    "impact": "knockon impact entity-list-chips --min-loss 0.3",
    "exposure": "knockon exposure southeast-asian-retailers",
    "covered": "knockon covered us-entity-list --store chips",
    "explain": "knockon explain entity-list-chips sensefoundry --format md",
    "chains": "knockon chains",
    "chokepoints": "knockon chokepoints recurring-licensing-revenue",
    "loops": "knockon loops --if training-datasets=platform-deployment",
    "concentration": "knockon concentration --store chips",
    "importance": "knockon importance entity-list-chips sensefoundry --exact --top 5",
    "price": "knockon price --help",
    "extraction": "knockon extraction --help",
    "ghosh": "knockon ghosh --help",
    "inoperability": "knockon inoperability --help",
    "fdna": "knockon fdna --help",
    "survive": "knockon survive --help",
    "uncertainty": "knockon uncertainty entity-list-chips --min-loss 0.5",
    "mitigate": "knockon mitigate entity-list-chips --protect sensefoundry",
    "compare": "knockon compare data-reclassification --facts-only",
    "watch": "knockon watch --portfolio mine.csv --store chips --fail-on new --fail-on 'loss>0.5'",
    "generate country": "knockon generate country --firms 1000 --seed 1 --out country --tables csv",
    "report": "knockon report entity-list-chips -o report.html",
    "serve": "knockon serve --help",
    "mcp": "knockon mcp --help",
    "explore": "knockon explore --shock entity-list-chips -o page.html",
    "evidence check": "knockon evidence check --documents DOCUMENTS --format json",
    "evidence show": "knockon evidence show inference-chips --documents DOCUMENTS",
}


def main() -> int:
    """Write the pages, or say which differ."""
    pages = {
        "answers.md": answers_page.page(), "commands.md": commands(), "python.md": python_page.page(),
        "api.md": api_page.page(), "models.md": models_page.page(), "../which-model.md": which_model_page.page(),
        "queries.md": queries(), "vocabulary.md": vocabulary(),
        "../ontology/index.html": ontology_page.page(),
        "../../graph/knockon/cli/summaries.py": summaries(),
        "../../graph/knockon/cli/help_text.py": help_text(),
    }  # fmt: skip
    stale = [name for name, text in pages.items() if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text]
    if "--check" in sys.argv:
        for name in stale:
            path = (HERE / name).resolve().relative_to(HERE.parents[1])
            sys.stderr.write(f"{path} is not what the code says; run `make docs`\n")
        return 1 if stale else 0
    HERE.mkdir(exist_ok=True)
    for name in stale:
        (HERE / name).write_text(pages[name], "utf-8")
    return 0


def each_command() -> Iterator[tuple[str, Any]]:
    """Yield each command, with its name; a command of a group has the name of the group in front."""
    group: Any = typer.main.get_command(create_app())
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            for sub, inner in sorted(command.commands.items()):
                yield f"{name} {sub}", inner
        else:
            yield name, command


def summaries() -> str:
    """Return the module with a line on each command, by which `knockon --help` imports no command."""
    group: Any = typer.main.get_command(create_app())
    lines = [f"    {name!r}: {command.get_short_help_str(1_000)!r}," for name, command in sorted(group.commands.items())]
    return (
        '"""A line on each command, for the help of the program. Written by `make docs` from the commands themselves."""\n\n'
        "# fmt: off\n# ruff: noqa: E501, Q\n"
        "SUMMARIES = {\n" + "\n".join(lines) + "\n}\n"
    )


def help_text() -> str:
    """Return the module with the help of the program as typer writes it, by which `knockon --help` loads neither."""
    program: Any = typer.main.get_command(create_app())
    with program.make_context("knockon", [], resilient_parsing=True, terminal_width=WIDTH - 2) as context:
        lines = f"{program.get_help(context)}\n".splitlines(keepends=True)
    return (
        '"""The help of the program for terminals of 80 columns or more. Written by `make docs` from the commands."""\n\n'
        "# fmt: off\n"
        "HELP = (\n" + "".join(f"    {line!r}\n" for line in lines) + ")\n"
    )


def commands() -> str:
    """Return the page of commands."""
    lines = ["# Commands", "", "Written by `make docs` from the commands themselves. `knockon --help` says the same.", ""]
    for name, command in each_command():
        lines += [f"## knockon {name}", "", (command.help or "").strip(), "", "```console", f"$ {EXAMPLES[name]}", "```", ""]
        lines += ["| Option | Means |", "|---|---|"]
        for param in command.params:
            shown = (
                ", ".join(f"`{o}`" for o in [*param.opts, *param.secondary_opts])
                if param.param_type_name == "option"
                else f"`{param.name.upper()}`"
            )
            lines.append(f"| {shown} | {_cell(getattr(param, 'help', None) or '')} |")
        lines.append("")
    return "\n".join(lines)


def queries() -> str:
    """Return the page of named queries."""
    lines = [
        "# Named queries",
        "",
        "Written by `make docs` from `ontology/queries/`. Run one with `knockon query --name NAME --param KEY=VALUE`.",
        "",
    ]
    for query in library().values():
        lines += [f"## {query.name}", "", f"{query.title}. {query.question}", ""]
        lines += [f"- `{p.name}`{f' (default `{p.default}`)' if p.default else ''}: {p.description}" for p in query.parameters]
        lines += [""] if query.parameters else []
    return "\n".join(lines)


def vocabulary() -> str:
    """Return the page of classes and properties."""
    comments: dict[str, str] = {}
    types_of: dict[str, set[str]] = {}
    quad: Any
    for quad in ontology():
        if not isinstance(quad.subject, NamedNode) or not quad.subject.value.startswith(KO):
            continue
        name = quad.subject.value[len(KO) :]
        if quad.predicate.value == RDF + "type":
            types_of.setdefault(name, set()).add(quad.object.value)
        elif quad.predicate.value == RDFS + "comment":
            comments[name] = quad.object.value
    lines = [
        "# Vocabulary",
        "",
        "Written by `make docs` from `ontology/knockon.ttl`. Prefix `ko:` is `https://w3id.org/knockon/ns#`.",
        "",
    ]
    for title, types in (("Classes", {"Class"}), ("Properties", {"ObjectProperty", "DatatypeProperty"})):
        names = sorted(name for name, its_types in types_of.items() if its_types & {OWL + cls for cls in types})
        lines += [f"## {title}", "", "| Term | Means |", "|---|---|"]
        lines += [f"| `ko:{name}` | {_cell(comments.get(name, ''))} |" for name in names]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text for a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
