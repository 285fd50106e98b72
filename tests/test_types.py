"""Programs that use the installed package, as `mypy --strict` sees them: every public name is exported, with its type."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import knockon
import knockon.network
import knockon.propagation

# mypy reads the whole package anew. `make types` checks the package itself, and test_packaging.py that the wheel is typed.
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python in whose environment the wheel is installed, beside what it needs."""
    folder = tmp_path_factory.mktemp("types")
    build = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "env")
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "needs.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return folder / "env" / "bin" / "python"


def names() -> str:
    """A program that imports each public name, uses each as an attribute, and imports all of them by a star."""
    lines = []
    for module in (knockon, knockon.network, knockon.propagation):
        path, prefix = module.__name__, module.__name__.replace(".", "_")
        lines += [f"import {path}", *(f"from {path} import {name} as {prefix}_{name}" for name in module.__all__)]
        lines += [f"{prefix}_{name}_too = {path}.{name}" for name in module.__all__]
        lines += [f"from {path} import *", *(f"{prefix}_{name}_again = {name}" for name in module.__all__)]
    return "\n".join(lines)


USES = """
from typing_extensions import assert_type

import knockon
from knockon import Graph, ImpactReport, open
from knockon.network import Network
from knockon.propagation import Result, esri, reach
from knockon.propagation import EsriResult

graph = knockon.open()
assert_type(graph, Graph)
assert_type(open(), knockon.Graph)
assert_type(graph.impact("x"), ImpactReport)
assert_type(graph.impact("x").loss("y"), float)
assert_type(graph.query("SELECT * {}"), knockon.QueryAnswer)
network = Network.from_flows([0], [1], [1.0])
assert_type(network, Network)
assert_type(esri(network), EsriResult)
assert_type(reach(network), Result)
"""


def check(python: Path, folder: Path, programs: dict[str, str]) -> str:
    """What mypy says of programs that see the wheel alone: not the checkout, and not the project's own settings."""
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-executable", python]
    cache = ["--cache-dir", python.parents[1] / "mypy"]
    files = [f"{name}.py" for name in programs]
    done = subprocess.run([*command, *cache, *files], cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_programs_that_use_it_are_typed(python: Path, tmp_path: Path) -> None:
    """All public names of the three modules, the types of what is mostly used, and every Python example of the pages."""
    programs = {"names": names(), "uses": USES}
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)):
            programs[f"{page.stem.replace('-', '_').lower()}_{number}"] = block
    assert len(programs) > 10
    assert check(python, tmp_path, programs) == f"Success: no issues found in {len(programs)} source files\n"


def test_wrong_uses_are_found(python: Path, tmp_path: Path) -> None:
    """The check above sees types, and not `Any`: a wrong argument, and names that are not there."""
    lines = ["knockon.open(3.5)", "knockon.Grpah", "knockon.network.Netwrok", "knockon.propagation.esrii"]
    program = "import knockon, knockon.network, knockon.propagation\n" + "\n".join(lines)
    answer = check(python, tmp_path, {"wrong": program})
    found = re.findall(r"wrong\.py:(\d): error: .*\[([a-z-]+)\]", answer)
    assert found == [("2", "arg-type"), *((str(line), "attr-defined") for line in (3, 4, 5))], answer
