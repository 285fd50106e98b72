"""The modules of the page: no cycles, lower layers know nothing of higher ones, and the model knows no browser."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest

SOURCES = Path(__file__).resolve().parents[2] / "web" / "src"
IMPORT = re.compile(r'(?:\bfrom|\bimport\(|^import)\s*"(?P<path>\.[^"]+)"', re.MULTILINE)
#: What a module may import: modules of its own layer, and of those before it.
LAYERS = [
    {"model"},
    {"media.js", "dom.js", "store.js"},
    {"actions"},
    {"render"},
    {"export"},
    {"views"},
    {"url"},
    {"hooks.js"},
    {"main.js", "load.js"},
    {"boot.js"},
]
#: What only a browser has; a document of a source is something else.
BROWSER = re.compile(
    r"(?<![\w.])(?:(?:window|matchMedia|requestAnimationFrame|localStorage|innerWidth|HTML\w*Element|SVG\w*Element)\b"
    r"|document\.(?:create|query|get|add|body|head|active|documentElement)|(?:location|history)\.)"
)
WORDS = re.compile(r"//[^\n]*|/\*.*?\*/|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)

pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources of the page are not here")


def imports() -> dict[str, list[str]]:
    """The modules that each module imports, by their paths below web/src."""
    imported = {}
    for path in sorted(SOURCES.rglob("*.js")):
        targets = [(path.parent / found["path"]).resolve() for found in IMPORT.finditer(path.read_text("utf-8"))]
        imported[path.relative_to(SOURCES).as_posix()] = [target.relative_to(SOURCES).as_posix() for target in targets]
    return imported


def layer(module: str) -> int:
    top = module.split("/", maxsplit=1)[0]
    return next(place for place, members in enumerate(LAYERS) if top in members)


def test_no_module_imports_itself_through_others():
    """Each module can be read, tested and replaced after those that it imports."""
    graph = nx.DiGraph([(module, other) for module, others in imports().items() for other in others])
    cycles = [sorted(members) for members in nx.strongly_connected_components(graph) if len(members) > 1]
    assert cycles == []
    assert not list(nx.selfloop_edges(graph))


def test_each_imported_module_is_there():
    """The pattern finds real files; none stands in a layer that nobody listed."""
    known = imports()
    assert len(known) > 40
    assert {other for others in known.values() for other in others} <= set(known)
    assert {layer(module) for module in known} == set(range(len(LAYERS)))


def test_lower_layers_import_no_higher_ones():
    """The model, the state, what people do, drawing, saving, views, the address: in this order."""
    wrong = [
        f"{module} imports {other}" for module, others in imports().items() for other in others if layer(other) > layer(module)
    ]
    assert wrong == []


def test_the_model_touches_no_browser():
    """What the page knows and computes runs without a page: tests/js runs it in Node."""
    for path in sorted((SOURCES / "model").rglob("*.js")):
        code = WORDS.sub("", path.read_text("utf-8"))
        assert not BROWSER.search(code), path.name


def test_no_type_is_left_open():
    """No comment that states a type says ``any``; in quotes the word is a choice of the page."""
    stated = re.compile(r"@(?:type|param|returns|template|property|typedef)\s*\{(?P<type>[^\n]*)\}")
    sources = [*sorted(SOURCES.rglob("*.js")), *sorted((SOURCES.parents[1] / "tests" / "js").glob("*.js"))]
    types = [(path.name, found["type"]) for path in sources for found in stated.finditer(path.read_text("utf-8"))]
    declared = re.sub(r"/\*\*?.*?\*/", "", (SOURCES / "types.d.ts").read_text("utf-8"), flags=re.DOTALL)
    assert len(types) > 500
    assert [place for place in [*types, ("types.d.ts", declared)] if re.search(r'(?<!")\bany\b(?!")', place[1])] == []
