"""Parse YAML text into a tree of plain values with their lines.

Every scalar is text. The tree is built from parser events, since the composers
of PyYAML expand aliases, resolve types and recurse without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from knockon.authoring.files import CONTROL
from knockon.authoring.raw import Route
from knockon.errors import Problem

Kind = Literal["text", "list", "map"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}
#: The deepest nesting; valid records have at most six levels.
DEPTH_LIMIT = 20
TOO_DEEP = f"has more than {DEPTH_LIMIT} levels of nesting"
#: Control characters that YAML does not allow, besides those that no data file may contain.
_UNPRINTABLE = re.compile("[\x7f-\x84\x86-\x9f]")
_HINTS = {
    "mapping values are not allowed": "put text that has a colon in it between double quotes",
    "cannot start any token": "indent with spaces; put text that begins with a symbol between double quotes",
    "did not find expected key": "look at the indentation, and put text with quotes or colons in it between double quotes",
    "could not find expected ':'": "write `name: value`",
    "did not find expected ',' or": "close the bracket",
    "unexpected end of stream": "close the quotes",
    "unknown escape character": "write \\\\ for a backslash, or use single quotes",
    "expected alphabetic": "put text that begins with a symbol between double quotes",
}


@dataclass(slots=True)
class Node:
    """A value and its line: of kind ``text`` (None if nothing is written), ``list``, or ``map``.

    ``items`` are the items of a list, or the names and values of a map in turn.
    """

    line: int
    kind: Kind
    text: str | None = None
    items: list[Node] = field(default_factory=list)

    def pairs(self, file: str, problems: list[Problem]) -> Iterator[tuple[str, int, Node]]:
        """Yield the name, line and value of each entry of a map; a name that is not plain text is a problem."""
        for key, value in zip(self.items[::2], self.items[1::2], strict=True) if self.kind == "map" else ():
            if key.text is not None:
                yield key.text, key.line, value
            else:
                problems.append(Problem(file, key.line, "a name must be a plain word"))


def parse(text: str, file: str, problems: list[Problem]) -> Node | None:
    """Parse a YAML text; return None, with a problem, if it is invalid or empty."""
    if match := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, match.start()) + 1
        problems.append(Problem(file, line, f"contains the control character U+{ord(match.group()):04X}", "remove it"))
        return None
    builder = _Builder(file, problems)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if not builder.process(event):
                return None
    except yaml.YAMLError as error:
        problems.append(_syntax_problem(error, file))
        return None
    if builder.root is None:
        problems.append(Problem(file, None, "is empty", "write something into it, or delete it"))
    return builder.root


def to_python(node: Node, route: Route, lines: dict[Route, int], file: str, problems: list[Problem]) -> Any:
    """Convert a node to plain Python values, and record the lines of its values; a duplicate name is a problem."""
    lines.setdefault(route, node.line)
    if node.kind == "text":
        return node.text
    if node.kind == "list":
        return [to_python(item, (*route, place), lines, file, problems) for place, item in enumerate(node.items)]
    values: dict[str, Any] = {}
    for name, line, value in node.pairs(file, problems):
        path = (*route, name)
        if name in values:
            problems.append(Problem(file, line, f"duplicate field {name!r}", f"first in line {lines[path]}"))
            continue
        lines[path] = line
        values[name] = to_python(value, path, lines, file, problems)
    return values


class _Builder:
    """Builder of nodes from parser events, with a stack of open collections."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems
        self.root: Node | None = None
        self.open: list[Node] = []
        self.documents = 0

    def process(self, event: Any) -> bool:
        """Process one event; return False if reading cannot continue."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                return self._stop(line, "holds several YAML documents", "make them several files")
        elif isinstance(event, yaml.NodeEvent):
            self._check_features(event, line)
            return self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        return True

    def _node(self, event: Any, line: int) -> bool:
        if isinstance(event, yaml.CollectionStartEvent):
            node = Node(line, "map" if isinstance(event, yaml.MappingStartEvent) else "list")
            self._append(node)
            self.open.append(node)
            return len(self.open) <= DEPTH_LIMIT or self._stop(line, TOO_DEEP)
        self._append(Node(line, "text", self._scalar(event, line) if isinstance(event, yaml.ScalarEvent) else None))
        return True

    def _append(self, node: Node) -> None:
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node

    def _check_features(self, event: Any, line: int) -> None:
        if event.anchor:
            hint = "write the value out, or put text that begins with & or * between quotes"
            self._problem(line, "anchors and aliases are not allowed", hint)
        if getattr(event, "tag", None):
            hint = "leave it out, or put text that begins with ! between quotes"
            self._problem(line, f"the tag {event.tag} is not allowed", hint)

    def _scalar(self, event: Any, line: int) -> str | None:
        if event.implicit[0] and event.value in _NULLS:
            return None
        text = str(event.value)
        if match := CONTROL.search(text):
            # An escape such as "\0" can produce a forbidden character.
            self._problem(line, f"contains the control character U+{ord(match.group()):04X}", "remove it")
            return CONTROL.sub("\ufffd", text)
        return text

    def _problem(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, message, hint))

    def _stop(self, line: int, message: str, hint: str = "") -> bool:
        self._problem(line, message, hint)
        return False


def _syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(file, None, f"is not valid YAML: {' '.join(str(error).split())}")
    mark: Any = error.problem_mark or error.context_mark
    message = str(error.problem or error.context)
    if "nesting depth" in message:
        # Some versions of the parser have a limit of their own, which may be reached before ours.
        return Problem(file, mark.line + 1 if mark else None, TOO_DEEP)
    hint = next((hint for part, hint in _HINTS.items() if part in message), "")
    return Problem(file, mark.line + 1 if mark else None, f"is not valid YAML: {message}", hint)
