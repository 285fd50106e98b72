"""The public face: what it names, and that naming costs nothing until it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import knockon

NAMES = [
    # asking
    "Explanation", "Graph", "ImpactReport", "Limits", "QueryAnswer", "ReadOptions", "open",
    # options of questions
    "Options", "RoundOptions", "RunOptions", "WorldOptions",
    # errors
    "ForbiddenQuery", "InvalidData", "KnockonError", "LimitReached", "NotFound", "Notice", "Problem", "QuerySyntaxError",
    "StoreBusy", "UsageError",
    # records
    "BusinessUnit", "Capability", "CausalChain", "ChainStep", "Channel", "Company", "Concept", "Contract", "DataSet",
    "DataSetInfo", "Dataset", "Dependency", "Discrepancy", "Document", "Entity", "Event", "Evidence", "Funding",
    "GovernmentBody", "Group", "Hit", "Identifier", "Infrastructure", "Institution", "Jurisdiction", "Market", "Material",
    "Measure", "Observation", "Organization", "Ownership", "Person", "Product", "Reading", "Record", "Regulator",
    "Relation", "Resource", "RevenueStream", "Service", "Shock", "Statement", "Supply", "Technology", "Vulnerability",
    # version
    "__version__",
]  # fmt: skip

HEAVY = ["jinja2", "networkx", "numpy", "pandas", "pydantic", "pyoxigraph", "pyvis", "rdflib", "rich", "scipy", "typer", "yaml"]


def test_the_list_of_public_names_is_this_one() -> None:
    """A name is added or taken away on purpose."""
    assert sorted(knockon.__all__) == sorted(NAMES)
    assert len(set(knockon.__all__)) == len(knockon.__all__)
    assert dir(knockon) == sorted(NAMES)


def test_type_checkers_see_what_is_exported() -> None:
    """`mypy --strict` of a program that imports knockon needs a literal __all__ of names imported under TYPE_CHECKING."""
    tree = ast.parse(Path(knockon.__file__).read_text(encoding="utf-8"))
    (exported,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
    )
    imported = {
        alias.name
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(exported) == sorted({*imported, "__version__"})


@pytest.mark.parametrize("name", NAMES)
def test_each_public_name_is_there(name: str) -> None:
    """Each can be imported, is what its home calls it, and has a docstring."""
    value = getattr(knockon, name)
    if name != "__version__":
        assert value.__name__ == name
        assert value.__doc__
        assert value.__module__.startswith("knockon.")


def test_every_error_is_public() -> None:
    """Whoever catches an error by name can import the name; all are KnockonErrors."""
    import knockon.errors

    classes = [one for one in vars(knockon.errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert {one.__name__ for one in classes} <= set(knockon.__all__)
    assert all(issubclass(one, knockon.KnockonError) for one in classes)
    assert len(set(classes)) == 8


def test_every_record_class_is_public() -> None:
    """What a data file may name, Python may import."""
    from knockon.model import STATEMENTS

    assert set(STATEMENTS) <= set(knockon.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As in any module, so that hasattr and from-imports behave."""
    with pytest.raises(AttributeError, match="module 'knockon' has no attribute 'Grpah'"):
        _ = knockon.Grpah  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        from knockon import Grpah  # type: ignore[attr-defined]  # noqa: F401


def test_importing_it_imports_nothing_heavy() -> None:
    """`import knockon` loads none of what it stands on, and a name of the errors loads no more than they need."""
    code = f"import sys, knockon; knockon.NotFound; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_a_star_import_brings_the_public_names() -> None:
    """`from knockon import *` works, in spite of the laziness."""
    names: dict[str, object] = {}
    exec("from knockon import *", names)  # noqa: S102 - our own text
    assert set(NAMES) <= set(names)
