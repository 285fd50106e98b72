"""YAML files: class name, then id, then fields.

Every scalar is taken as the text that stands there; the model decides what it
means. So ``NO`` stays Norway's code and ``0020`` keeps its zeros. Anchors,
aliases and tags are refused: a data file has no need of them, and they are how
a small file becomes a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knockon.authoring.raw import Path as Route
from knockon.authoring.raw import Raw
from knockon.errors import Problem, nearest
from knockon.model import STATEMENTS

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_TEXT_LIMIT = 50_000_000


class _Bad(Exception):
    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def read_mapping(path: Path, shown: str) -> tuple[dict[str, Any], dict[Route, int], list[Problem]]:
    """A YAML file that is one mapping, with the lines of its values (dataset.yaml)."""
    problems: list[Problem] = []
    node = _compose(path, shown, problems)
    if node is None:
        return {}, {}, problems
    lines: dict[Route, int] = {}
    try:
        value = _value(node, (), lines)
    except _Bad as bad:
        return {}, {}, [Problem(shown, bad.line, bad.message, bad.hint)]
    if not isinstance(value, dict):
        return {}, {}, [Problem(shown, 1, "must be a mapping of names to values")]
    return value, lines, problems


def read_yaml(path: Path, shown: str) -> tuple[list[Raw], list[Problem]]:
    """The records of a YAML file, and what is wrong with its form."""
    problems: list[Problem] = []
    node = _compose(path, shown, problems)
    if node is None:
        return [], problems
    if not isinstance(node, yaml.MappingNode):
        return [], [Problem(shown, _line(node), "must map class names to records", "write e.g. `Company:` and the records below it")]
    raws: list[Raw] = []
    for cls, section in _pairs(node, shown, problems):
        name = str(cls.value)
        if name not in STATEMENTS:
            close = nearest(name, STATEMENTS)
            problems.append(Problem(shown, _line(cls), f"unknown class {name}", f"did you mean {', '.join(close)}?" if close else ""))
        elif isinstance(section, yaml.MappingNode):
            raws.extend(_records(name, section, shown, problems))
        elif not (isinstance(section, yaml.ScalarNode) and section.tag == _NULL):
            problems.append(Problem(shown, _line(section), f"{name} must map ids to records"))
    return raws, problems


def _records(cls: str, section: yaml.MappingNode, shown: str, problems: list[Problem]) -> Iterator[Raw]:
    for key, node in _pairs(section, shown, problems):
        lines: dict[Route, int] = {}
        try:
            data = _value(node, (), lines)
        except _Bad as bad:
            problems.append(Problem(shown, bad.line, f"{key.value}: {bad.message}", bad.hint))
            continue
        if not isinstance(data, dict):
            problems.append(Problem(shown, _line(node), f"{key.value}: must have fields", "write `label: ...` below it"))
            continue
        yield Raw(cls, str(key.value), data, shown, _line(key), lines)


def _compose(path: Path, shown: str, problems: list[Problem]) -> yaml.Node | None:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(shown, None, f"is no UTF-8 text (byte {error.start})", "save it as UTF-8"))
        return None
    if len(text) > _TEXT_LIMIT:
        problems.append(Problem(shown, None, f"is longer than {_TEXT_LIMIT} characters", "split it"))
        return None
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problems.append(Problem(shown, event.start_mark.line + 1, "anchors and aliases are not allowed", "write the value out"))
                return None
        documents = list(yaml.compose_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(Problem(shown, mark.line + 1 if mark else None, f"is no YAML: {error.problem or error.context}"))
        return None
    except yaml.YAMLError as error:
        problems.append(Problem(shown, None, f"is no YAML: {' '.join(str(error).split())}"))
        return None
    except RecursionError:
        problems.append(Problem(shown, None, "is nested too deeply"))
        return None
    if len(documents) > 1:
        problems.append(Problem(shown, _line(documents[1]), "holds several YAML documents", "make them several files"))
        return None
    return documents[0] if documents else None


def _pairs(node: yaml.MappingNode, shown: str, problems: list[Problem]) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(shown, _line(key), "a name must be a plain word"))
        elif key.value in seen:
            problems.append(Problem(shown, _line(key), f"{key.value} stands twice", f"first in line {seen[key.value]}"))
        else:
            seen[key.value] = _line(key)
            yield key, value


def _value(node: yaml.Node, route: Route, lines: dict[Route, int]) -> Any:
    lines[route] = _line(node)
    if isinstance(node, yaml.ScalarNode):
        if not node.tag.startswith("tag:yaml.org,2002:"):
            raise _Bad(_line(node), f"the tag {node.tag} is not allowed")
        return None if node.tag == _NULL else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*route, place), lines) for place, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Bad(_line(key), "a name must be a plain word")
        name = str(key.value)
        if name in found:
            raise _Bad(_line(key), f"{name} stands twice")
        found[name] = _value(value, (*route, name), lines)
        lines[(*route, name)] = _line(key)
    return found


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
