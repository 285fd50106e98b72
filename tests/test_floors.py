"""The layers of docs/architecture.md: a module imports only from its own layer and lower ones, and never in a cycle."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import pytest

import knockon

PACKAGE = Path(knockon.__file__).parent

#: The layer of each part of the package: a folder, or a module that is in none.
LAYERS = {
    "vocabulary": 0, "errors": 0, "bundled": 0, "text": 0, "text_table": 0, "markdown": 0, "controls": 0, "lazy_sequence": 0,
    "suggested_command": 0, "docstrings": 0, "free_memory": 0, "garbage_collection": 0,
    "model": 1, "sparql": 1, "worker": 1,
    "store": 2, "rdf": 2,
    "authoring": 3, "query": 3, "readers": 3, "identity": 3, "proposals": 3,
    "propagation": 4, "network": 4,
    "analysis": 5, "synthetic": 5,
    "present": 6,
    "graph": 7,
    "cli": 8, "serve": 8, "mcp": 8, "__main__": 8, "__init__": 8,
}  # fmt: skip
#: The modules of ``network`` that hold arrays, or make arrays of other arrays and of columns.
ARRAY_MODULES = {
    "array_input",
    "arrays",
    "edges",
    "flows",
    "from_flows",
    "hits",
    "name_arrays",
    "network",
    "network_arrays",
    "row_order",
    "substitutes",
}
#: The public names are above all layers; they import nothing until they are used, as test_public.py checks.
PUBLIC = "__init__"


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


def part_of(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def imports() -> Iterator[Import]:
    """Every import of a module of the package: at the top, inside a function, or for type checkers alone."""
    for module, path in modules().items():
        if module != PUBLIC:
            for node in import_statements(path):
                for imported in named(node, module):
                    yield Import(module, node.lineno, imported)


#: An import at the start of a line, where the linter wants each statement: with what its brackets hold, or as a line ends.
_IMPORT = re.compile(r"^[ \t]*((?:from|import)[ \t](?:[^\n(#]*\([^)]*\)|(?:[^\n]*\\\n)*[^\n]*))", flags=re.MULTILINE)


@functools.cache
def import_statements(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the imports of a module; a tree of its imports alone, each in its line, is made in a tenth of the time."""
    text = path.read_text("utf-8")
    kept: list[str] = []
    end = 0
    for match in _IMPORT.finditer(text):
        kept += ["\n" * text.count("\n", end, match.start()), match[1]]
        end = match.end()
    try:
        tree = ast.parse("".join(kept))
    except SyntaxError:  # prose that reads like an import
        tree = ast.parse(text)
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def named(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """The modules of the package that an import names, without the name of the package."""
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
            # A name that is in no part is a public name.
            yield inside if part_of(inside) in LAYERS else PUBLIC


@pytest.mark.slow
def test_the_imports_that_are_read_are_those_of_the_whole_module() -> None:
    """The tree of imports alone has every import of the whole tree, in its line; an import in a text may be one more."""
    for path in modules().values():
        of_all = [
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        read = {(node.lineno, ast.unparse(node)) for node in import_statements(path)}
        assert not {(node.lineno, ast.unparse(node)) for node in of_all} - read, path


@functools.cache
def every_import() -> tuple[Import, ...]:
    """All imports, read once: every process that collects the tests imports this module."""
    return tuple(imports())


def test_every_part_has_a_layer() -> None:
    """The layers have every part of the package, and no other."""
    parts = {part_of(module) for module in modules()}
    assert parts == set(LAYERS), f"not in both: {sorted(parts ^ set(LAYERS))}"


def test_the_documents_have_the_same_layers() -> None:
    """The table of docs/architecture.md puts every package and module into the layer that is checked here."""
    page = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d) \| ([^|]*) \|", page, flags=re.MULTILINE)
    documented = {
        name.removesuffix(".py").rstrip("/"): int(layer) for layer, names in rows for name in re.findall(r"`([^`]+)`", names)
    }
    assert documented == {name: layer for name, layer in LAYERS.items() if not name.startswith("__")}


def test_imports_are_found() -> None:
    """Imports that must exist are found: at the top, inside functions, from a package."""
    seen = {(part_of(one.module), part_of(one.imported)) for one in every_import()}
    assert {("store", "rdf"), ("graph", "analysis"), ("analysis", "network"), ("model", "vocabulary")} <= seen
    assert any(one.module == "graph.impacts" and one.imported.startswith("analysis.impact") for one in every_import())


def test_nothing_imports_from_a_higher_layer() -> None:
    """Imports are of the same layer or a lower one, inside functions as well."""
    wrong = [str(one) for one in every_import() if LAYERS[part_of(one.imported)] > LAYERS[part_of(one.module)]]
    assert not wrong, "\n".join(wrong)


def test_no_two_modules_import_each_other() -> None:
    """Imports between modules never lead back to where they began, those inside functions or for type checkers included."""
    known = modules()
    graph = nx.DiGraph()
    for one in every_import():
        target = module_of(one.imported, known)
        if target not in (PUBLIC, one.module):
            graph.add_edge(one.module, target, line=str(one))
    cycles = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
    lines = [line for part in cycles for _, _, line in graph.subgraph(part).edges(data="line")]
    assert not cycles, "\n".join(sorted(lines))


def module_of(name: str, known: Mapping[str, object]) -> str:
    """Return the module that an imported name is, or is in; a package is its ``__init__``.

    A public name is in the package itself.
    """
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        for module in (".".join(parts[:end]), ".".join([*parts[:end], "__init__"])):
            if module in known:
                return module
    return PUBLIC


@pytest.mark.parametrize("layer", sorted(set(LAYERS.values())))
def test_parts_of_one_layer_do_not_import_each_other(layer: int) -> None:
    """Between the parts of one layer imports never lead back, directly or by way of a third."""
    parts = nx.DiGraph()
    for one in every_import():
        source, target = part_of(one.module), part_of(one.imported)
        if source != target and LAYERS.get(source) == LAYERS.get(target) == layer:
            parts.add_edge(source, target)
    cycles = [sorted(part) for part in nx.strongly_connected_components(parts) if len(part) > 1]
    lines = [str(one) for one in every_import() for part in cycles if {part_of(one.module), part_of(one.imported)} <= set(part)]
    assert not cycles, "\n".join([str(cycles), *(line for line in lines)])


def test_the_arrays_know_nothing_of_rdf() -> None:
    """The models run on arrays only: propagation imports numpy and the network's arrays, no store, no records.

    Its engines beyond memory read tables and keep temporary files: the network as tables, and how files are written safely.
    """
    of_modules: dict[str, list[Import]] = {}
    for entry in every_import():
        of_modules.setdefault(entry.module, []).append(entry)
    for module, path in modules().items():
        of_module = of_modules.get(module, [])
        outside = {part_of(entry.imported) for entry in of_module}
        if module.startswith("propagation.engines"):
            assert outside <= {"propagation", "network", "vocabulary", "errors", "store"}, module
        elif part_of(module) == "propagation":
            ours = {entry.imported.split(".")[1] for entry in of_module if part_of(entry.imported) == "network"}
            assert ours <= ARRAY_MODULES, module
            assert outside <= {"propagation", "network", "vocabulary", "errors"}, module
            foreign = {alias.name.split(".")[0] for node in import_statements(path) for alias in node.names}
            assert not foreign & {"pyoxigraph", "rdflib", "pydantic", "json", "pathlib"}, module


def test_no_layer_below_the_graph_takes_a_graph() -> None:
    """Lower layers take a Store or a Network; only the top layers import the Graph."""
    knowing = {part_of(one.module) for one in every_import() if part_of(one.imported) == "graph"}
    assert knowing <= {"cli", "graph", "mcp", "serve"}
