"""Parts of compiled kernels: Python never calls them, since they have no entry from it and a call would end the process."""

from __future__ import annotations

import ast
from pathlib import Path

import knockon

PACKAGE = Path(knockon.__file__).parent
KERNELS = PACKAGE / "propagation" / "kernels"
MODULES = {path.stem for path in KERNELS.glob("*.py")}
#: What compiles a function, and what compiles one that only compiled functions call.
COMPILED, PART = {"compiled", "compiled_exactly"}, {"compiled_part", "compiled_exactly_part"}


def _decorators(node: ast.AST) -> set[str]:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return {one.id for one in decorators if isinstance(one, ast.Name)}


def _parts(tree: ast.AST) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and PART & _decorators(node)}


def _named_by_python(tree: ast.AST, names: set[str]) -> list[str]:
    """Those of some names that code outside compiled functions uses, or imports under another name."""
    found, rest = [], [tree]
    while rest:
        node = rest.pop()
        if _decorators(node) & (COMPILED | PART):
            continue
        if isinstance(node, ast.Name) and node.id in names:
            found.append(node.id)
        if isinstance(node, ast.Attribute) and node.attr in names and isinstance(node.value, ast.Name):
            found += [node.attr] if node.value.id in MODULES else []
        if isinstance(node, ast.alias) and node.asname is not None and node.name in names:
            found.append(node.name)
        rest += ast.iter_child_nodes(node)
    return found


def test_only_compiled_functions_call_parts() -> None:
    """No other code of the kernels names a part, and no other module of the package imports one."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(KERNELS.glob("*.py"))}
    parts = set().union(*map(_parts, trees.values()))
    assert len(parts) > 20
    assert {path.name: _named_by_python(tree, parts) for path, tree in trees.items()} == {path.name: [] for path in trees}
    for path in sorted({*PACKAGE.rglob("*.py")} - {*trees}):
        text = path.read_text("utf-8")
        if "propagation.kernels" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("knockon.propagation.kernels"):
                assert not {one.name for one in node.names} & parts, (path, node.lineno)


def test_a_call_from_python_is_found() -> None:
    """The check fails on code that calls a part, stores it, or renames it."""
    part = "@compiled_part\ndef part(x):\n    return x\n"
    for wrong in ("part(1)", "kept = [part]", "single.part(1)", "from a import part as other"):
        assert _named_by_python(ast.parse(f"{part}{wrong}\n"), {"part"}) == ["part"]
    assert _named_by_python(ast.parse(f"{part}@compiled\ndef whole(x):\n    return part(x)\n"), {"part"}) == []
