"""The public names: which they are, what ``help`` says of them, and that importing the package loads nothing else."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
import pytest

import knockon
import knockon.network
import knockon.propagation

NAMES = [
    # questions
    "Explanation", "Graph", "ImpactReport", "LanguageString", "Limits", "QueryAnswer", "ReadOptions", "open",
    # options of questions
    "Options", "RoundOptions", "RunOptions", "WorldOptions",
    # errors
    "EngineFailed", "ForbiddenQuery", "InvalidData", "KnockonError", "LimitReached", "NotAcceptable", "NotFound", "Notice",
    "PoolFull", "Problem", "QuerySyntaxError", "StoreBusy", "UsageError",
    # records
    "BusinessUnit", "Capability", "CausalChain", "ChainStep", "Channel", "Company", "Concept", "Contract", "DataSet",
    "DataSetInfo", "Dataset", "Dependency", "Designation", "Discrepancy", "Document", "Entity", "Event", "Evidence", "Funding",
    "GovernmentBody", "Group", "Hit", "Identifier", "Infrastructure", "Institution", "Judgement", "Jurisdiction", "Market",
    "Material", "Measure", "Observation", "Organization", "Ownership", "OwnershipRule", "Person", "Product", "Provision",
    "Reading", "Record", "Regulator", "Relation", "Resource", "RevenueStream", "Service", "Shock", "Statement", "Supply",
    "Technology", "Vulnerability",
    # version
    "__version__",
]  # fmt: skip


def functions() -> Iterator[tuple[str, Any]]:
    """Every public function, and every public method of a public class, by its full name; an inherited one once."""
    done = set()
    public = [
        (knockon, NAMES[:-1]),
        (knockon.network, knockon.network.__all__),
        (knockon.propagation, knockon.propagation.__all__),
    ]
    for name, value in ((name, getattr(module, name)) for module, names in public for name in names):
        members = [(cls, *member) for cls in value.__mro__ for member in vars(cls).items()] if isinstance(value, type) else []
        for cls, method, member in members or [(None, name, value)]:
            function = inspect.unwrap(getattr(member, "__func__", member))
            ours = inspect.isfunction(function) and function.__module__.startswith("knockon.")
            if ours and not method.startswith("_") and function not in done:
                done.add(function)
                yield f"{cls.__name__}.{method}" if cls else name, getattr(cls, method) if cls else value


def sections(function: Any) -> dict[str, set[str]]:
    """The names in each section of a docstring: ``{"parameters": {"shock", "hit"}, "raises": {"NotFound"}}``."""
    parsed = griffe.Docstring(inspect.getdoc(function) or "").parse("numpy", warnings=False)
    lists = [section for section in parsed if section.kind.value not in ("text", "examples", "admonition")]
    names = {s.kind.value: [getattr(item, "name", "") or str(item.annotation) for item in s.value] for s in lists}
    return {
        **{kind: {name.lstrip("*") for entry in entries for name in entry.split(", ")} for kind, entries in names.items()},
        **{section.kind.value: set() for section in parsed if section.kind.value == "examples"},
    }


def raised(function: Any) -> set[str]:
    """The errors in the ``raise`` statements of a function itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    errors = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    return {ast.unparse(error.func if isinstance(error, ast.Call) else error) for error in errors}


HEAVY = ["jinja2", "networkx", "numpy", "pandas", "pydantic", "pyoxigraph", "pyvis", "rdflib", "rich", "scipy", "typer", "yaml"]


def test_the_list_of_public_names_is_this_one() -> None:
    """A name is added or removed on purpose."""
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
def test_each_public_name_can_be_imported(name: str) -> None:
    """Each can be imported, has the same name in its module, and has a docstring."""
    value = getattr(knockon, name)
    if name != "__version__":
        assert value.__name__ == name
        assert value.__doc__
        assert value.__module__.startswith("knockon.")


def test_every_error_is_public() -> None:
    """Each error can be imported and caught by its name; all are KnockonErrors."""
    import knockon.errors

    classes = [one for one in vars(knockon.errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert {one.__name__ for one in classes} <= set(knockon.__all__)
    assert all(issubclass(one, knockon.KnockonError) for one in classes)
    assert len(set(classes)) == 11


def test_every_record_class_is_public() -> None:
    """Every class that a data file may name can be imported."""
    from knockon.model import STATEMENTS

    assert set(STATEMENTS) <= set(knockon.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As in any module, so that hasattr and from-imports work."""
    with pytest.raises(AttributeError, match="module 'knockon' has no attribute 'Grpah'"):
        _ = knockon.Grpah  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        from knockon import Grpah  # type: ignore[attr-defined]  # noqa: F401


def test_importing_it_imports_nothing_heavy() -> None:
    """`import knockon` loads no other package, and a name of the errors loads no more than they need."""
    code = f"import sys, knockon; knockon.NotFound; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "[]\n"


def test_a_star_import_brings_the_public_names() -> None:
    """`from knockon import *` imports all names, though each is loaded when it is first used."""
    names: dict[str, object] = {}
    exec("from knockon import *", names)  # noqa: S102 - our own text
    assert set(NAMES) <= set(names)


@pytest.mark.parametrize(("name", "function"), [pytest.param(*each, id=each[0]) for each in functions()])
def test_each_function_documents_what_it_takes_returns_and_raises(name: str, function: Any) -> None:
    """``help`` describes every parameter, the returned value, and the errors that the function raises itself."""
    documented = sections(function)
    signature = inspect.signature(function)
    assert documented.get("parameters", set()) == set(signature.parameters) - {"self"}
    returns = signature.return_annotation not in (None, "None")
    assert bool({"returns", "yields"} & set(documented)) == returns
    assert raised(function) <= documented.get("raises", set())


def test_each_method_of_a_graph_has_an_example() -> None:
    """An example, which runs as a doctest, shows how a question is asked."""
    methods = [name for name in dir(knockon.Graph) if not name.startswith("_")]
    assert not [name for name in methods if "examples" not in sections(getattr(knockon.Graph, name))]


def test_help_names_each_option_and_describes_it() -> None:
    """``help(Graph.impact)`` names all options, and ``help(knockon.Options)`` has the meaning of each, inherited ones too."""
    names = set(inspect.get_annotations(knockon.Options))
    described = inspect.getdoc(knockon.Graph.impact) or ""
    assert "knockon.Options" in described
    assert all(name in described for name in names)
    assert sections(knockon.Options)["attributes"] == names
