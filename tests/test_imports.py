"""What is loaded when: a command or method loads the packages that it needs, and no other heavy ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: Packages that cost memory or time; pyvis brings IPython, and that jedi.
HEAVY = [
    "IPython", "jedi", "jinja2", "networkx", "numba", "numpy", "pandas", "pyarrow",
    "pyvis", "rdflib", "rustworkx", "scipy",
]  # fmt: skip

#: In one process, in this order: what is run, and what of HEAVY it is the first to load.
STEPS: list[tuple[str, set[str]]] = [
    ("import knockon", set()),
    ("$ --help", set()),
    ("$ schema", set()),
    ("$ load chips --store st", set()),
    ("$ history --store st", set()),
    ("$ ls --store st", set()),
    ("$ undo --store st", set()),
    ("$ validate chips", set()),
    ("$ query --name who-depends-on --param entity=nvidia", set()),
    ("$ search chips", set()),
    ("$ diff chips sensetime", set()),
    ("$ export --format nq -o graph.nq", set()),
    ("$ export --format jsonld -o graph.jsonld", set()),
    ("$ impact", {"numpy"}),
    ("$ impact entity-list-chips", set()),
    ("knockon.open().impact('entity-list-chips')", set()),
    ("$ show nvidia", set()),
    ("$ exposure southeast-asian-retailers", set()),
    ("$ explain entity-list-chips sensefoundry --format md", set()),
    ("$ chains", set()),
    ("$ concentration --store chips", set()),
    ("$ compare entity-list-chips --facts-only", set()),
    ("$ mitigate entity-list-chips --protect sensefoundry", set()),
    ("$ uncertainty entity-list-chips", set()),
    ("$ rank chips --top 5", set()),
    ("$ loops", {"networkx"}),
    ("$ chokepoints recurring-licensing-revenue", set()),
    ("$ profile nvidia --format md", set()),
    ("knockon.open().to_networkx()", set()),
    ("$ explore --shock entity-list-chips -o page.html", {"jinja2"}),
    ("$ report entity-list-chips -o report.html", set()),
    ("knockon.open().to_rdflib()", {"rdflib"}),
    ("knockon.open().to_pyvis()", {"IPython", "pyvis"}),
]

PROGRAM = """
import contextlib, io, json, sys
heavy, steps = json.load(sys.stdin)
for step in steps:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        before = {name for name in heavy if name in sys.modules}
        if step.startswith("$ "):
            import knockon.cli
            code = knockon.cli.run(step.split()[1:])
        else:
            exec(step)
            code = 0
    print(json.dumps([step, code, [name for name in heavy if name in sys.modules and name not in before]]))
"""


#: Steps that take half a second and load what others load, too.
_LONG = ("$ export", "$ diff", "$ compare", "$ mitigate", "$ rank", "$ profile", "$ explain", "$ concentration", "$ explore")
_SHORT = [(step, loaded) for step, loaded in STEPS if not step.startswith((*_LONG, "$ report", "knockon.open().to_"))]


@pytest.mark.parametrize("chosen", [_SHORT, pytest.param(STEPS, marks=pytest.mark.slow)], ids=["some", "all"])
def test_each_command_loads_only_what_it_needs(tmp_path: Path, chosen: list[tuple[str, set[str]]]) -> None:
    """The drawing packages for drawings, networkx for graphs and loops, numpy for losses: nothing before it is asked for."""
    given = json.dumps([HEAVY, [step for step, _ in chosen]])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], input=given, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(step, code, set(loaded)) for step, code, loaded in steps] == [(step, 0, loaded) for step, loaded in chosen]


#: What the help of the program must not load, by the first part of its name or in whole.
_NOT_FOR_HELP = {"dataclasses", "enum", "inspect", "knockon.errors", "pydantic", "re", "rich", "typer", "typing"}


@pytest.mark.parametrize("call", ["", "--help", "-h"])
def test_the_help_loads_next_to_nothing(call: str) -> None:
    """The help is a text that is ready: neither typer nor what commands are made of is loaded to write it."""
    code = (
        "import sys; sys.stdout.write = lambda text: None; before = set(sys.modules); from knockon.cli import run; "
        f"assert run({call.split()}) == 0; sys.stderr.write(' '.join(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    assert "knockon.cli.help_text" in loaded
    assert not _NOT_FOR_HELP & {*loaded, *(name.split(".")[0] for name in loaded)}


#: What no shock of the bundled data without lists needs: each of them takes a hundredth of the time of a command or more.
_NOT_FOR_IMPACT = {
    "importlib.metadata", "rich", "typer._adapters", "knockon.analysis.lists.covered", "knockon.analysis.lists.covered_answer",
}  # fmt: skip
#: What a question about bundled records that asks no query does not need: databases, and stores in folders.
_DATABASES = {
    "sqlite3", "knockon.query.ask", "knockon.rdf.ontology", "knockon.rdf.to_rdf", "knockon.sparql.database",
    "knockon.sparql.tokens", "knockon.store.assembly", "knockon.store.kept_records", "knockon.store.pointer",
}  # fmt: skip
_COUNTING = """
import contextlib, io, json, sys
import pydantic
built, make = [], pydantic.TypeAdapter.__init__
def count(self, *args, **options):
    built.append(str(args))
    make(self, *args, **options)
pydantic.TypeAdapter.__init__ = count
"""
_RUN = """
import contextlib, io, json, sys
from knockon.cli import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    code = run(["impact", "data-reclassification"])
"""


def test_an_impact_does_not_load_what_it_does_not_show() -> None:
    """The answer about lists is loaded for shocks that ask for lists, and a renderer of terminals for terminals.

    A command of fifty options makes no validators for texts, nor for options with their default.
    """
    program = f"{_COUNTING}{_RUN}\nprint(code, len(built), *sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    code, number, *loaded = done.stdout.split()
    assert (code, number) == ("0", "0")
    assert "knockon.analysis.impact.impact" in loaded
    assert not _NOT_FOR_IMPACT & set(loaded)


def test_what_asks_no_query_loads_no_database() -> None:
    """A database is built, and what builds and asks it is loaded, for a query: most answers need the records alone."""
    asked = "graph.impact(hit={'nvidia': 'high'}); graph.impact('data-reclassification')"
    program = f"import sys, knockon; graph = knockon.open(); {asked}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "knockon.analysis.context" in loaded
    assert not _DATABASES & loaded
