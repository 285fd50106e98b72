"""The house of docs architecture: a floor stands on the floors below it, and no two rooms lean on each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import pytest

import knockon

PACKAGE = Path(knockon.__file__).parent

#: The floor of each room; a room is a folder of the package, or a file that stands alone.
FLOORS = {
    "vocabulary": 0, "errors": 0, "bundled": 0, "text": 0, "text_table": 0, "markdown": 0, "controls": 0,
    "model": 1, "sparql": 1, "worker": 1,
    "store": 2, "rdf": 2,
    "authoring": 3, "query": 3,
    "propagation": 4, "network": 4,
    "analysis": 5,
    "present": 6,
    "graph": 7,
    "cli": 8, "__main__": 8, "__init__": 8,
}  # fmt: skip
#: The modules of ``network`` that hold arrays, or make arrays of other arrays and of columns.
ARRAY_MODULES = {"array_input", "arrays", "flows", "from_flows", "hits", "name_arrays", "network", "network_arrays"}
#: The public face stands before all of it; it imports nothing until it is asked for a name, as test_public.py holds.
FACE = "__init__"


class Import(NamedTuple):
    """A module of ours, and a line in which it imports another one."""

    module: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.imported}"


def modules() -> dict[str, Path]:
    """Every module by its dotted name below the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] != "_bundled":
            found[".".join(parts)] = path
    return found


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def imports() -> Iterator[Import]:
    """Every import of ours: at the top, inside a function, or for type checkers alone."""
    for module, path in modules().items():
        if module != FACE:
            for node in import_statements(path):
                for imported in named(node, module):
                    yield Import(module, node.lineno, imported)


def import_statements(path: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def named(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """The modules of ours that an import names, below the package."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif node.level:
        base = ["knockon", *module.split(".")][: -node.level]
        names = [".".join([*base, *(node.module or "").split("."), alias.name]).replace("..", ".") for alias in node.names]
    else:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    for name in names:
        if name == "knockon" or name.startswith("knockon."):
            inside = name.removeprefix("knockon").lstrip(".")
            # What is no room is a name of the public face.
            yield inside if room(inside) in FLOORS else FACE


EVERY = list(imports())


def test_every_room_has_a_floor() -> None:
    """A new room gets a place in the plan, and the plan names no room that is not there."""
    rooms = {room(module) for module in modules()}
    assert rooms == set(FLOORS), f"not in both: {sorted(rooms ^ set(FLOORS))}"


def test_the_documents_have_the_same_layers() -> None:
    """The table of docs/architecture.md puts every package and module into the layer that is checked here."""
    page = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d) \| ([^|]*) \|", page, flags=re.MULTILINE)
    documented = {
        name.removesuffix(".py").rstrip("/"): int(layer) for layer, names in rows for name in re.findall(r"`([^`]+)`", names)
    }
    assert documented == {name: layer for name, layer in FLOORS.items() if not name.startswith("__")}


def test_something_was_looked_at() -> None:
    """The imports that must be there are seen: at the top, inside functions, from a package."""
    seen = {(room(one.module), room(one.imported)) for one in EVERY}
    assert {("store", "rdf"), ("graph", "analysis"), ("analysis", "network"), ("model", "vocabulary")} <= seen
    assert any(one.module == "graph.impacts" and one.imported.startswith("analysis.impact") for one in EVERY)


def test_nothing_imports_from_a_higher_floor() -> None:
    """Imports lead to the same floor or a lower one, inside functions as well."""
    wrong = [str(one) for one in EVERY if FLOORS[room(one.imported)] > FLOORS[room(one.module)]]
    assert not wrong, "\n".join(wrong)


def test_no_two_modules_import_each_other() -> None:
    """Imports between modules never lead back to where they began, those inside functions or for type checkers included."""
    known = modules()
    graph = nx.DiGraph()
    for one in EVERY:
        target = module_of(one.imported, known)
        if target not in (FACE, one.module):
            graph.add_edge(one.module, target, line=str(one))
    cycles = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
    lines = [line for part in cycles for _, _, line in graph.subgraph(part).edges(data="line")]
    assert not cycles, "\n".join(sorted(lines))


def module_of(name: str, known: Mapping[str, object]) -> str:
    """Return the module that an imported name is, or is in; a package is its ``__init__``.

    A name of the public face is in the face itself.
    """
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        for module in (".".join(parts[:end]), ".".join([*parts[:end], "__init__"])):
            if module in known:
                return module
    return FACE


@pytest.mark.parametrize("floor", sorted(set(FLOORS.values())))
def test_rooms_of_one_floor_do_not_lean_on_each_other(floor: int) -> None:
    """Between the rooms of one floor imports never lead back, directly or by way of a third."""
    lean = nx.DiGraph()
    for one in EVERY:
        source, target = room(one.module), room(one.imported)
        if source != target and FLOORS.get(source) == FLOORS.get(target) == floor:
            lean.add_edge(source, target)
    circles = [sorted(part) for part in nx.strongly_connected_components(lean) if len(part) > 1]
    lines = [str(one) for one in EVERY for part in circles if {room(one.module), room(one.imported)} <= set(part)]
    assert not circles, "\n".join([str(circles), *(line for line in lines)])


def test_the_arrays_know_nothing_of_rdf() -> None:
    """The models run on arrays only: propagation imports numpy and the network's arrays, no store, no records."""
    for module, path in modules().items():
        if room(module) == "propagation":
            ours = {one.imported.split(".")[1] for one in EVERY if one.module == module and room(one.imported) == "network"}
            assert ours <= ARRAY_MODULES, module
            outside = {room(one.imported) for one in EVERY if one.module == module}
            assert outside <= {"propagation", "network", "vocabulary", "errors"}, module
            foreign = {alias.name.split(".")[0] for node in import_statements(path) for alias in node.names}
            assert not foreign & {"pyoxigraph", "rdflib", "pydantic", "json", "pathlib"}, module


def test_no_room_below_the_graph_takes_a_graph() -> None:
    """Lower floors take a Store or a Network; only the top two know the Graph."""
    knowing = {room(one.module) for one in EVERY if room(one.imported) == "graph"}
    assert knowing <= {"cli", "graph"}
